/**
 * The drop: verifiers' questions in cells that all look alike, in one file that everybody fetches.  SPEC 6.7.
 *
 * A cell is an age file of 4,096 bytes to one thread:
 *
 *     plaintext   u16 big-endian length, JCS of the signed question, zeros to 2,437 bytes
 *
 * A dummy is a cell of zeros to a key that nobody has.  The file is 16, 32, 64 … cells, ascending by their bytes, which
 * begin with chance: so the order tells nothing, and one set of cells has one spelling.
 *
 * Pure but for the chance that sealing draws.
 */
import * as age from "./age.js";
import { hex } from "./encoding.js";
import { Refused } from "./errors.js";
import { CELL, DROP_CELLS, DROP_STEP } from "./limits.js";
import { Signed } from "./signed.js";
import { HYBRID } from "./stanza.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./age.js").Breathe} Breathe */

/** What one stanza (70 + 1,557), the nonce (16) and the chunk's tag (16) leave of a cell. */
export const ROOM = CELL - (70 + 1557) - 32;

/**
 * The cell that holds a signed question for a thread's age recipient.  Throws Refused("too_large").
 * @param {Signed} signed @param {string} recipient @returns {Promise<Bytes>}
 */
export async function sealCell(signed, recipient) {
  const text = signed.encode();
  if (text.length > ROOM - 2) {
    const sentence = `The signed question takes ${text.length} bytes; a cell holds ${ROOM - 2}.`;
    throw new Refused("too_large", sentence);
  }
  const plain = new Uint8Array(ROOM);
  new DataView(plain.buffer).setUint16(0, text.length);
  plain.set(text, 2);
  return age.seal(plain, [recipient]);
}

/** @returns {Promise<Bytes>} a cell that nobody can open, and nobody can tell from another */
export function dummyCell() {
  return age.seal(new Uint8Array(ROOM), [age.Identity.generate().recipient]);
}

/** Throws Refused("cell") unless these bytes look like a cell: one hybrid stanza, 4,096 bytes.  @param {Bytes} cell */
export function checkCell(cell) {
  if (cell.length !== CELL) {
    throw new Refused("cell", `A cell of the drop has ${CELL} bytes; this one has ${cell.length}.`);
  }
  const kinds = headerOf(cell).stanzas.map(({ kind }) => kind.slice(0, 40));
  if (kinds.length === 1 && kinds[0] === HYBRID) return;
  throw new Refused("cell", `A cell has one stanza ${HYBRID}; this one has ${kinds.join(", ").slice(0, 200)}.`);
}

/** @param {Bytes} cell @returns {import("./stanza.js").Header} */
function headerOf(cell) {
  try {
    return age.parseHeader(cell);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused("cell", `A cell is an age file; this is none: ${cause.sentence}`, { cause });
  }
}

/**
 * The signed question in a cell, not yet checked; null where the cell is somebody else's, or a dummy.
 *
 * Throws Refused: cell (its shape, or what is in it), age_mac, age_payload, and as `Signed.decode`.
 * @param {Bytes} cell @param {age.Identity} identity @returns {Promise<Signed | null>}
 */
export async function openCell(cell, identity) {
  checkCell(cell);
  const fileKey = fileKeyFor(cell, identity);
  if (fileKey === null) return null;
  const plain = await age.open(cell, [new age.FileKey(fileKey)]);
  const length = plain.length < 2 ? 0 : new DataView(plain.buffer, plain.byteOffset).getUint16(0);
  if (plain.length !== ROOM || length > ROOM - 2 || plain.subarray(2 + length).some((byte) => byte !== 0)) {
    throw new Refused("cell", "The cell is not laid out as length, question and zeros.");
  }
  return Signed.decode(plain.subarray(2, 2 + length), CELL);
}

/** @param {Bytes} cell @param {age.Identity} identity @returns {Bytes | null} null where it is not the identity's */
function fileKeyFor(cell, identity) {
  try {
    return age.openHeader(cell, [identity]);
  } catch (error) {
    // The shape has passed, so age_header means a share of low order: it is nobody's, and says so to everybody.
    if (error instanceof Refused && ["age_no_match", "age_header"].includes(error.kind)) return null;
    throw error;
  }
}

/** @param {number} cells @returns {number} how many a drop has that holds so many; throws Refused("drop") over 1,024 */
export function dropSize(cells) {
  if (cells > DROP_CELLS) {
    throw new Refused("drop", `${cells} cells were to be held; a drop has at most ${DROP_CELLS}.`);
  }
  let size = DROP_STEP;
  while (size < cells) size *= 2;
  return size;
}

/**
 * The cells of a drop, looked at from outside.
 *
 * Throws Refused: drop (not 16, 32, 64 … cells, at most 1,024; not ascending, or one twice), cell.
 * @param {Bytes} file @param {Breathe} [breathe] @returns {Promise<Bytes[]>}
 */
export async function decodeDrop(file, breathe = () => {}) {
  const count = file.length / CELL;
  if (!Number.isInteger(count) || count < 1 || count > DROP_CELLS || count !== dropSize(count)) {
    const sizes = `${DROP_STEP}, ${2 * DROP_STEP} … cells of ${CELL} bytes`;
    throw new Refused("drop", `A drop has ${sizes}; this has ${file.length} bytes.`);
  }
  const cells = Array.from({ length: count }, (_, index) => file.slice(index * CELL, (index + 1) * CELL));
  for (const cell of cells) {
    checkCell(cell);
    await breathe();
  }
  const spelled = cells.map(hex);
  if (spelled.some((text, index) => index > 0 && spelled[index - 1] >= text)) {
    throw new Refused("drop", "The cells of a drop ascend by their bytes, with none twice.");
  }
  return cells;
}
