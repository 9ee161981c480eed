/**
 * Case files: a case as this desk reads it, every event checked and its sealed part opened.  SPEC 9.
 */
import { caseOf } from "../../protocol/js/case.js";
import { b64, unb64 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { NOTHING, openEvent } from "../../protocol/js/event.js";
import { missing } from "../../protocol/js/evidence.js";
import { MINUTE } from "../../protocol/js/limits.js";
import { readPart, requireDigest } from "../../protocol/js/part.js";
import { Signed } from "../../protocol/js/signed.js";
import { clock } from "./clock.js";
import { addShared } from "./sharing.js";

/** @typedef {import("../../protocol/js/case.js").Case} Case */
/** @typedef {import("../../protocol/js/event.js").Event} Event */
/** @typedef {import("../../protocol/js/evidence.js").Finding} Finding */
/** @typedef {import("../../protocol/js/evidence.js").Missing} Missing */
/** @typedef {import("../../protocol/js/part.js").Part} Part */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {import("./sharing.js").SharedKeys} SharedKeys */
/**
 * One event as read.  `part` is null where there is none or it did not open; `refused` then says why.  `key` is the
 * part's own, in base64, "" where it is not open.
 * @typedef {Readonly<{event: Event, part: Part | null, refused: string, key: string}>} Entry
 */
/**
 * What the server tells of a case without anything being opened.
 * @typedef {Readonly<{id: string, state: string, head: string, length: number, envelopes: string[],
 *   proposal: string | null, proposer: string | null, attested: string[], stale: boolean, before: string | null,
 *   suspenders: string[], urgency: string | null, class: string | null, minute: number | null, chains: string[]}>} Row
 */
/** @typedef {Readonly<{id: string, bucket: number, set: string, epoch: number, size: number}>} TipRow */
/**
 * A case as read.  `broken` says what is wrong with its history, "" if nothing is; `shared` are the keys that were
 * shared for its tips and parts.
 * @typedef {Readonly<{row: Row, case: Case, entries: readonly Entry[], broken: string, tips: readonly TipRow[],
 *   told: Readonly<{site: boolean, emergency: boolean, audience: "public" | "responders"}>,
 *   conflicted: ReadonlySet<string>, shared: SharedKeys}>} CaseFile
 */

/** Events that were opened, by name: a history only grows.  @type {Map<string, Entry>} */
const OPENED = new Map();
const DRAFTS = ["propose", "update", "restore", "retract"];

/** @param {Session} session @param {string} id @returns {Promise<CaseFile>} */
export async function loadCase(session, id) {
  const value = await session.api.get(`/api/cases/${id}`);
  const { events, broken } = readEvents(session, id, value);
  /** @type {Map<string, import("./sharing.js").SharedKey[]>} */
  const shared = new Map();
  /** @type {Entry[]} */
  const entries = [];
  // The newest first: a share comes after what its keys open.
  for (const { event, sealed } of [...events].reverse()) {
    const entry = OPENED.get(event.name) ?? (await openEntry(session, event, sealed, shared.get(event.name) ?? []));
    addShared(shared, entry);
    entries.unshift(entry);
  }
  const { events: _, tips, told, conflicted, ...row } = value;
  const known = caseOf({ ...row, envelopes: row.envelopes });
  return Object.freeze({ row, case: known, entries, broken, tips, told, conflicted: new Set(conflicted), shared });
}

/**
 * A case's events, each checked and after the one before; up to the first that is not, which `broken` tells of.
 * @param {Session} session @param {string} id @param {any} value what the server says
 * @returns {{events: {event: Event, sealed: Bytes}[], broken: string}}
 */
function readEvents(session, id, value) {
  const events = [];
  let head = NOTHING;
  for (const one of value.events) {
    try {
      const signed = Signed.of(one.event);
      const event = OPENED.get(signed.message())?.event ?? openEvent(signed, session.roster);
      const sealed = unb64(one.sealed);
      if (event.case !== id || event.casePrev !== head) {
        throw new Refused("event_chain", `Event ${event.name.slice(0, 16)} does not follow ${head.slice(0, 16)}.`);
      }
      if (sealed.length > 0) requireDigest(sealed, event);
      head = event.name;
      events.push({ event, sealed });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return { events, broken: error.sentence };
    }
  }
  const broken = head === value.head ? "" : `The history ends at ${head.slice(0, 16)}, not ${value.head.slice(0, 16)}.`;
  return { events, broken };
}

/**
 * @param {Session} session @param {Event} event @param {Bytes} sealed
 * @param {readonly import("./sharing.js").SharedKey[]} keys that were shared for it @returns {Promise<Entry>}
 */
async function openEntry(session, event, sealed, keys) {
  if (sealed.length === 0) return keep({ event, part: null, refused: "", key: "" });
  let refused = "";
  for (const one of [{ key: undefined }, ...keys]) {
    try {
      const { data, key } = await session.opener.ask("part", { data: sealed, key: one.key });
      return keep({ event, part: readPart(data, event), refused: "", key: b64(key) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refused = error.sentence;
    }
  }
  return { event, part: null, refused, key: "" };
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

/**
 * @param {CaseFile} file @returns {Set<string> | null} the chains whose alerts were drafted here; null where some draft is
 * sealed to others, and so nobody here can tell
 */
export function draftedIn(file) {
  const found = file.entries.filter(({ event }) => DRAFTS.includes(event.move));
  if (found.some(({ part }) => part === null)) return null;
  return new Set(found.flatMap(({ part }) => (part?.alert ? [JSON.parse(part.alert).id] : [])));
}

/** @param {CaseFile} file @returns {any} the fields of the last alert that was drafted here, or null */
export function lastDraft(file) {
  const found = file.entries.filter(
    ({ event, part }) => DRAFTS.includes(event.move) && part?.alert && event.move !== "retract",
  );
  const part = found.at(-1)?.part;
  return part ? JSON.parse(part.alert) : null;
}

/** @param {CaseFile} file @returns {string[]} the tips that its history names and that are burnt; a merge takes them along */
export function goneFrom(file) {
  if (file.row.state === "merged") return [];
  const here = new Set(file.tips.map(({ id }) => id));
  return [...new Set(file.entries.flatMap(({ event }) => event.envelopes))].filter((id) => !here.has(id));
}

/** @param {CaseFile} file @returns {string} who moved it last; to share it is not to take it over */
export function holderOf(file) {
  return file.entries.filter(({ event }) => event.move !== "share").at(-1)?.event.actor ?? "";
}

/** @param {CaseFile} file @returns {number} when it was opened (Unix seconds), 0 where that is sealed to others */
export function beganAt(file) {
  return (file.entries[0]?.part?.minute ?? 0) * MINUTE;
}
