/**
 * Coming back: the second script of the form, which gives return codes and takes them.  It is fetched by every page once
 * it can be used, for a first visit needs nothing of it and must not wait for it.
 */
import { Back } from "./back.js";
import { Given } from "./given.js";

/** @typedef {import("../../protocol/js/codename.js").Thread} Thread */
/**
 * What the page shares with this script.  `send` brings a letter on its way, and says whether it arrived.
 * @typedef {Readonly<{words: import("./page.js").Words, readers: () => import("./readers.js").Readers,
 *   drop: () => Promise<Uint8Array<ArrayBuffer>>,
 *   send: (letter: import("./sending.js").Letter, kind: import("../../protocol/js/reply.js").ReplyKind) =>
 *     Promise<boolean>}>} Shared
 */
/**
 * What the page gets: the thread of a code that was asked for, its code shown or let go of, or everything.
 * @typedef {Readonly<{thread: (network: string) => Promise<Thread | null>, show: () => void, drop: () => void,
 *   forget: () => void}>} Coming
 */

/** @type {Shared & {coming?: Coming}} */
const shared = /** @type {any} */ (window).sereno;
const given = new Given(shared.words);
const back = new Back(shared);

shared.coming = Object.freeze({
  thread: (network) => given.thread(network),
  show: () => given.show(),
  drop: () => given.forget(),
  forget() {
    given.forget();
    back.forget();
  },
});
