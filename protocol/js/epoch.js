/**
 * Epochs and epoch keys: a verifier's encryption key for one week, signed by the verifier.  SPEC 5.3.
 *
 * Pure: reads no clock, touches no store.
 */
import { publicKey } from "./age.js";
import { canonical } from "./encoding.js";
import { Refused } from "./errors.js";
import { EPOCH_GRACE, EPOCH_OFFSET, EPOCH_SECONDS } from "./limits.js";
import { CODE, ID, SHA256, exactly, integer, recipient, record } from "./shape.js";
import { sign } from "./signed.js";

/** @typedef {import("./roster.js").Roster} Roster */
/** @typedef {import("./signed.js").Signed} Signed */
/**
 * A checked epoch key.  `name` is the SHA-256 of its payload, `age` its recipient.  Made by `openEpochKey`.
 * @typedef {Readonly<{name: string, verifier: string, desk: string, epoch: number, age: string}>} EpochKey
 */
/** @typedef {{v: 1, network: string, verifier: string, desk: string, epoch: number, age: string}} EpochKeyValue */

export const EPOCH_KEY = /* @__PURE__ */ (() =>
  record({
    v: exactly(1),
    network: SHA256,
    verifier: ID,
    desk: CODE,
    epoch: integer(2000, 9999),
    age: recipient,
  }))();

/** @param {number} now Unix seconds @returns {number} the week that holds it; weeks begin on Monday 00:00 UTC */
export function epochOf(now) {
  return Math.floor((now + EPOCH_OFFSET) / EPOCH_SECONDS);
}

/** @param {number} epoch @returns {number} its first second */
export function epochStart(epoch) {
  return epoch * EPOCH_SECONDS - EPOCH_OFFSET;
}

/** @param {number} epoch @returns {number} from when its private keys must be gone and its envelopes are refused */
export function epochGraceEnd(epoch) {
  return epochStart(epoch + 1) + EPOCH_GRACE;
}

/**
 * A verifier's signed epoch key for `epoch`.
 * @param {Roster} roster @param {string} verifier @param {number} epoch @param {string} age a recipient
 * @param {Uint8Array} seed @returns {Signed}
 */
export function signEpochKey(roster, verifier, epoch, age, seed) {
  const { desk } = roster.verifier(verifier);
  return sign("epoch-key", canonical({ v: 1, network: roster.network, verifier, desk, epoch, age }), verifier, seed);
}

/**
 * The checked epoch key.  Throws Refused: payload_type, signer, signature, epoch_key.
 * @param {Signed} signed @param {Roster} roster @returns {EpochKey}
 */
export function openEpochKey(signed, roster) {
  const signers = signed.check("epoch-key", roster.verifierKeys());
  const value = /** @type {EpochKeyValue} */ (signed.read(EPOCH_KEY));
  const { verifier, desk, epoch, age } = value;
  if (signers.length !== 1 || signers[0] !== verifier) {
    throw new Refused("epoch_key", `The epoch key of ${verifier} is signed by ${signers.join(", ")}.`);
  }
  if (value.network !== roster.network) {
    const [theirs, ours] = [value.network.slice(0, 16), roster.network.slice(0, 16)];
    throw new Refused("epoch_key", `The epoch key is for network ${theirs}; this is ${ours}.`);
  }
  const own = roster.verifier(verifier).desk;
  if (desk !== own) {
    throw new Refused("epoch_key", `${verifier} is of desk ${own}; the epoch key names ${desk}.`);
  }
  requireSound(verifier, age);
  return Object.freeze({ name: signed.message(), verifier, desk, epoch, age });
}

/** In a set it would stop every sealing of the desk, nobody knowing by whom.  @param {string} verifier @param {string} age */
function requireSound(verifier, age) {
  try {
    publicKey(age);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused("epoch_key", `Nothing can be sealed to ${verifier}: ${cause.sentence}`, { cause });
  }
}

/** @param {string} verifier @param {number} epoch @returns {string} the name of the pair in a map of epoch keys */
export function pairOf(verifier, epoch) {
  return `${verifier}/${epoch}`;
}

/**
 * The keys by `pairOf` their verifier and epoch; where two differ for one pair, neither is taken.
 *
 * Two keys for one week mean a stolen signing key or a lost vault: a person has to look before either is trusted.
 * @param {Iterable<EpochKey>} keys @returns {Map<string, EpochKey>}
 */
export function withoutDoubles(keys) {
  /** @type {Map<string, EpochKey>} */
  const found = new Map();
  /** @type {Set<string>} */
  const doubled = new Set();
  for (const key of keys) {
    const pair = pairOf(key.verifier, key.epoch);
    const held = found.get(pair);
    if (held !== undefined && held.name !== key.name) doubled.add(pair);
    found.set(pair, key);
  }
  for (const pair of doubled) found.delete(pair);
  return found;
}
