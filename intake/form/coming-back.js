/**
 * Coming back: the second script of the form, which gives return codes and takes them, saves the form for later, and
 * hints while somebody types.
 * It is fetched by every page once it can be used, for a tip can be sent without it and must not wait for it.
 */
import { Back } from "./back.js";
import { pause } from "./breathe.js";
import { Given } from "./given.js";
import { hintAt, makeReady, tellsDoor } from "./hints.js";
import { input, part, reveal } from "./page.js";
import { Saving } from "./saving.js";
import { wordsOf } from "../../look/words.js";

/** @typedef {import("../../protocol/js/codename.js").Thread} Thread */
/**
 * What the page shares with this script.  `send` brings a letter on its way, and says whether it arrived; so does
 * `handIn` with a sealed file, and calls `fault` where the door does not take it.  `text` is this script's own.
 * @typedef {Readonly<{name: string, words: import("./page.js").Words, readers: () => import("./readers.js").Readers,
 *   lookForDoorsWith: (find: (words: string) => boolean) => void,
 *   drop: () => Promise<Uint8Array<ArrayBuffer>>,
 *   send: (letter: import("./sending.js").Letter, kind: import("../../protocol/js/reply.js").ReplyKind) =>
 *     Promise<boolean>,
 *   handIn: (file: import("../../protocol/js/sealedfile.js").SealedFile, fault: () => void) => Promise<boolean>,
 *   text: () => string}>} Shared
 */
/**
 * What the page gets: the thread of a code that was asked for, its code shown where it was carried, or let go of, a file given for what was
 * sealed, or everything let go of.
 * @typedef {Readonly<{thread: (network: string) => Promise<Thread | null>, show: (carried: boolean) => void,
 *   drop: () => void,
 *   hand: (sealed: import("./sending.js").Sealed) => void, forget: () => void}>} Coming
 */

/** @type {Shared & {begin?: () => Promise<Coming>, more: {html: string, catalogue: import("../../look/words.js").Catalogue}}} */
const shared = /** @type {any} */ (window).sereno;

/** Add what came with this script to the page, unseen.  @param {string} html */
function add(html) {
  const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("sereno-back", {
    createHTML: (/** @type {string} */ one) => one,
  });
  // It came under the script's own hash.
  part("back").append(document.createRange().createContextualFragment(policy === undefined ? html : policy.createHTML(html)));
}

/** Bring it to where it is seen. */
function place() {
  for (const [place, id] of [
    ["sent-place", "sent-more"], ["save-place", "save-card"], ["note-place", "kept-note"],
  ]) {
    part(place).replaceWith(part(id));
  }
}

/** Begin, with pauses: the page is in use by now.  @returns {Promise<Coming>} */
shared.begin = async () => {
  add(shared.more.html);
  await pause();
  const words = wordsOf(shared.more.catalogue);
  const given = new Given(words);
  // It takes a second: better while the rest is being told.
  part("ask").addEventListener("change", () => void given.thread(shared.readers().policy.network));
  const back = new Back({ ...shared, words });
  await pause();
  const saving = new Saving({ ...shared, words });
  for (const id of ["place", "words", "back-text"]) hintAt(id, words);
  void makeReady().then(() => shared.lookForDoorsWith(tellsDoor));
  await pause();
  place();
  input("ask").disabled = false;
  return comingOf(given, back, saving);
};

/** @param {Given} given @param {Back} back @param {Saving} saving @returns {Coming} */
function comingOf(given, back, saving) {
  return Object.freeze({
    thread: (/** @type {string} */ network) => given.thread(network),
    show(/** @type {boolean} */ carried) {
      for (const one of ["answer", "withdrawal"]) reveal(`sent-${one}`, false);
      given.show(carried);
    },
    drop() {
      given.forget();
      saving.forget();
    },
    hand: (/** @type {import("./sending.js").Sealed} */ sealed) => saving.hand(sealed),
    forget() {
      given.forget();
      saving.forget();
      back.forget();
    },
  });
}
