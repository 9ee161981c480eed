/**
 * The map: an area tapped is an area chosen.  The list beside it holds the answer, and serves keys and screen readers.
 */
import { input, part } from "./page.js";

/** Mark on the map what the list says. */
export function drawChosen() {
  const { value } = input("zone");
  for (const one of part("map").children) {
    const { zone, name } = /** @type {SVGElement} */ (one).dataset;
    one.classList.toggle("chosen", (zone ?? name) === value);
  }
  // What is drawn last lies on top: the chosen area's edge must not be cut by its neighbours'.
  const shape = part("map").querySelector("path.chosen");
  const firstName = part("map").querySelector("text");
  if (shape !== null) part("map").insertBefore(shape, firstName);
}

/** Let taps choose. */
export function listenToMap() {
  part("map").addEventListener("click", ({ target }) => {
    const zone = target instanceof SVGElement ? target.dataset.zone : undefined;
    if (zone === undefined) return;
    input("zone").value = zone;
    input("zone").dispatchEvent(new Event("change", { bubbles: true }));
  });
  input("zone").addEventListener("change", drawChosen);
}
