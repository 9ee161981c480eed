/**
 * What is pressed just now: drawn anew between press and release, a button would never hear that it was touched.
 */

const LONGEST = 10_000; // Milliseconds: a release that nobody tells of must not keep the desk standing still.
const AFTER = 100; // What a touch does comes a moment after it was let go.

let until = 0;
addEventListener("pointerdown", () => (until = performance.now() + LONGEST), true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => (until = performance.now() + AFTER), true);
}

/** @returns {boolean} whether something is pressed, or was a moment ago */
export const isPressed = () => performance.now() < until;
