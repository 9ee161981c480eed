/**
 * Icons for pages whose script builds its own elements: the shapes of icons/ as data, made into nodes.
 *
 * Nothing here is parsed as markup, so pages may forbid that altogether (`require-trusted-types-for 'script'`).
 */
import { ICONS, TURNS } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";
const FRAME = Object.freeze({
  viewBox: "0 0 24 24",
  width: "24",
  height: "24",
  fill: "none",
  stroke: "currentColor",
  "stroke-width": "2",
  "stroke-linecap": "round",
  "stroke-linejoin": "round",
  "aria-hidden": "true",
  focusable: "false",
});

/**
 * Return a new element with an icon, hidden from screen readers: the words beside it say the same.
 * Throws RangeError for a name that is no icon.
 * @param {string} name @param {string} [size] "large", or nothing @returns {SVGElement}
 */
export function iconNode(name, size = "") {
  const shapes = Object.hasOwn(ICONS, name) ? ICONS[name] : undefined;
  if (shapes === undefined) throw new RangeError(`There is no icon ${name}.`);
  const turns = TURNS.includes(name) ? " icon-turns" : "";
  const svg = element("svg", { class: `icon${size && ` icon-${size}`}${turns}`, ...FRAME });
  for (const [tag, attributes] of shapes) svg.append(element(tag, attributes));
  return svg;
}

/** @param {string} tag @param {Readonly<Record<string, string>>} attributes @returns {SVGElement} */
function element(tag, attributes) {
  const node = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
