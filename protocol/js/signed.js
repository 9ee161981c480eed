/**
 * Signed objects: bytes, what they claim to be, and who signed them.  SPEC 4.
 *
 * Ed25519 (RFC 8032, PyNaCl's verdict) over the DSSE v1 pre-authentication encoding of a payload type and the payload's
 * bytes.  The bytes are kept, never re-made: a payload is parsed only after its signatures were checked.
 *
 * Pure: reads no clock, touches no store.
 */
import {
  BECH32,
  b64,
  canonical,
  fingerprint,
  hex,
  join,
  parse,
  same,
  sha256,
  unb64,
  unutf8,
  utf8,
} from "./encoding.js";
import { Refused } from "./errors.js";
import { Remembered } from "./remembered.js";
import { ID, base64, listOf, matching, record, refuse } from "./shape.js";
import { atOnce } from "./steps.js";
import { ed25519, sha512 } from "./vendor/vendor.js";

/**
 * With small tables: a page checks some twenty signatures, and tables of the usual size take several times as long to
 * make, in one go that nothing can interrupt, as all those checks then take.
 */
const Point = /* @__PURE__ */ (() => {
  ed25519.Point.BASE.precompute(4);
  return ed25519.Point;
})();
/** Whether those tables are made. */
let isReady = false;

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./shape.js").Shape} Shape */
/** @template T @typedef {import("./steps.js").Steps<T>} Steps */
/** @typedef {Readonly<{keyid: string, sig: Bytes}>} Signature the 8-character id of its key and 64 bytes */
/** @typedef {{payload: string, payloadType: string, signatures: {keyid: string, sig: string}[]}} SignedValue */

export const MAX_SIGNATURES = 64;
/** A roster of 1,000 verifiers takes 250 kB; nothing else comes near. */
export const MAX_SIGNED = 512 * 1024;

/** @type {Shape} */
function anyText(value, path) {
  if (typeof value !== "string") throw refuse(path, "text", value);
}

export const SIGNED = /* @__PURE__ */ (() =>
  record({
    payload: anyText,
    payloadType: matching("application/vnd\\.sereno\\.[a-z-]{1,32}\\.v1\\+json", "a Sereno payload type"),
    signatures: listOf(record({ keyid: ID, sig: base64(64) }), MAX_SIGNATURES, 1),
  }))();

/** @param {string} noun @returns {string} its payload type, `application/vnd.sereno.<noun>.v1+json` */
export function payloadType(noun) {
  return `application/vnd.sereno.${noun}.v1+json`;
}

/**
 * The bytes that are signed: DSSE v1 pre-authentication encoding of type and payload.
 * @param {string} noun @param {Uint8Array} payload @returns {Bytes}
 */
export function pae(noun, payload) {
  const kind = utf8(payloadType(noun));
  return join(utf8(`DSSEv1 ${kind.length} `), kind, utf8(` ${payload.length} `), payload);
}

/** @param {Uint8Array} publicKey @returns {string} its id: the first 40 bits of its SHA-256 in bech32 characters */
export function keyId(publicKey) {
  const bits = Array.from(sha256(publicKey).subarray(0, 5), (byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{5}/g) ?? []).map((five) => BECH32[parseInt(five, 2)]).join("");
}

/**
 * The key itself if it is a canonical point of the prime-order group, the only keys a roster may hold.
 *
 * Libraries disagree on signatures under crafted keys; under these keys all agree.  Throws Refused("public_key").
 * @template {Uint8Array} K @param {K} key @returns {K}
 */
export function admitKey(key) {
  if (key.length !== 32 || !isPrimeOrder(key)) {
    throw new Refused("public_key", `The Ed25519 key ${hex(key).slice(0, 16)} is no point of the prime-order group.`);
  }
  return key;
}

/** @param {Uint8Array} encoded 32 bytes @returns {boolean} whether they are a canonical point of prime order */
function isPrimeOrder(encoded) {
  return GOOD.holds(hex(encoded), () => {
    const point = pointOf(encoded);
    return point !== null && !point.is0() && point.isTorsionFree();
  });
}

/**
 * Keys by their bytes, and signatures by a hash of all that they depend on: a page holds the same roster, sets and stops
 * before the rules again and again, and a phone takes some milliseconds for each signature.
 */
const GOOD = /* @__PURE__ */ new Remembered(4096);

/** @param {Uint8Array} encoded @returns {import("./vendor/vendor.js").Point | null} */
function pointOf(encoded) {
  try {
    return Point.fromBytes(encoded, false);
  } catch {
    return null;
  }
}

/**
 * PyNaCl's verdict on one Ed25519 signature; of any bytes, and without throwing.
 *
 * RFC 8032, section 5.1.7, without the cofactor, as libsodium computes it: R must be the very bytes of [S]B - [k]A, S
 * below the order, A canonical, and neither A nor R of small order.  noble's own verdict multiplies by the cofactor,
 * so it takes signatures that libsodium does not.
 * @param {Uint8Array} key @param {Uint8Array} message @param {Uint8Array} signature @returns {boolean}
 */
export function isSignature(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  const hash = sha512(join(r, key, message));
  // R and A have 32 bytes each: no other key, message or R is hashed alike.  S is all that is left of the signature.
  return GOOD.holds(hex(join(hash, s)), () => isAnswer(key, scalar(hash), r, scalar(s)));
}

/** @param {Uint8Array} key @param {bigint} k @param {Uint8Array} r @param {bigint} s @returns {boolean} */
function isAnswer(key, k, r, s) {
  const a = pointOf(key);
  if (a === null || a.isSmallOrder() || s >= Point.Fn.ORDER) return false;
  const found = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k % Point.Fn.ORDER));
  return !found.isSmallOrder() && same(found.toBytes(), r);
}

/** @param {Uint8Array} littleEndian @returns {bigint} */
function scalar(littleEndian) {
  return BigInt(`0x${hex(Uint8Array.from(littleEndian).reverse())}`);
}

/** A payload with its signatures, shaped but NOT yet checked.  `signatures` ascend by key id, each id once. */
export class Signed {
  /** @param {string} noun @param {Bytes} payload @param {readonly Signature[]} signatures */
  constructor(noun, payload, signatures) {
    this.noun = noun;
    this.payload = payload;
    this.signatures = signatures;
    Object.freeze(this);
  }

  /**
   * The object a JSON value holds.  Throws Refused("shape" | "payload_type").
   * @param {unknown} value @param {string} [path] @returns {Signed}
   */
  static of(value, path = "signed") {
    SIGNED(value, path);
    const { payload, payloadType, signatures } = /** @type {SignedValue} */ (value);
    const noun = payloadType.slice("application/vnd.sereno.".length, -".v1+json".length);
    const ids = signatures.map(({ keyid }) => keyid);
    if (ids.some((id, index) => index > 0 && ids[index - 1] >= id)) {
      const sentence = `${path}.signatures must ascend by key id with no id twice; they are ${ids.join(", ")}.`;
      throw new Refused("shape", sentence);
    }
    const decoded = signatures.map(({ keyid, sig }) => Object.freeze({ keyid, sig: unb64(sig, 64) }));
    return new Signed(noun, utf8(payload), Object.freeze(decoded));
  }

  /**
   * The object that canonical JSON bytes spell.  Throws as `parse` and `of`.
   * @param {Uint8Array} data @param {number} [limit] @returns {Signed}
   */
  static decode(data, limit = MAX_SIGNED) {
    return Signed.of(parse(data, limit));
  }

  /** @returns {SignedValue} the JSON value, for a bundle or an answer */
  value() {
    return {
      payload: unutf8(this.payload),
      payloadType: payloadType(this.noun),
      signatures: this.signatures.map(({ keyid, sig }) => ({ keyid, sig: b64(sig) })),
    };
  }

  /** @returns {Bytes} the canonical JSON bytes */
  encode() {
    return canonical(this.value());
  }

  /** @returns {string} the SHA-256 of the payload in hexadecimal: how other objects name this one */
  message() {
    return fingerprint(this.payload);
  }

  /** @returns {Bytes} the 32-byte SHA-256 of the whole object: what the log commits to, signatures included */
  entry() {
    return sha256(this.encode());
  }

  /**
   * This object with another's signatures over the same bytes added.  Throws Refused("signature").
   * @param {Signed} other @returns {Signed}
   */
  joined(other) {
    if (this.noun !== other.noun || !same(this.payload, other.payload)) {
      const sentence = `The signatures are over different bytes: ${this.message()} and ${other.message()}.`;
      throw new Refused("signature", sentence);
    }
    const both = new Map([...this.signatures, ...other.signatures].map((one) => [one.keyid, one]));
    const ids = [...both.keys()].sort();
    return new Signed(this.noun, this.payload, Object.freeze(ids.map((id) => /** @type {Signature} */ (both.get(id)))));
  }

  /**
   * The ids of the signers: every signature must be by a key of `keys` and over these bytes.
   *
   * One bad signature refuses the object, even if the others would do: whoever added it wanted it to count.
   * Throws Refused: payload_type (the object is not a `noun`), signer (a key id `keys` lacks), signature.
   * @param {string} noun @param {ReadonlyMap<string, Uint8Array>} keys @returns {readonly string[]}
   */
  check(noun, keys) {
    return atOnce(this.checkSteps(noun, keys));
  }

  /**
   * `check` in slices: a pause after each signature.
   * @param {string} noun @param {ReadonlyMap<string, Uint8Array>} keys @returns {Steps<readonly string[]>}
   */
  *checkSteps(noun, keys) {
    if (this.noun !== noun) {
      throw new Refused("payload_type", `A signed ${noun} is needed; this is a signed ${this.noun}.`);
    }
    if (!isReady) {
      Point.BASE.multiplyUnsafe(2n);
      isReady = true;
      yield; // With the first check it would be too much for one go of a slow phone.
    }
    const message = pae(noun, this.payload);
    for (const { keyid, sig } of this.signatures) {
      const key = keys.get(keyid);
      if (key === undefined) throw new Refused("signer", `${keyid} has no key that may sign this ${noun}.`);
      if (!isSignature(key, message, sig)) {
        throw new Refused("signature", `The signature of ${keyid} is not over the bytes of this ${noun}.`);
      }
      yield;
    }
    return this.signatures.map(({ keyid }) => keyid);
  }

  /**
   * The payload as a JSON value of `shape`.  Call `check` first.  Throws as `parse` and the shape.
   * @param {Shape} shape @param {number} [limit] @returns {unknown}
   */
  read(shape, limit = MAX_SIGNED) {
    const value = parse(this.payload, limit);
    shape(value, this.noun);
    return value;
  }
}

/**
 * `payload` signed as a `noun` by the Ed25519 key of a 32-byte seed.
 * @param {string} noun @param {Bytes} payload @param {string} keyid @param {Uint8Array} seed @returns {Signed}
 */
export function sign(noun, payload, keyid, seed) {
  const sig = ed25519.sign(pae(noun, payload), seed);
  return new Signed(noun, payload, Object.freeze([Object.freeze({ keyid, sig })]));
}

/** @param {Uint8Array} seed 32 bytes @returns {Bytes} its 32-byte Ed25519 public key */
export function publicKey(seed) {
  return ed25519.getPublicKey(seed);
}
