/**
 * The opener: the page's end of the worker.  What it is asked comes back as a value or as a refusal.
 */
import { Refused } from "../../protocol/js/errors.js";

/** @typedef {(done: number) => void} Progress told how much is done, from 0 to 1 */
/** @typedef {{resolve: (value: any) => void, reject: (error: Error) => void, onProgress?: Progress}} Waiting */

/** The one address that may become a script, under this desk's policy of trusted types. */
export const WORKER = "/desk-worker.js";

/** @returns {Worker} */
function start() {
  const trusted = /** @type {any} */ (globalThis).trustedTypes;
  const policy = trusted?.createPolicy("sereno", {
    createScriptURL(/** @type {string} */ url) {
      if (url !== WORKER) throw new TypeError(`${url} is no script of the desk.`);
      return url;
    },
  });
  return new Worker(policy === undefined ? WORKER : policy.createScriptURL(WORKER));
}

/** Asks the worker; one for each page. */
export class Opener {
  #worker = start();
  #next = 1;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();

  constructor() {
    this.#worker.addEventListener("message", ({ data }) => this.#answer(data));
    this.#worker.addEventListener("error", () => this.#fail());
  }

  /**
   * What the worker gives for a task (see worker.js).  `move` holds buffers that are handed over, not copied.
   * @param {string} task @param {object} [asked] @param {ArrayBuffer[]} [move] @param {Progress} [onProgress]
   * @returns {Promise<any>}
   */
  ask(task, asked = {}, move = [], onProgress) {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      this.#worker.postMessage({ ...asked, id, task }, move);
    });
  }

  /** @param {{id: number, done?: number, value?: unknown, refused?: any, sentence?: string}} answer */
  #answer({ id, done, value, refused, sentence = "" }) {
    const one = this.#waiting.get(id);
    if (one === undefined) return;
    if (done !== undefined) {
      one.onProgress?.(done);
      return;
    }
    this.#waiting.delete(id);
    if (refused === undefined) one.resolve(value);
    else one.reject(new Refused(refused, sentence));
  }

  #fail() {
    for (const { reject } of this.#waiting.values()) reject(
      new Error("The desk's worker failed; load the page again."),
    );
    this.#waiting.clear();
  }
}
