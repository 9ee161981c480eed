/**
 * Envelopes: a tip sealed for the verifiers of one desk and epoch, and the door's check that needs no key.  SPEC 6.3.
 *
 * Pure but for the chance that sealing draws.
 */
import * as age from "./age.js";
import { b64, same, utf8 } from "./encoding.js";
import { Refused } from "./errors.js";
import { sealLegal } from "./legal.js";
import { BUCKETS, CHUNK } from "./limits.js";
import { HYBRID, INTRO } from "./stanza.js";
import { decodePreview, decodeTip, encodeTip } from "./tip.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @typedef {import("./age.js").Breathe} Breathe */
/** @typedef {age.Identity | age.FileKey} Opening */
/** @typedef {import("./recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("./tip.js").Attachment} Attachment */
/** @typedef {import("./tip.js").Tip} Tip */
/**
 * What can be seen of an envelope without a key: stanzas in its header, bytes of its bucket.
 * @typedef {Readonly<{stanzas: number, bucket: number}>} Outline
 */

const START = /* @__PURE__ */ utf8(INTRO);

/**
 * The bytes of an envelope: 70 + 1,557 for each stanza, nonce, and a bucket in chunks with their tags.
 * @param {number} stanzas @param {number} bucket @returns {number}
 */
export function envelopeSize(stanzas, bucket) {
  return age.headerSize(stanzas) + age.chunkedSize(bucket);
}

/** @param {number} stanzas @returns {number} how many of an envelope's first bytes its preview needs */
export function previewSize(stanzas) {
  return envelopeSize(stanzas, CHUNK);
}

/**
 * The outline of an envelope whose stanza count is one of `counts`, those of the accepted sets.
 *
 * This is the door: what isn't shaped exactly like a sealed tip is not stored, so plaintext can't be by accident.
 * Throws Refused: envelope_plain, stanza_kind, stanza_count, bucket, age_header.
 * @param {Uint8Array} data @param {Iterable<number>} counts @returns {Outline}
 */
export function checkEnvelope(data, counts) {
  if (!same(data.subarray(0, START.length), START)) {
    throw new Refused("envelope_plain", "This is not an age file. Only what was sealed in the browser is taken.");
  }
  const { stanzas } = age.parseHeader(data);
  for (const { kind } of stanzas) {
    if (kind === HYBRID) continue;
    const sentence = `A stanza is of kind ${kind.slice(0, 40)}; only mlkem768x25519 keeps a tip secret for decades.`;
    throw new Refused("stanza_kind", sentence);
  }
  const { length } = stanzas;
  const accepted = [...counts].sort((a, b) => a - b);
  if (!accepted.includes(length)) {
    const have = accepted.join(", ") || "none";
    const sentence = `The envelope is sealed to ${length} keys; the accepted sets have ${have}. Seal it again.`;
    throw new Refused("stanza_count", sentence);
  }
  const bucket = BUCKETS.find((one) => data.length === envelopeSize(length, one));
  if (bucket === undefined) {
    const sizes = BUCKETS.map((one) => envelopeSize(length, one)).join(", ");
    const sentence = `The envelope has ${data.length} bytes; with this header it must have one of ${sizes}.`;
    throw new Refused("bucket", sentence);
  }
  return Object.freeze({ stanzas: length, bucket });
}

/**
 * The envelope of a tip for the members of a set.
 *
 * `header` holds v, kind, id, day, network, form, tip and perhaps thread; desk, roster, set and legal are filled in.
 * Throws as `sealLegal`, `encodeTip` and `age.seal`.
 * @param {import("./tip.js").Form} header @param {RecipientSet} to @param {readonly string[]} attorneys
 * @param {readonly Attachment[]} [files] @param {string} [legal]
 * @param {Breathe} [breathe] awaited between slices of work, each a few milliseconds
 * @returns {Promise<Bytes>}
 */
export async function sealEnvelope(header, to, attorneys, files = [], legal = "", breathe = () => {}) {
  const part = await sealLegal(legal, attorneys, breathe);
  const full = { ...header, desk: to.desk, roster: to.roster, set: to.name, legal: b64(part) };
  return age.seal(await encodeTip(full, files, breathe), to.recipients, breathe);
}

/**
 * The tip of an envelope, opened by a member of the set it was sealed to.
 *
 * Who is no member (null) opens it by the file's key, which a member shared (9.6).
 * Throws Refused: age_no_match ("not for me"), tip_layout (another set, roster, desk or stanza count), and as
 * `age.open` and `decodeTip`.
 * @param {Uint8Array} data @param {Opening} identity @param {RecipientSet} to @param {string | null} member
 * @param {Breathe} [breathe] @returns {Promise<Tip>}
 */
export async function openEnvelope(data, identity, to, member, breathe = () => {}) {
  const plaintext = await age.open(data, [identity], placeIn(to, member), breathe);
  const tip = await decodeTip(plaintext, breathe);
  requireSet(tip, age.parseHeader(data), to);
  return tip;
}

/**
 * The tip's words from an envelope's first bytes and its bucket; attachments stay where they are.
 *
 * Throws as `openEnvelope`, and Refused("age_payload") where `start` is shorter than `previewSize`.
 * @param {Uint8Array} start @param {number} bucket @param {Opening} identity @param {RecipientSet} to
 * @param {string | null} member @returns {Tip}
 */
export function openPreview(start, bucket, identity, to, member) {
  const header = age.parseHeader(start);
  const key = age.fileKeyOf(header, [identity], placeIn(to, member));
  const payload = start.subarray(header.size, previewSize(header.stanzas.length));
  const tip = decodePreview(age.openFirstChunk(key, payload, bucket === CHUNK));
  requireSet(tip, header, to);
  return tip;
}

/**
 * The file key of an envelope, from its header or more: what a member shares with who came later (9.6).
 *
 * Throws Refused: age_header, age_no_match, age_mac.
 * @param {Uint8Array} start @param {age.Identity} identity @param {RecipientSet} to @param {string} member
 * @returns {Bytes}
 */
export function envelopeKey(start, identity, to, member) {
  return age.openHeader(start, [identity], placeIn(to, member));
}

/**
 * Where a member's stanza is; undefined for nobody (null).  Throws Refused("age_no_match") for somebody who is no member.
 * @param {RecipientSet} to @param {string | null} member @returns {number | undefined}
 */
export function placeIn(to, member) {
  if (member === null) return undefined;
  const at = to.members.indexOf(member);
  if (at < 0) {
    const sentence = `${member} is not in set ${to.number} of desk ${to.desk}, so nothing opens.`;
    throw new Refused("age_no_match", sentence);
  }
  return at;
}

/** @param {Tip} tip @param {age.Header} header of the age file @param {RecipientSet} to */
function requireSet(tip, header, to) {
  for (const [name, found, wanted] of [
    ["desk", tip.header.desk, to.desk],
    ["roster", tip.header.roster, to.roster],
    ["set", tip.header.set, to.name],
  ]) {
    if (found === wanted) continue;
    const sentence = `The tip names ${name} ${found.slice(0, 16)}; it was sealed to ${wanted.slice(0, 16)}.`;
    throw new Refused("tip_layout", sentence);
  }
  if (header.stanzas.length !== to.members.length) {
    const sentence = `The envelope must have ${to.members.length} stanzas, one for each member of its set.`;
    throw new Refused("tip_layout", sentence);
  }
}
