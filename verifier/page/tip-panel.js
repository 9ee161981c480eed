/**
 * One tip as a card, every field in words; and the choice of the case that it belongs to.
 */
import { iconNode } from "../../look/icon.js";
import { MINUTE } from "../../protocol/js/limits.js";
import { dayIsOff } from "../../protocol/js/tip.js";
import { zoneName } from "./baked.js";
import { el } from "./dom.js";
import { button } from "./field.js";
import { isAlike, isCopy, isFirstHand, soundsLike, toldIn } from "./likeness.js";
import { makeMove, randomId, whyNot } from "./moving.js";
import { NOTHING } from "../../protocol/js/event.js";
import { photos } from "./photos.js";
import { callName, failureWords, named, tipLabels } from "./say.js";
import { sharedNotice } from "./sharing-panel.js";
import { clock } from "./clock.js";
import { replyCard, replyLinking, takenBackNotice } from "./witness-panel.js";
import { replyIn } from "./witness.js";

/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../protocol/js/tip.js").Told} Told */

/** @param {Desk} desk @returns {readonly Node[]} the tip that is looked at, or a word of welcome */
export function drawTip(desk) {
  const { t } = desk.words;
  const entry = desk.envelope === null ? undefined : desk.load.tips.get(desk.envelope);
  if (entry === undefined) {
    return [
      el("p", { class: "quiet calm" }, iconNode("lantern", "large"), t("Choose a tip or a case from the queue.")),
    ];
  }
  if (replyIn(entry) !== null) return [el("h1", {}, t("Reply")), replyCard(desk, entry), ...replyLinking(desk, entry)];
  if (entry.tip === null) return [el("h1", {}, t("Tip")), tipCard(desk, entry)];
  return [el("h1", {}, t("Tip")), tipCard(desk, entry), ...(placed(desk, entry) ?? linking(desk, entry))];
}

/**
 * Somebody else may have been quicker while the tip was read.
 * @param {Desk} desk @param {TipEntry} entry @returns {readonly Node[] | null} where it is already; null of what waits
 */
export function placed(desk, entry) {
  const { t } = desk.words;
  const id = desk.load.placeOf(entry.row.id);
  if (id === null && desk.load.waiting.some(({ row }) => row.id === entry.row.id)) return null;
  const name = id === null ? "" : callName(id);
  const sentence = id === null
    ? t("No open case of this desk has the tip. It may be closed or burnt; nothing is left to do.")
    : t("It is in case {name} already.", { name });
  const style = { kind: /** @type {const} */ ("main"), id: "its-case", icon: iconNode("arrow") };
  const open = id !== null && button(t("Look at {name}", { name }), () => follow(desk, id), style);
  return [el("section", { class: "card next" }, el("h2", {}, t("Where does it belong?")), el("p", {}, sentence), open)];
}

/** @param {Desk} desk @param {TipEntry} entry @returns {HTMLElement} */
export function tipCard(desk, entry) {
  const { t } = desk.words;
  if (replyIn(entry) !== null) return replyCard(desk, entry);
  const told = toldIn(entry);
  if (told === null) {
    const refused = `${t("Not for you to open.")} ${entry.refused}`;
    const opening = entry.failed ? failureWords(desk.words, null) : t("Being opened on this device.");
    const sentence = entry.refused === "" ? opening : refused;
    return el("article", { class: "card tip" }, iconNode("sealed"), el("p", {}, sentence));
  }
  const labels = tipLabels(desk.words);
  const day = entry.tip !== null && dayIsOff(entry.tip, clock());
  return el(
    "article",
    { class: `card tip tip-${soundsLike(entry)}` },
    takenBackNotice(desk, entry),
    el("p", { class: "what" }, iconNode(pictureOf(told.what)), ` ${labels.what[told.what]}`),
    el(
      "dl",
      { class: "fields" },
      fieldsOf(desk, told).flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]),
    ),
    told.words && el("blockquote", {}, told.words),
    sharedNotice(desk, entry),
    day && el(
      "div",
      { class: "notice notice-doubt" },
      iconNode("warning"),
      el("p", {}, t("Its day is more than two days away from today. Ask why.")),
    ),
    photos(desk, entry),
  );
}

/** @param {string} what @returns {string} an icon */
function pictureOf(what) {
  return ["taking", "at-door", "stopped", "waiting", "told"].includes(what) ? what : "other";
}

/** @param {Desk} desk @param {Told} told @returns {[string, string][]} */
function fieldsOf({ words, baked }, told) {
  const { t } = words;
  const labels = tipLabels(words);
  const { marking } = told;
  const minute = told.when.minute;
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const at = minute === undefined ? "" : ` ${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
  const where = [zoneName(baked, told.where.zone), told.where.words, told.where.home && t("a home: the block only")];
  /** @type {[string, string | false | undefined][]} */
  const all = [
    [t("Where"), where.filter((one) => one).join(" · ")],
    [t("When"), labels.when[told.when.choice] + at],
    [t("How they know"), labels.seen[told.seen]],
    [t("Told by"), named(labels.caller, told.caller)],
    [
      t("What tells who they are"),
      marking && [labels.marking[marking.kind], marking.letters].filter((one) => one).join(": "),
    ],
    [t("Officers"), told.officers],
    [t("Vehicles"), told.vehicles],
    [t("Equipment"), named(labels.equipment, told.equipment)],
  ];
  return all.flatMap(([name, value]) => (value ? [/** @type {[string, string]} */ ([name, value])] : []));
}

/** @param {Desk} desk @param {TipEntry} entry @returns {readonly Node[]} */
function linking(desk, entry) {
  const { t } = desk.words;
  const files = [...desk.load.cases.values()].filter((file) => whyNot(desk.session, file, "link", "") === null);
  const near = files.filter((file) => likeCase(desk, entry, file));
  const far = files.filter((file) => !near.includes(file));
  const existing = (/** @type {readonly import("./casefile.js").CaseFile[]} */ some) =>
    some.map(
      (file) => button(
        t("Add to {name}", { name: callName(file.row.id) }),
        () => link(desk, entry, file.row.id, near.includes(file)),
        { icon: iconNode("plus") },
      ),
    );
  const suggestion = near.length === 0 ? null : el(
    "p",
    {},
    t("These cases are of the same place and day. Is it the same thing?"),
  );
  return [
    likes(desk, entry),
    el("section", { class: "card next" }, el("h2", {}, t("Where does it belong?")), suggestion, el(
      "div",
      { class: "buttons" },
      existing(near),
    ),
      button(
        t("Open a new case"),
        () => openCase(desk, entry, near.length > 0),
        { kind: near.length === 0 ? "main" : "", id: "new-case", icon: iconNode("document") },
      )),
    far.length === 0 ? el("span") : el(
      "details",
      {},
      el("summary", {}, t("Other cases")),
      el("div", { class: "buttons" }, existing(far)),
    ),
  ];
}

/** @param {Desk} desk @param {TipEntry} entry @returns {Node} tips that may tell of the same */
function likes(desk, entry) {
  const { t, tn } = desk.words;
  const alike = desk.load.waiting.filter((one) => isAlike(entry, one));
  if (alike.length === 0) return el("p", { class: "quiet" }, t("No other waiting tip is like it."));
  const copies = alike.filter((one) => isCopy(entry, one)).length;
  const first = alike.filter(isFirstHand).length;
  const lines = [
    tn("{n} other tip of the same place and day", "{n} other tips of the same place and day", alike.length),
    tn("{n} of them first-hand", "{n} of them first-hand", first),
    copies > 0 && tn(
      "{n} says almost the same words: one source, perhaps",
      "{n} say almost the same words: one source, perhaps",
      copies,
    ),
  ];
  return el("p", { class: "quiet" }, lines.filter((one) => one).join(" · "));
}

/** @param {Desk} desk @param {TipEntry} entry @param {import("./casefile.js").CaseFile} file @returns {boolean} */
function likeCase(desk, entry, file) {
  return file.tips.some(({ id }) => {
    const other = desk.load.tips.get(id);
    return other !== undefined && isAlike(entry, other);
  });
}

/**
 * The tip, and whatever is the very same tip sent again.
 * @param {Desk} desk @param {TipEntry} entry
 * @returns {string[]}
 */
function envelopesOf(desk, entry) {
  const same = desk.load.waiting.filter(({ tip }) => tip !== null && tip.id === entry.tip?.id);
  return [...new Set([entry.row.id, ...same.map(({ row }) => row.id)])].sort();
}

/** @param {Desk} desk @param {TipEntry} entry @param {boolean} refused a suggestion was there and was not taken */
async function openCase(desk, entry, refused) {
  const id = randomId();
  const part = { duplicate: refused ? "refused" : "none-suggested" };
  const along = { envelopes: envelopesOf(desk, entry) };
  const done = await desk.attempt(() => makeMove(desk.session, id, NOTHING, "open", part, along));
  if (done) await follow(desk, id);
}

/** @param {Desk} desk @param {TipEntry} entry @param {string} id of the case @param {boolean} suggested */
async function link(desk, entry, id, suggested) {
  const part = { duplicate: suggested ? "suggested" : "found" };
  const along = { envelopes: envelopesOf(desk, entry) };
  const done = await desk.attempt(() => makeMove(desk.session, id, headOf(desk, id), "link", part, along));
  if (done) await follow(desk, id);
}

/** @param {Desk} desk @param {string} id @returns {string} a case's last event, as this page knows it at the press */
export const headOf = ({ load }, id) => load.cases.get(id)?.row.head ?? NOTHING;

/** @param {Desk} desk @param {string} id */
async function follow(desk, id) {
  await desk.load.load(id);
  desk.go({ case: id, envelope: null, mode: "look", tab: "case" });
}

/**
 * @param {number} at Unix seconds @param {import("./baked.js").Baked} baked @returns {string} the clock's time there
 */
export function wallTime(at, { face, words }) {
  const format = new Intl.DateTimeFormat(words.lang, { timeZone: face.timezone, hour: "numeric", minute: "2-digit" });
  return format.format(at * 1000);
}

/** @param {number} minute Unix minutes @param {import("./baked.js").Baked} baked @returns {string} */
export const minuteTime = (minute, baked) => wallTime(minute * MINUTE, baked);
