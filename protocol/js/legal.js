/**
 * The legal part: 12,288 bytes in every tip that only attorneys can open, used or not.  SPEC 6.2.
 *
 * An age file of exactly four stanzas: the roster's attorneys, filled up with throw-away keys; unused, four throw-away
 * keys over zeros.  So nobody else can see whether somebody asked for a lawyer.
 *
 * Pure but for the chance it draws to seal.
 */
import * as age from "./age.js";
import { unutf8, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { LEGAL_BYTES, LEGAL_STANZAS } from "./limits.js";
import { HYBRID } from "./stanza.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./age.js").Breathe} Breathe */

/** What four stanzas (70 + 4 * 1,557), the nonce (16) and one chunk's tag (16) leave of the fixed size. */
export const ROOM = LEGAL_BYTES - (70 + 1557 * LEGAL_STANZAS) - 32;
/** Bytes of UTF-8. */
export const MAX_WORDS = ROOM - 2;

/**
 * The legal part that holds `words` for the attorneys' recipients; empty words seal to nobody.
 *
 * Throws Refused("too_large") over 5,956 bytes of UTF-8, and Refused("shape") for words without an attorney.
 * @param {string} words @param {readonly string[]} attorneys @param {Breathe} [breathe] @returns {Promise<Bytes>}
 */
export async function sealLegal(words, attorneys, breathe = () => {}) {
  const text = utf8(words);
  if (text.length > MAX_WORDS) {
    const sentence = `The words for the attorneys take ${text.length} bytes; at most ${MAX_WORDS} fit.`;
    throw new Refused("too_large", sentence);
  }
  const recipients = await filledUp(text.length > 0 ? attorneys : [], text.length > 0, breathe);
  const plain = new Uint8Array(ROOM);
  new DataView(plain.buffer).setUint16(0, text.length);
  plain.set(text, 2);
  return age.seal(plain, recipients, breathe);
}

/**
 * A photo as it came, sealed to the attorneys alone: an attachment of the type `ORIGINAL` of tip.js.
 *
 * Throws Refused("shape") without an attorney.  `age.open` gives the photo back.
 * @param {Uint8Array} data @param {readonly string[]} attorneys @param {Breathe} [breathe] @returns {Promise<Bytes>}
 */
export async function sealOriginal(data, attorneys, breathe = () => {}) {
  return age.seal(data, await filledUp(attorneys, true, breathe), breathe);
}

/** @param {readonly string[]} attorneys @param {boolean} needed @param {Breathe} breathe @returns {Promise<string[]>} */
async function filledUp(attorneys, needed, breathe) {
  if (needed && attorneys.length === 0) {
    throw new Refused("shape", "The roster names no attorney who could read this.");
  }
  const recipients = attorneys.slice(0, LEGAL_STANZAS);
  while (recipients.length < LEGAL_STANZAS) {
    recipients.push(age.Identity.generate().recipient);
    await breathe();
  }
  return recipients;
}

/**
 * Throws Refused("legal") unless these bytes look like a legal part: 12,288, four hybrid stanzas.  Needs no key.
 * @param {Bytes} part
 */
export function checkLegal(part) {
  if (part.length !== LEGAL_BYTES) {
    throw new Refused("legal", `A legal part has ${LEGAL_BYTES} bytes; this one has ${part.length}.`);
  }
  const kinds = headerOf(part).stanzas.map(({ kind }) => kind.slice(0, 40));
  if (kinds.length === LEGAL_STANZAS && kinds.every((kind) => kind === HYBRID)) return;
  const named = kinds.join(", ").slice(0, 200);
  throw new Refused("legal", `A legal part has ${LEGAL_STANZAS} stanzas ${HYBRID}; this one has ${named}.`);
}

/** @param {Bytes} part @returns {age.Header} */
function headerOf(part) {
  try {
    return age.parseHeader(part);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused("legal", `A legal part is an age file; this is none: ${cause.sentence}`, { cause });
  }
}

/**
 * The words, for an attorney's identity.  Throws as `age.open`, and Refused("tip_layout" | "not_utf8").
 * @param {Uint8Array} part @param {age.Identity} identity @returns {Promise<string>}
 */
export async function openLegal(part, identity) {
  const plain = await age.open(part, [identity]);
  const length = plain.length < 2 ? 0 : new DataView(plain.buffer).getUint16(0);
  if (plain.length !== ROOM || length > MAX_WORDS || plain.subarray(2 + length).some((byte) => byte !== 0)) {
    throw new Refused("tip_layout", "The legal part is not laid out as words and zeros.");
  }
  try {
    return unutf8(plain.subarray(2, 2 + length));
  } catch (cause) {
    throw new Refused("not_utf8", "The legal part's words are not UTF-8.", { cause });
  }
}
