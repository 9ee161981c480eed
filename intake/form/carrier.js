/**
 * The carrier: brings one thing at a time on its way, and tells the person how it goes.
 */
import { put } from "../../look/words.js";
import { breathe } from "./breathe.js";
import { part, reveal, show } from "./page.js";
import { Progress } from "./progress.js";
import { send } from "./sending.js";
import { heed } from "./taken.js";

/** @typedef {import("./sending.js").Load} Load */
/** @typedef {import("./sending.js").Way} Way */
/**
 * A thing to be carried: the screen to return to; what it becomes, null where it is not ready to be sent; what to do once
 * it has arrived; and what to say where it can't be sent.
 * @typedef {Readonly<{from: "tell" | "back", load: (way: Way) => Promise<Load | null>, done: () => void,
 *   give: (error: unknown) => void}>} Errand
 */

/** Milliseconds after which a sum that is still being done is spoken of. */
const SLOW = 2500;

export class Carrier {
  /** Ends with what is on its way. */
  #way = new AbortController();
  /** @type {Errand["from"]} */
  #from = "tell";
  #words;
  #progress;
  #needs;

  /**
   * @param {import("./page.js").Words} words
   * @param {() => Pick<Way, "name" | "readers" | "work" | "hand">} needs what sending needs of the page
   */
  constructor(words, needs) {
    this.#words = words;
    this.#progress = new Progress(words);
    this.#needs = needs;
  }

  /**
   * Seal and send; on any error everything still stands where it was said.
   * @param {Errand} errand @returns {Promise<boolean>} whether it has arrived
   */
  async carry({ from, load, done, give }) {
    this.#way = new AbortController();
    const { signal } = this.#way;
    this.#from = from;
    this.#calm();
    show("going");
    const slow = setTimeout(() => !signal.aborted && reveal("going-slow", part("going-ways").hidden === true), SLOW);
    const way = this.#wayOf(signal);
    try {
      await breathe(); // So that the lantern is seen first.
      const made = await load(way);
      if (made === null) return false;
      heed(signal);
      await send(made, way);
      way.work.forget(); // It was good for one envelope.
      heed(signal); // What stands in the form is then no longer what was sent.
      reveal("sent-told", way.hand === null);
      done();
      show("sent");
      return true;
    } catch (error) {
      if (!signal.aborted) give(error);
      return false;
    } finally {
      clearTimeout(slow);
      if (!signal.aborted) this.#progress.hide();
    }
  }

  /** What ends with the signal: the screen may be the next one's by then.  @param {AbortSignal} signal @returns {Way} */
  #wayOf(signal) {
    /** @type {Way["say"]} */
    const say = (stage) => {
      heed(signal);
      this.#say(stage);
    };
    /** @type {Way["step"]} */
    const step = (share) => {
      heed(signal);
      return this.#progress.step(share);
    };
    return { ...this.#needs(), say, signal, step };
  }

  /** Take it back. */
  stop() {
    this.#way.abort();
    this.#progress.hide(); // Also where it is paused: it goes on, and no further than to its next step.
  }

  /** Take it back, and return to where it was said. */
  change() {
    this.stop();
    show(this.#from);
  }

  /** @param {import("./sending.js").Stage} stage */
  #say(stage) {
    const { t } = this.#words;
    const titles = { sealing: t("Sealing on your phone"), sending: t("Sealed. Sending now"), dropped: t("Waiting to send") };
    const waits = !["sealing", "sending"].includes(stage);
    put(part("going-title"), titles[waits ? "dropped" : /** @type {"sealing"} */ (stage)]);
    if (!waits) return; // What went wrong stays in sight while it is tried again.
    reveal("going-slow", false);
    for (const one of ["dropped", "load", "heavy", "trouble"]) reveal(`going-${one}`, one === stage);
    reveal("going-ways", true);
  }

  /** Clear what an earlier try has said. */
  #calm() {
    for (const one of ["slow", "dropped", "load", "heavy", "trouble", "ways"]) reveal(`going-${one}`, false);
    put(part("going-title"), this.#words.t("Sealing on your phone"));
  }
}
