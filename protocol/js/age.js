/**
 * age files: how everything secret is sealed.  SPEC 6.3.
 *
 * The age v1 format (C2SP age.md), binary, to hybrid recipients (`age1pq1...`).  What is sealed here the standard `age`
 * tool opens, from 1.3 on.  Armored files and files sealed with a passphrase are refused with age_scope.  Files to
 * classic X25519 recipients can be opened and never made: a copy kept today could be opened once quantum computers can.
 *
 * Pure: reads no clock, touches no store; draws chance only to seal and to generate.
 */
import { b64raw, bech32, join, unbech32, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { hkdf } from "./kdf.js";
import {
  CHUNK,
  NONCE,
  SEALED_CHUNK,
  TAG,
  chunkNonce,
  chunkedSize,
  chunks,
  openChunk,
  payloadKey,
  plaintextSize,
} from "./payload.js";
import { CLASSIC, FILE_KEY, HYBRID, MAX_HEADER, Stanza, encodeHeader, parseHeader } from "./stanza.js";
import { chacha20poly1305, x25519 } from "./vendor/vendor.js";
import { PrivateKey, PublicKey, SEED, agree, decrypt, unwrap, wrap } from "./xwing.js";

export { CHUNK, NONCE, chunkedSize, plaintextSize } from "./payload.js";
export { Header, Stanza, parseHeader } from "./stanza.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {(stanza: Stanza) => Bytes | null} Opener gives the file key, or null for a stanza for someone else */
/** @typedef {() => void | Promise<void>} Breathe awaited between slices of work, so that a page can paint and answer */
/** @typedef {readonly (Identity | ClassicIdentity | FileKey)[]} Identities */

const RECIPIENT_LENGTH = 1959; // Characters of an age1pq recipient.

/** @type {Breathe} */
const hold = () => {};

/** A hybrid identity: a 32-byte seed, which is the whole secret. */
export class Identity {
  #seed;
  /** @type {PrivateKey | null} */
  #expanded = null;

  /** @param {Uint8Array} seed 32 bytes; throws Refused("age_recipient") for another length */
  constructor(seed) {
    if (seed.length !== SEED) {
      throw new Refused("age_recipient", `An identity has ${SEED} bytes; this one has ${seed.length}.`);
    }
    this.#seed = Uint8Array.from(seed);
  }

  /** @returns {Identity} a new one, of chance */
  static generate() {
    return new Identity(crypto.getRandomValues(new Uint8Array(SEED)));
  }

  /** @param {string} text `AGE-SECRET-KEY-PQ-1...`, upper case; throws Refused("age_recipient") for another */
  static decode(text) {
    return new Identity(unbech32Identity("age-secret-key-pq-", text));
  }

  /** @returns {string} `AGE-SECRET-KEY-PQ-1...` */
  encode() {
    return bech32("age-secret-key-pq-", this.#seed).toUpperCase();
  }

  /** A copy of the 32 bytes. */
  get seed() {
    return this.#seed.slice();
  }

  /** What files are sealed to so that this identity opens them: `age1pq1...`, 1,959 characters. */
  get recipient() {
    return bech32("age1pq", this.#expand().public());
  }

  /** @returns {Opener} what tries this identity on a stanza */
  opener() {
    const key = this.#expand();
    return (stanza) => (stanza.kind === HYBRID ? unwrap(key, stanza.share(), stanza.body) : null);
  }

  /** A desk opens a thousand files with one identity: the seed is expanded once for all of them. */
  #expand() {
    this.#expanded ??= new PrivateKey(this.#seed);
    return this.#expanded;
  }
}

/** An X25519 identity, a 32-byte scalar: it opens files that others made; nothing is sealed to it here. */
export class ClassicIdentity {
  #scalar;

  /** @param {Uint8Array} scalar 32 bytes; throws Refused("age_recipient") for another length */
  constructor(scalar) {
    if (scalar.length !== 32) {
      throw new Refused("age_recipient", `An X25519 identity has 32 bytes; this one has ${scalar.length}.`);
    }
    this.#scalar = Uint8Array.from(scalar);
  }

  /** @param {string} text `AGE-SECRET-KEY-1...`, upper case; throws Refused("age_recipient") for another */
  static decode(text) {
    return new ClassicIdentity(unbech32Identity("age-secret-key-", text));
  }

  /** @returns {Opener} what tries this identity on a stanza */
  opener() {
    const ours = x25519.getPublicKey(this.#scalar);
    return (stanza) => {
      if (stanza.kind !== CLASSIC) return null;
      const share = stanza.share();
      const secret = agree(this.#scalar, share);
      if (secret === null) throw new Refused("age_header", "The share of a stanza X25519 is a point of low order.");
      const key = hkdf(secret, join(share, ours), utf8("age-encryption.org/v1/X25519"), 32);
      return decrypt(key, new Uint8Array(12), stanza.body);
    };
  }
}

/** One file's own key, as who opened the file may share it: it opens that very file, or its MAC refuses it. */
export class FileKey {
  #key;

  /** @param {Uint8Array} key 16 bytes; throws Refused("age_recipient") for another length */
  constructor(key) {
    if (key.length !== FILE_KEY) {
      throw new Refused("age_recipient", `A file's key has ${FILE_KEY} bytes; this one has ${key.length}.`);
    }
    this.#key = Uint8Array.from(key);
  }

  /** @returns {Opener} takes any stanza for its own; the header's MAC then says whether the key is the file's */
  opener() {
    return () => this.#key;
  }
}

/**
 * An age file that each of the recipients can open, with one hybrid stanza for each, in their order.
 *
 * `breathe` is awaited within and after every stanza, and after every chunk.  Throws Refused("age_recipient") for none, for more than a
 * header may hold (42), and for each that is not a sound `age1pq1...`: sealing to fewer people than were asked for is
 * never an answer.
 * @param {Uint8Array} plaintext @param {readonly string[]} recipients @param {Breathe} [breathe]
 * @returns {Promise<Bytes>}
 */
export async function seal(plaintext, recipients, breathe = hold) {
  if (recipients.length === 0 || headerSize(recipients.length) > MAX_HEADER) {
    const most = Math.floor((MAX_HEADER - headerSize(0)) / (headerSize(1) - headerSize(0)));
    throw new Refused("age_recipient", `A file is sealed to 1 to ${most} recipients; ${recipients.length} were given.`);
  }
  const publics = recipients.map(publicKey);
  const fileKey = crypto.getRandomValues(new Uint8Array(FILE_KEY));
  const stanzas = [];
  for (const key of publics) {
    const { share, body } = await wrap(key, fileKey, breathe);
    stanzas.push(new Stanza([HYBRID, b64raw(share)], body));
    await breathe();
  }
  const header = encodeHeader(stanzas, fileKey);
  const out = new Uint8Array(header.length + chunkedSize(plaintext.length));
  out.set(header);
  crypto.getRandomValues(out.subarray(header.length, header.length + NONCE));
  const key = payloadKey(fileKey, out.subarray(header.length));
  let at = header.length + NONCE;
  for (const [counter, chunk] of chunks(plaintext, CHUNK)) {
    chacha20poly1305(key, counter).encrypt(chunk, out.subarray(at, at + chunk.length + TAG));
    at += chunk.length + TAG;
    await breathe();
  }
  return out;
}

/**
 * The plaintext of a whole age file.
 *
 * `at` is the index of the stanza to try first (an opener knows its own place in the recipient set); the others are
 * tried if it is not the one.  Throws Refused: age_header, age_scope, age_no_match (no stanza is for these
 * identities), age_mac, age_payload (a chunk was changed, cut, moved or added).
 * @param {Uint8Array} data @param {Identities} identities @param {number} [at]
 * @param {Breathe} [breathe] awaited after every chunk
 * @returns {Promise<Bytes>}
 */
export async function open(data, identities, at, breathe = hold) {
  const header = parseHeader(data);
  const fileKey = fileKeyOf(header, identities, at);
  const payload = data.subarray(header.size);
  const key = payloadKey(fileKey, payload);
  const out = new Uint8Array(plaintextSize(payload.length));
  let done = 0;
  for (const [nonce, chunk] of chunks(payload.subarray(NONCE), SEALED_CHUNK)) {
    const opened = openChunk(key, nonce, chunk);
    out.set(opened, done);
    done += opened.length;
    await breathe();
  }
  return out;
}

/**
 * The 16-byte file key, the header's MAC checked, from a file's beginning: all of the header, or more.
 *
 * For previews.  `at` and the refusals are as in `open`, but for age_payload.
 * @param {Uint8Array} data @param {Identities} identities @param {number} [at] @returns {Bytes}
 */
export function openHeader(data, identities, at) {
  return fileKeyOf(parseHeader(data), identities, at);
}

/**
 * The first 64 KiB of plaintext, from the payload's beginning up to the end of its first chunk, or more.
 *
 * The payload begins at `Header.size`.  `last` says that the first chunk is the only one; it may then be shorter and
 * nothing may follow it.  The caller says it (the envelope's bucket tells), as a beginning alone can't: a wrong word is
 * refused.  Throws Refused: age_header (no whole nonce), age_payload.
 * @param {Uint8Array} fileKey @param {Uint8Array} payload @param {boolean} last @returns {Bytes}
 */
export function openFirstChunk(fileKey, payload, last) {
  const key = payloadKey(fileKey, payload);
  const chunk = payload.subarray(NONCE, last ? undefined : NONCE + SEALED_CHUNK);
  if (chunk.length < TAG || chunk.length > SEALED_CHUNK || !(last || chunk.length === SEALED_CHUNK)) {
    const needed = last ? `${TAG} to ${SEALED_CHUNK}` : SEALED_CHUNK;
    throw new Refused("age_payload", `The first chunk must have ${needed} bytes; ${chunk.length} are there.`);
  }
  return openChunk(key, chunkNonce(0, last), chunk);
}

/** @param {number} recipients @returns {number} bytes of a header with this many hybrid stanzas and no other */
export function headerSize(recipients) {
  return 70 + 1557 * recipients;
}

/**
 * The key that `age1pq1...` spells.  Throws Refused("age_recipient") for one that is not sound.
 * @param {string} recipient @returns {PublicKey}
 */
export function publicKey(recipient) {
  const { length } = recipient;
  if (length !== RECIPIENT_LENGTH) {
    throw new Refused("age_recipient", `A recipient has ${RECIPIENT_LENGTH} characters; one has ${length}.`);
  }
  return PublicKey.decode(unbech32As("age1pq", recipient, `${recipient.slice(0, 20)}... is not an age1pq recipient`));
}

/**
 * The bytes of an upper-case identity.  A refusal says nothing of the text: it may be a secret.
 * @param {string} prefix @param {string} text @returns {Bytes}
 */
function unbech32Identity(prefix, text) {
  const secret = unbech32As(prefix, text.toLowerCase(), `The text is not an identity ${prefix.toUpperCase()}1...`);
  if (bech32(prefix, secret).toUpperCase() !== text) {
    throw new Refused("age_recipient", `An identity ${prefix.toUpperCase()}1... is written in upper case.`);
  }
  return secret;
}

/** @param {string} prefix @param {string} text @param {string} what says what went wrong @returns {Bytes} */
function unbech32As(prefix, text, what) {
  try {
    return unbech32(prefix, text);
  } catch (cause) {
    throw new Refused("age_recipient", `${what}: ${/** @type {Refused} */ (cause).sentence}`, { cause });
  }
}

/**
 * `openHeader` for a header that was read already.
 * @param {import("./stanza.js").Header} header @param {Identities} identities @param {number} [at] @returns {Bytes}
 */
export function fileKeyOf(header, identities, at) {
  const openers = identities.map((identity) => identity.opener());
  for (const stanza of ownFirst(header.stanzas, at)) {
    for (const opener of openers) {
      const fileKey = opener(stanza);
      if (fileKey === null) continue;
      header.check(fileKey);
      return fileKey;
    }
  }
  const { length } = header.stanzas;
  throw new Refused("age_no_match", `None of the ${length} stanzas is for the identities at hand.`);
}

/** @param {readonly Stanza[]} stanzas @param {number | undefined} at @returns {readonly Stanza[]} */
function ownFirst(stanzas, at) {
  if (at === undefined || !(at in stanzas)) return stanzas;
  return [stanzas[at], ...stanzas.filter((_, index) => index !== at)];
}
