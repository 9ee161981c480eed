/**
 * X-Wing: the lock on one recipient's stanza, which opens only to whoever breaks both ML-KEM-768 and X25519.  SPEC 6.3.
 *
 * Two layers.  The KEM: draft-connolly-cfrg-xwing-kem, that is HPKE's MLKEM768-X25519 (0x647a).  The wrap: HPKE base
 * mode (RFC 9180, section 6.1) with HKDF-SHA-256 and ChaCha20-Poly1305 and age's info, one message with no associated
 * data.  The parts are noble's, and to encapsulate the browser's own X25519 where it has one; noble's own hybrid would
 * bring every other hybrid into the page.
 *
 * Pure: reads no clock, touches no store; draws chance only to encapsulate.
 */
import { hex, join, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { expand, extract } from "./kdf.js";
import { chacha20poly1305, mlKem768, sha3_256, shake256, x25519 } from "./vendor/vendor.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./age.js").Breathe} Breathe */

export const SEED = 32;
/** ML-KEM-768 encapsulation key, 1,184 bytes, then the X25519 public key, 32. */
export const PUBLIC = 1216;
/** ML-KEM-768 ciphertext, 1,088 bytes, then the X25519 ephemeral key, 32. */
export const SHARE = 1120;
const TAG = 16;
const PUBLIC_M = 1184;
const SHARE_M = 1088;
const MODULUS = 3329;
const COEFFICIENTS = 1152; // Bytes of a ML-KEM key that hold coefficients, two in three; a seed follows.
const NONE = /* @__PURE__ */ new Uint8Array(0);
// Six bytes: the draft's picture of an X-Wing, its two lines run together.
const LABEL = /* @__PURE__ */ utf8("\\.//^\\");
// KEM X-Wing, KDF HKDF-SHA256, AEAD ChaCha20Poly1305.
const SUITE = /* @__PURE__ */ join(utf8("HPKE"), Uint8Array.of(0x64, 0x7a, 0x00, 0x01, 0x00, 0x03));
const HPKE = /* @__PURE__ */ utf8("HPKE-v1");

/**
 * The X25519 points of low order, the bit that X25519 does not read cleared: p stands for 0, p + 1 for 1.  A look at
 * seven texts costs a page nothing, and an agreement, which finds them too, some milliseconds for each recipient.
 */
const LOW_ORDER = /* @__PURE__ */ new Set([
  "00".repeat(32),
  `01${"00".repeat(31)}`,
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  `ec${"ff".repeat(30)}7f`,
  `ed${"ff".repeat(30)}7f`,
  `ee${"ff".repeat(30)}7f`,
]);

const X25519 = "X25519";
/** What PKCS #8 has before the 32 bytes of an X25519 key (RFC 8410, 7): version 0, id-X25519, an octet string in one. */
const PKCS8 = /* @__PURE__ */ Uint8Array.of(48, 46, 2, 1, 0, 48, 5, 6, 3, 43, 101, 110, 4, 34, 4, 32);
/** The point that a public key is a multiple of (RFC 7748, 6.1). */
const BASE = /* @__PURE__ */ Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 9 : 0));

/** A public key: 1,216 bytes of which both halves are sound. */
export class PublicKey {
  /** @param {Bytes} encoded */
  constructor(encoded) {
    this.encoded = encoded;
  }

  /**
   * The key that 1,216 bytes hold.
   *
   * Throws Refused("age_recipient") for another length, an ML-KEM key with a coefficient that is not below 3329
   * (FIPS 203, section 7.2) and an X25519 point of low order, under which every secret would be the same.
   * @param {Bytes} encoded @returns {PublicKey}
   */
  static decode(encoded) {
    if (encoded.length !== PUBLIC) {
      throw new Refused("age_recipient", `A hybrid recipient holds ${PUBLIC} bytes; this one holds ${encoded.length}.`);
    }
    for (let at = 0; at < COEFFICIENTS; at += 3) {
      const low = encoded[at] | ((encoded[at + 1] & 15) << 8);
      const high = (encoded[at + 1] >> 4) | (encoded[at + 2] << 4);
      if (low >= MODULUS || high >= MODULUS) {
        throw new Refused("age_recipient", "The recipient's ML-KEM-768 key fails the modulus check.");
      }
    }
    if (isLowOrder(encoded.subarray(PUBLIC_M))) {
      throw new Refused("age_recipient", "The recipient's X25519 key is a point of low order.");
    }
    return new PublicKey(encoded);
  }

  /**
   * A fresh 32-byte secret and the 1,120-byte share that gives it to the holder of the seed.
   *
   * `breathe` is awaited between the two halves.  Rejects with Refused("age_recipient") for an X25519 key of low order,
   * under which every secret would be the same.
   * @param {Breathe} breathe @returns {Promise<{secret: Bytes, share: Bytes}>}
   */
  async encapsulate(breathe) {
    const publicX = this.encoded.subarray(PUBLIC_M);
    const agreed = agreeAfresh(publicX); // Begun first: a browser does it beside the other half.
    await breathe();
    const { sharedSecret, cipherText } = mlKem768.encapsulate(this.encoded.subarray(0, PUBLIC_M));
    const [shareX, secretX] = await agreed;
    if (secretX === null) throw new Refused("age_recipient", "The recipient's X25519 key is a point of low order.");
    return { secret: combine(sharedSecret, secretX, shareX, publicX), share: join(cipherText, shareX) };
  }
}

/** What a 32-byte seed expands to.  Never stored or shown: the seed is the key, this is made where it is used. */
export class PrivateKey {
  #mlkem;
  #scalar;
  #publicM;

  /** The key pair of a 32-byte seed.  Throws RangeError for another length.  @param {Uint8Array} seed */
  constructor(seed) {
    if (seed.length !== SEED) throw new RangeError(`An X-Wing seed has ${SEED} bytes; this one has ${seed.length}.`);
    const expanded = shake256(seed, { dkLen: 96 });
    const { publicKey, secretKey } = mlKem768.keygen(expanded.subarray(0, 64));
    this.#publicM = publicKey;
    this.#mlkem = secretKey;
    this.#scalar = expanded.slice(64);
    this.publicX = x25519.getPublicKey(this.#scalar);
  }

  /** @returns {Bytes} the 1,216 bytes of the public key */
  public() {
    return join(this.#publicM, this.publicX);
  }

  /**
   * The 32-byte secret of a 1,120-byte share; a share made for another key gives an unrelated secret.
   *
   * Throws Refused("age_header") for another length and for an X25519 part of low order.
   * @param {Uint8Array} share @returns {Bytes}
   */
  decapsulate(share) {
    if (share.length !== SHARE) {
      throw new Refused("age_header", `A hybrid share holds ${SHARE} bytes; this one holds ${share.length}.`);
    }
    const shareX = share.subarray(SHARE_M);
    const secretX = agree(this.#scalar, shareX);
    if (secretX === null) {
      throw new Refused("age_header", "The X25519 part of a hybrid share is a point of low order.");
    }
    return combine(mlKem768.decapsulate(share.subarray(0, SHARE_M), this.#mlkem), secretX, shareX, this.publicX);
  }
}

/**
 * HPKE's enc, 1,120 bytes, and the sealed file key, 16 bytes longer than it was.
 * @param {PublicKey} key @param {Uint8Array} fileKey @param {Breathe} breathe awaited between its halves
 * @returns {Promise<{share: Bytes, body: Bytes}>}
 */
export async function wrap(key, fileKey, breathe) {
  const { secret, share } = await key.encapsulate(breathe);
  const [sealingKey, nonce] = schedule(secret);
  return { share, body: chacha20poly1305(sealingKey, nonce).encrypt(fileKey) };
}

/**
 * The file key, or null where the stanza is for someone else (or was changed: no one can tell which).
 *
 * Throws Refused("age_header") as `decapsulate`, and for a body too short to carry a tag.
 * @param {PrivateKey} key @param {Uint8Array} share @param {Uint8Array} body @returns {Bytes | null}
 */
export function unwrap(key, share, body) {
  if (body.length < TAG) {
    const sentence = `The body of a hybrid stanza has a tag of ${TAG} bytes; this has ${body.length}.`;
    throw new Refused("age_header", sentence);
  }
  return decrypt(...schedule(key.decapsulate(share)), body);
}

/**
 * The bytes that were sealed under this key and nonce with no associated data, or null where the tag does not fit.
 * @param {Uint8Array} key @param {Uint8Array} nonce @param {Uint8Array} sealed at least 16 bytes
 * @returns {Bytes | null}
 */
export function decrypt(key, nonce, sealed) {
  const aead = chacha20poly1305(key, nonce);
  try {
    return aead.decrypt(sealed);
  } catch {
    return null; // The only way in which noble's decrypt fails on bytes of such a length.
  }
}

/** @param {Uint8Array} point 32 bytes @returns {boolean} whether X25519 gives zero for it, whatever the scalar */
export function isLowOrder(point) {
  const read = Uint8Array.from(point);
  read[31] &= 127;
  return LOW_ORDER.has(hex(read));
}

/**
 * The X25519 secret, or null if it would be zero (RFC 7748, 6.1), which noble refuses by throwing.
 * @param {Uint8Array} scalar 32 bytes @param {Uint8Array} point 32 bytes @returns {Bytes | null}
 */
export function agree(scalar, point) {
  try {
    return x25519.getSharedSecret(scalar, point);
  } catch {
    return null;
  }
}

/**
 * The public key of a fresh scalar, and what the scalar agrees on with a point: null if that would be zero.
 *
 * By the browser's own X25519 where it has one (RFC 8410 wraps the scalar for it), which takes no time of the page's and
 * a tenth of the phone's; else by noble's.  Either gives the same bytes, so nothing but the time tells which it was.
 * @param {Uint8Array} point 32 bytes @returns {Promise<[Bytes, Bytes | null]>}
 */
async function agreeAfresh(point) {
  const scalar = crypto.getRandomValues(new Uint8Array(32));
  try {
    const { subtle } = crypto;
    const key = await subtle.importKey("pkcs8", join(PKCS8, scalar), X25519, false, ["deriveBits"]);
    const [ours, both] = await Promise.all(
      [BASE, Uint8Array.from(point)].map(async (one) => {
        const known = await subtle.importKey("raw", one, X25519, false, []);
        return new Uint8Array(await subtle.deriveBits({ name: X25519, public: known }, key, 256));
      }),
    );
    return [ours, isZero(both) ? null : both];
  } catch {
    return [x25519.getPublicKey(scalar), agree(scalar, point)]; // Too old, no secure page, or a point it refuses.
  }
}

/** @param {Uint8Array} data @returns {boolean} */
function isZero(data) {
  return data.every((byte) => byte === 0);
}

/**
 * @param {Uint8Array} secretM @param {Uint8Array} secretX @param {Uint8Array} shareX @param {Uint8Array} publicX
 * @returns {Bytes}
 */
function combine(secretM, secretX, shareX, publicX) {
  return sha3_256(join(secretM, secretX, shareX, publicX, LABEL));
}

/** @param {Uint8Array} salt @param {string} label @param {Uint8Array} ikm @returns {Bytes} */
function labeledExtract(salt, label, ikm) {
  return extract(salt, join(HPKE, SUITE, utf8(label), ikm));
}

/** @param {Uint8Array} key @param {string} label @param {Uint8Array} info @param {number} length @returns {Bytes} */
function labeledExpand(key, label, info, length) {
  return expand(key, join(Uint8Array.of(length >> 8, length & 255), HPKE, SUITE, utf8(label), info), length);
}

/** The context of the key schedule, once it was needed: a page that begins has better to do.  @type {Bytes | null} */
let known = null;

/** Base mode has no pre-shared key and our info never changes, so neither does the context.  @returns {Bytes} */
function contextOfAll() {
  return (known ??= join(
    Uint8Array.of(0),
    labeledExtract(NONE, "psk_id_hash", NONE),
    labeledExtract(NONE, "info_hash", utf8("age-encryption.org/mlkem768x25519")),
  ));
}

/**
 * HPKE's key (32 bytes) and base nonce (12), the nonce of the one message that is sent (RFC 9180, 5.1).
 * @param {Uint8Array} shared @returns {[Bytes, Bytes]}
 */
function schedule(shared) {
  const secret = labeledExtract(shared, "secret", NONE);
  const context = contextOfAll();
  return [labeledExpand(secret, "key", context, 32), labeledExpand(secret, "base_nonce", context, 12)];
}
