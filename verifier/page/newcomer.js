/**
 * Somebody new: makes a key here, takes it along in a vault, and gets a request that a custodian takes.
 *
 * Nothing is sent and nothing is kept in this browser.  The pass-phrase is shown once, on this page.
 */
import { iconNode } from "../../look/icon.js";
import { unhex } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { fingerprintWords, wordsOf } from "../../protocol/js/sixwords.js";
import { banners } from "./banner.js";
import { el, handOver, refill } from "./dom.js";
import { button, text, tick } from "./field.js";
import { failureWords } from "./say.js";

/** @typedef {import("./baked.js").Baked} Baked */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./vault-making.js").Newcomer} Newcomer */

/** Ask for the desk's code, and make the vault.  @param {Baked} baked @param {Session} session @param {() => void} leave */
export function showNewcomer(baked, session, leave) {
  const { t } = baked.words;
  /** @type {import("./field.js").Values} */
  const typed = { desk: "", organization: "" };
  const progress = el("progress", { max: 1, hidden: true, "aria-label": t("Sealing the vault") });
  const fault = el("p", { class: "fault", role: "alert", id: "fault" });
  const make = async () => {
    refill(fault);
    progress.hidden = false;
    progress.value = 0;
    try {
      const [desk, organisation] = [typed.desk.trim(), typed.organization.trim()];
      const asked = { network: baked.policy.network, desk, organisation };
      const made = await session.opener.ask("newcomer", asked, [], (done) => (progress.value = done));
      showMade(baked, made, leave);
    } catch (error) {
      if (!(error instanceof Refused)) {
        console.error(error);
        return refill(fault, failureWords(baked.words, error));
      }
      const advice = t("A code is short, in small letters, without spaces. Ask whoever invited you.");
      refill(fault, `${advice} ${error.sentence} [${error.rule}]`);
    } finally {
      progress.hidden = true;
    }
  };
  const page = [
    el("h1", {}, iconNode("key", "large"), " ", t("Make your vault")),
    el("p", {}, t("Your signing key is made on this device and leaves it only sealed, in a file that you keep.")),
    text(typed, "desk", t("Code of your desk"), { hint: t("Whoever invited you knows it."), most: 32 }),
    text(typed, "organization", t("Code of your organization, if you were given one"), { most: 32 }),
    button(t("Make my vault"), make, { kind: "main", id: "make-vault", icon: iconNode("key") }),
    progress,
    fault,
    button(t("Back"), leave, { id: "back" }),
  ];
  show(baked, page);
}

/** Show what was made, once.  @param {Baked} baked @param {Newcomer} made @param {() => void} leave */
function showMade(baked, made, leave) {
  const { t } = baked.words;
  const vaultName = `sereno-${made.verifier}.vault`;
  const requestName = `sereno-${made.verifier}.request.json`;
  /** @type {import("./field.js").Values} */
  const ticked = { written: false };
  const done = button(t("I have all three"), leave, { kind: "main", id: "made-done", disabled: true });
  const enough = () => (done.disabled = !ticked.written);
  const [key, network] = [fingerprintWords(made.public), wordsOf(unhex(baked.policy.network))];
  const save = iconNode("download");
  const send = iconNode("download");
  const page = [
    el("h1", {}, iconNode("key", "large"), " ", t("Your vault is ready")),
    el("h2", {}, t("1. Write down these six words")),
    sixWords("passphrase", made.words),
    el("p", {}, t("They open your vault. They are shown only now, and nobody can give them to you again.")),
    el("h2", {}, t("2. Keep your vault")),
    el("p", {}, t("Keep the file and the words in two places. Lost means: a new vault and a new request.")),
    button(t("Save the vault"), () => handOver(vaultName, made.file), { id: "save-vault", icon: save }),
    el("h2", {}, t("3. Send the request to a custodian")),
    el("p", {}, t("It holds no secret. When you are called back, read these six words aloud; they must be the same:")),
    sixWords("key-words", key),
    button(t("Save the request"), () => handOver(requestName, made.request), { id: "save-request", icon: send }),
    el("p", { class: "hint" }, t("You are {id} from now on. Words of the network: {words}.", {
      id: made.verifier,
      words: network,
    })),
    tick(ticked, "written", t("I wrote the words down, and both files are saved"), enough),
    done,
  ];
  show(baked, page);
}

/** @param {string} id @param {string} words @returns {Node} large, in their order */
export function sixWords(id, words) {
  return el("ol", { class: "six-words", id, translate: "no" }, words.split(" ").map((one) => el("li", {}, one)));
}

/** @param {Baked} baked @param {readonly Node[]} page */
function show(baked, page) {
  const main = el("main", { class: "page unlock", tabindex: -1 }, page);
  refill(document.body, el("header", {}, banners(baked)), main);
  main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
}
