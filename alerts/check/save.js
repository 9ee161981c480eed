/**
 * Saving: a copy of this very page, to be kept and used without a network.
 *
 * The copy is what the server sent, asked for once more (from the browser's cache if it is there), and taken only if
 * its bytes are those of the page that is open: the page carries their hash.  The roster in force goes along, in an
 * element that the hash leaves blank.
 */
import { fingerprint } from "../../protocol/js/encoding.js";
import { withRoster } from "./slips.js";

const BLANK = /(<script type="application\/json" id="(?:roster|page-hash)">)[^<]*(<\/script>)/g;

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
  return fingerprint(blank) === wanted ? new Blob([await withRoster(text)], { type: "text/html" }) : null;
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
