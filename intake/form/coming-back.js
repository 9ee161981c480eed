/**
 * Coming back: the second script of the form, which gives return codes and takes them, saves the form for later, and
 * hints while somebody types.
 * It is fetched by every page once it can be used, for a tip can be sent without it and must not wait for it.
 */
import { Back } from "./back.js";
import { Given } from "./given.js";
import { hintAt, tellsDoor } from "./hints.js";
import { part, reveal } from "./page.js";
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

/** @type {Shared & {coming?: Coming, more: {html: string, catalogue: import("../../look/words.js").Catalogue}}} */
const shared = /** @type {any} */ (window).sereno;
const words = wordsOf(shared.more.catalogue);
const policy = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("sereno-back", {
  createHTML: (/** @type {string} */ one) => one,
});
// It came with this script, under the same hash.
const { html } = shared.more;
part("back").append(document.createRange().createContextualFragment(policy === undefined ? html : policy.createHTML(html)));
part("ask-place").replaceWith(part("may-ask"));
part("sent-place").replaceWith(part("sent-more"));
part("save-place").replaceWith(part("save-card"));
part("note-place").replaceWith(part("kept-note"));
for (const id of ["place", "words", "back-text"]) hintAt(id, words);
shared.lookForDoorsWith(tellsDoor);
const given = new Given(words);
// It takes a second: better while the rest is being told.
part("ask").addEventListener("change", () => void given.thread(shared.readers().policy.network));
const back = new Back({ ...shared, words });
const saving = new Saving({ ...shared, words });

shared.coming = Object.freeze({
  thread: (network) => given.thread(network),
  show(carried) {
    for (const one of ["answer", "withdrawal"]) reveal(`sent-${one}`, false);
    given.show(carried);
  },
  drop() {
    given.forget();
    saving.forget();
  },
  hand: (sealed) => saving.hand(sealed),
  forget() {
    given.forget();
    saving.forget();
    back.forget();
  },
});
