/**
 * Six words: a hash that two people can compare over the telephone.
 *
 * Six words of 2,048 are the first 66 bits of a SHA-256: who wants another key with the same words has to make some
 * 2^66.
 *
 * Pure: reads no clock, touches no store.
 */
import { hex, sha256 } from "./encoding.js";
import { WORDS } from "./wordlist.js";

export const COUNT = 6;
const BITS = 11; // One word of 2,048.

/** @param {Uint8Array} digest 32 bytes @returns {string} six words: its first 66 bits, 11 to a word, highest first */
export function wordsOf(digest) {
  const number = BigInt(`0x${hex(digest)}`) >> BigInt(8 * digest.length - COUNT * BITS);
  const places = Array.from({ length: COUNT }, (_, index) => BigInt(BITS * (COUNT - 1 - index)));
  return places.map((place) => WORDS[Number((number >> place) & 0x7ffn)]).join(" ");
}

/** @param {Uint8Array} data a public key, a payload, a file @returns {string} the six words of its SHA-256 */
export function fingerprintWords(data) {
  return wordsOf(sha256(data));
}
