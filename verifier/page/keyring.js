/**
 * The key ring: what of a person this browser keeps, all of it sealed by the vault's key.  SPEC 5.6.
 *
 * Weekly keys, erased when their week's grace is over; the vault file if its owner wishes; the last signed move.
 */
import { Identity } from "../../protocol/js/age.js";
import { unutf8, utf8 } from "../../protocol/js/encoding.js";
import { epochGraceEnd } from "../../protocol/js/epoch.js";
import { Refused } from "../../protocol/js/errors.js";
import { unwrap, wrap } from "../../protocol/js/vault.js";
import { clock } from "./clock.js";
import { known } from "./lenient.js";

/** @typedef {import("./keep.js").Keep} Keep */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/**
 * What the key ring needs of a session: no page, so that it also runs by itself.
 * @typedef {Pick<Session, "vault" | "keep" | "opener" | "weeks" | "unkept" | "copies" | "epochKeys">} Ring
 */

const VAULTS = "vault/";
const WEEKS = "epoch";
const HEAD = "head";
const OLD = "old";
/** Dated files of weekly keys that exist: see breakglass.js. */
export const COPIES = "copy";

/** @param {Pick<Ring, "vault">} ring @param {string} what @param {string} [rest] @returns {string} a name in the storage */
export function label({ vault }, what, rest = "") {
  return `${what}/${vault.network}/${vault.verifier}${rest}`;
}

/**
 * Keep a week's key: in the worker's memory and, wrapped, in this browser.
 * @param {Ring} session @param {number} epoch @param {Identity} identity
 */
export async function keepWeek(session, epoch, identity) {
  const name = label(session, WEEKS, `/${epoch}`);
  await session.keep.put(name, wrap(session.vault.key, name, identity.seed));
  if (!session.keep.isLasting) session.unkept.add(epoch);
  await session.opener.ask("know", { epoch, seed: identity.seed });
  session.weeks.add(epoch);
}

/**
 * @param {Pick<Ring, "vault" | "keep">} session @param {number} epoch
 * @returns {Promise<Identity | null>} the key of a week that this browser keeps
 */
export async function keptWeek(session, epoch) {
  const seed = await opened(session, label(session, WEEKS, `/${epoch}`));
  return seed === null ? null : (known(() => new Identity(seed))[0] ?? null);
}

/**
 * Take this person's weekly keys from files and from the browser, those only that they have signed.
 *
 * Throws Refused: age_recipient (no key in a file), epoch_key (a key of somebody else or of another time).
 * @param {Ring} session @param {readonly string[]} files the texts of weekly key files
 */
export async function findWeeks(session, files) {
  await eraseOver(session);
  const all = await session.epochKeys();
  const mine = all.filter(({ verifier, epoch }) => verifier === session.vault.verifier && !isOver(epoch));
  for (const text of files) {
    const line = text.split("\n").find((one) => one.startsWith("AGE-SECRET-KEY-"));
    const identity = Identity.decode(line?.trim() ?? "");
    const key = mine.find((one) => one.age === identity.recipient);
    if (key === undefined) {
      throw new Refused("epoch_key", "This weekly key is none of yours for the last, this or the next two weeks.");
    }
    await keepWeek(session, key.epoch, identity);
  }
  for (const { epoch, age } of mine) {
    if (session.weeks.has(epoch)) continue;
    const identity = await keptWeek(session, epoch);
    if (identity !== null && identity.recipient === age) await keepWeek(session, epoch, identity);
  }
}

/** @param {number} time Unix seconds @returns {string} its day in UTC, YYYY-MM-DD */
export const dayOf = (time) => new Date(time * 1000).toISOString().slice(0, 10);

/** @param {number} epoch @returns {boolean} whether its grace is over by this device's clock, which no server sets */
const isOver = (epoch) => clock() >= epochGraceEnd(epoch);

/**
 * Erase the private keys of every week whose grace is over: whoever's the browser keeps, and those that are in memory.
 * @param {Pick<Ring, "keep" | "opener" | "weeks" | "unkept">} ring
 */
export async function eraseOver({ keep, opener, weeks, unkept }) {
  for (const epoch of [...weeks].filter(isOver)) {
    await opener.ask("forget", { epoch });
    weeks.delete(epoch);
    unkept.delete(epoch);
  }
  const names = await keep.names(`${WEEKS}/`);
  const over = names.filter((name) => isOver(Number(name.split("/").at(-1))));
  if (over.length > 0) await keep.change(over.map((name) => [name, null]));
}

/**
 * Nothing is kept under this vault's key where what is here already is sealed under another: a later opening would find
 * only half of it.
 * @param {Pick<Ring, "vault" | "keep">} ring throws Refused("vault")
 */
export async function requireOneVault(ring) {
  if (ring.keep.isLost) {
    throw new Refused("vault", "The browser has closed its storage, where your weekly keys are. Load the page again.");
  }
  for (const name of await ring.keep.names(label(ring, WEEKS, "/"))) {
    if ((await opened(ring, name)) !== null) continue;
    throw new Refused(
      "vault",
      "This browser's weekly keys are sealed by another file of your vault: its pass-phrase was changed. " +
        "Lock the desk and choose the newer file; if that is lost, erase this site's data in the browser.",
    );
  }
}

/** @param {Pick<Ring, "vault" | "keep">} ring @param {string} name @returns {Promise<Bytes | null>} what is sealed there */
async function opened({ vault, keep }, name) {
  const wrapped = await keep.get(name);
  return wrapped === null ? null : (known(() => unwrap(vault.key, name, wrapped))[0] ?? null);
}

/**
 * Seal all that is kept here for this person under the key of their new vault file: all of it, or nothing is changed.
 * The old file still opens where it is kept, so that the day of the change is kept until it is destroyed.
 * @param {Ring} ring @param {{file: Bytes, key: Bytes}} made
 */
export async function rekey(ring, { file, key }) {
  await requireOneVault(ring);
  /** @type {[string, Bytes][]} */
  const changes = [];
  for (const what of [WEEKS, COPIES, HEAD]) {
    for (const name of await ring.keep.names(label(ring, what))) {
      const data = await opened(ring, name);
      if (data !== null) changes.push([name, wrap(key, name, data)]);
    }
  }
  const old = label(ring, OLD);
  changes.push([old, wrap(key, old, utf8(dayOf(clock())))]);
  const vault = VAULTS + ring.vault.verifier;
  if ((await ring.keep.get(vault)) !== null) changes.push([vault, file]);
  await ring.keep.change(changes);
}

/**
 * @param {Pick<Ring, "vault" | "keep">} ring
 * @returns {Promise<string>} since when an old vault file is out of use and not destroyed, "" where there is none
 */
export async function oldVault(ring) {
  const day = await opened(ring, label(ring, OLD));
  return day === null ? "" : unutf8(day);
}

/** Somebody says that every copy of the old file is destroyed.  @param {Pick<Ring, "vault" | "keep">} ring */
export const oldVaultDestroyed = (ring) => ring.keep.erase(label(ring, OLD));

/**
 * Keep the name of this person's last event, so that a lost or invented one shows.
 * @param {Session} session @param {string} head
 */
export async function keepHead(session, head) {
  const name = label(session, HEAD);
  await session.keep.put(name, wrap(session.vault.key, name, utf8(head)));
}

/** Compare the last event that this browser remembers with the one that the server has.  @param {Session} session */
export async function recallHead(session) {
  const name = label(session, HEAD);
  const wrapped = await session.keep.get(name);
  if (wrapped === null) return;
  const head = known(() => unutf8(unwrap(session.vault.key, name, wrapped)))[0];
  session.strange = head !== undefined && head !== session.network.actor_head;
}

/** Keep the vault file, sealed as it is, or erase it.  @param {Session} session @param {Bytes | null} file */
export async function keepVault({ keep, vault }, file) {
  const name = VAULTS + vault.verifier;
  await (file === null ? keep.erase(name) : keep.put(name, file));
}

/** @param {Keep} keep @returns {Promise<{id: string, file: Bytes}[]>} the vaults that this browser keeps, by id */
export async function keptVaults(keep) {
  const found = [];
  for (const name of await keep.names(VAULTS)) {
    const file = await keep.get(name);
    if (file !== null) found.push({ id: name.slice(VAULTS.length), file });
  }
  return found;
}
