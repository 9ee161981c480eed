/**
 * Back: somebody has a code.  They see what was asked, or how it ended, and may answer, or take back what they told.
 * In memory only, and forgotten when they leave.
 */
import { deriveThread } from "../../protocol/js/codename.js";
import { threadName } from "../../protocol/js/question.js";
import { signReply } from "../../protocol/js/reply.js";
import { breathe } from "./breathe.js";
import { lookFor } from "./dropped.js";
import { input, part, reveal, show } from "./page.js";
import { listenToCode, readCode, wipeCode } from "./typed.js";

/** @typedef {import("../../protocol/js/codename.js").Thread} Thread */
/** @typedef {import("../../protocol/js/errors.js").Refused} Refused */
/** @typedef {import("../../protocol/js/question.js").Question} Question */
/** @typedef {import("../../protocol/js/reply.js").ReplyKind} ReplyKind */
/** @typedef {import("./coming-back.js").Shared} Page */

const STEPS = Object.freeze(["enter", "looking", "found"]);
/** Milliseconds after which somebody is told that something is still being fetched, and before another try of it. */
const SLOW = 3000;

/** The screen of coming back. */
export class Back {
  /** @type {Thread | null} */
  #thread = null;
  /** @type {Question[]} */
  #found = [];
  /** Rises when what is being computed is no longer wanted. */
  #turn = 0;
  #page;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    listenToCode(page.words);
    const on = (/** @type {string} */ id, /** @type {() => unknown} */ act) => part(id).addEventListener("click", () => void act());
    on("have-code", () => this.#enter());
    on("back-cancel", () => this.#leave());
    on("back-stop", () => this.#enter());
    on("back-other", () => this.#enter());
    on("back-done", () => this.#leave());
    on("back-answer", () => this.#answer());
    on("back-withdraw", () => this.#ask(true));
    on("back-keep", () => this.#ask(false));
    on("back-take", () => this.#withdraw());
    part("back-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#look();
    });
  }

  /** Let go of the code and of all that came of it. */
  forget() {
    this.#turn++;
    this.#thread = null;
    this.#found = [];
    wipeCode();
    input("back-text").value = "";
    input("back-zone").value = "";
    for (const id of ["back-list", "back-broken", "back-text-hints"]) part(id).textContent = "";
    part("back-text-fault").textContent = "";
  }

  #enter() {
    this.#turn++;
    this.#step("enter");
    show("back");
    part("back-words").querySelector("input")?.focus();
  }

  #leave() {
    this.forget();
    show("tell");
  }

  /** @param {string} name */
  #step(name) {
    for (const one of STEPS) reveal(`back-${one}`, one === name);
  }

  /** Derive the keys and look through the drop. */
  async #look() {
    const { words, readers, drop } = this.#page;
    const code = readCode(words);
    if (code === null) return;
    const turn = ++this.#turn;
    const bar = /** @type {HTMLProgressElement} */ (part("back-progress"));
    bar.value = 0;
    reveal("back-slow", false);
    this.#step("looking");
    part("back-title").focus();
    let slow = 0;
    try {
      await breathe();
      const thread = await deriveThread(code, readers().policy.network, (done) => (bar.value = done));
      bar.value = 1;
      slow = window.setTimeout(() => reveal("back-slow", true), SLOW);
      const publication = await this.#publication(turn);
      const { found, broken } = await lookFor(await drop(), thread, publication, readers().now());
      if (turn === this.#turn) this.#show(thread, found, broken, "");
    } catch (error) {
      if (turn !== this.#turn) return;
      const { rule = "", kind = "" } = /** @type {Partial<Refused>} */ (error);
      this.#show(null, [], 0, `${rule} ${kind}`);
      if (kind === "") throw error; // A mistake of ours: the console should have it.
    } finally {
      clearTimeout(slow);
      code.fill(0);
    }
  }

  /**
   * Who may ask; a dropped connection is waited for, as everywhere.
   * @param {number} turn @returns {Promise<import("../../protocol/js/publication.js").Publication>}
   */
  async #publication(turn) {
    for (;;) {
      try {
        return await this.#page.readers().publication();
      } catch (error) {
        // What was refused, by the page or by its door, has a kind; a line that is down has none.
        if (turn !== this.#turn || "kind" in /** @type {object} */ (error)) throw error;
      }
      await new Promise((resume) => setTimeout(resume, SLOW));
    }
  }

  /**
   * @param {Thread | null} thread null where nothing could be looked at @param {Question[]} found
   * @param {number} broken @param {string} rule what broke
   */
  #show(thread, found, broken, rule) {
    this.#thread = thread;
    this.#found = found;
    const asked = found.find(({ words }) => words !== null);
    part("back-list").replaceChildren(...found.map((one) => this.#card(one)));
    reveal("back-nothing", rule === "" && found.length === 0);
    reveal("back-garbage", rule !== "" || broken > 0);
    part("back-broken").textContent = rule;
    reveal("back-reply", asked !== undefined);
    reveal("back-zone-choice", found.length === 0);
    reveal("back-own", thread !== null);
    this.#ask(false);
    this.#step("found");
    part("back-title").focus();
  }

  /** @param {Question} one @returns {HTMLElement} what was asked or told, as text and nothing else */
  #card(one) {
    const { t, lang } = this.#page.words;
    const card = document.createElement("article");
    card.className = "card";
    const head = document.createElement("h2");
    head.textContent = one.words === null ? t("How it ended") : t("A verifier asks");
    const text = document.createElement("p");
    text.className = one.words === null ? "ending" : "question";
    text.dir = "auto";
    text.textContent = one.words ?? this.#ending(one.ending ?? "");
    const when = document.createElement("p");
    when.className = "hint";
    const how = /** @type {const} */ ({ weekday: "long", hour: "numeric", minute: "2-digit" });
    const day = new Intl.DateTimeFormat(`${lang}-u-ca-gregory-nu-latn`, how).format(one.issued * 1000);
    when.textContent = t("Signed by a verifier of this network, {when}.", { when: day });
    card.append(head, text, when);
    return card;
  }

  /** @param {string} code @returns {string} */
  #ending(code) {
    const { t } = this.#page.words;
    switch (code) {
      case "alert-sent":
        return t("We checked it, others confirmed it, and an alert went out. Thank you.");
      case "not-immigration":
        return t("We checked it. It was not immigration officers. It was right to tell us.");
      case "nothing-found":
        return t("We went to look and found nothing there. That can be good news. It was right to tell us.");
      case "not-checked":
        return t("We are sorry: we could not check it in time. Nothing was published.");
      default:
        return t("You took back what you told us. We closed it and do not use it.");
    }
  }

  /** Ask once more, or no longer, whether it is to be taken back.  @param {boolean} sure */
  #ask(sure) {
    reveal("back-sure", sure);
    reveal("back-withdraw", !sure);
    part("back-zone-fault").textContent = "";
    if (sure) part("back-sure").scrollIntoView({ block: "nearest" });
  }

  async #answer() {
    const { t } = this.#page.words;
    const words = input("back-text").value.replace(/\p{Surrogate}/gu, "\ufffd").trim();
    const asked = this.#found.find((one) => one.words !== null);
    part("back-text-fault").textContent = words === "" ? t("Write your answer first.") : "";
    if (words === "" || asked === undefined) return input("back-text").focus();
    await this.#send("answer", asked, { question: asked.name, words });
  }

  async #withdraw() {
    const [last] = this.#found;
    const zone = input("back-zone").value;
    if (last === undefined && zone === "") {
      part("back-zone-fault").textContent = this.#page.words.t("Choose the area: it decides who gets this.");
      return;
    }
    await this.#send("withdrawal", last ?? null, last === undefined ? {} : { question: last.name }, zone);
  }

  /**
   * @param {ReplyKind} kind @param {Question | null} to whose verifier's desk it goes to, else the zone's
   * @param {{question?: string, words?: string}} said @param {string} [zone]
   */
  async #send(kind, to, said, zone = "") {
    const thread = /** @type {Thread} */ (this.#thread);
    const value = thread.value();
    const { network } = this.#page.readers().policy;
    const signed = signReply(kind, { v: 1, network, thread: threadName(value), ...said }, thread.seed);
    const arrived = await this.#page.send(
      {
        fields: { kind, thread: value, said: signed.value() },
        to: (publication) => (to === null ? publication.setForZone(zone) : publication.setOfDesk(to.desk)),
      },
      kind,
    );
    if (arrived) this.forget();
  }
}
