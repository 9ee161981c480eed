/**
 * The draw: who judges a proposal as the second key.  SPEC 9.4.
 *
 * Nobody picks their own second: the order follows from the proposal and from the log's latest root, which no verifier
 * chooses, and whoever audits the case can redo it.
 *
 * Pure: reads no clock, touches no store.
 */
import { byCodePoint, hex, join, sha256, unhex, utf8 } from "./encoding.js";

/** @typedef {import("./event.js").Verifier} Verifier */

/**
 * The ids of those who may judge, the first drawn first: other organisations before the proposer's own.
 *
 * `proposal` is the SHA-256 that names the proposal's event (hexadecimal), `root` the log's latest root (32 bytes).
 * Within a group the lowest SHA-256(proposal ‖ root ‖ id) comes first.
 * @param {string} proposal @param {Uint8Array} root @param {Iterable<Verifier>} candidates @param {Verifier} proposer
 * @param {ReadonlySet<string>} [conflicted] @returns {string[]}
 */
export function draw(proposal, root, candidates, proposer, conflicted = new Set()) {
  const fit = [...candidates].filter(
    ({ id, revokedAt, roles }) =>
      id !== proposer.id && !conflicted.has(id) && revokedAt === null && !roles.has("trainee"),
  );
  const lots = new Map(
    fit.map(({ id, org }) => {
      const lot = hex(sha256(join(unhex(proposal), root, utf8(id))));
      return [id, `${org === proposer.org ? 1 : 0}${lot}`];
    }),
  );
  return [...lots].sort(([, a], [, b]) => byCodePoint(a, b)).map(([id]) => id);
}
