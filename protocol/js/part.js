/**
 * The sealed part of an event: the words, codes and drafts that only the desk reads.  SPEC 9.5.
 *
 *     0    u32 big-endian length of the JSON
 *     4    canonical JSON, zeros to the next multiple of 4,096, so that a length tells little
 *
 * These bytes are sealed as an age file to the members of the desk's current recipient set; the event carries the
 * SHA-256 of that file.
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical, codePoints, fingerprint, isObject, parse, unb64, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { NAMES } from "./event.js";
import { BASIS, CLASSES } from "./evidence.js";
import { MAX_ALERT, MAX_QUESTION } from "./limits.js";
import { OUTCOMES, URGENCIES } from "./moves.js";
import { ENDINGS } from "./question.js";
import {
  ID,
  SHA256,
  base64,
  boolean,
  exactly,
  hexadecimal,
  integer,
  listOf,
  mapping,
  oneOf,
  record,
  refuse,
  sortedSetOf,
  typed,
} from "./shape.js";
import { FILE_KEY } from "./stanza.js";
import { RETRACT_REASONS, SUSPEND_REASONS } from "./vocabulary.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {{v: 1, minute: number, move: string} & Record<string, any>} Part */

export const STEP = 4096;
/** A detail sealed to 256 organisations takes 400 kB, a third more in base64. */
export const MAX_PART = 2 << 20;
export const MAX_WORDS = 500;
export const MAX_DETAIL = 1 << 20;
/** Threads of one case that are asked, or told, at once. */
export const MAX_ASKED = 16;
/** Lent verifiers whom one share reaches besides the set: more than a neighbour lends at a time. */
export const MAX_LENT = 8;
/** Keys of each sort in one share: 800 kB, and more than any case has. */
export const MAX_SHARED = 4096;

/** How a check is made. */
export const WAYS = Object.freeze(["field", "media", "official", "question"]);
/** What a refusal misses. */
export const LACKING = Object.freeze([
  ...Object.keys(BASIS),
  "freshness",
  "lead",
  "other",
  "place",
  "privacy",
  "wording",
]);

/** Admiralty: who says it (F: can't be judged, which an anonymous source stays) and what they say, scored apart. */
export const GRADE = record({ source: oneOf("A", "B", "C", "D", "E", "F"), information: integer(1, 6) });

/** @type {Shape} */
function payload(value, path) {
  const length = typeof value === "string" ? codePoints(value).length : 0;
  if (length < 1 || length > MAX_ALERT) throw refuse(path, "an alert's payload as text", value);
}

/** @type {Shape} */
function detail(value, path) {
  const length = typeof value === "string" ? unb64(value).length : 0;
  if (length < 1 || length > MAX_DETAIL) throw refuse(path, `a file of 1 to ${MAX_DETAIL} bytes in base64`, value);
}

const WORDS = typed(MAX_WORDS);
const SIGNATURE = record({ keyid: ID, sig: base64(64) });
const DRAFT = {
  alert: payload,
  class: oneOf(...CLASSES),
  audience: oneOf("public", "responders"),
  signature: SIGNATURE,
  grade: GRADE,
};
const FINDING = { basis: oneOf(...Object.keys(BASIS)), says: oneOf("for", "against", "over"), words: WORDS };

/** What went into the drop, by the names of thread, question and cell: every desk then knows its own cells. */
const CELLS = listOf(record({ thread: SHA256, question: SHA256, cell: SHA256 }), MAX_ASKED, 1);
const ASKED = record({ words: typed(MAX_QUESTION), cells: CELLS });
const ENDED = record({ ending: oneOf(...ENDINGS), cells: CELLS });
/** By the envelope's id, and by the name of the event whose part it opens. */
const SHARED = {
  tips: mapping(hexadecimal(16), base64(FILE_KEY), MAX_SHARED),
  parts: mapping(SHA256, base64(FILE_KEY), MAX_SHARED),
};

/**
 * By move: the fields it needs, and those it may have; `words` and `set`, what it is sealed to, may always come along.
 * @type {Readonly<Record<string, readonly [Record<string, Shape>, Record<string, Shape>?]>>}
 */
const FIELDS = {
  attest: [{ conflict: exactly("none"), privacy: exactly(true), grade: GRADE }],
  check: [{ ways: sortedSetOf(oneOf(...WAYS), WAYS.length, 1) }, { asked: ASKED }],
  close: [{ outcome: oneOf(...OUTCOMES) }, { told: ENDED }],
  finding: [FINDING, { grade: GRADE, site: boolean, answer: SHA256 }],
  hold: [{ words: WORDS }],
  link: [{ duplicate: oneOf("found", "suggested") }],
  merge: [{}],
  open: [{ duplicate: oneOf("none-suggested", "refused") }],
  over: [{}],
  propose: [DRAFT, { detail }],
  refuse: [{ missing: sortedSetOf(oneOf(...LACKING), LACKING.length, 1), words: WORDS }],
  released: [{ message: SHA256 }],
  restore: [DRAFT, { detail }],
  resume: [{}],
  retract: [{ reason: oneOf(...RETRACT_REASONS) }, { alert: payload, signature: SIGNATURE }],
  share: [SHARED, { lent: sortedSetOf(ID, MAX_LENT, 1) }],
  suspend: [{ reason: oneOf(...SUSPEND_REASONS) }],
  triage: [{ urgency: oneOf(...URGENCIES) }],
  update: [DRAFT, { detail }],
};
const EVERY = { v: exactly(1), minute: integer(15_000 * 1440, 60_001 * 1440) };

/** @type {Readonly<Record<string, Shape>>} */
export const PARTS = Object.freeze(
  Object.fromEntries(
    Object.entries(FIELDS).map(([move, [needed, optional = {}]]) => {
      return [move, record({ ...EVERY, move: exactly(move), ...needed }, { words: WORDS, set: SHA256, ...optional })];
    }),
  ),
);

/**
 * The bytes to be sealed of a part `{v, minute, move, ...}`; `minute` is the Unix time divided by 60.
 *
 * Throws Refused: shape, too_large.
 * @param {Part} value @returns {Bytes}
 */
export function encodePart(value) {
  check(value);
  const text = canonical(value);
  const size = filled(text.length);
  if (size > MAX_PART) throw new Refused("too_large", `The part takes ${size} bytes; at most ${MAX_PART} are taken.`);
  const out = new Uint8Array(size);
  new DataView(out.buffer).setUint32(0, text.length);
  out.set(text, 4);
  return out;
}

/**
 * The part that opened bytes hold.  Throws Refused: tip_layout (size, length), tip_padding, and as `parse` and the
 * shape.
 * @param {Uint8Array} data @returns {Part}
 */
export function decodePart(data) {
  const head = data.length < 4 ? 0 : new DataView(data.buffer, data.byteOffset).getUint32(0);
  if (data.length === 0 || data.length > MAX_PART || data.length !== filled(head)) {
    const sentence = `A part of ${head} bytes fills the next multiple of ${STEP}; this has ${data.length} bytes.`;
    throw new Refused("tip_layout", sentence);
  }
  const value = /** @type {Part} */ (parse(data.subarray(4, 4 + head), MAX_PART));
  check(value);
  if (data.subarray(4 + head).some((byte) => byte !== 0)) {
    throw new Refused("tip_padding", "What follows the part must be zeros.");
  }
  return value;
}

/** @param {number} length of the JSON @returns {number} the bytes of its part */
function filled(length) {
  return Math.ceil((4 + length) / STEP) * STEP;
}

/**
 * The part of an event.  Throws as `decodePart`, and Refused("move") for another move's or day's part.
 * @param {Uint8Array} data @param {Event} event @returns {Part}
 */
export function readPart(data, event) {
  const value = decodePart(data);
  const day = Math.floor(value.minute / 1440);
  if (value.move === event.move && day === event.day) return value;
  const sentence = `The event is ${event.move} on day ${event.day}; its sealed part is ${value.move} on day ${day}.`;
  throw new Refused("move", sentence);
}

/**
 * Throw Refused("digest") unless `sealed` is the age file that the event names.
 * @param {Uint8Array} sealed @param {Event} event
 */
export function requireDigest(sealed, event) {
  const found = fingerprint(sealed);
  if (found === event.digest) return;
  const sentence = `The event names the sealed part ${event.digest.slice(0, 16)}; this is ${found.slice(0, 16)}.`;
  throw new Refused("digest", sentence);
}

/** @param {unknown} value */
function check(value) {
  const move = isObject(value) ? value.move : null;
  oneOf(...NAMES)(move, "part.move");
  PARTS[/** @type {string} */ (move)](value, "part");
  const part = /** @type {Part} */ (value);
  if (part.site && part.basis !== "D3") {
    throw new Refused("shape", `Only a D3 is from the site's own contact; this finding is ${part.basis}.`);
  }
  if (Object.hasOwn(part, "answer") && part.basis !== "D4") {
    throw new Refused("shape", `Only a D4 rests on the source's answer; this finding is ${part.basis}.`);
  }
  if (Object.hasOwn(part, "asked") && !part.ways.includes("question")) {
    throw new Refused("shape", "What was asked comes with the way question, and with no other.");
  }
  if (part.move === "share" && Object.keys({ ...part.tips, ...part.parts }).length === 0) {
    throw new Refused("shape", "A share gives the key of a tip or of a part; this one gives none.");
  }
  if (Object.hasOwn(part, "alert") !== Object.hasOwn(part, "signature")) {
    throw new Refused("shape", "A draft and its first signature come together or not at all.");
  }
  if (Object.hasOwn(part, "alert")) checkDraft(part);
}

/** Refuse a draft whose labels are not what its bytes say: people judge by the labels.  @param {Part} part */
function checkDraft(part) {
  const alert = parse(utf8(part.alert), MAX_ALERT);
  for (const name of ["class", "audience"]) {
    const said = isObject(alert) ? alert[name] : undefined;
    if (Object.hasOwn(part, name) && said !== part[name]) {
      throw new Refused("shape", `The part says ${name} ${part[name]}; the alert in it says ${said ?? "nothing"}.`);
    }
  }
}
