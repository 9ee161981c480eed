// Opening previews in JavaScript, beside the decapsulation and the one chunk that no opener can do without.
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { Identity } from "../../protocol/js/age.js";
import { openPreview } from "../../protocol/js/envelope.js";
import { CHUNK } from "../../protocol/js/limits.js";
import { asked, byTurns } from "./turns.mjs";

const { starts, seed, to, member, rounds } = await asked();
const identity = new Identity(seed);

const random = (/** @type {number} */ length) => crypto.getRandomValues(new Uint8Array(length));
const kem = ml_kem768.keygen(random(64));
const { cipherText } = ml_kem768.encapsulate(kem.publicKey);
const [ours, theirs] = [random(32), x25519.getPublicKey(random(32))];
const [key, nonce] = [random(32), random(12)];
const chunk = chacha20poly1305(key, nonce).encrypt(random(CHUNK));

function bare() {
  ml_kem768.decapsulate(cipherText, kem.secretKey);
  x25519.getSharedSecret(ours, theirs);
  chacha20poly1305(key, nonce).decrypt(chunk);
}

let next = 0;
function preview() {
  next = (next + 1) % starts.length;
  openPreview(starts[next], CHUNK, identity, to, member);
}

process.stdout.write(JSON.stringify(await byTurns({ preview, bare }, rounds, 50)));
