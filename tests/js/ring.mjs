// The desk's key ring by itself: a storage and a worker's memory that are emptied when the test ends, and any clock.
import { Identity } from "../../protocol/js/age.js";
import { argon2id } from "../../verifier/page/argon2id.js";
import { breakGlass, copyDestroyed, findCopies } from "../../verifier/page/breakglass.js";
import { Keep } from "../../verifier/page/keep.js";
import { eraseOver, keepVault, keepWeek, oldVault, oldVaultDestroyed, rekey, requireOneVault } from "../../verifier/page/keyring.js";
import { makeVault } from "../../verifier/page/vault-making.js";
import { WeekKeys } from "../../verifier/page/weekkeys.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{network: string, verifier: string, seed: Bytes, key: Bytes}} Vault */

/** @param {Vault} vault @returns {any} what the key ring needs of a session, and the worker's keys */
export function ringOf(vault) {
  const keys = new WeekKeys();
  const tasks = /** @type {any} */ (keys);
  const opener = { ask: async (/** @type {string} */ task, /** @type {any} */ asked) => tasks[task](asked) };
  return { vault, keys, opener, keep: new Keep(null), weeks: new Set(), unkept: new Set(), copies: [] };
}

/** @template T @param {number} time Unix seconds @param {() => Promise<T>} act @returns {Promise<T>} */
export async function at(time, act) {
  const real = Date.now;
  Date.now = () => time * 1000;
  try {
    return await act();
  } finally {
    Date.now = real;
  }
}

/** @param {any} ring what is left of it, all of it */
async function left(ring) {
  /** @type {Record<string, unknown>} */
  const kept = {};
  for (const name of await ring.keep.names("")) kept[name] = await ring.keep.get(name);
  const memory = ring.keys.all().map((/** @type {Identity} */ one) => one.seed);
  return { kept, memory, weeks: [...ring.weeks], unkept: [...ring.unkept], copies: ring.copies };
}

/**
 * A desk that stays open from `begin` on, makes a dated file of each week in `copied`, and erases at each of `times`.
 * @param {Vault} vault @param {[number, Bytes][]} weeks @param {number[]} copied
 * @param {number} begin @param {number[]} times
 */
export async function life(vault, weeks, copied, begin, times) {
  const ring = ringOf(vault);
  const files = await at(begin, async () => {
    for (const [epoch, seed] of weeks) await keepWeek(ring, epoch, new Identity(seed));
    return Promise.all(copied.map((epoch) => breakGlass(ring, epoch)));
  });
  const states = [];
  for (const time of times) {
    await at(time, () => eraseOver(ring));
    await findCopies(ring);
    states.push(await left(ring));
  }
  for (const epoch of copied) await copyDestroyed(ring, epoch);
  return { files, states, destroyed: await left(ring) };
}

/**
 * A desk that keeps its vault changes its pass-phrase: what it kept before and after, and what another tab, which still
 * has the old key, may do.
 * @param {Vault} vault @param {number} epoch @param {Bytes} week the week's seed @param {Bytes} file the old vault
 */
export async function renewed(vault, epoch, week, file) {
  const ring = ringOf(vault);
  await keepWeek(ring, epoch, new Identity(week));
  await breakGlass(ring, epoch);
  await keepVault(ring, file);
  const before = await left(ring);
  const made = await makeVault(vault.network, vault.verifier, vault.seed, undefined, argon2id);
  const { keep } = ring;
  const full = {
    get: (/** @type {string} */ name) => keep.get(name),
    names: (/** @type {string} */ start) => keep.names(start),
    change: () => Promise.reject(new Error("full")),
  };
  const failed = await rekey({ ...ring, keep: full }, made).then(() => "", (error) => error.message);
  const unchanged = await left(ring);
  await rekey(ring, made);
  const after = await left(ring);
  const otherTab = await requireOneVault(ring).then(() => "", (error) => error.kind);
  ring.vault = { ...vault, key: made.key };
  await requireOneVault(ring);
  const old = await oldVault(ring);
  await oldVaultDestroyed(ring);
  return { made, before, failed, unchanged, after, otherTab, old, gone: await oldVault(ring) };
}
