/**
 * Hints: while a witness types, what in their words could hurt somebody, with what may stand there instead.
 *
 * The rules are those of the privacy screen (SPEC 11) that concern people; a hint stops nobody.
 */
import { put } from "../../look/words.js";
import { BLOCK } from "../../protocol/js/patterns.js";
import { screenSteps, screenText } from "../../protocol/js/screen.js";
import { inSlices } from "../../protocol/js/steps.js";
import { breathe } from "./breathe.js";
import { input, part } from "./page.js";

/** @typedef {import("./page.js").Words} Words */
/** @typedef {import("../../protocol/js/screen.js").Hit} Hit */

/** Milliseconds without a key after which the words are looked at. */
const REST = 250;
const MOST = 3;

/** What would tell the door of a home. */
const DOORS = Object.freeze(["address", "unit"]);

/** Have the rules at hand: looked for the first time, they take a slow phone a tenth of a second. */
export async function makeReady() {
  await inSlices(screenSteps("", "en"), breathe);
}

/** @param {string} words @returns {boolean} whether they would tell a home's door */
export function tellsDoor(words) {
  return screenText(words, "en").some(({ rule, level }) => level === BLOCK && DOORS.includes(rule));
}

/**
 * What was found, "" for a rule that concerns alerts only.
 * @param {string} rule @param {string} span @param {Words} words @returns {string}
 */
function saying(rule, span, { t }) {
  switch (rule) {
    case "phone":
    case "mail":
    case "handle":
      return t("“{span}” looks like a way to reach someone. Please leave it out.", { span });
    case "address":
    case "unit":
      return t("“{span}” looks like a house number. The block or the corner is enough.", { span });
    case "a_number":
    case "ssn":
    case "birth":
      return t("“{span}” looks like someone’s personal data. Please leave it out.", { span });
    case "plate":
      return t("“{span}” looks like a number plate. Please leave it out.", { span });
    case "officer":
    case "name":
      return t("“{span}” looks like a name. Please leave names out.", { span });
    case "people":
      return t("“{span}” says who people are. What they do is enough.", { span });
    default:
      return "";
  }
}

/** What was typed, so that it keeps its own direction.  @param {string} text @param {Words} words @returns {string} */
function apart(text, { dir }) {
  return dir === "rtl" ? `\u2068${text}\u2069` : text;
}

/** @param {Hit} hit @param {string} text @returns {[string, string, string]} before it, the span, after it */
function cut({ start, end }, text) {
  const letters = [...text];
  return [letters.slice(0, start).join(""), letters.slice(start, end).join(""), letters.slice(end).join("")];
}

/** @param {Hit} hit @param {HTMLInputElement} field @param {Words} words @returns {HTMLElement} */
function hintOf(hit, field, words) {
  const [before, span, after] = cut(hit, field.value);
  const item = document.createElement("li");
  const text = document.createElement("span");
  put(text, saying(hit.rule, apart(span.trim(), words), words));
  item.append(text);
  if (hit.rewrite === null) return item;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  put(button, hit.rewrite === "" ? words.t("Take it out") : words.t("Say “{instead}”", { instead: apart(hit.rewrite, words) }));
  button.addEventListener("click", () => {
    field.value = `${before}${hit.rewrite}${after}`.replace(/ {2,}/g, " ").trim();
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  });
  item.append(button);
  return item;
}

/** @param {string} id of a field, whose hints are in `<id>-hints` @param {Words} words */
export function hintAt(id, words) {
  const field = input(id);
  const look = async () => {
    const text = field.value;
    const hits = text === "" ? [] : await inSlices(screenSteps(text, words.lang), breathe);
    if (field.value !== text) return; // Somebody types on, and is looked at again.
    /** @type {Hit[]} */
    const shown = [];
    for (const hit of hits) {
      const overlaps = shown.some(({ end }) => hit.start < end);
      if (!overlaps && saying(hit.rule, "", words) !== "") shown.push(hit);
    }
    part(`${id}-hints`).replaceChildren(...shown.slice(0, MOST).map((hit) => hintOf(hit, field, words)));
  };
  void look(); // This script comes after the page: something may stand there already.
  let timer = 0;
  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(look, field.value === "" ? 0 : REST);
  });
}
