/**
 * The slip: an alert, its signatures and its log proof, short enough for a QR code.  SPEC 7.7.
 *
 * A bundle without its trail, which it names by hash.  With that trail at hand it becomes the bundle again, byte for
 * byte, and `check` decides as ever; a slip by itself proves nothing and nothing here is checked.
 *
 * Pure: reads no clock, touches no store.
 */
import { fromFragment, toFragment } from "./base45.js";
import { BECH32, canonical, hex, join, parse, same, unhex } from "./encoding.js";
import { Refused } from "./errors.js";
import { MAX_ALERT, MAX_SLIP } from "./limits.js";
import { Proof } from "./log.js";
import { HASH } from "./merkle.js";
import { Checkpoint, Line, Note } from "./note.js";
import { Reader, number, pack, text } from "./packed.js";
import { Bundle } from "./release.js";
import { Signed } from "./signed.js";
import { Trail } from "./trail.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

const VERSION = 1;
/** In a forwarded text too.  Base45 ends with a letter or a digit, so that a full stop after it is not part of it. */
const ADDRESS = /#((?:[0-9A-Z$*+./:-]|%20|%25){63,16383}[0-9A-Z])/;

/** A slip's parts, shaped but NOT yet checked.  `trail` is the hexadecimal name of the trail it was made under. */
export class Slip {
  /** @param {string} trail @param {Signed} alert @param {readonly Signed[]} suspensions @param {Proof | null} proof */
  constructor(trail, alert, suspensions, proof) {
    this.trail = trail;
    this.alert = alert;
    this.suspensions = Object.freeze([...suspensions]);
    this.proof = proof;
    Object.freeze(this);
  }

  /** @param {Bundle} bundle @returns {Slip} the slip of a bundle */
  static of({ roster, chain, alert, suspensions, proof }) {
    return new Slip(new Trail(roster, chain).name(), alert, suspensions, proof);
  }

  /** @param {Uint8Array} data @returns {Slip} throws Refused: too_large, slip, not_utf8, shape, note, log_proof */
  static decode(data) {
    if (data.length > MAX_SLIP) {
      throw new Refused("too_large", `The slip is ${data.length} bytes long; at most ${MAX_SLIP} are taken.`);
    }
    const reader = new Reader(data);
    const version = reader.number();
    if (version !== VERSION) {
      throw new Refused("slip", `A slip of version ${VERSION} is needed; this is of version ${version}.`);
    }
    const trail = hex(reader.take(HASH));
    const alert = readSigned(reader);
    const suspensions = times(reader.number(), () => readSigned(reader));
    const slip = new Slip(trail, alert, suspensions, reader.atEnd ? null : readProof(reader));
    if (!same(slip.encode(), data)) throw new Refused("slip", "The slip is not the one that its content encodes to.");
    return slip;
  }

  /**
   * The slip in an address or in a text that holds one; null if there is none.  Throws as `decode`.
   * @param {string} words @returns {Slip | null}
   */
  static find(words) {
    const found = ADDRESS.exec(words);
    return found === null ? null : Slip.decode(fromFragment(found[1]));
  }

  /** @returns {Bytes} throws Refused("slip") for what is no alert under a checkpoint */
  encode() {
    return join(
      number(VERSION),
      unhex(this.trail),
      signedBytes(this.alert),
      number(this.suspensions.length),
      ...this.suspensions.map(signedBytes),
      ...(this.proof === null ? [] : [proofBytes(this.proof)]),
    );
  }

  /** @param {string} origin of a check page, such as https://alerts.example.org @returns {string} the address */
  address(origin) {
    return `${origin}/check#${toFragment(this.encode())}`;
  }

  /**
   * The bundle file that the slip was made of, with whichever of these trails it names.
   *
   * Throws Refused("slip_roster") where none is the one.
   * @param {Iterable<Trail>} trails @returns {Bytes}
   */
  bundle(trails) {
    for (const trail of trails) {
      if (trail.name() !== this.trail) continue;
      return new Bundle(this.alert, trail.roster, trail.chain, this.suspensions, this.proof).encode();
    }
    const which = `the roster file ${this.trail.slice(0, 16)}, which is not at hand`;
    const sentence = `The code was made under ${which}. Get that roster, or the whole proof, release.json.`;
    throw new Refused("slip_roster", sentence);
  }
}

/** @template T @param {number} count @param {() => T} make @returns {T[]} */
function times(count, make) {
  const out = [];
  for (; count > 0; count--) out.push(make());
  return out;
}

/** @param {Signed} one @returns {Bytes} */
function signedBytes(one) {
  if (one.noun !== "alert") throw new Refused("slip", `A slip carries signed alerts; this is a signed ${one.noun}.`);
  const signatures = one.signatures.flatMap(({ keyid, sig }) => {
    const bits = Array.from(keyid, (char) => BECH32.indexOf(char).toString(2).padStart(5, "0")).join("");
    return [Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2)), sig];
  });
  return join(pack(parse(one.payload, MAX_ALERT)), number(one.signatures.length), ...signatures);
}

/** @param {Reader} reader @returns {Signed} */
function readSigned(reader) {
  const payload = canonical(reader.value());
  const signatures = times(reader.number(), () => {
    const bits = Array.from(reader.take(5), (byte) => byte.toString(2).padStart(8, "0")).join("");
    const keyid = (bits.match(/.{5}/g) ?? []).map((five) => BECH32[parseInt(five, 2)]).join("");
    return { keyid, sig: reader.take(64) };
  });
  return Signed.of(new Signed("alert", payload, signatures).value(), "slip");
}

/** @param {Proof} proof @returns {Bytes} */
function proofBytes({ index, hashes, note }) {
  const { origin, size, root } = checkpointOf(note);
  const lines = note.lines.flatMap((line) => {
    const name = line.name === origin ? "" : line.name;
    return [text(name), number(line.sig.length), line.keyHash, line.sig];
  });
  const tree = [text(origin), number(size), root];
  return join(number(index), number(hashes.length), ...hashes, ...tree, number(note.lines.length), ...lines);
}

/** @param {Note} note @returns {Checkpoint} */
function checkpointOf(note) {
  try {
    return Checkpoint.decode(note.text);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused("slip", `A slip's proof ends in a checkpoint. ${cause.sentence}`, { cause });
  }
}

/** @param {Reader} reader @returns {Proof} */
function readProof(reader) {
  const index = reader.number();
  const hashes = times(reader.number(), () => reader.take(HASH));
  const checkpoint = new Checkpoint(reader.text(), reader.number(), reader.take(HASH));
  const lines = times(reader.number(), () => {
    const name = reader.text() || checkpoint.origin;
    const length = reader.number();
    return new Line(name, reader.take(4), reader.take(length));
  });
  return Proof.decode(new Proof(index, hashes, new Note(checkpoint.encode(), lines)).encode());
}
