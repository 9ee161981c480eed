// Whole desks without their page, each over a storage of its own, at the address of a real server.
import { Policy } from "../../protocol/js/policy.js";
import { Signed } from "../../protocol/js/signed.js";
import { unutf8 } from "../../protocol/js/encoding.js";
import { Api } from "../../verifier/page/api.js";
import { Session } from "../../verifier/page/session.js";
import { tend } from "../../verifier/page/week.js";
import { ringOf } from "./ring.mjs";

/** @type {Map<string, Session>} */
const desks = new Map();

/**
 * Somebody opens their desk.
 * @param {string} name @param {string} url @param {string} origin @param {Uint8Array} policy
 * @param {{network: string, verifier: string, seed: Uint8Array<ArrayBuffer>, key: Uint8Array<ArrayBuffer>}} vault
 */
export async function open(name, url, origin, policy, vault) {
  const { keep, opener } = ringOf(vault);
  const worker = { ask: async (/** @type {string} */ task, /** @type {any} */ asked) =>
    task === "vault" ? vault : opener.ask(task, asked) };
  const baked = /** @type {any} */ ({ policy: Policy.decode(policy) });
  const desk = new Session(baked, new Api(url), /** @type {any} */ (worker), keep);
  Object.assign(globalThis, { location: { origin } });
  desks.set(name, desk);
  return said(() => desk.unlock(new Uint8Array(0), "", [], false, () => undefined));
}

const real = Date.now;

/** All clocks here go ahead of this machine's.  @param {number} seconds */
export function ahead(seconds) {
  Date.now = () => real() + seconds * 1000;
}

/** The desk does what an open desk does by itself.  @param {string} name @returns {Promise<string>} "" or the refusal */
export function look(name) {
  const desk = /** @type {Session} */ (desks.get(name));
  return said(() => tend(desk));
}

/** @param {string} name @returns {any[]} the sets in force, as this desk has seen them last */
export function sets(name) {
  const { network } = /** @type {Session} */ (desks.get(name));
  const inForce = network.sets.filter((/** @type {any} */ one) => one.complete && !one.retired);
  return inForce.map((/** @type {any} */ one) => JSON.parse(unutf8(Signed.of(one.set).payload)));
}

/** @param {() => Promise<unknown>} act @returns {Promise<string>} "" or the kind of the refusal */
async function said(act) {
  try {
    await act();
    return "";
  } catch (error) {
    const kind = /** @type {any} */ (error).kind;
    if (kind === undefined) throw error;
    return kind;
  }
}
