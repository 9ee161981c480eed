/**
 * The opener: the page's end of the worker.  What it is asked comes back as a value or as a refusal.
 */
import { Refused } from "../../protocol/js/errors.js";

/** @typedef {(done: number) => void} Progress told how much is done, from 0 to 1 */
/** @typedef {{resolve: (value: any) => void, reject: (error: Error) => void, onProgress?: Progress}} Waiting */

/** The one address that may become a script, under this desk's policy of trusted types. */
export const WORKER = "/desk-worker.js";

/** The worker failed at a task, or altogether: it is nobody's refusal, and loading the page again may help. */
export class Failed extends Error {}

/** @type {{createScriptURL: (url: string) => any} | undefined} */
let policy;

/** @returns {Worker} */
function start() {
  const trusted = /** @type {any} */ (globalThis).trustedTypes;
  policy ??= trusted?.createPolicy("sereno", {
    createScriptURL(/** @type {string} */ url) {
      if (url !== WORKER) throw new TypeError(`${url} is no script of the desk.`);
      return url;
    },
  });
  return new Worker(policy === undefined ? WORKER : policy.createScriptURL(WORKER));
}

/** Asks the worker; one for each page. */
export class Opener {
  /** Null once it broke.  @type {Worker | null} */
  #worker = null;
  /** Whether it has ever said anything: only then can it have held keys. */
  #hasSpoken = false;
  #next = 1;
  /** @type {Map<number, Waiting>} */
  #waiting = new Map();

  constructor() {
    this.#begin();
  }

  #begin() {
    const worker = start();
    worker.addEventListener("message", ({ data }) => this.#answer(data));
    worker.addEventListener("error", () => this.#fail(worker));
    this.#worker = worker;
    return worker;
  }

  /**
   * What the worker gives for a task (see worker.js).  `move` holds buffers that are handed over, not copied.
   *
   * Throws Refused, as the task does; Failed where the worker can't do it.  One that did not load is tried again; one
   * that broke is not: it held the weekly keys, and without them everything would look as if it were sealed to others.
   * @param {string} task @param {object} [asked] @param {ArrayBuffer[]} [move] @param {Progress} [onProgress]
   * @returns {Promise<any>}
   */
  async ask(task, asked = {}, move = [], onProgress) {
    const worker = this.#worker ?? (this.#hasSpoken ? null : this.#begin());
    if (worker === null) {
      if (task === "forget") return; // Its memory went with it.
      throw new Failed("The desk's worker is gone.");
    }
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, onProgress });
      worker.postMessage({ ...asked, id, task }, move);
    });
  }

  /** @param {{id: number, done?: number, value?: unknown, refused?: any, sentence?: string, failed?: string}} answer */
  #answer({ id, done, value, refused, sentence = "", failed }) {
    this.#hasSpoken = true;
    const one = this.#waiting.get(id);
    if (one === undefined) return;
    if (done !== undefined) {
      one.onProgress?.(done);
      return;
    }
    this.#waiting.delete(id);
    if (failed !== undefined) one.reject(new Failed(failed));
    else if (refused === undefined) one.resolve(value);
    else one.reject(new Refused(refused, sentence));
  }

  /** @param {Worker} worker that did not load, or broke */
  #fail(worker) {
    worker.terminate();
    if (worker !== this.#worker) return;
    this.#worker = null;
    for (const { reject } of this.#waiting.values()) reject(new Failed("The desk's worker broke."));
    this.#waiting.clear();
  }
}
