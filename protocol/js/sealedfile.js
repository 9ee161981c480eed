/**
 * Sealed files: an envelope on its way by hand, with the desk and set that a door has to know of it.  SPEC 6.9.
 *
 * Pure: reads no clock, touches no store.
 */
import { join, unutf8, utf8 } from "./encoding.js";
import { checkEnvelope, envelopeSize } from "./envelope.js";
import { Refused } from "./errors.js";
import { BUCKETS, MAX_MEMBERS } from "./limits.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/**
 * An envelope, the desk that it is for, the name of the set that it is sealed to, and how many members that has.
 * @typedef {Readonly<{desk: string, set: string, members: number, envelope: Bytes}>} SealedFile
 */

export const MAX_SEALED_FILE = /* @__PURE__ */ (() => envelopeSize(MAX_MEMBERS, /** @type {number} */ (BUCKETS.at(-1))) + 128)();
const START = /^sereno-sealed\/v1 ([a-z][a-z0-9-]{0,31}) ([0-9a-f]{64})$/;
const LONGEST_START = 120;
const LINE_FEED = 10;

/** @param {string} desk @param {string} set a name @param {Uint8Array} envelope @returns {Bytes} the file's bytes */
export function encodeSealedFile(desk, set, envelope) {
  return join(utf8(`sereno-sealed/v1 ${desk} ${set}\n`), envelope);
}

/**
 * What a file holds; whether its envelope is one, the door says, which knows the sets.
 *
 * Throws Refused: sealed_file, too_large, and what `checkEnvelope` throws for the shape of an envelope.
 * @param {Bytes} data @returns {SealedFile}
 */
export function decodeSealedFile(data) {
  if (data.length > MAX_SEALED_FILE) {
    throw new Refused("too_large", `The file has ${data.length} bytes; a sealed file has at most ${MAX_SEALED_FILE}.`);
  }
  const end = data.subarray(0, LONGEST_START).indexOf(LINE_FEED);
  const line = data.subarray(0, Math.max(end, 0));
  const found = line.every((byte) => byte < 0x80) ? START.exec(unutf8(line)) : null;
  if (found === null) {
    const sentence = "A sealed file begins with sereno-sealed/v1, its desk and its set; this one does not.";
    throw new Refused("sealed_file", `${sentence} Take the file that the saved form gave.`);
  }
  const envelope = data.slice(end + 1);
  const { stanzas } = checkEnvelope(envelope, Array.from({ length: MAX_MEMBERS }, (_, one) => one + 1));
  return Object.freeze({ desk: found[1], set: found[2], members: stanzas, envelope });
}
