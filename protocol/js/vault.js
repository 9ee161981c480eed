/**
 * The vault: a verifier's signing key under a pass-phrase.  SPEC 5.6.
 *
 * Argon2id (RFC 9106) gives a key, XChaCha20-Poly1305 seals with the file's header as associated data.  The same key
 * wraps epoch keys in the desk's browser storage; those are never in the file that is downloaded.
 *
 * Pure but for the chance that sealing draws.
 */
import { b64, canonical, join, parse, unb64, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { MIN_PASSPHRASE_WORDS } from "./limits.js";
import { wordsOf } from "./phrase.js";
import { ID, SHA256, base64, exactly, matching, record } from "./shape.js";
import { argon2idAsync } from "./vendor/slices.js";
import { xchacha20poly1305 } from "./vendor/vendor.js";
import { WORDS } from "./wordlist.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {(done: number) => void} Progress told how much is done, from 0 to 1 */
/**
 * What computes Argon2id: `argon2idAsync` of vendor/slices.js, or what gives the same bytes faster.
 * @typedef {(password: Uint8Array, salt: Uint8Array, options: {t: number, m: number, p: number, dkLen: number,
 *   onProgress?: Progress}) => Promise<Bytes>} Argon2id
 */
/**
 * An opened vault.  `seed` signs; `key` (32 bytes) wraps what stays in the browser's storage.
 * @typedef {Readonly<{network: string, verifier: string, seed: Bytes, key: Bytes}>} Vault
 */
/** @typedef {{v: 1, kdf: "argon2id", t: number, m: number, p: 1, salt: string}} HeaderValue */
/** @typedef {{v: 1, network: string, verifier: string, seed: string}} ContentValue */

export const OPS = 3;
/** 64 MiB: what a five-year-old phone's browser can still allocate. */
export const MEMORY_KIB = 65_536;
export const MAX_VAULT = 4096;

const NONCE = 24;
const FEED = 10;

const BASE64 = /* @__PURE__ */ matching("[A-Za-z0-9+/]{24,2048}={0,2}", "base64");
const FILE = /* @__PURE__ */ (() =>
  record({
    v: exactly(1),
    kdf: exactly("argon2id"),
    t: exactly(OPS),
    m: exactly(MEMORY_KIB),
    p: exactly(1),
    salt: base64(16),
    nonce: base64(NONCE),
    sealed: BASE64,
  }))();
const CONTENT = /* @__PURE__ */ (() =>
  record({ v: exactly(1), network: SHA256, verifier: ID, seed: base64(32) }))();

/** @returns {string} six words of the list, drawn at random: 66 bits */
export function generatePassphrase() {
  const numbers = crypto.getRandomValues(new Uint16Array(MIN_PASSPHRASE_WORDS));
  return Array.from(numbers, (number) => WORDS[number & 0x7ff]).join(" ");
}

/**
 * The 32-byte key of a pass-phrase: Argon2id, t=3, m=64 MiB, p=1, over its NFKD lower-case words.
 *
 * By itself in slices of 10 ms, many seconds altogether on a phone; `argon2id` may be quicker.
 * @param {string} passphrase @param {Uint8Array} salt 16 bytes
 * @param {Progress} [onProgress] @param {Argon2id} [argon2id] @returns {Promise<Bytes>}
 */
export function vaultKey(passphrase, salt, onProgress, argon2id = argon2idAsync) {
  const options = { t: OPS, m: MEMORY_KIB, p: 1, dkLen: 32, onProgress };
  return argon2id(utf8(wordsOf(passphrase).join(" ")), salt, options);
}

/**
 * The vault file: canonical JSON and a line feed.
 * @param {string} network @param {string} verifier @param {Uint8Array} seed 32 bytes @param {string} passphrase
 * @param {Progress} [onProgress] @param {Argon2id} [argon2id] @returns {Promise<Bytes>}
 */
export async function sealVault(network, verifier, seed, passphrase, onProgress, argon2id) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const header = headerOf(b64(salt));
  const content = canonical({ v: 1, network, verifier, seed: b64(seed) });
  const key = await vaultKey(passphrase, salt, onProgress, argon2id);
  const sealed = xchacha20poly1305(key, nonce, canonical(header)).encrypt(content);
  return join(canonical({ ...header, nonce: b64(nonce), sealed: b64(sealed) }), Uint8Array.of(FEED));
}

/**
 * The opened vault.  Throws Refused("passphrase") for wrong words, "vault" for a file that is none.
 * @param {Uint8Array} file @param {string} passphrase
 * @param {Progress} [onProgress] @param {Argon2id} [argon2id] @returns {Promise<Vault>}
 */
export async function openVault(file, passphrase, onProgress, argon2id) {
  const { salt, nonce, sealed } = partsOf(file);
  const key = await vaultKey(passphrase, salt, onProgress, argon2id);
  const text = decrypt(key, nonce, canonical(headerOf(b64(salt))), sealed);
  if (text === null) {
    throw new Refused("passphrase", "These words don't open this vault. Check each word and their order.");
  }
  const content = parse(text, MAX_VAULT);
  CONTENT(content, "vault");
  const { network, verifier, seed } = /** @type {ContentValue} */ (content);
  return Object.freeze({ network, verifier, seed: unb64(seed, 32), key });
}

/**
 * `data` sealed under a vault key for browser storage: 24-byte nonce and XChaCha20-Poly1305 text.
 * @param {Uint8Array} key @param {string} label @param {Uint8Array} data @returns {Bytes}
 */
export function wrap(key, label, data) {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  return join(nonce, xchacha20poly1305(key, nonce, utf8(label)).encrypt(data));
}

/**
 * What `wrap` sealed under the same key and label.  Throws Refused("vault").
 * @param {Uint8Array} key @param {string} label @param {Uint8Array} wrapped @returns {Bytes}
 */
export function unwrap(key, label, wrapped) {
  const nonce = wrapped.subarray(0, NONCE);
  const data = nonce.length < NONCE ? null : decrypt(key, nonce, utf8(label), wrapped.subarray(NONCE));
  if (data === null) {
    throw new Refused("vault", `What is stored as ${label} was not sealed by this vault, or was changed.`);
  }
  return data;
}

/** @param {string} salt @returns {HeaderValue} what is sealed along: nobody can weaken it unseen */
function headerOf(salt) {
  return { v: 1, kdf: "argon2id", t: OPS, m: MEMORY_KIB, p: 1, salt };
}

/** @param {Uint8Array} file what may be half of a vault @returns {boolean} whether it is a whole one, by its form */
export function isVault(file) {
  try {
    partsOf(file);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

/** @param {Uint8Array} file @returns {{salt: Bytes, nonce: Bytes, sealed: Bytes}} throws Refused("vault") */
function partsOf(file) {
  try {
    const value = parse(file.at(-1) === FEED ? file.subarray(0, -1) : file, MAX_VAULT);
    FILE(value, "vault");
    const { salt, nonce, sealed } = /** @type {{salt: string, nonce: string, sealed: string}} */ (value);
    return { salt: unb64(salt, 16), nonce: unb64(nonce, NONCE), sealed: unb64(sealed) };
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused("vault", `The file is no vault, or half of one: ${cause.sentence}`, { cause });
  }
}

/**
 * @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} associated @param {Uint8Array} sealed
 * @returns {Bytes | null} null where the tag does not fit, or there is no room for one
 */
function decrypt(key, nonce, associated, sealed) {
  const aead = xchacha20poly1305(key, nonce, associated);
  try {
    return aead.decrypt(sealed);
  } catch {
    return null; // The only way in which noble's decrypt fails under a key and a nonce of these lengths.
  }
}
