/**
 * The weekly keys in the worker's memory: what opens tips, from when the vault opens until a week's grace is over.
 */
import { Identity } from "../../protocol/js/age.js";
import { Refused } from "../../protocol/js/errors.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** One person's private weekly keys, by epoch. */
export class WeekKeys {
  /** @type {Map<number, Identity>} */
  #identities = new Map();

  /** @param {{epoch: number, seed: Bytes}} asked */
  know({ epoch, seed }) {
    this.#identities.set(epoch, new Identity(seed));
  }

  /** Forget one week's key, or, without a week, all.  @param {{epoch?: number}} [asked] */
  forget({ epoch } = {}) {
    if (epoch === undefined) this.#identities.clear();
    else this.#identities.delete(epoch);
  }

  /** @param {number} epoch @returns {Identity} throws Refused("age_no_match") */
  of(epoch) {
    const found = this.#identities.get(epoch);
    if (found !== undefined) return found;
    throw new Refused("age_no_match", `Your key of week ${epoch} is not on this device; bring it from the other one.`);
  }

  /** @returns {Identity[]} */
  all() {
    return [...this.#identities.values()];
  }
}
