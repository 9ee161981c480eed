/**
 * Recipient sets: to whose epoch keys a desk's tips are sealed this week.  SPEC 5.4.
 *
 * Verifiers sign sets, the server doesn't make them: so it can't drop, revive or add anyone, nor hand one visitor a set
 * of their own.
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical } from "./encoding.js";
import { openEpochKey, pairOf, withoutDoubles } from "./epoch.js";
import { Refused } from "./errors.js";
import { MAX_MEMBERS } from "./limits.js";
import { CODE, ID, SHA256, exactly, integer, listOf, record } from "./shape.js";
import { atOnce } from "./steps.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./epoch.js").EpochKey} EpochKey */
/** @typedef {import("./roster.js").Roster} Roster */
/** @typedef {import("./roster.js").Verifier} Verifier */
/** @typedef {import("./signed.js").Signed} Signed */
/** @template T @typedef {import("./steps.js").Steps<T>} Steps */
/**
 * A checked set.  `members` and `recipients` run in parallel, in the order of an envelope's stanzas.
 * @typedef {Readonly<{name: string, desk: string, epoch: number, number: number, previous: string, roster: string,
 *   members: readonly string[], recipients: readonly string[]}>} RecipientSet
 */
/** @typedef {{verifier: string, key: string}} MemberValue */
/**
 * @typedef {{v: 1, network: string, desk: string, epoch: number, number: number, previous: string, roster: string,
 *   members: MemberValue[]}} SetValue
 */

export const SET = /* @__PURE__ */ (() =>
  record({
    v: exactly(1),
    network: SHA256,
    desk: CODE,
    epoch: integer(2000, 9999),
    number: integer(1),
    previous: SHA256,
    roster: SHA256,
    members: listOf(record({ verifier: ID, key: SHA256 }), MAX_MEMBERS, 2),
  }))();

/** @type {ReadonlySet<string>} */
const NOBODY = /* @__PURE__ */ new Set();

/**
 * Whether a verifier belongs in the sets of their desk: not lent, not revoked, not stayed.
 *
 * A trainee does: the roster puts trainees on exercise networks only, and there they learn to open tips.
 * @param {Verifier} one @param {ReadonlySet<string>} [stayed] @returns {boolean}
 */
export function mayReceive(one, stayed = NOBODY) {
  return one.revokedAt === null && !stayed.has(one.id) && !one.roles.has("lent");
}

/**
 * The one payload that every honest desk makes from the same roster, epoch keys and predecessor.
 *
 * Throws Refused("set_members") where fewer have an epoch key than the desk's minimum.
 * @param {Roster} roster @param {string} desk @param {number} epoch @param {Iterable<EpochKey>} keys
 * @param {RecipientSet | null} previous @param {ReadonlySet<string>} [stayed] @returns {Bytes}
 */
export function proposeSet(roster, desk, epoch, keys, previous, stayed = NOBODY) {
  const known = withoutDoubles(keys);
  const able = [...roster.verifiers.values()].filter((one) => one.desk === desk && mayReceive(one, stayed));
  const members = able.flatMap(({ id }) => {
    const key = known.get(pairOf(id, epoch));
    return key === undefined ? [] : [{ verifier: id, key: key.name }];
  });
  const { minimum } = roster.desk(desk);
  if (members.length < minimum) {
    const have = `${members.length} verifiers of desk ${desk} have a key for epoch ${epoch}`;
    const sentence = `${have}; the roster asks for ${minimum}. The others have to open their desks.`;
    throw new Refused("set_members", sentence);
  }
  return canonical({
    v: 1,
    network: roster.network,
    desk,
    epoch,
    number: previous === null ? 1 : previous.number + 1,
    previous: previous === null ? "0".repeat(64) : previous.name,
    roster: roster.name,
    members: members.sort((a, b) => (a.verifier < b.verifier ? -1 : 1)),
  });
}

/**
 * The checked set whose members' signed epoch keys are all among `keys`.
 *
 * Throws Refused: payload_type, signer, signature, set_signers, set_members, and what `openEpochKey` throws.
 * @param {Signed} signed @param {Iterable<Signed>} keys @param {Roster} roster @param {ReadonlySet<string>} [stayed]
 * @returns {RecipientSet}
 */
export function openSet(signed, keys, roster, stayed = NOBODY) {
  return atOnce(openSetSteps(signed, keys, roster, stayed));
}

/**
 * `openSet` in slices.
 * @param {Signed} signed @param {Iterable<Signed>} keys @param {Roster} roster @param {ReadonlySet<string>} [stayed]
 * @returns {Steps<RecipientSet>}
 */
export function* openSetSteps(signed, keys, roster, stayed = NOBODY) {
  const signers = yield* signed.checkSteps("set", roster.verifierKeys());
  const value = /** @type {SetValue} */ (signed.read(SET));
  requireSigners(value, signers, roster, stayed);
  for (const [name, found, ours] of [
    ["network", value.network, roster.network],
    ["roster", value.roster, roster.name],
  ]) {
    if (found === ours) continue;
    throw new Refused("set_members", `The set's ${name} is ${found.slice(0, 16)}; this one is ${ours.slice(0, 16)}.`);
  }
  const opened = [];
  for (const key of keys) {
    yield;
    opened.push(openEpochKey(key, roster));
  }
  const known = new Map([...withoutDoubles(opened).values()].map((key) => [key.name, key]));
  const found = value.members.map((one) => member(one, value, known, roster, stayed));
  const members = Object.freeze(found.map((key) => key.verifier));
  if (members.some((id, index) => index > 0 && members[index - 1] >= id)) {
    throw new Refused("set_members", "The set's members must ascend by id with no one twice.");
  }
  const { desk, epoch, number, previous } = value;
  const { minimum } = roster.desk(desk);
  if (members.length < minimum) {
    throw new Refused("set_members", `The set has ${members.length} members; the roster asks for ${minimum}.`);
  }
  const recipients = Object.freeze(found.map((key) => key.age));
  const name = signed.message();
  return Object.freeze({ name, desk, epoch, number, previous, roster: value.roster, members, recipients });
}

/**
 * @param {SetValue} value @param {readonly string[]} signers @param {Roster} roster
 * @param {ReadonlySet<string>} stayed
 */
function requireSigners(value, signers, roster, stayed) {
  if (!roster.desks.has(value.desk)) throw new Refused("set_members", `The roster has no desk ${value.desk}.`);
  const good = signers
    .map((id) => roster.verifier(id))
    .filter((one) => one.desk === value.desk && mayReceive(one, stayed) && !one.roles.has("trainee")).length;
  if (good < signers.length || good < roster.keys) {
    const count = `${good} of ${signers.length} signers may sign here`;
    throw new Refused("set_signers", `${count}; all must and at least ${roster.keys}.`);
  }
}

/**
 * @param {MemberValue} one @param {SetValue} value @param {ReadonlyMap<string, EpochKey>} known @param {Roster} roster
 * @param {ReadonlySet<string>} stayed @returns {EpochKey}
 */
function member(one, value, known, roster, stayed) {
  const key = known.get(one.key);
  if (key === undefined || key.verifier !== one.verifier || key.epoch !== value.epoch) {
    const sentence = `The epoch key of member ${one.verifier} is not among those sent along, or has a double.`;
    throw new Refused("set_members", sentence);
  }
  const entry = roster.verifier(key.verifier);
  if (entry.desk !== value.desk || !mayReceive(entry, stayed)) {
    throw new Refused("set_members", `${key.verifier} may not receive tips of desk ${value.desk}.`);
  }
  return key;
}
