/**
 * Notes: a text and who signed it; checkpoints, the notes in which a log states its size and root.  SPEC 8.2.
 *
 * C2SP signed-note with Ed25519 (type 0x01), C2SP tlog-checkpoint without extension lines, C2SP cosignature/v1 (type
 * 0x04).  Key names are printable ASCII, which is narrower than signed-note: names that look alike can't differ.
 * Logs and cosigners sign in Python; browsers read and check.
 *
 * Pure: reads no clock, touches no store.
 */
import { MAX_INT, b64, hex, join, same, sha256, unb64, unutf8, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { HASH } from "./merkle.js";
import { admitKey, isSignature } from "./signed.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./errors.js").Kind} Kind */
/** @typedef {readonly [name: string, time: number]} Witness a cosigner and when it signed, in Unix seconds */

/** Type byte of a log's key: plain Ed25519 over the note's text. */
export const LOG = 0x01;
/** Type byte of a cosigner's key: Ed25519 over a time and the text. */
export const COSIGNER = 0x04;
/** Bytes.  A checkpoint with 32 lines under the longest names takes 8 KiB. */
export const MAX_NOTE = 16 * 1024;
/** signed-note asks for at least 16. */
export const MAX_LINES = 32;

const NAME = /^[!-*,-~]{1,128}$/; // Printable ASCII without space and plus.
const NUMBER = /^(?:0|[1-9][0-9]{0,15})$/;
const UNFIT = /[\0-\x09\x0b-\x1f]|\p{Surrogate}/u; // Control characters, and what UTF-8 can't spell.
const LINE = /^— ([!-*,-~]{1,128}) ([A-Za-z0-9+/=]+)$/;
const KEY = /^([!-*,-~]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/;

/**
 * The text of bytes that came from elsewhere.  Throws Refused("too_large" | "not_utf8").
 * @param {Uint8Array} data @param {number} [limit] @returns {string}
 */
export function textOf(data, limit = MAX_NOTE) {
  if (data.length > limit) {
    throw new Refused("too_large", `The text is ${data.length} bytes long; at most ${limit} are taken.`);
  }
  return unutf8(data);
}

/**
 * The whole number that ASCII decimals without leading zeros spell.  Throws Refused(kind).
 * @param {string} text @param {Kind} kind @returns {number}
 */
export function numberOf(text, kind) {
  const number = Number(text);
  if (!NUMBER.test(text) || number > MAX_INT) {
    throw new Refused(kind, `A number from 0 to ${MAX_INT} without leading zeros is needed; it is ${quoted(text)}.`);
  }
  return number;
}

/**
 * The 32 bytes that a line of padded base64 spells.  Throws Refused(kind).
 * @param {string} text @param {Kind} kind @returns {Bytes}
 */
export function hashOf(text, kind) {
  try {
    return unb64(text, HASH);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused(kind, `A hash of ${HASH} bytes in base64 is needed; it is ${quoted(text)}.`, { cause });
  }
}

/**
 * The 4 bytes by which signature lines name a key: SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4].
 * @param {string} name @param {number} typeByte @param {Uint8Array} publicKey @returns {Bytes}
 */
export function keyHash(name, typeByte, publicKey) {
  return sha256(join(utf8(`${name}\n`), Uint8Array.of(typeByte), publicKey)).slice(0, 4);
}

/** A public key with its name and type, as C2SP writes it: name+hash+base64(type ‖ key). */
export class Key {
  /** @param {string} name @param {number} typeByte @param {Uint8Array} publicKey */
  constructor(name, typeByte, publicKey) {
    this.name = name;
    this.typeByte = typeByte;
    this.publicKey = publicKey;
    Object.freeze(this);
  }

  /** @param {string} text @returns {Key} that it spells; throws Refused("public_key") */
  static decode(text) {
    const [, name, hashText, base64Text] = KEY.exec(text) ?? [];
    if (name === undefined) {
      throw new Refused("public_key", "A key is written name+hash+base64: hash 8 hexadecimal, base64 44 characters.");
    }
    const blob = blobOf(base64Text, "public_key", `The key of ${name} is not 33 bytes of base64.`, 33);
    if (blob[0] !== LOG && blob[0] !== COSIGNER) {
      const needed = `${LOG} (a log's) or ${COSIGNER} (a cosigner's) is needed`;
      throw new Refused("public_key", `The key of ${name} has type ${blob[0]}; ${needed}.`);
    }
    const key = new Key(name, blob[0], admitKey(blob.slice(1)));
    if (key.encode() !== text) throw new Refused("public_key", `The key of ${name} does not have the hash ${hashText}.`);
    return key;
  }

  /** @returns {string} the text, for a witness' configuration or a policy file */
  encode() {
    const hashText = hex(keyHash(this.name, this.typeByte, this.publicKey));
    return `${this.name}+${hashText}+${b64(join(Uint8Array.of(this.typeByte), this.publicKey))}`;
  }
}

/** One signature line, shaped but NOT yet checked: a key's name, its 4-byte hash, and what the key signed with. */
export class Line {
  /** @param {string} name @param {Uint8Array} hash @param {Uint8Array} sig */
  constructor(name, hash, sig) {
    this.name = name;
    this.keyHash = hash;
    this.sig = sig;
    Object.freeze(this);
  }

  /** @param {string} text without its newline @returns {Line} that it spells; throws Refused("note") */
  static decode(text) {
    const [, name, base64Text] = LINE.exec(text) ?? [];
    if (name === undefined) {
      throw new Refused("note", `A signature line is: em dash, key name, base64; it is ${quoted(text)}.`);
    }
    const blob = blobOf(base64Text, "note", `The signature of ${name} is not base64.`);
    if (blob.length < 5) {
      throw new Refused("note", `The signature of ${name} has ${blob.length} bytes; more than 4 are needed.`);
    }
    return new Line(name, blob.slice(0, 4), blob.slice(4));
  }

  /** @returns {string} the text without its newline */
  encode() {
    return `— ${this.name} ${b64(join(this.keyHash, this.sig))}`;
  }
}

/** A text, which ends with a newline, and the lines of who signed it; shaped but NOT yet checked. */
export class Note {
  /** @param {string} text @param {readonly Line[]} lines */
  constructor(text, lines) {
    this.text = text;
    this.lines = Object.freeze([...lines]);
    Object.freeze(this);
  }

  /** @param {string} text @returns {Note} that it spells; throws Refused("too_large" | "note") */
  static decode(text) {
    const unfit = UNFIT.exec(text);
    if (unfit !== null) {
      const code = unfit[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
      throw new Refused("note", `A note holds no controls but newlines; this one holds U+${code}.`);
    }
    const { length } = utf8(text);
    if (length > MAX_NOTE) {
      throw new Refused("too_large", `The note is ${length} bytes long; at most ${MAX_NOTE} are taken.`);
    }
    const end = text.lastIndexOf("\n\n");
    if (end < 0 || !text.endsWith("\n")) {
      throw new Refused("note", "A note is a text, an empty line and signature lines, each ended by a newline.");
    }
    const lines = text.slice(end + 2, -1).split("\n");
    if (lines.length > MAX_LINES) {
      throw new Refused("note", `The note has ${lines.length} signature lines; at most ${MAX_LINES} are taken.`);
    }
    return new Note(text.slice(0, end + 1), lines.map(Line.decode));
  }

  /** @returns {string} the whole text */
  encode() {
    return `${this.text}\n${this.lines.map((line) => `${line.encode()}\n`).join("")}`;
  }
}

/** What a log states: its origin, its number of leaves, and their 32-byte root. */
export class Checkpoint {
  /** @param {string} origin @param {number} size @param {Uint8Array} root */
  constructor(origin, size, root) {
    this.origin = origin;
    this.size = size;
    this.root = root;
    Object.freeze(this);
  }

  /** @param {string} text of a note, no extension lines @returns {Checkpoint} throws Refused("checkpoint") */
  static decode(text) {
    const lines = text.split("\n");
    if (lines.length !== 4 || lines[3] !== "") {
      throw new Refused("checkpoint", `A checkpoint has 3 lines: origin, size, root; this one has ${lines.length - 1}.`);
    }
    const [origin, size, root] = lines;
    if (!NAME.test(origin)) {
      throw new Refused("checkpoint", `An origin is printable ASCII without space and plus; it is ${quoted(origin)}.`);
    }
    return new Checkpoint(origin, numberOf(size, "checkpoint"), hashOf(root, "checkpoint"));
  }

  /** @returns {string} the text that is signed */
  encode() {
    return `${this.origin}\n${this.size}\n${b64(this.root)}\n`;
  }
}

/**
 * The checkpoint of a note that carries exactly one line of the log's key; other lines are not looked at.
 *
 * What a reader of the log needs; bundles are held to `checkAll`.
 * Throws Refused: log_key (no such line, two, or the signature fails), checkpoint (not one, or not of `origin`).
 * @param {Note} note @param {string} origin @param {Uint8Array} publicKey @returns {Checkpoint}
 */
export function checkLog(note, origin, publicKey) {
  const hash = keyHash(origin, LOG, publicKey);
  const [line, ...more] = note.lines.filter((one) => one.name === origin && same(one.keyHash, hash));
  if (line === undefined || more.length > 0) {
    const times = line === undefined ? 0 : more.length + 1;
    throw new Refused("log_key", `The log ${origin}+${hex(hash)} must sign once; it signs ${times} times.`);
  }
  if (!isSignature(publicKey, utf8(note.text), line.sig)) {
    throw new Refused("log_key", `The signature of the log ${origin} is not over this checkpoint.`);
  }
  const checkpoint = Checkpoint.decode(note.text);
  if (checkpoint.origin !== origin) {
    throw new Refused("checkpoint", `The checkpoint is of ${checkpoint.origin}; ${origin} is needed.`);
  }
  return checkpoint;
}

/**
 * When (Unix seconds) a cosigner signed `text`.  Throws Refused("log_witness").
 * @param {string} text @param {Line} line @param {Uint8Array} publicKey @returns {number}
 */
export function checkCosignature(text, line, publicKey) {
  if (!same(line.keyHash, keyHash(line.name, COSIGNER, publicKey))) {
    throw new Refused("log_witness", `The line of ${line.name} names another key: ${hex(line.keyHash)}.`);
  }
  const time = line.sig.length === 72 ? Number(new DataView(line.sig.slice().buffer).getBigUint64(0)) : 0;
  if (time === 0 || time > MAX_INT) {
    throw new Refused("log_witness", `The line of ${line.name} must hold a time from 1 to ${MAX_INT} and 64 bytes.`);
  }
  if (!isSignature(publicKey, utf8(`cosignature/v1\ntime ${time}\n${text}`), line.sig.slice(8))) {
    throw new Refused("log_witness", `The signature of ${line.name} is not over this checkpoint at ${time}.`);
  }
  return time;
}

/**
 * The checkpoint, and the witnesses, if every line of the note counts.
 *
 * C2SP has checkers pass over unknown lines; what nobody checks could be changed unseen, so here the first line
 * is the log's, and every other one that of a known cosigner, by name in ascending order, and each must check.
 * Throws Refused: log_key, checkpoint (as `checkLog`), log_witness.
 * @param {Note} note @param {string} origin @param {Uint8Array} publicKey
 * @param {ReadonlyMap<string, Uint8Array>} cosigners @returns {[Checkpoint, readonly Witness[]]}
 */
export function checkAll(note, origin, publicKey, cosigners) {
  const checkpoint = checkLog(note, origin, publicKey);
  const [log, ...others] = note.lines;
  if (log.name !== origin || !same(log.keyHash, keyHash(origin, LOG, publicKey))) {
    throw new Refused("log_key", `The first line must be of the log ${origin}; it is of ${log.name}.`);
  }
  if (others.some((line, index) => index > 0 && others[index - 1].name >= line.name)) {
    throw new Refused("log_witness", "Cosigners' lines must ascend by name with none twice.");
  }
  const witnessed = others.map((line) => {
    const cosigner = cosigners.get(line.name);
    if (cosigner === undefined) {
      const known = [...cosigners.keys()].sort().join(", ") || "none";
      throw new Refused("log_witness", `${line.name} is not among the cosigners: ${known}.`);
    }
    return /** @type {Witness} */ ([line.name, checkCosignature(note.text, line, cosigner)]);
  });
  return [checkpoint, witnessed];
}

/**
 * The bytes of base64, `length` of them where it is given.  Throws Refused(kind).
 * @param {string} text @param {Kind} kind @param {string} sentence @param {number} [length] @returns {Bytes}
 */
function blobOf(text, kind, sentence, length) {
  try {
    return unb64(text, length);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused(kind, sentence, { cause });
  }
}

/** @param {string} text @returns {string} its beginning, for a sentence */
function quoted(text) {
  return JSON.stringify(text.slice(0, 60));
}
