// The check page's verdict, without the page.
import { judge } from "../../alerts/check/verdict.js";
import { Policy } from "../../protocol/js/policy.js";

/** @param {Uint8Array[]} given @param {Uint8Array} policy @param {number} now @returns {string} a kind of verdict or refusal */
export function verdict(given, policy, now) {
  const sources = given.map((bytes, at) => ({ name: `file ${at + 1}`, bytes }));
  const found = judge(sources, null, Policy.decode(policy), now);
  return found.kind === "not-genuine" ? found.refused.kind : found.kind;
}
