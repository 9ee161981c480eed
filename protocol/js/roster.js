/**
 * The roster: the root-signed list of who may do what, with which key, until when.  SPEC 5.2.
 *
 * A `Roster` exists only by being checked against a `Policy`, over the root changes between the two.
 *
 * Pure: reads no clock, touches no store.
 */
import { fingerprint, hex, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import * as limits from "./limits.js";
import { Roots } from "./policy.js";
import { ROSTER, contentSteps } from "./roster-content.js";
import { Signed } from "./signed.js";
import { atOnce } from "./steps.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./policy.js").Policy} Policy */
/** @template T @typedef {import("./steps.js").Steps<T>} Steps */
/** @typedef {import("./roster-content.js").Content} Content */
/** @typedef {import("./roster-content.js").Desk} Desk */
/** @typedef {import("./roster-content.js").Organisation} Organisation */
/** @typedef {import("./roster-content.js").RosterValue} RosterValue */
/** @typedef {import("./roster-content.js").Verifier} Verifier */

export const NO_PREVIOUS = /* @__PURE__ */ "0".repeat(64);
const KEPT = 32; // Rosters that were opened and are known again by their bytes.

/**
 * A roster whose signatures and content were checked.  Made only by `openRoster`.
 *
 * `keys` and `organisationsNeeded` are its quorum.
 */
export class Roster {
  /** @param {string} name @param {RosterValue} value @param {Content} content */
  constructor(name, value, content) {
    this.name = name;
    this.network = value.network;
    this.mode = value.mode;
    this.number = value.number;
    this.previous = value.previous;
    this.issued = value.issued;
    this.expires = value.expires;
    this.roots = content.roots;
    this.keys = value.quorum.keys;
    this.organisationsNeeded = value.quorum.organisations;
    this.desks = content.desks;
    this.verifiers = content.verifiers;
    this.organisations = content.organisations;
    this.logOrigin = value.log.origin;
    this.logKey = content.logKey;
    this.cosigners = content.cosigners;
    Object.freeze(this);
  }

  /** @param {string} id @returns {Verifier} throws RangeError for an id that `check` would not have let through */
  verifier(id) {
    return present(this.verifiers, id, "verifier");
  }

  /** @param {string} id @returns {Desk} throws RangeError for a desk that the roster does not have */
  desk(id) {
    return present(this.desks, id, "desk");
  }

  /** @param {string} [desk] @returns {Map<string, Bytes>} signing keys by verifier id, of one desk where it is given */
  verifierKeys(desk) {
    const found = [...this.verifiers.values()].filter((one) => desk === undefined || one.desk === desk);
    return new Map(found.map((one) => [one.id, one.key]));
  }

  /** @returns {readonly Organisation[]} who read the legal part, in the roster's order; at most four */
  attorneys() {
    const found = [...this.organisations.values()].filter((one) => one.role === "attorney");
    return Object.freeze(found.slice(0, limits.LEGAL_STANZAS));
  }

  /** Throws Refused("roster_dates") unless `now` lies inside the roster's dates.  @param {number} now */
  requireCurrent(now) {
    if (now < this.issued - limits.CLOCK_SKEW || now >= this.expires) {
      const dates = `Roster ${this.number} holds from ${this.issued} to ${this.expires}; the time is ${now}.`;
      throw new Refused("roster_dates", `${dates} The custodians have to publish the next roster.`);
    }
  }

  /**
   * Throws Refused("roster_chain") unless it may take the place of `older`: a fork may not.
   * @param {Readonly<{number: number, name: string}>} older
   */
  requireFollows(older) {
    if (this.name !== older.name) requireFollows(this, older.number, older.name);
  }
}

/** @template V @param {ReadonlyMap<string, V>} map @param {string} id @param {string} what @returns {V} */
function present(map, id, what) {
  const found = map.get(id);
  if (found === undefined) throw new RangeError(`The roster has no ${what} ${id}.`);
  return found;
}

/**
 * The checked roster of `signed`, reached from the policy's roots over `chain`, the root changes between.
 *
 * Each link, and the roster itself, needs the threshold of the roots before it; one that changes the roots needs the
 * threshold of the new ones too.  Throws Refused: payload_type, signer, signature, roster_signers, roster_network,
 * roster_chain, roster_dates, roster_content, public_key.
 * @param {Signed} signed @param {readonly Signed[]} chain @param {Policy} policy @returns {Roster}
 */
export function openRoster(signed, chain, policy) {
  return atOnce(openRosterSteps(signed, chain, policy));
}

/** Rosters by what they were opened from, the latest last.  @type {Map<string, Roster>} */
const OPENED = /* @__PURE__ */ new Map();

/**
 * `openRoster` in slices.
 * @param {Signed} signed @param {readonly Signed[]} chain @param {Policy} policy @returns {Steps<Roster>}
 */
export function* openRosterSteps(signed, chain, policy) {
  let source = "";
  for (const link of [...chain, signed]) {
    source += hex(link.entry());
    yield;
  }
  const name = fingerprint(utf8(`${source} ${fingerprint(policy.encode())}`));
  const known = OPENED.get(name);
  if (known !== undefined) return known;
  const roster = yield* walk(signed, chain, policy);
  OPENED.set(name, roster);
  for (const oldest of OPENED.keys()) if (OPENED.size > KEPT) OPENED.delete(oldest);
  return roster;
}

/** @param {Signed} signed @param {readonly Signed[]} chain @param {Policy} policy @returns {Steps<Roster>} */
function* walk(signed, chain, policy) {
  if (chain.length > limits.ROOT_LINKS) {
    const away = `The roster is ${chain.length} root changes away from the policy's roots`;
    throw new Refused("roster_chain", `${away}; ${limits.ROOT_LINKS} are followed. A newer policy file is needed.`);
  }
  let [roots, number, name] = [policy.roots, 0, NO_PREVIOUS];
  for (const link of chain) {
    const value = yield* checkLink(link, roots, policy);
    requireFollows(value, number, name);
    const changed = Roots.of(value.roots);
    if (changed.equals(roots)) {
      throw new Refused("roster_chain", `Roster ${value.number} stands in the chain but changes no root.`);
    }
    [roots, number, name] = [changed, value.number, link.message()];
  }
  const value = yield* checkLink(signed, roots, policy);
  requireFollows(value, number, name);
  return new Roster(signed.message(), value, yield* contentSteps(value));
}

/** @param {{number: number, previous: string}} next @param {number} oldNumber @param {string} oldName */
function requireFollows({ number, previous }, oldNumber, oldName) {
  if (number <= oldNumber) {
    throw new Refused("roster_chain", `Roster ${number} follows roster ${oldNumber}; numbers must rise.`);
  }
  const names = `Roster ${number} names ${previous.slice(0, 16)} before it`;
  if ((number === 1) !== (previous === NO_PREVIOUS)) {
    throw new Refused("roster_chain", `${names}; only the first names nothing.`);
  }
  if (number === oldNumber + 1 && previous !== oldName) {
    throw new Refused("roster_chain", `${names}; roster ${oldNumber} is ${oldName.slice(0, 16)}.`);
  }
}

/**
 * A link's value once the roots before it, and its own where they differ, have signed.
 * @param {Signed} signed @param {Roots} roots @param {Policy} policy @returns {Steps<RosterValue>}
 */
function* checkLink(signed, roots, policy) {
  const old = roots.byId();
  const known = signed.signatures.filter(({ keyid }) => old.has(keyid));
  if (known.length < roots.threshold) {
    const sentence = `${known.length} of the pinned roots signed this roster; ${roots.threshold} are needed.`;
    throw new Refused("roster_signers", sentence);
  }
  yield* new Signed(signed.noun, signed.payload, Object.freeze(known)).checkSteps("roster", old);
  const value = /** @type {RosterValue} */ (signed.read(ROSTER));
  yield;
  const fresh = yield* Roots.steps(value.roots);
  const signers = yield* signed.checkSteps("roster", new Map([...old, ...fresh.byId()]));
  const ofFresh = signers.filter((one) => fresh.byId().has(one)).length;
  if (ofFresh < fresh.threshold) {
    const named = `${ofFresh} of the roots that roster ${value.number} names signed it`;
    throw new Refused("roster_signers", `${named}; ${fresh.threshold} are needed.`);
  }
  for (const name of /** @type {const} */ (["network", "mode"])) {
    if (value[name] === policy[name]) continue;
    throw new Refused("roster_network", `The roster's ${name} is ${value[name]}; the policy's is ${policy[name]}.`);
  }
  return value;
}
