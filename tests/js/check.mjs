// The check page's verdict, without the page.
import { beside } from "../../alerts/check/beside.js";
import { judge } from "../../alerts/check/verdict.js";
import { Policy } from "../../protocol/js/policy.js";

/** @param {Uint8Array[]} given @param {Uint8Array} policy @param {number} now @returns {string} a kind of verdict or refusal */
export function verdict(given, policy, now) {
  return judged(given, null, policy, now, null, []).kind;
}

/**
 * @param {Uint8Array[]} given @param {Uint8Array | null} site what /messages.json says @param {Uint8Array} policy @param {number} now
 * @param {Uint8Array | null} stays what /stays.json says @param {Uint8Array[]} rosters
 * @returns {{kind: string, word?: string, news?: number, odd?: number}} a kind of verdict or refusal, and the word
 */
export function judged(given, site, policy, now, stays, rosters) {
  const sources = given.map((bytes, at) => ({ name: `file ${at + 1}`, bytes }));
  const trusted = Policy.decode(policy);
  const of = site === null ? null : { name: "the site", bytes: site };
  const found = judge(sources, of, trusted, now, beside(stays, rosters, trusted));
  if (found.kind === "not-genuine") return { kind: found.refused.kind };
  return found.kind === "genuine" ? { kind: found.kind, word: found.state.word, news: found.news, odd: found.odd } : { kind: found.kind };
}
