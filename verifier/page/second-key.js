/**
 * The second key: another screen, on paper instead of night.  Evidence first, one's own grade before the first's is
 * shown, then the very bytes that will be signed.
 */
import { iconNode } from "../../look/icon.js";
import { FIRST_SEND, STOP_SKEW } from "../../protocol/js/limits.js";
import { caseHead, mayTakeBack, tipsOf, wordOf } from "./case-panel.js";
import { findingsOf, proposalOf } from "./casefile.js";
import { el } from "./dom.js";
import { button, several, text, tick } from "./field.js";
import { gradeWords, graded, readGrade } from "./grade.js";
import { agree, atGate, isLate, nameOf } from "./joining.js";
import { drawMap } from "./map.js";
import { whyNot } from "./moving.js";
import { alertPreview, standingOfDraft } from "./preview.js";
import { wordLabel } from "./queue-panel.js";
import { caseLabels, reasonLabels, spoken } from "./say.js";
import { sharedEvidence } from "./sharing-panel.js";
import { minuteTime, wallTime } from "./tip-panel.js";
import { back, moveForm, wordsIn } from "./work-forms.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */
/** @typedef {import("../../protocol/js/part.js").Part} Part */

/** @param {Desk} desk @returns {readonly Node[]} */
export function drawSecond(desk) {
  const { t } = desk.words;
  const file = desk.load.cases.get(desk.case ?? "");
  const entry = file && proposalOf(file);
  const part = entry?.part;
  if (!file || !entry || !part?.alert) {
    const sealed = t("The proposal is sealed to others. Ask somebody who can read it to share this case with you.");
    const gone = t("There is no proposal here any more.");
    return [el("p", {}, entry?.part === null ? sealed : gone), back(desk)];
  }
  const values = desk.typed(formOf(file));
  const banner = el(
    "p",
    { class: "second-banner" },
    iconNode("key"),
    t("Second key. You decide alone, from the evidence."),
  );
  const again = mayTakeBack(desk, file);
  const reason = whyNot(desk.session, file, again ? "refuse" : "attest", wordOf(desk, file));
  if (reason !== null) {
    return [
      banner,
      caseHead(desk, file),
      el(
        "div",
        { class: "notice notice-doubt" },
        iconNode("warning"),
        el("p", {}, `${reason.sentence} [${reason.rule}]`),
      ),
      back(desk),
    ];
  }
  if (values.refusing || again) return [banner, caseHead(desk, file), refusing(desk, file, values)];
  const stage = values.graded ? comparing(desk, file, part, values) : judging(desk, file, values);
  return [banner, caseHead(desk, file), ...stage];
}

/** @param {CaseFile} file @returns {string} what is typed about this proposal: of another nothing is known yet */
const formOf = (file) => `second/${proposalOf(file)?.event.name}`;

/**
 * The first half: what there is, and one's own grade.
 * @param {Desk} desk @param {CaseFile} file @param {Values} values
 */
function judging(desk, file, values) {
  const { t } = desk.words;
  const go = () => {
    if (readGrade(values) === null) return desk.tell(t("Grade the evidence first."), "doubt");
    values.graded = true;
    desk.go({}, false);
  };
  return [
    el("h2", {}, t("1 The evidence")),
    sharedEvidence(desk, file),
    ...tipsOf(desk, file),
    findings(desk, file),
    el("h2", {}, t("2 Your own grade")),
    el("p", {}, t("The first key's grade is shown only after yours.")),
    graded(desk, values, t("How good is the evidence?")),
    el(
      "div",
      { class: "buttons" },
      button(t("Compare with the first key"), go, { kind: "main", id: "compare", icon: iconNode("arrow") }),
      back(desk),
    ),
  ];
}

/** @param {Desk} desk @param {CaseFile} file @returns {HTMLElement} */
function findings(desk, file) {
  const labels = caseLabels(desk.words);
  const items = findingsOf(file).map(({ event, part }) =>
    el(
      "li",
      {},
      el("strong", {}, `${part?.basis} ${labels.basis[part?.basis]}: ${labels.says[part?.says]}`),
      el("p", {}, part?.words ?? ""),
      el("p", { class: "quiet" }, `${minuteTime(part?.minute ?? 0, desk.baked)} · ${event.actor}`),
    ),
  );
  return el("ul", { class: "card found" }, items);
}

/**
 * The second half: both grades, the bytes, the declarations, the signature.
 * @param {Desk} desk @param {CaseFile} file @param {Part} part @param {Values} values @returns {readonly Node[]}
 */
function comparing(desk, file, part, values) {
  const { t } = desk.words;
  const fields = JSON.parse(part.alert);
  const owner = t("I am not the witness, not the checker on site, not affected, and don't own the site");
  const read = t("I read every line of it in each language: it points to no person, no door and no plate");
  const same = t("The first key can read you the same four words: then you both see the same bytes.");
  const act = () => attest(desk, file, values);
  const late = isLate(desk.session, part);
  const refuse = () => {
    values.refusing = true;
    desk.go({});
  };
  return [
    el("h2", {}, t("3 Compare")),
    ...bothGrades(desk, part, values),
    el("h2", {}, t("4 What you would sign")),
    ...(fields.template ? [alertPreview(desk, fields, standingOfDraft(desk, fields))] : [stopWords(desk, fields)]),
    fields.place ? drawMap(desk, fields.place, null) : el("span"),
    el("p", { class: "hashwords" }, t("Its check words:"), " ", el("strong", {}, spoken(nameOf(part), 4))),
    el("p", { class: "hint" }, same),
    tick(values, "free", owner),
    tick(values, "privacy", read),
    deadline(desk, fields, late),
    el(
      "div",
      { class: "buttons" },
      button(t("Sign as the second key"), act, { ...SIGN, icon: iconNode("key"), disabled: late }),
    ),
    el(
      "div",
      { class: "buttons apart" },
      button(t("Refuse, and say what is missing"), refuse, { id: "refuse" }),
      back(desk),
    ),
  ];
}

const SIGN = Object.freeze({ kind: /** @type {const} */ ("main"), id: "sign" });

/** @param {Desk} desk @param {Part} part @param {Values} values @returns {readonly Node[]} */
function bothGrades(desk, part, values) {
  const { t } = desk.words;
  const mine = /** @type {import("./grade.js").Grade} */ (readGrade(values));
  if (!part.grade) return [el("p", {}, t("The first key gave a reason and no grade."))];
  const differ = mine.source !== part.grade.source || mine.information !== part.grade.information;
  const differing = t("Your grades differ. Say why to each other before anybody signs.");
  const [yours, theirs] = [gradeWords(desk, mine), gradeWords(desk, part.grade)];
  return [
    el(
      "dl",
      { class: "fields" },
      el("dt", {}, t("Yours")),
      el("dd", {}, yours),
      el("dt", {}, t("The first key's")),
      el("dd", {}, theirs),
    ),
    differ
      ? el("div", { class: "notice notice-doubt" }, iconNode("warning"), el("p", {}, differing))
      : el("p", {}, t("You agree.")),
  ];
}

/** A retraction has no words of its own but its reason.  @param {Desk} desk @param {any} fields @returns {Node} */
function stopWords(desk, fields) {
  const reason = reasonLabels(desk.words).retracted[fields.reason] ?? fields.reason;
  return el("p", { class: "word word-retracted" }, iconNode("retracted"), `${wordLabel(desk, fields.kind)}: ${reason}`);
}

/** @param {Desk} desk @param {any} fields @param {boolean} late @returns {Node} until when the bytes may go out */
function deadline(desk, fields, late) {
  const { t } = desk.words;
  const until = fields.issued + (fields.template ? FIRST_SEND : STOP_SKEW);
  if (!late) {
    return el("p", { class: "quiet" }, t("It has to go out before {time}.", { time: wallTime(until, desk.baked) }));
  }
  const words = t("This draft is too old to go out. Refuse it, and draft it again.");
  return el("div", { class: "notice notice-stop" }, iconNode("clock"), el("p", {}, words));
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values */
async function attest(desk, file, values) {
  const { t } = desk.words;
  if (values.free !== true) return desk.tell(
    t("Declare first that you have no conflict of interest; or leave it to somebody else."),
    "doubt",
  );
  if (values.privacy !== true) return desk.tell(t("Tick first that you read it for privacy."), "doubt");
  const said = { conflict: "none", privacy: true, grade: readGrade(values), ...wordsIn(values) };
  const done = await desk.attempt(() => agree(desk.session, desk.load, file, said));
  if (!done) return desk.reread(file.row.id);
  desk.forget(formOf(file));
  await desk.reread(file.row.id); // And with it the message goes to the gate.
  desk.go({ mode: "look" });
  const now = desk.load.cases.get(file.row.id);
  // Where the gate has let it out already, the case has no proposal any more.
  const there = now === undefined || (atGate(desk.session, desk.load, now)?.held ?? now.row.head !== file.row.head);
  if (there) return desk.tell(t("Signed. Both signatures are with the gate."), "yes");
  const waits = () => isOwed(desk, file.row.id);
  desk.tell(t("Signed. The gate does not have it yet: this page hands it over by itself. Keep it open."), "doubt", waits);
}

/** @param {Desk} desk @param {string} id @returns {boolean} whether the gate still waits for what two keys signed in a case */
function isOwed(desk, id) {
  const file = desk.load.cases.get(id);
  return file !== undefined && atGate(desk.session, desk.load, file)?.state === "owed";
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {HTMLElement} */
function refusing(desk, file, values) {
  const { t } = desk.words;
  const labels = { ...caseLabels(desk.words).basis, ...reasonLabels(desk.words).missing };
  const read = () => {
    if (values.missing.length === 0) return t("Say what is missing.");
    if (!wordsIn(values).words) return t("Say in a few words why.");
    return { part: { missing: [...values.missing].sort(), ...wordsIn(values) } };
  };
  const fields = [
    several(values, "missing", t("What is missing?"), Object.entries(labels)),
    text(values, "words", t("Why? Your refusal stands until there is new evidence."), { lines: 3 }),
  ];
  const leave = () => {
    values.refusing = false;
    desk.go(mayTakeBack(desk, file) ? { mode: "look" } : {});
  };
  return moveForm(desk, file, "refuse", t("Refuse"), fields, read, t("Refuse it"), { form: formOf(file), leave });
}
