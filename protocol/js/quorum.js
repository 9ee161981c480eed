/**
 * Attestations and quorum: which signatures count, and whether they suffice.  SPEC 7.3.
 *
 * Counted afresh from signed bytes each time.  One person, one voice; one bad voice refuses the whole.
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";
import { stayedAt } from "./stay.js";

/** @typedef {import("./alert.js").Alert} Alert */
/** @typedef {import("./roster.js").Roster} Roster */
/** @typedef {import("./roster.js").Verifier} Verifier */

/** @type {ReadonlyMap<string, number>} */
const NOBODY = /* @__PURE__ */ new Map();

/** Those whose attestations count for one message. */
export class Voices {
  /** @param {readonly Verifier[]} verifiers */
  constructor(verifiers) {
    this.verifiers = Object.freeze([...verifiers]);
    Object.freeze(this);
  }

  /** @returns {Set<string>} the distinct verifiers' ids */
  get ids() {
    return new Set(this.verifiers.map(({ id }) => id));
  }

  /** @returns {Set<string>} the distinct organisations they come from */
  get organisations() {
    return new Set(this.verifiers.map(({ org }) => org));
  }

  /** Whether a lead is among them. */
  get hasLead() {
    return this.verifiers.some(({ roles }) => roles.has("lead"));
  }
}

/**
 * The voices of the signers `ids`, whose signatures `Signed.check` has found good; all must count.
 *
 * `index` is the alert's place in the log (null: not in it); `revoked` adds later rosters' revocations by verifier id.
 * Throws Refused: attestation_lapsed, attestation_revoked, attestation_stayed, attestation_trainee.
 * @param {Iterable<string>} ids @param {Alert} alert @param {Roster} roster
 * @param {Iterable<import("./stay.js").Stay>} [stays] @param {number | null} [index]
 * @param {ReadonlyMap<string, number>} [revoked] @returns {Voices}
 */
export function count(ids, alert, roster, stays = [], index = null, revoked = NOBODY) {
  const stayed = stayedAt(stays, alert.issued);
  const voices = [...new Set(ids)].sort().map((id) => roster.verifier(id));
  for (const { id, certifiedUntil, revokedAt, roles } of voices) {
    if (alert.issued >= certifiedUntil) {
      const ended = `The certification of ${id} ended at ${certifiedUntil}`;
      throw new Refused("attestation_lapsed", `${ended}; the alert was issued at ${alert.issued}.`);
    }
    const bound = Math.min(revokedAt ?? Infinity, revoked.get(id) ?? Infinity);
    if (bound !== Infinity && (index === null || index >= bound)) {
      const where = index === null ? "not in the log" : `entry ${index}`;
      const sentence = `The key of ${id} is revoked from log entry ${bound} on; the alert is ${where}.`;
      throw new Refused("attestation_revoked", sentence);
    }
    if (stayed.has(id)) {
      throw new Refused("attestation_stayed", `A lead has suspended ${id} for the time the alert was issued.`);
    }
    if (roles.has("trainee")) {
      throw new Refused("attestation_trainee", `${id} is a trainee; trainees attest nothing.`);
    }
  }
  return new Voices(voices);
}

/**
 * Throw unless the voices suffice for this kind, class and audience: the refusal counts for its reader.
 *
 * The policy can only raise what the roster asks.  Throws Refused: quorum_short, quorum_lead.
 * @param {Voices} voices @param {Alert} alert @param {Roster} roster @param {import("./policy.js").Policy} policy
 */
export function requireQuorum(voices, alert, roster, policy) {
  const { ids, organisations, hasLead } = voices;
  const { kind, class: letter, audience } = alert;
  if (kind === "suspended") {
    if (ids.size === 1) return;
    throw new Refused("quorum_short", `A suspension is one person's doubt; this has ${ids.size} signers.`);
  }
  // One is enough to say it is over; where two say so, readers may be told all clear.
  if ((kind === "ended" && ids.size > 0) || (kind === "retracted" && hasLead)) return;
  const keys = Math.max(roster.keys, policy.keys);
  const needed = Math.max(roster.organisationsNeeded, policy.organisations);
  if (ids.size < keys || organisations.size < needed) {
    const have = `${ids.size} of ${keys} keys (${[...ids].sort().join(", ")})`;
    const from = `from ${organisations.size} of ${needed} organisations.`;
    throw new Refused("quorum_short", `${have} ${from} ${mend(keys - ids.size)}`);
  }
  const needsLead = ["C", "D", "E"].includes(letter ?? "") || (letter === "B" && audience === "public");
  if (needsLead && !hasLead) {
    throw new Refused("quorum_lead", `Class ${letter} for ${audience} needs a lead among its signers.`);
  }
}

/** @param {number} lacking keys @returns {string} */
function mend(lacking) {
  if (lacking <= 0) return "A verifier of another organisation has to sign.";
  return lacking === 1 ? "A second verifier has to sign." : "More verifiers have to sign.";
}
