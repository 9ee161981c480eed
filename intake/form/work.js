/**
 * Work: the sum that the door asks for instead of a name.  ALTCHA v2, PBKDF2 with SHA-256.  SPEC 13.2.
 *
 * A try is the key derived from nonce ‖ counter (32 bits, big-endian); it is a solution if it begins with the prefix.
 */
import { b64, hex, unhex, utf8 } from "../../protocol/js/encoding.js";
import { fetchChallenge } from "./door.js";
import { heed } from "./taken.js";

const ALGORITHM = "PBKDF2/SHA-256";
/** Tries under way at a time: enough to keep the browser's own threads busy. */
const ABREAST = 4;
/** A solution is not used in its last minute, in milliseconds: a slow upload has to be there before it is over. */
const MARGIN = 60_000;

/** One solution at a time, made ahead, and made again once it is too old. */
export class Work {
  /** @type {Promise<{header: string, until: number}> | null} */
  #solving = null;
  #signal;

  /** @param {AbortSignal} signal */
  constructor(signal) {
    this.#signal = signal;
  }

  /** The value of the header `Sereno-Work`.  Throws Dropped or Turned.  @returns {Promise<string>} */
  async solution() {
    const solving = (this.#solving ??= this.#solve());
    try {
      const { header, until } = await solving;
      if (performance.now() < until) return header;
    } catch (error) {
      this.#drop(solving);
      throw error;
    }
    this.#drop(solving);
    return this.solution();
  }

  /** Have the next solution made afresh. */
  forget() {
    this.#solving = null;
  }

  /** @param {Promise<unknown>} solving */
  #drop(solving) {
    if (this.#solving === solving) this.#solving = null;
  }

  async #solve() {
    const { challenge, time } = await fetchChallenge(this.#signal);
    const { parameters } = challenge;
    const left = parameters.expiresAt - (time ?? Date.now() / 1000);
    const until = performance.now() + left * 1000 - MARGIN;
    const solution = await solve(parameters, this.#signal);
    return { header: b64(utf8(JSON.stringify({ challenge, solution }))), until };
  }
}

/**
 * @param {{algorithm: string, nonce: string, salt: string, cost: number, keyLength: number, keyPrefix: string}} asked
 * @param {AbortSignal} signal @returns {Promise<{counter: number, derivedKey: string}>}
 */
async function solve(asked, signal) {
  if (asked.algorithm !== ALGORITHM) throw new Error(`The door asks for work of the kind ${asked.algorithm}.`);
  const [nonce, salt] = [unhex(asked.nonce), unhex(asked.salt)];
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: asked.cost };
  const bits = asked.keyLength * 8;
  for (let first = 0; ; first += ABREAST) {
    heed(signal);
    const tries = Array.from({ length: ABREAST }, (_, place) => derive(nonce, first + place, how, bits));
    const keys = await Promise.all(tries);
    const place = keys.findIndex((key) => key.startsWith(asked.keyPrefix));
    if (place >= 0) return { counter: first + place, derivedKey: keys[place] };
  }
}

/** @param {Uint8Array} nonce @param {number} counter @param {Pbkdf2Params} how @param {number} bits */
async function derive(nonce, counter, how, bits) {
  const password = new Uint8Array(nonce.length + 4);
  password.set(nonce);
  new DataView(password.buffer).setUint32(nonce.length, counter);
  const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
  return hex(new Uint8Array(await crypto.subtle.deriveBits(how, key, bits)));
}
