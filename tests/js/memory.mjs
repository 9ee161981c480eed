// The desk's memory of rosters, over a storage that is emptied when the tests end.
import { Policy } from "../../protocol/js/policy.js";
import { openRoster } from "../../protocol/js/roster.js";
import { Signed } from "../../protocol/js/signed.js";
import { rememberRoster } from "../../verifier/page/roster-memory.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * What each of a server's rosters comes to, one visit after the other: "taken", or the kind of the refusal.
 * @param {Bytes[]} rosters @param {Uint8Array} policy @param {Bytes | null} [kept] what lies in the storage before
 */
export async function visits(rosters, policy, kept = null) {
  /** @type {Map<string, Bytes>} */
  const stored = new Map();
  const keep = {
    get: async (/** @type {string} */ name) => stored.get(name) ?? kept,
    put: async (/** @type {string} */ name, /** @type {Bytes} */ data) => void stored.set(name, data),
  };
  const found = [];
  for (const data of rosters) {
    try {
      await rememberRoster(keep, openRoster(Signed.decode(data), [], Policy.decode(policy)));
      found.push("taken");
    } catch (error) {
      found.push(/** @type {any} */ (error).kind ?? String(error));
    }
  }
  return found;
}
