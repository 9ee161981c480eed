/**
 * "Is this real?": checks an alert's proof in the reader's own browser.  Nothing that is checked leaves the device but
 * the alert's id, with which the page asks its own site for newer messages.
 */
import { copyOf, download } from "../../look/copy.js";
import { put } from "../../look/words.js";
import { utf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_BUNDLE } from "../../protocol/js/limits.js";
import { Slip } from "../../protocol/js/slip.js";
import { idIn, isSaved, newer } from "./newer.js";
import { part, readPage, reveal } from "./page.js";
import { show } from "./show.js";
import { rosterToKeep, wholeOf } from "./slips.js";
import { judge } from "./verdict.js";

/** @typedef {import("./verdict.js").Source} Source */
/** @typedef {import("./show.js").Asked} Asked */

const page = readPage();
const { t } = page.words;
/** Milliseconds after which a verdict that stands open is given again: time runs out by itself. */
const EVERY = 15_000;
const LARGEST = 64 * MAX_BUNDLE;

const files = /** @type {HTMLInputElement} */ (part("files"));
const pasted = /** @type {HTMLTextAreaElement} */ (part("pasted"));
let [headline, repeat] = ["", 0];

/** @returns {Promise<Source[]>} what was chosen and pasted; a line that is pasted is a file */
async function brought() {
  const chosen = [...(files.files ?? [])];
  const read = chosen.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.slice(0, LARGEST).arrayBuffer()) }));
  const lines = pasted.value.split("\n").map((line) => line.trim());
  const typed = lines.filter((line) => line !== "").map((line) => ({ name: t("the pasted text"), bytes: utf8(line) }));
  return [...(await Promise.all(read)), ...typed];
}

/** @param {string} text */
function fault(text) {
  put(part("fault"), text);
  reveal("fault", text !== "");
}

/**
 * The id of the alert that a bundle says it is about; whether it says the truth, the check will tell.
 * @param {readonly Source[]} given @returns {string | null}
 */
function claimed(given) {
  for (const { bytes } of given) {
    const found = /\\"id\\":\\"([0-9a-f]{32})\\"/.exec(new TextDecoder().decode(bytes));
    if (found !== null) return found[1];
  }
  return null;
}

/** Ask this site for more, judge and show.  @param {readonly Source[]} given */
async function answer(given) {
  reveal("working", true);
  const id = claimed(given);
  const got = id === null ? null : await newer(id);
  reveal("working", false);
  /** @type {Asked} */
  const asked = isSaved ? "saved" : got === null ? "silent" : got === "missing" ? "missing" : "asked";
  stand(given, got instanceof Uint8Array ? { name: location.host, bytes: got } : null, asked);
}

/** Show the verdict, and show it again while it stands open.  @param {readonly Source[]} given @param {Source | null} site @param {Asked} asked */
function stand(given, site, asked) {
  clearInterval(repeat);
  say(given, site, asked, true);
  repeat = window.setInterval(() => say(given, site, asked, false), EVERY);
}

/** @param {readonly Source[]} given @param {Source | null} site @param {Asked} asked @param {boolean} first */
function say(given, site, asked, first) {
  const now = Math.floor(Date.now() / 1000);
  const title = show(judge(given, site, page.policy, now), asked, page, now);
  if (title !== headline || first) put(part("heard"), title);
  headline = title;
  if (!first) return;
  reveal("answer", true);
  reveal("heading-ask", true);
  part("answer").scrollIntoView({ block: "start" });
  part("answer-title").focus({ preventScroll: true });
}

/** Check an alert of this site by its id: an address or a forwarded text holds no proof.  @param {string} id */
async function lookUp(id) {
  if (isSaved) {
    fault(t("A text or an address alone can’t be checked without a network. Get the proof file, release.json."));
    return;
  }
  reveal("working", true);
  const got = await newer(id);
  reveal("working", false);
  if (!(got instanceof Uint8Array)) {
    const none = t("This site has no public alert with that address. Do not act on it; call the hotline.");
    fault(got === "missing" ? none : t("This site could not be reached. Get the proof file, release.json, and check that."));
    return;
  }
  stand([{ name: location.host, bytes: got }], null, "asked");
}

/** Check the slip that a code or a link carries.  @param {string} words @returns {Promise<boolean>} whether there is one */
async function unfold(words) {
  try {
    const slip = Slip.find(words);
    if (slip === null) return false;
    reveal("working", true);
    await answer([{ name: t("the code"), bytes: await wholeOf(slip) }]);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    const other = t("This code was made under another list of verifiers than this page has. Get the proof file, release.json, and check that.");
    const torn = t("This code was cut off or changed on its way. Scan it again, or get the proof file, release.json, and check that.");
    fault(refused.kind === "slip_roster" ? other : torn);
  } finally {
    reveal("working", false);
  }
  return true;
}

async function submit() {
  fault("");
  clearInterval(repeat);
  reveal("answer", false); // An answer never stands beside what it does not speak of.
  if (files.files?.length === 0 && (await unfold(pasted.value))) return;
  const given = await brought();
  const id = idIn(pasted.value);
  const isText = given.length > 0 && files.files?.length === 0 && !/^\s*[[{]/.test(pasted.value);
  if (given.length === 0) fault(t("Choose the proof file, or paste it, or paste the alert’s address."));
  else if (isText && id === null) fault(t("This text holds no proof and no address of ours. Ask for the alert’s address or its proof file."));
  else if (isText && id !== null) await lookUp(id);
  else await answer(given);
}

async function save() {
  const blob = await copyOf(page.hash, "roster", await rosterToKeep());
  reveal("save-fault", blob === null);
  if (blob !== null) download(blob, `${part("save").dataset.name}.html`);
}

function clear() {
  clearInterval(repeat);
  /** @type {HTMLFormElement} */ (part("form")).reset();
  fault("");
  reveal("answer", false);
  reveal("heading-ask", false);
  history.replaceState(null, "", location.pathname);
}

async function openHash() {
  fault("");
  if (await unfold(location.hash)) return;
  const id = idIn(location.hash);
  if (id !== null) void lookUp(id);
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void submit();
});
part("clear").addEventListener("click", clear);
part("save").addEventListener("click", () => void save());
addEventListener("hashchange", () => void openHash());
for (const one of ["live-only", "languages"]) reveal(one, !isSaved);
reveal("saved-only", isSaved);
reveal("form", true);
void openHash();
