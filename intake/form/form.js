/**
 * The form: listens to the page and brings a tip on its way.  Memory only: no cookie, no storage, no history.
 */
import { put } from "../../look/words.js";
import { Refused } from "../../protocol/js/errors.js";
import { sealLegal } from "../../protocol/js/legal.js";
import { learnOfAttorneys } from "./attorneys.js";
import { anySaid, lookForDoorsWith, readAnswers, review, wipe } from "./answers.js";
import { breathe, pause } from "./breathe.js";
import { Carrier } from "./carrier.js";
import { Turned } from "./door.js";
import { OPERATOR, close, listenToLeave, reasonToStayClosed } from "./leave.js";
import { Later } from "./later.js";
import { drawChosen, listenToMap } from "./map.js";
import { choices, chosen, input, part, readPage, reveal, show } from "./page.js";
import { Photos } from "./photos.js";
import { Readers } from "./readers.js";
import { sealedBefore, sealing } from "./sending.js";
import { showNotices } from "./shift.js";
import { Work } from "./work.js";

/** @typedef {import("./photos.js").Chosen} Chosen */

const page = readPage();
const { tn, lang } = page.words;
const MOST_WORDS = 280;
/** @type {Chosen} */
const NO_PHOTOS = Object.freeze({ files: [], originals: [] });
const DAY_FORMAT = Object.freeze(/** @type {const} */ ({ weekday: "long", day: "numeric", month: "long", year: "numeric" }));

/** Ends with the page: what it fetches and computes. */
let life = new AbortController();
let { readers, work } = begin();
/** What was published, once it is here.  @type {import("../../protocol/js/publication.js").Publication | null} */
let publication = null;
const photos = new Photos(page.words);
const later = new Later(page.later, {
  name: page.name, words: page.words, lookForDoorsWith, readers: () => readers, send: reply, handIn,
});
const hand = page.kept === null ? null : later.hand.bind(later);
const carrier = new Carrier(page.words, () => ({ name: page.name, readers, work, hand }));

/** @returns {{readers: Readers, work: Work}} new ones, which look for readers and work at once */
function begin() {
  return { readers: new Readers(page.policy, page.kept?.publication ?? null, askDay, life.signal), work: new Work(life.signal) };
}

const showShift = () => showNotices(publication, readers.now(), page.words, page.timezone);

/** @param {import("../../protocol/js/publication.js").Publication} found which the form has to suit */
function learn(found) {
  publication = found;
  learnOfAttorneys(found);
  photos.refresh();
  refresh();
}

/** Have readers and work at hand before they are needed.  What fails now is tried again, and said, with the tip. */
async function prepare() {
  const { signal } = life;
  try {
    learn(await readers.publication());
    if (page.kept === null) await work.solution();
    // What a browser computes for the first time takes it twice as long: better now than when somebody waits.
    await sealLegal("", [], breathe);
  } catch (error) {
    if (signal.aborted) return;
    if (error instanceof Refused || (error instanceof Turned && error.kind === "set_unknown")) give(error);
  } finally {
    if (page.kept === null) void later.fetch(signal); // Everybody does, code or no code, whatever came of the rest.
  }
}

/** Show why nothing can be sent.  @param {unknown} error */
function give(error) {
  const kind = error instanceof Refused || error instanceof Turned ? error.kind : "";
  const noDesk = kind === "set_unknown" || kind === "desk_unknown";
  close(page.kept !== null ? "old" : readers.isOf(error) && !noDesk ? "readers" : "desk", error instanceof Refused ? `${error.rule} ${kind}` : "");
  if (kind === "") throw error; // A mistake of ours: the console should have it.
}

/** @type {import("./readers.js").AskDay} */
function askDay(phone, server) {
  // The digits and the calendar of the rest of the page, whatever the language's own would be.
  const format = new Intl.DateTimeFormat(`${lang}-u-ca-gregory-nu-latn`, { ...DAY_FORMAT, timeZone: "UTC" });
  part("day-phone").textContent = format.format(phone * 1000);
  part("day-server").textContent = format.format(server * 1000);
  for (const one of choices("day")) one.checked = false; // It may be asked again.
  reveal("day-question", true);
  if (!part("going").hidden) {
    carrier.stop();
    show("tell");
    review(true);
  }
  return new Promise((resume) => {
    for (const one of choices("day")) one.addEventListener("change", () => resume(chosen("day") === "server"));
  });
}

/** Seal and send what stands in the form; on any error it still stands there. */
async function submit() {
  const open = review(true);
  put(part("open-fault"), open === 0 ? "" : tn("{n} question is still open.", "{n} questions are still open.", open));
  if (open > 0 || chosen("what") === "other") return;
  const { told, legal } = readAnswers();
  let carried = false;
  /** @param {import("../../protocol/js/publication.js").Publication} found perhaps only now */
  const to = (found) => {
    learn(found);
    if (review(false) > 0) {
      carrier.change();
      review(true);
    }
    return found.setForZone(told.where.zone);
  };
  await carrier.carry({
    from: "tell",
    give,
    async load(way) {
      const taken = await photos.chosen();
      if (taken === null) {
        show("tell");
        photos.goTo();
        return null;
      }
      const thread = await later.thread(page.network);
      const fields = { kind: /** @type {const} */ ("tip"), tip: told, ...(thread === null ? {} : { thread: thread.value() }) };
      carried = thread !== null;
      return sealing({ fields, to }, legal, taken, way);
    },
    done() {
      later.show(carried);
      wipe();
      photos.wipe();
      refresh();
    },
  });
}

/** @type {import("./coming-back.js").Shared["send"]} */
function reply(letter, kind) {
  const done = () => {
    later.show(false);
    reveal("sent-told", false);
    reveal(`sent-${kind}`, true);
  };
  return carrier.carry({ from: "back", load: async (way) => sealing(letter, "", NO_PHOTOS, way), done, give });
}

/** @type {import("./coming-back.js").Shared["handIn"]} */
function handIn(file, fault) {
  const refuse = (/** @type {unknown} */ error) => {
    show("tell");
    if (!(error instanceof Turned)) throw error;
    fault();
  };
  return carrier.carry({ from: "tell", load: async () => sealedBefore(file), done: () => later.show(false), give: refuse });
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
  showShift();
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
  carrier.stop();
  life.abort();
  wipe();
  photos.wipe();
  later.forget();
}

/** A page that the browser kept in memory begins as a new one. */
function beginAgain() {
  life = new AbortController();
  ({ readers, work } = begin());
  publication = null;
  later.again();
  for (const one of document.querySelectorAll("details")) one.open = false;
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
  onClick("change", () => carrier.change());
  onClick("again", () => {
    later.drop();
    show("tell");
    void prepare();
  });
  onClick("reload", () => {
    readers.again();
    show("tell");
    void prepare();
  });
  addEventListener("hashchange", () => location.reload());
}

function start() {
  const closed = reasonToStayClosed(page.network);
  listen();
  if (closed !== null) {
    close(closed);
    return;
  }
  addEventListener("pageshow", ({ persisted }) => persisted && beginAgain());
  document.addEventListener("visibilitychange", () => later.look(life.signal));
  addEventListener("focus", () => later.look(life.signal));
  const operator = location.hash === OPERATOR;
  document.body.classList.toggle("operator", operator);
  reveal("caller-question", operator);
  /** @type {HTMLButtonElement} */ (part("send")).disabled = false;
  refresh();
  if (page.kept !== null) {
    reveal("languages", false); // Their pages are not here.
    void later.run(page.kept.later);
  }
  void prepare();
}

void pause().then(start); // The script itself is enough for one go of a slow phone.
