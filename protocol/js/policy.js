/**
 * The policy: what a checker holds before any byte arrives.  SPEC 5.1.
 *
 * A policy file is handed over in person or printed on paper.  It pins the root keys; its other demands can only raise
 * what the roster asks for.
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical, fingerprint, join, parse, unb64 } from "./encoding.js";
import { Refused } from "./errors.js";
import { MAX_POLICY, MIN_QUORUM } from "./limits.js";
import { SHA256, base64, boolean, exactly, integer, oneOf, record, sortedSetOf } from "./shape.js";
import { admitKey, keyId } from "./signed.js";
import { atOnce } from "./steps.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @template T @typedef {import("./steps.js").Steps<T>} Steps */
/** @typedef {{threshold: number, keys: readonly string[]}} RootsValue */
/** @typedef {{keys: number, organisations: number}} QuorumValue */
/**
 * @typedef {{v: 1, network: string, mode: string, roots: RootsValue, quorum: QuorumValue, cosigners: number,
 *   strict: boolean}} PolicyValue
 */

const FEED = 10;

export const MODE = /* @__PURE__ */ oneOf("actual", "exercise");
export const ROOTS = /* @__PURE__ */ (() =>
  record({ threshold: integer(2, 8), keys: sortedSetOf(base64(32), 8, 2) }))();
export const QUORUM = /* @__PURE__ */ (() =>
  record({ keys: integer(MIN_QUORUM, 8), organisations: integer(1, 8) }))();
export const POLICY = /* @__PURE__ */ (() =>
  record({
    v: exactly(1),
    network: SHA256,
    mode: MODE,
    roots: ROOTS,
    quorum: QUORUM,
    cosigners: integer(0, 16),
    strict: boolean,
  }))();

/** A root set: `threshold` of `keys` (base64 of 32-byte Ed25519 public keys, ascending) must sign. */
export class Roots {
  /** @param {number} threshold @param {readonly string[]} keys */
  constructor(threshold, keys) {
    this.threshold = threshold;
    this.keys = Object.freeze([...keys]);
    Object.freeze(this);
  }

  /** The root set of a shaped value.  Throws Refused("policy" | "public_key").  @param {RootsValue} value */
  static of(value) {
    return atOnce(Roots.steps(value));
  }

  /** `of` in slices: a pause after each key.  @param {RootsValue} value @returns {Steps<Roots>} */
  static *steps(value) {
    const { threshold, keys } = value;
    if (threshold > keys.length) {
      throw new Refused("policy", `${threshold} roots must sign and only ${keys.length} are named.`);
    }
    for (const key of keys) {
      admitKey(unb64(key, 32));
      yield;
    }
    return new Roots(threshold, keys);
  }

  /** @returns {Map<string, Bytes>} the public keys by their 8-character ids */
  byId() {
    return new Map(this.keys.map((key) => [keyId(unb64(key)), unb64(key)]));
  }

  /** @param {Roots} other @returns {boolean} whether they are the same root set */
  equals(other) {
    return this.threshold === other.threshold && this.keys.join() === other.keys.join();
  }

  /** @returns {RootsValue} the JSON value */
  value() {
    return { threshold: this.threshold, keys: [...this.keys] };
  }
}

/**
 * A network's name: the SHA-256 of its first root set and its mode, in hexadecimal.
 *
 * The mode is inside, so an exercise can never be turned into an actual network by any later roster.
 * @param {Roots} roots @param {string} mode @returns {string}
 */
export function networkId(roots, mode) {
  return fingerprint(canonical({ v: 1, mode, ...roots.value() }));
}

/** Pinned roots, and demands that can only raise the roster's. */
export class Policy {
  /**
   * @param {string} network @param {string} mode @param {Roots} roots @param {number} keys
   * @param {number} organisations @param {number} cosigners @param {boolean} strict
   */
  constructor(network, mode, roots, keys, organisations, cosigners, strict) {
    this.network = network;
    this.mode = mode;
    this.roots = roots;
    this.keys = keys;
    this.organisations = organisations;
    this.cosigners = cosigners;
    this.strict = strict;
    Object.freeze(this);
  }

  /**
   * The policy that a policy file holds.  Throws as `parse` and the shape, and Refused("policy" | "public_key").
   * @param {Uint8Array} data @returns {Policy}
   */
  static decode(data) {
    return atOnce(Policy.decodeSteps(data));
  }

  /** `decode` in slices.  @param {Uint8Array} data @returns {Steps<Policy>} */
  static *decodeSteps(data) {
    const parsed = parse(data.at(-1) === FEED ? data.subarray(0, -1) : data, MAX_POLICY);
    POLICY(parsed, "policy");
    const value = /** @type {PolicyValue} */ (parsed);
    const { keys, organisations } = value.quorum;
    const roots = yield* Roots.steps(value.roots);
    return new Policy(value.network, value.mode, roots, keys, organisations, value.cosigners, value.strict);
  }

  /** @returns {Bytes} the policy file: canonical JSON and a line feed */
  encode() {
    const { network, mode, cosigners, strict } = this;
    const quorum = { keys: this.keys, organisations: this.organisations };
    const text = canonical({ v: 1, network, mode, roots: this.roots.value(), quorum, cosigners, strict });
    return join(text, Uint8Array.of(FEED));
  }
}
