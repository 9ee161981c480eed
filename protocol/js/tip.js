/**
 * Tips and replies: what a source tells, as exactly one bucket of bytes before it is sealed.  SPEC 6.1.
 *
 *     0        magic `sereno1\0`
 *     8        u32 big-endian length of the header
 *     12       canonical JSON header, zeros to 65,536: the preview, exactly the first age chunk
 *     65,536   attachments back to back, zeros to the end
 *
 * Pure: reads no clock, touches no store.
 */
import { publicKey } from "./age.js";
import { canonical, frozen, hex, parse, same, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { openReply } from "./reply.js";
import { BUCKETS, CHUNK, DAY, LEGAL_BYTES, MAX_DAY_SKEW, MAX_FILES, MAX_HEADER } from "./limits.js";
import {
  CODE,
  SHA256,
  base64,
  boolean,
  exactly,
  hexadecimal,
  integer,
  listOf,
  oneOf,
  recipient,
  record,
  typed,
} from "./shape.js";
import { SIGNED } from "./signed.js";
import { sha256 } from "./vendor/vendor.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./age.js").Breathe} Breathe */
/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {import("./signed.js").SignedValue} SignedValue */
/**
 * A photo, or its sealed original: media type, bytes, and `turn`, the EXIF orientation (1 to 8) that shows it upright.
 * @typedef {Readonly<{type: string, data: Uint8Array, turn: number}>} Attachment
 */
/** @typedef {Readonly<{type: string, off: number, len: number, sha256: string, turn: number}>} FileValue */
/** @typedef {Readonly<{age: string, ed25519: string}>} ThreadValue */
/**
 * What is told; every word of it is one of the form's choices but `words` and `letters`.
 * @typedef {Readonly<{what: string, where: Readonly<{zone: string, words?: string, home?: boolean}>,
 *   when: Readonly<{choice: string, minute?: number}>, seen: string,
 *   marking?: Readonly<{kind: string, letters?: string}>, officers?: string, vehicles?: string, equipment?: string,
 *   words?: string, caller?: string}>} Told
 */
/**
 * What the form fills in; desk, roster, set and legal part come with the sealing.  A tip has `tip`; an answer or a
 * withdrawal has `said`, signed by its thread.
 * @typedef {Readonly<{v: 1, kind: "tip" | "answer" | "withdrawal", id: string, day: number, network: string,
 *   form: string, tip?: Told, thread?: ThreadValue, said?: SignedValue}>} Form
 */
/** @typedef {Form & Readonly<{desk: string, roster: string, set: string, legal: string}>} Sealable */
/** @typedef {Sealable & Readonly<{files: readonly FileValue[]}>} Header */
/**
 * A tip whose layout was checked.  `header` is its whole JSON header; `files` is empty in a preview; `reply` is what an
 * answer or a withdrawal says, its thread's signature checked, and null of a tip.
 * @typedef {Readonly<{id: string, day: number, header: Header, files: readonly Attachment[],
 *   reply: import("./reply.js").Reply | null}>} Tip
 */

const MAGIC = /* @__PURE__ */ utf8("sereno1\0");
/** A photo as it came from the camera, sealed to the attorneys (6.2). */
export const ORIGINAL = "application/age";
const START = 12; // Bytes before the header: magic and length.
const SLICE = 1 << 20; // Bytes that are looked at between two breaths.

export const TIP = /* @__PURE__ */ (() =>
  record(
    {
      what: oneOf("taking", "at-door", "stopped", "waiting", "told", "other"),
      where: record({ zone: CODE }, { words: typed(140), home: boolean }),
      when: record({ choice: oneOf("now", "half-hour", "today", "earlier") }, { minute: integer(0, 1439) }),
      seen: oneOf("now", "saw", "told", "post"),
    },
    {
      marking: record({ kind: oneOf("letters", "said", "unmarked", "unsure") }, { letters: typed(24) }),
      officers: oneOf("1-2", "3-5", "6-10", "10+"),
      vehicles: oneOf("0", "1", "2", "3+"),
      equipment: oneOf("none", "visible", "long-guns", "unsure"),
      words: typed(280),
      caller: oneOf("hotline", "on-the-line"),
    },
  ))();

const FILE = /* @__PURE__ */ (() =>
  record({
    type: oneOf("image/jpeg", "image/png", "image/webp", ORIGINAL),
    off: integer(CHUNK, BUCKETS[BUCKETS.length - 1]),
    len: integer(1, BUCKETS[BUCKETS.length - 1]),
    sha256: SHA256,
    turn: integer(1, 8),
  }))();

/** By kind: a tip, or a reply (an answer or a withdrawal).  @type {() => [Shape, Shape]} */
const headers = () => {
  const every = {
    v: exactly(1),
    kind: oneOf("tip", "answer", "withdrawal"),
    id: hexadecimal(16),
    day: integer(15_000, 60_000),
    network: SHA256,
    desk: CODE,
    roster: SHA256,
    set: SHA256,
    form: SHA256,
    files: listOf(FILE, 2 * MAX_FILES),
    legal: base64(LEGAL_BYTES),
  };
  const thread = record({ age: recipient, ed25519: base64(32) });
  return [
    record({ ...every, tip: TIP }, { thread }),
    record({ ...every, files: listOf(FILE, 0), thread, said: SIGNED }),
  ];
};
const [TOLD, SAID] = /* @__PURE__ */ headers();

/** The header of a tip or of a reply.  @type {Shape} */
export function HEADER(value, path) {
  const { kind } = /** @type {{kind?: unknown}} */ (value ?? {});
  (kind === "answer" || kind === "withdrawal" ? SAID : TOLD)(value, path);
}

/** @param {number} size @returns {number} the smallest bucket that holds so many bytes; throws Refused("too_large") */
export function bucketFor(size) {
  const bucket = BUCKETS.find((one) => size <= one);
  if (bucket !== undefined) return bucket;
  const largest = BUCKETS[BUCKETS.length - 1];
  throw new Refused("too_large", `The tip takes ${size} bytes; the largest bucket holds ${largest}.`);
}

/**
 * The plaintext of a tip, exactly one bucket; `header` comes without `files`, which are described here.
 *
 * Throws Refused("shape" | "text" | "too_large" | "tip_thread").
 * @param {Sealable} header @param {readonly Attachment[]} [files] @param {Breathe} [breathe] @returns {Promise<Bytes>}
 */
export async function encodeTip(header, files = [], breathe = () => {}) {
  const entries = [];
  let offset = CHUNK;
  for (const { type, data, turn } of files) {
    const { length } = data;
    entries.push({ type, off: offset, len: length, sha256: await digestOf(data, breathe), turn });
    offset += length;
  }
  const value = { ...header, files: entries };
  checkHeader(value);
  const text = canonical(value);
  if (text.length > MAX_HEADER) {
    throw new Refused("too_large", `The header takes ${text.length} bytes; at most ${MAX_HEADER} are taken.`);
  }
  const out = new Uint8Array(bucketFor(offset));
  out.set(MAGIC);
  new DataView(out.buffer).setUint32(MAGIC.length, text.length);
  out.set(text, START);
  for (const [index, { off }] of entries.entries()) out.set(files[index].data, off);
  return out;
}

/** @param {any} value */
function checkHeader(value) {
  HEADER(value, "header");
  const originals = value.files.filter((/** @type {FileValue} */ { type }) => type === ORIGINAL).length;
  const photos = value.files.length - originals;
  for (const [name, count] of [["photos", photos], ["originals", originals]]) {
    if (count <= MAX_FILES) continue;
    throw new Refused("shape", `header.files holds ${count} ${name}; at most ${MAX_FILES} are taken.`);
  }
  if (value.thread !== undefined) requireSound(value.thread.age);
}

/** Throws Refused("tip_thread") for a thread that no question can be sealed to.  @param {string} recipient */
function requireSound(recipient) {
  try {
    publicKey(recipient);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused("tip_thread", `Nothing can be sealed to the tip's thread: ${cause.sentence}`, { cause });
  }
}

/**
 * The tip that the first 65,536 plaintext bytes hold, without its attachments.
 *
 * Throws Refused: tip_magic, tip_layout, tip_padding, and as `parse`, the shape and `openReply`.
 * @param {Uint8Array} chunk @returns {Tip}
 */
export function decodePreview(chunk) {
  if (chunk.length !== CHUNK || !same(chunk.subarray(0, MAGIC.length), MAGIC)) {
    throw new Refused("tip_magic", "The envelope holds something else than a Sereno tip of version 1.");
  }
  const length = new DataView(chunk.buffer, chunk.byteOffset).getUint32(MAGIC.length);
  if (length > MAX_HEADER) {
    throw new Refused("tip_layout", `The header claims ${length} bytes; at most ${MAX_HEADER} are taken.`);
  }
  const value = parse(chunk.subarray(START, START + length), MAX_HEADER);
  checkHeader(value);
  if (!isZero(chunk, START + length, CHUNK)) {
    throw new Refused("tip_padding", "What follows the header in the first chunk must be zeros.");
  }
  const header = /** @type {Header} */ (frozen(value));
  let offset = CHUNK;
  for (const [index, { off, len }] of header.files.entries()) {
    if (off !== offset) {
      throw new Refused("tip_layout", `Attachment ${index} begins at ${off}; ${offset} was expected.`);
    }
    offset += len;
  }
  const reply = header.kind === "tip" ? null : openReply(header);
  return Object.freeze({ id: header.id, day: header.day, header, files: Object.freeze([]), reply });
}

/**
 * The tip and its attachments.  Throws Refused: bucket, tip_digest, and as `decodePreview`.
 * @param {Uint8Array} plaintext @param {Breathe} [breathe] @returns {Promise<Tip>}
 */
export async function decodeTip(plaintext, breathe = () => {}) {
  const { length } = plaintext;
  if (!BUCKETS.includes(length)) {
    throw new Refused("bucket", `A tip fills one of ${BUCKETS.join(", ")} bytes; this has ${length}.`);
  }
  const tip = decodePreview(plaintext.subarray(0, CHUNK));
  const files = [];
  let offset = CHUNK;
  for (const [index, { type, len, sha256: wanted, turn }] of tip.header.files.entries()) {
    const data = plaintext.slice(offset, offset + len);
    offset += len;
    if (data.length !== len) {
      throw new Refused("tip_layout", `Attachment ${index} ends at ${offset}, past the bucket's ${length} bytes.`);
    }
    if ((await digestOf(data, breathe)) !== wanted) {
      throw new Refused("tip_digest", `The bytes of attachment ${index} are not those the header names.`);
    }
    files.push(Object.freeze({ type, data, turn }));
  }
  if (length !== bucketFor(offset)) {
    throw new Refused("bucket", `${offset} bytes belong into the bucket of ${bucketFor(offset)}, not ${length}.`);
  }
  for (let at = offset; at < length; at += SLICE) {
    if (!isZero(plaintext, at, Math.min(at + SLICE, length))) {
      throw new Refused("tip_padding", "What follows the last attachment must be zeros.");
    }
    await breathe();
  }
  return Object.freeze({ ...tip, files: Object.freeze(files) });
}

/** @param {Tip} tip @param {number} now @returns {boolean} whether its day is more than two away from the opener's */
export function dayIsOff(tip, now) {
  return Math.abs(tip.day - Math.floor(now / DAY)) > MAX_DAY_SKEW;
}

/** @param {Uint8Array} data @param {number} start @param {number} end @returns {boolean} whether all between is zero */
function isZero(data, start, end) {
  let any = 0;
  for (let at = start; at < end; at++) any |= data[at];
  return any === 0;
}

/** @param {Uint8Array} data @param {Breathe} breathe @returns {Promise<string>} its SHA-256, as `fingerprint` gives it */
async function digestOf(data, breathe) {
  const hash = sha256.create();
  for (let at = 0; at < data.length; at += CHUNK) {
    hash.update(data.subarray(at, at + CHUNK));
    await breathe();
  }
  return hex(hash.digest());
}
