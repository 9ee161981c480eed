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

/** @param {Desk} desk @param {CaseFile} file @returns {readonly Node[]} */
export function drawAlert(desk, file) {
  const chain = desk.load.chains.get(file.row.chains.at(-1) ?? "");
  if (chain === undefined) return [];
  const { t } = desk.words;
  const { found } = chain;
  const gate = chain.messages.filter(({ state }) => state !== "released");
  const head = el("h2", {}, t("The alert"));
  if (found === null) return [head, ...gate.map((one) => gateLine(desk, one))];
  const fields = found.head.alert.fields;
  const standing = { word: found.word, cause: found.cause, since: found.since, verifiers: chain.verifiers, organizations: chain.organizations, reason: chain.reason };
  return [
    head,
    el("p", { class: `word word-${found.word}`, id: "word" }, iconNode(found.word), wordLabel(desk, found.word)),
    el("p", { class: "quiet" }, t("Counted on this device from what was signed, since {time}.", { time: wallTime(found.since, desk.baked) })),
    el("details", {}, el("summary", {}, t("What readers see")), alertPreview(desk, fields, standing)),
    ...gate.map((one) => gateLine(desk, one)),
    stops(desk, file, chain),
  ];
}

/** @param {Desk} desk @param {Told} one @returns {Node} */
function gateLine(desk, { fields, state, sentence, signers }) {
  const { t } = desk.words;
  const kind = `${fields.kind} ${fields.revision}`;
  if (state === "refused") {
    const text = t("The gate refused {kind}, signed by {signers}: {sentence}", { kind, signers: signers.join(", "), sentence: sentence ?? "" });
    return el("div", { class: "notice notice-stop" }, iconNode("retracted"), el("p", {}, text));
  }
  return el("div", { class: "notice" }, iconNode("waiting"), el("p", {}, t("With the gate: {kind}, signed by {signers}.", { kind, signers: signers.join(", ") })));
}

/** @param {Desk} desk @param {CaseFile} file @param {Chain} chain @returns {Node} everything that only lowers */
function stops(desk, file, chain) {
  const { t } = desk.words;
  const word = chain.found?.word ?? "";
  const reasons = reasonLabels(desk.words);
  const standing = word === "confirmed" || word === "checked";
  const may = (/** @type {string} */ move) => whyNot(desk.session, file, move, word) === null;
  const lead = desk.session.me.roles.has("lead");
  const lower = (/** @type {"suspended" | "retracted"} */ kind, /** @type {string} */ move) =>
    Object.entries(reasons[kind]).map(([code, words]) =>
      button(words, () => stop(desk, file, chain.id, kind, move, code), { kind: "stop", id: `${kind}-${code}` }),
    );
  const parts = [];
  if (standing && !file.row.suspenders.includes(desk.session.me.id)) {
    parts.push(el("h3", {}, t("Suspend it now")), el("p", {}, t("One tap: readers see UNDER REVIEW at once. Unless two others restore it within 10 minutes, it counts as withdrawn.")), el("div", { class: "buttons" }, lower("suspended", "suspend")));
  }
  if (word === "under-review" && may("restore")) {
    parts.push(el("h3", {}, t("Restore it")), el("p", {}, t("With new evidence, two keys other than the one who suspended it.")), button(t("Draft it anew"), () => desk.go({ mode: "draft" }), { id: "do-restore" }));
  }
  if (standing && may("update")) parts.push(button(t("Draft an update"), () => desk.go({ mode: "draft" }), { id: "do-update" }));
  if (standing || word === "under-review") parts.push(...over(desk, file, chain));
  if (["confirmed", "checked", "under-review", "ended"].includes(word) && may("retract")) {
    const how = lead ? t("It was wrong. You are a lead: your key alone retracts it, at once.") : t("It was wrong. You sign first, and a second key has to agree.");
    parts.push(el("details", {}, el("summary", {}, t("Retract it")), el("p", {}, how), el("div", { class: "buttons" }, lower("retracted", "retract"))));
  }
  return parts.length === 0 ? el("span") : el("section", { class: "card stops" }, parts);
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
  const hint = t("Write down first who saw that it is over: a finding that says so.");
  return [
    el("h3", {}, t("It is over")),
    isFoundOver(file) ? button(t("Report it over"), end, { id: "over", icon: iconNode("ended") }) : el("p", { class: "hint" }, hint),
  ];
}

/**
 * Lower an alert.  What stops goes to the gate first; the case is told afterwards.
 * @param {Desk} desk @param {CaseFile} file @param {string} id of the chain @param {"suspended" | "retracted"} kind
 * @param {string} move @param {string} reason
 */
async function stop(desk, file, id, kind, move, reason) {
  const { t } = desk.words;
  const { session } = desk;
  const alone = kind === "suspended" || session.me.roles.has("lead");
  const done = await desk.attempt(async () => {
    // Somebody may have stopped it a moment ago: that is no reason to refuse this stop.
    const signed = signAlert(session, stopPayload(session, await loadChain(session, id), kind, reason));
    const [one] = signed.signatures;
    const first = { alert: unutf8(signed.payload), signature: { keyid: one.keyid, sig: b64(one.sig) } };
    if (alone) await postAlert(session, signed, file.row.id);
    const { row } = await desk.load.load(file.row.id);
    await makeMove(session, row.id, row.head, move, alone ? { reason } : { reason, ...first });
  });
  const said = { suspended: t("Suspended. Readers see UNDER REVIEW."), retracted: alone ? t("Retracted. Everybody who got the alert gets the retraction.") : t("You signed the retraction first. A second key has to agree.") };
  if (done) await after(desk, file, said[kind]);
}

/** @param {Desk} desk @param {CaseFile} file @param {string} said */
async function after(desk, file, said) {
  const { row } = await desk.load.load(file.row.id);
  await desk.load.loadChains(row);
  desk.go({ mode: "look" });
  desk.tell(said, "yes");
}
