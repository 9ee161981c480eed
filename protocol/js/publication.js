/**
 * What a network publishes for those who seal: roster, attorneys' recipients, each desk's set and notice.  SPEC 5.7.
 *
 * The server hands it out, and can't change it: everything in it is signed by roots or verifiers.
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical, fingerprint, parse, utf8 } from "./encoding.js";
import { epochGraceEnd, epochOf } from "./epoch.js";
import { Refused } from "./errors.js";
import { CLOCK_SKEW, DAY, LEGAL_STANZAS, MAX_MEMBERS, ROOT_LINKS } from "./limits.js";
import { noticesInForce } from "./notice.js";
import { openSetSteps } from "./recipients.js";
import { openRosterSteps } from "./roster.js";
import { exactly, listOf, recipient, record } from "./shape.js";
import { SIGNED, Signed } from "./signed.js";
import { openStay, stayedAt } from "./stay.js";
import { inSlices } from "./steps.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("./roster.js").Roster} Roster */
/** @template T @typedef {import("./steps.js").Steps<T>} Steps */
/** @typedef {{set: unknown, keys: unknown[]}} EntryValue */
/**
 * @typedef {{v: 1, roster: unknown, chain: unknown[], attorneys: string[], stays: unknown[], sets: EntryValue[],
 *   notices?: unknown[]}} PublicationValue
 */

const MAX_DESKS = 64;
/** 64 desks of 32 members. */
export const MAX_PUBLICATION = 8 * 1024 * 1024;

/** Any value at all: what a notice is said to be keeps nobody from sealing.  @type {import("./shape.js").Shape} */
const anything = () => {};

export const PUBLICATION = /* @__PURE__ */ (() =>
  record(
    {
      v: exactly(1),
      roster: SIGNED,
      chain: listOf(SIGNED, ROOT_LINKS),
      attorneys: listOf(recipient, LEGAL_STANZAS),
      stays: listOf(SIGNED, 256),
      sets: listOf(record({ set: SIGNED, keys: listOf(SIGNED, MAX_MEMBERS) }), MAX_DESKS),
    },
    { notices: listOf(anything, MAX_DESKS, 1) }, // Left out where there is none.
  ))();

/**
 * A checked publication: the roster, the attorneys' recipients in its order, the set of each open desk, and the ids of
 * those whom a lead has suspended now.  `notices` are those in force, by desk.
 */
export class Publication {
  /**
   * @param {Roster} roster @param {readonly string[]} attorneys @param {ReadonlyMap<string, RecipientSet>} sets
   * @param {ReadonlySet<string>} stayed @param {ReadonlyMap<string, import("./notice.js").Notice>} notices
   */
  constructor(roster, attorneys, sets, stayed, notices) {
    this.roster = roster;
    this.attorneys = Object.freeze([...attorneys]);
    this.sets = sets;
    this.stayed = stayed;
    this.notices = notices;
    Object.freeze(this);
  }

  /**
   * The set of the desk that a zone belongs to.  Throws Refused("desk_unknown" | "set_unknown").
   * @param {string} zone @returns {RecipientSet}
   */
  setForZone(zone) {
    const desk = this.deskOf(zone);
    if (desk === null) throw new Refused("desk_unknown", `No desk of this network looks after the zone ${zone}.`);
    return this.setOfDesk(desk);
  }

  /** @param {string} zone @returns {string | null} the desk that it belongs to */
  deskOf(zone) {
    return [...this.roster.desks.values()].find(({ zones }) => zones.includes(zone))?.id ?? null;
  }

  /** @returns {number} until when a saved copy may seal to these sets (Unix seconds): what it seals has to be opened too */
  usableUntil() {
    const ends = [...this.sets.values()].map(({ epoch }) => epochGraceEnd(epoch));
    return Math.min(this.roster.expires, ...ends) - DAY;
  }

  /** @param {string} desk @returns {RecipientSet} throws Refused("set_unknown") */
  setOfDesk(desk) {
    const set = this.sets.get(desk);
    if (set !== undefined) return set;
    throw new Refused("set_unknown", `Desk ${desk} has no set for this week; its verifiers have to open it.`);
  }
}

/**
 * The publication's canonical JSON.
 * @param {Signed} roster @param {readonly Signed[]} chain @param {readonly string[]} attorneys
 * @param {readonly Signed[]} stays @param {readonly (readonly [Signed, readonly Signed[]])[]} sets
 * @param {readonly Signed[]} [notices] @returns {Bytes}
 */
export function encodePublication(roster, chain, attorneys, stays, sets, notices = []) {
  return canonical({
    v: 1,
    roster: roster.value(),
    chain: chain.map((one) => one.value()),
    attorneys: [...attorneys],
    stays: stays.map((one) => one.value()),
    sets: sets.map(([set, keys]) => ({ set: set.value(), keys: keys.map((one) => one.value()) })),
    ...(notices.length === 0 ? {} : { notices: notices.map((one) => one.value()) }),
  });
}

/**
 * The checked publication for sealing at `now`; `breathe` is awaited after every few signatures.
 *
 * Of each desk the set with the highest number is taken, of this epoch before the last.  Throws Refused: roster_*,
 * set_*, epoch_*, stay, attorney recipients as roster_content.  A notice that does not check is left out.
 * @param {Uint8Array} data @param {import("./policy.js").Policy} policy @param {number} now
 * @param {import("./age.js").Breathe} [breathe] @returns {Promise<Publication>}
 */
export function openPublication(data, policy, now, breathe = () => {}) {
  return inSlices(openPublicationSteps(data, policy, now), breathe);
}

/**
 * @param {Uint8Array} data @param {import("./policy.js").Policy} policy @param {number} now
 * @returns {Steps<Publication>}
 */
function* openPublicationSteps(data, policy, now) {
  const parsed = parse(data, MAX_PUBLICATION);
  PUBLICATION(parsed, "publication");
  yield;
  const value = /** @type {PublicationValue} */ (parsed);
  const chain = value.chain.map((one) => Signed.of(one));
  const roster = yield* openRosterSteps(Signed.of(value.roster), chain, policy);
  roster.requireCurrent(now);
  const wanted = roster.attorneys().map(({ age }) => age);
  if (value.attorneys.map((one) => fingerprint(utf8(one))).join() !== wanted.join()) {
    const sentence = "The attorneys' recipients are not those whose hashes the roster holds.";
    throw new Refused("roster_content", sentence);
  }
  const stays = [];
  for (const one of value.stays) {
    yield;
    stays.push(openStay(Signed.of(one), roster));
  }
  const stayed = stayedAt(stays, now);
  /** @type {Map<string, RecipientSet>} */
  const best = new Map();
  for (const entry of value.sets) {
    yield;
    const set = yield* openEntry(entry, roster, stayed, now);
    const held = best.get(set.desk);
    if (held === undefined || comesAfter(set, held)) best.set(set.desk, set);
  }
  const notices = noticesInForce(signedAmong(value.notices ?? []), roster, stayed, now);
  return new Publication(roster, value.attorneys, best, stayed, notices);
}

/** @param {readonly unknown[]} values @returns {Signed[]} those that are signed objects */
function signedAmong(values) {
  return values.flatMap((one) => {
    try {
      return [Signed.of(one)];
    } catch (refused) {
      if (refused instanceof Refused) return [];
      throw refused;
    }
  });
}

/** @param {RecipientSet} one @param {RecipientSet} other @returns {boolean} by epoch, then by number */
function comesAfter(one, other) {
  return one.epoch === other.epoch ? one.number > other.number : one.epoch > other.epoch;
}

/**
 * @param {EntryValue} entry @param {Roster} roster @param {ReadonlySet<string>} stayed @param {number} now
 * @returns {Steps<RecipientSet>}
 */
function* openEntry(entry, roster, stayed, now) {
  const set = Signed.of(entry.set);
  const keys = entry.keys.map((one) => Signed.of(one));
  const opened = yield* openSetSteps(set, keys, roster, stayed);
  const epoch = epochOf(now);
  // A device's clock may be slow when the week turns: what is next week there is this week here.
  if (opened.epoch < epoch - 1 || opened.epoch > epochOf(now + CLOCK_SKEW)) {
    const sentence = `The set of desk ${opened.desk} is for epoch ${opened.epoch}; this is ${epoch}.`;
    throw new Refused("epoch_dates", sentence);
  }
  return opened;
}
