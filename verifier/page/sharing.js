/**
 * Sharing: what was sealed before somebody joined is opened to them by those who were there, key by key.  SPEC 9.6.
 *
 * Nothing is told anew.  A key opens the very file that the desk holds, or its MAC refuses it; so whoever shares can't
 * change a word of it.
 */
import { unb64 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_SHARED } from "../../protocol/js/part.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./casefile.js").Entry} Entry */
/** @typedef {import("./caseload.js").Caseload} Caseload */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** A file's key, by whom and when it was shared.  @typedef {Readonly<{key: Bytes, by: string, minute: number}>} SharedKey */
/** By an envelope's id, or the name of an event.  @typedef {ReadonlyMap<string, readonly SharedKey[]>} SharedKeys */
/** What opened here: its own key in base64, and to which set it is sealed.
 * @typedef {Readonly<{name: string, sort: "tips" | "parts", key: string, set: string}>} Opened */
/**
 * What is owed to those who joined later: their ids, and the keys of what they can't open, by sort and name.
 * @typedef {Readonly<{late: readonly string[], keys: Readonly<Record<"tips" | "parts", Record<string, string>>>}>} Owed
 */

/** @param {Map<string, SharedKey[]>} found @param {Entry} entry whose keys are put to those found, if it is a share */
export function addShared(found, { event, part }) {
  if (part === null || event.move !== "share") return;
  for (const [name, key] of Object.entries({ ...part.tips, ...part.parts })) {
    found.set(name, [...(found.get(name) ?? []), { key: unb64(key), by: event.actor, minute: part.minute }]);
  }
}

/** @param {Caseload} load @param {CaseFile} file @returns {Opened[]} what of a case is open on this device */
function openedOf(load, file) {
  /** @type {Opened[]} */
  const tips = file.tips.map(({ id, set }) => ({ name: id, sort: "tips", key: load.tips.get(id)?.key ?? "", set }));
  /** @type {Opened[]} */
  const parts = file.entries.map(({ event, part, key }) => ({ name: event.name, sort: "parts", key, set: part?.set }));
  return [...tips, ...parts].filter(({ key, set }) => key !== "" && set);
}

/** @param {Session} session @param {string} name @returns {Promise<readonly string[] | null>} null of no set we know */
async function membersOf(session, name) {
  try {
    return (await session.recipientSet(name)).members;
  } catch (error) {
    if (error instanceof Refused) return null;
    throw error;
  }
}

/**
 * What of a case the members of the desk's present set can't open and this person can.
 *
 * A share counts for the keys that are right: so a wrong one hides nobody's need.  Throws Unreached.
 * @param {Session} session @param {Caseload} load @param {CaseFile} file @returns {Promise<Owed>}
 */
export async function owedIn(session, load, file) {
  const shares = file.entries.filter(({ event, part }) => event.move === "share" && part !== null);
  const present = await presentMembers(session);
  /** @type {Set<string>} */
  const late = new Set();
  /** @type {{tips: Record<string, string>, parts: Record<string, string>}} */
  const keys = { tips: {}, parts: {} };
  for (const { name, sort, key, set } of openedOf(load, file)) {
    const sealed = await membersOf(session, set);
    if (sealed === null) continue; // Whom it reached can't be told.
    const readers = new Set(sealed);
    for (const { part } of shares) {
      if (part?.[sort][name] !== key || !part.set) continue;
      for (const id of (await membersOf(session, part.set)) ?? []) readers.add(id);
    }
    const without = present.filter((id) => !readers.has(id));
    if (without.length === 0 || Object.keys(keys[sort]).length === MAX_SHARED) continue;
    for (const id of without) late.add(id);
    keys[sort][name] = key;
  }
  return { late: [...late].sort(), keys };
}

/** @param {Session} session @returns {Promise<readonly string[]>} nobody where the desk has no set in force */
async function presentMembers(session) {
  try {
    return (await session.deskSet()).members;
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}
