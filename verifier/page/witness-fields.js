/**
 * The fields by which a desk asks a witness, writes down what they answered, and tells them how it ended.
 */
import { el } from "./dom.js";
import { list, text } from "./field.js";
import { answersOf, askable, sealCells, takenBack, threadOf, threadsOf } from "./witness.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */
/** @typedef {{part: Record<string, unknown>, cells: readonly Uint8Array<ArrayBuffer>[]}} Sealed */

const MOST = 280;

/** @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {readonly HTMLElement[]} what to ask, if so */
export function questionFields(desk, file, values) {
  const { t, tn } = desk.words;
  if (!values.ways?.includes("question")) return [];
  const { size } = askable(desk.load, file);
  if (size === 0) return [el("p", { class: "hint" }, nobodyToAsk(desk))];
  values.question ??= t("How do you know? What did you see or hear yourself?");
  const whom = tn("It goes to {n} witness who left a way to be asked.", "It goes to {n} witnesses who left a way to be asked.", size);
  const hint = `${whom} ${t("Each can be asked once. They see it when they come back; it stands for three days.")}`;
  return [text(values, "question", t("What do we ask?"), { lines: 3, most: MOST, hint })];
}

/** @param {Desk} desk @returns {string} */
function nobodyToAsk({ words: { t } }) {
  return t("No witness of this case can be asked: none left a way, or all were asked already.");
}

/**
 * What a check by asking needs; a sentence where it can't be.
 * @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {Promise<Sealed | string>}
 */
export async function readQuestion(desk, file, values) {
  const threads = askable(desk.load, file);
  if (threads.size === 0) return nobodyToAsk(desk);
  const words = (values.question ?? "").replace(/\s+/gu, " ").trim();
  if (words === "") return desk.words.t("Write what is to be asked.");
  const { names, cells } = await sealCells(desk.session, threads.values(), { words });
  return { part: { asked: { words, cells: names } }, cells };
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {HTMLElement | null} which answer a D4 rests on */
export function answerField(desk, file, values) {
  const { t } = desk.words;
  if (values.basis !== "D4") return null;
  const answers = answersOf(desk.load, file);
  if (answers.length === 0) return el("p", { class: "hint" }, noAnswer(desk));
  return list(values, "answer", t("Which answer does it rest on?"), answers.map(({ name, words }) => [name, words ?? ""]));
}

/** @param {Desk} desk @returns {string} */
function noAnswer({ words: { t } }) {
  return t("There is no answer in this case that a finding may rest on. Ask the witness first.");
}

/**
 * What a finding owes to the witness: the answer that a D4 rests on; a sentence where it may not be written down.
 * @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {{answer?: string} | string}
 */
export function readAnswer(desk, file, values) {
  if (values.basis === "D2" && onlyTakenBackPhotos(desk, file)) {
    return desk.words.t("The witness took back the only photos of this case; no finding may rest on them.");
  }
  if (values.basis !== "D4") return {};
  const found = answersOf(desk.load, file).find(({ name }) => name === values.answer);
  return found === undefined ? noAnswer(desk) : { answer: found.name };
}

/** @param {Desk} desk @param {CaseFile} file @returns {boolean} */
function onlyTakenBackPhotos(desk, file) {
  const gone = takenBack(desk.load);
  const all = file.tips.flatMap(({ id }) => desk.load.tips.get(id) ?? []).filter(({ tip }) => tip?.header.files.length);
  return all.length > 0 && all.every((one) => gone.has(threadOf(one)));
}

/** @param {Desk} desk @param {CaseFile} file @returns {[string, string][]} what may be told, honestly, of how it ended */
function endings({ words: { t }, load }, file) {
  const gone = takenBack(load);
  const isGone = [...threadsOf(load, file).keys()].some((name) => gone.has(name));
  return [
    ["", t("Nothing")],
    ...(file.row.chains.length > 0 ? [/** @type {[string, string]} */ (["alert-sent", t("Confirmed, and an alert went out")])] : []),
    ["not-immigration", t("Checked: not immigration officers")],
    ["nothing-found", t("Checked: nothing was found there")],
    ["not-checked", t("It could not be checked in time")],
    ...(isGone ? [/** @type {[string, string]} */ (["taken-back", t("They took it back, and we closed it")])] : []),
  ];
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {HTMLElement | null} what the witness is told */
export function endingField(desk, file, values) {
  const { t, tn } = desk.words;
  const { size } = threadsOf(desk.load, file);
  if (size === 0) return null;
  const whom = tn("{n} witness can come back and read it.", "{n} witnesses can come back and read it.", size);
  const hint = `${whom} ${t("Tell them what is so, and no more.")}`;
  return list(values, "ending", t("What do we tell the witness?"), endings(desk, file), { hint });
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {Promise<Sealed>} */
export async function readEnding(desk, file, values) {
  if (!values.ending) return { part: {}, cells: [] };
  const threads = threadsOf(desk.load, file);
  const { names, cells } = await sealCells(desk.session, threads.values(), { ending: values.ending });
  return { part: { told: { ending: values.ending, cells: names } }, cells };
}
