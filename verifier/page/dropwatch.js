/**
 * The watch over the drop: what this desk put in has to be in it for as long as it stands.  SPEC 6.6, 9.5.
 *
 * Which cells are the desk's is known from the sealed parts of its cases, and of what this page put in itself; the
 * latter is also kept in this browser, wrapped by the vault's key.
 */
import { fingerprint, unutf8, utf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { CELL, DROP_HOURS, HOUR, MINUTE } from "../../protocol/js/limits.js";
import { unwrap, wrap } from "../../protocol/js/vault.js";
import { Unreached } from "./api.js";
import { clock } from "./clock.js";
import { known } from "./lenient.js";

/** @typedef {import("./caseload.js").Caseload} Caseload */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** Seconds between two looks: the drop is built every minute, so that two looks see two buildings. */
const EVERY = 61;
/** Looks after which a missing cell is spoken of. */
const TWICE = 2;
/** Seconds that a cell surely stands: the last hour of its 72 may be cut short. */
const STANDS = (DROP_HOURS - 1) * HOUR;

/** Looks at the drop, and knows what is missing from it. */
export class DropWatch {
  /** When each of the desk's cells was put in (Unix seconds), by name.  @type {Map<string, number>} */
  #cells = new Map();
  /** Those that this page made and the server may not have yet, by name.  @type {Map<string, Bytes>} */
  #unposted = new Map();
  /** How often each was missed in a row.  @type {Map<string, number>} */
  #missed = new Map();
  #looked = 0;
  #recalled = false;
  #session;

  /** @param {Session} session */
  constructor(session) {
    this.#session = session;
  }

  /** @returns {ReadonlySet<string>} the cells that two buildings in a row did not hold */
  get missing() {
    return new Set([...this.#missed].filter(([, count]) => count >= TWICE).map(([name]) => name));
  }

  /** Put cells in.  What does not arrive now is tried again at each look.  @param {readonly Bytes[]} cells */
  async post(cells) {
    for (const cell of cells) {
      this.#unposted.set(fingerprint(cell), cell);
      this.#cells.set(fingerprint(cell), clock());
    }
    await this.#remember();
    await this.#postAll();
  }

  /**
   * Look, once a minute, whether every cell is there.
   *
   * Throws Refused, Unreached.
   * @param {Caseload} load @returns {Promise<boolean>} whether other cells are missing than before
   */
  async look(load) {
    const now = clock();
    if (now - this.#looked < EVERY) return false;
    this.#looked = now;
    await this.#recall();
    await this.#postAll();
    this.#gather(load);
    const before = [...this.missing].join();
    const there = await this.#there();
    for (const [name, since] of this.#cells) {
      if (now - since > STANDS) {
        this.#cells.delete(name);
        this.#missed.delete(name);
      } else if (there === null || there.has(name)) this.#missed.delete(name);
      else if (now - since > 2 * MINUTE) this.#missed.set(name, (this.#missed.get(name) ?? 0) + 1);
    }
    return [...this.missing].join() !== before;
  }

  /** @returns {Promise<Set<string> | null>} the names of the cells in the drop; null before the first was built */
  async #there() {
    try {
      const file = await this.#session.api.bytes("/api/drop");
      const count = Math.floor(file.length / CELL);
      return new Set(Array.from({ length: count }, (_, at) => fingerprint(file.subarray(at * CELL, (at + 1) * CELL))));
    } catch (error) {
      if (error instanceof Refused && error.kind === "not_found") return null;
      throw error;
    }
  }

  /** @param {Caseload} load whose cases say what was asked and told */
  #gather(load) {
    for (const { entries } of load.cases.values()) {
      for (const { part } of entries) {
        const cells = part?.asked?.cells ?? part?.told?.cells ?? [];
        for (const { cell } of cells) if (!this.#cells.has(cell)) this.#cells.set(cell, (part?.minute ?? 0) * MINUTE);
      }
    }
  }

  async #postAll() {
    for (const [name, cell] of this.#unposted) {
      try {
        await this.#session.api.postBytes("/api/cells", cell);
        this.#unposted.delete(name);
      } catch (error) {
        if (!(error instanceof Unreached)) throw error;
        return; // It stays, and is tried again.
      }
    }
  }

  /** @returns {string} what the kept names are kept under */
  #label() {
    return `cells/${this.#session.baked.policy.network.slice(0, 16)}/${this.#session.vault.verifier}`;
  }

  async #remember() {
    const { keep, vault } = this.#session;
    const text = JSON.stringify(Object.fromEntries(this.#cells));
    await keep.put(this.#label(), wrap(vault.key, this.#label(), utf8(text)));
  }

  async #recall() {
    if (this.#recalled) return;
    this.#recalled = true;
    const { keep, vault } = this.#session;
    const wrapped = await keep.get(this.#label());
    if (wrapped === null) return;
    const [text = "{}"] = known(() => unutf8(unwrap(vault.key, this.#label(), wrapped)));
    for (const [name, since] of Object.entries(JSON.parse(text))) this.#cells.set(name, Number(since));
  }
}
