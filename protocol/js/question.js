/**
 * Questions: what a verifier asks a source through the drop, or tells them of how it ended.  SPEC 6.6.
 *
 * A question binds the thread it is for and a nonce of its own: nobody can hand it to another thread, and two people
 * who told of the same thing can't find out from theirs that they did.
 *
 * Pure: `now` is an argument.
 */
import { canonical, fingerprint } from "./encoding.js";
import { Refused } from "./errors.js";
import { CELL, DAY, DROP_HOURS, HOUR, MAX_QUESTION } from "./limits.js";
import { SHA256, TIME, exactly, hexadecimal, oneOf, record, words } from "./shape.js";
import { sign } from "./signed.js";

/** @typedef {import("./signed.js").Signed} Signed */
/** @typedef {Readonly<{age: string, ed25519: string}>} ThreadValue */
/**
 * A question's payload: it has either `words` that ask or the `ending` that is told.
 * @typedef {Readonly<{v: 1, network: string, thread: string, nonce: string, issued: number, words?: string,
 *   ending?: string}>} QuestionValue
 */
/**
 * A checked question.  `name` is what an answer binds; `desk` is that of the verifier who asks, and the answer's.
 * @typedef {Readonly<{name: string, issued: number, by: string, desk: string, words: string | null,
 *   ending: string | null}>} Question
 */

/** How it ended, as a source is told: honestly, and never more than that. */
export const ENDINGS = /* @__PURE__ */ Object.freeze(["alert-sent", "not-checked", "not-immigration", "nothing-found", "taken-back"]);
/** What the drop holds, and a day for a device whose clock is wrong: what is older was put there again by somebody. */
const LIFE = /* @__PURE__ */ (() => DROP_HOURS * HOUR + DAY)();
const MAX_PAYLOAD = CELL;

export const QUESTION = /* @__PURE__ */ (() =>
  record(
    { v: exactly(1), network: SHA256, thread: SHA256, nonce: hexadecimal(16), issued: TIME },
    { words: words(MAX_QUESTION), ending: oneOf(...ENDINGS) },
  ))();

/** @param {ThreadValue} thread of a header @returns {string} the thread's name: the SHA-256 of its JCS */
export function threadName({ age, ed25519 }) {
  return fingerprint(canonical({ age, ed25519 }));
}

/**
 * A question, or how it ended, signed by a verifier.  Throws Refused("shape" | "text").
 * @param {QuestionValue} value @param {string} verifier @param {Uint8Array} seed @returns {Signed}
 */
export function signQuestion(value, verifier, seed) {
  requireOne(value);
  return sign("question", canonical(value), verifier, seed);
}

/**
 * The checked question; `stayed` are the ids of those whom a lead has suspended.
 *
 * Throws Refused: payload_type, signer, signature, shape, text, and question (another thread or network; more signers
 * than one; not certified when it was issued, revoked or suspended; more than a day ahead, or four old).
 * @param {Signed} signed @param {import("./roster.js").Roster} roster @param {ThreadValue} thread @param {number} now
 * @param {ReadonlySet<string>} [stayed] @returns {Question}
 */
export function openQuestion(signed, roster, thread, now, stayed = new Set()) {
  const signers = signed.check("question", roster.verifierKeys());
  const value = /** @type {QuestionValue} */ (signed.read(QUESTION, MAX_PAYLOAD));
  requireOne(value);
  if (signers.length !== 1) {
    throw new Refused("question", `One verifier asks; ${signers.join(", ")} signed this.`);
  }
  for (const [name, found, wanted] of [
    ["network", value.network, roster.network],
    ["thread", value.thread, threadName(thread)],
  ]) {
    if (found === wanted) continue;
    const sentence = `The question is for ${name} ${found.slice(0, 16)}; this is ${wanted.slice(0, 16)}.`;
    throw new Refused("question", sentence);
  }
  const one = roster.verifier(signers[0]);
  const { issued, words: asked = null, ending = null } = value;
  if (one.revokedAt !== null || stayed.has(one.id) || issued >= one.certifiedUntil) {
    throw new Refused("question", `${one.id} may not ask: revoked, suspended, or no longer certified.`);
  }
  if (issued <= now - LIFE || issued > now + DAY) {
    throw new Refused("question", `It was asked at ${issued}; at ${now} it can't stand in the drop.`);
  }
  return Object.freeze({ name: signed.message(), issued, by: one.id, desk: one.desk, words: asked, ending });
}

/** @param {QuestionValue} value */
function requireOne(value) {
  QUESTION(value, "question");
  if (Object.hasOwn(value, "words") !== Object.hasOwn(value, "ending")) return;
  throw new Refused("shape", "A question asks in words or tells how it ended: one of the two, and not both.");
}
