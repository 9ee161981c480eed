/**
 * The draft: the words of an alert, chosen from closed lists, with one short free text that the privacy screen watches.
 *
 * Proposing signs the very bytes that the second key will see; bytes and signature are sealed to the desk.
 */
import { TEXTS } from "../../look/templates.js";
import { iconNode } from "../../look/icon.js";
import { readAlert } from "../../protocol/js/alert.js";
import { b64, parse, unutf8 } from "../../protocol/js/encoding.js";
import { MAX_BUNDLE } from "../../protocol/js/limits.js";
import { requireCleanAlert } from "../../protocol/js/screen.js";
import { INSTRUCTIONS, MARKINGS, OFFICERS, TEMPLATES, VEHICLES } from "../../protocol/js/vocabulary.js";
import { lacking } from "./casefile.js";
import { el, refill } from "./dom.js";
import { begin, cellIn, moveOf, payloadOf } from "./drafting.js";
import { button, choice, list, several } from "./field.js";
import { graded, readGrade } from "./grade.js";
import { here } from "./baked.js";
import { drawMap } from "./map.js";
import { makeMove } from "./moving.js";
import { missingWords } from "./need-panel.js";
import { alertPreview, standingOfDraft } from "./preview.js";
import { caseLabels } from "./say.js";
import { isBlocked, screened } from "./screening.js";
import { signAlert } from "./standing.js";
import { back, wordsIn } from "./work-forms.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */

const AGO = Object.freeze([1, 3, 5, 10, 15, 20, 30, 45, 60, 90]);

/** @param {Desk} desk @param {CaseFile} file @returns {HTMLElement} */
export function drawDraft(desk, file) {
  const { t } = desk.words;
  const values = desk.typed("draft");
  begin(desk, file, values);
  const preview = el("div", { id: "preview" });
  const show = () => refill(preview, previewOf(desk, file, values));
  const langs = [...desk.baked.alerts.keys()];
  const label = (/** @type {string} */ lang) =>
    t("In your words, for readers ({lang}), at most 140 characters", { lang });
  const promise = t("Nothing goes out yet. Draft and signature are sealed to the desk until a second person signs.");
  const headings = {
    propose: t("Draft the alert"),
    update: t("Draft an update"),
    restore: t("Draft it anew, to restore it"),
  };
  const sign = button(t("Sign as the first key and propose"), () => propose(desk, file, values), {
    ...{ kind: /** @type {const} */ ("main"), id: "propose", icon: iconNode("key") },
  });
  show();
  return el(
    "section",
    { class: "card form draft" },
    el("h2", {}, headings[moveOf(file)]),
    whatFields(desk, file, values, () => desk.redraw(), show),
    placeFields(desk, values, () => desk.redraw(), show),
    seenFields(desk, values, show),
    langs.map((lang) => screened(desk, values, `free-${lang}`, label(lang), lang, show)),
    el("h2", {}, t("What readers will see")),
    preview,
    graded(desk, values, t("How good is the evidence, before anybody else says?")),
    wantedOf(desk, file, values),
    el("div", { class: "buttons" }, sign, back(desk)),
    el("p", { class: "hint" }, iconNode("sealed"), " ", promise),
  );
}

/**
 * @param {Desk} desk @param {CaseFile} file @param {Values} values @param {() => void} redraw @param {() => void} show
 * @returns {readonly Node[]}
 */
function whatFields(desk, file, values, redraw, show) {
  const { t } = desk.words;
  const labels = caseLabels(desk.words);
  const kept = moveOf(file) !== "propose"; // An update keeps the chain's class and audience.
  const recut = () => {
    values.template = TEMPLATES[values.class][0];
    if (values.class === "D") values.audience = "responders";
    redraw();
  };
  const classes = Object.keys(TEMPLATES).map((one) => /** @type {const} */ ([one, `${one} ${labels.class[one]}`]));
  const templates = TEMPLATES[values.class].map((one) => /** @type {const} */ ([one, t(TEXTS.title[one])]));
  const audiences = /** @type {const} */ ([["responders", t("Responders only")], ["public", t("Everybody")]]);
  const letter = list(values, "class", t("Class"), classes, { onchange: recut });
  const readers = values.class === "D" ? audiences.slice(0, 1) : audiences;
  const audience = choice(values, "audience", t("Who may read it?"), readers, { onchange: redraw });
  const template = list(values, "template", t("What happens"), templates, { onchange: show });
  return kept ? [template] : [letter, template, audience];
}

/**
 * @param {Desk} desk @param {Values} values @param {() => void} redraw @param {() => void} show
 * @returns {readonly Node[]}
 */
function placeFields(desk, values, redraw, show) {
  const { t } = desk.words;
  const { place } = values;
  const zones = desk.baked.face.zones.map((one) => /** @type {const} */ ([one.id, here(desk.baked, one.name)]));
  const move = () => {
    place.cell = cellIn(desk, place.zone);
    redraw();
  };
  return [
    list(place, "zone", t("Zone"), zones, { onchange: move }),
    el(
      "p",
      { class: "hint" },
      t("The alert names this square of 800 m and nothing closer. Tap the map or use the buttons."),
    ),
    drawMap(desk, place, () => {
      show();
      redraw();
    }),
  ];
}

/** @param {Desk} desk @param {Values} values @param {() => void} show @returns {readonly Node[]} */
function seenFields(desk, values, show) {
  const { t, tn } = desk.words;
  const say = (/** @type {string} */ group, /** @type {readonly string[]} */ codes) =>
    codes.map((one) => /** @type {const} */ ([one, t(/** @type {any} */ (TEXTS)[group][one])]));
  const basis = ["observer", "media", "person", "official", "network"];
  const ago = AGO.map((one) => /** @type {const} */ ([String(one), tn("{n} minute ago", "{n} minutes ago", one)]));
  const ends = [
    "60",
    "120",
    "240",
  ].map((one) => /** @type {const} */ ([one, tn("after {n} minute", "after {n} minutes", Number(one))]));
  const instructions = {
    "observe-only": t("Observe from a distance"),
    "know-your-rights": t("Know your rights"),
    "avoid-rumours": t("Share only this"),
  };
  const rights = desk.baked.face.rights.map(({ id }) => /** @type {const} */ ([id, id]));
  return [
    list(values, "ago", t("Last seen"), ago, { onchange: show }),
    several(values, "basis", t("How we know, as readers are told"), say("basis", basis), { onchange: show }),
    list(values, "officers", t("How many officers"), say("officers", OFFICERS), { onchange: show }),
    list(values, "vehicles", t("How many vehicles"), say("vehicles", VEHICLES), { onchange: show }),
    list(values, "marking", t("What marks them"), say("marking", MARKINGS), { onchange: show }),
    list(
      values,
      "instruction",
      t("What readers should do"),
      INSTRUCTIONS.map((one) => [one, instructions[/** @type {keyof typeof instructions} */ (one)]]),
      { onchange: show },
    ),
    list(values, "rights", t("Know-your-rights text"), rights),
    list(values, "minutes", t("It ends by itself"), ends, { onchange: show }),
  ];
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {HTMLElement} */
function previewOf(desk, file, values) {
  const fields = parse(payloadOf(desk, file, values), MAX_BUNDLE);
  return alertPreview(desk, fields, standingOfDraft(desk, fields));
}

/**
 * @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {Node} what the evidence rule still lacks
 */
function wantedOf(desk, file, values) {
  const missing = lacking(desk.session, file, values.class, values.audience);
  if (missing.length === 0) return el("span");
  const lines = missing.map((one) => el("li", {}, missingWords(desk, one)));
  return el(
    "div",
    { class: "notice notice-doubt" },
    iconNode("missing"),
    el("div", {}, el("p", {}, desk.words.t("Still missing")), el("ul", {}, lines)),
  );
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values */
async function propose(desk, file, values) {
  const { t } = desk.words;
  const grade = readGrade(values);
  if (grade === null) return desk.tell(t("Grade the evidence first."), "doubt");
  if (values.basis.length === 0) return desk.tell(t("Say how we know."), "doubt");
  const blocked = [...desk.baked.alerts.keys()].find((lang) => isBlocked(values[`free-${lang}`] ?? "", lang));
  if (blocked !== undefined) return desk.tell(
    t("The privacy screen blocks something in the text ({lang}).", { lang: blocked }),
    "stop",
  );
  const move = moveOf(file);
  const done = await desk.attempt(async () => {
    const payload = payloadOf(desk, file, values);
    const signed = signAlert(desk.session, payload);
    requireCleanAlert(readAlert(signed));
    const [one] = signed.signatures;
    const signature = { keyid: one.keyid, sig: b64(one.sig) };
    const part = {
      alert: unutf8(payload),
      class: values.class,
      audience: values.audience,
      signature,
      grade,
      ...wordsIn(values),
    };
    const working = { class: values.class, audience: values.audience };
    await makeMove(desk.session, file.row.id, file.row.head, move, part, { working });
  });
  if (!done) return;
  desk.forget("draft");
  await desk.reread(file.row.id);
  desk.go({ mode: "look" });
  desk.tell(t("Proposed. It waits for a second key from another person."), "yes", desk.waiting(file.row.id));
}
