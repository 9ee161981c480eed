/**
 * Answers: what stands in the form, as a tip tells it; or which questions are still open.
 */
import { originalsForNobody, wordsForNobody } from "./attorneys.js";
import { choices, chosen, input, part, reveal } from "./page.js";

/** @typedef {import("../../protocol/js/tip.js").Told} Told */
/** @typedef {"caller" | "what" | "where" | "home" | "when" | "seen" | "originals" | "legal" | "day"} Question */

/** In the order of the page: the first open one gets the focus. */
const QUESTIONS = Object.freeze(
  /** @type {const} */ (["caller", "what", "where", "home", "when", "seen", "originals", "legal", "day"]),
);
/** Those that are answered in one field.  @type {Readonly<Partial<Record<Question, string>>>} */
const FIELDS = Object.freeze({ where: "zone", home: "place", originals: "keep-originals", legal: "legal" });

/** @param {string} id @returns {string} what was typed, without what no letter stands for */
function typed(id) {
  return input(id).value.replace(/\p{Surrogate}/gu, "\ufffd").trim();
}

/** A number before a word: what a door has, as well as it can be told without the privacy screen's rules. */
let findsDoor = (/** @type {string} */ words) => /\b\d{1,5}[a-z]?\s+\p{L}{3}/iu.test(words);

/** Look for doors by the privacy screen's own rules, which come later.  @param {(words: string) => boolean} find */
export function lookForDoorsWith(find) {
  findsDoor = find;
}

/** @returns {boolean} whether what was typed would tell a home's door */
function tellsDoor() {
  return input("home").checked && findsDoor(typed("place"));
}

/** @returns {Question[]} the questions that are open, in the order of the page */
function openQuestions() {
  const open = {
    caller: !part("caller-question").hidden && chosen("caller") === "",
    what: chosen("what") === "",
    where: input("zone").value === "",
    home: tellsDoor(),
    when: chosen("when") === "",
    seen: chosen("seen") === "",
    originals: originalsForNobody(),
    legal: wordsForNobody(),
    day: !part("day-question").hidden && chosen("day") === "",
  };
  return QUESTIONS.filter((name) => open[name]);
}

/** @param {Question} name @returns {HTMLElement} where it is answered */
function place(name) {
  const field = FIELDS[name];
  return field === undefined ? choices(name)[0] : input(field);
}

/** Say beside each question whether it is open.  @param {readonly Question[]} open */
function mark(open) {
  for (const name of QUESTIONS) {
    reveal(`${name}-fault`, open.includes(name));
    place(name).toggleAttribute("aria-invalid", false);
    if (open.includes(name) && name in FIELDS) place(name).setAttribute("aria-invalid", "true");
  }
}

/**
 * Look at the questions again; where none was marked before, an open one is not blamed yet.
 * @param {boolean} all whether to mark every open one, and go to the first @returns {number} how many are open
 */
export function review(all) {
  const open = openQuestions();
  mark(all ? open : open.filter((name) => !part(`${name}-fault`).hidden));
  if (all && open.length > 0) goTo(open[0]);
  return open.length;
}

/** Bring a question into sight from its heading on, and its answer under the keys.  @param {Question} name */
function goTo(name) {
  const fault = part(`${name}-fault`);
  const whole = name === "home" ? place(name).closest(".field") : fault.closest("li, .card");
  if (whole instanceof HTMLDetailsElement) whole.open = true;
  whole?.scrollIntoView({ block: "start" });
  place(name).focus({ preventScroll: true });
}

/** @returns {{told: Told, legal: string}} what was told, once no question is open, and what only attorneys read */
export function readAnswers() {
  const [place, words, letters] = [typed("place"), typed("words"), typed("letters")];
  const [choice, marking, minute] = [chosen("when"), chosen("marking"), minuteOf(input("minute").value)];
  const told = {
    what: chosen("what"),
    where: { zone: input("zone").value, ...said("words", place), ...(input("home").checked ? { home: true } : {}) },
    when: { choice, ...(choice === "today" && minute !== null ? { minute } : {}) },
    seen: chosen("seen"),
    ...(marking === "" ? {} : { marking: { kind: marking, ...(marking === "letters" ? said("letters", letters) : {}) } }),
    ...said("officers", chosen("officers")),
    ...said("vehicles", chosen("vehicles")),
    ...said("equipment", chosen("equipment")),
    ...said("words", words),
    ...(part("caller-question").hidden ? {} : said("caller", chosen("caller"))),
  };
  return { told, legal: typed("legal") };
}

/** @param {string} name @param {string} text @returns {Readonly<Record<string, string>>} nothing for an empty text */
function said(name, text) {
  return text === "" ? {} : { [name]: text };
}

/** @param {string} time hh:mm, or anything else @returns {number | null} the minute of the day */
function minuteOf(time) {
  const match = /^([01]\d|2[0-3]):([0-5]\d)/.exec(time);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}

/** @returns {boolean} whether anything was answered or typed */
export function anySaid() {
  const fields = /** @type {HTMLFormElement} */ (part("form")).elements;
  return [...fields].some((one) => {
    if (one instanceof HTMLInputElement && ["radio", "checkbox"].includes(one.type)) return one.checked;
    return "value" in one && !(one instanceof HTMLButtonElement) && one.value !== "";
  });
}

/** Empty everything: what was typed is overwritten before it is let go of, and what was said of it goes too. */
export function wipe() {
  const form = /** @type {HTMLFormElement} */ (part("form"));
  for (const one of form.elements) {
    if (one instanceof HTMLTextAreaElement) one.value = "";
    if (one instanceof HTMLInputElement && !["radio", "checkbox"].includes(one.type)) one.value = "";
  }
  form.reset();
  for (const one of ["place-hints", "words-hints"]) part(one).replaceChildren();
  reveal("day-question", false); // It was answered, or the page was left.
}
