/**
 * The shift: where a lead's notice says that nobody can check now, the person reads it before they begin.  The form
 * stays as usable as ever: what is told waits, sealed.
 */
import { put } from "../../look/words.js";
import { holdsAt } from "../../protocol/js/notice.js";
import { input, part, reveal } from "./page.js";

/** @typedef {import("../../protocol/js/notice.js").Notice} Notice */
/** @typedef {import("../../protocol/js/publication.js").Publication} Publication */

/** Milliseconds after which a tap is meant for what stands under it now. */
const SETTLED = 400;

/**
 * Say which notices are in force: above the first question where every desk has one, else once the area is known.
 * @param {Publication | null} publication @param {number} now
 * @param {import("./page.js").Words} words @param {string} timezone an IANA name
 */
export function showNotices(publication, now, words, timezone) {
  const told = [...(publication?.notices.values() ?? [])].filter((one) => holdsAt(one, now));
  const all = publication !== null && publication.roster.desks.size === told.length;
  const desk = publication?.deskOf(input("zone").value) ?? null;
  const here = told.find((one) => one.desk === desk) ?? null;
  // Somebody may be back at one desk before another: no later time is promised to anybody than theirs.
  const first = all ? Math.min(...told.map(({ until }) => until)) : null;
  if (first !== null && part("shift-notice").hidden) settle();
  say("shift-notice", first, now, words, timezone);
  say("zone-notice", here === null || here.until === first ? null : here.until, now, words, timezone);
}

/** What comes by itself moves the questions down: a tap just then was meant for another answer, and is not taken. */
function settle() {
  const { classList } = part("tell");
  classList.add("settling");
  setTimeout(() => classList.remove("settling"), SETTLED);
}

/**
 * @param {string} id @param {number | null} until @param {number} now @param {import("./page.js").Words} words
 * @param {string} timezone
 */
function say(id, until, now, { t, lang }, timezone) {
  reveal(id, until !== null);
  if (until === null) return;
  // The digits and the calendar of the rest of the page, whatever the language's own would be.
  const tag = `${lang}-u-ca-gregory-nu-latn`;
  const dayOf = new Intl.DateTimeFormat(tag, { timeZone: timezone, dateStyle: "short" });
  const another = dayOf.format(until * 1000) !== dayOf.format(now * 1000);
  const clock = /** @type {const} */ ({ timeZone: timezone, hour: "numeric", minute: "2-digit" });
  const format = new Intl.DateTimeFormat(tag, another ? { ...clock, weekday: "long" } : clock);
  const text = t("Nobody can check tips now, until {time}.", { time: format.format(until * 1000) });
  const node = part(`${id}-until`);
  if (node.textContent !== text) put(node, text); // Said once, not at each touch.
}
