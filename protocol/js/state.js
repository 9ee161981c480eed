/**
 * State: what the clock makes of a chain's messages.  Order-free, signed by nobody, the same for everyone.  SPEC 7.5.
 *
 * Pure: `now` is an argument.
 */
import { Refused } from "./errors.js";
import { Release, Stop } from "./release.js";
import { CHECKED, CONFIRMED, ENDED, RETRACTED, UNDER_REVIEW, WITHDRAWN } from "./vocabulary.js";

/** @typedef {Release | Stop} Message */

/** A chain's public word, why, since when (Unix seconds), and the release it is about. */
export class State {
  /** @param {string} word @param {string} cause @param {number} since @param {Release} head */
  constructor(word, cause, since, head) {
    this.word = word;
    this.cause = cause;
    this.since = since;
    this.head = head;
    Object.freeze(this);
  }

  /** Whether the alert stands: what `sereno check` answers with exit 0. */
  get isCurrent() {
    return this.word === CONFIRMED || this.word === CHECKED;
  }
}

/**
 * The releases that no other release of the chain supersedes, newest first; more than one is a fork.
 * @param {Iterable<Message>} messages @returns {Release[]}
 */
export function heads(messages) {
  const releases = new Map([...messages].flatMap((one) => (one instanceof Release ? [[one.alert.name, one]] : [])));
  const gone = new Set([...releases.values()].flatMap((one) => one.alert.supersedes));
  const found = [...releases.values()].filter((one) => !gone.has(one.alert.name));
  return found.sort((a, b) => b.alert.revision - a.alert.revision || (a.alert.name < b.alert.name ? -1 : 1));
}

/**
 * The suspensions that no restore answers, the earliest first.
 * @param {readonly Message[]} messages @returns {Stop[]}
 */
export function openSuspensions(messages) {
  const answered = new Set(messages.flatMap((one) => [...one.answers]));
  const stops = messages.filter((one) => one instanceof Stop);
  const found = stops.filter((one) => one.alert.kind === "suspended" && !answered.has(one.alert.name));
  return found.sort((a, b) => a.alert.issued - b.alert.issued || (a.alert.name < b.alert.name ? -1 : 1));
}

/**
 * The state at `now` of one chain's checked messages, in whatever order they came.
 *
 * Throws Refused("alert_chain") for messages of different chains, or with no release among them.
 * @param {readonly Message[]} messages @param {number} now @returns {State}
 */
export function state(messages, now) {
  if (new Set(messages.map((one) => one.alert.id)).size !== 1) {
    throw new Refused("alert_chain", "The messages belong to different chains, or there are none.");
  }
  const found = heads(messages);
  if (found.length === 0) {
    throw new Refused("alert_chain", "The chain has stops only; what they stop has not arrived.");
  }
  const [head] = found;
  const expires = head.alert.expires ?? 0;

  const retractions = issues(messages, "retracted");
  if (retractions.length > 0) return new State(RETRACTED, "signed", Math.min(...retractions), head);
  const underDoubt = suspended(messages, now, head);
  if (underDoubt !== null) return underDoubt;
  const ends = issues(messages, "ended");
  if (ends.length > 0) return new State(ENDED, "signed", Math.min(...ends), head);
  if (found.length > 1) {
    return new State(UNDER_REVIEW, "forked", Math.max(...found.map((one) => one.alert.issued)), head);
  }
  if (now >= expires) return new State(ENDED, "time", expires, head);
  return new State(head.alert.kind === "confirmed" ? CONFIRMED : CHECKED, "signed", head.alert.issued, head);
}

/** @param {readonly Message[]} messages @param {string} kind @returns {number[]} when those of a kind were issued */
function issues(messages, kind) {
  return messages.filter((one) => one.alert.kind === kind).map((one) => one.alert.issued);
}

/**
 * What the unanswered suspensions make of the chain: under review, then withdrawn.
 *
 * Only a logged suspension lapses into a withdrawal: with a back-dated, unlogged one a single key could retract.
 * @param {readonly Message[]} messages @param {number} now @param {Release} head @returns {State | null}
 */
function suspended(messages, now, head) {
  const waiting = openSuspensions(messages);
  const lapses = (/** @type {Stop} */ one) => one.alert.lapses ?? 0;
  const lapsed = waiting.filter((one) => one.logged !== null && now >= lapses(one)).map(lapses);
  if (lapsed.length > 0) return new State(WITHDRAWN, "lapsed", Math.min(...lapsed), head);
  if (waiting.length === 0) return null;
  // An unlogged suspension whose time is over still warns until the alert itself is over.
  if (waiting.every((one) => now >= lapses(one)) && now >= (head.alert.expires ?? 0)) return null;
  return new State(UNDER_REVIEW, "suspended", waiting[0].alert.issued, head);
}
