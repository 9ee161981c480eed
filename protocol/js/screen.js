/**
 * The privacy screen: what must not, and what should not, stand in words that strangers will read.  SPEC 11.
 *
 * It runs on free text and place words in both signers' browsers and again at the gate.  A screen misses misspelt
 * names; the second human is the control.  Both languages find the same: text is first folded to ASCII by a table of
 * our own, and patterns use nothing that a Unicode library or a locale would change.
 *
 * Pure: reads no clock, touches no store.
 */
import { LANGUAGES } from "./diction.js";
import { byCodePoint, codePoints } from "./encoding.js";
import { Refused } from "./errors.js";
import { MINUTE } from "./limits.js";
import { BLOCK, LOWER_CASE, RULES, SAYS, WARN, WITHOUT_NUMBER } from "./patterns.js";
import { atOnce } from "./steps.js";

/**
 * What a rule found in code points `start` to `end` (not included).
 *
 * `level` is "block" or "warn".  `rewrite` is a safe text to stand there instead: "" where the span is simply left
 * out, null where only a person can say it better.
 * @typedef {Readonly<{
 *   start: number, end: number, rule: string, level: "block" | "warn", rewrite: string | null,
 * }>} Hit
 */
/**
 * What the screen asks of an alert that `alert.readAlert` gave.
 * @typedef {Readonly<{isStop: boolean, issued: number, fields: Readonly<Record<string, any>>}>} Alert
 */

export const OLD = 60 * MINUTE;

const ACCENTED = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿªº‘’ʼ“”–—−‐‑‒";
const PLAIN = "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyyao'''\"\"------";
const FOLDED = new Map(Array.from(ACCENTED, (char, index) => [char, PLAIN[index]]));
/** Any character that no rule speaks of; no part of a word. */
const OTHER = "~";
/** Each rule's expression, made when it is first looked for.  @type {Map<import("./patterns.js").Rule, RegExp>} */
const MADE = new Map();
const NUMBER = /#?\b[0-9]+[A-Za-z]?\b */g;

/**
 * The text in ASCII, and for each of its characters the code point that it stands for.
 *
 * Accents fall, full-width and Arabic digits become ASCII ones, what joins or has no width is left out, and every
 * other character becomes `~`.
 * @param {string} text @returns {{folded: string, origin: number[]}}
 */
export function fold(text) {
  let folded = "";
  /** @type {number[]} */
  const origin = [];
  for (const [index, char] of codePoints(text).entries()) {
    const one = foldOne(String.fromCodePoint(char), char);
    if (one === "") continue;
    folded += one;
    origin.push(index);
  }
  return { folded, origin };
}

/** @param {string} char @param {number} code @returns {string} */
function foldOne(char, code) {
  const within = (/** @type {number} */ low, /** @type {number} */ high) => code >= low && code <= high;
  if (within(0x20, 0x7e)) return char;
  if ([0x09, 0x0a, 0x0d, 0xa0, 0x202f, 0x205f, 0x3000].includes(code) || within(0x2000, 0x200a)) return " ";
  if (within(0x300, 0x36f) || within(0x200b, 0x200f) || [0xad, 0x2060, 0xfeff].includes(code)) return "";
  if (within(0xff01, 0xff5e)) return String.fromCharCode(code - 0xfee0);
  for (const zero of [0x660, 0x6f0]) if (within(zero, zero + 9)) return String(code - zero);
  return FOLDED.get(char) ?? OTHER;
}

/**
 * What the rules find in `text`, in the order of places.
 *
 * Every list holds in every language; `language` (a tag such as es) only tells whether it has lists of its own.
 * @param {string} text @param {string} language @returns {Hit[]}
 */
export function screenText(text, language) {
  return atOnce(screenSteps(text, language));
}

/**
 * `screenText` in slices: a pause after each rule.  The first time takes a slow phone a tenth of a second.
 * @param {string} text @param {string} language @returns {import("./steps.js").Steps<Hit[]>}
 */
export function* screenSteps(text, language) {
  const { folded, origin } = fold(text);
  const lower = folded.toLowerCase();
  const length = codePoints(text).length;
  /** @type {Map<string, Hit>} */
  const hits = new Map();
  const keep = (/** @type {Hit} */ hit) => hits.set(JSON.stringify(hit), hit);
  for (const rule of RULES) {
    for (const match of (rule.cased ? folded : lower).matchAll(expressionOf(rule))) {
      keep(hitOf(rule, match.index, match[0].length, folded, [...origin, length]));
    }
    yield;
  }
  if (!LANGUAGES.includes(language.split("-")[0])) {
    keep({ start: 0, end: length, rule: "language", level: WARN, rewrite: null });
  }
  return [...hits.values()].sort((a, b) => a.start - b.start || a.end - b.end || byCodePoint(a.rule, b.rule));
}

/** @param {import("./patterns.js").Rule} rule @returns {RegExp} */
function expressionOf(rule) {
  const known = MADE.get(rule);
  if (known !== undefined) return known;
  const made = new RegExp(rule.pattern, "g");
  MADE.set(rule, made);
  return made;
}

/**
 * @param {import("./patterns.js").Rule} rule @param {number} at @param {number} length @param {string} folded
 * @param {number[]} origin @returns {Hit}
 */
function hitOf({ name, level, rewrite }, at, length, folded, origin) {
  const said = folded.slice(at, at + length);
  let instead = rewrite;
  if (rewrite === WITHOUT_NUMBER) instead = said.replace(NUMBER, "").replace(/^ +| +$/g, "");
  if (rewrite === LOWER_CASE) instead = said.toLowerCase();
  return Object.freeze({ start: origin[at], end: origin[at + length], rule: name, level, rewrite: instead });
}

/**
 * Throw Refused("privacy") for the first thing in `text` that is blocked; warnings are for people to weigh.
 * @param {string} text @param {string} language
 */
export function requireClean(text, language) {
  const hit = screenText(text, language).find(({ level }) => level === BLOCK);
  if (hit !== undefined) throw refusal("The text", hit, text);
}

/**
 * What is found in an alert by the path of its field, in the order of fields; stops have no free text.
 * @param {Alert} alert @returns {Map<string, readonly Hit[]>}
 */
export function screenAlert({ isStop, issued, fields }) {
  /** @type {Map<string, readonly Hit[]>} */
  const found = new Map();
  if (isStop) return found;
  const lacking = (/** @type {any} */ value) => !value || value.length === 0;
  /** @param {string} rule @param {"block" | "warn"} level @returns {Hit[]} */
  const whole = (rule, level) => [{ start: 0, end: 0, rule, level, rewrite: null }];
  for (const [rule, name] of [["expiry", "expires"], ["rights", "rights"], ["source", "basis"]]) {
    if (lacking(fields[name])) found.set(name, whole(rule, BLOCK));
  }
  if (issued - fields.seen > OLD) found.set("seen", whole("old", WARN));
  for (const language of Object.keys(fields.free).sort(byCodePoint)) {
    const hits = screenText(fields.free[language], language);
    if (hits.length > 0) found.set(`free.${language}`, hits);
  }
  return found;
}

/** Throw Refused("privacy") for the first thing in an alert that is blocked.  @param {Alert} alert */
export function requireCleanAlert(alert) {
  for (const [path, hits] of screenAlert(alert)) {
    const hit = hits.find(({ level }) => level === BLOCK);
    if (hit !== undefined) throw refusal(path, hit, alert.fields.free[path.replace("free.", "")] ?? "");
  }
}

/** @param {string} where @param {Hit} hit @param {string} text @returns {Refused} */
function refusal(where, { start, end, rule, rewrite }, text) {
  const span = String.fromCodePoint(...codePoints(text).slice(start, Math.min(end, start + 40)));
  const said = end > 0 ? ` ("${span}")` : "";
  const mend = rewrite === null ? "" : rewrite === "" ? " Leave it out." : ` Say "${rewrite}" instead.`;
  return new Refused("privacy", `${where} has ${SAYS[rule]}${said}, which strangers must not read.${mend}`);
}
