// Sealing in a browser that has an X25519 of its own, and in one that has none.
import { seal } from "../../protocol/js/age.js";
import { PublicKey } from "../../protocol/js/xwing.js";

/** @param {boolean} has @param {() => Promise<unknown>} act what is done there, and how often it asked the browser */
async function where(has, act) {
  const { subtle } = crypto;
  const real = subtle.importKey;
  let asked = 0;
  subtle.importKey = (...how) => {
    asked += 1;
    if (!has) throw new DOMException("Unrecognized name.", "NotSupportedError");
    return real.apply(subtle, how);
  };
  try {
    return { gave: await act(), asked };
  } finally {
    delete subtle.importKey;
  }
}

export function sealWhere(has, plaintext, recipients) {
  return where(has, () => seal(plaintext, recipients));
}

/** @param {boolean} has @param {Uint8Array} encoded of a public key that nobody looked at */
export function encapsulateWhere(has, encoded) {
  return where(has, () => new PublicKey(encoded).encapsulate(() => {}));
}
