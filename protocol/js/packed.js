/**
 * Packed JSON: an alert's value in few bytes, for a QR code.  SPEC 7.7.
 *
 * Words that alerts use take one byte, hexadecimal and base64 the bytes they spell, numbers seven bits to a byte.
 * Nothing is compressed: each value has one spelling, which a reader can follow by hand.
 *
 * Pure: reads no clock, touches no store.
 */
import { MAX_DEPTH, MAX_INT, b64, hex, isObject, join, unb64, unhex, unutf8, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

const [OBJECT, LIST, NUMBER, BELOW_ZERO, TEXT, HEX, BASE64] = [1, 2, 3, 4, 5, 6, 7];
const WORD = 0x80; // And the word's place below it.
/** What is one byte, by its place.  Append-only: a code that is printed must mean the same for ever. */
export const WORDS = /* @__PURE__ */ Object.freeze(
  (
    "v network mode id revision audience issued roster salt kind class template place zone cell seen first expires " +
    "basis officers vehicles marking free instruction rights hotline supersedes detail sha256 len reason lapses " +
    "exercise actual public responders confirmed checked suspended retracted ended A B C D E R " +
    "detention workplace checkpoint presence clinic court school shelter worship residence impersonation rumour " +
    "media observer official person 1-2 10+ 3-5 6-10 none unknown 0 1 2 3+ federal immigration local unclear " +
    "avoid-rumours know-your-rights observe-only doubt new-evidence privacy wrong-details fabricated misidentified " +
    "past-event gone en es vi zh-Hans zh-Hant tl ar kyr-1"
  ).split(" "),
);
const PLACE = /* @__PURE__ */ new Map(WORDS.map((word, place) => [word, place]));
const HEXADECIMAL = /^(?:[0-9a-f]{2}){4,}$/;

/**
 * A whole number, seven bits to a byte, the lowest first; all bytes but the last have their high bit set.
 * @param {number} value @returns {Bytes}
 */
export function number(value) {
  const out = [];
  for (; value > 0x7f; value = Math.floor(value / 0x80)) out.push((value % 0x80) | 0x80);
  return Uint8Array.from([...out, value]);
}

/** @param {string} value @returns {Bytes} the UTF-8 of a text after its length in bytes */
export function text(value) {
  const data = utf8(value);
  return join(number(data.length), data);
}

/**
 * The bytes of a parsed JSON value.  Throws Refused("slip") for true, false and null, which no alert has.
 * @param {unknown} value @returns {Bytes}
 */
export function pack(value) {
  if (isObject(value)) {
    const names = Object.keys(value).sort(); // RFC 8785's order.
    const pairs = names.map((name) => join(packedText(name), pack(value[name])));
    return join(Uint8Array.of(OBJECT), number(names.length), ...pairs);
  }
  if (Array.isArray(value)) return join(Uint8Array.of(LIST), number(value.length), ...value.map(pack));
  if (typeof value === "string") return packedText(value);
  if (typeof value === "number") {
    return join(Uint8Array.of(value >= 0 ? NUMBER : BELOW_ZERO), number(Math.abs(value)));
  }
  throw new Refused("slip", "A slip carries texts, whole numbers, lists and objects; this is none of them.");
}

/** @param {string} value @returns {Bytes} */
function packedText(value) {
  const place = PLACE.get(value);
  if (place !== undefined) return Uint8Array.of(WORD | place);
  if (HEXADECIMAL.test(value)) return join(Uint8Array.of(HEX), number(value.length / 2), unhex(value));
  const data = value.length >= 8 ? base64Of(value) : null;
  if (data === null) return join(Uint8Array.of(TEXT), text(value));
  return join(Uint8Array.of(BASE64), number(data.length), data);
}

/** @param {string} value @returns {Bytes | null} */
function base64Of(value) {
  try {
    return unb64(value);
  } catch (refused) {
    if (refused instanceof Refused) return null;
    throw refused;
  }
}

/** Bytes that are read from their front. */
export class Reader {
  #data;
  #at = 0;

  /** @param {Uint8Array} data */
  constructor(data) {
    this.#data = data;
  }

  /** Whether all is read. */
  get atEnd() {
    return this.#at === this.#data.length;
  }

  /** @param {number} length @returns {Bytes} the next bytes; throws Refused("slip") where there are fewer */
  take(length) {
    if (length > this.#data.length - this.#at) {
      throw new Refused("slip", `The slip is cut short: ${length} bytes are needed at byte ${this.#at}.`);
    }
    this.#at += length;
    return Uint8Array.from(this.#data.subarray(this.#at - length, this.#at));
  }

  /** @returns {number} the number that stands next; throws Refused("slip") */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 49) {
        throw new Refused("slip", `A number at byte ${this.#at} is too long; at most ${MAX_INT} is taken.`);
      }
      const [byte] = this.take(1);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    if (value > MAX_INT) throw new Refused("slip", `A number at byte ${this.#at} is too large; at most ${MAX_INT} is taken.`);
    return value;
  }

  /** @returns {string} the text that stands next; throws Refused("slip" | "not_utf8") */
  text() {
    return unutf8(this.take(this.number()));
  }

  /**
   * The packed value that stands next.  Throws Refused("slip" | "not_utf8").
   * @param {number} [depth] @returns {unknown}
   */
  value(depth = 0) {
    const [tag] = this.take(1);
    if (tag >= WORD || tag === TEXT || tag === HEX || tag === BASE64) return this.#text(tag);
    if (depth > MAX_DEPTH) throw new Refused("slip", `The slip nests deeper than ${MAX_DEPTH} levels.`);
    if (tag === OBJECT) return this.#object(depth);
    if (tag === LIST) {
      const out = [];
      for (let left = this.number(); left > 0; left--) out.push(this.value(depth + 1));
      return out;
    }
    if (tag === NUMBER || tag === BELOW_ZERO) return tag === NUMBER ? this.number() : -this.number();
    throw new Refused("slip", `The slip holds a part of kind ${tag}, which nobody knows.`);
  }

  /** @param {number} depth @returns {Record<string, unknown>} */
  #object(depth) {
    const out = Object.create(null); // A name such as __proto__ is a name like another.
    for (let left = this.number(); left > 0; left--) {
      const name = this.#text(this.take(1)[0]);
      out[name] = this.value(depth + 1);
    }
    return out;
  }

  /** @param {number} tag @returns {string} */
  #text(tag) {
    if (tag >= WORD && tag - WORD < WORDS.length) return WORDS[tag - WORD];
    if (tag === TEXT) return this.text();
    if (tag === HEX || tag === BASE64) return (tag === HEX ? hex : b64)(this.take(this.number()));
    throw new Refused("slip", `The slip holds a part of kind ${tag} where a text is needed.`);
  }
}
