/**
 * The second key: another screen, on paper instead of night.  Evidence first, one's own grade before the first's is
 * shown, then the very bytes that will be signed.
 */
import { iconNode } from "../../look/icon.js";
import { fingerprint, unb64, utf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { FIRST_SEND } from "../../protocol/js/limits.js";
import { requireCleanAlert } from "../../protocol/js/screen.js";
import { readAlert } from "../../protocol/js/alert.js";
import { Signed } from "../../protocol/js/signed.js";
import { caseHead, wordOf } from "./case-panel.js";
import { findingsOf, proposalOf } from "./casefile.js";
import { el } from "./dom.js";
import { button, several, text, tick } from "./field.js";
import { gradeWords, graded, readGrade } from "./grade.js";
import { drawMap } from "./map.js";
import { makeMove, whyNot } from "./moving.js";
import { alertPreview, standingOfDraft } from "./preview.js";
import { caseLabels, reasonLabels, spoken } from "./say.js";
import { clock } from "./session.js";
import { postAlert, signAlert } from "./standing.js";
import { minuteTime, tipCard, wallTime } from "./tip-panel.js";
import { back, moveForm, wordsIn } from "./work-forms.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */

/** @param {Desk} desk @returns {readonly Node[]} */
export function drawSecond(desk) {
  const { t } = desk.words;
  const file = desk.load.cases.get(desk.case ?? "");
  const part = file && proposalOf(file)?.part;
  if (file === undefined || !part?.alert) {
    return [el("p", {}, t("There is no proposal here any more.")), back(desk)];
  }
  const values = desk.typed("second");
  const banner = el("p", { class: "second-banner" }, iconNode("key"), t("Second key. You decide alone, from the evidence."));
  const reason = whyNot(desk.session, file, "attest", wordOf(desk, file));
  if (reason !== null) {
    return [banner, caseHead(desk, file), el("div", { class: "notice notice-doubt" }, iconNode("warning"), el("p", {}, `${reason.sentence} [${reason.rule}]`)), back(desk)];
  }
  if (values.refusing) return [banner, caseHead(desk, file), refusing(desk, file, values)];
  const stage = values.graded ? comparing(desk, file, part, values) : judging(desk, file, values);
  return [banner, caseHead(desk, file), ...stage];
}

/** The first half: what there is, and one's own grade.  @param {Desk} desk @param {CaseFile} file @param {Values} values */
function judging(desk, file, values) {
  const { t } = desk.words;
  const go = () => {
    if (readGrade(values) === null) return desk.tell(t("Grade the evidence first."), "doubt");
    values.graded = true;
    desk.go({}, false);
  };
  return [
    el("h2", {}, t("1 The evidence")),
    ...file.tips.map(({ id }) => desk.load.tips.get(id)).flatMap((one) => (one ? [tipCard(desk, one)] : [])),
    findings(desk, file),
    el("h2", {}, t("2 Your own grade")),
    el("p", {}, t("The first key's grade is shown only after yours.")),
    graded(desk, values, t("How good is the evidence?")),
    el("div", { class: "buttons" }, button(t("Compare with the first key"), go, { kind: "main", id: "compare", icon: iconNode("arrow") }), back(desk)),
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
 * @param {Desk} desk @param {CaseFile} file @param {import("../../protocol/js/part.js").Part} part @param {Values} values
 */
function comparing(desk, file, part, values) {
  const { t } = desk.words;
  const fields = JSON.parse(part.alert);
  const mine = /** @type {import("./grade.js").Grade} */ (readGrade(values));
  const until = fields.issued + FIRST_SEND;
  const differ = mine.source !== part.grade?.source || mine.information !== part.grade?.information;
  const refuse = () => {
    values.refusing = true;
    desk.go({});
  };
  const grades = el("dl", { class: "fields" }, el("dt", {}, t("Yours")), el("dd", {}, gradeWords(desk, mine)), el("dt", {}, t("The first key's")), el("dd", {}, part.grade ? gradeWords(desk, part.grade) : "–"));
  return [
    el("h2", {}, t("3 Compare")),
    grades,
    differ ? el("div", { class: "notice notice-doubt" }, iconNode("warning"), el("p", {}, t("Your grades differ. Say why to each other before anybody signs."))) : el("p", {}, t("You agree.")),
    el("h2", {}, t("4 What you would sign")),
    alertPreview(desk, fields, standingOfDraft(desk, fields)),
    fields.place ? drawMap(desk, fields.place, null) : el("span"),
    el("p", { class: "hashwords" }, t("Its check words:"), " ", el("strong", {}, spoken(fingerprint(utf8(part.alert)), 4))),
    el("p", { class: "hint" }, t("The first key can read you the same four words: then you both see the same bytes.")),
    tick(values, "free", t("I am not the witness, not the checker on site, not affected, and don't own the site")),
    tick(values, "privacy", t("I read every line of it in each language: it points to no person, no door and no plate")),
    clock() > until
      ? el("div", { class: "notice notice-stop" }, iconNode("clock"), el("p", {}, t("This draft is too old to go out. Refuse it, and draft it again.")))
      : el("p", { class: "quiet" }, t("It has to go out before {time}.", { time: wallTime(until, desk.baked) })),
    el("div", { class: "buttons" }, button(t("Sign as the second key"), () => attest(desk, file, part, values), { kind: "main", id: "sign", icon: iconNode("key") })),
    el("div", { class: "buttons apart" }, button(t("Refuse, and say what is missing"), refuse, { id: "refuse" }), back(desk)),
  ];
}

/** @param {Desk} desk @param {CaseFile} file @param {import("../../protocol/js/part.js").Part} part @param {Values} values */
async function attest(desk, file, part, values) {
  const { t } = desk.words;
  if (values.free !== true) return desk.tell(t("Declare first that you have no conflict of interest; or leave it to somebody else."), "doubt");
  if (values.privacy !== true) return desk.tell(t("Tick first that you read it for privacy."), "doubt");
  const data = utf8(part.alert);
  const done = await desk.attempt(async () => {
    const { keyid, sig } = part.signature;
    const first = new Signed("alert", data, Object.freeze([Object.freeze({ keyid, sig: unb64(sig, 64) })]));
    if (first.check("alert", desk.session.roster.verifierKeys())[0] !== file.row.proposer) {
      throw new Refused("signer", `The draft is signed by ${keyid}; ${file.row.proposer} proposed it.`);
    }
    const both = first.joined(signAlert(desk.session, data));
    requireCleanAlert(readAlert(both));
    const said = { conflict: "none", privacy: true, grade: readGrade(values), ...wordsIn(values) };
    await makeMove(desk.session, file.row.id, file.row.head, "attest", said);
    await postAlert(desk.session, both, file.row.id);
  });
  await desk.load.load(file.row.id);
  if (!done) return;
  desk.forget("second");
  desk.go({ mode: "look" });
  desk.tell(t("Signed. Both signatures are with the gate."), "yes");
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
  return moveForm(desk, file, "refuse", t("Refuse"), fields, read, t("Refuse it"));
}
