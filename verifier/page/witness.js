/**
 * The witness's side of a case: which threads its tips left, what they were asked and answered, who took a tip back.
 * SPEC 6.5, 6.7.  Worked out on this device, from what was opened here; the server knows of no thread.
 */
import { fingerprint } from "../../protocol/js/encoding.js";
import { sealCell } from "../../protocol/js/drop.js";
import { signQuestion, threadName } from "../../protocol/js/question.js";
import { clock } from "./clock.js";
import { randomId } from "./moving.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./caseload.js").Caseload} Caseload */
/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("../../protocol/js/reply.js").Reply} Reply */
/** @typedef {import("../../protocol/js/tip.js").ThreadValue} ThreadValue */
/** @typedef {Readonly<{thread: string, question: string, cell: string}>} CellNames */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** @param {TipEntry} entry @returns {Reply | null} what it answers or takes back; null of a tip, or while it is sealed */
export const replyIn = (entry) => entry.tip?.reply ?? null;

/** @param {TipEntry} entry @returns {string} the name of the thread that a tip left or a reply comes from, "" for none */
export function threadOf({ tip }) {
  return tip?.header.thread === undefined ? "" : threadName(tip.header.thread);
}

/** @param {Caseload} load @param {CaseFile} file @returns {TipEntry[]} what is in a case and open on this device */
function entriesOf(load, file) {
  return file.tips.flatMap(({ id }) => load.tips.get(id) ?? []).filter(({ tip }) => tip !== null);
}

/** @param {Caseload} load @param {CaseFile} file @returns {Map<string, ThreadValue>} its tips' threads, by name */
export function threadsOf(load, file) {
  /** @type {Map<string, ThreadValue>} */
  const found = new Map();
  for (const { tip } of entriesOf(load, file)) {
    if (tip?.header.thread !== undefined) found.set(threadName(tip.header.thread), tip.header.thread);
  }
  return found;
}

/** @param {Caseload} load @param {CaseFile} file @returns {TipEntry[]} the answers and withdrawals that were put to it */
export function repliesOf(load, file) {
  return entriesOf(load, file).filter((entry) => replyIn(entry) !== null);
}

/** @param {Caseload} load @param {TipEntry} entry a reply @returns {CaseFile | null} the open case that it is about */
export function caseOfReply(load, entry) {
  const name = threadOf(entry);
  return [...load.cases.values()].find((file) => threadsOf(load, file).has(name)) ?? null;
}

/** @param {Caseload} load @returns {Set<string>} the threads whose tips were taken back */
export function takenBack(load) {
  const all = [...load.tips.values()].filter((entry) => replyIn(entry)?.kind === "withdrawal");
  return new Set(all.map(threadOf));
}

/** @param {Caseload} load @param {CaseFile} file @returns {boolean} whether every tip of it was taken back */
export function isAllTakenBack(load, file) {
  const [gone, tips] = [takenBack(load), entriesOf(load, file).filter((entry) => replyIn(entry) === null)];
  return tips.length > 0 && tips.every((entry) => gone.has(threadOf(entry)));
}

/** @param {CaseFile} file @returns {{words: string, minute: number, cells: readonly CellNames[]}[]} what was asked */
export function askedIn(file) {
  return file.entries.flatMap(({ part }) => {
    return part?.asked === undefined ? [] : [{ words: part.asked.words, minute: part.minute, cells: part.asked.cells }];
  });
}

/** @param {Caseload} load @param {CaseFile} file @returns {Map<string, ThreadValue>} who may be asked their one question */
export function askable(load, file) {
  const [asked, gone] = [new Set(askedIn(file).flatMap(({ cells }) => cells.map(({ thread }) => thread))), takenBack(load)];
  return new Map([...threadsOf(load, file)].filter(([name]) => !asked.has(name) && !gone.has(name)));
}

/** @param {Caseload} load @param {CaseFile} file @returns {Reply[]} the answers that a finding may rest on */
export function answersOf(load, file) {
  const gone = takenBack(load);
  const all = repliesOf(load, file).flatMap((entry) => replyIn(entry) ?? []);
  return all.filter(({ kind, thread }) => kind === "answer" && !gone.has(thread));
}

/** @param {CaseFile} file @param {Reply} reply @returns {string} what it answers, "" where that was not asked in this case */
export function questionOf(file, reply) {
  const found = askedIn(file).find(({ cells }) => cells.some(({ question }) => question === reply.question));
  return found?.words ?? "";
}

/**
 * Sign a question, or how it ended, for each of these threads, and seal it into a cell.  Throws Refused("shape" | "text").
 * @param {Session} session @param {Iterable<ThreadValue>} threads
 * @param {Readonly<{words: string} | {ending: string}>} said
 * @returns {Promise<{names: CellNames[], cells: Bytes[]}>} the names for the event's sealed part, and the cells
 */
export async function sealCells(session, threads, said) {
  const { vault, baked } = session;
  /** @type {CellNames[]} */
  const names = [];
  /** @type {Bytes[]} */
  const cells = [];
  for (const thread of threads) {
    /** @type {import("../../protocol/js/question.js").QuestionValue} */
    const value = {
      ...{ v: 1, network: baked.policy.network, thread: threadName(thread), nonce: randomId(), issued: clock() },
      ...said,
    };
    const signed = signQuestion(value, vault.verifier, vault.seed);
    const cell = await sealCell(signed, thread.age);
    names.push({ thread: value.thread, question: signed.message(), cell: fingerprint(cell) });
    cells.push(cell);
  }
  return { names, cells };
}
