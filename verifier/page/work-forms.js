/**
 * The forms of everyday work on a case: sort, check, find, hold, take up, merge, close.
 */
import { iconNode } from "../../look/icon.js";
import { MINUTE } from "../../protocol/js/limits.js";
import { whyNot, makeMove } from "./moving.js";
import { el } from "./dom.js";
import { button, choice, list, several, text, tick } from "./field.js";
import { callName, caseLabels } from "./say.js";
import { clock } from "./clock.js";
import { answerField, endingField, questionFields, readAnswer, readEnding, readQuestion } from "./witness-fields.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */
/** @typedef {(desk: Desk, file: CaseFile) => HTMLElement} Form */
/**
 * A move's part and what comes along, or a sentence: what is not said yet.
 * `cells` go into the drop once the move is made.
 * @typedef {{part: Record<string, unknown> | null, working?: Record<string, unknown>, into?: string,
 *   cells?: readonly Uint8Array<ArrayBuffer>[]} | string} Move
 */

/**
 * A form that makes one move.  `read` gives the move's part, or a sentence that says what is still to be said.
 * @param {Desk} desk @param {CaseFile} file @param {string} move @param {string} heading
 * @param {readonly (Node | null | false)[]} fields @param {() => Move | Promise<Move>} read
 * @param {string} words on its button
 * @param {{form?: string, leave?: () => void}} [rest] what its words are typed under, and where Back leads
 * @returns {HTMLElement}
 */
export function moveForm(desk, file, move, heading, fields, read, words, { form = move, leave } = {}) {
  const { t } = desk.words;
  const make = async () => {
    /** @type {Move[]} */
    const said = [];
    const wasRead = await desk.attempt(async () => void said.push(await read()));
    if (!wasRead) return;
    const [made] = said;
    if (typeof made === "string") return desk.tell(made, "doubt");
    const { part, cells = [], ...along } = made;
    const done = await desk.attempt(() => makeMove(desk.session, file.row.id, file.row.head, move, part, along));
    if (!done) return;
    // The move is made; what of this does not arrive is put in again later.
    if (cells.length > 0) await desk.attempt(() => desk.drop.post(cells));
    desk.forget(form);
    await desk.reread(file.row.id);
    desk.go({ mode: "look" });
  };
  return el(
    "section",
    { class: "card form" },
    el("h2", {}, heading),
    fields,
    el(
      "div",
      { class: "buttons" },
      button(words, make, { kind: "main", id: "make", icon: iconNode("check") }),
      back(desk, leave),
    ),
    el(
      "p",
      { class: "hint" },
      iconNode("sealed"),
      ` ${t("Your words are sealed to the desk. The server sees that you moved the case, and the day.")}`,
    ),
  );
}

/** @param {Desk} desk @param {() => void} [leave] @returns {HTMLButtonElement} */
export function back(desk, leave = () => desk.go({ mode: "look" })) {
  return button(desk.words.t("Back"), leave, { id: "back" });
}

/**
 * @param {Readonly<Record<string, string>>} labels @param {(code: string) => string} [say]
 * @returns {[string, string][]}
 */
const choices = (labels, say = (code) => labels[code]) => Object.keys(labels).map((code) => [code, say(code)]);

/** @param {Values} values @returns {{words?: string}} the words, if there are any */
export function wordsIn(values) {
  const words = (values.words ?? "").trim();
  return words === "" ? {} : { words };
}

/** @type {Form} */
function triage(desk, file) {
  const { t } = desk.words;
  const labels = caseLabels(desk.words);
  const values = desk.typed("triage");
  const read = () => {
    if (!values.urgency) return t("Say first how urgent it is.");
    if (!values.class) return t("Say first what kind of thing it is.");
    return {
      part: { urgency: values.urgency, ...wordsIn(values) },
      working: { urgency: values.urgency, class: values.class },
    };
  };
  const fields = [
    choice(
      values,
      "urgency",
      t("How urgent is it?"),
      choices(labels.urgency, (code) => `${code} ${labels.urgency[code]}`),
    ),
    choice(values, "class", t("What kind of thing is it?"), choices(
      labels.class,
      (code) => `${code} ${labels.class[code]}`,
    ), {
      hint: t("Another emergency is not ours: call 911."),
    }),
    text(values, "words", t("Why? (only the desk reads it)"), { lines: 2 }),
  ];
  return moveForm(desk, file, "triage", t("Sort by urgency"), fields, read, t("Sort it"));
}

/** @type {Form} */
function check(desk, file) {
  const { t } = desk.words;
  const values = desk.typed("check");
  const read = async () => {
    if (values.ways.length === 0) return t("Choose at least one way to check.");
    const asked = values.ways.includes("question") ? await readQuestion(desk, file, values) : { part: {}, cells: [] };
    if (typeof asked === "string") return asked;
    return { part: { ways: [...values.ways].sort(), ...wordsIn(values), ...asked.part }, cells: asked.cells };
  };
  const ways = choices(caseLabels(desk.words).ways);
  const fields = [
    several(values, "ways", t("How will it be checked?"), ways, { onchange: () => desk.redraw() }),
    ...questionFields(desk, file, values),
    text(values, "words", t("Who does what? (only the desk reads it)"), { lines: 2 }),
  ];
  return moveForm(desk, file, "check", t("Start a check"), fields, read, t("Start it"));
}

/** @type {Form} */
function finding(desk, file) {
  const { t } = desk.words;
  const labels = caseLabels(desk.words);
  const values = desk.typed("finding");
  values.says ??= "for";
  const others = [...desk.session.roster.verifiers.keys()].map((id) => /** @type {const} */ ([id, id]));
  const fields = [
    choice(
      values,
      "basis",
      t("What is it based on?"),
      choices(labels.basis, (code) => `${code} ${labels.basis[code]}`),
      { onchange: () => desk.redraw() },
    ),
    choice(values, "says", t("What does it say?"), choices(labels.says)),
    values.basis === "D3" && tick(values, "site", t("It is the site's own contact")),
    values.basis === "D1" &&
      list(values, "checker", t("Who is on site?"), [["", t("Somebody who is no verifier")], ...others], {
        hint: t("Who checks on site is never one of the keys."),
      }),
    answerField(desk, file, values),
    file.row.class === "C" && tick(values, "site_told", t("The site has been told")),
    file.row.class === "E" && tick(values, "emergency", t("911 has been told")),
    text(
      values,
      "words",
      t("What was found, and how do you know?"),
      { lines: 3, hint: t("If you call two tips independent, say why.") },
    ),
  ];
  return moveForm(
    desk,
    file,
    "finding",
    t("Write down a finding"),
    fields,
    () => readFinding(desk, file, values),
    t("Write it down"),
  );
}

/** @param {Desk} desk @param {CaseFile} file @param {Values} values @returns {Move} */
function readFinding(desk, file, values) {
  const { t } = desk.words;
  const { basis, says } = values;
  if (!basis) return t("Say first what it is based on.");
  if (!wordsIn(values).words) return t("Say in a few words what was found.");
  const answer = readAnswer(desk, file, values);
  if (typeof answer === "string") return answer;
  const site = basis === "D3" && values.site === true;
  const found = {
    code: basis,
    minute: Math.floor(clock() / MINUTE),
    against: says === "against",
    site,
    over: says === "over",
  };
  const checker = basis === "D1" && values.checker ? { checker: values.checker } : {};
  const told = {
    ...(values.site_told ? { site_told: true } : {}),
    ...(values.emergency ? { emergency_called: true } : {}),
  };
  return {
    part: { basis, says, ...wordsIn(values), ...(site ? { site } : {}), ...answer },
    working: { finding: { ...found, ...checker }, ...told },
  };
}

/** @type {Form} */
function close(desk, file) {
  const { t } = desk.words;
  const values = desk.typed("close");
  const read = async () => {
    if (!values.outcome) return t("Say first how it ended.");
    const told = await readEnding(desk, file, values);
    return { part: { outcome: values.outcome, ...wordsIn(values), ...told.part }, cells: told.cells };
  };
  const fields = [
    choice(values, "outcome", t("How did it end?"), choices(caseLabels(desk.words).outcome)),
    endingField(desk, file, values),
    text(values, "words", t("Anything the next shift should know?"), { lines: 2 }),
  ];
  return moveForm(desk, file, "close", t("Close the case"), fields, read, t("Close it"));
}

/** @type {Form} */
function merge(desk, file) {
  const { t } = desk.words;
  const values = desk.typed("merge");
  const others = [...desk.load.cases.values()].filter(({ row }) => row.id !== file.row.id);
  const targets = others.filter((one) => whyNot(desk.session, one, "link", "") === null);
  if (targets.length === 0) {
    return el(
      "section",
      { class: "card form" },
      el("h2", {}, t("Merge into another case")),
      el("p", {}, t("There is no other open case.")),
      back(desk),
    );
  }
  const fields = [
    list(values, "into", t("Into which case?"), targets.map(({ row }) => [row.id, callName(row.id)])),
    text(values, "words", t("Why are they the same?"), { lines: 2 }),
  ];
  const read = () => ({ part: { ...wordsIn(values) }, into: values.into });
  return moveForm(desk, file, "merge", t("Merge into another case"), fields, read, t("Merge"));
}

/** @type {Form} */
function hold(desk, file) {
  const { t } = desk.words;
  const values = desk.typed("hold");
  const read = () => (wordsIn(values).words ? { part: wordsIn(values) } : t("Say why it is put on hold."));
  const fields = [text(values, "words", t("Why? It comes back by itself after 30 minutes."), { lines: 2 })];
  return moveForm(desk, file, "hold", t("Put on hold"), fields, read, t("Put on hold"));
}

/** @type {Form} */
function resume(desk, file) {
  const { t } = desk.words;
  return moveForm(desk, file, "resume", t("Take it up again"), [], () => ({ part: {} }), t("Take it up again"));
}

/** By name: `desk.mode` chooses one.  @type {Readonly<Record<string, Form>>} */
export const FORMS = Object.freeze({ triage, check, finding, close, merge, hold, resume });
