// JavaScript's half of tests/twins.py: the same nouns, fields and accounts.
import { readAlert } from "../../protocol/js/alert.js";
import { requireFits } from "../../protocol/js/chain.js";
import { decodeCode, deriveThread, encodeCode } from "../../protocol/js/codename.js";
import { Identity } from "../../protocol/js/age.js";
import { decodeDrop, openCell } from "../../protocol/js/drop.js";
import { b64, canonical, fingerprint, hex, join, unb64, unhex, utf8 } from "../../protocol/js/encoding.js";
import { openEpochKey } from "../../protocol/js/epoch.js";
import { readJpeg, requireBare } from "../../protocol/js/jpeg.js";
import { CHUNK, LEGAL_BYTES } from "../../protocol/js/limits.js";
import { holdsAt, openNotice } from "../../protocol/js/notice.js";
import { Policy } from "../../protocol/js/policy.js";
import { openPublication } from "../../protocol/js/publication.js";
import { openQuestion } from "../../protocol/js/question.js";
import { openSet } from "../../protocol/js/recipients.js";
import { Bundle, Release, check } from "../../protocol/js/release.js";
import { openReply } from "../../protocol/js/reply.js";
import { openRoster } from "../../protocol/js/roster.js";
import { Signed } from "../../protocol/js/signed.js";
import { Slip } from "../../protocol/js/slip.js";
import { state } from "../../protocol/js/state.js";
import { checkStay, openStay, stayedAt } from "../../protocol/js/stay.js";
import { decodeTip } from "../../protocol/js/tip.js";
import { Trail } from "../../protocol/js/trail.js";
import { openVault } from "../../protocol/js/vault.js";
import { argon2id } from "../../verifier/page/argon2id.js";

/** @typedef {Record<string, any>} Fields */
/** @typedef {import("../../protocol/js/state.js").Message} Message */

/** @param {any} value */
function dataOf(value) {
  if (value instanceof Uint8Array) return value;
  return typeof value === "string" ? utf8(value) : canonical(value);
}

/** @param {any} value */
export const signedOf = (value) => (value instanceof Uint8Array ? Signed.decode(value) : Signed.of(value));

/** @param {Fields} fields */
const policyOf = (fields) => Policy.decode(dataOf(fields.policy));

/** @param {Fields} fields */
export function rosterOf(fields) {
  const chain = (fields.links ?? []).map(signedOf);
  return openRoster(signedOf(fields.roster), chain, policyOf(fields));
}

/** @param {Fields} fields @param {import("../../protocol/js/roster.js").Roster} roster */
function staysOf({ stays = [] }, roster) {
  return stays.map((/** @type {any} */ one) => openStay(signedOf(one), roster));
}

/** @param {Fields} fields */
function knowledgeOf(fields) {
  const stays = fields.stays?.length > 0 ? staysOf(fields, rosterOf(fields)) : [];
  return { stays, revoked: new Map(Object.entries(fields.revoked ?? {})) };
}

/** @param {Fields} fields */
function policy(fields) {
  const { network, mode, roots, keys, organisations, cosigners, strict } = policyOf(fields);
  return { network, mode, roots: roots.value(), demands: [keys, organisations, cosigners, strict] };
}

/** @param {Fields} fields */
function roster(fields) {
  const one = rosterOf(fields);
  one.requireCurrent(fields.now);
  return {
    name: one.name,
    number: one.number,
    quorum: [one.keys, one.organisationsNeeded],
    desks: new Map([...one.desks].map(([id, { minimum, zones }]) => [id, [minimum, ...zones]])),
    verifiers: new Map(
      [...one.verifiers].map(([id, { org, desk, roles, certifiedUntil, revokedAt }]) => [
        id,
        [org, desk, [...roles].sort(), certifiedUntil, revokedAt],
      ]),
    ),
    attorneys: one.attorneys().map(({ id }) => id),
    cosigners: [...one.cosigners.keys()].sort(),
  };
}

/** @param {Fields} fields */
function epochKey(fields) {
  const one = openEpochKey(signedOf(fields.key), rosterOf(fields));
  return { ...one, age: one.age.slice(0, 20) };
}

/** @param {import("../../protocol/js/recipients.js").RecipientSet} set */
function plainSet({ name, desk, epoch, number, previous, members, recipients }) {
  return { name, desk, epoch, number, previous, members, recipients: recipients.map((age) => age.slice(0, 20)) };
}

/** @param {Fields} fields */
function recipientSet(fields) {
  const opened = rosterOf(fields);
  const stayed = stayedAt(staysOf(fields, opened), fields.now);
  return plainSet(openSet(signedOf(fields.set), fields.keys.map(signedOf), opened, stayed));
}

/** @param {Fields} fields */
const stay = (fields) => ({ ...openStay(signedOf(fields.stay), rosterOf(fields)) });

/** @param {Fields} fields */
const carriedStay = (fields) => ({ ...checkStay(dataOf(fields.bundle), policyOf(fields)) });

/** @param {Fields} fields */
function notice(fields) {
  const opened = rosterOf(fields);
  const one = openNotice(signedOf(fields.notice), opened, stayedAt(staysOf(fields, opened), fields.now));
  return { ...one, holds: holdsAt(one, fields.now) };
}

/** @param {any} fields */
async function publication(fields) {
  const one = await openPublication(dataOf(fields.publication), policyOf(fields), fields.now);
  return {
    roster: one.roster.name,
    attorneys: one.attorneys.map((age) => age.slice(0, 20)),
    sets: new Map([...one.sets].map(([desk, held]) => [desk, plainSet(held)])),
    zone: fields.zone === undefined ? null : one.setForZone(fields.zone).name,
    ...(one.notices.size === 0 ? {} : { notices: one.notices }),
  };
}

/** @param {Fields} fields */
async function tip(fields) {
  const header = { legal: b64(new Uint8Array(LEGAL_BYTES)), ...fields.header };
  const text = canonical(header);
  const plain = new Uint8Array(fields.bucket);
  const magic = utf8(fields.magic ?? "sereno1\0");
  plain.set(magic);
  new DataView(plain.buffer).setUint32(magic.length, fields.length ?? text.length);
  plain.set(text, magic.length + 4);
  plain.set(utf8(fields.body ?? ""), CHUNK);
  for (const [offset, byte] of fields.put ?? []) plain[offset] = byte;
  const one = await decodeTip(plain);
  const files = one.files.map(({ type, turn, data }) => [type, turn, hex(data)]);
  return { id: one.id, day: one.day, tip: one.header.tip, files };
}

/** @param {Fields} fields */
async function vault(fields) {
  const { network, verifier, seed, key } = await openVault(dataOf(fields.file), fields.passphrase, undefined, argon2id);
  return { network, verifier, seed: hex(seed), key: hex(key) };
}

/** @param {Fields} fields */
async function code(fields) {
  const data = decodeCode(fields.words);
  const found = { code: hex(data), words: encodeCode(data) };
  if (fields.network === undefined) return found;
  const thread = await deriveThread(data, fields.network);
  return { ...found, age: thread.age.encode(), seed: hex(thread.seed), ed25519: thread.value().ed25519 };
}

/** @param {Fields} fields */
function alert(fields) {
  const one = readAlert(signedOf(fields.alert));
  const { name, kind, isStop, revision, issued, first, expires, lapses, supersedes } = one;
  const times = [issued, first, expires, lapses];
  return { name, kind, isStop, revision, class: one.class, times, supersedes, fields: one.fields };
}

/** @param {Fields} fields */
function bundle(fields) {
  const one = check(dataOf(fields.bundle), policyOf(fields), fields.now, knowledgeOf(fields));
  return {
    made: one instanceof Release ? "Release" : "Stop",
    alert: one.alert.name,
    voices: one.voices.verifiers.map(({ id }) => id),
    organisations: [...one.voices.organisations].sort(),
    hasLead: one.voices.hasLead,
    index: one.logged?.index,
    witnessed: one.logged?.witnessed,
    answers: [...one.answers].sort(),
  };
}

/** @param {Fields} fields @returns {Message[]} */
function messagesOf(fields) {
  const opened = policyOf(fields);
  return fields.chain.map((/** @type {string} */ name) => check(dataOf(fields.messages[name]), opened, fields.checked));
}

/** @param {Fields} fields */
function chainState(fields) {
  const { word, cause, since, head } = state(messagesOf(fields), fields.now);
  return { word, cause, since, head: head.alert.name };
}

/** @param {Fields} fields */
function chain(fields) {
  const signed = signedOf(fields.alert);
  const signers = signed.signatures.map(({ keyid }) => keyid);
  requireFits(readAlert(signed), signers, messagesOf(fields), fields.now);
  return "fits";
}

/** @param {Fields} fields */
function slip(fields) {
  const found = Slip.find(fields.address);
  if (found === null) return null;
  const bundle = found.bundle([Trail.decode(dataOf(fields.trail))]);
  if (hex(Slip.of(Bundle.decode(bundle)).encode()) !== hex(found.encode())) throw new Error("It is another slip.");
  return { bundle: fingerprint(bundle), address: found.address("https://alerts.example.org") };
}

/** @param {Fields} fields */
async function photo(fields) {
  const data = unhex(fields.hex);
  const one = await (fields.bare ? requireBare(data) : readJpeg(data));
  return { size: [one.width, one.height], turn: one.turn, bare: hex(one.bare) };
}

/** @param {Fields} fields */
function question(fields) {
  const roster = rosterOf(fields);
  const stayed = stayedAt(staysOf(fields, roster), fields.now);
  return { ...openQuestion(signedOf(fields.question), roster, fields.thread, fields.now, stayed) };
}

/** @param {Fields} fields */
const reply = (fields) => ({ ...openReply(fields.header) });

/** @param {Fields} fields */
async function cell(fields) {
  const data = unb64(fields.cell);
  for (const [offset, byte] of fields.put ?? []) data[offset] = byte;
  const found = await openCell(data.slice(0, fields.length ?? data.length), new Identity(unhex(fields.seed)));
  return found === null ? null : found.value();
}

/** @param {Fields} fields */
async function drop(fields) {
  const one = unb64(fields.cell);
  const file = join(...fields.last.map((/** @type {number} */ last) => join(one.slice(0, -1), Uint8Array.of(last))));
  const cells = await decodeDrop(file.slice(0, file.length - (fields.cut ?? 0)));
  return [cells.length, cells.reduce((sum, each) => sum + each[each.length - 1], 0)];
}

/** @type {Map<string, (fields: Fields) => any>} */
const NOUNS = new Map(
  Object.entries({
    policy,
    roster,
    "epoch-key": epochKey,
    set: recipientSet,
    stay,
    "stay-bundle": carriedStay,
    notice,
    publication,
    tip,
    photo,
    vault,
    code,
    question,
    reply,
    cell,
    drop,
    alert,
    bundle,
    state: chainState,
    chain,
    slip,
    "decoded-bundle": (/** @type {Fields} */ fields) => Bundle.decode(dataOf(fields.bundle)).encode(),
  }),
);

/** @param {string} noun @param {Fields} fields */
export function answer(noun, fields) {
  const act = NOUNS.get(noun);
  if (act === undefined) throw new Error(`Nobody asks about a ${noun}.`);
  return act(fields);
}
