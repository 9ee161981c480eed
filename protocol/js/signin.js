/**
 * Signing in: a verifier's key answers the desk's nonce, once, within a minute.  SPEC 12.1.
 *
 * The browser fills in the origin that it really talks to, so an answer that a look-alike page obtains opens nothing
 * here.  That a nonce is used once is for the desk to remember.
 *
 * Pure: `now` is an argument.
 */
import { b64, canonical } from "./encoding.js";
import { Refused } from "./errors.js";
import { MINUTE } from "./limits.js";
import { SHA256, TIME, base64, exactly, matching, record } from "./shape.js";
import { sign } from "./signed.js";

/** @typedef {import("./event.js").Roster} Roster */
/** @typedef {import("./signed.js").Signed} Signed */
/** @typedef {{v: 1, origin: string, network: string, nonce: string, issued: number}} SignInValue */

/** Long enough for a slow key derivation, too short to be carried elsewhere. */
export const LIFE = MINUTE;
export const NONCE = 32;
export const MAX_SIGN_IN = 4096;

/** https, or http where it can't leave the machine or is an onion service. */
export const ORIGIN = /* @__PURE__ */ matching(
  "(https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?" +
    "|http://(127\\.0\\.0\\.1|localhost|[a-z0-9-]{1,63}\\.localhost|([a-z0-9-]{1,63}\\.)?[a-z2-7]{56}\\.onion))" +
    "(:[1-9][0-9]{0,4})?",
  "a secure origin such as https://desk.example.org",
);
export const SIGN_IN = /* @__PURE__ */ (() =>
  record({ v: exactly(1), origin: ORIGIN, network: SHA256, nonce: base64(NONCE), issued: TIME }))();

/**
 * A verifier's answer to the desk's 32-byte nonce.  Throws Refused("shape").
 * @param {string} origin @param {string} network @param {Uint8Array} nonce @param {number} now
 * @param {string} verifier @param {Uint8Array} seed @returns {Signed}
 */
export function signIn(origin, network, nonce, now, verifier, seed) {
  const value = { v: 1, origin, network, nonce: b64(nonce), issued: now };
  SIGN_IN(value, "sign-in");
  return sign("sign-in", canonical(value), verifier, seed);
}

/**
 * The id of the verifier who signs in; `stayed` are those whom a lead has suspended.
 *
 * Throws Refused: payload_type, signer, signature, shape, and sign_in (another origin, network or nonce; more than 60
 * seconds off; more signers than one; not certified, revoked or suspended now).
 * @param {Signed} signed @param {Roster} roster @param {string} origin @param {Uint8Array} nonce @param {number} now
 * @param {ReadonlySet<string>} [stayed] @returns {string}
 */
export function openSignIn(signed, roster, origin, nonce, now, stayed = new Set()) {
  const signers = signed.check("sign-in", roster.verifierKeys());
  const value = /** @type {SignInValue} */ (signed.read(SIGN_IN, MAX_SIGN_IN));
  if (signers.length !== 1) {
    throw new Refused("sign_in", `One verifier signs in at a time; ${signers.join(", ")} signed this.`);
  }
  const wanted = /** @type {const} */ ({ origin, network: roster.network, nonce: b64(nonce) });
  for (const name of /** @type {const} */ (["origin", "network", "nonce"])) {
    if (value[name] === wanted[name]) continue;
    const [theirs, ours] = [value[name].slice(0, 64), wanted[name].slice(0, 64)];
    throw new Refused("sign_in", `The ${name} that was signed is ${theirs}; here it is ${ours}. Load the desk again.`);
  }
  requireRecent(value.issued, now);
  requireWelcome(/** @type {import("./event.js").Verifier} */ (roster.verifiers.get(signers[0])), now, stayed);
  return signers[0];
}

/** @param {number} issued @param {number} now */
function requireRecent(issued, now) {
  if (Math.abs(now - issued) <= LIFE) return;
  const sentence =
    `It was signed at ${issued} by the device's clock; here it is ${now}. ` +
    `At most ${LIFE} seconds may lie between: set the device's clock and try again.`;
  throw new Refused("sign_in", sentence);
}

/** @param {import("./event.js").Verifier} one @param {number} now @param {ReadonlySet<string>} stayed */
function requireWelcome(one, now, stayed) {
  if (one.revokedAt !== null || stayed.has(one.id)) {
    throw new Refused("sign_in", `The key of ${one.id} is revoked or suspended; the lead knows more.`);
  }
  if (now < one.certifiedUntil) return;
  const sentence = `The certification of ${one.id} ended at ${one.certifiedUntil}; here it is ${now}.`;
  throw new Refused("sign_in", sentence);
}
