/**
 * The weekly keys in the worker's memory, and what they open: from when the vault opens until a week's grace is over.
 *
 * With everything that opens comes the file's own key: whoever opened a file may share that with who came later.
 */
import * as age from "../../protocol/js/age.js";
import { envelopeKey, openEnvelope, openPreview, placeIn } from "../../protocol/js/envelope.js";
import { Refused } from "../../protocol/js/errors.js";

/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("../../protocol/js/tip.js").Tip} Tip */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** One person's private weekly keys, by epoch. */
export class WeekKeys {
  /** @type {Map<number, age.Identity>} */
  #identities = new Map();
  /**
   * Where this person's stanza was in the last tip that was looked at.  The desk's own words are sealed to the same set
   * and do not name it: where it is no other's, the first of up to a hundred tries opens them.
   * @type {number | undefined}
   */
  #place;

  /** @param {{epoch: number, seed: Bytes}} asked */
  know({ epoch, seed }) {
    this.#identities.set(epoch, new age.Identity(seed));
  }

  /** Forget one week's key, or, without a week, all.  @param {{epoch?: number}} [asked] */
  forget({ epoch } = {}) {
    if (epoch === undefined) this.#identities.clear();
    else this.#identities.delete(epoch);
  }

  /** @param {number} epoch @returns {age.Identity} throws Refused("age_no_match") */
  of(epoch) {
    const found = this.#identities.get(epoch);
    if (found !== undefined) return found;
    throw new Refused("age_no_match", `Your key of week ${epoch} is not on this device; bring it from the other one.`);
  }

  /** @returns {age.Identity[]} */
  all() {
    return [...this.#identities.values()];
  }

  /** @returns {age.Identity[]} */
  #newestFirst() {
    return [...this.#identities].sort(([one], [other]) => other - one).map(([, identity]) => identity);
  }

  /**
   * A tip's words.  `key` is one that somebody shared; only who is not in the set asks by it.
   * @param {{data: Bytes, bucket: number, to: RecipientSet, member: string, key?: Bytes}} asked
   * @returns {{tip: Tip, key: Bytes}} and the envelope's own key
   */
  preview({ data, bucket, to, member, key }) {
    if (key === undefined) this.#place = placeIn(to, member); // Who is not in the set is told that, not to look for a key.
    const fileKey = key ?? envelopeKey(data, this.of(to.epoch), to, member);
    return { tip: openPreview(data, bucket, new age.FileKey(fileKey), to, null), key: fileKey };
  }

  /** @param {{data: Bytes, to: RecipientSet, key: Bytes}} asked @returns {Promise<Tip>} all of a tip, by its own key */
  whole({ data, to, key }) {
    return openEnvelope(data, new age.FileKey(key), to, null);
  }

  /**
   * An event's part.  `key` is one that somebody shared.
   * @param {{data: Bytes, key?: Bytes}} asked @returns {Promise<{data: Bytes, key: Bytes}>} and the file's own key
   */
  async part({ data, key = age.openHeader(data, this.#newestFirst(), this.#place) }) {
    return { data: await age.open(data, [new age.FileKey(key)]), key };
  }
}
