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
import { beside } from "./beside.js";
import { askSite, idIn, isSaved } from "./newer.js";
import { part, readPage, reveal } from "./page.js";
import { show } from "./show.js";
import { rosterToKeep, savedRoster, wholeOf } from "./slips.js";
import { judge } from "./verdict.js";

/** @typedef {import("./verdict.js").Source} Source */
/** @typedef {import("./show.js").Asked} Asked */
/** @typedef {import("./newer.js").Said} Said */
/**
 * What a verdict stands on: what people brought (nothing where they brought an id alone), what the site said of it so
 * far, whether it answered when it was asked last, and when the last word from outside came (Unix seconds).
 * @typedef {Readonly<{id: string | null, given: readonly Source[], said: Said, asked: Asked, at: number}>} Ground
 */

const page = readPage();
const { t } = page.words;
/** Milliseconds after which a verdict that stands open is given again, and the site asked again: time runs out by itself. */
const EVERY = 20_000;
const LARGEST = 64 * MAX_BUNDLE;

const files = /** @type {HTMLInputElement} */ (part("files"));
const pasted = /** @type {HTMLTextAreaElement} */ (part("pasted"));
let [headline, repeat] = ["", 0];
/** Counts what people asked for: an answer that comes after they asked for something else is not shown. */
let turn = 0;

const seconds = () => Math.floor(Date.now() / 1000);

/** Leave what was asked before.  @returns {number} this turn */
function begin() {
  clearInterval(repeat);
  fault("");
  reveal("working", false);
  reveal("answer", false); // An answer never stands beside what it does not speak of.
  turn += 1;
  return turn;
}

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

/** Ask this site for more, judge and show.  @param {readonly Source[]} given @param {number} mine the turn */
async function answer(given, mine) {
  const id = claimed(given);
  const said = await asking(id, mine);
  if (turn === mine) stand({ id, given, said, asked: askedOf(said), at: seconds() }, mine);
}

/** @param {string | null} id @param {number} mine the turn @returns {Promise<Said>} */
async function asking(id, mine) {
  reveal("working", true);
  const said = await askSite(id);
  if (turn === mine) reveal("working", false);
  return said;
}

/** @param {Said} said @returns {Asked} */
function askedOf({ messages }) {
  if (messages instanceof Uint8Array) return "asked";
  return isSaved ? "saved" : (messages ?? "silent");
}

/** Show the verdict, and show it again while it stands open.  @param {Ground} ground @param {number} mine the turn */
function stand(ground, mine) {
  let last = ground;
  clearInterval(repeat);
  say(last, true);
  repeat = window.setInterval(async () => {
    say(last, false); // What the clock changes waits for no answer.
    last = await askedAgain(last);
    if (turn === mine) say(last, false);
  }, EVERY);
}

/** What the site says now; where it does not answer, what it said before.  @param {Ground} ground @returns {Promise<Ground>} */
async function askedAgain(ground) {
  const said = await askSite(ground.id);
  const asked = askedOf(said);
  const kept = {
    messages: said.messages instanceof Uint8Array ? said.messages : ground.said.messages,
    stays: said.stays ?? ground.said.stays,
    roster: said.roster ?? ground.said.roster,
  };
  return { ...ground, said: kept, asked, at: asked === "asked" || asked === "missing" ? seconds() : ground.at };
}

/** @param {Ground} ground @param {boolean} first */
function say({ given, said, asked, at }, first) {
  const now = seconds();
  const site = said.messages instanceof Uint8Array ? { name: location.host, bytes: said.messages } : null;
  const known = beside(said.stays, [said.roster, savedRoster()], page.policy);
  const looked = given.length === 0 && site !== null;
  const verdict = looked ? judge([site], null, page.policy, now, known) : judge(given, site, page.policy, now, known);
  const title = show(verdict, asked, page, now, at);
  if (title !== headline || first) put(part("heard"), title);
  headline = title;
  if (!first) return;
  reveal("answer", true);
  reveal("heading-ask", true);
  part("answer").scrollIntoView({ block: "start" });
  part("answer-title").focus({ preventScroll: true });
}

/** Check an alert of this site by its id: an address or a forwarded text holds no proof.  @param {string} id @param {number} mine */
async function lookUp(id, mine) {
  if (isSaved) {
    fault(t("A text or an address alone can’t be checked without a network. Get the proof file, release.json."));
    return;
  }
  const said = await asking(id, mine);
  if (turn !== mine) return;
  if (!(said.messages instanceof Uint8Array)) {
    const none = t("This site has no public alert with that address. Do not act on it; call the hotline.");
    fault(said.messages === "missing" ? none : t("This site could not be reached. Get the proof file, release.json, and check that."));
    return;
  }
  stand({ id, given: [], said, asked: "asked", at: seconds() }, mine);
}

/** Check the slip that a code or a link carries.  @param {string} words @param {number} mine @returns {Promise<boolean>} whether there is one */
async function unfold(words, mine) {
  try {
    const slip = Slip.find(words);
    if (slip === null) return false;
    reveal("working", true);
    const given = [{ name: t("the code"), bytes: await wholeOf(slip) }];
    if (turn === mine) await answer(given, mine);
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    if (turn !== mine) return true;
    const other = t("This code was made under another list of verifiers than this page has. Get the proof file, release.json, and check that.");
    const torn = t("This code was cut off or changed on its way. Scan it again, or get the proof file, release.json, and check that.");
    fault(refused.kind === "slip_roster" ? other : torn);
  } finally {
    if (turn === mine) reveal("working", false);
  }
  return true;
}

async function submit() {
  const mine = begin();
  if (files.files?.length === 0 && (await unfold(pasted.value, mine))) return;
  const given = await brought();
  if (turn !== mine) return;
  const id = idIn(pasted.value);
  const isText = given.length > 0 && files.files?.length === 0 && !/^\s*[[{]/.test(pasted.value);
  if (given.length === 0) fault(t("Choose the proof file, or paste it, or paste the alert’s address."));
  else if (isText && id === null) fault(t("This text holds no proof and no address of ours. Ask for the alert’s address or its proof file."));
  else if (isText && id !== null) await lookUp(id, mine);
  else await answer(given, mine);
}

async function save() {
  const blob = await copyOf(page.hash, "roster", await rosterToKeep());
  reveal("save-fault", blob === null);
  if (blob !== null) download(blob, `${part("save").dataset.name}.html`);
}

function clear() {
  begin();
  /** @type {HTMLFormElement} */ (part("form")).reset();
  reveal("heading-ask", false);
  history.replaceState(null, "", location.pathname);
}

/** What stands behind the # in the address may be a slip or an id, or only a place in the page. */
async function openHash() {
  const { hash } = location;
  const id = idIn(hash);
  if (id === null && !mayBeSlip(hash)) return;
  const mine = begin();
  if (!(await unfold(hash, mine)) && id !== null) await lookUp(id, mine);
}

/** @param {string} words @returns {boolean} */
function mayBeSlip(words) {
  try {
    return Slip.find(words) !== null;
  } catch (refused) {
    if (refused instanceof Refused) return true; // One that is torn, and is said to be.
    throw refused;
  }
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
