/**
 * Sending: one tip on its way.  It is kept, and tried again by itself, until the door has it or the person takes it
 * back; what was sealed stays sealed, so that the same tip never comes twice.
 */
import { sealEnvelope } from "../../protocol/js/envelope.js";
import { hex } from "../../protocol/js/encoding.js";
import { DAY } from "../../protocol/js/limits.js";
import { breathe } from "./breathe.js";
import { Dropped, Turned, leaveEnvelope } from "./door.js";

/** @typedef {import("../../protocol/js/tip.js").Told} Told */
/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("../../protocol/js/encoding.js").Bytes} Bytes */
/** @typedef {"sealing" | "sending" | "dropped" | "load" | "trouble"} Stage */
/**
 * What sending needs of the page: its name, who reads, the work, where to say how it goes, and a signal that takes the
 * tip back.
 * @typedef {Readonly<{name: string, readers: import("./readers.js").Readers,
 *   work: import("./work.js").Work, say: (stage: Stage) => void, signal: AbortSignal}>} Way
 */
/** @typedef {Readonly<{envelope: Bytes, to: RecipientSet}>} Sealed */

/** Milliseconds before another try: the first, then twice as long each time, up to the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** Where the door is full: more tries would only keep it so. */
const LOAD_PAUSE = 60_000;
/** The sets have changed under us, or the sealing was not for one of them. */
const SEAL_AGAIN = Object.freeze(["set_old", "set_unknown", "stanza_count", "desk_unknown", "epoch_dates"]);

/**
 * Seal and send; resolves once the door has kept the tip.
 *
 * Throws Refused where the readers do not check (nothing was sent), Turned where no desk is open, and the signal's
 * reason where the person took it back.
 * @param {Told} told @param {string} legal @param {Way} way
 */
export async function send(told, legal, way) {
  /** @type {Sealed | null} */
  let sealed = null;
  const id = hex(crypto.getRandomValues(new Uint8Array(16)));
  for (let tries = 0; ; tries++) {
    try {
      if (sealed === null) {
        way.say("sealing");
        sealed = await seal(id, told, legal, way);
      }
      const work = await way.work.solution();
      way.say("sending");
      await leaveEnvelope(sealed.envelope, sealed.to, work, way.signal);
      return;
    } catch (error) {
      way.signal.throwIfAborted();
      if (error instanceof Turned && error.kind === "burnt") return; // It came, was read, and is over.
      if (error instanceof Turned && SEAL_AGAIN.includes(error.kind)) {
        if (sealed === null) throw error; // The door has no set to seal to.
        sealed = null;
        way.readers.forget();
      }
      await pause(error, tries, way);
    }
  }
}

/** @param {string} id @param {Told} told @param {string} legal @param {Way} way @returns {Promise<Sealed>} */
async function seal(id, told, legal, { name, readers, signal }) {
  const publication = await readers.publication();
  const to = publication.setForZone(told.where.zone);
  const day = Math.floor(readers.now() / DAY);
  const { network } = readers.policy;
  /** @type {import("../../protocol/js/tip.js").Form} */
  const header = { v: 1, kind: "tip", id, day, network, form: name, tip: told };
  const envelope = await sealEnvelope(header, to, publication.attorneys, [], legal, async () => {
    await breathe();
    signal.throwIfAborted();
  });
  return { envelope, to };
}

/**
 * Wait before another try, as long as the error asks for; rethrows what no further try would mend.
 * @param {unknown} error @param {number} tries @param {Way} way
 */
async function pause(error, tries, { work, say, signal }) {
  const grown = Math.min(FIRST_PAUSE * 2 ** Math.min(tries, 8), LONGEST_PAUSE);
  if (error instanceof Dropped) {
    say("dropped");
    return wait(grown, signal);
  }
  if (!(error instanceof Turned)) throw error;
  if (error.kind === "under_load") {
    say("load");
    return wait(LOAD_PAUSE, signal);
  }
  if (error.kind === "work") work.forget();
  // The first few refusals of work or set are only a page that stood open for long.
  if (tries >= 2 || (error.kind !== "work" && !SEAL_AGAIN.includes(error.kind))) say("trouble");
  return wait(tries === 0 ? 0 : grown, signal);
}

/**
 * Wait so many milliseconds, or until the connection returns, the person asks for another try, or takes it back.
 * @param {number} time @param {AbortSignal} signal
 */
function wait(time, signal) {
  return new Promise((resume, stop) => {
    const end = () => {
      clearTimeout(timer);
      for (const name of ["online", "retry"]) removeEventListener(name, end);
      signal.removeEventListener("abort", end);
      if (signal.aborted) stop(signal.reason);
      else resume(undefined);
    };
    const timer = setTimeout(end, time);
    for (const name of ["online", "retry"]) addEventListener(name, end);
    signal.addEventListener("abort", end);
  });
}
