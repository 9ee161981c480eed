/**
 * The caseload: what waits at this desk, opened here.  The queue is asked for every second; previews open by
 * themselves, a few at a time, and the list can be used before all are open.
 */
import { b64, unb64 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { Unreached } from "./api.js";
import { draftedIn, loadCase } from "./casefile.js";
import { Noting } from "./noting.js";
import { owedIn } from "./sharing.js";
import { loadChain } from "./standing.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./casefile.js").Row} Row */
/** @typedef {import("./casefile.js").TipRow} TipRow */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./sharing.js").Owed} Owed */
/** @typedef {import("./sharing.js").SharedKey} SharedKey */
/** @typedef {import("./standing.js").Chain} Chain */
/** @typedef {import("../../protocol/js/tip.js").Tip} Tip */
/**
 * An envelope at this desk.  `tip` is null until it is open; `refused` says why it is not, `failed` that this page failed
 * at it and has to be loaded again.  `key` is the envelope's own,
 * in base64, once it is open; `keys` were shared for it, and `shared` is the one of them that opened it, if one did.
 * @typedef {{row: TipRow & {minute?: number | null}, tip: Tip | null, refused: string, failed: boolean,
 *   key: string, keys: readonly SharedKey[], shared: SharedKey | null}} TipEntry
 */

const AT_ONCE = 4; // Previews that are fetched side by side: enough to keep the worker busy.

/** What this desk has before it; `onChange` is told whenever something of it is new. */
export class Caseload {
  /** Those without a case, unopened ones first.  @type {TipEntry[]} */
  waiting = [];
  /** @type {Map<string, TipEntry>} */
  tips = new Map();
  /** @type {Map<string, CaseFile>} */
  cases = new Map();
  /** Public words by chain, as the server counts them.  @type {Map<string, string>} */
  words = new Map();
  /** Another as soon as there is something new under `/api/network`. */
  mark = "";
  /** @type {Map<string, Chain>} */
  chains = new Map();
  /** What is owed to those who came later, of the case that is looked at.  @type {Owed | null} */
  owed = null;
  /** @type {TipEntry[]} */
  #pending = [];
  /** What could not be fetched; asked for again with the next queue.  @type {TipEntry[]} */
  #later = [];
  /** The open cases, as the queue told of them last.  @type {readonly Row[]} */
  #rows = [];
  #busy = 0;

  /** @param {Session} session @param {() => void} onChange */
  constructor(session, onChange) {
    this.session = session;
    this.onChange = onChange;
    this.noting = new Noting(session, this);
  }

  /** Whether previews wait to be opened. */
  get isOpening() {
    return this.#pending.length > 0;
  }

  /** Whether anything is being opened, or waits for it. */
  get isBusy() {
    return this.isOpening || this.#busy > 0;
  }

  /**
   * Ask for the queue, and load what is new in it.  Throws Refused, Unreached.
   * @param {string | null} focus a case @returns {Promise<Unreached | null>} what could not be read or handed over of a
   *   case: it keeps no other tip waiting
   */
  async poll(focus) {
    const value = await this.session.api.get("/api/queue");
    this.mark = value.network;
    this.waiting = value.envelopes.map((/** @type {any} */ row) => this.#entry(row));
    this.words = new Map(value.chains.map((/** @type {any} */ one) => [one.id, one.word]));
    /** @type {Row[]} */
    const rows = value.cases;
    this.#rows = rows;
    for (const id of this.cases.keys()) {
      if (id !== focus && !rows.some((row) => row.id === id)) this.cases.delete(id);
    }
    for (const row of rows) {
      if (this.#isNew(row)) await this.load(row.id);
    }
    if (focus !== null && this.cases.has(focus) && !rows.some((row) => row.id === focus)) await this.load(focus);
    const looked = rows.filter((row) => row.id === focus || row.proposal !== null || this.#isDoubted(row));
    const lost = await this.#loadAllChains(looked);
    this.#pending.push(...this.#later.splice(0));
    this.#pump();
    const file = this.cases.get(focus ?? "");
    this.owed = file === undefined ? null : await owedIn(this.session, this, file);
    this.onChange();
    return lost;
  }

  /** @param {readonly Row[]} rows @returns {Promise<Unreached | null>} what stopped it, if something did */
  async #loadAllChains(rows) {
    try {
      for (const row of rows) await this.loadChains(row);
    } catch (error) {
      if (error instanceof Unreached) return error;
      throw error;
    }
    return null;
  }

  /** @param {string} id @returns {Promise<CaseFile>} the case, read again */
  async load(id) {
    const file = await loadCase(this.session, id);
    this.cases.set(id, file);
    for (const row of file.tips) this.#entry(row, file.shared.get(row.id));
    return file;
  }

  /** @param {string} id of an envelope @returns {string | null} the open case that it is in, as far as is known here */
  placeOf(id) {
    const rows = [...this.#rows, ...[...this.cases.values()].map(({ row }) => row)];
    return rows.find(({ envelopes }) => envelopes.includes(id))?.id ?? null;
  }

  /** @param {Row} row whose chains are read again; what of them is not known everywhere yet is then brought there */
  async loadChains(row) {
    const file = this.cases.get(row.id);
    const own = file === undefined ? null : draftedIn(file);
    for (const id of row.chains) {
      // Which alerts are this case's is what the server says; nobody drafted that one here.
      if (own !== null && !own.has(id)) continue;
      this.chains.set(id, await loadChain(this.session, id));
    }
    await this.noting.note(row.id);
  }

  /** @param {Row} row @returns {boolean} whether its alert is under review, and this person may have to tell the case */
  #isDoubted({ chains, suspenders }) {
    return this.words.get(chains.at(-1) ?? "") === "under-review" && !suspenders.includes(this.session.vault.verifier);
  }

  /** @param {Row} row @returns {boolean} */
  #isNew(row) {
    const known = this.cases.get(row.id)?.row;
    if (known === undefined || known.head !== row.head) return true;
    // A merge hands tips to a case, and burning takes them, without an event of that case.
    return known.chains.join() !== row.chains.join() || known.envelopes.join() !== row.envelopes.join();
  }

  /** @param {TipEntry["row"]} row @param {readonly SharedKey[]} [keys] that were shared for it @returns {TipEntry} */
  #entry(row, keys = []) {
    const known = this.tips.get(row.id);
    if (known !== undefined) {
      known.row = row;
      if (keys.length > known.keys.length) this.#tryAgain(known, keys);
      return known;
    }
    const refused = row.set ? "" : "The set it is sealed to is not known here.";
    const entry = { row, tip: null, refused, failed: false, key: "", keys, shared: null };
    this.tips.set(row.id, entry);
    if (row.set) this.#pending.push(entry);
    return entry;
  }

  /** @param {TipEntry} entry @param {readonly SharedKey[]} keys more than there were */
  #tryAgain(entry, keys) {
    entry.keys = keys;
    if (entry.tip !== null || entry.refused === "" || !entry.row.set) return;
    entry.refused = "";
    this.#pending.push(entry);
  }

  #pump() {
    while (this.#busy < AT_ONCE && this.#pending.length > 0) {
      const entry = /** @type {TipEntry} */ (this.#pending.shift());
      this.#busy++;
      void this.#preview(entry).finally(() => {
        this.#busy--;
        this.onChange();
        this.#pump();
      });
    }
  }

  /** @param {TipEntry} entry */
  async #preview(entry) {
    const { session } = this;
    try {
      const to = await session.recipientSet(entry.row.set);
      const data = await session.api.bytes(`/api/envelopes/${entry.row.id}?part=preview`);
      const asked = { data, bucket: entry.row.bucket, to, member: session.vault.verifier };
      // A member opens by their own stanza or not at all: a shared key makes no evidence of what is closed to them.
      const mine = to.members.includes(asked.member) || entry.keys.length === 0;
      if (mine) this.#opened(entry, await session.opener.ask("preview", asked, [data.buffer]), null);
      else await this.#openShared(entry, asked);
    } catch (error) {
      // A connection that was lost says nothing of the tip.
      if (error instanceof Unreached) this.#later.push(entry);
      else if (error instanceof Refused) entry.refused = error.sentence;
      else {
        entry.failed = true;
        console.error(error);
      }
    }
  }

  /**
   * Open a tip from before this person joined, by the first key that is right.  Throws Refused with the last that is not.
   * @param {TipEntry} entry @param {object} asked
   */
  async #openShared(entry, asked) {
    for (const [at, one] of entry.keys.entries()) {
      try {
        return this.#opened(entry, await this.session.opener.ask("preview", { ...asked, key: one.key }), one);
      } catch (error) {
        if (!(error instanceof Refused) || at === entry.keys.length - 1) throw error;
      }
    }
  }

  /** @param {TipEntry} entry @param {{tip: Tip, key: Uint8Array}} found @param {SharedKey | null} shared */
  #opened(entry, { tip, key }, shared) {
    Object.assign(entry, { tip, key: b64(key), shared });
  }

  /** @param {string} id @returns {Promise<Tip>} the whole tip, photos and all */
  async whole(id) {
    const { row, key } = /** @type {TipEntry} */ (this.tips.get(id));
    const to = await this.session.recipientSet(row.set);
    const data = await this.session.api.bytes(`/api/envelopes/${id}`);
    return this.session.opener.ask("whole", { data, to, key: unb64(key) }, [data.buffer]);
  }
}
