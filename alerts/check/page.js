/** The page's parts: what it carries, and how elements are made.  Text enters it as text only. */
import { utf8 } from "../../protocol/js/encoding.js";
import { Policy } from "../../protocol/js/policy.js";
import { spoken, wordsOf } from "../../look/words.js";

/** @typedef {Readonly<import("../../look/words.js").Words>} Words */
/**
 * @typedef {object} Carried what `assemble.py` put into the page
 * @property {string} policy @property {import("../../look/words.js").Catalogue} catalogue
 * @property {string} network @property {Readonly<Record<string, string>>} zones @property {string} timezone
 * @property {string} alerts the origin that the alerts of this network have
 */

/** @param {string} id @returns {HTMLElement} */
export function part(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no ${id}.`);
  return found;
}

/** @param {string} id @returns {any} the JSON that an element holds */
function data(id) {
  return JSON.parse(part(id).textContent ?? "");
}

export function readPage() {
  const carried = /** @type {Carried} */ (data("carried"));
  return Object.freeze({
    ...carried,
    policy: Policy.decode(utf8(carried.policy)),
    words: wordsOf(carried.catalogue),
    hash: /** @type {string} */ (data("page-hash")),
  });
}

/**
 * @param {string} tag @param {Readonly<Record<string, string>>} attributes
 * @param {...(Node | string)} children @returns {HTMLElement}
 */
export function made(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.map(spoken));
  return node;
}

/** @param {string} id @param {boolean} seen */
export function reveal(id, seen) {
  part(id).hidden = !seen;
}
