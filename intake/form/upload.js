/**
 * An upload: one envelope with photos on its way in equal parts.  It goes on with the part that was not answered; the
 * same bytes twice are kept once.  SPEC 13.3.
 */
import { hex } from "../../protocol/js/encoding.js";
import { envelopeSize } from "../../protocol/js/envelope.js";
import { BUCKETS, PART } from "../../protocol/js/limits.js";
import { sha256 } from "../../protocol/js/vendor/vendor.js";
import { breathe } from "./breathe.js";
import { closeUpload, leavePart } from "./door.js";

/** To whom: the desk, the set's name, and how many its members are.
 * @typedef {Readonly<{desk: string, name: string, members: {readonly length: number}}>} To */

export class Upload {
  #id = hex(crypto.getRandomValues(new Uint8Array(16)));
  #next = 0;
  #envelope;
  #to;

  /** @param {import("../../protocol/js/encoding.js").Bytes} envelope @param {To} to */
  constructor(envelope, to) {
    this.#envelope = envelope;
    this.#to = to;
  }

  /** @param {Uint8Array} envelope @param {To} to @returns {boolean} whether it is one that comes in parts */
  static isFor(envelope, to) {
    return envelope.length > envelopeSize(to.members.length, BUCKETS[0]);
  }

  /**
   * Send what is not there yet, and close.
   *
   * Throws Dropped, Turned, and TakenBack.  May be called again after the first two.
   * @param {() => Promise<string>} work for the first part @param {(share: number) => Promise<void> | void} step is told
   * the share that is there, and may wait @param {AbortSignal} signal
   */
  async send(work, step, signal) {
    const count = Math.ceil(this.#envelope.length / PART);
    for (; this.#next < count; this.#next++) {
      await step(this.#next / count);
      const part = this.#envelope.slice(this.#next * PART, (this.#next + 1) * PART);
      await leavePart(this.#query(), part, this.#next === 0 ? await work() : null, signal);
    }
    await step(1);
    await closeUpload(this.#id, await this.#digest(), signal);
  }

  /** @returns {Record<string, string>} */
  #query() {
    const query = { upload: this.#id, place: `${this.#next}` };
    if (this.#next > 0) return query;
    const bucket = BUCKETS.find((one) => this.#envelope.length === envelopeSize(this.#to.members.length, one));
    return { ...query, desk: this.#to.desk, set: this.#to.name, bucket: `${bucket}` };
  }

  async #digest() {
    const hash = sha256.create();
    for (let at = 0; at < this.#envelope.length; at += PART) {
      hash.update(this.#envelope.subarray(at, at + PART));
      await breathe();
    }
    return new Uint8Array(hash.digest());
  }
}
