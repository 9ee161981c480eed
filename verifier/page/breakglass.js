/**
 * The break-glass file: one week's key as a dated file, for `sereno open` or for another device.  SPEC 5.6.
 *
 * Made only when somebody asks for it.  Each is listed, sealed, until its holder says that it was destroyed: such a file
 * is the one thing that still opens a week's tips when the desk has erased the key.
 */
import { unutf8, utf8 } from "../../protocol/js/encoding.js";
import { epochGraceEnd } from "../../protocol/js/epoch.js";
import { unwrap, wrap } from "../../protocol/js/vault.js";
import { clock } from "./clock.js";
import { COPIES, dayOf, keptWeek, label } from "./keyring.js";
import { known } from "./lenient.js";

/** @typedef {import("./keyring.js").Ring} Ring */
/** @typedef {Readonly<{epoch: number, made: string}>} Copy a file that was made: its week, and the day it was made on */

/**
 * The text of a week's dated file, which is listed before anybody has it; null where this browser has no key of it.
 * @param {Ring} ring @param {number} epoch @returns {Promise<string | null>}
 */
export async function breakGlass(ring, epoch) {
  const identity = await keptWeek(ring, epoch);
  if (identity === null) return null;
  const made = dayOf(clock());
  const name = label(ring, COPIES, `/${epoch}`);
  await ring.keep.put(name, wrap(ring.vault.key, name, utf8(made)));
  await findCopies(ring);
  const over = dayOf(epochGraceEnd(epoch));
  const first = `# Sereno epoch key of ${ring.vault.verifier}, epoch ${epoch}, made on ${made}. Destroy it by ${over}.`;
  return `${first}\n${identity.encode()}\n`;
}

/** Read which files exist until somebody says otherwise, by week.  @param {Ring} ring */
export async function findCopies(ring) {
  const found = [];
  for (const name of await ring.keep.names(label(ring, COPIES, "/"))) {
    const wrapped = await ring.keep.get(name);
    if (wrapped === null) continue;
    // Listed even where the note can't be read: that it is there is what counts.
    const [made = "?"] = known(() => unutf8(unwrap(ring.vault.key, name, wrapped)));
    found.push({ epoch: Number(name.split("/").at(-1)), made });
  }
  ring.copies = found.sort((a, b) => a.epoch - b.epoch);
}

/** Somebody says that a week's file is destroyed.  @param {Ring} ring @param {number} epoch */
export async function copyDestroyed(ring, epoch) {
  await ring.keep.erase(label(ring, COPIES, `/${epoch}`));
  await findCopies(ring);
}
