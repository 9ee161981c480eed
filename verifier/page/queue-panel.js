/**
 * The queue: what waits, the most urgent first.  Cases that need a second key stand before everything else.
 */
import { iconNode } from "../../look/icon.js";
import { MINUTE } from "../../protocol/js/limits.js";
import { zoneName } from "./baked.js";
import { beganAt, holderOf } from "./casefile.js";
import { el } from "./dom.js";
import { button } from "./field.js";
import { isAlike, isCopy, isFirstHand, soundsLike, toldIn } from "./likeness.js";
import { callName, caseLabels, named, tipLabels } from "./say.js";
import { clock } from "./clock.js";
import { replyLabel } from "./witness-panel.js";
import { caseOfReply, replyIn } from "./witness.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./desk.js").Desk} Desk */

const SHOWN = 60; // Rows at first: nobody reads more, and drawing a thousand each second would be felt.
const ICONS = Object.freeze({ P1: "warning", P2: "eye", P3: "clock" });
/** How many rows are drawn; raised by a tap.  @type {WeakMap<Desk, number>} */
const LIMITS = new WeakMap();

/** @param {Desk} desk @returns {readonly Node[]} */
export function drawQueue(desk) {
  const { t, tn } = desk.words;
  const { load, session } = desk;
  const files = [...load.cases.values()].filter(({ row }) => !["closed", "merged"].includes(row.state));
  const needed = files.filter(({ row }) => row.proposal !== null && row.proposer !== session.me.id);
  const rest = files.filter((file) => !needed.includes(file)).sort(byUrgency);
  const tips = folded(load.waiting).sort((a, b) => soundsLike(a).localeCompare(soundsLike(b)) || age(b) - age(a));
  const limit = LIMITS.get(desk) ?? SHOWN;
  const opening = load.waiting.filter(({ tip, refused }) => tip === null && refused === "").length;
  const group = (/** @type {string} */ heading, /** @type {readonly Node[]} */ rows) =>
    rows.length === 0 ? [] : [el("h2", {}, heading), el("ul", { class: "rows" }, rows.map((row) => el("li", {}, row)))];
  const more = button(t("Show more"), () => {
    LIMITS.set(desk, limit + SHOWN);
    desk.redraw();
  });
  const calm = el("p", { class: "quiet calm" }, iconNode("lantern", "large"), t("Nothing waits. We keep watching."));
  const empty = needed.length + rest.length + tips.length === 0;
  return [
    ...group(t("Needs a second key"), needed.map((file) => caseRow(desk, file))),
    ...group(tn("{n} new tip", "{n} new tips", tips.length), tips.slice(0, limit).map((one) => tipRow(desk, one))),
    ...(tips.length > limit ? [more] : []),
    ...(opening > 0 ? [el("p", { class: "quiet" }, tn("{n} is being opened", "{n} are being opened", opening))] : []),
    ...group(t("Cases"), rest.map((file) => caseRow(desk, file))),
    ...(empty ? [calm] : []),
  ];
}

/** @param {CaseFile} a @param {CaseFile} b @returns {number} */
function byUrgency(a, b) {
  // Not sorted yet: nobody knows how urgent it is, so it is looked at first.
  const rank = (/** @type {CaseFile} */ { row }) => row.urgency ?? "P1";
  return rank(a).localeCompare(rank(b)) || beganAt(b) - beganAt(a);
}

/** @param {TipEntry} entry @returns {number} since when it waits, in minutes; 0 once opened */
const age = ({ row }) => (row.minute ? Math.floor(clock() / MINUTE) - row.minute : 0);

/** @param {readonly TipEntry[]} entries @returns {TipEntry[]} the same tip, sent twice, once */
function folded(entries) {
  const seen = new Set();
  return entries.filter(({ tip }) => tip === null || (!seen.has(tip.id) && seen.add(tip.id)));
}

/** @param {Desk} desk @param {TipEntry} entry @returns {Node} */
function tipRow(desk, entry) {
  const { t, tn } = desk.words;
  const told = toldIn(entry);
  const labels = tipLabels(desk.words);
  const urgency = soundsLike(entry);
  const alike = desk.load.waiting.filter((one) => isAlike(entry, one)).length;
  const copies = desk.load.waiting.filter((one) => one !== entry && isAlike(entry, one) && isCopy(entry, one)).length;
  const sealed = entry.refused === "" ? t("Sealed, opening") : t("Not for you to open");
  const minutes = tn("{n} minute", "{n} minutes", age(entry));
  const marks = [
    told && (isFirstHand(entry) ? t("First-hand") : t("Hearsay")),
    told?.caller === "on-the-line" && labels.caller["on-the-line"],
    entry.row.minute ? t("waits {minutes}", { minutes }) : t("opened, no case yet"),
    alike > 0 && tn("{n} like it", "{n} like it", alike),
    copies > 0 && t("same words"),
  ];
  const file = replyIn(entry) === null ? null : caseOfReply(desk.load, entry);
  const chosen = desk.case === null && desk.envelope === entry.row.id;
  return el(
    "button",
    {
      type: "button",
      id: `tip-${entry.row.id}`,
      class: `row row-${urgency}`,
      "aria-current": chosen ? "true" : null,
      click: () => openTip(desk, entry),
    },
    el(
      "span",
      { class: "row-urgency" },
      iconNode(entry.tip ? ICONS[urgency] : "sealed"),
      told ? labels.when[told.when.choice] : replyIn(entry) ? t("Reply") : t("Tip"),
    ),
    file && el("span", { class: "row-name" }, callName(file.row.id)),
    el("span", { class: "row-what" }, whatOf(desk, entry) ?? sealed),
    told && el("span", { class: "row-zone" }, iconNode("pin"), zoneName(desk.baked, told.where.zone)),
    el("span", { class: "row-marks" }, marks.filter((one) => one).join(" · ")),
  );
}

/** @param {Desk} desk @param {TipEntry} entry @returns {string | null} what it is about, once it is open */
function whatOf(desk, entry) {
  if (replyIn(entry) !== null) return replyLabel(desk, entry);
  const told = toldIn(entry);
  return told && tipLabels(desk.words).what[told.what];
}

/** @param {Desk} desk @param {TipEntry} entry */
function openTip(desk, entry) {
  desk.go({ envelope: entry.row.id, case: null, mode: "look", tab: "case" });
  void desk.attempt(() => desk.noteOpened());
}

/** @param {Desk} desk @param {CaseFile} file @returns {Node} */
function caseRow(desk, file) {
  const { t, tn } = desk.words;
  const { row } = file;
  const labels = caseLabels(desk.words);
  const first = file.tips.map(({ id }) => desk.load.tips.get(id)).find((one) => one && toldIn(one));
  const told = first && toldIn(first);
  const urgency = /** @type {keyof typeof ICONS} */ (row.urgency ?? "P2");
  const minutes = Math.max(0, Math.floor((clock() - beganAt(file)) / 60));
  const holder = holderOf(file);
  const word = row.chains.map((id) => desk.load.words.get(id)).at(-1);
  const marks = [
    named(labels.state, row.state),
    tn("{n} minute old", "{n} minutes old", minutes),
    tn("{n} tip", "{n} tips", file.tips.length),
    holder === desk.session.me.id ? t("with you") : t("with {id}", { id: holder }),
  ];
  const show = () => desk.go({ case: row.id, envelope: null, mode: "look", tab: "case" });
  return el(
    "button",
    {
      type: "button",
      id: `case-${row.id}`,
      class: `row row-${row.urgency ?? "new"}`,
      "aria-current": desk.case === row.id ? "true" : null,
      click: show,
    },
    el(
      "span",
      { class: "row-urgency" },
      iconNode(ICONS[urgency]),
      row.urgency ? labels.urgency[row.urgency] : t("Not sorted"),
    ),
    el("span", { class: "row-name" }, callName(row.id)),
    el("span", { class: "row-what" }, told ? tipLabels(desk.words).what[told.what] : t("Sealed, opening")),
    told && el("span", { class: "row-zone" }, iconNode("pin"), zoneName(desk.baked, told.where.zone)),
    word && el("span", { class: "row-word" }, wordLabel(desk, word)),
    el("span", { class: "row-marks" }, marks.join(" · ")),
  );
}

/** @param {Desk} desk @param {string} word a public word, or where a message is @returns {string} */
export function wordLabel({ words: { t } }, word) {
  const found = {
    confirmed: t("CONFIRMED"),
    checked: t("CHECKED, NOT CONFIRMED"),
    "under-review": t("UNDER REVIEW"),
    withdrawn: t("WITHDRAWN"),
    retracted: t("RETRACTED"),
    ended: t("ENDED"),
    posted: t("With the gate"),
    logged: t("With the gate"),
    refused: t("The gate refused"),
  };
  return Object.hasOwn(found, word) ? found[/** @type {keyof typeof found} */ (word)] : word;
}
