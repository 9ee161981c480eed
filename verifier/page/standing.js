/**
 * Standing: how a chain of alerts stands, computed here from checked bundles, and stops that lower it.  SPEC 7.5.
 */
import { b64, canonical, utf8 } from "../../protocol/js/encoding.js";
import { EXPIRY_DEFAULT, LAPSE } from "../../protocol/js/limits.js";
import { count } from "../../protocol/js/quorum.js";
import { check } from "../../protocol/js/release.js";
import { Signed, sign } from "../../protocol/js/signed.js";
import { heads, openSuspensions, state } from "../../protocol/js/state.js";
import { clock } from "./clock.js";
import { known } from "./lenient.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("../../protocol/js/state.js").Message} Message */
/** @typedef {import("../../protocol/js/state.js").State} State */
/**
 * One message as the desk is told of it.
 * @typedef {Readonly<{name: string, signed: Signed, fields: any, signers: readonly string[], state: string,
 *   kind: string | null, sentence: string | null}>} Told
 */
/**
 * A chain.  `checked` are its messages whose bundles check here; `found` is its state by our own count, null before
 * anything was released and where nothing of it counts any more.  A next message has to answer `heads` and
 * `suspensions`, the ones that nobody answered, whether they count or not.
 * @typedef {Readonly<{id: string, messages: readonly Told[], checked: readonly Message[], found: State | null,
 *   reason: string, verifiers: number, organizations: number, next: number, heads: readonly string[],
 *   suspensions: readonly string[]}>} Chain
 */

/**
 * Bundles that were checked, by their text: a check of signatures takes a page's breath.
 * @type {Map<string, Message>}
 */
const CHECKED = new Map();

/** @param {Session} session @param {string} bundle @returns {Message[]} none where it does not check */
function checkOnce(session, bundle) {
  const found = CHECKED.get(bundle) ?? known(() => check(utf8(bundle), session.baked.policy, clock()))[0];
  if (found !== undefined) CHECKED.set(bundle, found);
  return found === undefined ? [] : [found];
}

/**
 * Whether a message still counts by what is known of its signers since: stays and revocations.  SPEC 5.5.
 * @param {Session} session @param {Message} one @returns {boolean}
 */
function counts({ roster, stays }, { alert, voices, roster: its, logged }) {
  const revoked = [...roster.verifiers.values()].flatMap(({ id, revokedAt }) =>
    revokedAt === null ? [] : [/** @type {const} */ ([id, revokedAt])],
  );
  const index = logged === null ? null : logged.index;
  return known(() => count(voices.ids, alert, its, stays, index, new Map(revoked))).length === 1;
}

/** @param {Session} session @param {string} id @returns {Promise<Chain>} */
export async function loadChain(session, id) {
  const value = await session.api.get(`/api/alerts/${id}`);
  const now = clock();
  /** @type {Message[]} */
  const all = value.messages.flatMap((/** @type {any} */ one) => (one.bundle ? checkOnce(session, one.bundle) : []));
  // Another chain's messages are genuine too, and say nothing of this one.
  const checked = all.filter((one) => one.alert.id === id);
  const messages = value.messages.map(toldOf).filter((/** @type {Told} */ { fields }) => fields.id === id);
  const open = openSuspensions(checked);
  const released = heads(checked);
  const counted = checked.filter((one) => counts(session, one));
  const found = heads(counted).length === 0 ? null : state(counted, now);
  const voices = found?.head.voices;
  return Object.freeze({
    id,
    messages,
    checked,
    found,
    reason: reasonOf(counted, found),
    verifiers: voices?.ids.size ?? 0,
    organizations: voices?.organisations.size ?? 0,
    next: 1 + Math.max(0, ...checked.map((one) => one.alert.revision)),
    heads: released.map((one) => one.alert.name),
    suspensions: open.map((one) => one.alert.name),
  });
}

/** The kind of message whose reason is why a chain has a word.  @type {Readonly<Record<string, string>>} */
const KIND_OF = Object.freeze({ "under-review": "suspended", retracted: "retracted", ended: "ended" });

/**
 * @param {readonly Message[]} counted @param {State | null} found
 * @returns {string} why a chain has its word: that of the stop which gave it, and of no later one that did not
 */
function reasonOf(counted, found) {
  const kind = KIND_OF[found?.word ?? ""];
  const stop = counted.find(({ alert }) => alert.kind === kind && alert.issued === found?.since);
  return stop?.alert.fields.reason ?? "";
}

/** @param {any} one @returns {Told} */
function toldOf(one) {
  const signed = Signed.of(one.alert);
  const { name, state: where, kind, sentence } = one;
  const signers = signed.signatures.map(({ keyid }) => keyid);
  return { name, signed, fields: JSON.parse(one.alert.payload), signers, state: where, kind, sentence };
}

/** What every message of a network says.  @param {Session} session @param {string} id @param {number} revision */
function frame(session, id, revision) {
  const { network, mode, name } = session.roster;
  const salt = b64(crypto.getRandomValues(new Uint8Array(16)));
  return { v: 1, network, mode, id, revision, issued: clock(), roster: name, salt };
}

/**
 * The payload of a message that one key may sign, or that a retraction begins with.
 * @param {Session} session @param {Chain} chain @param {"suspended" | "retracted" | "ended"} kind
 * @param {string} reason @returns {Uint8Array<ArrayBuffer>}
 */
export function stopPayload(session, chain, kind, reason) {
  const value = frame(session, chain.id, chain.next);
  const head = chain.messages.find(({ name }) => name === chain.heads[0]);
  const lapses = kind === "suspended" ? { lapses: value.issued + LAPSE } : {};
  const supersedes = [...chain.heads].sort();
  return canonical({ ...value, kind, reason, audience: head?.fields.audience, supersedes, ...lapses });
}

/**
 * The payload of a release: the first of a new chain, or the next revision of `chain`.
 * @param {Session} session @param {Readonly<Record<string, unknown>>} fields what the draft says
 * @param {Chain | null} chain @param {string} id of a new chain @param {number} minutes until it ends
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function releasePayload(session, fields, chain, id, minutes) {
  const value = frame(session, chain?.id ?? id, chain?.next ?? 1);
  const first = chain?.found?.head.alert.first ?? value.issued;
  const supersedes = chain === null ? [] : [...chain.heads, ...chain.suspensions].sort();
  const expires = value.issued + (minutes * 60 || EXPIRY_DEFAULT);
  const kind = fields.class === "R" ? "checked" : "confirmed";
  return canonical({ ...value, ...fields, kind, first, expires, supersedes });
}

/** @param {Session} session @param {Uint8Array<ArrayBuffer>} payload @returns {Signed} */
export function signAlert(session, payload) {
  return sign("alert", payload, session.vault.verifier, session.vault.seed);
}

/**
 * Hand a signed message to the gate.
 * @param {Session} session @param {Signed} signed @param {string} id of the case
 */
export function postAlert(session, signed, id) {
  return session.api.post("/api/alerts", { alert: signed.value(), case: id });
}
