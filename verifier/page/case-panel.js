/**
 * A case: its name large, how it stands, its tips, what happened, and the one thing to do next.
 */
import { iconNode } from "../../look/icon.js";
import { zoneName } from "./baked.js";
import { beganAt, goneFrom, lacking } from "./casefile.js";
import { drawAlert } from "./alert-panel.js";
import { el } from "./dom.js";
import { drawDraft } from "./draft-form.js";
import { button } from "./field.js";
import { toldIn } from "./likeness.js";
import { offerShare } from "./sharing-panel.js";
import { whyNot } from "./moving.js";
import { callName, caseLabels, moveLabels, named, reasonLabels, tipLabels } from "./say.js";
import { clock } from "./clock.js";
import { minuteTime, tipCard } from "./tip-panel.js";
import { drawWitnesses } from "./witness-panel.js";
import { atGate } from "./joining.js";
import { isAllTakenBack } from "./witness.js";
import { FORMS } from "./work-forms.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @returns {readonly Node[]} */
export function drawCase(desk) {
  const { t } = desk.words;
  const file = desk.load.cases.get(desk.case ?? "");
  if (file === undefined) return [el("p", { class: "quiet" }, t("The case is being loaded."))];
  const head = caseHead(desk, file);
  if (desk.mode === "draft") return [head, drawDraft(desk, file)];
  const form = FORMS[desk.mode];
  if (form !== undefined) return [head, form(desk, file)];
  return [
    head,
    file.broken === "" ? el("span") : broken(desk, file),
    next(desk, file),
    offerShare(desk, file),
    ...drawWitnesses(desk, file),
    ...drawAlert(desk, file),
    el("h2", {}, t("Tips")),
    ...tipsOf(desk, file),
    el("h2", {}, t("What happened")),
    timeline(desk, file),
    others(desk, file),
  ];
}

/** @param {Desk} desk @param {CaseFile} file @returns {HTMLElement} what nobody should mistake for another case's */
export function caseHead(desk, file) {
  const { t, tn } = desk.words;
  const labels = caseLabels(desk.words);
  const { row } = file;
  const told = file.tips.map(
    ({ id }) => desk.load.tips.get(id),
  ).flatMap((one) => (one ? [toldIn(one)] : [])).find((one) => one);
  const minutes = Math.max(0, Math.floor((clock() - beganAt(file)) / 60));
  const urgency = row.urgency === null ? t("Not sorted") : labels.urgency[row.urgency];
  return el(
    "div",
    { class: `case-head row-${row.urgency ?? "new"}` },
    el("h1", {}, callName(row.id)),
    el(
      "p",
      { class: "case-line" },
      iconNode("pin"),
      told ? zoneName(desk.baked, told.where.zone) : t("Sealed, opening"),
      " · ",
      told ? tipLabels(desk.words).what[told.what] : "",
    ),
    el(
      "p",
      { class: "case-line quiet" },
      [
        urgency,
        named(labels.state, row.state),
        row.class && `${row.class} ${labels.class[row.class]}`,
        tn("{n} minute old", "{n} minutes old", minutes),
      ].filter((one) => one).join(" · "),
    ),
  );
}

/** @param {Desk} desk @param {CaseFile} file @returns {readonly Node[]} its tips as cards, and that some are gone */
export function tipsOf(desk, file) {
  const burnt = desk.words.t("A tip of this case was burnt.");
  return [
    ...tipsFirst(desk, file).flatMap(({ id }) => desk.load.tips.get(id) ?? []).map((entry) => tipCard(desk, entry)),
    ...goneFrom(file).map(() => el("p", { class: "quiet" }, burnt)),
  ];
}

/** @param {Desk} desk @param {CaseFile} file @returns {CaseFile["tips"]} what came to it, replies after the tips */
function tipsFirst({ load }, file) {
  const isReply = (/** @type {string} */ id) => Number((load.tips.get(id)?.tip?.reply ?? null) !== null);
  return [...file.tips].sort((a, b) => isReply(a.id) - isReply(b.id));
}

/** @param {Desk} desk @param {CaseFile} file @returns {Node} */
function broken({ words: { t } }, file) {
  const sentence = t("This case's history does not hold together. Don't act on it, and tell a lead.");
  return el(
    "div",
    { class: "notice notice-stop", role: "alert" },
    iconNode("retracted"),
    el("p", {}, `${sentence} ${file.broken}`),
  );
}

/** @param {Desk} desk @param {CaseFile} file @returns {string} how its last alert stands, by our own count */
export function wordOf(desk, file) {
  const id = file.row.chains.at(-1) ?? "";
  return desk.load.chains.get(id)?.found?.word ?? "";
}

/** @param {Desk} desk @param {CaseFile} file @returns {HTMLElement} the one thing to do next */
function next(desk, file) {
  const { t } = desk.words;
  const [mode, words] = nextStep(desk, file);
  const style = { kind: /** @type {const} */ ("main"), id: "next", icon: iconNode("arrow") };
  const act = mode === "" ? null : button(words, () => desk.go({ mode }, true), style);
  if (act !== null) act.dataset.mode = mode;
  const back = mayTakeBack(desk, file);
  const why = back ? el("p", {}, gateWords(desk, file)) : null;
  const move = back ? "refuse" : (MOVE_OF[mode] ?? mode);
  const reason = mode === "" ? null : whyNot(desk.session, file, move, wordOf(desk, file));
  const refused = reason !== null && reason.kind !== "move" ? el("p", { class: "hint" }, reason.sentence) : null;
  const jump = el("p", { class: "phone-only" }, el("a", { href: "#need" }, t("What is missing")));
  return el("section", { class: "card next" }, el("h2", {}, t("Next")), why, act ?? el("p", {}, words), refused, jump);
}

/** The move that a form makes, where it has another name.  @type {Readonly<Record<string, string>>} */
const MOVE_OF = Object.freeze({ draft: "propose", second: "attest" });

/**
 * @param {Desk} desk @param {CaseFile} file @returns {[string, string]} a form and its name; "" and what is waited for
 */
function nextStep(desk, file) {
  const { t } = desk.words;
  const { row } = file;
  if (row.proposal !== null) {
    const mine = [row.proposer, ...row.attested].includes(desk.session.me.id);
    if (mayTakeBack(desk, file)) return ["second", t("Refuse it, so that it can be drafted again")];
    if (mine && row.attested.length > 0) return ["", gateWords(desk, file)];
    if (mine) return ["", t("You signed first. It waits for a second key from another person.")];
    return ["second", t("Look at it as the second key")];
  }
  const over = ["triaged", "checking"].includes(row.state) && row.chains.length === 0;
  if (over && isAllTakenBack(desk.load, file)) return ["close", t("Close the case")];
  if (row.state === "new") return ["triage", t("Sort by urgency")];
  if (row.state === "triaged") return ["check", t("Start a check")];
  if (row.state === "held") return ["resume", t("Take it up again")];
  if (row.state === "checking") {
    const met = row.class !== null && !row.stale && lacking(desk.session, file, row.class, "responders").length === 0;
    return met ? ["draft", t("Draft the alert")] : ["finding", t("Write down a finding")];
  }
  if (row.state === "confirmed") {
    const stands = ["confirmed", "checked", "under-review"].includes(wordOf(desk, file));
    return stands ? ["finding", t("Write down what is seen now")] : ["close", t("Close the case")];
  }
  return ["", t("This case is closed.")];
}

/** @param {Desk} desk @param {CaseFile} file @returns {boolean} whether this second key's yes came to nothing */
export function mayTakeBack(desk, file) {
  const at = file.row.attested.includes(desk.session.me.id) ? atGate(desk.session, desk.load, file) : null;
  return at !== null && ["late", "refused"].includes(at.state);
}

/** @param {Desk} desk @param {CaseFile} file @returns {string} where the message is that two keys have signed */
function gateWords(desk, file) {
  const { t } = desk.words;
  const at = atGate(desk.session, desk.load, file);
  const letting = t("Two keys have signed. The gate is letting it out.");
  const owed = t("Two keys have signed, but the gate does not have it yet. The page of the second key hands it over by itself: keep it open.");
  const late = t("Two keys have signed, but too late: the gate does not take it any more, and nobody gets it. The second key or somebody else refuses it; then it can be drafted again.");
  const refused = t(
    "Two keys have signed, but the gate does not take it: {sentence} The second key or somebody else refuses it; then it can be drafted again.",
    { sentence: at?.sentence ?? "" },
  );
  return { with: letting, owed, late, refused }[at?.state ?? "owed"];
}

/** @param {Desk} desk @param {CaseFile} file @returns {Node} */
function others(desk, file) {
  const { t } = desk.words;
  /** @type {[string, string, string][]} */
  const all = [
    ["triage", "triage", t("Sort again")],
    ["check", "check", t("Start another check")],
    ["finding", "finding", t("Write down a finding")],
    ["draft", "propose", t("Draft an alert")],
    ["close", "close", t("Close the case")],
    ["merge", "merge", t("Merge into another case")],
    ["hold", "hold", t("Put on hold (lead)")],
  ];
  const [primary] = nextStep(desk, file);
  const word = wordOf(desk, file);
  const possible = all.filter(([mode, move]) => mode !== primary && isPossible(desk, file, move, word));
  if (possible.length === 0) return el("span");
  const buttons = possible.map(([mode, , words]) => button(words, () => desk.go({ mode }, true), { id: `do-${mode}` }));
  return el(
    "details",
    { class: "others" },
    el("summary", {}, t("Something else")),
    el("div", { class: "buttons" }, buttons),
  );
}

/** @param {Desk} desk @param {CaseFile} file @param {string} move @param {string} word @returns {boolean} */
function isPossible(desk, file, move, word) {
  const reason = whyNot(desk.session, file, move, word);
  // What only fails for its target or its evidence is chosen in its form.
  return reason === null || (move === "merge" && reason.sentence.startsWith("merge names"));
}

/** @param {Desk} desk @param {CaseFile} file @returns {HTMLElement} */
function timeline(desk, file) {
  const moves = moveLabels(desk.words);
  const entries = [...file.entries].reverse();
  const items = entries.map(({ event, part, refused }, index) =>
    el(
      "li",
      { class: index === 0 ? "now" : null },
      el("time", {}, part ? minuteTime(part.minute, desk.baked) : desk.words.t("sealed")),
      el("strong", {}, moves[event.move]),
      ` · ${event.actor === desk.session.me.id ? desk.words.t("you") : event.actor}`,
      el("p", {}, part ? gist(desk, part) : refused),
    ),
  );
  return el("ol", { class: "timeline" }, items);
}

/**
 * @param {Desk} desk @param {import("../../protocol/js/part.js").Part} part
 * @returns {string} what a part says, in a line
 */
function gist(desk, part) {
  const labels = caseLabels(desk.words);
  const reasons = reasonLabels(desk.words);
  const missing = (part.missing ?? []).map((/** @type {string} */ one) => labels.basis[one] ?? reasons.missing[one]);
  const said = [
    named(labels.urgency, part.urgency),
    (part.ways ?? []).map((/** @type {string} */ one) => labels.ways[one]).join(", "),
    part.basis && `${part.basis} ${labels.basis[part.basis]}: ${labels.says[part.says]}`,
    named(labels.outcome, part.outcome),
    named(reasons[part.move === "suspend" ? "suspended" : "retracted"], part.reason),
    missing.length > 0 && `${desk.words.t("Missing")}: ${missing.join(", ")}`,
    part.words,
  ];
  return said.filter((one) => one).join(" · ");
}
