/**
 * Case files: a case as this desk reads it, every event checked and its sealed part opened.  SPEC 9.
 */
import { caseOf } from "../../protocol/js/case.js";
import { unb64 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { NOTHING, openEvent } from "../../protocol/js/event.js";
import { missing } from "../../protocol/js/evidence.js";
import { MINUTE } from "../../protocol/js/limits.js";
import { readPart, requireDigest } from "../../protocol/js/part.js";
import { Signed } from "../../protocol/js/signed.js";
import { clock } from "./clock.js";

/** @typedef {import("../../protocol/js/case.js").Case} Case */
/** @typedef {import("../../protocol/js/event.js").Event} Event */
/** @typedef {import("../../protocol/js/evidence.js").Finding} Finding */
/** @typedef {import("../../protocol/js/evidence.js").Missing} Missing */
/** @typedef {import("../../protocol/js/part.js").Part} Part */
/** @typedef {import("./session.js").Session} Session */
/**
 * One event as read.  `part` is null where there is none or it did not open; `refused` then says why.
 * @typedef {Readonly<{event: Event, part: Part | null, refused: string}>} Entry
 */
/**
 * What the server tells of a case without anything being opened.
 * @typedef {Readonly<{id: string, state: string, head: string, length: number, envelopes: string[],
 *   proposal: string | null, proposer: string | null, attested: string[], stale: boolean, before: string | null,
 *   suspenders: string[], urgency: string | null, class: string | null, minute: number | null, chains: string[]}>} Row
 */
/** @typedef {Readonly<{id: string, bucket: number, set: string, epoch: number, size: number}>} TipRow */
/**
 * A case as read.  `broken` says what is wrong with its history, "" if nothing is.
 * @typedef {Readonly<{row: Row, case: Case, entries: readonly Entry[], broken: string, tips: readonly TipRow[],
 *   told: Readonly<{site: boolean, emergency: boolean, audience: "public" | "responders"}>,
 *   conflicted: ReadonlySet<string>}>} CaseFile
 */

/** Events that were opened, by name: a history only grows.  @type {Map<string, Entry>} */
const OPENED = new Map();
const DRAFTS = ["propose", "update", "restore", "retract"];

/** @param {Session} session @param {string} id @returns {Promise<CaseFile>} */
export async function loadCase(session, id) {
  const value = await session.api.get(`/api/cases/${id}`);
  const entries = [];
  let [broken, head] = ["", NOTHING];
  for (const one of value.events) {
    const signed = Signed.of(one.event);
    try {
      const entry = OPENED.get(signed.message()) ?? (await openEntry(session, signed, unb64(one.sealed)));
      if (entry.event.case !== id || entry.event.casePrev !== head) {
        throw new Refused(
          "event_chain",
          `Event ${entry.event.name.slice(0, 16)} does not follow ${head.slice(0, 16)}.`,
        );
      }
      head = entry.event.name;
      entries.push(entry);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      broken = error.sentence;
      break;
    }
  }
  if (broken === "" && head !== value.head) {
    broken = `The history ends at ${head.slice(0, 16)}, not ${value.head.slice(0, 16)}.`;
  }
  const { events: _, tips, told, conflicted, ...row } = value;
  const known = caseOf({ ...row, envelopes: row.envelopes });
  return Object.freeze({ row, case: known, entries, broken, tips, told, conflicted: new Set(conflicted) });
}

/** @param {Session} session @param {Signed} signed @param {Uint8Array<ArrayBuffer>} sealed @returns {Promise<Entry>} */
async function openEntry(session, signed, sealed) {
  const event = openEvent(signed, session.roster);
  if (sealed.length === 0) return keep({ event, part: null, refused: "" });
  requireDigest(sealed, event);
  try {
    return keep({ event, part: readPart(await session.opener.ask("part", { data: sealed }), event), refused: "" });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { event, part: null, refused: error.sentence };
  }
}

/** @param {Entry} entry @returns {Entry} */
function keep(entry) {
  OPENED.set(entry.event.name, entry);
  return entry;
}

/** Forget what was opened: called when the desk is locked. */
export function forgetCases() {
  OPENED.clear();
}

/** @param {CaseFile} file @returns {Entry[]} the findings, oldest first */
export function findingsOf(file) {
  return file.entries.filter(({ event, part }) => event.move === "finding" && part !== null);
}

/** @param {CaseFile} file @returns {Finding[]} those that count for or against */
function counting(file) {
  return findingsOf(file).flatMap(({ part }) => {
    if (part === null || part.says === "over") return [];
    return [{ code: part.basis, at: part.minute * MINUTE, against: part.says === "against", site: part.site === true }];
  });
}

/** @param {CaseFile} file @returns {boolean} whether a finding says that it is over */
export function isFoundOver(file) {
  return findingsOf(file).some(({ part }) => part?.says === "over");
}

/**
 * What the evidence rule of a class still lacks in this case, as anybody at the desk would count it.
 * @param {Session} session @param {CaseFile} file @param {string} name @param {"public" | "responders"} audience
 * @param {{site?: boolean, emergency?: boolean}} [told] what is being told along with it
 * @returns {readonly Missing[]}
 */
export function lacking(session, file, name, audience, told = {}) {
  const here = [...Object.keys(session.network.on_shift), session.me.id];
  const lead = here.some((id) => session.roster.verifiers.get(id)?.roles.has("lead"));
  const site = file.told.site || told.site === true;
  const emergency = file.told.emergency || told.emergency === true;
  return missing(name, counting(file), { audience, lead, site, emergency }, clock());
}

/** @param {CaseFile} file @returns {Entry | null} the proposal that waits for a second key */
export function proposalOf(file) {
  if (file.row.proposal === null) return null;
  const found = file.entries.filter(({ event }) => event.move === file.row.proposal);
  return found.at(-1) ?? null;
}

/** @param {CaseFile} file @returns {any} the fields of the last alert that was drafted here, or null */
export function lastDraft(file) {
  const found = file.entries.filter(
    ({ event, part }) => DRAFTS.includes(event.move) && part?.alert && event.move !== "retract",
  );
  const part = found.at(-1)?.part;
  return part ? JSON.parse(part.alert) : null;
}

/** @param {CaseFile} file @returns {string} who moved it last */
export function holderOf(file) {
  return file.entries.at(-1)?.event.actor ?? "";
}

/** @param {CaseFile} file @returns {number} when it was opened (Unix seconds), 0 where that is sealed to others */
export function beganAt(file) {
  return (file.entries[0]?.part?.minute ?? 0) * MINUTE;
}
