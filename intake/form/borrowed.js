/**
 * Borrowed: in the second script the build puts this in the place of vendor.js.  What the first script has is taken from
 * it.  A phone so reads half as much for the second, and makes tables and curves once.
 */
/** @type {typeof import("./lent.js")} */
const lent = /** @type {any} */ (window).sereno.lent;

export const {
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
} = lent;
