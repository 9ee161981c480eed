/**
 * Needs: what a move takes besides a state it starts from and a person who may make it.  SPEC 9.3.
 *
 * Each is a function (case, event, context) that returns nothing or throws the refusal.
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";
import { NOTHING } from "./event.js";
import { requireMet } from "./evidence.js";
import { OPEN } from "./moves.js";

/** @typedef {import("./case.js").Case} Case */
/** @typedef {import("./case.js").Context} Context */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {(state: Case, event: Event, context: Context) => void} Need */

/** @param {string} actor @param {Context} context @returns {boolean} */
const isLead = (actor, { roster }) => roster.verifiers.get(actor)?.roles.has("lead") ?? false;

/** @type {Need} */
function unlinked(state, event) {
  const twice = event.envelopes.find((one) => state.envelopes.includes(one));
  if (twice !== undefined) throw new Refused("move", `Envelope ${twice} belongs to this case already.`);
}

/** @type {Need} */
function part(_, event) {
  if (event.digest !== NOTHING) return;
  throw new Refused("move", `${event.move} has to say why: its sealed part is needed, and the event names none.`);
}

/** @type {Need} */
function newEvidence(state) {
  if (!state.stale) return;
  const sentence = "A refusal or a suspension stands until there is new evidence; record a new finding first.";
  throw new Refused("evidence", sentence);
}

/** @type {Need} */
function evidence(_state, _event, context) {
  requireMet(context.missing);
}

/** @type {Need} */
function free(_, event, context) {
  if (!context.conflicted.has(event.actor)) return;
  throw new Refused("conflict", `${event.actor} has a conflict of interest here; somebody without one signs.`);
}

/** @type {Need} */
function proposal(state, event) {
  if (state.proposal !== null) return;
  throw new Refused("move", `${event.move} answers a proposal; this case has none. Load it again.`);
}

/** @type {Need} */
function noProposal(state) {
  if (state.proposal === null) return;
  throw new Refused("move", `${state.proposal} by ${state.proposer} waits for an answer; attest or refuse it first.`);
}

/** @type {Need} */
function notRetracting(state, event, context) {
  if (state.proposal !== "retract" || isLead(event.actor, context)) return;
  throw new Refused("move", `${state.proposer} has proposed to retract; attest that instead.`);
}

/** @type {Need} */
function suspended(state) {
  if (state.suspenders.length === 0) throw new Refused("move", "restore answers a suspension; none is open.");
}

/** @type {Need} */
function notSuspended(state) {
  if (state.suspenders.length === 0) return;
  const sentence = `${state.suspenders.join(", ")} suspended the alert; restore answers that, not update.`;
  throw new Refused("move", sentence);
}

/**
 * A retraction agrees with a suspension; whoever suspended may well be its second key.
 * @type {Need}
 */
function notSuspender(state, event) {
  if (!state.suspenders.includes(event.actor) || ![event.move, state.proposal].includes("restore")) return;
  throw new Refused("conflict", `${event.actor} suspended the alert; two others restore it.`);
}

/** @type {Need} */
function once(state, event, context) {
  if (state.suspenders.includes(event.actor)) {
    throw new Refused("conflict", `${event.actor} has suspended this alert already; another has to agree.`);
  }
  if (!context.suspendedLately.has(event.actor) || context.leadJoins || isLead(event.actor, context)) return;
  const sentence = `${event.actor} suspended an alert within the last 24 hours; a lead joins in a second one.`;
  throw new Refused("conflict", sentence);
}

/** @type {Need} */
function sent(_state, _event, context) {
  if (context.sent) return;
  const sentence = "released marks what the gate has sent; it has not sent this proposal. More keys sign.";
  throw new Refused("move", sentence);
}

/** @type {Need} */
function foundOver(_state, _event, context) {
  if (!context.foundOver) throw new Refused("evidence", "over needs a finding that it is over; there is none.");
}

/** @type {Need} */
function nothingStands(_state, _event, context) {
  if (!context.stands) return;
  throw new Refused("move", "Readers are still told that the alert stands; report it over or retract it first.");
}

/** @type {Need} */
function target(state, event, context) {
  if (context.target === null || context.target.id !== event.into || context.target.id === state.id) {
    const sentence = `merge names the case that takes this one in; ${event.into} is no other case here.`;
    throw new Refused("move", sentence);
  }
  if (OPEN.includes(context.target.state)) return;
  const { id, state: now } = context.target;
  throw new Refused("move", `Case ${id} is ${now}; only an open case takes another in.`);
}

/**
 * What a move needs, by the names in MOVES.
 * @type {Readonly<Record<string, Need>>}
 */
export const NEEDS = Object.freeze({
  unlinked,
  part,
  new_evidence: newEvidence,
  evidence,
  free,
  proposal,
  no_proposal: noProposal,
  not_retracting: notRetracting,
  suspended,
  not_suspended: notSuspended,
  not_suspender: notSuspender,
  once,
  sent,
  found_over: foundOver,
  nothing_stands: nothingStands,
  target,
});
