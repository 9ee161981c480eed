/**
 * Noting: what became of a case's own alert, brought where it is not known yet, by this desk itself and at each look.
 *
 * What both keys signed is handed to the gate until it has it; what the gate let out is written into the case; a stop
 * that this person sent is told to the case.  Each rests on what was signed, and on nothing that was typed here: so
 * that a lost connection or a closed page only puts it off.
 */
import { Refused } from "../../protocol/js/errors.js";
import { proposalOf } from "./casefile.js";
import { clock } from "./clock.js";
import { atGate, isAgreed, joined, nameOf, requireTaken } from "./joining.js";
import { known } from "./lenient.js";
import { makeMove, whyNot } from "./moving.js";
import { loadChain, postAlert } from "./standing.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./caseload.js").Caseload} Caseload */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./standing.js").Chain} Chain */
/** @typedef {import("./standing.js").Told} Told */

/** Seconds until what was refused for now is tried again. */
const LATER = 30;
/** Seconds for each who may write down what was let out, one after the other: so that not every desk tries at once. */
const TURN = 4;

/** Knows what this desk still has to hand over and to write down. */
export class Noting {
  /** Why the gate would not take what two keys signed, by the message's name.  @type {Map<string, string>} */
  refusals = new Map();
  /** When others' messages were first seen to be let out (Unix seconds), by name.  @type {Map<string, number>} */
  #seen = new Map();
  /** When a case is looked after again (Unix seconds), by id.  @type {Map<string, number>} */
  #later = new Map();
  /** Settles when what was begun last is done: two at once would be in each other's way.  @type {Promise<unknown>} */
  #last = Promise.resolve();

  /** @param {Session} session @param {Caseload} load */
  constructor(session, load) {
    this.session = session;
    this.load = load;
  }

  /**
   * Hand over and write down what is due in a case whose chains were just read.  Throws Unreached.
   * @param {string} id @returns {Promise<void>}
   */
  note(id) {
    const next = this.#last.then(() => this.#note(id));
    this.#last = next.catch(() => undefined); // Whoever asked hears of it.
    return next;
  }

  /** @param {string} id */
  async #note(id) {
    const file = this.load.cases.get(id);
    if (file === undefined || file.broken !== "" || clock() < (this.#later.get(id) ?? 0)) return;
    try {
      await this.#handOver(file);
      await this.#tellStop(await this.#writeReleased(file));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Somebody moved the case first: it is looked at again with the next queue.
      if (error.kind !== "event_chain") this.#later.set(id, clock() + LATER);
      await this.load.load(id);
    }
  }

  /** What this person agreed to as the second key goes to the gate, if it is not there.  @param {CaseFile} file */
  async #handOver(file) {
    const { session, load } = this;
    const at = atGate(session, load, file);
    if (at === null || at.held || at.state === "late" || !isAgreed(session, file)) return;
    const signed = joined(session, file);
    try {
      requireTaken(session, load, signed);
      const { name, chain } = await postAlert(session, signed, file.row.id);
      this.refusals.delete(name);
      load.chains.set(chain, await loadChain(session, chain));
    } catch (error) {
      if (error instanceof Refused) this.refusals.set(signed.message(), error.sentence);
      throw error;
    }
  }

  /** @param {CaseFile} file @returns {Promise<CaseFile>} the case, in which what the gate let out is written down */
  async #writeReleased(file) {
    const { session, load } = this;
    const part = proposalOf(file)?.part;
    if (!part?.alert) return file;
    const name = nameOf(part);
    const chain = load.chains.get(JSON.parse(part.alert).id);
    if (!chain?.messages.some((one) => one.name === name && one.state === "released")) return file;
    if (whyNot(session, file, "released", "confirmed") !== null || clock() < this.#turn(file, name)) return file;
    await makeMove(session, file.row.id, file.row.head, "released", { message: name });
    return load.load(file.row.id);
  }

  /**
   * When it is this person's turn to write down that a message was let out: those who signed it do so at once, and who
   * stopped it has to; the others once they had the time.
   * @param {CaseFile} file @param {string} name @returns {number} Unix seconds
   */
  #turn(file, name) {
    const { row } = file;
    const { session } = this;
    const me = session.vault.verifier;
    const signers = [row.proposer, ...row.attested];
    if (signers.includes(me) || this.#untold(file) !== undefined) return 0;
    const since = this.#seen.get(name) ?? clock();
    this.#seen.set(name, since);
    const others = Object.keys(session.network.on_shift).filter((id) => !signers.includes(id)).sort();
    return since + TURN * (1 + Math.max(0, others.indexOf(me)));
  }

  /** @param {CaseFile} file whose alert this person stopped, which the case may not know */
  async #tellStop(file) {
    const { session, load } = this;
    const one = this.#untold(file);
    if (one === undefined) return;
    const move = one.fields.kind === "suspended" ? "suspend" : "retract";
    if (whyNot(session, file, move, "") !== null) return;
    await makeMove(session, file.row.id, file.row.head, move, { reason: one.fields.reason });
    await load.load(file.row.id);
  }

  /** @param {CaseFile} file @returns {Told | undefined} what this person alone stopped, and the case does not know */
  #untold(file) {
    const { session, load } = this;
    const chain = load.chains.get(file.row.chains.at(-1) ?? "");
    const me = session.vault.verifier;
    const retracted = file.entries.some(({ event }) => event.move === "retract" && event.actor === me);
    return chain?.messages.find((one) => {
      if (one.state === "refused" || one.signers.join() !== me) return false;
      if (one.fields.kind === "retracted" ? retracted : !isOpen(chain, one) || file.row.suspenders.includes(me)) return false;
      return known(() => one.signed.check("alert", session.roster.verifierKeys())).length === 1;
    });
  }
}

/** @param {Chain} chain @param {Told} one @returns {boolean} whether it is a suspension that nobody answered */
function isOpen(chain, { name, fields, state }) {
  return fields.kind === "suspended" && (state !== "released" || chain.suspensions.includes(name));
}
