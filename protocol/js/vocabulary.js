/**
 * The closed vocabulary of alerts.  SPEC 7.2.  Readers' text is rendered from these words by code, the same everywhere.
 *
 * Pure: constants only.
 */

/**
 * What happened, by class.  R is a rumour that was checked; F (another emergency) is never ours to alert.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const TEMPLATES = Object.freeze({
  A: Object.freeze(["detention", "workplace"]),
  B: Object.freeze(["checkpoint", "presence"]),
  C: Object.freeze(["clinic", "court", "school", "shelter", "worship"]),
  D: Object.freeze(["residence"]),
  E: Object.freeze(["impersonation"]),
  R: Object.freeze(["rumour"]),
});
export const BASES = Object.freeze(["media", "network", "observer", "official", "person"]);
export const OFFICERS = Object.freeze(["1-2", "10+", "3-5", "6-10", "none", "unknown"]);
export const VEHICLES = Object.freeze(["0", "1", "2", "3+", "unknown"]);
export const MARKINGS = Object.freeze(["federal", "immigration", "local", "none", "unclear"]);
export const INSTRUCTIONS = Object.freeze(["avoid-rumours", "know-your-rights", "observe-only"]);

export const SUSPEND_REASONS = Object.freeze(["doubt", "new-evidence", "privacy", "wrong-details"]);
export const RETRACT_REASONS = Object.freeze(["fabricated", "misidentified", "past-event", "privacy", "wrong-details"]);
export const END_REASONS = Object.freeze(["gone"]);

// The six public words and no more.
export const CONFIRMED = "confirmed";
export const CHECKED = "checked";
export const UNDER_REVIEW = "under-review";
export const WITHDRAWN = "withdrawn";
export const RETRACTED = "retracted";
export const ENDED = "ended";
export const WORDS = Object.freeze([CONFIRMED, CHECKED, UNDER_REVIEW, WITHDRAWN, RETRACTED, ENDED]);
