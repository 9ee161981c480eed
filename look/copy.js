/**
 * Copies: this very page, to be kept and used without a network.
 *
 * A copy is what the server sent, asked for once more (from the browser's cache if it is there), and taken only if its
 * bytes are those of the page that is open: the page carries their hash.  What it needs besides goes along, in an
 * element that the hash leaves blank.
 */
import { fingerprint, utf8 } from "../protocol/js/encoding.js";

/**
 * @param {string} wanted the hash that the open page carries @param {string} element the id of what goes along
 * @param {string} content its JSON @returns {Promise<Blob | null>} null if the page can't be had as it is here
 */
export async function copyOf(wanted, element, content) {
  let text = "";
  try {
    text = await (await fetch(location.pathname, { cache: "force-cache", credentials: "omit" })).text();
  } catch (error) {
    // No network, or one that breaks off, and the browser has kept nothing.
    if (error instanceof TypeError) return null;
    throw error;
  }
  const holders = new RegExp(`(<script type="application/json" id="(${element}|page-hash)">)[^<]*`, "g");
  if (fingerprint(utf8(text.replace(holders, "$1"))) !== wanted) return null;
  // No part of the JSON can end the element that it stands in.
  const inside = content.replaceAll("<", "\\u003c");
  const whole = text.replace(holders, (all, start, id) => (id === element ? start + inside : all));
  return new Blob([whole], { type: "text/html" });
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
