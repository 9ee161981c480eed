/**
 * Stays: a lead suspends a person now, and every checker obeys.  SPEC 5.5.  A stay can only lower.
 *
 * It travels like a stop, by any carrier, in a bundle that holds all it takes to check it but the policy.
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical, parse } from "./encoding.js";
import { Refused } from "./errors.js";
import { MAX_BUNDLE, ROOT_LINKS, STAY_LIFE } from "./limits.js";
import { openRoster } from "./roster.js";
import { ID, SHA256, TIME, exactly, listOf, record } from "./shape.js";
import { SIGNED, Signed } from "./signed.js";

/**
 * A checked stay: nothing that `verifier` signs from `issued` to `until` counts.  Made by `openStay`.
 * @typedef {Readonly<{verifier: string, issued: number, until: number, by: string}>} Stay
 */
/** @typedef {{v: 1, network: string, verifier: string, issued: number, until: number}} StayValue */

export const STAY = /* @__PURE__ */ (() =>
  record({ v: exactly(1), network: SHA256, verifier: ID, issued: TIME, until: TIME }))();
export const STAY_BUNDLE = /* @__PURE__ */ (() =>
  record({ v: exactly(1), stay: SIGNED, roster: SIGNED, chain: listOf(SIGNED, ROOT_LINKS) }))();

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
 * The bundle of a stay: with the roster that its lead stands on, and the root changes to it.
 * @param {Signed} stay @param {Signed} roster @param {readonly Signed[]} chain
 * @returns {import("./encoding.js").Bytes} canonical JSON
 */
export function encodeStay(stay, roster, chain) {
  return canonical({ v: 1, stay: stay.value(), roster: roster.value(), chain: chain.map((link) => link.value()) });
}

/**
 * The stay that a bundle's bytes prove under a policy, whoever brought them.
 *
 * Throws as `parse`, the shapes, `openRoster` and `openStay`; Refused("roster_dates") where the roster did not hold when
 * the stay was issued.
 * @param {Uint8Array} data @param {import("./policy.js").Policy} policy @returns {Stay}
 */
export function checkStay(data, policy) {
  const parsed = parse(data, MAX_BUNDLE);
  STAY_BUNDLE(parsed, "stay bundle");
  const value = /** @type {{stay: unknown, roster: unknown, chain: unknown[]}} */ (parsed);
  const chain = value.chain.map((one) => Signed.of(one, "stay bundle.chain"));
  const roster = openRoster(Signed.of(value.roster, "stay bundle.roster"), chain, policy);
  const stay = openStay(Signed.of(value.stay, "stay bundle.stay"), roster);
  if (stay.issued < roster.issued || stay.issued >= roster.expires) {
    const holds = `its roster holds from ${roster.issued} to ${roster.expires}.`;
    throw new Refused("roster_dates", `The stay was issued at ${stay.issued}; ${holds}`);
  }
  return stay;
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
