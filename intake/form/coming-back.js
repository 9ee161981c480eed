/**
 * Coming back: the second script of the form, which gives return codes and takes them, and hints while somebody types.
 * It is fetched by every page once it can be used, for a tip can be sent without it and must not wait for it.
 */
import { Back } from "./back.js";
import { Given } from "./given.js";
import { hintAt, tellsDoor } from "./hints.js";
import { part, reveal } from "./page.js";
import { wordsOf } from "../../look/words.js";

/** @typedef {import("../../protocol/js/codename.js").Thread} Thread */
/**
 * What the page shares with this script.  `send` brings a letter on its way, and says whether it arrived.
 * @typedef {Readonly<{words: import("./page.js").Words, readers: () => import("./readers.js").Readers,
 *   lookForDoorsWith: (find: (words: string) => boolean) => void,
 *   drop: () => Promise<Uint8Array<ArrayBuffer>>,
 *   send: (letter: import("./sending.js").Letter, kind: import("../../protocol/js/reply.js").ReplyKind) =>
 *     Promise<boolean>}>} Shared
 */
/**
 * What the page gets: the thread of a code that was asked for, its code shown or let go of, or everything.
 * @typedef {Readonly<{thread: (network: string) => Promise<Thread | null>, show: () => void, drop: () => void,
 *   forget: () => void}>} Coming
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
for (const id of ["place", "words", "back-text"]) hintAt(id, words);
shared.lookForDoorsWith(tellsDoor);
const given = new Given(words);
// It takes a second: better while the rest is being told.
part("ask").addEventListener("change", () => void given.thread(shared.readers().policy.network));
const back = new Back({ ...shared, words });

shared.coming = Object.freeze({
  thread: (network) => given.thread(network),
  show() {
    for (const one of ["answer", "withdrawal"]) reveal(`sent-${one}`, false);
    given.show();
  },
  drop: () => given.forget(),
  forget() {
    given.forget();
    back.forget();
  },
});
