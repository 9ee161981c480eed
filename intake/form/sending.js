/**
 * Sending: one tip on its way.  It is kept, and tried again by itself, until the door has it or the person takes it
 * back; what was sealed stays sealed, so that the same tip never comes twice.
 */
import { sealEnvelope } from "../../protocol/js/envelope.js";
import { hex } from "../../protocol/js/encoding.js";
import { DAY } from "../../protocol/js/limits.js";
import { sealOriginal } from "../../protocol/js/legal.js";
import { ORIGINAL } from "../../protocol/js/tip.js";
import { breathe } from "./breathe.js";
import { Dropped, Turned, leaveEnvelope } from "./door.js";
import { TakenBack, heed } from "./taken.js";
import { Upload } from "./upload.js";

/** @typedef {import("../../protocol/js/publication.js").Publication} Publication */
/** @typedef {import("../../protocol/js/tip.js").Form} Form */
/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("./upload.js").To} To */
/** @typedef {import("../../protocol/js/encoding.js").Bytes} Bytes */
/** @typedef {"sealing" | "sending" | "dropped" | "load" | "heavy" | "trouble"} Stage */
/**
 * What is sent: the fields of its header that say it, and whose set it is sealed to.
 * @typedef {Readonly<{fields: Pick<Form, "kind" | "tip" | "thread" | "said">,
 *   to: (publication: Publication) => RecipientSet}>} Letter
 */
/**
 * What sending needs of the page: its name, who reads, the work, where to say how it goes, and a signal that takes the
 * tip back.  `step` is told the share of an upload that is there, and may wait.  `hand` is null but in a saved copy,
 * where it takes what a door would.
 * @typedef {Readonly<{name: string, readers: import("./readers.js").Readers,
 *   work: import("./work.js").Work, say: (stage: Stage) => void, signal: AbortSignal,
 *   step: (share: number) => Promise<void> | void, hand: ((sealed: Sealed) => Promise<void>) | null}>} Way
 */
/**
 * What is sealed, and the upload that it is under where it comes in parts.
 * @typedef {{envelope: Bytes, to: To, upload: Upload | null}} Sealed
 */
/** What is brought on its way: `again` says whether it can be sealed to others, where the door takes the set no more. */
/** @typedef {Readonly<{seal: () => Promise<Sealed>, again: boolean}>} Load */
/** @typedef {import("./photos.js").Chosen} Chosen */

/** Milliseconds before another try: the first, then twice as long each time, up to the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;
/** Where the door is full: more tries would only keep it so. */
const LOAD_PAUSE = 60_000;
/** The door has forgotten an upload, or has other parts of it than we sent. */
const BEGIN_AGAIN = Object.freeze(["upload", "part", "digest"]);
/** The sets have changed under us, or the sealing was not for one of them. */
const SEAL_AGAIN = Object.freeze(["set_old", "set_unknown", "stanza_count", "desk_unknown", "epoch_dates"]);

/**
 * Seal and send; resolves once the door has kept the tip.
 *
 * Throws Refused where the readers do not check (nothing was sent), Turned where no desk is open, and TakenBack.
 * @param {Load} load @param {Way} way
 */
export async function send(load, way) {
  /** @type {Sealed | null} */
  let sealed = null;
  for (let tries = 0; ; tries++) {
    try {
      if (sealed === null) {
        way.say("sealing");
        sealed = await load.seal();
      }
      await leave(sealed, way);
      return;
    } catch (error) {
      heed(way.signal);
      if (error instanceof Turned && error.kind === "burnt") return; // It came, was read, and is over.
      if (error instanceof Turned && BEGIN_AGAIN.includes(error.kind) && sealed !== null) {
        sealed.upload = new Upload(sealed.envelope, sealed.to);
        way.work.forget(); // It was good for one upload.
      }
      if (error instanceof Turned && SEAL_AGAIN.includes(error.kind)) {
        if (sealed === null || !load.again) throw error; // The door has no set to seal to.
        sealed = null;
        way.readers.forget();
      }
      await pause(error, tries, way, load.again && (sealed?.upload ?? null) !== null);
    }
  }
}

/** @param {Sealed} sealed @param {Way} way */
async function leave(sealed, way) {
  const { envelope, to, upload } = sealed;
  heed(way.signal);
  if (way.hand !== null) return way.hand(sealed);
  if (upload !== null) {
    way.say("sending");
    return upload.send(() => way.work.solution(), way.step, way.signal);
  }
  const work = await way.work.solution();
  way.say("sending");
  return leaveEnvelope(envelope, to, work, way.signal);
}

/**
 * What a letter becomes.
 * @param {Letter} letter @param {string} legal @param {Chosen} chosen @param {Way} way @returns {Load}
 */
export function sealing(letter, legal, chosen, way) {
  const id = hex(crypto.getRandomValues(new Uint8Array(16)));
  return { seal: () => seal(id, letter, legal, chosen, way), again: true };
}

/**
 * What a sealed file becomes.
 * @param {import("../../protocol/js/sealedfile.js").SealedFile} file @returns {Load}
 */
export function sealedBefore({ envelope, desk, set, members }) {
  const to = { desk, name: set, members: { length: members } };
  return { seal: async () => ({ envelope, to, upload: uploadOf(envelope, to) }), again: false };
}

/** @param {Bytes} envelope @param {To} to @returns {Upload | null} */
function uploadOf(envelope, to) {
  return Upload.isFor(envelope, to) ? new Upload(envelope, to) : null;
}

/**
 * @param {string} id @param {Letter} letter @param {string} legal @param {Chosen} chosen @param {Way} way
 * @returns {Promise<Sealed>}
 */
async function seal(id, letter, legal, { files, originals }, { name, readers, signal }) {
  const publication = await readers.publication();
  heed(signal); // The form may be filled in anew by now.
  const to = letter.to(publication);
  const day = Math.floor(readers.now() / DAY);
  const { network } = readers.policy;
  /** @type {Form} */
  const header = { v: 1, id, day, network, form: name, ...letter.fields };
  const calm = async () => {
    await breathe();
    heed(signal);
  };
  const all = [...files];
  for (const one of originals) {
    all.push({ type: ORIGINAL, data: await sealOriginal(one, publication.attorneys, calm), turn: 1 });
  }
  const envelope = await sealEnvelope(header, to, publication.attorneys, all, legal, calm);
  return { envelope, to, upload: uploadOf(envelope, to) };
}

/**
 * Wait before another try, as long as the error asks for; rethrows what no further try would mend.
 * @param {unknown} error @param {number} tries @param {Way} way
 * @param {boolean} heavy whether it has photos that can be taken out: where the door is half full, words still go in
 */
async function pause(error, tries, { work, say, signal }, heavy) {
  const grown = Math.min(FIRST_PAUSE * 2 ** Math.min(tries, 8), LONGEST_PAUSE);
  if (error instanceof Dropped) {
    say("dropped");
    return wait(grown, signal);
  }
  if (!(error instanceof Turned)) throw error;
  if (error.kind === "under_load") {
    say(heavy ? "heavy" : "load");
    return wait(LOAD_PAUSE, signal);
  }
  if (error.kind === "work") work.forget();
  // The first few refusals of work or set are only a page that stood open for long.
  if (tries >= 2 || (error.kind !== "work" && ![...SEAL_AGAIN, ...BEGIN_AGAIN].includes(error.kind))) say("trouble");
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
      if (signal.aborted) stop(new TakenBack());
      else resume(undefined);
    };
    const timer = setTimeout(end, time);
    for (const name of ["online", "retry"]) addEventListener(name, end);
    signal.addEventListener("abort", end);
  });
}
