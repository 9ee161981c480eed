/**
 * Joining: both keys' signatures over a proposal's bytes, what the gate would say of them, and whether it has them.
 */
import { readAlert } from "../../protocol/js/alert.js";
import { requireFits } from "../../protocol/js/chain.js";
import { fingerprint, unb64, utf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { admit, requireTimely } from "../../protocol/js/release.js";
import { requireCleanAlert } from "../../protocol/js/screen.js";
import { Signed } from "../../protocol/js/signed.js";
import { requireUnstayed } from "../../protocol/js/stay.js";
import { proposalOf } from "./casefile.js";
import { clock } from "./clock.js";
import { known } from "./lenient.js";
import { makeMove } from "./moving.js";
import { signAlert } from "./standing.js";

/** @typedef {import("../../protocol/js/part.js").Part} Part */
/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./caseload.js").Caseload} Caseload */
/** @typedef {import("./session.js").Session} Session */
/**
 * Where a proposal is that two keys have signed: with the gate, owed to it, refused by it, or too late for it.  `held`
 * says whether the chain has that message.
 * @typedef {Readonly<{state: "with" | "owed" | "refused" | "late", held: boolean, sentence: string}>} AtGate
 */

/** Seconds that the move and the message may take on their way: what is signed has to arrive in time too. */
const ON_THE_WAY = 10;

/** @param {Part} part a draft's @returns {string} the name of the message that its bytes are */
export const nameOf = (part) => fingerprint(utf8(part.alert));

/** @param {Session} session @returns {number} what the gate's clock says, as far as this page knows */
const gateClock = (session) => clock() + session.skew;

/** @param {Part} part a draft's @returns {Signed} its bytes with the first key's signature, which is not checked yet */
function firstOf(part) {
  const { keyid, sig } = part.signature;
  return new Signed("alert", utf8(part.alert), Object.freeze([Object.freeze({ keyid, sig: unb64(sig, 64) })]));
}

/** @param {Session} session @param {Part} part a draft's @param {number} [ahead] seconds @returns {boolean} */
export function isLate(session, part, ahead = ON_THE_WAY) {
  return known(() => requireTimely(readAlert(firstOf(part)), gateClock(session) + ahead) ?? true).length === 0;
}

/**
 * A proposal's bytes with both signatures.  Throws Refused("signer") where the first is not its proposer's.
 * @param {Session} session @param {CaseFile} file @returns {Signed}
 */
export function joined(session, file) {
  const { event, part } = proposalOf(file) ?? {};
  if (!event || !part?.alert) throw new Refused("move", "There is no proposal here to sign; load the case again.");
  const first = firstOf(part);
  const [signer] = first.check("alert", session.roster.verifierKeys());
  if (signer !== event.actor) {
    throw new Refused("signer", `The draft is signed by ${signer}; ${event.actor} proposed it.`);
  }
  return first.joined(signAlert(session, first.payload));
}

/**
 * Refuse what the gate would refuse, as far as this page can know it.
 *
 * Throws Refused: release_late, alert_times, attestation, quorum, privacy and chain kinds.
 * @param {Session} session @param {Caseload} load @param {Signed} signed @param {number} [ahead] seconds
 */
export function requireTaken(session, load, signed, ahead = 0) {
  const alert = readAlert(signed);
  const [signers, now] = [signed.signatures.map(({ keyid }) => keyid), gateClock(session) + ahead];
  requireTimely(alert, now);
  requireUnstayed(signers, session.stays, now);
  // Of a roster before this one only the server can say who was in it.
  if (alert.roster === session.roster.name) {
    admit(signed, session.roster, session.baked.policy, now, { stays: session.stays });
  }
  const chain = load.chains.get(alert.id);
  if (chain !== undefined) requireFits(alert, signers, chain.checked, now);
  requireCleanAlert(alert);
}

/**
 * Agree to a proposal as its second key, if the gate would take it then.  The message itself is handed over by `Noting`.
 *
 * Throws Refused, Unreached; nothing is written down then, or nobody knows.
 * @param {Session} session @param {Caseload} load @param {CaseFile} file @param {Record<string, unknown>} said
 */
export async function agree(session, load, file, said) {
  requireTaken(session, load, joined(session, file), ON_THE_WAY);
  await makeMove(session, file.row.id, file.row.head, "attest", said);
}

/** @param {Session} session @param {CaseFile} file @returns {boolean} whether this person's signed event agrees to it */
export function isAgreed(session, file) {
  const moves = file.entries.map(({ event }) => event.move);
  const since = file.entries.slice(moves.lastIndexOf(file.row.proposal ?? "") + 1);
  const answered = since.some(({ event }) => ["refuse", "released", "suspend"].includes(event.move));
  return !answered && since.some(({ event }) => event.move === "attest" && event.actor === session.vault.verifier);
}

/** @param {Session} session @param {Caseload} load @param {CaseFile} file @returns {AtGate | null} null of no draft */
export function atGate(session, load, file) {
  const part = proposalOf(file)?.part;
  if (!part?.alert) return null;
  const name = nameOf(part);
  const one = load.chains.get(JSON.parse(part.alert).id)?.messages.find((message) => message.name === name);
  if (one?.state === "refused") return { state: "refused", held: true, sentence: one.sentence ?? "" };
  if (one !== undefined) return { state: "with", held: true, sentence: "" };
  const sentence = load.noting.refusals.get(name);
  if (sentence !== undefined) return { state: "refused", held: false, sentence };
  return { state: isLate(session, part, 0) ? "late" : "owed", held: false, sentence: "" };
}
