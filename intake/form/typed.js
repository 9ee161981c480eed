/**
 * Typed: eight words, one to a field, each held against the list as soon as it is whole.
 */
import { CODE_WORDS, decodeCode } from "../../protocol/js/codename.js";
import { Refused } from "../../protocol/js/errors.js";
import { nearest, wordsOf } from "../../protocol/js/phrase.js";
import { WORDS } from "../../protocol/js/wordlist.js";
import { part } from "./page.js";

/** @typedef {import("./page.js").Words} Words */

const ACCENTS = /[\u0300-\u036f]/g;
const LONGEST = 20; // Letters of a word that are looked at.
const KNOWN = /* @__PURE__ */ new Set(WORDS);

/** @returns {HTMLInputElement[]} the eight fields */
const fields = () => [...part("back-words").querySelectorAll("input")];

/** @param {string} text @returns {string[]} its words as the list spells them */
const spelled = (text) => wordsOf(text.normalize("NFKD").replace(ACCENTS, ""));

/** @param {HTMLInputElement} field @param {Words} words @returns {HTMLElement} what is wrong, and how to mend it */
function hintOf(field, words) {
  const { t } = words;
  const word = [...spelled(field.value).join("")].slice(0, LONGEST).join("");
  const near = nearest(word, WORDS);
  const item = document.createElement("li");
  const text = document.createElement("span");
  text.textContent = t("That word is not in the list: {word}. Did you mean {near}?", { word, near });
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = t("Say “{instead}”", { instead: near });
  button.addEventListener("click", () => {
    field.value = near;
    look(words);
    (fields().find(({ value }) => value === "") ?? part("back-look")).focus();
  });
  item.append(text, button);
  return item;
}

/** @param {HTMLInputElement} field @returns {boolean} whether a word stands in it that no code has */
const isStrange = (field) => spelled(field.value).some((word) => !KNOWN.has(word)) || spelled(field.value).length > 1;

/** Hold what was typed against the list.  @param {Words} words @returns {HTMLInputElement[]} what is not in it */
function look(words) {
  const all = fields();
  const strange = all.filter((field) => field !== document.activeElement || field.value.endsWith(" ")).filter(isStrange);
  for (const one of all) {
    if (strange.includes(one)) one.setAttribute("aria-invalid", "true");
    else one.removeAttribute("aria-invalid");
  }
  // Left as they are where nothing changed: a tap on a hint takes the focus from the field first.
  const key = strange.map((field) => `${all.indexOf(field)} ${field.value}`).join();
  const list = part("back-hints");
  if (key !== list.dataset.key) list.replaceChildren(...strange.map((field) => hintOf(field, words)));
  list.dataset.key = key;
  return strange;
}

/**
 * The code that stands there, or null: what is missing is then said, and the first such field has the focus.
 * @param {Words} words @returns {Uint8Array | null}
 */
export function readCode(words) {
  const open = fields().filter(({ value }) => value.trim() === "");
  part("back-fault").textContent =
    open.length === 0
      ? ""
      : words.tn("A code has eight words: {n} is missing.", "A code has eight words: {n} are missing.", open.length);
  /** @type {HTMLElement | null} */ (document.activeElement)?.blur();
  const [first] = [...look(words), ...open];
  if (first !== undefined) {
    first.focus();
    return null;
  }
  try {
    return decodeCode(fields().map(({ value }) => value).join(" "));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    part("back-fault").textContent = error.sentence;
    return null;
  }
}

/** Listen to the fields: a whole code may be pasted into any of them.  @param {Words} words */
export function listenToCode(words) {
  const all = fields();
  all.forEach((field, index) => {
    field.addEventListener("input", () => {
      const several = spelled(field.value);
      if (several.length > 1) {
        const start = several.length === CODE_WORDS ? 0 : index;
        several.forEach((word, offset) => {
          const there = all[start + offset];
          if (there !== undefined) there.value = word;
        });
        all[Math.min(start + several.length, CODE_WORDS) - 1].focus();
      } else if (/\s$/u.test(field.value) && !isStrange(field)) {
        field.value = field.value.trim();
        all[index + 1]?.focus();
      }
      if (field.hasAttribute("aria-invalid") || several.length > 1) look(words);
    });
    field.addEventListener("blur", () => look(words));
  });
}

/** Empty the fields. */
export function wipeCode() {
  for (const one of fields()) {
    one.value = "";
    one.removeAttribute("aria-invalid");
  }
  part("back-hints").replaceChildren();
  part("back-hints").dataset.key = "";
  part("back-fault").textContent = "";
}
