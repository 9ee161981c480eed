/**
 * The week: what an open desk does by itself.  It makes and signs this person's keys for this week and the next two,
 * and signs the recipient sets that follow from what everybody can see.  SPEC 5.3, 5.4.
 */
import { Identity } from "../../protocol/js/age.js";
import { parse, unutf8 } from "../../protocol/js/encoding.js";
import { epochOf, signEpochKey } from "../../protocol/js/epoch.js";
import { Refused } from "../../protocol/js/errors.js";
import { EPOCHS_AHEAD } from "../../protocol/js/limits.js";
import { mayReceive, proposeSet } from "../../protocol/js/recipients.js";
import { MAX_SIGNED, Signed, sign } from "../../protocol/js/signed.js";
import { clock } from "./clock.js";
import { keepWeek, keptWeek, requireOneVault } from "./keyring.js";
import { inTurn } from "./turns.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("../../protocol/js/recipients.js").SetValue} SetValue */
/** @typedef {{set: unknown, complete: boolean, retired: boolean}} SetRow */

/** @returns {number[]} this week's epoch and the next two */
export function weeksNow() {
  const epoch = epochOf(clock());
  return Array.from({ length: EPOCHS_AHEAD + 1 }, (_, ahead) => epoch + ahead);
}

/**
 * Make what is missing; throws Refused("vault") where another tab has changed the pass-phrase.  Two tabs of one browser take turns: a second key for one week would have both refused.
 * @param {Session} session
 */
export async function tend(session) {
  // A lent verifier is in no set, and still has keys: cases are shared with them (SPEC 9.6).
  if (!mayReceive(session.me, session.stayed) && !session.me.roles.has("lent")) return;
  await inTurn(async () => {
    await session.refresh();
    if (await makeKeys(session)) await session.refresh();
    if (await signNextSet(session)) await session.refresh();
  });
}

/** @param {Session} session @returns {Promise<boolean>} whether a key was made */
async function makeKeys(session) {
  const { vault, roster } = session;
  const mine = (await session.epochKeys()).filter((one) => one.verifier === vault.verifier);
  let made = false;
  for (const epoch of weeksNow()) {
    if (mine.some((one) => one.epoch === epoch)) continue;
    await requireOneVault(session);
    // Kept before it is posted: a key that others seal to and that nobody has would swallow tips.
    const identity = (await keptWeek(session, epoch)) ?? Identity.generate();
    await keepWeek(session, epoch, identity);
    const signed = signEpochKey(roster, vault.verifier, epoch, identity.recipient, vault.seed);
    await session.api.post("/api/epoch-keys", signed.value());
    made = true;
  }
  return made;
}

/**
 * Sign the first set that is due: one at a time, because each names the one before.
 * @param {Session} session @returns {Promise<boolean>} whether one was signed
 */
async function signNextSet(session) {
  const { vault, roster, me, network, stayed } = session;
  if (me.roles.has("trainee")) return false;
  const keys = await session.epochKeys();
  const before = /** @type {RecipientSet | null} */ (network.last_set);
  for (const epoch of weeksNow()) {
    const payload = proposalOr(() => proposeSet(roster, me.desk, epoch, keys, before, stayed));
    if (payload === null) continue;
    const wanted = /** @type {SetValue} */ (parse(payload, MAX_SIGNED));
    if (!wanted.members.some((one) => one.verifier === me.id)) continue;
    if (isInForce(network.sets, wanted)) continue;
    const mine = sign("set", payload, me.id, vault.seed);
    if (isSigned(network.sets, mine, me.id)) return false; // The next person who opens the desk completes it.
    return post(session, mine);
  }
  return false;
}

/** @param {Session} session @param {Signed} signed @returns {Promise<boolean>} */
async function post(session, signed) {
  try {
    await session.api.post("/api/sets", signed.value());
    return true;
  } catch (error) {
    // Another desk was first: the next round starts from what it signed.
    if (error instanceof Refused && error.kind === "set_chain") return true;
    throw error;
  }
}

/**
 * @param {() => Uint8Array<ArrayBuffer>} propose
 * @returns {Uint8Array<ArrayBuffer> | null} null where too few have a key
 */
function proposalOr(propose) {
  try {
    return propose();
  } catch (error) {
    if (error instanceof Refused && error.kind === "set_members") return null;
    throw error;
  }
}

/**
 * @param {readonly SetRow[]} sets @param {SetValue} wanted
 * @returns {boolean} whether the newest set in force says the same
 */
function isInForce(sets, wanted) {
  const newest = newestSet(sets, wanted.epoch);
  if (newest === null || newest.roster !== wanted.roster) return false;
  return JSON.stringify(newest.members) === JSON.stringify(wanted.members);
}

/** @param {readonly SetRow[]} sets @param {number} epoch @returns {SetValue | null} the newest in force of a week */
export function newestSet(sets, epoch) {
  const found = sets.filter((one) => one.complete && !one.retired).map(({ set }) => valueOf(set));
  return found.filter((one) => one.epoch === epoch).sort((a, b) => b.number - a.number)[0] ?? null;
}

/** @param {readonly SetRow[]} sets @param {Signed} mine @param {string} me @returns {boolean} */
function isSigned(sets, mine, me) {
  const same = sets.map(({ set }) => Signed.of(set)).find((one) => one.message() === mine.message());
  return same !== undefined && same.signatures.some(({ keyid }) => keyid === me);
}

/** @param {unknown} set @returns {SetValue} */
const valueOf = (set) => JSON.parse(unutf8(Signed.of(set).payload));
