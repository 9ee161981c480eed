/**
 * Notices: a lead tells witnesses that nobody can check now, and until when.  SPEC 5.9.  A notice can only inform.
 *
 * Nothing finer than a quarter hour stands in it, so that it says little of who works when.
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";
import { CLOCK_SKEW, NOTICE_LIFE, QUARTER } from "./limits.js";
import { CODE, SHA256, TIME, exactly, integer, oneOf, record } from "./shape.js";

/** @typedef {import("./roster.js").Roster} Roster */
/** @typedef {import("./signed.js").Signed} Signed */
/**
 * A checked notice of a desk: in force from `begins` to `until`, and taken back where they are the same.
 * @typedef {Readonly<{desk: string, number: number, begins: number, until: number, reason: string, by: string}>} Notice
 */
/**
 * @typedef {{v: 1, network: string, desk: string, number: number, from: number, until: number, reason: string}}
 *   NoticeValue
 */

export const NOTICE = /* @__PURE__ */ (() =>
  record({
    v: exactly(1),
    network: SHA256,
    desk: CODE,
    number: integer(1),
    from: TIME,
    until: TIME,
    reason: oneOf("nobody-on-shift"),
  }))();

/**
 * The checked notice; `stayed` are those whom a lead has suspended now.
 *
 * Throws Refused: payload_type, signer, signature, notice.
 * @param {Signed} signed @param {Roster} roster @param {ReadonlySet<string>} [stayed] @returns {Notice}
 */
export function openNotice(signed, roster, stayed = new Set()) {
  const leads = [...roster.verifiers.values()].filter((one) => one.roles.has("lead") && one.revokedAt === null);
  const signers = signed.check("notice", new Map(leads.map(({ id, key }) => [id, key])));
  const value = /** @type {NoticeValue} */ (signed.read(NOTICE));
  const { network, desk, number, from: begins, until, reason } = value;
  const [by] = signers;
  if (signers.length !== 1 || roster.verifier(by).desk !== desk) {
    throw new Refused("notice", `A notice of desk ${desk} is signed by one lead of that desk and nobody else.`);
  }
  if (network !== roster.network) {
    const sentence = `The notice is for network ${network.slice(0, 16)}; this is ${roster.network.slice(0, 16)}.`;
    throw new Refused("notice", sentence);
  }
  if (begins % QUARTER !== 0 || until % QUARTER !== 0) {
    throw new Refused("notice", "A notice begins and ends on a quarter hour.");
  }
  if (until < begins || until > begins + NOTICE_LIFE) {
    throw new Refused("notice", "A notice holds for at most 24 hours; who comes back later signs another.");
  }
  if (stayed.has(by) || begins >= roster.verifier(by).certifiedUntil) {
    throw new Refused("notice", `${by} is suspended, or was certified no more when the notice began.`);
  }
  return Object.freeze({ desk, number, begins, until, reason, by });
}

/** @param {Notice} notice @param {number} now @returns {boolean} in force, by a clock that may be five minutes slow */
export function holdsAt({ begins, until }, now) {
  return begins - CLOCK_SKEW <= now && now < until;
}

/**
 * The notice that each desk has in force at `now`, by desk: that of its highest number, or none.
 *
 * One that does not check counts as none: whatever it says, a tip must still be sealed.
 * @param {Iterable<Signed>} signed @param {Roster} roster @param {ReadonlySet<string>} stayed @param {number} now
 * @returns {Map<string, Notice>}
 */
export function noticesInForce(signed, roster, stayed, now) {
  /** @type {Map<string, Notice>} */
  const last = new Map();
  for (const one of signed) {
    try {
      const notice = openNotice(one, roster, stayed);
      if (notice.number > (last.get(notice.desk)?.number ?? 0)) last.set(notice.desk, notice);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  }
  return new Map([...last].filter(([, notice]) => holdsAt(notice, now)));
}
