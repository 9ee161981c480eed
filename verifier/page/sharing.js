/**
 * Sharing: what was sealed before somebody joined is opened to them by those who were there, key by key.  SPEC 9.6.
 *
 * Nothing is told anew.  A key opens the very file that the desk holds, or its MAC refuses it; so whoever shares can't
 * change a word of it.
 */
import { unb64 } from "../../protocol/js/encoding.js";
import { epochOf, pairOf, withoutDoubles } from "../../protocol/js/epoch.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_LENT, MAX_SHARED } from "../../protocol/js/part.js";
import { clock } from "./clock.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./casefile.js").Entry} Entry */
/** @typedef {import("./caseload.js").Caseload} Caseload */
/** @typedef {import("./session.js").Session} Session */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */
/** A file's key, by whom and when it was shared.  @typedef {Readonly<{key: Bytes, by: string, minute: number}>} SharedKey */
/** By an envelope's id, or the name of an event.  @typedef {ReadonlyMap<string, readonly SharedKey[]>} SharedKeys */
/** What opened here: its own key in base64, to which set it is sealed, and to whom besides.
 * @typedef {Readonly<{name: string, sort: "tips" | "parts", key: string, set: string, lent: readonly string[]}>} Opened */
/**
 * What is owed to those who are here and can't open it: their ids, the part of a share that gives it to them, and the
 * recipients of those among them who are lent.
 * @typedef {Readonly<{late: readonly string[], besides: readonly string[],
 *   part: {tips: Record<string, string>, parts: Record<string, string>, lent?: string[]}}>} Owed
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
  const tips = file.tips.map(({ id, set }) => {
    return { name: id, sort: "tips", key: load.tips.get(id)?.key ?? "", set, lent: [] };
  });
  /** @type {Opened[]} */
  const parts = file.entries.map(({ event, part, key }) => {
    return { name: event.name, sort: "parts", key, set: part?.set, lent: part?.lent ?? [] };
  });
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
 * What of a case the members of the desk's present set, and who is lent and on shift, can't open and this person can.
 *
 * A share counts for the keys that are right: so a wrong one hides nobody's need.  Throws Unreached.
 * @param {Session} session @param {Caseload} load @param {CaseFile} file @returns {Promise<Owed>}
 */
export async function owedIn(session, load, file) {
  const shares = file.entries.filter(({ event, part }) => event.move === "share" && part !== null);
  const [members, lent] = [await presentMembers(session), await lentHere(session)];
  const present = [...members, ...lent.keys()];
  /** @type {Set<string>} */
  const late = new Set();
  /** @type {Record<"tips" | "parts", Record<string, string>>} */
  const keys = { tips: {}, parts: {} };
  for (const { name, sort, key, set, lent: also } of openedOf(load, file)) {
    const sealed = await membersOf(session, set);
    if (sealed === null) continue; // Whom it reached can't be told.
    const readers = new Set([...sealed, ...also]);
    for (const { part } of shares) {
      if (part?.[sort][name] !== key || !part.set) continue;
      for (const id of [...((await membersOf(session, part.set)) ?? []), ...(part.lent ?? [])]) readers.add(id);
    }
    const without = present.filter((id) => !readers.has(id));
    if (without.length === 0 || Object.keys(keys[sort]).length === MAX_SHARED) continue;
    for (const id of without) late.add(id);
    keys[sort][name] = key;
  }
  const reached = [...lent.keys()].filter((id) => late.has(id)).sort();
  const besides = reached.flatMap((id) => lent.get(id) ?? []);
  return { late: [...late].sort(), besides, part: { ...keys, ...(reached.length > 0 ? { lent: reached } : {}) } };
}

/** @param {Session} session @returns {Promise<Map<string, string>>} who is lent and on shift, and their week's recipient */
async function lentHere(session) {
  const { roster, network, stayed, me } = session;
  const here = Object.keys(network.on_shift).flatMap((id) => roster.verifiers.get(id) ?? []);
  const lent = here.filter(({ id, roles, desk, revokedAt, certifiedUntil }) => {
    const counts = revokedAt === null && clock() < certifiedUntil && !stayed.has(id);
    return roles.has("lent") && desk === me.desk && id !== me.id && counts;
  });
  if (lent.length === 0) return new Map();
  const known = withoutDoubles(await session.epochKeys());
  const found = lent.flatMap(({ id }) => known.get(pairOf(id, epochOf(clock()))) ?? []);
  return new Map(found.slice(0, MAX_LENT).map(({ verifier, age }) => [verifier, age]));
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
