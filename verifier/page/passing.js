/**
 * Passing on: what a tip holds for the attorneys goes to where they fetch it, unopened, used or not, of every tip that
 * a person looks at and by itself: so that nobody can see who asked for a lawyer.  SPEC 6.2.
 *
 * Everyone who looks at a tip does it, and the same part is kept once: who keeps one back does so until a second
 * person looks.
 */
import { unb64 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { checkLegal } from "../../protocol/js/legal.js";
import { LEGAL_BYTES } from "../../protocol/js/limits.js";
import { clock } from "./clock.js";
import { known } from "./lenient.js";

/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./session.js").Session} Session */

/** Seconds until what the server would not take now is tried again. */
const LATER = 60;

/** Knows what this page has passed on, and what it still owes. */
export class Passing {
  /** Ids of the envelopes whose part was taken up.  @type {Set<string>} */
  #taken = new Set();
  /** Parts that the server does not have yet, by envelope.  @type {Map<string, Uint8Array<ArrayBuffer>>} */
  #owed = new Map();
  #again = 0;

  /** @param {Session} session */
  constructor(session) {
    this.session = session;
  }

  /** Somebody looks at these tips.  @param {readonly TipEntry[]} entries */
  take(entries) {
    for (const { row, tip } of entries) {
      if (tip === null || this.#taken.has(row.id)) continue;
      this.#taken.add(row.id);
      const part = unb64(tip.header.legal, LEGAL_BYTES);
      // Whoever sealed the tip may have put anything there; what is no legal part opens for no attorney either.
      if (known(() => checkLegal(part) ?? true).length === 1) this.#owed.set(row.id, part);
    }
  }

  /** Hand over what is owed.  What is refused for now is tried again.  Throws Unreached. */
  async send() {
    if (clock() < this.#again) return;
    for (const [id, part] of this.#owed) {
      try {
        await this.session.api.postBytes("/api/legal", part);
        this.#owed.delete(id);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        this.#again = clock() + LATER;
        return;
      }
    }
  }
}
