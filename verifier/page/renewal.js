/**
 * Renewal: another pass-phrase, which makes another vault file of the same signing key.  SPEC 5.6.
 *
 * Nothing changes before the person says that words and file are safe: whoever goes away half-way keeps the old ones.
 */
import { iconNode } from "../../look/icon.js";
import { el, handOver } from "./dom.js";
import { button, tick } from "./field.js";
import { oldVaultDestroyed } from "./keyring.js";
import { sixWords } from "./newcomer.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./vault-making.js").Made} Made */

/** How far the change is; `made` is there from when the new file is sealed until it is used. */
export class Renewal {
  /** @type {"" | "making" | "made"} */
  stage = "";
  /** @type {Made | null} */
  made = null;
  /** @type {import("./field.js").Values} */
  ticked = { saved: false };

  /** @param {Renewal["stage"]} stage @param {Made | null} [made] */
  go(stage, made = null) {
    Object.assign(this, { stage, made, ticked: { saved: false } });
  }
}

/** @param {Desk} desk @returns {Node} the vault, and a way to another pass-phrase */
export function drawVault(desk) {
  const { renewal, session, words: { t } } = desk;
  const heading = el("h3", {}, t("Your vault"));
  if (renewal.made !== null) return el("div", { class: "card" }, heading, made(desk, renewal.made));
  const progress = el("progress", { "aria-label": t("Sealing the vault") });
  if (renewal.stage === "making") return el("div", { class: "card" }, heading, progress);
  const hint = [
    t("Somebody may have seen the words, or a copy of the file is in the wrong hands? The words can be changed."),
    t("If somebody has both, changing them helps nothing: have a lead suspend you now, and tell a custodian."),
  ].join(" ");
  const id = "renew-vault";
  return el(
    "div",
    { class: "card" },
    heading,
    session.oldVault !== "" && old(desk),
    el("p", { class: "hint" }, hint),
    button(t("Change the pass-phrase"), () => begin(desk), { id, icon: iconNode("key") }),
  );
}

/** @param {Desk} desk */
async function begin(desk) {
  const { renewal, session } = desk;
  renewal.go("making");
  desk.redraw();
  const { network, verifier, seed } = session.vault;
  /** @type {Made | null} */
  let sealed = null;
  await desk.attempt(async () => {
    sealed = await session.opener.ask("renew", { network, verifier, seed });
  });
  if (!session.isOpen) return; // Locked meanwhile: the new file was never shown, and nothing was changed.
  renewal.go(sealed === null ? "" : "made", sealed);
  desk.redraw();
}

/** @param {Desk} desk @param {Made} sealed @returns {Node} the new words and file, shown once */
function made(desk, sealed) {
  const { renewal, session, words: { t } } = desk;
  const act = async () => {
    if (!(await desk.attempt(() => session.adopt(sealed)))) return;
    renewal.go("");
    desk.tell(t("The new pass-phrase holds on this device from now on."), "yes");
    desk.redraw();
  };
  const use = button(t("Use the new vault"), act, { kind: "main", id: "use-vault", disabled: !renewal.ticked.saved });
  const enough = () => (use.disabled = !renewal.ticked.saved);
  const cancel = () => {
    renewal.go("");
    desk.redraw();
  };
  const file = `sereno-${session.me.id}.new.vault`;
  return el(
    "div",
    {},
    el("p", {}, t("Write down these six new words. They are shown only now. Until you go on, the old ones hold.")),
    sixWords("new-words", sealed.words),
    button(t("Save the vault"), () => handOver(file, sealed.file), { id: "save-vault", icon: iconNode("download") }),
    tick(renewal.ticked, "saved", t("I wrote the words down, and the new file is saved in two places"), enough),
    use,
    button(t("Keep the old pass-phrase"), cancel, { id: "keep-vault" }),
  );
}

/** @param {Desk} desk @returns {Node} what has to be done about the file of before */
function old(desk) {
  const { session, words: { t } } = desk;
  const gone = async () => {
    await oldVaultDestroyed(session);
    session.oldVault = "";
    desk.redraw();
  };
  const words = t(
    "The pass-phrase was changed on {day}. The old file still opens with the old words, wherever a copy is: destroy every copy.",
    { day: session.oldVault },
  );
  return el(
    "div",
    { class: "notice notice-doubt" },
    iconNode("warning"),
    el("p", {}, words),
    button(t("I destroyed it"), gone, { id: "gone-vault" }),
  );
}
