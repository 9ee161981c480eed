/**
 * Sealing: to which set the desk's own words go.  SPEC 5.4, 9.5.
 *
 * The server lists the sets and says which are in force; nothing is sealed on that word.  A set from before somebody was
 * suspended or revoked still opens what was sealed to it then (`Session.recipientSet`), and is sealed to no more.
 */
import { epochGraceEnd, epochOf } from "../../protocol/js/epoch.js";
import { Refused } from "../../protocol/js/errors.js";
import { EPOCHS_AHEAD } from "../../protocol/js/limits.js";
import { SET, mayReceive } from "../../protocol/js/recipients.js";
import { Signed } from "../../protocol/js/signed.js";
import { clock } from "./clock.js";
import { known } from "./lenient.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("../../protocol/js/recipients.js").SetValue} SetValue */

/**
 * The first of the listed sets whose every member may read the desk's words now; looked at anew each time.
 *
 * Throws Refused: set_unknown where none is listed, else why the best one is not sealed to; Unreached.
 * @param {Session} session @returns {Promise<RecipientSet>}
 */
export async function setToSealTo(session) {
  let why = new Refused("set_unknown", "Your desk has no recipient set yet; two of you open it.");
  for (const [at, name] of listed(session).entries()) {
    try {
      const set = await session.recipientSet(name);
      requireReaders(session, set);
      return set;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (at === 0) why = error;
    }
  }
  throw why;
}

/** @param {Session} session @returns {string[]} the names of the sets that the server says are in force, the best first */
function listed({ network }) {
  const epoch = epochOf(clock());
  /** @type {{set: unknown, complete: boolean, retired: boolean}[]} */
  const all = network.sets;
  const found = all.filter((one) => one.complete && !one.retired).flatMap((one) => known(() => named(one.set)));
  return found.sort((a, b) => rank(a, epoch) - rank(b, epoch) || b.number - a.number).map(({ name }) => name);
}

/** @param {unknown} value @returns {SetValue & {name: string}} throws Refused for what is no set */
function named(value) {
  const signed = Signed.of(value);
  return { .../** @type {SetValue} */ (signed.read(SET)), name: signed.message() };
}

/**
 * @param {{epoch: number}} set @param {number} epoch @returns {number} this week's first, then coming weeks', then old
 */
const rank = (set, epoch) => (set.epoch >= epoch ? set.epoch - epoch : 100 + epoch - set.epoch);

/**
 * Throws Refused: set_members (another desk's, or somebody may not receive now), epoch_dates.
 * @param {Session} session @param {RecipientSet} set
 */
function requireReaders({ roster, me, stayed }, set) {
  const now = clock();
  if (set.desk !== me.desk) {
    throw new Refused("set_members", `The server shows a set of desk ${set.desk}; you are of ${me.desk}. Tell a lead.`);
  }
  if (now >= epochGraceEnd(set.epoch) || set.epoch > epochOf(now) + EPOCHS_AHEAD) {
    throw new Refused("epoch_dates", `The set is of week ${set.epoch}; it is week ${epochOf(now)}. Nothing is sealed to it.`);
  }
  const gone = set.members.filter((id) => {
    const entry = roster.verifiers.get(id);
    return entry === undefined || entry.desk !== set.desk || !mayReceive(entry, stayed);
  });
  if (gone.length === 0) return;
  const sentence = `The set still holds ${gone.join(", ")}, who may not read here now. Two of you have to sign the next.`;
  throw new Refused("set_members", sentence);
}
