/**
 * Who came later, on the screen: the offer to share a case with them, and, at theirs, whose key opened what.
 */
import { iconNode } from "../../look/icon.js";
import { el } from "./dom.js";
import { button } from "./field.js";
import { makeMove, whyNot } from "./moving.js";
import { minuteTime } from "./tip-panel.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./desk.js").Desk} Desk */

/** @param {Desk} desk @param {CaseFile} file @returns {Node} one quiet button, where somebody can't open what we can */
export function offerShare(desk, file) {
  const { t } = desk.words;
  const { load, session } = desk;
  const { owed } = load;
  if (!owed?.late.length || file.broken !== "" || whyNot(session, file, "share", "") !== null) return el("span");
  const act = async () => {
    await desk.attempt(() => makeMove(session, file.row.id, file.row.head, "share", owed.part, { besides: owed.besides }));
    load.owed = null;
    await desk.reread(file.row.id);
    desk.go({}, true);
  };
  const words = t("Share this case with {ids}, who came later", { ids: owed.late.join(", ") });
  const why = t("Not all of it was sealed to them. Sharing gives them the keys of its tips and notes.");
  return el(
    "section",
    { class: "share" },
    button(words, act, { id: "share", icon: iconNode("people") }),
    el("p", { class: "hint" }, why),
  );
}

/** @param {Desk} desk @param {TipEntry} entry @returns {Node | false} whose key opened a tip, if it was somebody else's */
export function sharedNotice(desk, { shared }) {
  if (shared === null) return false;
  const when = { id: shared.by, time: minuteTime(shared.minute, desk.baked) };
  const words = desk.words.t("It was not sealed to you. The key that {id} shared at {time} opens it: the very file that came in, which sharing can't change.", when);
  return el("p", { class: "hint shared" }, iconNode("key"), ` ${words}`);
}

/** @param {Desk} desk @param {CaseFile} file @returns {Node} before a newcomer judges: what a shared key does not show */
export function sharedEvidence(desk, file) {
  const { t, tn } = desk.words;
  const keys = file.tips.flatMap(({ id }) => desk.load.tips.get(id)?.shared ?? []);
  if (keys.length === 0) return el("span");
  const ids = [...new Set(keys.map(({ by }) => by))].sort().join(", ");
  const count = tn("You opened {n} tip with a key that {ids} shared.", "You opened {n} tips with keys that {ids} shared.", keys.length, { ids });
  const alone = t("A tip that only one person here can open is no evidence. Ask somebody else who was here whether they opened it too.");
  return el("div", { class: "notice notice-doubt", id: "shared" }, iconNode("warning"), el("p", {}, `${count} ${alone}`));
}
