/**
 * JPEG, byte by byte: what shows a picture is kept, and everything that tells of its maker is not.  SPEC 6.5.
 *
 * A **bare** JPEG holds nothing but tables, frame and scans, each exactly as long as it says:
 *
 *     SOI (DQT | DHT | DRI | SOF | SOS scan)* EOI
 *
 * Pixels are never decoded, so a picture comes out bit for bit, but for APPn (EXIF, GPS, XMP, thumbnails, colour
 * profiles), COM, fill bytes, and whatever follows EOI (a motion photo's film).  Pure: reads no clock, touches no store.
 */
import { same } from "./encoding.js";
import { Refused } from "./errors.js";
import { MAX_PIXELS } from "./limits.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./age.js").Breathe} Breathe */
/**
 * A picture that was walked through: pixels as stored, `turn` (EXIF orientation, 1 to 8), and its bare bytes.
 * @typedef {Readonly<{width: number, height: number, turn: number, bare: Bytes}>} Jpeg
 */
/**
 * What was seen of a picture so far.
 * @typedef {{out: Uint8Array[], width: number, height: number, turn: number, scans: number, raw: boolean,
 *   hasExif: boolean}} Walk
 */

const [SOI, EOI, SOS, DQT, DHT, DRI, COM] = [0xd8, 0xd9, 0xda, 0xdb, 0xc4, 0xdd, 0xfe];
/** Baseline, extended, progressive: what every browser shows. */
const FRAMES = Object.freeze([0xc0, 0xc1, 0xc2]);
const KEPT = Object.freeze([...FRAMES, SOS, DQT, DHT, DRI]);
const [EXIF, ADOBE] = [0xe1, 0xee];
/** Progressive pictures have ten; thousands only keep a decoder busy. */
const MAX_SCANS = 100;

/**
 * What a JPEG shows, its turn, and its bare bytes.  Throws Refused("photo").
 * @param {Uint8Array} data @param {Breathe} [breathe] awaited between slices of work @returns {Promise<Jpeg>}
 */
export async function readJpeg(data, breathe = () => {}) {
  if (data[0] !== 0xff || data[1] !== SOI) {
    throw new Refused("photo", "This is not a JPEG; only those are taken as they are.");
  }
  /** @type {Walk} */
  const walk = { out: [data.subarray(0, 2)], width: 0, height: 0, turn: 1, scans: 0, raw: false, hasExif: false };
  for (let at = 2; ; ) {
    await breathe();
    at = markerAt(data, at);
    const marker = data[at - 1];
    if (marker === EOI) break;
    const end = segmentEnd(data, at, marker);
    look(walk, marker, data.subarray(at + 2, end));
    if (KEPT.includes(marker)) walk.out.push(Uint8Array.of(0xff, marker), data.subarray(at, end));
    at = end;
    if (marker === SOS) {
      at = await scanEnd(data, end, breathe);
      walk.out.push(data.subarray(end, at));
    }
  }
  if (walk.scans === 0) throw new Refused("photo", "The JPEG ends before it shows anything.");
  walk.out.push(Uint8Array.of(0xff, EOI));
  const { width, height, turn } = walk;
  return Object.freeze({ width, height, turn, bare: joined(walk.out) });
}

/**
 * The picture of a JPEG that holds nothing else.  Throws Refused("photo").
 * @param {Uint8Array} data @param {Breathe} [breathe] @returns {Promise<Jpeg>}
 */
export async function requireBare(data, breathe = () => {}) {
  const found = await readJpeg(data, breathe);
  if (same(found.bare, data)) return found;
  const extra = data.length - found.bare.length;
  throw new Refused("photo", `The JPEG carries ${extra} bytes besides its picture; a photo of a tip has none.`);
}

/** @param {readonly Uint8Array[]} pieces @returns {Bytes} */
function joined(pieces) {
  const out = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of pieces) {
    out.set(one, at);
    at += one.length;
  }
  return out;
}

/** @param {Uint8Array} data @param {number} at @returns {number} where a marker's segment begins, past fill bytes */
function markerAt(data, at) {
  if (at < data.length && data[at] !== 0xff) throw new Refused("photo", `The JPEG has no marker at byte ${at}.`);
  while (data[at] === 0xff) at++;
  if (at >= data.length) throw new Refused("photo", "The JPEG is cut off.");
  return at + 1;
}

/** @param {Uint8Array} data @param {number} at @param {number} marker @returns {number} */
function segmentEnd(data, at, marker) {
  const isTold = marker >= 0xe0 && marker <= 0xef;
  if (!KEPT.includes(marker) && !isTold && marker !== COM) {
    const kind = marker.toString(16).padStart(2, "0");
    throw new Refused("photo", `The JPEG has a segment of kind ${kind}, which browsers do not show alike.`);
  }
  const length = at + 2 <= data.length ? (data[at] << 8) | data[at + 1] : (data[at] ?? 0);
  if (length < 2) throw new Refused("photo", `A segment at byte ${at} has no length.`);
  if (at + length > data.length) throw new Refused("photo", "The JPEG is cut off.");
  return at + length;
}

/**
 * Where a scan ends; stuffed zeros and restarts belong to it.
 * @param {Uint8Array} data @param {number} from @param {Breathe} breathe @returns {Promise<number>}
 */
async function scanEnd(data, from, breathe) {
  let at = from;
  for (let steps = 1; ; steps++) {
    const start = data.indexOf(0xff, at);
    if (start < 0) break;
    at = start + 1;
    while (data[at] === 0xff) at++;
    if (at >= data.length) break;
    if (data[at] !== 0 && (data[at] < 0xd0 || data[at] > 0xd7)) return start;
    at++;
    if (steps % 4096 === 0) await breathe();
  }
  throw new Refused("photo", "The JPEG is cut off.");
}

/**
 * Look at a segment; nothing can hide in one that is kept.  Throws Refused("photo").
 * @param {Walk} walk @param {number} marker @param {Uint8Array} body
 */
function look(walk, marker, body) {
  if (FRAMES.includes(marker)) {
    frame(walk, body);
  } else if (marker === SOS) {
    walk.scans++;
    const count = body[0] ?? 0;
    if (count < 1 || count > 3 || body.length !== 4 + 2 * count || walk.width === 0 || walk.scans > MAX_SCANS) {
      throw new Refused("photo", `Scan ${walk.scans} of the JPEG is not laid out as one.`);
    }
  } else if (marker === DQT && !isQuantization(body)) {
    throw new Refused("photo", "A quantization table of the JPEG is not as long as it says.");
  } else if (marker === DHT && !isHuffman(body)) {
    throw new Refused("photo", "A Huffman table of the JPEG is not as long as it says.");
  } else if (marker === DRI && body.length !== 2) {
    throw new Refused("photo", "The restart interval of the JPEG is not as long as it says.");
  } else if (marker === EXIF && !walk.hasExif && begins(body, "Exif\0")) {
    walk.hasExif = true;
    walk.turn = turnOf(body.subarray(6));
  } else if (marker === ADOBE && begins(body, "Adobe") && body.length >= 12) {
    walk.raw = body[11] === 0;
  }
}

/** @param {Uint8Array} body @param {string} text ASCII @returns {boolean} */
function begins(body, text) {
  return [...text].every((letter, index) => body[index] === letter.charCodeAt(0));
}

/** @param {Walk} walk @param {Uint8Array} body */
function frame(walk, body) {
  if (walk.width > 0 || body.length < 6 || body.length !== 6 + 3 * body[5]) {
    throw new Refused("photo", "The JPEG's frame is not laid out as one.");
  }
  walk.height = (body[1] << 8) | body[2];
  walk.width = (body[3] << 8) | body[4];
  // Without Adobe's mark, which is dropped, three colours are read as YCbCr and four not alike.
  if (![1, 3].includes(body[5]) || (walk.raw && body[5] === 3) || body[0] !== 8) {
    throw new Refused("photo", "The JPEG's colours are not those of a photo; a screenshot of it can be sent.");
  }
  const pixels = walk.width * walk.height;
  if (pixels === 0 || pixels > MAX_PIXELS) {
    const size = `${walk.width} by ${walk.height}`;
    throw new Refused("photo", `The JPEG has ${size} pixels; from 1 to ${MAX_PIXELS} are taken.`);
  }
}

/** @param {Uint8Array} body @returns {boolean} */
function isQuantization(body) {
  let at = 0;
  while (at < body.length) {
    if ((body[at] & 0xec) !== 0) return false; // Precision 0 or 1, table 0 to 3.
    at += body[at] < 16 ? 65 : 129;
  }
  return at === body.length && at > 0;
}

/** @param {Uint8Array} body @returns {boolean} */
function isHuffman(body) {
  let at = 0;
  while (at < body.length) {
    if ((body[at] & 0xec) !== 0) return false; // Class 0 or 1, table 0 to 3.
    at += 17 + body.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
  }
  return at === body.length && at > 0;
}

/**
 * The orientation, 1 to 8, that EXIF's TIFF header gives; 1 where it gives none that can be read.
 * @param {Uint8Array} tiff @returns {number}
 */
export function turnOf(tiff) {
  const isLittle = begins(tiff, "II*\0");
  if (!isLittle && !begins(tiff, "MM\0*")) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  const short = (/** @type {number} */ at) => (at + 2 <= tiff.length ? view.getUint16(at, isLittle) : 0);
  const long = (/** @type {number} */ at) => (at + 4 <= tiff.length ? view.getUint32(at, isLittle) : 0);
  const first = long(4);
  const count = short(first);
  for (let entry = first + 2; entry < first + 2 + 12 * count; entry += 12) {
    if (short(entry) !== 0x0112 || short(entry + 2) !== 3 || long(entry + 4) !== 1) continue;
    const turn = short(entry + 8);
    return turn >= 1 && turn <= 8 ? turn : 1;
  }
  return 1;
}
