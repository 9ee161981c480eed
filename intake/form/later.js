/**
 * Later: what a page fetches once it can be used, the same for everybody, code or no code: the script of return codes
 * and the drop.  A form that only tells needs neither, and must not wait for them.
 *
 * The script is named by its SHA-256 in the page and in the page's own policy: no other runs, whoever serves it.
 */
import { fingerprint, utf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { pause } from "./breathe.js";
import { Dropped, Turned, fetchDrop, fetchScript } from "./door.js";
import * as lent from "./lent.js";
import { isKept, part } from "./page.js";

/** @typedef {import("./coming-back.js").Coming} Coming */
/** @typedef {import("./coming-back.js").Shared} Shared */
/** @typedef {Readonly<{path: string, sha256: string}>} Named */

/** Milliseconds before another try, the same for everybody: the first, then twice as long, up to the longest. */
const FIRST_PAUSE = 5000;
const LONGEST_PAUSE = 80_000;
/** Milliseconds after which the drop is fetched again once somebody looks at the page: with a code or without one. */
const OLD = 900_000;

/** Return codes, once their script is here. */
export class Later {
  /** Null before.  @type {Coming | null} */
  #coming = null;
  /** Null before the script runs.  @type {Promise<void> | null} */
  #begun = null;
  /** @type {(file: Uint8Array<ArrayBuffer>) => void} */
  #have = () => {};
  /** @type {Promise<Uint8Array<ArrayBuffer>>} */
  #file;
  /** When it came, by the device's clock: others may stand still while a phone sleeps.  @type {number | null} */
  #since = null;
  /** Ends the fetching that is under way.  @type {AbortSignal | null} */
  #under = null;
  #text = "";
  #named;
  #shared;

  /** @param {Named} named @param {Omit<Shared, "drop" | "text">} shared */
  constructor(named, shared) {
    this.#named = named;
    this.#shared = shared;
    this.#file = new Promise((resolve) => (this.#have = resolve));
  }

  /** Fetch both, however often that takes, once at a time.  @param {AbortSignal} signal */
  async fetch(signal) {
    if (this.#under === signal) return;
    this.#under = signal;
    if (this.#isOld()) this.again(); // Whoever looks now waits for the new one.
    try {
      const text = this.#begun === null ? await untilThere(() => fetchScript(this.#named.path, signal), signal) : "";
      if (text !== null && text !== "") void this.run(text);
      await this.#begun;
      const file = await untilThere(() => fetchDrop(signal), signal);
      if (file === null) return;
      this.#have(file);
      [this.#file, this.#since] = [Promise.resolve(file), Date.now()];
    } finally {
      if (this.#under === signal) this.#under = null;
    }
  }

  /** Fetch the drop again where somebody looks at the page and it is old.  @param {AbortSignal} signal */
  look(signal) {
    if (!document.hidden && this.#isOld()) void this.fetch(signal);
  }

  #isOld() {
    return this.#since !== null && Math.abs(Date.now() - this.#since) > OLD;
  }

  /** @param {string} network @returns {ReturnType<Coming["thread"]>} of the code that was asked for, null for none */
  async thread(network) {
    return this.#coming === null ? null : this.#coming.thread(network);
  }

  /** Show the code, where the tip that has arrived carried one.  @param {boolean} carried */
  show(carried) {
    this.#coming?.show(carried);
  }

  /** Let go of the code that was given. */
  drop() {
    this.#coming?.drop();
  }

  /** Let go of everything. */
  forget() {
    this.#coming?.forget();
  }

  /** What was fetched is old: the next `fetch` gets a new one. */
  again() {
    this.#file = new Promise((resolve) => (this.#have = resolve));
    this.#since = null;
  }

  /** Say that a tip was sealed into a file, and give it.  @param {import("./sending.js").Sealed} sealed */
  async hand(sealed) {
    await this.#begun;
    if (this.#coming === null) throw new Refused("page", "This saved copy was changed: its second script does not run.");
    this.#coming.hand(sealed);
  }

  /** Run the script, once, whoever fetched it meanwhile.  @param {string} text @returns {Promise<void>} once it has begun */
  run(text) {
    return (this.#begun ??= this.#run(text).finally(() => {
      if (this.#coming === null) this.#begun = null; // It was another one.
    }));
  }

  /** @param {string} text */
  async #run(text) {
    // The policy says so too; this holds where a browser does not know policies by hash.
    if (fingerprint(utf8(text)) !== this.#named.sha256) return;
    const trusted = /** @type {any} */ (globalThis).trustedTypes;
    const policy = trusted?.createPolicy("sereno", { createScript: (/** @type {string} */ one) => one });
    const script = document.createElement("script");
    script.text = policy === undefined ? text : policy.createScript(text);
    await pause();
    const here = /** @type {any} */ (window);
    here.sereno = { ...this.#shared, lent, drop: () => this.#file, text: () => this.#text };
    this.#text = text;
    document.body.append(script);
    script.remove(); // It has run.
    const { begin } = here.sereno;
    delete here.sereno;
    if (begin === undefined) return;
    await pause();
    this.#coming = await begin();
    /** @type {HTMLButtonElement} */ (part("have-code")).disabled = isKept(); // Without a network there is no drop.
  }
}

/**
 * What an act gives once it succeeds; null where the page was left before.
 * @template T @param {() => Promise<T>} act @param {AbortSignal} signal @returns {Promise<T | null>}
 */
async function untilThere(act, signal) {
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return await act();
    } catch (error) {
      if (signal.aborted) break;
      if (!(error instanceof Dropped || error instanceof Turned)) throw error;
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
  return null;
}
