/**
 * Likeness: which tips may tell of the same thing, and which say the same words.  A hint for people, never a rule.
 */

/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("../../protocol/js/tip.js").Told} Told */

const SAME_WORDS = 0.6; // Shared words of all words: above it, one is likely a copy of the other.

/** @param {TipEntry} entry @returns {Told | null} */
export const toldIn = (entry) => entry.tip?.header.tip ?? null;

/** @param {TipEntry} entry @returns {boolean} whether the witness says they saw it themselves */
export function isFirstHand(entry) {
  return ["now", "saw"].includes(toldIn(entry)?.seen ?? "");
}

/**
 * How urgent a tip sounds, before anybody judged it: what is happening now, first-hand, comes first.
 * @param {TipEntry} entry @returns {"P1" | "P2" | "P3"}
 */
export function soundsLike(entry) {
  const told = toldIn(entry);
  if (entry.tip?.reply) return "P1"; // Somebody checks that case now.
  if (told === null) return "P2"; // Not open yet: it waits neither first nor last.
  if (told.caller === "on-the-line") return "P1";
  const recent = ["now", "half-hour"].includes(told.when.choice);
  if (!recent || !isFirstHand(entry) || told.what === "told") return "P3";
  return ["taking", "at-door", "stopped"].includes(told.what) ? "P1" : "P2";
}

/** @param {TipEntry} a @param {TipEntry} b @returns {boolean} whether they may tell of the same thing */
export function isAlike(a, b) {
  const [one, other] = [toldIn(a), toldIn(b)];
  if (one === null || other === null || a.row.id === b.row.id) return false;
  return one.where.zone === other.where.zone && Math.abs((a.tip?.day ?? 0) - (b.tip?.day ?? 0)) <= 1;
}

/**
 * The words of each opened tip: a long queue compares every shown tip with all others.
 * @type {WeakMap<object, Set<string>>}
 */
const SAID = new WeakMap();

/** @param {TipEntry} entry @returns {Set<string>} */
function wordsIn(entry) {
  const told = toldIn(entry);
  if (told === null) return new Set();
  const found = SAID.get(told) ?? new Set((told.words ?? "").toLowerCase().match(/\p{L}{3,}/gu));
  SAID.set(told, found);
  return found;
}

/** @param {TipEntry} a @param {TipEntry} b @returns {boolean} whether one is likely a copy of the other's words */
export function isCopy(a, b) {
  if (a.tip !== null && a.tip.id === b.tip?.id) return true;
  const [one, other] = [wordsIn(a), wordsIn(b)];
  let shared = 0;
  for (const word of one) if (other.has(word)) shared++;
  return one.size > 2 && shared / (one.size + other.size - shared) >= SAME_WORDS;
}
