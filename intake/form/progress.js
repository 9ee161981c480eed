/**
 * Progress: how much of a tip with photos has gone, and a way to stop for a while.
 */
import { put } from "../../look/words.js";
import { part, reveal } from "./page.js";

/** @typedef {import("../../look/words.js").Words} Words */

export class Progress {
  #words;
  /** Ends the pause.  @type {(() => void) | null} */
  #go = null;

  /** @param {Words} words */
  constructor(words) {
    this.#words = words;
    part("pause").addEventListener("click", () => this.#pause());
    part("resume").addEventListener("click", () => this.clear());
  }

  /**
   * Show the share that is there, and wait while the person wants to.
   * @param {number} share from 0 to 1 @returns {Promise<void> | void}
   */
  step(share) {
    const percent = Math.floor(share * 100);
    reveal("going-parts", true);
    /** @type {HTMLProgressElement} */ (part("going-share")).value = percent;
    put(part("going-percent"), this.#words.t("Sent so far: {percent} %", { percent }));
    if (part("resume").hidden) return undefined;
    return new Promise((resume) => (this.#go = resume));
  }

  /** End a pause. */
  clear() {
    this.#show(false);
    this.#go?.();
    this.#go = null;
  }

  /** Hide it for good: nothing is on its way. */
  hide() {
    reveal("going-parts", false);
    this.clear();
  }

  #pause() {
    this.#show(true);
    part("resume").focus();
  }

  /** @param {boolean} isPaused */
  #show(isPaused) {
    const hadFocus = document.activeElement === part("resume");
    reveal("pause", !isPaused);
    reveal("resume", isPaused);
    reveal("going-paused", isPaused);
    if (hadFocus && !isPaused) part("pause").focus();
  }
}
