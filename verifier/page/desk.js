/**
 * The desk: one page, static, where a verifier unlocks a vault, opens tips, works cases and signs.
 */
import { Refused } from "../../protocol/js/errors.js";
import { Api, Unreached } from "./api.js";
import { readBaked } from "./baked.js";
import { forgetCases } from "./casefile.js";
import { Caseload } from "./caseload.js";
import { DropWatch } from "./dropwatch.js";
import { Frame } from "./frame.js";
import { Keep } from "./keep.js";
import { Opener } from "./opener.js";
import { Passing } from "./passing.js";
import { clock } from "./clock.js";
import { eraseOver } from "./keyring.js";
import { forgetPhotos } from "./photos.js";
import { Renewal } from "./renewal.js";
import { failureWords } from "./say.js";
import { Session } from "./session.js";
import { showUnlock, suspended } from "./unlock.js";
import { tend } from "./week.js";

/** @typedef {import("./baked.js").Baked} Baked */
/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./field.js").Values} Values */
/**
 * What is said at the top; of what waits for others, whether it still does, and whether it did when last looked.
 * @typedef {{text: string, kind: "" | "yes" | "doubt" | "stop", waits?: () => boolean, waited?: boolean}} Said
 */

const POLL = 1000; // Milliseconds: sealed to seen on an open desk within a second or so.
const TEND = 30; // Seconds between two looks at roster, keys and sets, where the queue tells of no change.
const ERASE = 60_000; // Milliseconds between two looks for private keys whose time is over.

/** What every panel is given: who is here, what waits, what is looked at, and how to act. */
export class Desk {
  /** @type {"queue" | "case" | "shift"} */
  tab = "queue";
  /** @type {string | null} */
  envelope = null;
  /** @type {string | null} */
  case = null;
  /** What is being done with the case: "look", or the name of a form.  @type {string} */
  mode = "look";
  /** @type {Map<string, Values>} */
  #typed = new Map();
  /** @type {Said | null} */
  said = null;
  /** Whether the last question to the server got an answer. */
  reached = true;
  /** Rises when the case has to be drawn again though nothing new came. */
  turn = 0;
  renewal = new Renewal();
  #tended = 0;
  #mark = "";
  #polling = false;
  #isLocked = false;

  /** @param {Baked} baked @param {Session} session */
  constructor(baked, session) {
    this.baked = baked;
    this.words = baked.words;
    this.session = session;
    this.load = new Caseload(session, () => this.show());
    this.drop = new DropWatch(session);
    this.passing = new Passing(session);
    this.frame = new Frame(this);
  }

  /** @param {string} form @returns {Values} what was typed into a form of the case that is looked at */
  typed(form) {
    const name = `${this.case ?? this.envelope}/${form}`;
    const found = this.#typed.get(name) ?? {};
    this.#typed.set(name, found);
    return found;
  }

  /** @param {string} form whose words are no longer needed */
  forget(form) {
    this.#typed.delete(`${this.case ?? this.envelope}/${form}`);
  }

  /** Draw what has changed. */
  show() {
    this.frame.show();
  }

  /** @param {Partial<Pick<Desk, "tab" | "envelope" | "case" | "mode">>} change @param {boolean} [quiet] */
  go(change, quiet = false) {
    Object.assign(this, change);
    this.turn++;
    if (!quiet) this.said = null;
    this.show();
    this.frame.arrive();
  }

  /** Draw the case again at once: something that was chosen changes what is asked next. */
  redraw() {
    this.turn++;
    this.frame.draw();
  }

  /**
   * Say one thing, aloud too: what waits for others, for as long as it does.
   * @param {string} text @param {Said["kind"]} [kind] @param {() => boolean} [waits]
   */
  tell(text, kind = "", waits = () => false) {
    this.said = text === "" ? null : { text, kind, waits, waited: false };
    this.show();
  }

  /** Say no longer that something waits which did and does not any more. */
  #unsay() {
    const { said } = this;
    const waits = said?.waits?.() ?? false;
    if (said === null || waits === (said.waited ?? false)) return;
    said.waited = waits;
    if (waits) return;
    this.said = null;
    this.show();
  }

  /** @param {string} id @returns {() => boolean} whether a case waits for its second key, or for the gate after it */
  waiting(id) {
    return () => (this.load.cases.get(id)?.row.proposal ?? null) !== null;
  }

  /**
   * Do something that may be refused; the refusal is said in words.  What was typed stays.
   * @param {() => Promise<unknown>} act @returns {Promise<boolean>} whether it was done
   */
  async attempt(act) {
    const { t } = this.words;
    try {
      await act();
      return true;
    } catch (error) {
      if (error instanceof Refused && error.kind === "event_chain") {
        if (this.case !== null) await this.load.load(this.case).catch(() => undefined);
        this.tell(
          `${t("Somebody moved this case meanwhile. It was loaded again: look before you act.")} ${error.sentence}`,
          "doubt",
        );
      } else if (error instanceof Refused) {
        this.tell(`${error.sentence} [${error.rule}]`, "stop");
      } else if (error instanceof Unreached) {
        this.tell(t("The server could not be reached. Nothing you typed is lost; try again."), "doubt");
      } else {
        console.error(error);
        this.tell(failureWords(this.words, error), "stop");
      }
      return false;
    }
  }

  /**
   * Read a case and its chains again after something was done with it.  What does not arrive now comes with the next look
   * at the queue, and what was done is done.
   * @param {string} id
   */
  async reread(id) {
    try {
      const { row } = await this.load.load(id);
      await this.load.loadChains(row);
    } catch (error) {
      if (!(error instanceof Refused || error instanceof Unreached)) throw error;
      if (error instanceof Unreached) this.reached = false;
    }
  }

  /** The tips that a person looks at: one without a case, or those of a case.  @returns {readonly TipEntry[]} */
  get #lookedAt() {
    const file = this.load.cases.get(this.case ?? "");
    const ids = file === undefined ? [this.envelope ?? ""] : file.tips.map(({ id }) => id);
    return ids.flatMap((id) => this.load.tips.get(id) ?? []);
  }

  /**
   * A person looks at a tip whose words are open: what it holds for the attorneys is passed on, and from now on nobody
   * is paged for it.  Throws Refused, Unreached.
   */
  async noteOpened() {
    this.passing.take(this.#lookedAt);
    await this.passing.send();
    const entry = this.load.tips.get(this.envelope ?? "");
    if (!entry?.tip || !entry.row.minute) return;
    await this.session.api.post(`/api/envelopes/${entry.row.id}/opened`);
    entry.row.minute = null;
  }

  /** Look at the queue now and then every second, for as long as the desk is open. */
  async watch() {
    if (this.#polling) return;
    this.#polling = true;
    while (this.session.isOpen && !this.#isLocked) {
      await this.#round();
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
    this.#polling = false;
  }

  async #round() {
    try {
      const lost = await this.load.poll(this.case);
      await this.noteOpened(); // Of a tip that was touched before its words were there, or while the server was not.
      this.#unsay();
      if (lost === null) this.reached = true;
      if (await this.drop.look(this.load)) {
        this.turn++;
        this.show();
      }
      // At once when keys, sets, stays or the roster are others than when it was last looked at.
      if (this.load.mark !== this.#mark || clock() - this.#tended >= TEND) {
        this.#mark = this.load.mark;
        this.#tended = clock();
        await tend(this.session);
      }
      if (lost !== null) throw lost;
    } catch (error) {
      if (this.#isLocked) return; // Somebody may be at the next desk of this page already.
      if (error instanceof Refused && error.kind === "sign_in") return this.lock(error.sentence);
      if (error instanceof Refused && error.kind === "stay") return this.lock(suspended(this.words, error));
      // Whatever else it is, the next round may be without it; a desk that stands still must never look as if it went on.
      if (!(error instanceof Refused || error instanceof Unreached)) console.error(error);
      this.reached = false;
      const text = error instanceof Refused ? error.sentence : failureWords(this.words, error);
      if (!(error instanceof Unreached)) this.said = { text, kind: "stop" };
      this.show();
    }
  }

  /** Forget everything and show the lock.  @param {string} [why] */
  lock(why = "") {
    if (this.#isLocked && this.session.isOpen) return; // By whoever came after: that desk is not this one's to lock.
    this.#isLocked = true;
    this.session.close();
    forgetCases();
    forgetPhotos();
    start(this.baked, this.session, why);
  }
}

/** @param {Baked} baked @param {Session} session @param {string} why @returns {void} */
function start(baked, session, why) {
  showUnlock(baked, session, why, () => {
    const desk = new Desk(baked, session);
    desk.show();
    void desk.watch();
  });
}

/** Erase what is over, now and every minute: locked or open, server or none.  @param {Session} session */
function keepErasing(session) {
  const erase = () => eraseOver(session).catch((error) => console.error(error)); // And again in a minute.
  void erase();
  setInterval(erase, ERASE);
}

async function main() {
  const baked = readBaked();
  const session = new Session(baked, new Api(baked.api), new Opener(), await Keep.open());
  keepErasing(session);
  start(baked, session, "");
}

if (window.top === window) void main();
