/**
 * Events: one move on one case, signed by whoever made it.  SPEC 9.1.
 *
 * An event names the event before it in its case and the one before it by its actor, so that a history with a line
 * taken out or put in breaks visibly, and a page that has grown stale can't overwrite what happened since.  It tells a
 * day and a digest; minute, words and places are in the sealed part (`part`).
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical } from "./encoding.js";
import { Refused } from "./errors.js";
import { ID, SHA256, exactly, hexadecimal, integer, oneOf, record, sortedSetOf } from "./shape.js";
import { sign } from "./signed.js";

/** @typedef {import("./signed.js").Signed} Signed */
/**
 * What this and its neighbours ask of a verifier's entry in a checked roster.
 * @typedef {Readonly<{
 *   id: string, org: string, desk: string, roles: ReadonlySet<string>, certifiedUntil: number,
 *   revokedAt: number | null,
 * }>} Verifier
 */
/**
 * What this and its neighbours ask of a checked roster.
 * @typedef {Readonly<{
 *   network: string, verifiers: ReadonlyMap<string, Verifier>,
 *   verifierKeys: () => ReadonlyMap<string, Uint8Array>,
 * }>} Roster
 */
/**
 * A checked event; `name` is the SHA-256 of its payload.  Made by `openEvent`.
 *
 * `envelopes` is for `open` and `link`, `into` (the case that takes this one in) for `merge`; others have none.
 * `casePrev` and `actorPrev` name events, `digest` the sealed part; `NOTHING` where there is none.
 * @typedef {Readonly<{
 *   name: string, network: string, case: string, move: string, actor: string, day: number, casePrev: string,
 *   actorPrev: string, digest: string, envelopes: readonly string[], into: string | null,
 * }>} Event
 */
/**
 * @typedef {{
 *   v: 1, network: string, case: string, move: string, actor: string, day: number, case_prev: string,
 *   actor_prev: string, digest: string, envelopes?: string[], into?: string,
 * }} EventValue
 */

export const NAMES = Object.freeze([
  "attest",
  "check",
  "close",
  "finding",
  "hold",
  "link",
  "merge",
  "open",
  "over",
  "propose",
  "refuse",
  "released",
  "restore",
  "resume",
  "retract",
  "share",
  "suspend",
  "triage",
  "update",
]);
/** No event before this one; no sealed part. */
export const NOTHING = "0".repeat(64);
/** One move links at most a cluster of copied posts, not a whole queue. */
export const MAX_ENVELOPES = 64;
export const MAX_EVENT = 8192;

export const EVENT = /* @__PURE__ */ (() =>
  record(
    {
      v: exactly(1),
      network: SHA256,
      case: hexadecimal(16),
      move: oneOf(...NAMES),
      actor: ID,
      day: integer(15_000, 60_000),
      case_prev: SHA256,
      actor_prev: SHA256,
      digest: SHA256,
    },
    { envelopes: sortedSetOf(hexadecimal(16), MAX_ENVELOPES, 1), into: hexadecimal(16) },
  ))();

/**
 * The event signed by `actor`, whose Ed25519 seed is given.  Throws Refused("shape").
 * @param {string} network @param {string} caseId @param {string} move @param {string} actor @param {Uint8Array} seed
 * @param {{day: number, casePrev?: string, actorPrev?: string, digest?: string, envelopes?: readonly string[],
 *   into?: string}} rest
 * @returns {Signed}
 */
export function signEvent(network, caseId, move, actor, seed, rest) {
  const { day, casePrev = NOTHING, actorPrev = NOTHING, digest = NOTHING, envelopes = [], into } = rest;
  /** @type {EventValue} */
  const value = {
    v: 1,
    network,
    case: caseId,
    move,
    actor,
    day,
    case_prev: casePrev,
    actor_prev: actorPrev,
    digest,
  };
  if (envelopes.length > 0) value.envelopes = [...envelopes];
  if (into !== undefined) value.into = into;
  EVENT(value, "event");
  return sign("event", canonical(value), actor, seed);
}

/**
 * The checked event; whether its move is allowed is for `casework.nextState` to say.
 *
 * Throws Refused: payload_type, signer (another than the actor signed, too), signature, event_chain (another
 * network's), shape.
 * @param {Signed} signed @param {Roster} roster @returns {Event}
 */
export function openEvent(signed, roster) {
  const signers = signed.check("event", roster.verifierKeys());
  const value = /** @type {EventValue} */ (signed.read(EVENT, MAX_EVENT));
  if (signers.length !== 1 || signers[0] !== value.actor) {
    throw new Refused("signer", `The event of ${value.actor} is signed by ${signers.join(", ")}.`);
  }
  if (value.network !== roster.network) {
    const [theirs, ours] = [value.network.slice(0, 16), roster.network.slice(0, 16)];
    throw new Refused("event_chain", `The event is of network ${theirs}; this is ${ours}.`);
  }
  for (const [name, moves] of /** @type {const} */ ([["envelopes", ["link", "open"]], ["into", ["merge"]]])) {
    if (Object.hasOwn(value, name) !== /** @type {readonly string[]} */ (moves).includes(value.move)) {
      throw new Refused("shape", `The field ${name} belongs to ${moves.join(" and ")}; this move is ${value.move}.`);
    }
  }
  return Object.freeze({
    name: signed.message(),
    network: value.network,
    case: value.case,
    move: value.move,
    actor: value.actor,
    day: value.day,
    casePrev: value.case_prev,
    actorPrev: value.actor_prev,
    digest: value.digest,
    envelopes: Object.freeze(value.envelopes ?? []),
    into: value.into ?? null,
  });
}
