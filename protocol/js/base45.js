/**
 * Base45: bytes in the letters that a QR code holds most closely (RFC 9285), and so spelled that an address takes them.
 *
 * Two of the 45 characters, the space and the percent sign, stand percent-encoded (RFC 3986), for the fragment of a URL.
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

export const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const FRAGMENT = /^(?:[0-9A-Z$*+./:-]|%20|%25)*$/;

/**
 * The base45 of bytes: three characters for two bytes, two for a last single one (RFC 9285, section 4).
 * @param {Uint8Array} data @returns {string}
 */
export function b45(data) {
  let out = "";
  for (let at = 0; at < data.length; at += 2) {
    const pair = data.subarray(at, at + 2);
    let number = pair.reduce((sum, byte) => sum * 256 + byte, 0);
    for (let left = pair.length; left >= 0; left--) {
      out += ALPHABET[number % 45];
      number = Math.floor(number / 45);
    }
  }
  return out;
}

/**
 * The bytes of base45 text.  Throws Refused("shape") unless encoding them again gives the same text.
 * @param {string} text @returns {Bytes}
 */
export function unb45(text) {
  const out = [];
  for (let at = 0; at < text.length; at += 3) {
    const digits = Array.from(text.slice(at, at + 3), (char) => ALPHABET.indexOf(char));
    if (digits.length === 1 || digits.includes(-1)) {
      throw new Refused("shape", `The text is not base45 at character ${at}.`);
    }
    const number = digits.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (number >= 256 ** (digits.length - 1)) {
      throw new Refused("shape", `The text is not base45 at character ${at}: no bytes encode to it.`);
    }
    out.push(...(digits.length === 3 ? [number >> 8, number & 0xff] : [number]));
  }
  return Uint8Array.from(out);
}

/** @param {Uint8Array} data @returns {string} base45 as it stands after the # of an address */
export function toFragment(data) {
  return b45(data).replaceAll("%", "%25").replaceAll(" ", "%20");
}

/** @param {string} text what stands after the # of an address @returns {Bytes} throws Refused("shape") */
export function fromFragment(text) {
  if (!FRAGMENT.test(text)) {
    throw new Refused("shape", "The fragment is not base45 with its spaces and percent signs as %20 and %25.");
  }
  return unb45(text.replaceAll("%20", " ").replaceAll("%25", "%"));
}
