/**
 * Readers: who will open a tip, checked up to the roots that this page carries, before anything is sealed.
 */
import { utf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { Policy } from "../../protocol/js/policy.js";
import { openPublication } from "../../protocol/js/publication.js";
import { inSlices } from "../../protocol/js/steps.js";
import { breathe } from "./breathe.js";
import { fetchPublication } from "./door.js";

/** @typedef {import("../../protocol/js/publication.js").Publication} Publication */
/**
 * Asks the person which day it is, where phone and server disagree (Unix seconds): whether the server is right.
 * @typedef {(phone: number, server: number) => Promise<boolean>} AskDay
 */

const DAY = 86_400;

/** @returns {number} what the device's clock says, in Unix seconds */
const clock = () => Math.floor(Date.now() / 1000);

/** The publication of the network, fetched and checked once, and again when it has become old. */
export class Readers {
  /** @type {Promise<Publication> | null} */
  #opening = null;
  #afresh = false;
  /** Why there was none when it was last asked for.  @type {unknown} */
  #fault = null;
  /** What has to be added to the device's clock; null until it was held against the server's.  @type {number | null} */
  #ahead = null;
  #file;
  /** @type {Policy | null} */
  #policy = null;
  #kept;
  /** @type {Uint8Array | null} */
  #data = null;
  #askDay;
  #signal;

  /**
   * @param {Uint8Array} file the policy's @param {string | null} kept the publication of a saved copy
   * @param {AskDay} askDay @param {AbortSignal} signal
   */
  constructor(file, kept, askDay, signal) {
    this.#file = file;
    this.#kept = kept;
    this.#askDay = askDay;
    this.#signal = signal;
  }

  /** The network's policy, opened when it is first needed: its keys take a slow phone a tenth of a second to check. */
  get policy() {
    return (this.#policy ??= Policy.decode(this.#file));
  }

  /** @returns {number} the time, in Unix seconds, by the device's clock or as the person set it right */
  now() {
    return clock() + (this.#ahead ?? 0);
  }

  /** @returns {Uint8Array | null} the publication as it came, once it was checked */
  get data() {
    return this.#data;
  }

  /** Throws Dropped, Turned, or Refused for what does not check.  @returns {Promise<Publication>} */
  async publication() {
    const opening = (this.#opening ??= this.#open());
    try {
      return await opening;
    } catch (error) {
      if (this.#opening === opening) this.forget();
      this.#fault = error;
      throw error;
    }
  }

  /** @param {unknown} error @returns {boolean} whether it says that the readers do not check */
  isOf(error) {
    return error !== null && error === this.#fault;
  }

  /** Have it fetched again, past what the browser kept. */
  forget() {
    this.#opening = null;
    this.#afresh = true;
  }

  /** Have it fetched again, and the person asked again which day it is, where that is asked. */
  again() {
    this.forget();
    this.#ahead = null;
  }

  async #open() {
    const { data, time } = await this.#fetch();
    if (time !== null) this.#ahead ??= await this.#difference(clock(), time);
    this.#policy ??= await inSlices(Policy.decodeSteps(this.#file), breathe);
    const publication = await openPublication(data, this.policy, this.now(), breathe);
    if (this.#kept !== null && this.now() >= publication.usableUntil()) {
      throw new Refused("set_old", "This saved copy was to be used until a day before its sets or its roster end.");
    }
    this.#data = data;
    return publication;
  }

  /** @returns {ReturnType<typeof fetchPublication>} */
  async #fetch() {
    if (this.#kept !== null) return { data: utf8(this.#kept), time: null };
    return fetchPublication(this.#afresh, this.#signal);
  }

  /**
   * Of two clocks within a day the later one counts: a slow one would refuse what was just issued.  A server that lies can
   * so have a roster or a set taken up to a day before its time, but none a minute longer.  SPEC 13.1.
   * @param {number} phone @param {number} server @returns {Promise<number>}
   */
  async #difference(phone, server) {
    if (Math.abs(server - phone) <= DAY) return Math.max(0, server - phone);
    return (await this.#askDay(phone, server)) ? server - phone : 0;
  }
}
