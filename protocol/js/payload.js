/**
 * Payloads: what follows the header of an age file, a nonce and sealed chunks of 64 KiB (STREAM).  SPEC 6.3.
 *
 * Source: C2SP age.md.  In Python this is the second half of age.py.
 *
 * Pure: reads no clock, touches no store.
 */
import { utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { hkdf } from "./kdf.js";
import { decrypt } from "./xwing.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

/** Bytes of plaintext in a chunk, all but the last of which are full. */
export const CHUNK = 64 * 1024;
export const NONCE = 16;
export const TAG = 16;
export const SEALED_CHUNK = CHUNK + TAG;

/** @param {number} plaintext @returns {number} bytes of the payload (what follows the header: nonce and chunks) */
export function chunkedSize(plaintext) {
  return NONCE + plaintext + TAG * Math.max(1, Math.ceil(plaintext / CHUNK));
}

/**
 * The bytes of plaintext in a payload of this many bytes; the inverse of `chunkedSize`.
 *
 * Throws Refused("age_header") without a whole nonce, ("age_payload") for a size that no plaintext gives.
 * @param {number} payload @returns {number}
 */
export function plaintextSize(payload) {
  if (payload < NONCE) {
    throw new Refused("age_header", `After the header comes a nonce of ${NONCE} bytes; ${payload} are there.`);
  }
  const sealed = payload - NONCE;
  const plaintext = sealed - TAG * Math.max(1, Math.ceil(sealed / SEALED_CHUNK));
  if (plaintext < 0 || chunkedSize(plaintext) !== payload) {
    const sentence = `No plaintext gives ${payload} bytes of payload: its last chunk is cut or empty.`;
    throw new Refused("age_payload", sentence);
  }
  return plaintext;
}

/**
 * The key of the chunks, from the nonce at the payload's beginning.  Throws Refused("age_header") without a whole one.
 * @param {Uint8Array} fileKey @param {Uint8Array} payload @returns {Bytes}
 */
export function payloadKey(fileKey, payload) {
  const nonce = payload.subarray(0, NONCE);
  if (nonce.length !== NONCE) {
    throw new Refused("age_header", `After the header comes a nonce of ${NONCE} bytes; ${nonce.length} are there.`);
  }
  return hkdf(fileKey, nonce, utf8("payload"), 32);
}

/**
 * 11 bytes of counter, then the flag of the last chunk.
 * @param {number} counter below 2^32: 256 TiB of plaintext @param {boolean} last @returns {Bytes}
 */
export function chunkNonce(counter, last) {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setUint32(7, counter);
  nonce[11] = last ? 1 : 0;
  return nonce;
}

/**
 * Nonce and chunk, for data in pieces of `size`; empty data is one empty chunk.
 * @param {Uint8Array} data @param {number} size @returns {Generator<[Bytes, Uint8Array]>}
 */
export function* chunks(data, size) {
  const count = Math.max(1, Math.ceil(data.length / size));
  for (let index = 0; index < count; index++) {
    yield [chunkNonce(index, index === count - 1), data.subarray(index * size, (index + 1) * size)];
  }
}

/**
 * The plaintext of one chunk.  Throws Refused("age_payload").
 * @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} chunk at least 16 bytes @returns {Bytes}
 */
export function openChunk(key, nonce, chunk) {
  const opened = decrypt(key, nonce, chunk);
  if (opened === null) {
    const index = new DataView(nonce.buffer, nonce.byteOffset).getUint32(7);
    throw new Refused("age_payload", `Chunk ${index} does not open: it was changed, cut or moved.`);
  }
  return opened;
}
