/**
 * The log: what it holds of an object, and the proof that it holds it.  SPEC 8.3.
 *
 * An entry is 33 bytes, a type and the hash of a signed object with its signatures: readers can count kinds and learn
 * nothing else.  A proof is C2SP tlog-proof without an extra line: index, path, and the log's checkpoint.
 *
 * Pure: reads no clock, touches no store.
 */
import { b64, join } from "./encoding.js";
import { Refused } from "./errors.js";
import { checkInclusion, leafHash } from "./merkle.js";
import { Note, checkAll, hashOf, numberOf } from "./note.js";
import { oneOf } from "./shape.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

/** The first byte of an entry.  Numbers are never used again for something else. */
export const TYPES = Object.freeze({ release: 1, stop: 2, roster: 3, set: 4, stay: 5, manifest: 6, heads: 7 });
export const MAGIC = "c2sp.org/tlog-proof@v1";
/** The longest path in a tree of 2^53 - 1 leaves. */
export const MAX_HASHES = 53;

/**
 * The 33 bytes that the log holds of a signed object: type ‖ SHA-256.  Throws Refused("shape").
 * @param {string} kind @param {import("./signed.js").Signed} signed @returns {Bytes}
 */
export function entry(kind, signed) {
  oneOf(...Object.keys(TYPES))(kind, "kind");
  return join(Uint8Array.of(TYPES[/** @type {keyof typeof TYPES} */ (kind)]), signed.entry());
}

/** That an entry is in the log: its index, the checkpoint's size and root, and who cosigned it when. */
export class Logged {
  /**
   * @param {number} index @param {number} size @param {Uint8Array} root
   * @param {readonly import("./note.js").Witness[]} witnessed
   */
  constructor(index, size, root, witnessed) {
    this.index = index;
    this.size = size;
    this.root = root;
    this.witnessed = Object.freeze(witnessed);
    Object.freeze(this);
  }
}

/** A tlog-proof, shaped but NOT yet checked: an index, the path's 32-byte hashes, and the checkpoint's note. */
export class Proof {
  /** @param {number} index @param {readonly Uint8Array[]} hashes @param {Note} note */
  constructor(index, hashes, note) {
    this.index = index;
    this.hashes = Object.freeze([...hashes]);
    this.note = note;
    Object.freeze(this);
  }

  /** @param {string} text @returns {Proof} that it spells; throws Refused("log_proof" | "note" | "too_large") */
  static decode(text) {
    const end = Math.max(text.indexOf("\n\n"), 0); // Without an empty line there is no head, so no magic.
    const [magic, line, ...hashes] = text.slice(0, end).split("\n");
    if (magic !== MAGIC || !line?.startsWith("index ")) {
      throw new Refused("log_proof", `A proof is ${MAGIC}, index, hashes, an empty line and a checkpoint, no more.`);
    }
    if (hashes.length > MAX_HASHES) {
      throw new Refused("log_proof", `The proof has ${hashes.length} hashes; at most ${MAX_HASHES} are taken.`);
    }
    const index = numberOf(line.slice("index ".length), "log_proof");
    const path = hashes.map((hash) => hashOf(hash, "log_proof"));
    return new Proof(index, path, Note.decode(text.slice(end + 2)));
  }

  /** @returns {string} the text */
  encode() {
    return [MAGIC, `index ${this.index}`, ...this.hashes.map(b64), "", this.note.encode()].join("\n");
  }

  /**
   * Where `entry` stands in the log `origin`, whose 32-byte key is `logKey`.
   *
   * `cosigners` gives 32-byte keys by name; whether those who signed are enough is for the policy to say.
   * Throws Refused: log_key, checkpoint, log_witness (as `checkAll`), log_proof.
   * @param {Uint8Array} entry @param {string} origin @param {Uint8Array} logKey
   * @param {ReadonlyMap<string, Uint8Array>} cosigners @returns {Logged}
   */
  check(entry, origin, logKey, cosigners) {
    const [checkpoint, witnessed] = checkAll(this.note, origin, logKey, cosigners);
    checkInclusion(this.index, checkpoint.size, leafHash(entry), this.hashes, checkpoint.root);
    return new Logged(this.index, checkpoint.size, checkpoint.root, witnessed);
  }
}
