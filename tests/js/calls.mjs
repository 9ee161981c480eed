// Calls that a line of JSON can't make by itself: of methods, of shapes and with keys by name.
import * as age from "../../protocol/js/age.js";
import { byCodePoint, parse } from "../../protocol/js/encoding.js";
import * as shape from "../../protocol/js/shape.js";
import { decodeSealedFile, encodeSealedFile } from "../../protocol/js/sealedfile.js";
import { Signed, sign } from "../../protocol/js/signed.js";
import { canonicalize } from "../../protocol/js/vendor/vendor.js";

/** @param {string} text any JSON, floats included @returns {Uint8Array} its RFC 8785 bytes, by the library underneath */
export const canonicalText = (text) => new TextEncoder().encode(canonicalize(JSON.parse(text)));

/** @param {Uint8Array} data @param {number} limit @returns {string} the value as JavaScript itself writes it */
export const parsed = (data, limit) => JSON.stringify(parse(data, limit));

/** @param {any[]} spec such as ["list_of", ["integer", 1, 5], 3] @returns {shape.Shape} */
function shapeOf([name, ...args]) {
  const of = (/** @type {any} */ inner) => (Array.isArray(inner) ? shapeOf(inner) : inner);
  const ofAll = (/** @type {any} */ fields) =>
    Object.fromEntries(Object.entries(fields).map(([field, inner]) => [field, shapeOf(inner)]));
  switch (name) {
    case "boolean":
      return shape.boolean;
    case "recipient":
      return shape.recipient;
    case "id":
      return shape.ID;
    case "record":
      return shape.record(ofAll(args[0]), ofAll(args[1]));
    default: {
      const camel = name.replace(/_./g, (/** @type {string} */ part) => part[1].toUpperCase());
      return /** @type {any} */ (shape)[camel](...args.map(of));
    }
  }
}

/** @param {any[]} spec @param {Uint8Array} data canonical JSON */
export function shaped(spec, data) {
  shapeOf(spec)(parse(data, data.length), "value");
}

/** @param {Uint8Array} data */
export function decodeSigned(data) {
  const signed = Signed.decode(data);
  const { noun, payload, signatures } = signed;
  return { noun, payload, signatures, message: signed.message(), entry: signed.entry(), encoded: signed.encode() };
}

/** @param {Uint8Array} data @param {string} noun @param {Record<string, Uint8Array>} keys */
export const checkSigned = (data, noun, keys) => Signed.decode(data).check(noun, new Map(Object.entries(keys)));

/** @param {Uint8Array} a @param {Uint8Array} b */
export const joinSigned = (a, b) => Signed.decode(a).joined(Signed.decode(b)).encode();

/** @param {Uint8Array} data @param {any[]} spec @param {number} limit */
export const readSigned = (data, spec, limit) => Signed.decode(data).read(shapeOf(spec), limit);

/** @param {string} noun @param {any} payload @param {string} keyid @param {Uint8Array} seed */
export const signed = (noun, payload, keyid, seed) => sign(noun, payload, keyid, seed).encode();

/** @param {string} text */
function identity(text) {
  return (text.toUpperCase().startsWith("AGE-SECRET-KEY-PQ-") ? age.Identity : age.ClassicIdentity).decode(text);
}

/** @param {Uint8Array} data @param {string[]} identities @param {number | null} at */
export const openAge = (data, identities, at) => age.open(data, identities.map(identity), at ?? undefined);

/** @param {Uint8Array} data @param {string[]} identities @param {number | null} at */
export const openHeader = (data, identities, at) => age.openHeader(data, identities.map(identity), at ?? undefined);

/** @param {Uint8Array} data */
export function readHeader(data) {
  const { stanzas, mac, size, unmaced } = age.parseHeader(data);
  return { stanzas: stanzas.map(({ args, body }) => ({ args, body })), mac, size, unmaced };
}

/** @param {Uint8Array} seed */
export function identityOf(seed) {
  const made = new age.Identity(seed);
  return { encoded: made.encode(), recipient: made.recipient, seed: made.seed };
}

/** How often `seal` lets a page breathe.  @param {Uint8Array} plaintext @param {string[]} recipients */
export async function breaths(plaintext, recipients) {
  let count = 0;
  await age.seal(plaintext, recipients, () => void count++);
  return count;
}


/** @param {string[]} texts */
export const sortedText = (texts) => texts.sort(byCodePoint);

/** @returns {number[]} every code point that displayed text may not hold */
export function unseen() {
  const codes = Array.from({ length: 0x110000 }, (_, code) => code);
  return codes.filter((code) => shape.UNSEEN.test(String.fromCodePoint(code)));
}

/** A sealed file, read and written again.  @param {Uint8Array} data */
export function sealedFile(data) {
  const { desk, set, envelope } = decodeSealedFile(/** @type {Uint8Array<ArrayBuffer>} */ (data));
  return encodeSealedFile(desk, set, envelope);
}
