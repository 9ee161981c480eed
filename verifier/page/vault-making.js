/**
 * Making a vault: the key of somebody new, with the request that a custodian takes.
 *
 * The request is what `python -m keys request` writes, byte for byte; `python -m keys enrol` takes either.
 */
import { b64, canonical, join } from "../../protocol/js/encoding.js";
import { CODE } from "../../protocol/js/shape.js";
import { keyId, publicKey, sign } from "../../protocol/js/signed.js";
import { generatePassphrase, openVault, sealVault } from "../../protocol/js/vault.js";

/** @typedef {import("../../protocol/js/signed.js").Signed} Signed */
/** @typedef {import("../../protocol/js/vault.js").Argon2id} Argon2id */
/** @typedef {import("../../protocol/js/vault.js").Progress} Progress */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {Readonly<{file: Bytes, words: string, key: Bytes}>} Made a vault, its pass-phrase and its key */
/**
 * @typedef {Omit<Made, "key"> & Readonly<{verifier: string, public: Bytes, request: Bytes}>} Newcomer
 */

const SEED = 32;
const FEED = 10;

/**
 * A vault under a fresh pass-phrase, opened once before anybody is told to rely on it.
 * @param {string} network @param {string} verifier @param {Bytes} seed
 * @param {Progress} [onProgress] @param {Argon2id} [argon2id] @returns {Promise<Made>}
 */
export async function makeVault(network, verifier, seed, onProgress = () => undefined, argon2id) {
  const words = generatePassphrase();
  const file = await sealVault(network, verifier, seed, words, (done) => onProgress(done / 2), argon2id);
  const { seed: back, key } = await openVault(file, words, (done) => onProgress((1 + done) / 2), argon2id);
  if (b64(back) !== b64(seed)) throw new Error("The vault that was just sealed does not open to the same key.");
  return { file, words, key };
}

/**
 * A new person's key in its vault, and the request that asks for a place at a desk with it.  Throws Refused("shape").
 * @param {string} network @param {string} desk @param {string} organisation "" where the person names none
 * @param {Progress} [onProgress] @param {Argon2id} [argon2id] @returns {Promise<Newcomer>}
 */
export async function makeNewcomer(network, desk, organisation, onProgress, argon2id) {
  const seed = crypto.getRandomValues(new Uint8Array(SEED));
  try {
    const request = requestVerifier(seed, network, desk, organisation).encode();
    const key = publicKey(seed);
    const verifier = keyId(key);
    const { file, words } = await makeVault(network, verifier, seed, onProgress, argon2id);
    return { file, words, verifier, public: key, request: join(request, Uint8Array.of(FEED)) };
  } finally {
    seed.fill(0);
  }
}

/**
 * The request of a person who wants to verify at a desk, signed by the very key that it is about.
 * @param {Bytes} seed @param {string} network @param {string} desk @param {string} organisation
 * @returns {Signed} throws Refused("shape") where a code is none
 */
export function requestVerifier(seed, network, desk, organisation) {
  CODE(desk, "request.desk");
  if (organisation !== "") CODE(organisation, "request.org");
  const key = publicKey(seed);
  const org = organisation === "" ? {} : { org: organisation };
  const value = { v: 1, ed25519: b64(key), kind: "verifier", network, desk, ...org };
  return sign("request", canonical(value), keyId(key), seed);
}
