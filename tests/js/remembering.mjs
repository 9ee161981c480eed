// What is remembered as good, seen from outside: which of the names that are asked for one after another are worked out.
import { Remembered } from "../../protocol/js/remembered.js";

/** @param {number} limit @param {string[]} names those that begin with "bad" are not good @returns {[boolean, number][]} */
export function asked(limit, names) {
  const good = new Remembered(limit);
  let found = 0;
  return names.map((name) => {
    const holds = good.holds(name, () => {
      found += 1;
      return !name.startsWith("bad");
    });
    return [holds, found];
  });
}
