/**
 * Lent: what the second script takes from the first instead of bringing it again.  borrowed.js is the other side.
 */
export {
  canonicalize,
  chacha20poly1305,
  ed25519,
  expand,
  extract,
  hmac,
  mlKem768,
  sha256,
  sha3_256,
  sha512,
  shake256,
  x25519,
} from "../../protocol/js/vendor/vendor.js";
