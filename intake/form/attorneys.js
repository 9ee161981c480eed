/**
 * Attorneys: where a network has none, nothing is asked for them; what was told for them before this was known has to be
 * left out first, for it could be sealed to nobody.
 */
import { input, reveal } from "./page.js";

/** Whether it is known that there are none. */
let none = false;

/** @param {{attorneys: readonly string[]}} publication */
export function learnOfAttorneys({ attorneys }) {
  none = attorneys.length === 0;
}

/** @returns {boolean} whether words stand there that nobody could open */
export const wordsForNobody = () => none && input("legal").value.trim() !== "";

/** @returns {boolean} whether photos are to be kept for nobody */
export const originalsForNobody = () => none && input("keep-originals").checked;

/** Show what can be told to attorneys, and what was.  @param {boolean} photos whether there are any */
export function showAttorneys(photos) {
  reveal("lawyer", !none || input("legal").value !== "");
  reveal("originals-field", photos && (!none || input("keep-originals").checked));
}
