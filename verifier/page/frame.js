/**
 * The frame: banners, the line that says who is here, the panels, and on a phone three tabs at the thumb.
 *
 * A panel is drawn again only when what it shows has changed; whoever types in it goes on typing.
 */
import { iconNode } from "../../look/icon.js";
import { banners } from "./banner.js";
import { here } from "./baked.js";
import { drawCase } from "./case-panel.js";
import { proposalOf } from "./casefile.js";
import { el, openIn, refill, reopen } from "./dom.js";
import { drawNeeds } from "./need-panel.js";
import { drawQueue } from "./queue-panel.js";
import { drawSecond } from "./second-key.js";
import { clock } from "./clock.js";
import { atGate, isLate } from "./joining.js";
import { drawShift } from "./shift-panel.js";
import { isPressed } from "./pressed.js";
import { drawTip } from "./tip-panel.js";
import { takenBack } from "./witness.js";

/** @typedef {import("./desk.js").Desk} Desk */
/**
 * What is shown again when its key is another: `drawn` is the one that it was drawn for, `failed` the last that it could
 * not be drawn for, `place` what was looked at when it was drawn.
 * @typedef {{node: HTMLElement, key: () => unknown, draw: () => readonly (Node | string)[], drawn: string,
 *   failed: string, place: string}} Panel
 */

const BEAT = 100; // Milliseconds at least between two drawings.
const FLOOD_BEAT = 600; // While many previews open, hundreds in a second: drawing each would slow them down.

/** What stands on the screen of an open desk. */
export class Frame {
  /** @type {Panel[]} */
  #panels = [];
  #asked = false;

  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.#build();
  }

  #build() {
    const { desk } = this;
    const { t } = desk.words;
    const section = (/** @type {string} */ id, /** @type {string} */ label) =>
      el("section", { id, class: "panel", "aria-label": label, tabindex: "-1" });
    const [queue, work, need, shift] = [
      section("queue", t("Queue")),
      section("work", t("Case")),
      section("need", t("What is missing")),
      section("shift", t("Shift")),
    ];
    const who = el("div", { id: "who" });
    const said = el("div", { id: "said", role: "status", "aria-live": "polite" });
    const tabs = el("nav", { id: "tabs", "aria-label": t("Desk") });
    /** @param {HTMLElement} node @param {Panel["key"]} key @param {Panel["draw"]} draw */
    const panel = (node, key, draw) => this.#panels.push({ node, key, draw, drawn: "", failed: "", place: "" });
    panel(who, () => [desk.reached, this.#minute()], () => this.#who());
    panel(said, () => desk.said, () => this.#said());
    panel(tabs, () => [desk.tab, desk.load.waiting.length], () => this.#tabs());
    panel(queue, () => this.#queueKey(), () => drawQueue(desk));
    panel(
      work,
      () => this.#caseKey(),
      () => (desk.mode === "second" ? drawSecond(desk) : desk.case ? drawCase(desk) : drawTip(desk)),
    );
    panel(need, () => [this.#caseKey(), this.#minute()], () => drawNeeds(desk));
    panel(shift, () => this.#shiftKey(), () => drawShift(desk));
    const skip = el("a", { class: "skip button", href: "#work" }, t("Skip to the case"));
    refill(
      document.body,
      skip,
      el("header", {}, banners(desk.baked), who),
      said,
      el("main", { id: "desk" }, queue, work, el("div", { id: "side" }, need, shift)),
      tabs,
    );
  }

  /** Draw what has changed, soon; while something is pressed, once it was let go. */
  show() {
    if (this.#asked) return;
    this.#asked = true;
    const drawn = () => {
      if (isPressed()) return void setTimeout(drawn, BEAT);
      this.#asked = false;
      if (this.desk.session.isOpen) this.draw();
    };
    setTimeout(drawn, this.desk.load.isOpening ? FLOOD_BEAT : BEAT);
  }

  /** Draw at once and begin at the top of what was chosen. */
  arrive() {
    this.draw();
    const id = this.desk.tab === "case" ? "work" : this.desk.tab;
    document.getElementById(id)?.focus({ preventScroll: true });
    document.getElementById(id)?.scrollTo(0, 0);
    window.scrollTo(0, 0);
  }

  /** Draw what has changed, now. */
  draw() {
    const second = this.desk.mode === "second";
    const drill = this.desk.baked.policy.mode === "exercise" ? " drill" : "";
    document.body.className = `${second ? "day" : "night"} at-desk tab-${this.desk.tab}${second ? " second" : ""}${drill}`;
    for (const panel of this.#panels) {
      const key = JSON.stringify(panel.key(), (_, value) => (value instanceof Set ? [...value] : value));
      if (key === panel.drawn) continue;
      this.#drawOne(panel, key);
    }
  }

  /** One panel that can't be drawn keeps no other back, and shows nothing of before.  @param {Panel} panel @param {string} key */
  #drawOne(panel, key) {
    const { case: shown, envelope, mode } = this.desk;
    const place = JSON.stringify([shown, envelope, mode]);
    try {
      const open = panel.place === place ? openIn(panel.node) : [];
      refill(panel.node, panel.draw());
      reopen(panel.node, open);
      Object.assign(panel, { drawn: key, place });
    } catch (error) {
      panel.drawn = "";
      if (panel.failed === key) return; // Said already; it is tried again with each look.
      panel.failed = key;
      console.error(error);
      const { t } = this.desk.words;
      const words = t("This can't be shown. What stood here was put away, so that nobody takes it for something else. Tell whoever runs this desk: {fault}", { fault: `${error}` });
      refill(panel.node, el("div", { class: "notice notice-stop", role: "alert" }, iconNode("warning"), el("p", {}, words)));
    }
  }

  #shiftKey() {
    const { session, renewal } = this.desk;
    return [session.network, [...session.weeks], session.copies, session.oldVault, renewal.stage, this.#minute()];
  }

  #minute() {
    return Math.floor(clock() / 60);
  }

  #queueKey() {
    const { load, envelope, case: shown } = this.desk;
    const tips = load.waiting.map(({ row, tip, refused }) => [row.id, row.minute, tip?.id, refused]);
    const cases = [...load.cases.values()].map(({ row }) => [row.head, row.urgency, row.class]);
    const open = [...load.tips.values()].filter(({ tip }) => tip !== null).length;
    return [this.desk.turn, envelope, shown, tips, cases, open, [...load.words], this.#minute()];
  }

  #caseKey() {
    const { load, envelope, case: shown, mode, session } = this.desk;
    const file = shown === null ? undefined : load.cases.get(shown);
    const entries = (file?.tips ?? []).map(({ id }) => load.tips.get(id));
    const tips = entries.map((one) => [one?.tip?.id, one?.refused, one?.failed]);
    const chains = (file?.row.chains ?? []).map((id) => {
      const chain = load.chains.get(id);
      return [chain?.found?.word, chain?.next, chain?.messages.map((one) => [one.name, one.state])];
    });
    const entry = envelope === null ? undefined : load.tips.get(envelope);
    const shift = Object.keys(session.network?.on_shift ?? {});
    const draft = file && proposalOf(file)?.part;
    const gate = file && draft?.alert ? [isLate(session, draft), atGate(session, load, file)] : null;
    return [
      this.desk.turn,
      shown,
      mode,
      file?.row,
      file?.told,
      tips,
      chains,
      gate,
      envelope,
      entry?.tip?.id,
      entry?.refused,
      entry?.failed,
      shift,
      load.owed?.late,
      takenBack(load),
      shown === null && envelope !== null && this.#placesKey(envelope),
    ];
  }

  /** @param {string} envelope @returns {unknown} what decides where a tip may go: others open and move cases meanwhile */
  #placesKey(envelope) {
    const { load } = this.desk;
    const heads = [...load.cases.values()].map(({ row }) => [row.id, row.head]);
    return [heads, load.placeOf(envelope), load.waiting.some(({ row }) => row.id === envelope)];
  }

  /** @returns {readonly Node[]} */
  #who() {
    const { session, baked, reached } = this.desk;
    const { t, tn } = this.desk.words;
    const left = Math.max(0, Math.ceil((session.shiftUntil - clock()) / 60));
    const name = here(baked, baked.face.name);
    const lost = el("span", { class: "lost" }, iconNode("warning"), t("No connection. What you see may be old."));
    return [
      el("h1", {}, name),
      el("span", {}, t("You are {id}", { id: session.me.id })),
      reached ? el("span", {}, tn("Shift: {n} minute left", "Shift: {n} minutes left", left)) : lost,
    ];
  }

  /** @returns {readonly Node[]} */
  #said() {
    const { said } = this.desk;
    if (said === null) return [];
    const icon = { "": "bell", yes: "check", doubt: "warning", stop: "retracted" }[said.kind];
    const kind = said.kind === "" ? "" : ` notice-${said.kind}`;
    return [el("div", { class: `notice${kind}` }, iconNode(icon), el("p", {}, said.text))];
  }

  /** @returns {readonly Node[]} */
  #tabs() {
    const { desk } = this;
    const { t } = desk.words;
    const tab = (/** @type {Desk["tab"]} */ id, /** @type {string} */ icon, /** @type {string} */ words) => {
      const attributes = { type: "button", id: `tab-${id}`, "aria-current": desk.tab === id ? "page" : null };
      return el("button", { ...attributes, click: () => desk.go({ tab: id }) }, iconNode(icon), el("span", {}, words));
    };
    const waiting = desk.load.waiting.length;
    return [
      tab("queue", "bell", waiting > 0 ? t("Queue ({n})", { n: waiting }) : t("Queue")),
      tab("case", "document", t("Case")),
      tab("shift", "people", t("Shift")),
    ];
  }
}
