/**
 * Turns: one at a time among all tabs of this browser, for what must not be done twice at once to weekly keys.
 */

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
export function inTurn(work) {
  const locks = globalThis.navigator?.locks;
  return locks === undefined ? work() : locks.request("sereno-week", work);
}
