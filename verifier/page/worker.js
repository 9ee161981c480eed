/**
 * The desk's worker: what takes long and what opens, off the thread that paints.
 *
 * It holds the epoch keys in its memory, gets sealed bytes, and gives back what is in them.  It asks nobody for
 * anything: the page fetches.
 */
import * as age from "../../protocol/js/age.js";
import { Refused } from "../../protocol/js/errors.js";
import { openVault } from "../../protocol/js/vault.js";
import { argon2id } from "./argon2id.js";
import { makeNewcomer, makeVault } from "./vault-making.js";
import { WeekKeys } from "./weekkeys.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** @typedef {{id: number, task: string} & Record<string, any>} Asked */

const keys = new WeekKeys();

/** By task; each gives what is sent back.  @type {Record<string, (asked: any) => any>} */
const TASKS = {
  /** @param {{id: number, file: Bytes, words: string}} asked */
  vault: ({ id, file, words }) => openVault(file, words, (done) => post({ id, done }), argon2id),
  /** @param {{id: number, network: string, desk: string, organisation: string}} asked */
  newcomer: ({ id, network, desk, organisation }) =>
    makeNewcomer(network, desk, organisation, (done) => post({ id, done }), argon2id),
  /** @param {{id: number, network: string, verifier: string, seed: Bytes}} asked */
  renew: ({ id, network, verifier, seed }) =>
    makeVault(network, verifier, seed, (done) => post({ id, done }), argon2id),
  /** @param {{epoch: number, seed: Bytes}} asked */
  know: (asked) => keys.know(asked),
  /** @param {{epoch?: number}} asked one week, or all */
  forget: (asked) => keys.forget(asked),
  preview: (asked) => keys.preview(asked),
  whole: (asked) => keys.whole(asked),
  part: (asked) => keys.part(asked),
  /** @param {{data: Bytes, recipients: string[]}} asked */
  seal: ({ data, recipients }) => age.seal(data, recipients),
};

/** @param {unknown} message */
const post = (message) => /** @type {any} */ (self).postMessage(message);

self.addEventListener("message", async ({ data }) => {
  const asked = /** @type {Asked} */ (data);
  try {
    post({ id: asked.id, value: await TASKS[asked.task](asked) });
  } catch (error) {
    if (error instanceof Refused) return post({ id: asked.id, refused: error.kind, sentence: error.sentence });
    // Memory that a small phone does not give, say: whoever asked has to hear of it.
    console.error(error);
    post({ id: asked.id, failed: String(error) });
  }
});
