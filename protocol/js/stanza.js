/**
 * Stanzas: the text at the head of an age file, one stanza for each key that opens it.  SPEC 6.3.
 *
 *     age-encryption.org/v1
 *     -> mlkem768x25519 U7E10Aon27j1oDrH7fP3B++SPROSnDVv...   (1,120 bytes: a lock that only one seed opens)
 *     c/k+TjhBA6Je1DF8rxZhe2Jm8CN0zbkV9rre6nA8g98             (the file key, sealed with it)
 *     --- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s         (MAC of all of the above)
 *
 * Source: C2SP age.md.  Read without any key, so that a door can tell an envelope from anything else.
 *
 * Pure: reads no clock, touches no store.
 */
import { b64raw, join, same, unb64raw, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { hkdf } from "./kdf.js";
import { hmac, sha256 } from "./vendor/vendor.js";
import { SHARE } from "./xwing.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

export const HYBRID = "mlkem768x25519";
export const CLASSIC = "X25519";
const SCRYPT = "scrypt"; // Sealed with a passphrase.
export const INTRO = "age-encryption.org/v1\n";
export const FILE_KEY = 16;
/** A sealed file key.  Any other length could hide a key that opens to two plaintexts. */
export const BODY = FILE_KEY + 16;
export const COLUMNS = 64;
/** 32 verifiers take 49,894 bytes; the bound keeps a hostile file from being read through. */
export const MAX_HEADER = 64 * 1024;
const ANY_VERSION = "age-encryption.org/";
const ARMOR = "-----BEGIN ";
const ARMOR_WITHIN = 1024; // How far into a file an armor may begin, after white space or a covering letter.
const FEED = 10;

/** Bytes of the share, by the kinds of stanza that we know.  @type {ReadonlyMap<string, number>} */
const SHARES = /* @__PURE__ */ new Map([
  [HYBRID, SHARE],
  [CLASSIC, 32],
]);
const ARGUMENTS = /^-> ([!-~]+(?: [!-~]+)*)$/;
const LATIN1 = /* @__PURE__ */ new TextDecoder("latin1");

/** One stanza: `args` are its words, the first of which names its kind; `body` its bytes. */
export class Stanza {
  /** @type {Bytes | null} */
  #share = null;

  /** @param {readonly string[]} args @param {Bytes} body */
  constructor(args, body) {
    this.args = args;
    this.body = body;
  }

  /** The first argument, such as `mlkem768x25519`. */
  get kind() {
    return this.args[0];
  }

  /**
   * The bytes of the second argument of a hybrid or X25519 stanza, 1,120 or 32 of them.
   *
   * Throws Refused("age_header") for more or fewer arguments, other lengths, a body that is not 32 bytes long.
   * @returns {Bytes}
   */
  share() {
    if (this.#share !== null) return this.#share;
    const { args, body, kind } = this;
    if (args.length !== 2) {
      throw new Refused("age_header", `${kind} stands before one argument; here before ${args.length - 1}.`);
    }
    const share = unbase64(args[1], `the share of a stanza ${kind}`);
    if (share.length !== SHARES.get(kind)) {
      const sentence = `The share of ${kind} has ${SHARES.get(kind)} bytes; this one has ${share.length}.`;
      throw new Refused("age_header", sentence);
    }
    if (body.length !== BODY) {
      throw new Refused("age_header", `The body of ${kind} has ${BODY} bytes; this one has ${body.length}.`);
    }
    this.#share = share;
    return share;
  }

  /** @returns {Bytes} the lines of the stanza: the words, then the body in base64 at 64 columns and one shorter line */
  encode() {
    const text = b64raw(this.body);
    const lines = [`-> ${this.args.join(" ")}`];
    for (let at = 0; at <= text.length; at += COLUMNS) lines.push(text.slice(at, at + COLUMNS));
    return utf8(`${lines.join("\n")}\n`);
  }
}

/**
 * A header as read: `size` is its length in bytes, where the payload begins; `unmaced` what its MAC is over.
 *
 * The MAC is NOT yet checked: only whoever opens a stanza has the key for that.
 */
export class Header {
  /** @param {readonly Stanza[]} stanzas @param {Bytes} mac @param {number} size @param {Uint8Array} unmaced */
  constructor(stanzas, mac, size, unmaced) {
    this.stanzas = stanzas;
    this.mac = mac;
    this.size = size;
    this.unmaced = unmaced;
  }

  /**
   * Throws Refused("age_mac") unless the MAC is that of this file key: nobody added, dropped or moved a stanza.
   * @param {Uint8Array} fileKey
   */
  check(fileKey) {
    if (!same(this.mac, mac(fileKey, this.unmaced))) {
      throw new Refused("age_mac", "The header's MAC is not that of its stanzas: the header was changed.");
    }
  }
}

/** The MAC of a header up to its `---`.  @param {Uint8Array} fileKey @param {Uint8Array} unmaced @returns {Bytes} */
export function mac(fileKey, unmaced) {
  return hmac(sha256, hkdf(fileKey, new Uint8Array(0), utf8("header"), 32), unmaced);
}

/** @param {readonly Stanza[]} stanzas @param {Uint8Array} fileKey 16 bytes @returns {Bytes} the whole header */
export function encodeHeader(stanzas, fileKey) {
  const unmaced = join(utf8(INTRO), ...stanzas.map((stanza) => stanza.encode()), utf8("---"));
  return join(unmaced, utf8(` ${b64raw(mac(fileKey, unmaced))}\n`));
}

/**
 * The header at the beginning of an age file, having looked at no more than its first `limit` bytes.
 *
 * Hybrid and X25519 stanzas must be well formed whoever they are for, so that everybody who reads a header says the
 * same of it; stanzas of unknown kinds are kept.  Throws Refused: age_scope (armored, or sealed with a passphrase),
 * age_header (anything that the grammar does not give).
 * @param {Uint8Array} data @param {number} [limit] @returns {Header}
 */
export function parseHeader(data, limit = MAX_HEADER) {
  if (!startsWith(data, INTRO, 0)) throw notAge(data);
  const lines = new Lines(data, INTRO.length, limit);
  const stanzas = [];
  while (!startsWith(data, "---", lines.at)) stanzas.push(nextStanza(lines));
  if (stanzas.length === 0) throw new Refused("age_header", "The header has no stanza: nobody could open the file.");
  const start = lines.at;
  const line = lines.next();
  if (!line.startsWith("--- ")) {
    throw new Refused("age_header", `The line at byte ${start} must be --- and, after one space, the MAC.`);
  }
  const code = unbase64(line.slice(4), "the header's MAC");
  if (code.length !== 32) {
    throw new Refused("age_header", `The header's MAC has 32 bytes; this one has ${code.length}.`);
  }
  return new Header(stanzas, code, lines.at, data.subarray(0, start + 3));
}

/** The lines of a header: `at` is the place of the next one. */
class Lines {
  /** @param {Uint8Array} data @param {number} at @param {number} limit */
  constructor(data, at, limit) {
    this.at = at;
    this.head = data.subarray(0, limit);
  }

  /** @returns {string} the line at `at`, without its line feed; one character for each byte */
  next() {
    const end = this.head.indexOf(FEED, this.at);
    if (end < 0) {
      throw new Refused("age_header", `The header must end within ${this.head.length} bytes; it does not.`);
    }
    const line = LATIN1.decode(this.head.subarray(this.at, end));
    this.at = end + 1;
    return line;
  }
}

/** @param {Lines} lines @returns {Stanza} the stanza that begins there */
function nextStanza(lines) {
  const start = lines.at;
  const words = ARGUMENTS.exec(lines.next());
  if (words === null) {
    throw new Refused("age_header", `The line at byte ${start} must begin a stanza (->) or end the header (---).`);
  }
  const args = Object.freeze(words[1].split(" "));
  if (args[0] === SCRYPT) {
    const sentence = "The file is sealed with a passphrase; seal it to the age1pq recipients instead.";
    throw new Refused("age_scope", sentence);
  }
  let [text, line] = ["", ""];
  do {
    line = lines.next();
    if (line.length > COLUMNS) {
      throw new Refused("age_header", `Lines of a body have at most ${COLUMNS} columns; one has ${line.length}.`);
    }
    text += line;
  } while (line.length === COLUMNS);
  const stanza = new Stanza(args, unbase64(text, `the body of the stanza at byte ${start}`));
  if (SHARES.has(stanza.kind)) stanza.share();
  return stanza;
}

/** @param {Uint8Array} data @param {string} text of ASCII @param {number} at @returns {boolean} */
function startsWith(data, text, at) {
  return LATIN1.decode(data.subarray(at, at + text.length)) === text;
}

/** @param {string} text @param {string} what @returns {Bytes} */
function unbase64(text, what) {
  try {
    return unb64raw(text);
  } catch (cause) {
    throw new Refused("age_header", `In ${what}: unpadded canonical base64 is needed.`, { cause });
  }
}

/** @param {Uint8Array} data @returns {Refused} */
function notAge(data) {
  const armored = LATIN1.decode(data.subarray(0, ARMOR_WITHIN)).includes(ARMOR);
  if (!startsWith(data, ANY_VERSION, 0) && armored) {
    return new Refused("age_scope", "The file is armored (text); send the binary file that age makes without -a.");
  }
  return new Refused("age_header", `An age file begins with the line ${INTRO.trim()}; this one does not.`);
}
