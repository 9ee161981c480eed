/**
 * Leniency: one bad object among many says nothing of the others.
 */
import { Refused } from "../../protocol/js/errors.js";

/**
 * What `make` gives, or nothing where it is refused.
 * @template T @param {() => T} make @returns {T[]}
 */
export function known(make) {
  try {
    return [make()];
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}
