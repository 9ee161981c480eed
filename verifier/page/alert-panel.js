/**
 * The live alert: its word by this desk's own count, what the gate said, and how to stop it.
 */
import { iconNode } from "../../look/icon.js";
import { b64, unutf8 } from "../../protocol/js/encoding.js";
import { isFoundOver } from "./casefile.js";
import { el } from "./dom.js";
import { button } from "./field.js";
import { makeMove, whyNot } from "./moving.js";
import { alertPreview } from "./preview.js";
import { reasonLabels } from "./say.js";
import { loadChain, postAlert, signAlert, stopPayload } from "./standing.js";
import { wordLabel } from "./queue-panel.js";
import { wallTime } from "./tip-panel.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./standing.js").Chain} Chain */
/** @typedef {import("./standing.js").Told} Told */

/** A retraction corrects what was said, and so comes never too late. */
const RETRACTABLE = Object.freeze(["confirmed", "checked", "under-review", "ended"]);

/** @param {Desk} desk @param {CaseFile} file @returns {readonly Node[]} */
export function drawAlert(desk, file) {
  const chain = desk.load.chains.get(file.row.chains.at(-1) ?? "");
  if (chain === undefined) return [];
  const { t } = desk.words;
  const { found } = chain;
  const gate = chain.messages.filter(({ state }) => state !== "released");
  const head = el("h2", {}, t("The alert"));
  if (found === null) return [head, ...gate.map((one) => gateLine(desk, one)), ...voided(desk, file, chain)];
  const fields = found.head.alert.fields;
  const standing = {
    word: found.word,
    cause: found.cause,
    since: found.since,
    verifiers: chain.verifiers,
    organizations: chain.organizations,
    reason: chain.reason,
  };
  return [
    head,
    el("p", { class: `word word-${found.word}`, id: "word" }, iconNode(found.word), wordLabel(desk, found.word)),
    el(
      "p",
      { class: "quiet" },
      t("Counted on this device from what was signed, since {time}.", { time: wallTime(found.since, desk.baked) }),
    ),
    el("details", {}, el("summary", {}, t("What readers see")), alertPreview(desk, fields, standing)),
    ...gate.map((one) => gateLine(desk, one)),
    stops(desk, file, chain),
  ];
}

/** @param {Desk} desk @param {CaseFile} file @param {Chain} chain @returns {readonly Node[]} what was out and counts no more */
function voided(desk, file, chain) {
  if (chain.heads.length === 0) return [];
  const sentence = desk.words.t("What was let out counts for nothing now: somebody who signed it is suspended or revoked. Retract it, so that everybody who got it is told.");
  const said = el("div", { class: "notice notice-stop" }, iconNode("warning"), el("p", {}, sentence));
  return whyNot(desk.session, file, "retract", "") === null ? [said, retracting(desk, file, chain)] : [said];
}

/** @param {Desk} desk @param {Told} one @returns {Node} */
function gateLine(desk, { fields, state, sentence, signers }) {
  const { t } = desk.words;
  const kind = `${fields.kind} ${fields.revision}`;
  if (state === "refused") {
    const text = t(
      "The gate refused {kind}, signed by {signers}: {sentence}",
      { kind, signers: signers.join(", "), sentence: sentence ?? "" },
    );
    return el("div", { class: "notice notice-stop" }, iconNode("retracted"), el("p", {}, text));
  }
  return el(
    "div",
    { class: "notice" },
    iconNode("waiting"),
    el("p", {}, t("With the gate: {kind}, signed by {signers}.", { kind, signers: signers.join(", ") })),
  );
}

/** @param {Desk} desk @param {CaseFile} file @param {Chain} chain @returns {Node} what may be done with what is out */
function stops(desk, file, chain) {
  const { t } = desk.words;
  const word = chain.found?.word ?? "";
  const standing = word === "confirmed" || word === "checked";
  const may = (/** @type {string} */ move) => whyNot(desk.session, file, move, word) === null;
  const draft = (/** @type {string} */ words, /** @type {string} */ id) =>
    button(words, () => desk.go({ mode: "draft" }), { id });
  const parts = [
    ...(standing && !file.row.suspenders.includes(desk.session.me.id) ? suspending(desk, file, chain) : []),
    ...(word === "under-review" && may("restore") ? restoring(desk, draft(t("Draft it anew"), "do-restore")) : []),
    ...(standing && may("update") ? [draft(t("Draft an update"), "do-update")] : []),
    ...(standing || word === "under-review" ? over(desk, file, chain) : []),
    ...(RETRACTABLE.includes(word) && may("retract") ? [retracting(desk, file, chain)] : []),
  ];
  return parts.length === 0 ? el("span") : el("section", { class: "card stops" }, parts);
}

/**
 * A button for each reason; a tap acts.
 * @param {Desk} desk @param {CaseFile} file @param {Chain} chain @param {"suspended" | "retracted"} kind
 * @returns {Node}
 */
function reasonButtons(desk, file, chain, kind) {
  const made = Object.entries(reasonLabels(desk.words)[kind]).map(([code, words]) =>
    button(words, () => stop(desk, file, chain.id, kind, code), { kind: "stop", id: `${kind}-${code}` }),
  );
  return el("div", { class: "buttons" }, made);
}

/** @param {Desk} desk @param {CaseFile} file @param {Chain} chain @returns {readonly Node[]} */
function suspending(desk, file, chain) {
  const { t } = desk.words;
  return [
    el("h3", {}, t("Suspend it now")),
    el("p", {}, t("One tap, and readers see UNDER REVIEW at once.")),
    el("p", {}, t("Unless two others restore it within 10 minutes, it counts as withdrawn.")),
    reasonButtons(desk, file, chain, "suspended"),
  ];
}

/** @param {Desk} desk @param {Node} act @returns {readonly Node[]} */
function restoring({ words: { t } }, act) {
  const how = t("With new evidence, two keys other than the one who suspended it.");
  return [el("h3", {}, t("Restore it")), el("p", {}, how), act];
}

/** @param {Desk} desk @param {CaseFile} file @param {Chain} chain @returns {Node} */
function retracting(desk, file, chain) {
  const { t } = desk.words;
  const alone = t("It was wrong. You are a lead: your key alone retracts it, at once.");
  const together = t("It was wrong. You sign first, and a second key has to agree.");
  const how = el("p", {}, desk.session.me.roles.has("lead") ? alone : together);
  const reasons = reasonButtons(desk, file, chain, "retracted");
  return el("details", {}, el("summary", {}, t("Retract it")), how, reasons);
}

/** @param {Desk} desk @param {CaseFile} file @param {Chain} chain @returns {readonly Node[]} */
function over(desk, file, chain) {
  const { t } = desk.words;
  const end = async () => {
    const done = await desk.attempt(async () => {
      const row = await makeMove(desk.session, file.row.id, file.row.head, "over", {});
      const signed = signAlert(desk.session, stopPayload(desk.session, chain, "ended", "gone"));
      await postAlert(desk.session, signed, row.id);
    });
    if (done) await after(desk, file, t("Reported over. Readers will see ENDED."));
  };
  const first = t("Write down first who saw that it is over: a finding that says so.");
  const hint = el("p", { class: "hint" }, first);
  return [
    el("h3", {}, t("It is over")),
    isFoundOver(file) ? button(t("Report it over"), end, { id: "over", icon: iconNode("ended") }) : hint,
  ];
}

/**
 * Lower an alert.  What one key stops goes to the gate first and is said to be out; the case is told afterwards, again at
 * each look until it knows.
 * @param {Desk} desk @param {CaseFile} file @param {string} id of the chain @param {"suspended" | "retracted"} kind
 * @param {string} reason
 */
async function stop(desk, file, id, kind, reason) {
  const { t } = desk.words;
  const { session } = desk;
  const alone = kind === "suspended" || session.me.roles.has("lead");
  const done = await desk.attempt(async () => {
    // Somebody may have stopped it a moment ago: that is no reason to refuse this stop.
    const signed = signAlert(session, stopPayload(session, await loadChain(session, id), kind, reason));
    if (alone) return postAlert(session, signed, file.row.id);
    const [one] = signed.signatures;
    const first = { alert: unutf8(signed.payload), signature: { keyid: one.keyid, sig: b64(one.sig) } };
    const { row } = await desk.load.load(file.row.id);
    await makeMove(session, row.id, row.head, "retract", { reason, ...first });
  });
  const said = {
    suspended: t("Suspended. Readers see UNDER REVIEW."),
    retracted: t("Retracted. Everybody who got the alert gets the retraction."),
    proposed: t("You signed the retraction first. A second key has to agree."),
  };
  if (done) await after(desk, file, said[alone ? kind : "proposed"]);
}

/** @param {Desk} desk @param {CaseFile} file @param {string} said */
async function after(desk, file, said) {
  desk.go({ mode: "look" });
  desk.tell(said, "yes", desk.waiting(file.row.id));
  await desk.reread(file.row.id);
  desk.redraw();
}
