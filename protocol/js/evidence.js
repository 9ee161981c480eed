/**
 * Evidence: which findings suffice for an alert of a class, and what is still missing.  SPEC 10.
 *
 * What is missing comes as a code and its parameters, so that the desk says it in the reader's language; `sentence` is
 * the plain English of each.  Who may sign, and that two must, is `quorum`; this is the desk's rule, not an alert's
 * proof.
 *
 * Pure: `now` is an argument.
 */
import { Refused } from "./errors.js";
import { MINUTE } from "./limits.js";
import { oneOf } from "./shape.js";

/**
 * One piece of evidence that counts: a basis code and when it was found (Unix seconds).
 *
 * `against`: it speaks against the tip.  `site`: a D3 from the site's own contact.
 * @typedef {Readonly<{code: string, at: number, against?: boolean, site?: boolean}>} Finding
 */
/**
 * What else a proposal rests on: who will read it, whether a lead will be one of the keys, who was told first.
 * @typedef {Readonly<{audience?: "public" | "responders", lead?: boolean, site?: boolean, emergency?: boolean}>} Told
 */
/**
 * `count` more different codes out of `of`; `mark` is "", "site" (its own contact) or "against".
 * @typedef {Readonly<{count: number, of: readonly string[], mark: "" | "site" | "against"}>} Lack
 */
/**
 * One thing that is missing: a code of SENTENCES and its parameters.  The parameter `ways` of "basis" holds, for each
 * way of the rule, what it still lacks.
 * @typedef {Readonly<{
 *   code: string, class: string, audience: string, minutes: number, most: number, ways: readonly (readonly Lack[])[],
 * }>} Missing
 */

export const DIRECT = Object.freeze(["D1", "D2", "D3", "D4"]);
export const CORROBORATING = Object.freeze(["C1", "C2", "C3"]);
/** @type {Readonly<Record<string, string>>} */
export const BASIS = Object.freeze({
  D1: "a trained checker on site now",
  D2: "a photo or video judged fresh",
  D3: "a known contact at the site",
  D4: "the source's answer to how they know",
  C1: "an independent first-hand tip",
  C2: "an official check",
  C3: "another network's verified notice",
});
/** What was seen longer ago may be over by the time people arrive. */
export const FRESH = 30 * MINUTE;

/** @param {number} count @param {readonly string[]} of @param {Lack["mark"]} [mark] @returns {Lack} */
const lack = (count, of, mark = "") => Object.freeze({ count, of: Object.freeze([...of]), mark });

const ANY = [...DIRECT, ...CORROBORATING];
const OTHER = ["D2", "D3", "D4", ...CORROBORATING];

/**
 * By class: the ways to meet the rule, each a list of what it takes.  D and E have no rule of their own besides their
 * extras, so that any one finding will do; R is met by what speaks against the rumour; F is never ours.
 * @type {Readonly<Record<string, readonly (readonly Lack[])[]>>}
 */
export const RULES = Object.freeze({
  A: [[lack(1, ["D1"])], [lack(2, ["D2", "D3", "D4"])], [lack(1, DIRECT), lack(1, CORROBORATING)]],
  B: [[lack(1, ["D1"]), lack(1, OTHER)]],
  C: [[lack(1, ["D3"], "site")], [lack(1, ["D1"]), lack(1, ["C2"])]],
  D: [[lack(1, ANY)]],
  E: [[lack(1, ANY)]],
  F: [],
  R: [[lack(1, ["D1", "C2"], "against")]],
});
export const CLASSES = Object.freeze(Object.keys(RULES));

/** @type {Readonly<Record<string, string>>} */
export const SENTENCES = Object.freeze({
  basis: "Class {class} still needs {ways}.",
  fresh: "The freshest finding is {minutes} minutes old; at most {most} are taken. Check again.",
  lead: "Class {class} for {audience} needs a lead who agrees and is one of the keys.",
  site_told: "The site has to be told first.",
  emergency_told: "911 has to be told first.",
  never_public: "Class {class}, a private residence, is never public; it can go to responders.",
  not_ours: "Class {class} is not ours to alert: call 911; only an official alert is passed on.",
});

/** @param {string} code @param {Partial<Missing>} [parameters] @returns {Missing} */
function lacking(code, parameters = {}) {
  return Object.freeze({ code, class: "", audience: "", minutes: 0, most: 0, ways: [], ...parameters });
}

/**
 * What an alert of a class still lacks at `now`, in a fixed order; nothing where the rule is met.
 *
 * Throws Refused("shape") for a class or basis code that does not exist.
 * @param {string} name @param {readonly Finding[]} findings @param {Told} told @param {number} now
 * @returns {readonly Missing[]}
 */
export function missing(name, findings, told, now) {
  oneOf(...CLASSES)(name, "class");
  for (const { code } of findings) oneOf(...Object.keys(BASIS))(code, "finding");
  if (name === "F") return [lacking("not_ours", { class: name })];
  // What speaks against a tip never counts for it, nor what speaks for a rumour as its denial.
  const counting = findings.filter(({ against = false }) => against === (name === "R"));
  const out = [];
  const ways = RULES[name].map((way) => lacks(way, counting));
  if (ways.every((way) => way.length > 0)) out.push(lacking("basis", { class: name, ways }));
  const freshest = Math.max(...counting.map(({ at }) => at));
  if (counting.length > 0 && now - freshest > FRESH) {
    out.push(lacking("fresh", { minutes: Math.floor((now - freshest) / MINUTE), most: FRESH / MINUTE }));
  }
  return [...out, ...extras(name, told)];
}

/**
 * Whether nothing is missing.  Throws as `missing`.
 * @param {string} name @param {readonly Finding[]} findings @param {Told} told @param {number} now @returns {boolean}
 */
export function isMet(name, findings, told, now) {
  return missing(name, findings, told, now).length === 0;
}

/** Throw Refused("evidence") with every sentence, if anything is missing.  @param {readonly Missing[]} found */
export function requireMet(found) {
  if (found.length > 0) throw new Refused("evidence", found.map(sentence).join(" "));
}

/** @param {Missing} one @returns {string} the plain English of what is missing */
export function sentence(one) {
  const ways = one.ways.map((way) => way.map(words).join(" and ")).join(" or ");
  /** @type {Record<string, unknown>} */
  const parameters = { ...one, ways };
  return SENTENCES[one.code].replace(/\{([a-z]+)\}/g, (_, name) => String(parameters[name]));
}

/**
 * What a way still lacks.  A code counts once, however often it was found: two photos are one kind of look.
 *
 * No code stands in two groups of one way, so each group may be counted by itself.
 * @param {readonly Lack[]} way @param {readonly Finding[]} findings @returns {Lack[]}
 */
function lacks(way, findings) {
  const out = [];
  for (const { count, of, mark } of way) {
    const fit = findings.filter(({ code, site = false }) => of.includes(code) && (mark !== "site" || site));
    const have = new Set(fit.map(({ code }) => code));
    if (have.size < count) out.push(lack(count - have.size, of.filter((code) => !have.has(code)), mark));
  }
  return out;
}

/** @param {string} name @param {Told} told @returns {Missing[]} */
function extras(name, { audience = "responders", lead = false, site = false, emergency = false }) {
  const out = [];
  if (name === "D" && audience === "public") out.push(lacking("never_public", { class: name }));
  const needsLead = ["C", "D", "E"].includes(name) || (name === "B" && audience === "public");
  if (needsLead && !lead) out.push(lacking("lead", { class: name, audience }));
  if (name === "C" && !site) out.push(lacking("site_told"));
  if (name === "E" && !emergency) out.push(lacking("emergency_told"));
  return out;
}

/** @param {Lack} one @returns {string} */
function words({ count, of, mark }) {
  const marks = { "": "", site: " from the site's own contact", against: " that speaks against it" };
  const amount = count === 1 && of.length === 1 ? "" : `${count} of `;
  return amount + of.map((code) => `${code} (${BASIS[code]})`).join(", ") + marks[mark];
}
