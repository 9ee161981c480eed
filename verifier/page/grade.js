/**
 * Grades: who says it and what they say, scored apart (Admiralty).  For the desk only; readers see the six words.
 */
import { el } from "./dom.js";
import { list } from "./field.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */
/** @typedef {{source: string, information: number}} Grade */

/** @param {Desk} desk @returns {Readonly<Record<string, string>>} */
function sources({ words: { t } }) {
  return {
    F: t("F can't be judged (an anonymous witness stays F)"),
    A: t("A always reliable"),
    B: t("B usually reliable"),
    C: t("C fairly reliable"),
    D: t("D not usually reliable"),
    E: t("E unreliable"),
  };
}

/** @param {Desk} desk @returns {readonly string[]} from 1 */
function informations({ words: { t } }) {
  return [
    t("1 confirmed by others"),
    t("2 probably true"),
    t("3 possibly true"),
    t("4 doubtful"),
    t("5 improbable"),
    t("6 can't be judged"),
  ];
}

/** @param {Desk} desk @param {Values} values @param {string} legend @returns {HTMLElement} */
export function graded(desk, values, legend) {
  const { t } = desk.words;
  /** @type {[string, string][]} */
  const none = [["", t("Choose")]];
  const second = informations(desk).map((words, index) => /** @type {[string, string]} */ ([String(index + 1), words]));
  return el(
    "fieldset",
    { class: "field grade" },
    el("legend", {}, legend),
    list(values, "grade-source", t("The source"), [...none, ...Object.entries(sources(desk))]),
    list(values, "grade-information", t("What it says"), [...none, ...second]),
  );
}

/** @param {Values} values @returns {Grade | null} null while one is not chosen */
export function readGrade(values) {
  const [source, information] = [values["grade-source"], Number(values["grade-information"])];
  return source && information ? { source, information } : null;
}

/** @param {Desk} desk @param {Grade} grade @returns {string} */
export function gradeWords(desk, { source, information }) {
  return `${sources(desk)[source]} · ${informations(desk)[information - 1]}`;
}
