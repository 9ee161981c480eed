// Argon2 in WebAssembly: ten times as fast as JavaScript, where a page's policy allows it.  Only the desk's worker takes it.
export { argon2id } from "hash-wasm";
