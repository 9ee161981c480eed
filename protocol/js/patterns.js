/**
 * The privacy screen's rules: each a pattern over folded text.  SPEC 11.1.
 *
 * A pattern is one that Python (re.ASCII) and JavaScript (no flag) read alike: no look-behind, no group by name, no
 * class that a Unicode library would widen.  Both languages hold the same strings, and a test compares them.
 *
 * Pure: constants only.
 */
import {
  ACTIONS,
  AGENCIES,
  ALARM,
  BORN,
  COUNTED,
  DRILL,
  EVERYWHERE,
  LANGUAGES,
  LODGING,
  MONTHS,
  PEOPLE,
  PLACE_WORDS,
  SOCIAL,
  STREETS,
  TITLES,
  UNITS,
} from "./diction.js";

/** @typedef {import("./diction.js").Lists} Lists */
/**
 * One pattern.  `cased`: over folded text as it was written, else in lower case.
 *
 * `rewrite` is what may stand there instead: a text ("" leaves the span out), `WITHOUT_NUMBER`, `LOWER_CASE`, or null
 * where only a person can say it better.
 * @typedef {Readonly<{
 *   name: string, level: "block" | "warn", pattern: string, cased: boolean, rewrite: string | null,
 * }>} Rule
 */

export const BLOCK = "block";
export const WARN = "warn";
export const WITHOUT_NUMBER = "<without number>";
export const LOWER_CASE = "<lower case>";

/**
 * The alternatives of every language's list: words may not hide behind another language's name.
 * @param {Lists} lists @returns {string}
 */
function words(lists) {
  const found = LANGUAGES.flatMap((language) => lists[language]);
  return `(?:${found.join("|").replaceAll(" ", " +")})`;
}

/** @param {string} text @returns {string} */
const anyCase = (text) => text.replace(/[a-z]/g, (char) => `[${char.toUpperCase()}${char}]`);

/**
 * @param {string} name @param {"block" | "warn"} level @param {string} pattern @param {string | null} [rewrite]
 * @param {boolean} [cased] @returns {Rule}
 */
function rule(name, level, pattern, rewrite = null, cased = false) {
  return Object.freeze({ name, level, pattern, cased, rewrite });
}

const { raw } = String;
const STREET = words(STREETS);
const COUNT = words(COUNTED);
const NAMED = raw`(?:(?!${COUNT}\b)[a-z0-9'.-]+ +)`;
const SPANISH = `(?:${STREETS.es.join("|")})`;
const TITLE = `(?:${LANGUAGES.flatMap((language) => TITLES[language].map(anyCase)).join("|")})`;
const YEAR = "(?:19|20)[0-9]{2}";
const MONTH = words(MONTHS);
const PLACE = raw`(?!(?:${PLACE_WORDS})\b)`;

/** @type {readonly Rule[]} */
export const RULES = Object.freeze([
  rule("phone", BLOCK, "[+(]{0,2}[0-9](?:[ ().-]{0,3}[0-9]){6,14}", ""),
  rule("mail", BLOCK, raw`[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+`, ""),
  rule(
    "link",
    BLOCK,
    raw`\b(?:https?|ftp|geo|tel|sms|mailto):[^ ]+|\bwww\.[^ ]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.` +
      "(?:com|org|net|info|gov|edu|us|io|me|co|app|link|gg|ly|tv|mx|xyz|biz|site|online|live|chat|gl)" +
      raw`\b(?:/[^ ]*)?`,
    "",
  ),
  rule("address", BLOCK, raw`\b[0-9]{1,6}[a-z]? +${NAMED}{0,3}${STREET}\b`, WITHOUT_NUMBER),
  rule(
    "address",
    BLOCK,
    raw`\b${SPANISH}\.? +${NAMED}{1,4}(?:#|no\.? *|num\.? *|numero +)?[0-9]{1,6}[a-z]?\b(?! *${COUNT}\b)`,
    WITHOUT_NUMBER,
  ),
  rule("unit", BLOCK, raw`\b${words(UNITS)}\.? *(?:#|no\.? *|num\.? *)?[0-9]{1,5}[a-z]?\b|# ?[0-9]{1,5}`, ""),
  rule(
    "a_number",
    BLOCK,
    raw`\ba[- #]{0,2}[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{1,3}\b|\balien +(?:number|no\b|#)`,
    "",
  ),
  rule("ssn", BLOCK, raw`\b[0-9]{3}[- ][0-9]{2}[- ][0-9]{4}\b|\b${words(SOCIAL)}\b`, ""),
  rule(
    "birth",
    BLOCK,
    raw`\b${words(BORN)}\b|\b[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:[0-9]{4}|[0-9]{2})\b` +
      raw`|\b${YEAR}[/.-][0-9]{1,2}[/.-][0-9]{1,2}\b|\b${MONTH}\.? +[0-9]{1,2}(?:st|nd|rd|th)?,? +${YEAR}\b` +
      raw`|\b[0-9]{1,2} +(?:de +)?${MONTH},? +(?:del? +)?${YEAR}\b`,
    "",
  ),
  rule(
    "plate",
    BLOCK,
    raw`\b(?!(?:[0-9]{1,4}(?:am|pm|st|nd|rd|th|mins?|hrs?|ft|km|mph)|[0-9]{1,2}h[0-9]{2}` +
      raw`|(?:i|us|ca|sr|hwy|rt|rte|route|exit|gate|pier|line|bus)[0-9]{1,3})\b)` +
      raw`(?=(?:[a-z]*[0-9]){2})(?=[0-9]*[a-z])[a-z0-9]{5,8}\b`,
    "",
  ),
  rule(
    "plate",
    BLOCK,
    raw`\b(?!(?:HWY|US|SR|RT|RTE|CA|BUS|ICE|CBP|HSI|DHS|ERO)\b)[A-Z]{2,3}[ -][0-9]{3,4}\b` +
      raw`|\b[0-9]{3,4}[ -](?!(?:AM|PM|ICE|CBP|HSI|DHS|ERO|SUV|ST|AVE|RD|DR)\b)[A-Z]{2,3}\b`,
    "",
    true,
  ),
  rule(
    "officer",
    BLOCK,
    raw`\b${TITLE}(?: *[#:] *| +(?:[Nn]o\.? *|[Nn]umber +|[Nn]umero +)?#?)` +
      raw`(?:(?!(?:${AGENCIES})\b)[A-Z](?:[A-Za-z'-]+|\.)|[0-9]{2,})`,
    null,
    true,
  ),
  rule("handle", BLOCK, raw`\B@[a-z0-9_]{2,}`, ""),
  rule(
    "attachment",
    BLOCK,
    raw`\bdata:[a-z]+/[^ ]*|\b[a-z0-9_-]+\.(?:jpe?g|png|gif|webp|heic|mp4|mov|avi|pdf|docx?)\b`,
    "",
  ),
  rule("action", BLOCK, raw`\b${words(ACTIONS)}\b`),
  rule("lodging", BLOCK, raw`\b${words(LODGING)}\b`),
  rule("drill", BLOCK, raw`\b${words(DRILL)}\b`),
  rule("name", WARN, raw`\b${PLACE}[A-Z][a-z]+(?: +[A-Z]\.?)? +${PLACE}[A-Z][a-z]+\b`, null, true),
  rule("people", WARN, raw`\b${words(PEOPLE)}\b`, ""),
  rule("alarm", WARN, raw`\b${words({ en: ALARM.en, es: [] })}\b`, "activity"),
  rule("alarm", WARN, raw`\b${words({ en: [], es: ALARM.es })}\b`, "actividad"),
  rule("everywhere", WARN, raw`\b${words(EVERYWHERE)}\b`, ""),
  rule("capitals", WARN, "^(?=(?:[^A-Z]*[A-Z]){8})[^a-z]+$", LOWER_CASE, true),
  rule(
    "places",
    WARN,
    raw`\b${STREET}\b.*?(?:[,;]|\b(?:also|another|and (?:at|on|near)|plus|tambien|y en|otr[oa])\b).*?\b${STREET}\b`,
  ),
]);

/**
 * What a rule keeps from strangers, for the sentence of a refusal.
 * @type {Readonly<Record<string, string>>}
 */
export const SAYS = Object.freeze({
  phone: "a telephone number",
  mail: "a mail address",
  link: "a web address",
  address: "a house number with its street",
  unit: "a flat or room number",
  a_number: "an A-number",
  ssn: "a social security number",
  birth: "a date of birth or an age",
  plate: "what looks like a number plate",
  officer: "an officer's name or badge number",
  handle: "an account's name",
  attachment: "an attachment",
  action: "a word that would have people approach, obstruct or flee",
  lodging: "a hotel, a home or an off-duty place",
  drill: "a sentence that is forbidden everywhere, because drills must be told from the real thing",
  expiry: "no expiry",
  rights: "no know-your-rights text",
  source: "no source line",
  name: "what looks like a person's name",
  people: "a word for who people are",
  alarm: "a word that frightens more than it tells",
  everywhere: "a word that makes one place into all",
  capitals: "capitals only",
  places: "more than one place",
  old: "something seen more than 60 minutes ago",
  language: "a language without word lists; a signer who reads it has to look twice",
});
