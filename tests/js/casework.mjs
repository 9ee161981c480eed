// Casework, evidence, screen, sign-in and parts asked by plain values: what Python calls snake_case comes as camelCase.
import { FileKey, open } from "../../protocol/js/age.js";
import { caseOf, contextOf } from "../../protocol/js/case.js";
import { nextState } from "../../protocol/js/casework.js";
import { draw } from "../../protocol/js/draw.js";
import { openEvent, signEvent } from "../../protocol/js/event.js";
import { isMet, missing, requireMet, sentence } from "../../protocol/js/evidence.js";
import { DUES, MOVES } from "../../protocol/js/moves.js";
import { decodePart, encodePart, readPart, requireDigest } from "../../protocol/js/part.js";
import { Policy } from "../../protocol/js/policy.js";
import { openRoster } from "../../protocol/js/roster.js";
import { requireCleanAlert, screenAlert } from "../../protocol/js/screen.js";
import { Signed } from "../../protocol/js/signed.js";
import { openSignIn, signIn } from "../../protocol/js/signin.js";

/** @type {Map<string, import("../../protocol/js/roster.js").Roster>} */
const opened = new Map();

/** @param {Uint8Array} policy @param {Uint8Array} roster */
function rosterOf(policy, roster) {
  const name = Buffer.from(roster).toString("base64") + Buffer.from(policy).toString("base64");
  const known = opened.get(name) ?? openRoster(Signed.decode(roster), [], Policy.decode(policy));
  opened.set(name, known);
  return known;
}

/** @param {Uint8Array} policy @param {Uint8Array} roster @param {Uint8Array} data */
export const openedEvent = (policy, roster, data) => openEvent(Signed.decode(data), rosterOf(policy, roster));

/** @param {string[]} fixed @param {Uint8Array} seed @param {any} rest */
export const signedEvent = (fixed, seed, rest) => {
  const [network, caseId, move, actor] = fixed;
  return signEvent(network, caseId, move, actor, seed, rest).encode();
};

const SETS = ["onShift", "stayed", "drawn", "conflicted", "suspendedLately"];

/** @param {any} known @param {Uint8Array} policy @param {Uint8Array} roster */
function contextFrom(known, policy, roster) {
  const sets = Object.fromEntries(SETS.map((name) => [name, new Set(known[name] ?? [])]));
  const target = known.target == null ? null : caseOf(known.target);
  return contextOf({ ...known, ...sets, target, roster: rosterOf(policy, roster) });
}

/** @param {any} before @param {any} event @param {any} context @param {Uint8Array} policy @param {Uint8Array} roster */
export function next(before, event, context, policy, roster) {
  const known = before === null ? null : caseOf(before);
  return nextState(known, event, contextFrom(context, policy, roster));
}

/** @param {string} name @param {any[]} findings @param {any} told @param {number} now */
export function lacks(name, findings, told, now) {
  const found = missing(name, findings, told, now);
  return { found, sentences: found.map(sentence), met: isMet(name, findings, told, now) };
}

/** @param {string} name @param {any[]} findings @param {any} told @param {number} now */
export const mustBeMet = (name, findings, told, now) => requireMet(missing(name, findings, told, now));

/** @param {Uint8Array} policy @param {Uint8Array} roster @param {Uint8Array} data @param {any} rest */
export function signedIn(policy, roster, data, { origin, nonce, now, stayed }) {
  return openSignIn(Signed.decode(data), rosterOf(policy, roster), origin, nonce, now, new Set(stayed));
}

/** @param {string} origin @param {string} network @param {Uint8Array} nonce @param {number} now @param {string} id @param {Uint8Array} seed */
export const signingIn = (origin, network, nonce, now, id, seed) =>
  signIn(origin, network, nonce, now, id, seed).encode();

/** @param {any} alert */
export const screenedAlert = (alert) => screenAlert(alert);

/** @param {any} alert */
export const mustBeClean = (alert) => requireCleanAlert(alert);

/** @param {string} proposal @param {Uint8Array} root @param {any[]} candidates @param {any} proposer @param {string[]} conflicted */
export function drawn(proposal, root, candidates, proposer, conflicted) {
  const people = candidates.map((one) => ({ ...one, roles: new Set(one.roles) }));
  return draw(proposal, root, people, proposer, new Set(conflicted));
}

export const tables = () => ({ moves: MOVES, dues: DUES });

/** @param {any} value */
export const encodedPart = (value) => encodePart(value);

/** @param {Uint8Array} data */
export const decodedPart = (data) => decodePart(data);

/** @param {Uint8Array} data @param {any} event */
export const partOf = (data, event) => readPart(data, event);

/** @param {Uint8Array} sealed @param {any} event */
export const mustBeSealed = (sealed, event) => requireDigest(sealed, event);

/** @param {Uint8Array} sealed @param {Uint8Array} key @param {string | null} digest */
export async function openedByKey(sealed, key, digest) {
  if (digest !== null) requireDigest(sealed, /** @type {any} */ ({ digest }));
  return decodePart(await open(sealed, [new FileKey(key)]));
}
