// Calls of the log that a line of JSON can't make by itself: of classes and with keys by name.
import { Proof, entry } from "../../protocol/js/log.js";
import * as note from "../../protocol/js/note.js";
import { Signed } from "../../protocol/js/signed.js";

/** @param {string} text */
export const decodeKey = (text) => ({ ...note.Key.decode(text), encoded: note.Key.decode(text).encode() });

/** @param {string} text */
export const decodeNote = (text) => ({ ...plain(note.Note.decode(text)), encoded: note.Note.decode(text).encode() });

/** @param {string} text */
export const decodeCheckpoint = (text) => ({
  ...note.Checkpoint.decode(text),
  encoded: note.Checkpoint.decode(text).encode(),
});

/** @param {string} text */
export function decodeProof(text) {
  const { index, hashes, note: checkpoint } = Proof.decode(text);
  return { index, hashes, note: plain(checkpoint), encoded: Proof.decode(text).encode() };
}

/** @param {string} kind @param {Uint8Array} signed */
export const entryOf = (kind, signed) => entry(kind, Signed.decode(signed));

/** @param {string} text @param {string} origin @param {Uint8Array} key */
export const checkLog = (text, origin, key) => note.checkLog(note.Note.decode(text), origin, key);

/** @param {string} text @param {string} line @param {Uint8Array} key */
export const checkCosignature = (text, line, key) => note.checkCosignature(text, note.Line.decode(line), key);

/** @param {string} text @param {string} origin @param {Uint8Array} key @param {Record<string, Uint8Array>} cosigners */
export const checkAll = (text, origin, key, cosigners) =>
  note.checkAll(note.Note.decode(text), origin, key, new Map(Object.entries(cosigners)));

/**
 * @param {Uint8Array} data @param {Uint8Array} leaf @param {string} origin @param {Uint8Array} key
 * @param {Record<string, Uint8Array>} cosigners
 */
export const checkProof = (data, leaf, origin, key, cosigners) =>
  Proof.decode(note.textOf(data)).check(leaf, origin, key, new Map(Object.entries(cosigners)));

/** @param {note.Note} one */
const plain = ({ text, lines }) => ({ text, lines: lines.map(({ name, keyHash, sig }) => [name, keyHash, sig]) });
