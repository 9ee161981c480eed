// Everything we take from others, and no more: the bundle beside this file is made of these names (build.mjs).
export { default as canonicalize } from "canonicalize";
export { chacha20poly1305, xchacha20poly1305 } from "@noble/ciphers/chacha.js";
export { ed25519, x25519 } from "@noble/curves/ed25519.js";
export { expand, extract } from "@noble/hashes/hkdf.js";
export { hmac } from "@noble/hashes/hmac.js";
export { sha256, sha512 } from "@noble/hashes/sha2.js";
export { sha3_256, shake256 } from "@noble/hashes/sha3.js";
export { ml_kem768 as mlKem768 } from "@noble/post-quantum/ml-kem.js";
