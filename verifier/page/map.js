/**
 * The map: outlines of the zones, and the one cell of 800 m that an alert names.  No tiles, nobody else is asked.
 */
import { cellOf, centreOf } from "../../protocol/js/place.js";
import { el } from "./dom.js";
import { button } from "./field.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./baked.js").Zone} Zone */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HALF = 3_600; // Half a cell, in millionths of a degree of latitude.

/**
 * @param {string} tag @param {Record<string, string | number>} attributes @param {...Node} children
 * @returns {SVGElement}
 */
function shape(tag, attributes, ...children) {
  const node = /** @type {SVGElement} */ (document.createElementNS(SVG, tag));
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** @param {Zone} zone @returns {string} the cell in the middle of a zone's outline */
export function middleOf({ outline }) {
  const mean = (/** @type {number} */ at) => Math.round(
    outline.reduce((sum, point) => sum + point[at], 0) / outline.length,
  );
  return cellOf(mean(1), mean(0));
}

/**
 * The map with a cell on it, and four buttons that move the cell.
 * @param {Desk} desk @param {{zone: string, cell: string}} place changed in place @param {(() => void) | null} onchange
 * null where it is only looked at
 * @returns {HTMLElement}
 */
export function drawMap(desk, place, onchange) {
  const { t } = desk.words;
  const { zones } = desk.baked.face;
  const points = zones.flatMap(({ outline }) => outline);
  const [west, east] = [Math.min(...points.map(([x]) => x)), Math.max(...points.map(([x]) => x))];
  const [south, north] = [Math.min(...points.map(([, y]) => y)), Math.max(...points.map(([, y]) => y))];
  const narrow = Math.cos(((south + north) / 2e6 / 180) * Math.PI);
  const scale = WIDTH / ((east - west) * narrow);
  const at = (/** @type {readonly number[]} */ [x, y]) => [(x - west) * narrow * scale, (north - y) * scale];
  const outlines = zones.map(({ id, outline }) =>
    shape(
      "polygon",
      {
        points: outline.map((point) => at(point).join(",")).join(" "),
        class: id === place.zone ? "zone zone-here" : "zone",
      },
    ),
  );
  const [latitude, longitude] = centreOf(place.cell);
  const [x, y] = at([longitude, latitude]);
  const half = HALF * scale;
  const cell = shape("rect", { x: x - half, y: y - half, width: 2 * half, height: 2 * half, class: "cell" });
  const label = t("Outline of the zones with the cell that the alert names");
  const height = (north - south) * scale;
  const svg = shape(
    "svg",
    { viewBox: `-4 -4 ${WIDTH + 8} ${height + 8}`, class: "map", role: "img", "aria-label": label },
    ...outlines,
    cell,
  );
  if (onchange === null) return el("div", { class: "field" }, svg);
  svg.addEventListener("click", (event) => {
    const matrix = /** @type {SVGGraphicsElement} */ (svg).getScreenCTM();
    if (matrix === null) return;
    const tapped = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
    place.cell = cellOf(Math.round(north - tapped.y / scale), Math.round(west + tapped.x / scale / narrow));
    onchange();
  });
  return el("div", { class: "field" }, svg, steps(desk, place, onchange));
}

/**
 * @param {Desk} desk @param {{cell: string}} place @param {() => void} onchange @returns {HTMLElement} for the keyboard
 */
function steps({ words: { t } }, place, onchange) {
  const by = (/** @type {number} */ columns, /** @type {number} */ rows) => () => {
    const [column, row] = place.cell.split(",").map(Number);
    place.cell = `${column + columns},${row + rows}`;
    onchange();
  };
  return el(
    "div",
    { class: "buttons" },
    button(t("North"), by(0, 1), { id: "cell-north" }),
    button(t("South"), by(0, -1), { id: "cell-south" }),
    button(t("West"), by(-1, 0), { id: "cell-west" }),
    button(t("East"), by(1, 0), { id: "cell-east" }),
  );
}
