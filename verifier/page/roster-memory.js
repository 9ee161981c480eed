/**
 * The roster's memory: the highest roster that this browser has taken, so that a server which shows an older one, or
 * another of the same number, is refused even after the page was closed.  SPEC 5.2.
 *
 * A roster is public, so its number and name are kept in the clear.  Where the browser keeps nothing, only the open page
 * remembers.
 */
import { canonical, parse } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { SHA256, exactly, integer, record } from "../../protocol/js/shape.js";

/** @typedef {Pick<import("./keep.js").Keep, "get" | "put">} Kept */
/** @typedef {{v: 1, number: number, name: string}} Remembered */

const REMEMBERED = record({ v: exactly(1), number: integer(1), name: SHA256 });
const LONGEST = 256;

/**
 * Take `roster` as the highest one, if it may follow the one that is remembered.  Throws Refused("roster_chain").
 * @param {Kept} keep @param {import("../../protocol/js/roster.js").Roster} roster
 */
export async function rememberRoster(keep, roster) {
  const place = `roster/${roster.network}`;
  const last = read(await keep.get(place));
  if (last?.name === roster.name) return;
  if (last !== null) roster.requireFollows(last);
  await keep.put(place, canonical({ v: 1, number: roster.number, name: roster.name }));
}

/** @param {Uint8Array | null} data @returns {Remembered | null} null also for what is no memory of ours */
function read(data) {
  if (data === null) return null;
  try {
    const value = parse(data, LONGEST);
    REMEMBERED(value, "remembered roster");
    return /** @type {Remembered} */ (value);
  } catch (refused) {
    if (refused instanceof Refused) return null; // A memory that can't be read must not lock a desk for good.
    throw refused;
  }
}
