/**
 * Steps: long checks in slices, so that a page can paint and answer between them.
 *
 * A check of many signatures is a generator that yields where it may pause and returns its value.  Run at once or in
 * slices, it is the same check.  Python, whose checks take a hundredth of the time, has no need of it.
 *
 * Pure: reads no clock, touches no store.
 */

/** @typedef {import("./age.js").Breathe} Breathe */
/** @template T @typedef {Generator<void, T, void>} Steps */

/** @template T @param {Steps<T>} steps @returns {T} what they come to, without a pause */
export function atOnce(steps) {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

/** @template T @param {Steps<T>} steps @param {Breathe} breathe @returns {Promise<T>} what they come to */
export async function inSlices(steps, breathe) {
  let step = steps.next();
  while (!step.done) {
    await breathe();
    step = steps.next();
  }
  return step.value;
}
