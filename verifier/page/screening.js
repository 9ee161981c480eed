/**
 * Screening: the privacy screen as somebody types, each thing it finds shown where it stands, with a safer wording.
 */
import { iconNode } from "../../look/icon.js";
import { codePoints } from "../../protocol/js/encoding.js";
import { screenText } from "../../protocol/js/screen.js";
import { el, refill } from "./dom.js";
import { button, text } from "./field.js";
import { screenLabels } from "./say.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */
/** @typedef {import("../../protocol/js/screen.js").Hit} Hit */

/**
 * A text that strangers will read, screened while it is typed.
 * @param {Desk} desk @param {Values} values @param {string} name @param {string} label @param {string} language
 * @param {() => void} onchange @returns {HTMLElement}
 */
export function screened(desk, values, name, label, language, onchange) {
  const found = el("div", { id: `${name}-screen`, role: "status", "aria-live": "polite" });
  const look = () => {
    refill(found, hitsOf(desk, values, name, language, redo));
    onchange();
  };
  const typed = text(values, name, label, { lines: 2, most: 140, lang: language, oninput: look });
  const redo = () => {
    /** @type {HTMLTextAreaElement} */ (typed.querySelector("textarea")).value = values[name];
    look();
  };
  refill(found, hitsOf(desk, values, name, language, redo));
  return el("div", { class: "screened" }, typed, found);
}

/** @param {string} text @param {string} language @returns {boolean} whether something in it is blocked */
export function isBlocked(text, language) {
  return screenText(text, language).some(({ level }) => level === "block");
}

/**
 * @param {Desk} desk @param {Values} values @param {string} name @param {string} language @param {() => void} redo
 * @returns {readonly Node[]}
 */
function hitsOf(desk, values, name, language, redo) {
  const said = values[name] ?? "";
  const hits = said === "" ? [] : screenText(said, language);
  if (hits.length === 0) return [];
  return [
    marked(said, hits),
    el("ul", { class: "hits" }, hits.map((hit, index) => hitLine(desk, values, name, hit, index, redo))),
  ];
}

/** @param {string} said @param {readonly Hit[]} hits @returns {Node} the text, what was found in it marked */
function marked(said, hits) {
  const chars = codePoints(said).map((code) => String.fromCodePoint(code));
  /** @type {(Node | string)[]} */
  const out = [];
  let at = 0;
  for (const { start, end, level } of hits) {
    if (start < at) continue;
    out.push(chars.slice(at, start).join(""), el("mark", { class: `hit-${level}` }, chars.slice(start, end).join("")));
    at = end;
  }
  return el("p", { class: "marked" }, out, chars.slice(at).join(""));
}

/**
 * @param {Desk} desk @param {Values} values @param {string} name @param {Hit} hit @param {number} index
 * @param {() => void} redo @returns {Node}
 */
function hitLine(desk, values, name, { start, end, rule, level, rewrite }, index, redo) {
  const { t } = desk.words;
  const chars = codePoints(values[name]).map((code) => String.fromCodePoint(code));
  const said = { what: screenLabels(desk.words)[rule] ?? rule, span: chars.slice(start, end).join("") };
  const stays = t("A stranger learns {what}: “{span}”. It can't be sent so.", said);
  const learns = level === "block" ? stays : t("Look again, it may be {what}: “{span}”.", said);
  const instead = () => {
    const next = chars.slice(0, start).join("") + (rewrite ?? "") + chars.slice(end).join("");
    values[name] = next.replace(/ {2,}/g, " ").trim();
    redo();
  };
  const words = rewrite === "" ? t("Leave it out") : t("Say “{words}”", { words: rewrite ?? "" });
  const mend = rewrite === null ? null : button(words, instead, { id: `${name}-mend-${index}` });
  return el(
    "li",
    { class: `hit hit-${level}` },
    iconNode(level === "block" ? "retracted" : "warning"),
    el("span", {}, learns),
    mend,
  );
}
