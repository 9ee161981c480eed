/**
 * Unlocking: the first thing anybody sees.  A vault, its words, and the week's key if it comes from another device.
 */
import { iconNode } from "../../look/icon.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_VAULT, isVault } from "../../protocol/js/vault.js";
import { Unreached } from "./api.js";
import { banners } from "./banner.js";
import { here } from "./baked.js";
import { el, refill } from "./dom.js";
import { button, tick } from "./field.js";
import { keptVaults } from "./keyring.js";
import { showNewcomer } from "./newcomer.js";
import { failureWords } from "./say.js";

/** @typedef {import("./baked.js").Baked} Baked */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/**
 * What is on the locked page.
 * @typedef {Readonly<{kept: HTMLElement, file: HTMLElement, weeks: HTMLElement, words: HTMLInputElement,
 *   remember: HTMLElement, progress: HTMLProgressElement, fault: HTMLElement}>} Entry
 */

const MAX_WEEK_FILE = 4096;

/** @param {Baked} baked @param {Session} session @param {string} why the desk was locked @param {() => void} onOpen */
export function showUnlock(baked, session, why, onOpen) {
  const { t } = baked.words;
  document.body.className = "night at-desk";
  const several = t("You can choose several files at once.");
  const secret = { autocomplete: "off", spellcheck: "false", autocorrect: "off" };
  /** @type {Entry} */
  const entry = {
    kept: el("div", { id: "kept" }),
    file: fileField("vault", t("Your vault file"), false),
    weeks: fileField("weeks", t("This week's key, if it is on another device"), true, several),
    words: el("input", { type: "password", id: "words", ...secret }),
    progress: el("progress", { max: 1, hidden: true, "aria-label": t("Opening the vault") }),
    fault: el("p", { class: "fault", role: "alert", id: "fault" }, why),
    remember: tick({}, "remember", t("Remember the vault on this device, sealed as it is")),
  };
  const open = button(t("Unlock and start the shift"), () => unlock(baked, session, entry, onOpen), {
    ...{ kind: /** @type {const} */ ("main"), id: "unlock", icon: iconNode("key") },
  });
  entry.words.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") open.click();
  });
  const again = () => showUnlock(baked, session, "", onOpen);
  const title = t("Desk of {network}", { network: here(baked, baked.face.name) });
  const promise = t("Your keys stay on this device. The server gets signatures and sealed bytes, and can read no tip.");
  const page = el(
    "main",
    { class: "page unlock" },
    el("h1", {}, iconNode("lantern", "large"), " ", title),
    el("p", {}, promise),
    entry.kept,
    entry.file,
    el("div", { class: "field" }, el("label", { for: "words" }, t("Its pass-phrase")), entry.words),
    entry.weeks,
    ...[entry.remember, open, entry.progress, entry.fault],
    button(t("I am new: make my vault"), () => showNewcomer(baked, session, again), { id: "newcomer" }),
  );
  refill(document.body, el("header", {}, banners(baked)), page);
  void offerKept(baked, session, entry);
}

/** @param {Baked} baked @param {Session} session @param {Entry} entry @param {() => void} onOpen */
async function unlock(baked, session, { kept, file, weeks, words, remember, progress, fault }, onOpen) {
  refill(fault);
  progress.hidden = false;
  progress.removeAttribute("value"); // Until somebody tells how far it is.
  try {
    const chosen = await vaultOf(baked, file, kept);
    const texts = await Promise.all([...(inputOf(weeks).files ?? [])].map(weekText));
    // Nothing is erased that nobody took the tick from: it may be the only copy at hand.
    const wish = inputOf(remember).checked || (keptIn(file, kept) === undefined ? null : false);
    await session.unlock(chosen, words.value, texts, wish, (done) => (progress.value = done));
    words.value = "";
    onOpen();
  } catch (error) {
    if (!(error instanceof Refused || error instanceof Unreached)) console.error(error);
    refill(fault, sentenceFor(baked, error));
  } finally {
    progress.hidden = true;
  }
}

/** @param {Baked} baked @param {Session} session @param {Entry} entry @returns {Promise<void>} */
async function offerKept(baked, session, { kept, file, remember }) {
  const { t } = baked.words;
  const vaults = await keptVaults(session.keep);
  if (vaults.length === 0) return;
  const chips = vaults.map(({ id, file }, index) => {
    const input = el("input", { type: "radio", name: "kept", id: `kept-${id}`, checked: index === 0 });
    KEPT.set(input, file);
    return el("label", { class: "chip" }, input, el("span", {}, id));
  });
  const other = el(
    "label",
    { class: "chip" },
    el("input", { type: "radio", name: "kept", id: "kept-other" }),
    el("span", {}, t("Another vault")),
  );
  refill(
    kept,
    el(
      "fieldset",
      { class: "field" },
      el("legend", {}, t("Vaults on this device")),
      el("div", { class: "chips" }, chips, other),
    ),
  );
  // The tick says what is so of the vault that is chosen: one that is kept stays kept.
  const say = () => (inputOf(remember).checked = keptIn(file, kept) !== undefined);
  for (const field of [kept, file]) field.addEventListener("change", say);
  say();
}

/** Which vault a chip stands for.  @type {WeakMap<HTMLInputElement, Bytes>} */
const KEPT = new WeakMap();

/**
 * @param {Baked} baked @param {HTMLElement} field @param {HTMLElement} kept
 * @returns {Promise<Bytes>} throws Refused("vault") where none is chosen, or half of one
 */
async function vaultOf({ words: { t } }, field, kept) {
  const file = await fileOf(t, field, kept);
  if (isVault(file)) return file;
  const half = t("This file is no vault, or half of one: a copy that broke off. Choose the other copy.");
  throw new Refused("vault", `${half} ${t("If no copy opens, it is lost: ask a custodian to enrol you again.")}`);
}

/** @param {(text: string) => string} t @param {HTMLElement} field @param {HTMLElement} kept @returns {Promise<Bytes>} */
async function fileOf(t, field, kept) {
  const chosen = inputOf(field).files?.[0];
  if (chosen !== undefined) {
    if (chosen.size > MAX_VAULT) throw new Refused("vault", t("This file is too large to be a vault."));
    return new Uint8Array(await chosen.arrayBuffer());
  }
  const file = keptIn(field, kept);
  if (file === undefined) throw new Refused("vault", t("Choose your vault file first."));
  return file;
}

/** @param {HTMLElement} field @param {HTMLElement} kept @returns {Bytes | undefined} the kept vault that is chosen, if one is */
function keptIn(field, kept) {
  const chip = /** @type {HTMLInputElement | null} */ (kept.querySelector("input:checked"));
  return chip === null || inputOf(field).files?.length ? undefined : KEPT.get(chip);
}

/** @param {File} file @returns {Promise<string>} */
async function weekText(file) {
  return file.size > MAX_WEEK_FILE ? "" : file.text();
}

/** @param {string} id @param {string} label @param {boolean} multiple @param {string} [hint] @returns {HTMLElement} */
function fileField(id, label, multiple, hint = "") {
  const described = hint === "" ? null : `${id}-hint`;
  const input = el("input", { type: "file", id, multiple, "aria-describedby": described });
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    input,
    hint && el("p", { class: "hint", id: `${id}-hint` }, hint),
  );
}

/** @param {HTMLElement} field @returns {HTMLInputElement} */
const inputOf = (field) => /** @type {HTMLInputElement} */ (field.querySelector("input"));

/**
 * @param {Baked} baked @param {unknown} error @returns {string} what went wrong and what helps, in the reader's language
 */
function sentenceFor({ words }, error) {
  const { t } = words;
  if (!(error instanceof Refused)) return failureWords(words, error);
  const said = {
    passphrase: [
      t("These words don't open this vault. Check each word and their order."),
      t("If they are right, the file is damaged: choose its other copy."),
    ].join(" "),
    sign_in: t("The desk did not let you in."),
    roster_dates: t("The roster is out of date. The custodians have to publish the next one."),
    roster_signers: t(
      "The server showed a roster that your network's custodians did not sign. Tell a lead, and don't go on.",
    ),
    roster_chain: t(
      "The server showed an older roster than this browser has seen, or a second one. Tell a lead by another way, and don't go on.",
    ),
    age_recipient: t("The week's file is no key. Choose the file that the desk gave you."),
    epoch_key: t("The week's file is not your key of the last, this or the next two weeks."),
  };
  if (error.kind === "stay") return suspended(words, error);
  const mine = Object.hasOwn(said, error.kind) ? said[/** @type {keyof typeof said} */ (error.kind)] : "";
  return error.kind === "passphrase" ? mine : `${mine} ${error.sentence} [${error.rule}]`.trim();
}

/** @param {import("./say.js").Words} words @param {Refused} error @returns {string} what a suspended person is told */
export function suspended({ t }, error) {
  const sentences = [
    t("A lead has suspended you. Nothing that you sign counts until it is over, and new tips are not sealed to you."),
    t("Your keys are gone from this page. Nothing is lost, and it ends by itself. Talk to a lead or a custodian."),
  ];
  return `${sentences.join(" ")} ${error.sentence} [${error.rule}]`;
}
