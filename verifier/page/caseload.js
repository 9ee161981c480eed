/**
 * The caseload: what waits at this desk, opened here.  The queue is asked for every second; previews open by
 * themselves, a few at a time, and the list can be used before all are open.
 */
import { fingerprint, utf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { loadCase, proposalOf } from "./casefile.js";
import { makeMove } from "./moving.js";
import { loadChain } from "./standing.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./casefile.js").Row} Row */
/** @typedef {import("./casefile.js").TipRow} TipRow */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./standing.js").Chain} Chain */
/** @typedef {import("../../protocol/js/tip.js").Tip} Tip */
/**
 * An envelope at this desk.  `tip` is null until it is open; `refused` says why it never will be.
 * @typedef {{row: TipRow & {minute?: number | null}, tip: Tip | null, refused: string}} TipEntry
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
  /** @type {TipEntry[]} */
  #pending = [];
  #busy = 0;

  /** @param {Session} session @param {() => void} onChange */
  constructor(session, onChange) {
    this.session = session;
    this.onChange = onChange;
  }

  /** Whether previews wait to be opened. */
  get isOpening() {
    return this.#pending.length > 0;
  }

  /** Ask for the queue, and load what is new in it.  Throws Refused, Unreached.  @param {string | null} focus a case */
  async poll(focus) {
    const value = await this.session.api.get("/api/queue");
    this.mark = value.network;
    this.waiting = value.envelopes.map((/** @type {any} */ row) => this.#entry(row));
    this.words = new Map(value.chains.map((/** @type {any} */ one) => [one.id, one.word]));
    /** @type {Row[]} */
    const rows = value.cases;
    for (const id of this.cases.keys()) {
      if (id !== focus && !rows.some((row) => row.id === id)) this.cases.delete(id);
    }
    for (const row of rows) {
      if (this.#isNew(row)) await this.load(row.id);
    }
    if (focus !== null && this.cases.has(focus) && !rows.some((row) => row.id === focus)) await this.load(focus);
    for (const row of rows) {
      if (row.id === focus || row.proposal !== null) await this.loadChains(row);
    }
    this.#pump();
    this.onChange();
  }

  /** @param {string} id @returns {Promise<CaseFile>} the case, read again */
  async load(id) {
    const file = await loadCase(this.session, id);
    this.cases.set(id, file);
    for (const row of file.tips) this.#entry(row);
    return file;
  }

  /** @param {Row} row whose chains are read again; what the gate has let out is then written down */
  async loadChains(row) {
    for (const id of row.chains) this.chains.set(id, await loadChain(this.session, id));
    await this.#noteReleased(row);
  }

  /** @param {Row} row @returns {boolean} */
  #isNew(row) {
    const known = this.cases.get(row.id)?.row;
    return known === undefined || known.head !== row.head || known.chains.join() !== row.chains.join();
  }

  /** @param {TipEntry["row"]} row @returns {TipEntry} */
  #entry(row) {
    const known = this.tips.get(row.id);
    if (known !== undefined) {
      known.row = row;
      return known;
    }
    const entry = { row, tip: null, refused: row.set ? "" : "The set it is sealed to is not known here." };
    this.tips.set(row.id, entry);
    if (row.set) this.#pending.push(entry);
    return entry;
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
      entry.tip = await session.opener.ask("preview", asked, [data.buffer]);
    } catch (error) {
      if (!(error instanceof Refused)) this.tips.delete(entry.row.id); // Asked again with the next queue.
      else entry.refused = error.sentence;
    }
  }

  /** @param {string} id @returns {Promise<Tip>} the whole tip, photos and all */
  async whole(id) {
    const { row } = /** @type {TipEntry} */ (this.tips.get(id));
    const to = await this.session.recipientSet(row.set);
    const data = await this.session.api.bytes(`/api/envelopes/${id}`);
    return this.session.opener.ask("whole", { data, to, member: this.session.vault.verifier }, [data.buffer]);
  }

  /**
   * Write down that the gate has let out what was proposed.  Those who signed do it, so that not every desk tries.
   * @param {Row} row
   */
  async #noteReleased(row) {
    const file = this.cases.get(row.id);
    const { verifier } = this.session.vault;
    if (file === undefined || row.proposal === null || ![...row.attested, row.proposer].includes(verifier)) return;
    const alert = proposalOf(file)?.part?.alert;
    if (alert === undefined) return;
    const name = fingerprint(utf8(alert));
    const chain = this.chains.get(JSON.parse(alert).id);
    if (!chain?.messages.some((one) => one.name === name && one.state === "released")) return;
    try {
      await makeMove(this.session, row.id, row.head, "released", { message: name });
    } catch (error) {
      if (!(error instanceof Refused) || error.kind !== "event_chain") throw error; // The other key wrote it first.
    }
    await this.load(row.id);
  }
}
