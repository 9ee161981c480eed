/**
 * Replies: what a source sends back through the ordinary door, signed by their thread.  SPEC 6.8.
 *
 * An answer binds the question that it answers; a withdrawal takes back everything that was told under the thread.
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical, unb64 } from "./encoding.js";
import { Refused } from "./errors.js";
import { MAX_QUESTION } from "./limits.js";
import { threadName } from "./question.js";
import { SHA256, exactly, record, typed } from "./shape.js";
import { Signed, keyId, publicKey, sign } from "./signed.js";

/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {"answer" | "withdrawal"} ReplyKind */
/** @typedef {Readonly<{v: 1, network: string, thread: string, question?: string, words?: string}>} ReplyValue */
/**
 * A checked reply of a thread: an answer to the question of that name, or a withdrawal, perhaps instead of one.
 * `name` is the SHA-256 of its payload.
 * @typedef {Readonly<{name: string, kind: ReplyKind, thread: string, question: string | null,
 *   words: string | null}>} Reply
 */

const MAX_PAYLOAD = 4096;
const EVERY = /* @__PURE__ */ (() => ({ v: exactly(1), network: SHA256, thread: SHA256 }))();

/** @type {Readonly<Record<ReplyKind, Shape>>} */
export const REPLIES = /* @__PURE__ */ (() =>
  Object.freeze({
    answer: record({ ...EVERY, question: SHA256, words: typed(MAX_QUESTION) }),
    withdrawal: record(EVERY, { question: SHA256 }),
  }))();

/**
 * An answer or a withdrawal signed by the thread key of a seed.  Throws Refused("shape").
 * @param {ReplyKind} kind @param {ReplyValue} value @param {Uint8Array} seed @returns {Signed}
 */
export function signReply(kind, value, seed) {
  REPLIES[kind](value, kind);
  return sign(kind, canonical(value), keyId(publicKey(seed)), seed);
}

/**
 * The reply that a header of kind answer or withdrawal carries.
 *
 * Throws Refused: payload_type, signer, signature, shape, and tip_thread (another thread's or network's).
 * @param {import("./tip.js").Header} header @returns {Reply}
 */
export function openReply(header) {
  const kind = /** @type {ReplyKind} */ (header.kind);
  const thread = /** @type {import("./tip.js").ThreadValue} */ (header.thread);
  const key = unb64(thread.ed25519, 32);
  const signed = Signed.of(header.said, "header.said");
  signed.check(kind, new Map([[keyId(key), key]]));
  const value = /** @type {ReplyValue} */ (signed.read(REPLIES[kind], MAX_PAYLOAD));
  for (const [name, found, wanted] of [
    ["network", value.network, header.network],
    ["thread", value.thread, threadName(thread)],
  ]) {
    if (found === wanted) continue;
    const sentence = `The ${kind} was signed for ${name} ${found.slice(0, 16)}; its header has ${wanted.slice(0, 16)}.`;
    throw new Refused("tip_thread", sentence);
  }
  const { question = null, words = null } = value;
  return Object.freeze({ name: signed.message(), kind, thread: value.thread, question, words });
}
