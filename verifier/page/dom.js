/**
 * Elements: made by name, filled with text and with each other.  Nothing here is ever parsed as markup.
 */
import { spoken } from "../../look/words.js";

/** @typedef {string | number | Node | null | undefined | false} Child */
/**
 * @typedef {Readonly<Record<string, string | number | boolean | null | undefined | ((event: any) => void)>>} Attributes
 */

/**
 * Return a new element.  An attribute that is a function listens to the event of its name; true stands without a value;
 * false and nothing leave it out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Attributes} [attributes] @param {...(Child | readonly Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(
      name,
      value === true ? "" : `${value}`,
    );
  }
  fill(node, ...children);
  return node;
}

/** Put children at the end of an element.  @param {Node} node @param {...(Child | readonly Child[])} children */
export function fill(node, ...children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false || child === "") continue;
    const said = child instanceof Node ? child : spoken(`${child}`);
    node.appendChild(said instanceof Node ? said : document.createTextNode(said));
  }
}

/**
 * Put children in the place of what an element holds.  Whoever typed or stood in a field stands there again after.
 * @param {HTMLElement} node @param {...(Child | readonly Child[])} children
 */
export function refill(node, ...children) {
  const held = document.activeElement;
  const id = held instanceof HTMLElement && node.contains(held) ? held.id : "";
  const caret = held instanceof HTMLTextAreaElement || isTyped(held) ? held.selectionStart : null;
  const { scrollTop } = node;
  node.replaceChildren();
  fill(node, ...children);
  node.scrollTop = scrollTop;
  const again = id === "" ? null : document.getElementById(id);
  if (again === null) return;
  again.focus({ preventScroll: true });
  if (caret !== null && (again instanceof HTMLTextAreaElement || isTyped(again))) again.setSelectionRange(caret, caret);
}

/** @param {HTMLElement} node @returns {string[]} the summaries of what was opened in it */
export function openIn(node) {
  return [...node.querySelectorAll("details[open] > summary")].map(({ textContent }) => textContent ?? "");
}

/** What somebody opened stays open when it is drawn again.  @param {HTMLElement} node @param {readonly string[]} open */
export function reopen(node, open) {
  for (const summary of node.querySelectorAll("details > summary")) {
    if (open.includes(summary.textContent ?? "")) summary.parentElement?.toggleAttribute("open", true);
  }
}

/** @param {unknown} node @returns {node is HTMLInputElement} whether it is a line of text with a caret */
function isTyped(node) {
  return node instanceof HTMLInputElement && (node.type === "text" || node.type === "password");
}

/** Hand a person a file.  @param {string} name @param {string | Uint8Array<ArrayBuffer>} content */
export function handOver(name, content) {
  const url = URL.createObjectURL(new Blob([content], { type: "application/octet-stream" }));
  el("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
