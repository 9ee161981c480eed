/**
 * Bytes and text: canonical JSON, base64, hex, bech32.  SPEC 3.
 *
 * Every decoder here takes only what its encoder writes, so each value has one spelling.  Sources: RFC 8785 (JCS),
 * RFC 4648 (base64), BIP-173 (bech32, without its length limit, as age uses it).
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";
import { canonicalize, sha256 as digest } from "./vendor/vendor.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** Our deepest object (a bundle) nests six levels; a bound keeps deep recursion out. */
export const MAX_DEPTH = 12;
/** What a JSON number means the same in both languages (RFC 8785, section 3.2.2.3). */
export const MAX_INT = Number.MAX_SAFE_INTEGER;
const MAX_DIGITS = 4300; // Python reads no longer whole number, wherever it stands.

const ENCODER = /* @__PURE__ */ new TextEncoder();
const DECODER = /* @__PURE__ */ new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const LONE = /\p{Surrogate}/u;

/** @param {Uint8Array} data @returns {Bytes} its 32-byte SHA-256 */
export function sha256(data) {
  return digest(data);
}

/** @param {Uint8Array} data @returns {string} its SHA-256 in lower-case hexadecimal: how our objects name bytes */
export function fingerprint(data) {
  return hex(digest(data));
}

/** @param {Uint8Array} data @returns {string} lower-case hexadecimal */
export function hex(data) {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} text @returns {Bytes} the bytes of lower-case hexadecimal; throws Refused("shape") otherwise */
export function unhex(text) {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new Refused("shape", "The text is not lower-case hexadecimal.");
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** @param {string} text @returns {Bytes} its UTF-8; throws Refused("not_utf8") for a lone surrogate */
export function utf8(text) {
  if (LONE.test(text)) throw new Refused("not_utf8", "The text holds half a character (a lone surrogate).");
  return ENCODER.encode(text);
}

/** @param {Uint8Array} data @returns {string} the text of UTF-8 bytes; throws Refused("not_utf8") for other bytes */
export function unutf8(data) {
  try {
    return DECODER.decode(data);
  } catch (cause) {
    throw new Refused("not_utf8", "The bytes are not UTF-8.", { cause });
  }
}

/** @param {...Uint8Array} parts @returns {Bytes} one after the other */
export function join(...parts) {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Whether they hold the same bytes, in constant time.  @param {Uint8Array} a @param {Uint8Array} b */
export function same(a, b) {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length && at < b.length; at++) difference |= a[at] ^ b[at];
  return difference === 0;
}

/**
 * The order of Python's strings: by code point, where `<` goes by UTF-16 unit.
 * @param {string} a @param {string} b @returns {number} below zero, zero or above
 */
export function byCodePoint(a, b) {
  const [left, right] = [codePoints(a), codePoints(b)];
  for (let at = 0; at < left.length && at < right.length; at++) {
    if (left[at] !== right[at]) return left[at] - right[at];
  }
  return left.length - right.length;
}

/** @param {string} text @returns {number[]} its characters as Python counts them */
export function codePoints(text) {
  return Array.from(text, (char) => /** @type {number} */ (char.codePointAt(0)));
}

/**
 * The JCS bytes (RFC 8785) of a JSON value whose numbers are integers within ±(2^53 - 1).
 *
 * Throws Refused("not_json") for floats, NaN, large integers, lone surrogates and what JSON can't hold.
 * @param {unknown} value @returns {Bytes}
 */
export function canonical(value) {
  refuseUnsound(value, 0);
  return ENCODER.encode(canonicalize(value));
}

/**
 * The JSON value that `data` spells canonically.
 *
 * Throws Refused: too_large (over `limit` bytes), not_utf8, not_json, not_canonical (JCS of the value gives other
 * bytes: duplicate keys, white space, other key order, escapes that JCS does not write).
 * @param {Uint8Array} data @param {number} limit @returns {unknown}
 */
export function parse(data, limit) {
  if (data.length > limit) {
    throw new Refused("too_large", `The text is ${data.length} bytes long; at most ${limit} are taken.`);
  }
  const text = unutf8(data);
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused("not_json", "The text is not JSON."); // Engines quote the text in their message; we do not.
  }
  const again = canonical(value);
  if (!same(again, data)) throw departure(text, again, data);
  return value;
}

/**
 * Why two spellings differ.  JSON.parse forgets that 1.0 was written as a float; only here is it worth asking.
 * @param {string} text @param {Uint8Array} again @param {Uint8Array} data @returns {Refused}
 */
function departure(text, again, data) {
  for (const [, number] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|(-?\d[\d.eE+-]*)/g)) {
    if (number !== undefined && (/[.eE]/.test(number) || number.length > MAX_DIGITS)) {
      return new Refused("not_json", `Numbers are whole; this one is ${number.slice(0, 40)}.`);
    }
  }
  const differing = again.findIndex((byte, index) => byte !== data[index]);
  const at = differing < 0 ? again.length : differing;
  return new Refused("not_canonical", `The text departs from its canonical form (RFC 8785) at byte ${at}.`);
}

/** @param {unknown} value @param {number} depth */
function refuseUnsound(value, depth) {
  if (depth > MAX_DEPTH) throw new Refused("not_json", `The value nests deeper than ${MAX_DEPTH} levels.`);
  if (typeof value === "number" && !Number.isSafeInteger(value)) {
    throw new Refused("not_json", `Numbers are whole and within ±${MAX_INT}; this one is ${value}.`);
  }
  if (typeof value === "string" && LONE.test(value)) {
    throw new Refused("not_json", "The value can't be written as canonical JSON: a lone surrogate.");
  }
  if (Array.isArray(value)) {
    for (const child of value) refuseUnsound(child, depth + 1);
  } else if (isObject(value)) {
    for (const [name, child] of Object.entries(value)) {
      refuseUnsound(name, depth);
      refuseUnsound(child, depth + 1);
    }
  } else if (value !== null && !["boolean", "number", "string"].includes(typeof value)) {
    throw new Refused("not_json", `The value can't be written as canonical JSON: it holds ${typeof value}.`);
  }
}

/**
 * A JSON value that nobody can change any more, all the way down.
 * @template T @param {T} value @returns {T}
 */
export function frozen(value) {
  if (typeof value === "object" && value !== null) for (const child of Object.values(value)) frozen(child);
  return Object.freeze(value);
}

/**
 * Whether a value is what JSON calls an object: no list, no bytes, no class of ours.
 * @param {unknown} value @returns {value is Record<string, unknown>}
 */
export function isObject(value) {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** @param {Uint8Array} data @returns {string} standard base64 with padding (RFC 4648, section 4) */
export function b64(data) {
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  return btoa(text);
}

/**
 * The bytes of standard padded base64; exactly `length` of them where it is given.
 *
 * Throws Refused("shape") unless encoding the bytes again gives the same text.
 * @param {string} text @param {number} [length] @returns {Bytes}
 */
export function unb64(text, length) {
  let decoded;
  try {
    decoded = atob(text);
  } catch (cause) {
    throw new Refused("shape", "The text is not base64.", { cause });
  }
  if (btoa(decoded) !== text) throw new Refused("shape", "The base64 text is not the one its bytes encode to.");
  if (length !== undefined && decoded.length !== length) {
    throw new Refused("shape", `The base64 text holds ${decoded.length} bytes; ${length} are needed.`);
  }
  const data = new Uint8Array(decoded.length); // Uint8Array.from takes forty times as long, on every stanza.
  for (let at = 0; at < data.length; at++) data[at] = decoded.charCodeAt(at);
  return data;
}

/** @param {Uint8Array} data @returns {string} standard base64 without padding, as age headers use it */
export function b64raw(data) {
  return b64(data).replace(/=+$/, "");
}

/** @param {string} text unpadded standard base64 @returns {Bytes} throws Refused("shape") if padded or not canonical */
export function unb64raw(text) {
  if (text.includes("=") || text.length % 4 === 1) throw new Refused("shape", "The text is not unpadded base64.");
  return unb64(text + "=".repeat((4 - (text.length % 4)) % 4));
}

export const BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
/** What each value of the five bits shifted out of the checksum's state mixes into it. */
const MIX = /* @__PURE__ */ Array.from({ length: 32 }, (_, top) =>
  GENERATOR.reduce((mixed, generator, bit) => ((top >> bit) & 1 ? mixed ^ generator : mixed), 0),
);

/**
 * Lower-case bech32 with no length limit (BIP-173; age's recipients and identities).
 * @param {string} prefix @param {Uint8Array} data @returns {string}
 */
export function bech32(prefix, data) {
  const words = regroup(data, 8, 5, true);
  const checksum = polymod([...expand(prefix), ...words, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let shift = 25; shift >= 0; shift -= 5) words.push((checksum >>> shift) & 31);
  return `${prefix}1${words.map((word) => BECH32[word]).join("")}`;
}

/** @param {string} prefix @param {string} text lower-case bech32 @returns {Bytes} throws Refused("shape") */
export function unbech32(prefix, text) {
  const words = Array.from(text.slice(prefix.length + 1), (char) => BECH32.indexOf(char));
  if (!text.startsWith(`${prefix}1`) || words.includes(-1)) {
    throw new Refused("shape", `The text is not bech32 that begins with ${prefix}1.`);
  }
  if (words.length < 6 || polymod([...expand(prefix), ...words]) !== 1) {
    throw new Refused("shape", "The bech32 checksum does not fit: a character was changed or lost.");
  }
  const data = Uint8Array.from(regroup(words.slice(0, -6), 5, 8, false));
  if (bech32(prefix, data) !== text) {
    throw new Refused("shape", "The bech32 text is not the one its bytes encode to.");
  }
  return data;
}

/** @param {string} prefix @returns {number[]} */
function expand(prefix) {
  const codes = Array.from(prefix, (char) => char.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** @param {number[]} words @returns {number} */
function polymod(words) {
  let state = 1;
  for (const word of words) state = ((state & 0x1ffffff) << 5) ^ word ^ MIX[state >>> 25];
  return state;
}

/**
 * @param {Uint8Array | number[]} data in groups of `old` bits @param {number} old @param {number} fresh
 * @param {boolean} pad @returns {number[]} the same bits in groups of `fresh`
 */
function regroup(data, old, fresh, pad) {
  const out = [];
  let [accumulator, bits] = [0, 0];
  for (const value of data) {
    accumulator = (accumulator << old) | value;
    for (bits += old; bits >= fresh; ) {
      bits -= fresh;
      out.push((accumulator >>> bits) & ((1 << fresh) - 1));
    }
    accumulator &= (1 << bits) - 1;
  }
  if (pad && bits > 0) out.push((accumulator << (fresh - bits)) & ((1 << fresh) - 1));
  return out;
}
