/**
 * Return codes: eight words that bring a witness back to their thread.  SPEC 6.4.
 *
 * The words stand for 88 bits, eleven to a word; keys derive from the bits, so a code is the same in any word list.
 *
 * Pure but for the chance that a new code draws.
 */
import { Identity } from "./age.js";
import { b64, hex, unhex, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { hkdf } from "./kdf.js";
import { nearest, wordsOf } from "./phrase.js";
import { publicKey } from "./signed.js";
import { argon2idAsync } from "./vendor/slices.js";
import { WORDS } from "./wordlist.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

export const CODE_WORDS = 8;
export const OPS = 2;
/** OWASP's least for Argon2id at t=2: a second on an old phone, and no WASM needed. */
export const MEMORY_KIB = 19_456;

const CODE = 11; // Bytes.
const NONE = /* @__PURE__ */ new Uint8Array(0);
const ACCENTS = /[\u0300-\u036f]/g; // Spelled out: Python and browsers carry different Unicode versions.
const INDEX = /* @__PURE__ */ new Map(WORDS.map((word, index) => [word, index]));

/** A witness's keys: `age` opens questions, `seed` signs answers. */
export class Thread {
  /** @param {Identity} age @param {Bytes} seed */
  constructor(age, seed) {
    this.age = age;
    this.seed = seed;
    Object.freeze(this);
  }

  /** @returns {import("./tip.js").ThreadValue} the `thread` field of a tip's header: the two public halves */
  value() {
    return { age: this.age.recipient, ed25519: b64(publicKey(this.seed)) };
  }
}

/** @returns {Bytes} a new code's 11 bytes */
export function generateCode() {
  return crypto.getRandomValues(new Uint8Array(CODE));
}

/** @param {Uint8Array} code 11 bytes @returns {string} its eight words */
export function encodeCode(code) {
  const number = BigInt(`0x${hex(code)}`);
  const places = Array.from({ length: CODE_WORDS }, (_, index) => BigInt(11 * (CODE_WORDS - 1 - index)));
  return places.map((place) => WORDS[Number((number >> place) & 0x7ffn)]).join(" ");
}

/**
 * A code's 11 bytes; capitals, accents and extra spaces don't matter.
 *
 * Throws Refused("code_word") naming the word that is not in the list and the nearest that is.
 * @param {string} text @returns {Bytes}
 */
export function decodeCode(text) {
  const words = wordsOf(text.normalize("NFKD").replace(ACCENTS, ""));
  if (words.length !== CODE_WORDS) {
    throw new Refused("code_word", `A code has ${CODE_WORDS} words; this has ${words.length}.`);
  }
  const number = words.reduce((sum, word) => (sum << 11n) | BigInt(indexOf(word)), 0n);
  return unhex(number.toString(16).padStart(2 * CODE, "0"));
}

/** @param {string} word @returns {number} its place in the list */
function indexOf(word) {
  const index = INDEX.get(word);
  if (index !== undefined) return index;
  const start = Array.from(word).slice(0, 20).join("");
  const sentence = `That word is not in the list: ${start}. Did you mean ${nearest(start, WORDS)}?`;
  throw new Refused("code_word", sentence);
}

/**
 * The thread keys of a code in a network: Argon2id, then HKDF-SHA-256 with one label for each key.
 *
 * In slices of 10 ms; about a second altogether on an old phone.
 * @param {Uint8Array} code @param {string} network @param {import("./vault.js").Progress} [onProgress]
 * @returns {Promise<Thread>}
 */
export async function deriveThread(code, network, onProgress) {
  const salt = unhex(network).slice(0, 16);
  const secret = await argon2idAsync(code, salt, { t: OPS, m: MEMORY_KIB, p: 1, dkLen: 32, onProgress });
  const seed = hkdf(secret, NONE, utf8("sereno/v1/thread/age"), 32);
  return new Thread(new Identity(seed), hkdf(secret, NONE, utf8("sereno/v1/thread/ed25519"), 32));
}
