/**
 * Cases: what the desk knows of one thing that may have happened.  SPEC 9.3.
 *
 * A case is only what its events make of it (`casework`); the context is what the desk knows besides.
 *
 * Pure: reads no clock, touches no store.
 */
import { NOTHING } from "./event.js";

/**
 * A case after some events.  `head` names the last of them.
 *
 * `before` is the state that a hold interrupts.  `proposal` is the move that waits for second keys (propose, update,
 * restore or retract), `proposer` who made it, `attested` who has agreed since.  `stale`: a refusal or a suspension
 * stands that only a new finding answers.  `suspenders` are those whose suspensions no restore has answered.
 * @typedef {Readonly<{
 *   id: string, state: string, head: string, envelopes: readonly string[], before: string | null,
 *   proposal: string | null, proposer: string | null, attested: readonly string[], stale: boolean,
 *   suspenders: readonly string[], into: string | null,
 * }>} Case
 */
/**
 * What the desk knows besides the events; ids are verifiers'.
 *
 * `since`: since when the case is in its state (Unix seconds).  `actorHead` names the actor's event before this one.
 * `stayed`: whom a lead has suspended at `now`.  `drawn`: the second keys that were drawn; nobody: whoever is on shift.
 * `conflicted`: who declared a conflict of interest, or was the checker on site.  `suspendedLately`: who suspended an
 * alert within 24 hours; `leadJoins`: a lead agrees to this suspension.  `missing`: what `evidence.missing` says.
 * `sent`: the gate has sent what was proposed.  `stands`: readers are still told that an alert of this case stands or
 * is under review.  `foundOver`: a finding says it is over.  `target`: the case that a merge names.
 * @typedef {Readonly<{
 *   roster: import("./event.js").Roster, desk: string, now: number, since: number, onShift: ReadonlySet<string>,
 *   stayed: ReadonlySet<string>, actorHead: string, drawn: ReadonlySet<string>, conflicted: ReadonlySet<string>,
 *   suspendedLately: ReadonlySet<string>, leadJoins: boolean, missing: readonly import("./evidence.js").Missing[],
 *   sent: boolean, stands: boolean, foundOver: boolean, target: Case | null,
 * }>} Context
 */

/** @param {Pick<Case, "id" | "state" | "head" | "envelopes"> & Partial<Case>} known @returns {Case} */
export function caseOf(known) {
  return Object.freeze({
    before: null,
    proposal: null,
    proposer: null,
    attested: [],
    stale: false,
    suspenders: [],
    into: null,
    ...known,
  });
}

/** @param {Pick<Context, "roster" | "desk" | "now"> & Partial<Context>} known @returns {Context} */
export function contextOf(known) {
  return Object.freeze({
    since: 0,
    onShift: new Set(),
    stayed: new Set(),
    actorHead: NOTHING,
    drawn: new Set(),
    conflicted: new Set(),
    suspendedLately: new Set(),
    leadJoins: false,
    missing: [],
    sent: false,
    stands: false,
    foundOver: false,
    target: null,
    ...known,
  });
}
