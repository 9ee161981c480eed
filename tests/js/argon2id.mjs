// Argon2id as the desk's worker has it: which way it goes, and what comes out.
import { argon2id } from "../../verifier/page/argon2id.js";

/** What eight passes give, and how far the slower way told that it was.  @param {Uint8Array} password @param {Uint8Array} salt */
export async function derived(password, salt) {
  /** @type {number[]} */
  const told = [];
  const key = await argon2id(password, salt, { t: 8, m: 2048, p: 1, dkLen: 32, onProgress: (done) => told.push(done) });
  return { key, told };
}

/** The same where a policy, or a hardened browser, has no WebAssembly.  @param {Uint8Array} password @param {Uint8Array} salt */
export async function derivedWithoutWebAssembly(password, salt) {
  const kept = WebAssembly.compile;
  WebAssembly.compile = () => Promise.reject(new WebAssembly.CompileError("forbidden here"));
  try {
    return await derived(password, salt);
  } finally {
    WebAssembly.compile = kept;
  }
}
