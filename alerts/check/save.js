/**
 * Saving: a copy of this very page, to be kept and used without a network.
 *
 * The copy is what the server sent, asked for once more (from the browser's cache if it is there), and taken only if
 * its bytes are those of the page that is open: the page carries their hash.
 */
import { fingerprint } from "../../protocol/js/encoding.js";

const BLANK = /(<script type="application\/json" id="page-hash">)[^<]*(<\/script>)/;

/**
 * @param {string} wanted the hash that the open page carries @returns {Promise<Blob | null>} null if it can't be had
 */
export async function copyOf(wanted) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(location.pathname, { cache: "force-cache", credentials: "omit" });
  } catch (error) {
    if (error instanceof TypeError) return null; // No network, and the browser has kept nothing.
    throw error;
  }
  const text = await answer.text();
  const blank = new TextEncoder().encode(text.replace(BLANK, "$1$2"));
  return fingerprint(blank) === wanted ? new Blob([text], { type: "text/html" }) : null;
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
