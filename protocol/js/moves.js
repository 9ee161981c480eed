/**
 * Moves: what may be done with a case, by whom, and what is overdue after how long.  SPEC 9.2.
 *
 * Tables only; `casework.nextState` obeys them.
 *
 * Pure: constants only.
 */
import { DAY, HOUR, LAPSE, MINUTE } from "./limits.js";

/**
 * One row: from which state to which, who may, and what it needs besides (names of `needs.NEEDS`).
 *
 * `who`: "verifier" (of the case's desk and on shift, or a lead), "second" (as that, drawn, and not the proposer),
 * "lead", "anyone" (any certified verifier, on shift or not).  `binds`: it counts towards an alert or its end, so a
 * trainee never makes it.
 * @typedef {Readonly<{
 *   to: Readonly<Record<string, string>>, who: "verifier" | "second" | "lead" | "anyone", needs: readonly string[],
 *   binds: boolean,
 * }>} Move
 */
/**
 * What is due once something has waited for `after` seconds: a code for the desk and the worker.
 * @typedef {Readonly<{waiting: string, after: number, then: string}>} Due
 */

/** Before a case is opened. */
export const NONE = "none";
/** The state that a hold interrupted. */
export const BEFORE = "before";
export const STATES = Object.freeze([
  "new",
  "triaged",
  "checking",
  "proposed",
  "confirmed",
  "closed",
  "held",
  "merged",
]);
export const OPEN = Object.freeze(["new", "triaged", "checking", "proposed", "confirmed"]);
/** Happening now; a presence; past or rumour. */
export const URGENCIES = Object.freeze(["P1", "P2", "P3"]);
export const OUTCOMES = Object.freeze([
  "abuse",
  "confirmed-ended",
  "misidentified",
  "not-confirmed",
  "past-event",
  "unfounded",
]);

/** A lead may pause a case this long; then it comes back by itself. */
export const HOLD = 30 * MINUTE;

/** @param {readonly string[]} states @returns {Record<string, string>} from each to itself */
const stay = (states) => Object.fromEntries(states.map((state) => [state, state]));

/**
 * @param {Record<string, string>} to @param {readonly string[]} [needs] @param {Partial<Move>} [rest] @returns {Move}
 */
const move = (to, needs = [], rest = {}) => ({ to, who: "verifier", needs, binds: false, ...rest });

const SECOND = stay(["proposed", "confirmed", "closed"]);
const DRAFT = ["new_evidence", "evidence", "free"];
const CLOSING = ["part", "no_proposal", "nothing_stands"];
const BINDS = { binds: true };
const BY_SECOND = /** @type {const} */ ({ who: "second", binds: true });
const BY_ANYONE = /** @type {const} */ ({ who: "anyone", binds: true });

/** @type {Readonly<Record<string, Move>>} */
export const MOVES = Object.freeze({
  open: move({ [NONE]: "new" }),
  link: move(stay([...OPEN, "held"]), ["unlinked"]),
  triage: move({ new: "triaged", ...stay(["triaged", "checking"]) }, ["part"]),
  check: move({ triaged: "checking", checking: "checking" }, ["part"]),
  finding: move(stay(["checking", "proposed", "confirmed"]), ["part"]),
  propose: move({ checking: "proposed" }, ["part", ...DRAFT], BINDS),
  attest: move(SECOND, ["part", "proposal", "free", "not_suspender"], BY_SECOND),
  refuse: move({ ...SECOND, proposed: "checking" }, ["part", "proposal"], BY_SECOND),
  released: move({ ...SECOND, proposed: "confirmed" }, ["proposal", "sent"], BINDS),
  update: move(stay(["confirmed"]), ["part", "no_proposal", "not_suspended", ...DRAFT], BINDS),
  suspend: move(stay(["confirmed"]), ["part", "once"], BY_ANYONE),
  restore: move(stay(["confirmed"]), ["part", "suspended", "no_proposal", "not_suspender", ...DRAFT], BINDS),
  retract: move(stay(["confirmed", "closed"]), ["part", "not_retracting"], BY_ANYONE),
  over: move(stay(["confirmed"]), ["found_over"], BINDS),
  close: move({ triaged: "closed", checking: "closed", confirmed: "closed" }, CLOSING),
  hold: move({ new: "held", triaged: "held", checking: "held", proposed: "held" }, [], { who: "lead" }),
  resume: move({ held: BEFORE }, [], { who: "lead" }),
  merge: move({ new: "merged", triaged: "merged", checking: "merged" }, ["target"]),
  share: move(stay([...OPEN, "held"]), ["part"]),
});

/** @param {string} waiting @param {number} after @param {string} then @returns {Due} */
const due = (waiting, after, then) => Object.freeze({ waiting, after, then });

/** `waiting` names what has not happened yet.  In ascending order of time for each. */
export const DUES = Object.freeze([
  due("unopened", 2 * MINUTE, "page-another"),
  due("unopened", 5 * MINUTE, "page-lead"),
  due("unlinked", 5 * MINUTE, "remind"),
  due("field", 20 * MINUTE, "remind"),
  due("field", 45 * MINUTE, "give-up"),
  due("second", 5 * MINUTE, "redraw-and-page-lead"),
  due("second", 10 * MINUTE, "ask-neighbour"),
  due("suspended", LAPSE, "withdrawn"),
  due("P1", 45 * MINUTE, "close-not-confirmed"),
  due("P2", 4 * HOUR, "close-not-confirmed"),
  due("P3", 24 * HOUR, "close-not-confirmed"),
  due("held", HOLD, "return"),
  due("closed", 72 * HOUR, "burn"),
  due("unread", 5 * DAY, "warn"),
  due("unread", 6 * DAY, "warn-lead"),
  due("unread", 7 * DAY, "burn"),
]);

/** @param {string} waiting @param {number} seconds it has lasted @returns {string[]} what is due, the earliest first */
export function overdue(waiting, seconds) {
  return DUES.filter((one) => one.waiting === waiting && seconds >= one.after).map(({ then }) => then);
}
