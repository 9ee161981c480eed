/**
 * The trail: a roster and the root changes that lead to it from a policy's roots.  SPEC 7.7.
 *
 * What a bundle holds besides the alert, and what a slip leaves out.  Nothing here is checked: `openRoster` does that.
 *
 * Pure: reads no clock, touches no store.
 */
import { canonical, fingerprint, isObject, parse } from "./encoding.js";
import { Refused } from "./errors.js";
import { MAX_BUNDLE, ROOT_LINKS } from "./limits.js";
import { listOf } from "./shape.js";
import { SIGNED, Signed } from "./signed.js";

const FEED = 0x0a;

/** A signed roster and the signed root changes before it, shaped but NOT yet checked. */
export class Trail {
  /** @param {Signed} roster @param {readonly Signed[]} [chain] */
  constructor(roster, chain = []) {
    this.roster = roster;
    this.chain = Object.freeze([...chain]);
    Object.freeze(this);
  }

  /**
   * The trail that a file holds: its own file, a bundle, a publication, or a custodians' roster file.
   *
   * Throws as `parse` and the shapes.
   * @param {Uint8Array} data @returns {Trail}
   */
  static decode(data) {
    const value = parse(data[data.length - 1] === FEED ? data.subarray(0, -1) : data, MAX_BUNDLE);
    if (!isObject(value)) throw new Refused("shape", "A file with a roster is a JSON object; this is none.");
    const { roster = null, chain = [] } = "payload" in value ? { roster: value } : value;
    SIGNED(roster, "roster");
    listOf(SIGNED, ROOT_LINKS)(chain, "chain");
    return new Trail(
      Signed.of(roster, "roster"),
      /** @type {unknown[]} */ (chain).map((link) => Signed.of(link, "chain")),
    );
  }

  /** @returns {import("./encoding.js").Bytes} its own file: canonical JSON */
  encode() {
    return canonical({ v: 1, roster: this.roster.value(), chain: this.chain.map((link) => link.value()) });
  }

  /** @returns {string} the SHA-256 of its own file in hexadecimal: it commits to every signature too */
  name() {
    return fingerprint(this.encode());
  }
}
