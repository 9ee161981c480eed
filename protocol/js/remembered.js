/**
 * Remembered: what was found good already, so that it is not worked out again.
 *
 * Pure: reads no clock, touches no store.
 */

/** Names of what is good, the newest so many.  What is not good is worked out each time. */
export class Remembered {
  /** @type {Set<string>} */
  #good = new Set();
  #limit;

  /** @param {number} limit how many names are kept */
  constructor(limit) {
    this.#limit = limit;
  }

  /**
   * What `find` says of this name, which has to stand for everything that `find` depends on.
   * @param {string} name @param {() => boolean} find @returns {boolean}
   */
  holds(name, find) {
    if (this.#good.has(name)) return true;
    if (!find()) return false;
    const [oldest] = this.#good;
    if (this.#good.size === this.#limit) this.#good.delete(oldest);
    this.#good.add(name);
    return true;
  }
}
