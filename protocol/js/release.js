/**
 * The gate: bytes in, a `Release` or a `Stop` out, and no other way to make one.  SPEC 7.4.
 *
 * A release is the proven leave to send an alert: enough different, certified people signed these very bytes, and the
 * log holds them.  A stop is one person's word that lowers an alert.  Nothing else can be sent.
 *
 * Pure: reads no clock, touches no store.
 */
import { readAlert } from "./alert.js";
import { canonical, parse } from "./encoding.js";
import { Refused } from "./errors.js";
import { CLOCK_SKEW, FIRST_SEND, HOUR, MAX_BUNDLE, MAX_SUPERSEDES, ROOT_LINKS, STOP_SKEW } from "./limits.js";
import { Proof, entry } from "./log.js";
import { count, requireQuorum } from "./quorum.js";
import { openRoster } from "./roster.js";
import { exactly, listOf, record, refuse } from "./shape.js";
import { SIGNED, Signed } from "./signed.js";

/** @typedef {import("./alert.js").Alert} Alert */
/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./log.js").Logged} Logged */
/** @typedef {import("./policy.js").Policy} Policy */
/** @typedef {import("./quorum.js").Voices} Voices */
/** @typedef {import("./roster.js").Roster} Roster */
/** @typedef {import("./shape.js").Shape} Shape */
/**
 * @typedef {{v: 1, alert: unknown, roster: unknown, chain: unknown[], suspensions: unknown[], proof?: string}}
 *   BundleValue
 */
/**
 * What a checker knows besides the bundle: stays it has seen, revocations of later rosters by verifier id.
 * @typedef {Readonly<{stays?: readonly import("./stay.js").Stay[], revoked?: ReadonlyMap<string, number>}>} Knowledge
 */
/**
 * What a check yields.  `logged` is null for a stop without a proof; `answers` names the suspensions a release answers.
 * @typedef {Readonly<{alert: Alert, voices: Voices, roster: Roster, logged: Logged | null, bundle: Bytes,
 *   answers: ReadonlySet<string>}>} Found
 */

/** @type {Shape} */
function proofText(value, path) {
  if (typeof value !== "string") throw refuse(path, "a tlog-proof as text", value);
}

export const BUNDLE = /* @__PURE__ */ (() =>
  record(
    {
      v: exactly(1),
      alert: SIGNED,
      roster: SIGNED,
      chain: listOf(SIGNED, ROOT_LINKS),
      suspensions: listOf(SIGNED, MAX_SUPERSEDES),
    },
    { proof: proofText },
  ))();

/** @type {Knowledge} */
export const NOTHING = /* @__PURE__ */ Object.freeze({});

/** A bundle's parts, shaped but NOT yet checked. */
export class Bundle {
  /**
   * @param {Signed} alert @param {Signed} roster @param {readonly Signed[]} chain
   * @param {readonly Signed[]} [suspensions] @param {Proof | null} [proof]
   */
  constructor(alert, roster, chain, suspensions = [], proof = null) {
    this.alert = alert;
    this.roster = roster;
    this.chain = Object.freeze([...chain]);
    this.suspensions = Object.freeze([...suspensions]);
    this.proof = proof;
    Object.freeze(this);
  }

  /** @param {Uint8Array} data a bundle file @returns {Bundle} throws as `parse`, the shapes and `Proof.decode` */
  static decode(data) {
    const parsed = parse(data, MAX_BUNDLE);
    BUNDLE(parsed, "bundle");
    const { alert, roster, chain, suspensions, proof } = /** @type {BundleValue} */ (parsed);
    return new Bundle(
      Signed.of(alert, "bundle.alert"),
      Signed.of(roster, "bundle.roster"),
      chain.map((link) => Signed.of(link, "bundle.chain")),
      suspensions.map((one) => Signed.of(one, "bundle.suspensions")),
      proof === undefined ? null : Proof.decode(proof),
    );
  }

  /** @returns {Bytes} the bundle file: canonical JSON */
  encode() {
    const { alert, roster, chain, suspensions, proof } = this;
    return canonical({
      v: 1,
      alert: alert.value(),
      roster: roster.value(),
      chain: chain.map((link) => link.value()),
      suspensions: suspensions.map((one) => one.value()),
      ...(proof === null ? {} : { proof: proof.encode() }),
    });
  }
}

/** Known in this module only: whoever has it may make what a check yields. */
const KEY = /* @__PURE__ */ Symbol("checked");

/**
 * What a check yields: no call, copy, subclass or look-alike gives one, and `instanceof` asks for the mark that only
 * the constructor sets.
 */
class Checked {
  #bundle;

  /** @param {symbol} key @param {Found} found */
  constructor(key, found) {
    if (key !== KEY) throw new TypeError(`A ${new.target.name} is made by check and by nothing else.`);
    this.alert = found.alert;
    this.voices = found.voices;
    this.roster = found.roster;
    this.logged = found.logged;
    this.answers = found.answers;
    this.#bundle = found.bundle;
    Object.freeze(this);
  }

  /** A copy of the bytes that were checked. */
  get bundle() {
    return this.#bundle.slice();
  }

  /** @param {unknown} value */
  static [Symbol.hasInstance](value) {
    const marked = typeof value === "object" && value !== null && #bundle in value;
    return marked && Object.prototype.isPrototypeOf.call(this.prototype, value);
  }
}

/** The proven leave to send a confirmed or checked alert.  `answers` names the suspensions it restores from. */
export class Release extends Checked {}

/** A suspension, retraction or end: obeyed from any carrier, logged or not. */
export class Stop extends Checked {}

for (const one of [Checked, Release, Stop]) {
  Object.freeze(one.prototype);
  Object.freeze(one);
}

/**
 * The alert that signed bytes say if all but the log proof is in order; it is no leave to send.
 *
 * The desk uses it to refuse at once, the gate before it logs.  Throws as `check`, log kinds apart.
 * @param {Signed} alert @param {Roster} roster @param {Policy} policy @param {number} now @param {Knowledge} [known]
 * @returns {Alert}
 */
export function admit(alert, roster, policy, now, known = NOTHING) {
  return counted(alert, roster, policy, now, known, null).alert;
}

/**
 * The release or stop that a bundle's bytes prove under a policy at `now` (Unix seconds).
 *
 * Whether it still stands is for `state`: an expired or retracted alert is genuine too.  Throws Refused with the rule
 * that is broken: release_bundle, alert_*, quorum_*, attestation_*, roster_*, log_*, signature and shape kinds.
 * @param {Uint8Array} data @param {Policy} policy @param {number} now @param {Knowledge} [known]
 * @returns {Release | Stop}
 */
export function check(data, policy, now, known = NOTHING) {
  const bytes = Uint8Array.from(data);
  const bundle = Bundle.decode(bytes);
  const roster = openRoster(bundle.roster, bundle.chain, policy);
  let logged = null;
  if (bundle.proof !== null) {
    const kind = readAlert(bundle.alert).isStop ? "stop" : "release";
    logged = bundle.proof.check(entry(kind, bundle.alert), roster.logOrigin, roster.logKey, roster.cosigners);
  }
  const { alert, voices } = counted(bundle.alert, roster, policy, now, known, logged);
  const found = { alert, voices, roster, logged, bundle: bytes };
  if (alert.isStop) {
    if (bundle.suspensions.length > 0) {
      throw new Refused("release_bundle", "A stop answers no suspension; this bundle carries some.");
    }
    return new Stop(KEY, { ...found, answers: new Set() });
  }
  if (logged === null) {
    throw new Refused("log_proof", "A release needs a proof that the log holds it; this bundle has none.");
  }
  requireWitnesses(alert, logged, policy, now);
  const answers = bundle.suspensions.map((one) => answered(one, alert, voices, roster));
  if (answers.some((one, index) => index > 0 && answers[index - 1] >= one)) {
    throw new Refused("release_bundle", "A bundle's suspensions ascend by name, none twice: it has one spelling.");
  }
  return new Release(KEY, { ...found, answers: new Set(answers) });
}

/**
 * @param {Signed} signed @param {Roster} roster @param {Policy} policy @param {number} now @param {Knowledge} known
 * @param {Logged | null} logged @returns {{alert: Alert, voices: Voices}}
 */
function counted(signed, roster, policy, now, known, logged) {
  const ids = signed.check("alert", roster.verifierKeys());
  const alert = readAlert(signed);
  for (const [name, found, wanted] of [
    ["network", alert.network, policy.network],
    ["mode", alert.mode, policy.mode],
    ["roster", alert.roster, roster.name],
  ]) {
    if (found === wanted) continue;
    const sentence = `The alert's ${name} is ${found.slice(0, 16)}; here it is ${wanted.slice(0, 16)}.`;
    throw new Refused("alert_network", sentence);
  }
  const { issued } = alert;
  if (issued < roster.issued || issued >= roster.expires) {
    const dates = `its roster holds from ${roster.issued} to ${roster.expires}`;
    throw new Refused("roster_dates", `The alert was issued at ${issued}; ${dates}.`);
  }
  if (issued > now + CLOCK_SKEW) {
    throw new Refused("alert_times", `The alert is issued at ${issued}, more than 5 minutes after now, ${now}.`);
  }
  const voices = count(ids, alert, roster, known.stays, logged === null ? null : logged.index, known.revoked);
  requireQuorum(voices, alert, roster, policy);
  return { alert, voices };
}

/**
 * Refuse what the policy wants cosigned and isn't: at once if strict, else once it is an hour old.
 * @param {Alert} alert @param {Logged} logged @param {Policy} policy @param {number} now
 */
function requireWitnesses(alert, logged, policy, now) {
  const times = logged.witnessed.map(([, time]) => time).sort((a, b) => a - b);
  const wanted = policy.cosigners;
  if (times.length >= wanted) {
    if (wanted === 0 || times[wanted - 1] <= alert.issued + FIRST_SEND) return;
    const sentence = "The cosigners saw the log more than 15 minutes after the alert was issued.";
    throw new Refused("log_witness", sentence);
  }
  if (policy.strict || now > alert.issued + HOUR) {
    throw new Refused("log_witness", `${times.length} cosigners saw the log; the policy asks for ${wanted}.`);
  }
}

/**
 * The name of a suspension that a restore carries, if the restore may answer it.
 *
 * Only who signed it matters here, not whether their word still counts: a suspender who is revoked later must not take
 * the restored alert along.
 * @param {Signed} signed @param {Alert} restore @param {Voices} voices @param {Roster} roster @returns {string}
 */
function answered(signed, restore, voices, roster) {
  const suspenders = signed.check("alert", roster.verifierKeys());
  const alert = readAlert(signed);
  if (alert.kind !== "suspended" || alert.id !== restore.id || !restore.supersedes.includes(alert.name)) {
    const sentence = `The bundle carries message ${alert.name.slice(0, 16)}, no suspension it supersedes.`;
    throw new Refused("release_bundle", sentence);
  }
  if (restore.issued >= (alert.lapses ?? 0)) {
    const sentence = `The suspension lapsed at ${alert.lapses}; the restore is of ${restore.issued}.`;
    throw new Refused("alert_times", sentence);
  }
  const same = suspenders.filter((id) => voices.ids.has(id));
  if (same.length > 0) {
    throw new Refused("attestation_suspender", `${same.join(", ")} suspended the alert and so can't restore it.`);
  }
  return alert.name;
}

/**
 * Throw unless the gate may take this message now: what is back-dated or stale is refused.
 *
 * Throws Refused: alert_times (a stop more than 2 minutes off), release_late (a release over 15 minutes old).
 * @param {Alert} alert @param {number} now
 */
export function requireTimely(alert, now) {
  const { isStop, issued } = alert;
  if (isStop && Math.abs(now - issued) > STOP_SKEW) {
    const sentence = `A stop's time is the gate's within 2 minutes; it says ${issued}, the gate ${now}.`;
    throw new Refused("alert_times", sentence);
  }
  if (!isStop && now - issued > FIRST_SEND) {
    const minutes = Math.floor((now - issued) / 60);
    throw new Refused("release_late", `The alert was issued ${minutes} minutes ago; at most 15 are taken.`);
  }
}
