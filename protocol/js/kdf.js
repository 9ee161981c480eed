/**
 * Keys from keys: HKDF-SHA-256.  SPEC 6.3.
 *
 * Source: RFC 5869.  `extract` and `expand` are public on their own because HPKE (RFC 9180) calls them apart.
 *
 * Pure: reads no clock, touches no store.
 */
import { expand as expandWith, extract as extractWith, sha256 } from "./vendor/vendor.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

/**
 * The 32-byte pseudo-random key of input keying material; an empty salt means 32 zeros (RFC 5869, 2.2).
 * @param {Uint8Array} salt @param {Uint8Array} ikm @returns {Bytes}
 */
export function extract(salt, ikm) {
  return extractWith(sha256, ikm, salt);
}

/**
 * `length` bytes of keying material for `info` from a pseudo-random key (RFC 5869, 2.3).
 *
 * Throws Error for a length above 8,160: a mistake in the calling code, never in what it reads.
 * @param {Uint8Array} key @param {Uint8Array} info @param {number} length @returns {Bytes}
 */
export function expand(key, info, length) {
  return expandWith(sha256, key, info, length);
}

/**
 * `length` bytes derived from input keying material, a salt and a purpose.
 * @param {Uint8Array} ikm @param {Uint8Array} salt @param {Uint8Array} info @param {number} length @returns {Bytes}
 */
export function hkdf(ikm, salt, info, length) {
  return expand(extract(salt, ikm), info, length);
}
