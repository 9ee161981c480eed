/**
 * What a witness sent back, on the screen: the answer beside its question, a withdrawal and what it means, and whether
 * what was asked still stands in the drop.
 */
import { iconNode } from "../../look/icon.js";
import { el } from "./dom.js";
import { button } from "./field.js";
import { makeMove, whyNot } from "./moving.js";
import { callName } from "./say.js";
import { headOf, minuteTime, placed } from "./tip-panel.js";
import { askedIn, caseOfReply, isAllTakenBack, questionOf, repliesOf, replyIn, takenBack, threadOf, threadsOf } from "./witness.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @param {TipEntry} entry @returns {string} what it is, in a few words */
export function replyLabel({ words: { t } }, entry) {
  return replyIn(entry)?.kind === "answer" ? t("A witness answered") : t("A witness took a tip back");
}

/** @param {Desk} desk @param {TipEntry} entry a reply @returns {HTMLElement} */
export function replyCard(desk, entry) {
  const { t } = desk.words;
  const reply = replyIn(entry);
  const file = caseOfReply(desk.load, entry);
  const asked = reply === null || file === null ? "" : questionOf(file, reply);
  const words = reply?.words ?? null;
  return el(
    "article",
    { class: "card tip reply" },
    el("p", { class: "what" }, iconNode(words === null ? "withdrawn" : "told"), ` ${replyLabel(desk, entry)}`),
    asked !== "" && el("p", { class: "quiet" }, t("We asked: {words}", { words: asked })),
    words !== null && asked === "" && el("p", { class: "quiet" }, t("It answers a question that is not in this case.")),
    words !== null && el("blockquote", { dir: "auto" }, words),
    words === null && el("p", {}, t("What was told under this code is no longer to be used. What others found stays.")),
    el("p", { class: "hint" }, iconNode("sealed"), ` ${t("Signed by the key of the tip's own code: the same person, or somebody who has their eight words.")}`),
  );
}

/** @param {Desk} desk @param {TipEntry} entry a tip @returns {HTMLElement | false} that it was taken back, if it was */
export function takenBackNotice(desk, entry) {
  const name = threadOf(entry);
  if (name === "" || !takenBack(desk.load).has(name)) return false;
  const sentence = desk.words.t("The witness took this tip back. No finding may rest on it.");
  return el("div", { class: "notice notice-stop" }, iconNode("withdrawn"), el("p", {}, sentence));
}

/** @param {Desk} desk @param {TipEntry} entry a reply in the queue @returns {readonly Node[]} where it belongs */
export function replyLinking(desk, entry) {
  const { t } = desk.words;
  const there = placed(desk, entry);
  if (there !== null) return there;
  const file = caseOfReply(desk.load, entry);
  const heading = el("h2", {}, t("Where does it belong?"));
  const fits = file !== null && whyNot(desk.session, file, "link", "") === null;
  if (file === null || !fits) {
    const sentence = t("No open case of this desk has the tip. It may be closed or burnt; nothing is left to do.");
    return [el("section", { class: "card next" }, heading, el("p", {}, sentence))];
  }
  const { row } = file;
  const act = async () => {
    const [part, along] = [{ duplicate: "found" }, { envelopes: [entry.row.id] }];
    const done = await desk.attempt(() => makeMove(desk.session, row.id, headOf(desk, row.id), "link", part, along));
    if (!done) return;
    await desk.reread(row.id);
    desk.go({ case: row.id, envelope: null, mode: "look", tab: "case" });
  };
  const words = t("Put it to {name}", { name: callName(row.id) });
  const style = { kind: /** @type {const} */ ("main"), id: "put-reply", icon: iconNode("arrow") };
  const why = el("p", {}, t("It comes from the witness of a tip in this case. Only this device knows that."));
  return [el("section", { class: "card next" }, heading, why, button(words, act, style))];
}

/** @param {Desk} desk @param {CaseFile} file @returns {readonly Node[]} what stands between the desk and its witnesses */
export function drawWitnesses(desk, file) {
  const { t } = desk.words;
  const [asked, replies, gone] = [askedIn(file), repliesOf(desk.load, file), takenBack(desk.load)];
  const left = [...threadsOf(desk.load, file).keys()].filter((name) => gone.has(name));
  const lost = [...asked.flatMap(({ cells }) => cells)].filter(({ cell }) => desk.drop.missing.has(cell));
  const answered = new Set(replies.map((entry) => replyIn(entry)?.question));
  const lines = asked.map(({ words, minute, cells }) => {
    const waits = cells.some(({ question, thread }) => !answered.has(question) && !gone.has(thread));
    const time = minuteTime(minute, desk.baked);
    const state = waits && el("span", { class: "quiet" }, ` (${t("no answer yet; the question stands for three days")})`);
    return el("li", {}, t("Asked at {time}: {words}", { time, words }), state);
  });
  const taken = left.length > 0 && el(
    "div",
    { class: "notice notice-stop", role: "alert" },
    iconNode("withdrawn"),
    el("p", {}, withdrawalWords(desk, file)),
  );
  const missing = lost.length > 0 && el(
    "div",
    { class: "notice notice-doubt", role: "alert" },
    iconNode("warning"),
    el("p", {}, t("What was asked is missing from the drop, twice in a row. The witness can't see it. Tell the operator.")),
  );
  const all = [taken, missing, lines.length > 0 && el("ul", { class: "asked" }, lines)].flatMap((one) => one || []);
  return all.length === 0 ? [] : [el("section", { id: "witnesses" }, el("h2", {}, t("The witness")), all)];
}

/** @param {Desk} desk @param {CaseFile} file @returns {string} what a withdrawal means for this case */
function withdrawalWords(desk, file) {
  const { t } = desk.words;
  if (!isAllTakenBack(desk.load, file)) return t("A witness took a tip of this case back. Weigh what was found as if that tip had not come.");
  return t("The witness took back the only tip of this case. Close it; if an alert rests on it alone, suspend it.");
}
