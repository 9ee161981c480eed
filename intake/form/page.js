/**
 * The page: its elements, its own data, and which of its screens is seen.
 */
import { utf8 } from "../../protocol/js/encoding.js";
import { wordsOf } from "../../look/words.js";

/** @typedef {import("../../look/words.js").Words} Words */
/** @typedef {"tell" | "back" | "going" | "sent" | "closed"} Screen */

export const SCREENS = Object.freeze(/** @type {const} */ (["tell", "back", "going", "sent", "closed"]));

/**
 * The element of an id.  Throws Error for none: page and script are made together.
 * @param {string} id @returns {HTMLElement}
 */
export function part(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found;
}

/** @param {string} id @returns {HTMLInputElement} */
export function input(id) {
  return /** @type {HTMLInputElement} */ (part(id));
}

/** @param {string} name @returns {HTMLInputElement[]} the choices of a question */
export function choices(name) {
  return [...part("form").querySelectorAll("input")].filter((one) => one.name === name);
}

/** @param {string} name @returns {string} the value of what is chosen, "" for nothing */
export function chosen(name) {
  return choices(name).find(({ checked }) => checked)?.value ?? "";
}

/** @param {string} id @returns {any} what a data element of the page holds */
function data(id) {
  return JSON.parse(part(id).textContent ?? "");
}

/**
 * What a saved copy carries, as it was fetched: the publication, and the script that is fetched later.
 * @typedef {Readonly<{publication: string, later: string}>} Kept
 */

/**
 * What the page knows: the network's policy file and name, the language, and its own name, which goes into every tip.
 * `timezone` is the one that times are told in; `later` names the script that is fetched later; `kept` is null but in a
 * saved copy.
 * @returns {Readonly<{policy: Uint8Array, network: string, words: Readonly<Words>, name: string, timezone: string,
 *   later: import("./later.js").Named, kept: Kept | null}>}
 */
export function readPage() {
  const { policy, catalogue, later, timezone } = data("data");
  return Object.freeze({
    policy: utf8(policy),
    network: JSON.parse(policy).network,
    words: wordsOf(catalogue),
    name: data("page-hash"),
    timezone,
    later,
    kept: isKept() ? data("recipients") : null,
  });
}

/** @returns {boolean} whether this is a saved copy, which has no door to ask and none to send to */
export function isKept() {
  return part("recipients").textContent !== "";
}

/** @param {string} id @param {boolean} seen */
export function reveal(id, seen) {
  part(id).hidden = !seen;
}

/**
 * Show one screen, from its top, and tell screen readers by giving its heading the focus.
 * @param {Screen} name
 */
export function show(name) {
  if (!part(name).hidden) return;
  for (const one of SCREENS) reveal(one, one === name);
  // The language is chosen before anything is said; later it would only lose what was.
  reveal("languages", name === "tell" && !isKept());
  reveal("language-notice", false);
  scrollTo(0, 0);
  part(`${name}-title`).focus({ preventScroll: true });
}
