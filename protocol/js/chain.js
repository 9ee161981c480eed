/**
 * Chains: whether a new message fits the ones before it.  SPEC 7.6.  The gate asks before it sends anything.
 *
 * Pure: reads no clock, touches no store.
 */
import { Refused } from "./errors.js";
import { Release } from "./release.js";
import { heads, openSuspensions, state } from "./state.js";
import { ENDED, RETRACTED, WITHDRAWN } from "./vocabulary.js";

/** @typedef {import("./alert.js").Alert} Alert */
/** @typedef {import("./state.js").Message} Message */

/**
 * Throw unless `alert` may follow `messages`, the checked messages of its chain so far.
 *
 * A message that is among them already fits.  Throws Refused: alert_chain, release_state, attestation_suspender.
 * @param {Alert} alert @param {readonly string[]} signers @param {readonly Message[]} messages @param {number} now
 */
export function requireFits(alert, signers, messages, now) {
  const known = new Set(messages.map((one) => one.alert.name));
  if (known.has(alert.name)) return;
  if (messages.length === 0) {
    if (!alert.isStop && alert.revision === 1) return;
    const sentence = `Chain ${alert.id} has no message yet, so the first must be a release.`;
    throw new Refused("alert_chain", sentence);
  }
  const next = Math.max(...messages.map((one) => one.alert.revision)) + 1;
  if (alert.revision !== next) {
    const sentence = `The next revision is ${next}; this says ${alert.revision}. Open it afresh.`;
    throw new Refused("alert_chain", sentence);
  }
  const [unknown] = alert.supersedes.filter((name) => !known.has(name)).sort();
  if (unknown !== undefined) {
    const sentence = `The message answers ${unknown.slice(0, 16)}, which the chain does not have.`;
    throw new Refused("alert_chain", sentence);
  }
  if (alert.isStop) requireStopFits(alert, signers, messages, now);
  else requireReleaseFits(alert, messages, now);
}

/** @param {Alert} alert @param {readonly string[]} signers @param {readonly Message[]} messages @param {number} now */
function requireStopFits(alert, signers, messages, now) {
  // Whoever may read the alert reads its stop: one that names fewer would let an alert stand before everyone else.
  for (const one of messages) {
    if (!(one instanceof Release) || one.alert.audience === alert.audience) continue;
    const sentence = `A stop is for the chain's audience, ${one.alert.audience}; this is for ${alert.audience}.`;
    throw new Refused("alert_chain", sentence);
  }
  const { word } = state(messages, now);
  // A retraction corrects what was said and so comes never too late; the others lower what still stands.
  if (word === RETRACTED || word === WITHDRAWN || (word === ENDED && alert.kind !== "retracted")) {
    const sentence = `The alert is ${word}; there is nothing left that ${alert.kind} would lower.`;
    throw new Refused("release_state", sentence);
  }
  if (alert.kind !== "suspended") return;
  const releases = new Set(messages.filter((one) => one instanceof Release).map((one) => one.alert.name));
  if (!alert.supersedes.every((name) => releases.has(name))) {
    throw new Refused("alert_chain", "A suspension answers confirmed or checked messages and no stop.");
  }
  const doubts = messages.filter((one) => one.alert.kind === "suspended");
  if (doubts.some(({ voices }) => signers.some((id) => voices.ids.has(id)))) {
    const sentence = "One verifier suspends a chain once; another has to agree.";
    throw new Refused("attestation_suspender", sentence);
  }
}

/** @param {Alert} alert @param {readonly Message[]} messages @param {number} now */
function requireReleaseFits(alert, messages, now) {
  const { word } = state(messages, now);
  if (word === RETRACTED || word === WITHDRAWN || word === ENDED) {
    const sentence = `The alert is ${word}; what is over needs a new alert, not an update.`;
    throw new Refused("release_state", sentence);
  }
  const found = heads(messages);
  const wanted = new Set([...found, ...openSuspensions(messages)].map((one) => one.alert.name));
  const answered = alert.supersedes.filter((name) => wanted.has(name)).length;
  const others = alert.supersedes.length - answered;
  if (answered < wanted.size || others > 0) {
    const all = `An update answers every head and every open suspension, ${wanted.size} messages`;
    throw new Refused("alert_chain", `${all}; this answers ${answered} of them and ${others} others.`);
  }
  for (const one of found) {
    for (const name of /** @type {const} */ (["kind", "first", "class", "audience"])) {
      if (one.alert[name] === alert[name]) continue;
      throw new Refused("alert_chain", `An update keeps the chain's ${name}; this one changes it.`);
    }
  }
}
