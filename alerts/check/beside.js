/**
 * What counts besides an alert's own files: whom a lead has suspended and whom a later roster has revoked.  Each stay and
 * each roster is checked up to the policy's root keys, whoever handed it out; what does not check says nothing.
 */
import { canonical, parse, unutf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_BUNDLE } from "../../protocol/js/limits.js";
import { openRoster } from "../../protocol/js/roster.js";
import { checkStay } from "../../protocol/js/stay.js";
import { Trail } from "../../protocol/js/trail.js";

/** @typedef {import("../../protocol/js/policy.js").Policy} Policy */
/** @typedef {import("../../protocol/js/roster.js").Roster} Roster */
/** @typedef {import("../../protocol/js/stay.js").Stay} Stay */
/** @typedef {Readonly<{stays: readonly Stay[], revoked: ReadonlyMap<string, number>}>} Beside */

/** Stays in one list, as a publication has them. */
const MOST = 256;
/** @type {Beside} */
export const NOTHING = Object.freeze({ stays: [], revoked: new Map() });
/** What was checked once is not checked at every look.  @type {Map<string, Roster | null>} */
const ROSTERS = new Map();
/** @type {Map<string, Stay | null>} */
const STAYS = new Map();

/**
 * @param {Uint8Array | null} stays a list as /stays.json has it @param {readonly (Uint8Array | null)[]} rosters files that hold one
 * @param {Policy} policy @returns {Beside}
 */
export function beside(stays, rosters, policy) {
  const opened = rosters.flatMap((file) => (file === null ? [] : once(ROSTERS, file, () => rosterIn(file, policy))));
  // The highest knows of all that the others know: a key that was revoked stays so.
  const [highest] = opened.sort((a, b) => b.number - a.number);
  const revoked = [...(highest?.verifiers.values() ?? [])].flatMap(({ id, revokedAt }) => {
    return revokedAt === null ? [] : [/** @type {const} */ ([id, revokedAt])];
  });
  const listed = stays === null ? [] : bundlesIn(stays);
  return { stays: listed.flatMap((one) => once(STAYS, one, () => checkStay(one, policy))), revoked: new Map(revoked) };
}

/** @param {Uint8Array} file @param {Policy} policy @returns {Roster} */
function rosterIn(file, policy) {
  const { roster, chain } = Trail.decode(file);
  return openRoster(roster, chain, policy);
}

/** @param {Uint8Array} file @returns {Uint8Array[]} */
function bundlesIn(file) {
  const [list = []] = lenient(() => parse(file, MOST * MAX_BUNDLE));
  return Array.isArray(list) && list.length <= MOST ? list.map(canonical) : [];
}

/**
 * @template T @param {Map<string, T | null>} seen @param {Uint8Array} bytes @param {() => T} make
 * @returns {T[]} none where it does not check
 */
function once(seen, bytes, make) {
  const [text] = lenient(() => unutf8(bytes));
  if (text === undefined) return [];
  if (!seen.has(text)) seen.set(text, lenient(make)[0] ?? null);
  const found = seen.get(text) ?? null;
  return found === null ? [] : [found];
}

/** @template T @param {() => T} make @returns {T[]} */
function lenient(make) {
  try {
    return [make()];
  } catch (refused) {
    if (refused instanceof Refused) return [];
    throw refused;
  }
}
