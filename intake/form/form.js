/**
 * The form: listens to the page and brings a tip on its way.  Memory only: no cookie, no storage, no history.
 */
import { put } from "../../look/words.js";
import { Refused } from "../../protocol/js/errors.js";
import { sealLegal } from "../../protocol/js/legal.js";
import { anySaid, lookForDoorsWith, readAnswers, review, wipe } from "./answers.js";
import { breathe } from "./breathe.js";
import { Turned } from "./door.js";
import { OPERATOR, close, listenToLeave, reasonToStayClosed } from "./leave.js";
import { Later } from "./later.js";
import { drawChosen, listenToMap } from "./map.js";
import { choices, chosen, input, part, readPage, reveal, show } from "./page.js";
import { Photos } from "./photos.js";
import { Progress } from "./progress.js";
import { Readers } from "./readers.js";
import { send } from "./sending.js";
import { Work } from "./work.js";

/** @typedef {import("./sending.js").Letter} Letter */
/** @typedef {import("./photos.js").Chosen} Chosen */

const page = readPage();
const { t, tn, lang } = page.words;
/** Milliseconds after which a sum that is still being done is spoken of. */
const SLOW = 2500;
const MOST_WORDS = 280;
/** @type {Chosen} */
const NO_PHOTOS = Object.freeze({ files: [], originals: [] });
const DAY_FORMAT = Object.freeze(/** @type {const} */ ({ weekday: "long", day: "numeric", month: "long", year: "numeric" }));

/** Ends with the page: what it fetches and computes. */
let life = new AbortController();
/** Ends with a tip on its way. */
let way = new AbortController();
/** The screen that what is on its way was said on.  @type {"tell" | "back"} */
let from = "tell";
let { readers, work } = begin();
const photos = new Photos(page.words);
const progress = new Progress(page.words);
const later = new Later(page.later, { words: page.words, lookForDoorsWith, readers: () => readers, send: reply });

/** @returns {{readers: Readers, work: Work}} new ones, which look for readers and work at once */
function begin() {
  return { readers: new Readers(page.policy, askDay, life.signal), work: new Work(life.signal) };
}

/** Have readers and work at hand before they are needed.  What fails now is tried again, and said, with the tip. */
async function prepare() {
  try {
    await readers.publication();
    await work.solution();
    // What a browser computes for the first time takes it twice as long: better now than when somebody waits.
    await sealLegal("", [], breathe);
    await later.fetch(life.signal); // Everybody does, code or no code.
  } catch (error) {
    if (life.signal.aborted) return;
    if (error instanceof Refused || (error instanceof Turned && error.kind === "set_unknown")) give(error);
  }
}

/** Show why nothing can be sent.  @param {unknown} error */
function give(error) {
  const kind = error instanceof Refused || error instanceof Turned ? error.kind : "";
  const noDesk = kind === "set_unknown" || kind === "desk_unknown";
  close(noDesk ? "desk" : "readers", error instanceof Refused ? `${error.rule} ${kind}` : "");
  if (kind === "") throw error; // A mistake of ours: the console should have it.
}

/** @type {import("./readers.js").AskDay} */
function askDay(phone, server) {
  // The digits and the calendar of the rest of the page, whatever the language's own would be.
  const format = new Intl.DateTimeFormat(`${lang}-u-ca-gregory-nu-latn`, { ...DAY_FORMAT, timeZone: "UTC" });
  part("day-phone").textContent = format.format(phone * 1000);
  part("day-server").textContent = format.format(server * 1000);
  reveal("day-question", true);
  if (!part("going").hidden) {
    way.abort();
    show("tell");
    review(true);
  }
  return new Promise((resume) => {
    for (const one of choices("day")) one.addEventListener("change", () => resume(chosen("day") === "server"));
  });
}

/** @param {import("./sending.js").Stage} stage */
function say(stage) {
  const titles = { sealing: t("Sealing on your phone"), sending: t("Sealed. Sending now"), dropped: t("Waiting to send") };
  const waits = !["sealing", "sending"].includes(stage);
  put(part("going-title"), titles[waits ? "dropped" : /** @type {"sealing"} */ (stage)]);
  if (!waits) return; // What went wrong stays in sight while it is tried again.
  reveal("going-slow", false);
  for (const one of ["dropped", "load", "trouble"]) reveal(`going-${one}`, one === stage);
  reveal("going-ways", true);
}

/** Clear what an earlier try has said. */
function calm() {
  for (const one of ["slow", "dropped", "load", "trouble", "ways"]) reveal(`going-${one}`, false);
  put(part("going-title"), t("Sealing on your phone"));
}

/** Seal and send what stands in the form; on any error it still stands there. */
async function submit() {
  const open = review(true);
  put(part("open-fault"), open === 0 ? "" : tn("{n} question is still open.", "{n} questions are still open.", open));
  if (open > 0 || chosen("what") === "other") return;
  const { told, legal } = readAnswers();
  await carry("tell", async () => {
    const taken = await photos.chosen();
    if (taken === null) {
      show("tell");
      photos.goTo();
      return null;
    }
    const thread = await later.thread(readers.policy.network);
    const fields = { kind: /** @type {const} */ ("tip"), tip: told, ...(thread === null ? {} : { thread: thread.value() }) };
    return [{ fields, to: (publication) => publication.setForZone(told.where.zone) }, legal, taken];
  }, () => {
    wipe();
    photos.wipe();
    refresh();
  });
}

/** @type {import("./coming-back.js").Shared["send"]} */
function reply(letter, kind) {
  return carry("back", async () => [letter, "", NO_PHOTOS], () => {
    reveal("sent-told", false);
    reveal(`sent-${kind}`, true);
  });
}

/**
 * Seal and send; on any error everything still stands where it was said.
 * @param {"tell" | "back"} origin the screen to return to @param {() => Promise<[Letter, string, Chosen] | null>} write the
 * letter, what only attorneys read, and the photos; null where it is not ready to be sent @param {() => void} done once it has arrived @returns {Promise<boolean>} whether it has
 */
async function carry(origin, write, done) {
  way = new AbortController();
  const { signal } = way;
  from = origin;
  calm();
  show("going");
  const slow = setTimeout(() => reveal("going-slow", part("going-ways").hidden === true), SLOW);
  try {
    await breathe(); // So that the lantern is seen first.
    const written = await write();
    if (written === null) return false;
    const [letter, legal, chosenPhotos] = written;
    signal.throwIfAborted();
    const step = (/** @type {number} */ share) => progress.step(share);
    await send(letter, legal, chosenPhotos, { name: page.name, readers, work, say, signal, step });
    work.forget(); // It was good for one envelope.
    reveal("sent-told", true);
    later.show();
    done();
    show("sent");
    return true;
  } catch (error) {
    if (!signal.aborted) give(error);
    return false;
  } finally {
    clearTimeout(slow);
    progress.hide();
  }
}

/** Bring what depends on answers in step with them. */
function refresh() {
  const emergency = chosen("what") === "other";
  reveal("emergency", emergency);
  for (const one of document.querySelectorAll(".rest")) /** @type {HTMLElement} */ (one).hidden = emergency;
  reveal("minute-field", chosen("when") === "today");
  reveal("letters-field", chosen("marking") === "letters");
  reveal("home-hint", input("home").checked);
  const left = MOST_WORDS - input("words").value.length;
  put(part("words-count"), left > 60 ? "" : tn("{n} character left", "{n} characters left", left));
  drawChosen();
  if (review(false) === 0) part("open-fault").textContent = "";
}

/** An optional choice that is tapped again is taken back. */
function listenToOptional() {
  for (const one of document.querySelectorAll("[data-optional]")) {
    const choice = /** @type {HTMLInputElement} */ (one);
    let was = false;
    for (const event of ["pointerdown", "keydown"]) {
      (choice.closest("label") ?? choice).addEventListener(event, () => (was = choice.checked));
    }
    choice.addEventListener("click", () => {
      if (was) choice.checked = false;
      was = false;
      refresh();
    });
  }
}

/** Take everything back: what is typed, what is on its way, what was fetched. */
function forget() {
  way.abort();
  life.abort();
  wipe();
  photos.wipe();
  later.forget();
}

/** A page that the browser kept in memory begins as a new one. */
function beginAgain() {
  life = new AbortController();
  ({ readers, work } = begin());
  later.again();
  for (const one of ["place-hints", "words-hints"]) part(one).replaceChildren();
  for (const one of document.querySelectorAll("details")) one.open = false;
  reveal("day-question", false);
  refresh();
  show("tell");
  void prepare();
}

/** Whoever has said something is asked before another language's page takes its place. */
function listenToLanguages() {
  let warned = false;
  part("languages").addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (link === null) return;
    link.hash = location.hash;
    if (warned || !(anySaid() || photos.any)) return;
    event.preventDefault();
    warned = true;
    reveal("language-notice", true);
  });
}

/** @param {string} id @param {() => void} act */
function onClick(id, act) {
  part(id).addEventListener("click", act);
}

function listen() {
  listenToLeave(forget);
  listenToMap();
  listenToOptional();
  listenToLanguages();
  part("form").addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  for (const event of ["input", "change"]) part("form").addEventListener(event, refresh);
  onClick("retry", () => dispatchEvent(new Event("retry")));
  onClick("change", () => {
    way.abort();
    show(from);
  });
  onClick("again", () => {
    later.drop();
    show("tell");
    void prepare();
  });
  onClick("reload", () => {
    readers.forget();
    show("tell");
    void prepare();
  });
  addEventListener("pageshow", ({ persisted }) => persisted && beginAgain());
  addEventListener("hashchange", () => location.reload());
}

function start() {
  const closed = reasonToStayClosed();
  listen();
  if (closed !== null) {
    close(closed);
    return;
  }
  const operator = location.hash === OPERATOR;
  document.body.classList.toggle("operator", operator);
  reveal("caller-question", operator);
  /** @type {HTMLButtonElement} */ (part("send")).disabled = false;
  refresh();
  void prepare();
}

start();
