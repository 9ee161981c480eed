/**
 * Stays: a lead suspends a person now, and every checker obeys.  SPEC 5.5.  A stay can only lower.
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";
import { STAY_LIFE } from "./limits.js";
import { ID, SHA256, TIME, exactly, record } from "./shape.js";

/**
 * A checked stay: nothing that `verifier` signs from `issued` to `until` counts.  Made by `openStay`.
 * @typedef {Readonly<{verifier: string, issued: number, until: number, by: string}>} Stay
 */
/** @typedef {{v: 1, network: string, verifier: string, issued: number, until: number}} StayValue */

export const STAY = /* @__PURE__ */ (() =>
  record({ v: exactly(1), network: SHA256, verifier: ID, issued: TIME, until: TIME }))();

/**
 * The checked stay.  Throws Refused: payload_type, signer, signature, stay.
 * @param {import("./signed.js").Signed} signed @param {import("./roster.js").Roster} roster @returns {Stay}
 */
export function openStay(signed, roster) {
  const leads = [...roster.verifiers.values()].filter((one) => one.roles.has("lead") && one.revokedAt === null);
  const signers = signed.check("stay", new Map(leads.map(({ id, key }) => [id, key])));
  const { network, verifier, issued, until } = /** @type {StayValue} */ (signed.read(STAY));
  const [by] = signers;
  if (signers.length !== 1 || by === verifier) {
    throw new Refused("stay", "A stay is signed by one lead, and never by the person it suspends.");
  }
  if (network !== roster.network) {
    const sentence = `The stay is for network ${network.slice(0, 16)}; this is ${roster.network.slice(0, 16)}.`;
    throw new Refused("stay", sentence);
  }
  if (until <= issued || until > issued + STAY_LIFE) {
    throw new Refused("stay", "A stay lasts for more than 0 and at most 7 days; then a roster must say it.");
  }
  if (issued >= roster.verifier(by).certifiedUntil) {
    throw new Refused("stay", `The certification of ${by} had lapsed when the stay was issued.`);
  }
  return Object.freeze({ verifier, issued, until, by });
}

/**
 * Throws Refused("attestation_stayed") where a stay holds one of `signers` now.
 *
 * For what the log does not hold yet: nobody has seen it, and its issue may be dated back to before the stay.
 * @param {Iterable<string>} signers @param {Iterable<Stay>} stays @param {number} now
 */
export function requireUnstayed(signers, stays, now) {
  const stayed = stayedAt(stays, now);
  const held = [...new Set(signers)].filter((id) => stayed.has(id)).sort();
  if (held.length === 0) return;
  const sentence = `A lead has suspended ${held.join(", ")} for now; somebody else has to sign.`;
  throw new Refused("attestation_stayed", sentence);
}

/** @param {Iterable<Stay>} stays @param {number} time @returns {Set<string>} the verifiers that a stay holds then */
export function stayedAt(stays, time) {
  return new Set([...stays].filter((one) => one.issued <= time && time < one.until).map((one) => one.verifier));
}
