/**
 * Argon2id as fast as this browser has it: in WebAssembly, or, where that is switched off, in JavaScript and in slices.
 *
 * The same bytes either way; with WebAssembly there is no progress to tell, and a phone takes a second instead of thirty.
 */
import { argon2id as inWebAssembly } from "../../protocol/js/vendor/argon2.js";
import { argon2idAsync as inSlices } from "../../protocol/js/vendor/slices.js";

/** The shortest module there is: whether it compiles tells whether any would. */
const EMPTY = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** @returns {Promise<boolean>} */
async function hasWebAssembly() {
  if (typeof WebAssembly !== "object") return false;
  return WebAssembly.compile(EMPTY).then(
    () => true,
    () => false, // A policy, or a hardened browser, forbids it.
  );
}

/** @type {import("../../protocol/js/vault.js").Argon2id} */
export async function argon2id(password, salt, options) {
  if (!(await hasWebAssembly())) return inSlices(password, salt, options);
  const { t: iterations, m: memorySize, p: parallelism, dkLen: hashLength } = options;
  return inWebAssembly({ password, salt, iterations, memorySize, parallelism, hashLength, outputType: "binary" });
}
