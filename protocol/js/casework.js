/**
 * Casework: what signed moves make of a case.  SPEC 9.3.
 *
 * A case exists only as what its events make of it; `nextState` takes it one event further or says why not.  These are
 * the desk's rules, which the server enforces and anyone can audit; an alert's proof does not rest on them.
 *
 * Pure: `now` is in the context.
 */
import { caseOf } from "./case.js";
import { byCodePoint } from "./encoding.js";
import { Refused } from "./errors.js";
import { NOTHING } from "./event.js";
import { CLOCK_SKEW, DAY } from "./limits.js";
import { BEFORE, HOLD, MOVES, NONE } from "./moves.js";
import { NEEDS } from "./needs.js";

/** @typedef {import("./case.js").Case} Case */
/** @typedef {import("./case.js").Context} Context */
/** @typedef {import("./event.js").Event} Event */
/** @typedef {import("./event.js").Verifier} Verifier */
/** @typedef {import("./moves.js").Move} Move */

const NO_PROPOSAL = Object.freeze({ proposal: null, proposer: null, attested: Object.freeze([]) });

/**
 * The case after `event`; `before` is null for the first.
 *
 * Throws Refused: event_chain (stale, or of another case or day), not_yours (who may), conflict, evidence, move (from
 * this state, or what else it needs).
 * @param {Case | null} before @param {Event} event @param {Context} context @returns {Case}
 */
export function nextState(before, event, context) {
  requireChain(before, event, context);
  const move = MOVES[event.move];
  const state = before === null ? NONE : stateAt(before, context);
  if (!Object.hasOwn(move.to, state)) {
    const sentence =
      `${event.move} is a move from ${Object.keys(move.to).join(", ")}; this case is ${state}. ` +
      `From there one may ${movesFrom(state).join(", ") || "do nothing more"}.`;
    throw new Refused("move", sentence);
  }
  requireActor(before, event, context, move);
  const known = before ?? caseOf({ id: event.case, state: NONE, head: NOTHING, envelopes: [] });
  for (const need of move.needs) NEEDS[need](known, event, context);
  if (before === null) return caseOf({ id: event.case, state: "new", head: event.name, envelopes: event.envelopes });
  const after = move.to[state];
  const resumed = after === BEFORE ? (before.before ?? after) : after;
  const interrupted = state === "held" ? before.before : state;
  const moved = { ...before, state: resumed, head: event.name, before: after === "held" ? interrupted : null };
  return caseOf({ ...moved, ...effect(before, event, context) });
}

/**
 * The case's state at the context's time: a hold is over by itself after 30 minutes.
 * @param {Case} known @param {Context} context @returns {string}
 */
export function stateAt(known, { now, since }) {
  return known.state === "held" && known.before !== null && now - since >= HOLD ? known.before : known.state;
}

/** @param {string} state @returns {string[]} the names of the moves that start there */
export function movesFrom(state) {
  return Object.entries(MOVES)
    .filter(([, { to }]) => Object.hasOwn(to, state))
    .map(([name]) => name);
}

/**
 * What the move changes in the case besides its state.
 * @param {Case} before @param {Event} event @param {Context} context @returns {Partial<Case>}
 */
function effect(before, event, context) {
  const proposed = { proposal: event.move, proposer: event.actor, attested: [] };
  switch (event.move) {
    case "link":
      return { envelopes: [...before.envelopes, ...event.envelopes].sort(byCodePoint) };
    case "finding":
      return { stale: false };
    case "propose":
    case "update":
    case "restore":
      return proposed;
    case "retract":
      return context.roster.verifiers.get(event.actor)?.roles.has("lead") ? NO_PROPOSAL : proposed;
    case "attest":
      return { attested: [...before.attested, event.actor] };
    case "refuse":
      return { ...NO_PROPOSAL, stale: true };
    case "released":
      return { ...NO_PROPOSAL, suspenders: before.proposal === "restore" ? [] : before.suspenders };
    case "suspend": {
      // What was drafted before the suspension can't answer it.
      const dropped = before.proposal === "retract" ? {} : NO_PROPOSAL;
      return { ...dropped, stale: true, suspenders: [...before.suspenders, event.actor] };
    }
    case "merge":
      return { into: event.into };
    default:
      return {};
  }
}

/** @param {Case | null} before @param {Event} event @param {Context} context */
function requireChain(before, event, context) {
  const head = before?.head ?? NOTHING;
  if (before !== null && event.case !== before.id) {
    throw new Refused("event_chain", `The event is of case ${event.case}; this is case ${before.id}.`);
  }
  if (event.casePrev !== head) {
    const sentence =
      `The event follows ${event.casePrev.slice(0, 16)}; the case's last event is ${head.slice(0, 16)}. ` +
      "Somebody moved the case since: load it again and look before moving it.";
    throw new Refused("event_chain", sentence);
  }
  if (event.actorPrev !== context.actorHead) {
    const [theirs, ours] = [event.actorPrev.slice(0, 16), context.actorHead.slice(0, 16)];
    const sentence =
      `The event follows ${theirs} of ${event.actor}; their last event here is ${ours}. ` +
      "If you signed another, tell a lead: an event of yours was lost or made up.";
    throw new Refused("event_chain", sentence);
  }
  const [first, last] = [context.now - CLOCK_SKEW, context.now + CLOCK_SKEW].map((time) => Math.floor(time / DAY));
  if (event.day < first || event.day > last) {
    const sentence = `The event is of day ${event.day}; today is ${last}. Set the device's clock.`;
    throw new Refused("event_chain", sentence);
  }
}

/** @param {Case | null} before @param {Event} event @param {Context} context @param {Move} move */
function requireActor(before, event, context, move) {
  const one = context.roster.verifiers.get(event.actor);
  if (one === undefined || one.revokedAt !== null) {
    const sentence = `${event.actor} is no verifier of this roster; the custodians enrol people.`;
    throw new Refused("not_yours", sentence);
  }
  if (context.now >= one.certifiedUntil) {
    const sentence = `The certification of ${one.id} ended at ${one.certifiedUntil}; the time is ${context.now}.`;
    throw new Refused("not_yours", sentence);
  }
  if (context.stayed.has(one.id)) {
    throw new Refused("not_yours", `A lead has suspended ${one.id} for now; the lead says until when.`);
  }
  if (one.roles.has("trainee") && move.binds) {
    const sentence = `${one.id} is a trainee, and ${event.move} binds; a certified verifier makes it.`;
    throw new Refused("not_yours", sentence);
  }
  if (move.who === "lead" && !one.roles.has("lead")) {
    throw new Refused("not_yours", `${event.move} is for a lead; ${one.id} is none. Page one.`);
  }
  if (move.who === "verifier" || move.who === "second") requireHere(one, event, context, move);
  if (move.who === "second" && before !== null) requireSecond(one, before, event, context);
}

/** @param {Verifier} one @param {Event} event @param {Context} context @param {Move} move */
function requireHere(one, event, context, move) {
  // A lead may step in from home; a lent verifier who was drawn is on nobody's shift here.
  if (one.roles.has("lead") || (move.who === "second" && context.drawn.has(one.id))) return;
  if (one.desk !== context.desk) {
    throw new Refused("not_yours", `The case is of desk ${context.desk}; ${one.id} is of desk ${one.desk}.`);
  }
  if (context.onShift.has(one.id)) return;
  const sentence = `${event.move} is for those on shift; ${one.id} is not. Start your shift first.`;
  throw new Refused("not_yours", sentence);
}

/** @param {Verifier} one @param {Case} before @param {Event} event @param {Context} context */
function requireSecond(one, before, event, context) {
  if (one.id === before.proposer) {
    throw new Refused("conflict", `${one.id} made the proposal; a second person has to judge it.`);
  }
  // Whoever agreed may still refuse: what two keys signed too late nobody gets, and there may be no third person.
  if (before.attested.includes(one.id) && event.move !== "refuse") {
    throw new Refused("conflict", `${one.id} has attested already; one person is one voice.`);
  }
  // What is out is corrected where readers see it: a case that forgot it could neither suspend nor retract it.
  if (before.attested.includes(one.id) && before.state === "proposed" && context.sent) {
    const sentence = `${one.id} agreed, and the gate has sent it; write that down, then stop it.`;
    throw new Refused("conflict", sentence);
  }
  if (context.drawn.size === 0 || context.drawn.has(one.id)) return;
  const drawn = [...context.drawn].sort(byCodePoint).join(", ");
  throw new Refused("not_yours", `${drawn} were drawn to judge this; ${one.id} was not.`);
}
