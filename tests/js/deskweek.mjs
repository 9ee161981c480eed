// Whole desks without their page, each over a storage of its own, at the address of a real server.
import { seal } from "../../protocol/js/age.js";
import { Policy } from "../../protocol/js/policy.js";
import { Signed } from "../../protocol/js/signed.js";
import { unutf8 } from "../../protocol/js/encoding.js";
import { NOTHING } from "../../protocol/js/event.js";
import { Api } from "../../verifier/page/api.js";
import { forgetCases, goneFrom, proposalOf } from "../../verifier/page/casefile.js";
import { Caseload } from "../../verifier/page/caseload.js";
import { agree, atGate } from "../../verifier/page/joining.js";
import { makeMove } from "../../verifier/page/moving.js";
import { Passing } from "../../verifier/page/passing.js";
import { Session } from "../../verifier/page/session.js";
import { loadChain } from "../../verifier/page/standing.js";
import { tend } from "../../verifier/page/week.js";
import { ringOf } from "./ring.mjs";

/** @type {Map<string, Session>} */
const desks = new Map();

/**
 * Somebody opens their desk.
 * @param {string} name @param {string} url @param {string} origin @param {Uint8Array} policy
 * @param {{network: string, verifier: string, seed: Uint8Array<ArrayBuffer>, key: Uint8Array<ArrayBuffer>}} vault
 * @param {string[]} weeks the texts of weekly key files
 */
export async function open(name, url, origin, policy, vault, weeks) {
  const { keep, opener } = ringOf(vault);
  const worker = { ask: async (/** @type {string} */ task, /** @type {any} */ asked) => {
    if (task === "seal") return seal(asked.data, asked.recipients);
    return task === "vault" ? vault : opener.ask(task, asked);
  } };
  const baked = /** @type {any} */ ({ policy: Policy.decode(policy) });
  const desk = new Session(baked, new Api(url), /** @type {any} */ (worker), keep);
  Object.assign(globalThis, { location: { origin } });
  desks.set(name, desk);
  loads.delete(name);
  return said(() => desk.unlock(new Uint8Array(0), "", weeks, false, () => undefined));
}

/** @type {Map<string, Caseload>} */
const loads = new Map();

/**
 * A desk looks at a case until nothing is left to open, and tells what its person reads there.
 * @param {string} name @param {string} id
 */
export async function read(name, id) {
  const session = /** @type {Session} */ (desks.get(name));
  const load = loads.get(name) ?? new Caseload(session, () => undefined);
  loads.set(name, load);
  forgetCases(); // Desks of one process would else read what another has opened.
  await load.poll(id);
  const file = await load.load(id);
  while (file.tips.some((row) => load.tips.get(row.id)?.tip === null && load.tips.get(row.id)?.refused === "")) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await load.poll(id);
  const tips = file.tips.map((row) => {
    const { tip, refused, shared } = /** @type {any} */ (load.tips.get(row.id));
    return { words: tip?.header.tip.words ?? null, refused, by: shared?.by ?? "" };
  });
  const parts = file.entries.map(({ event, part, refused }) => [event.move, part?.words ?? part?.urgency ?? "", refused]);
  const now = /** @type {import("../../verifier/page/casefile.js").CaseFile} */ (load.cases.get(id));
  const told = { draft: proposalOf(file)?.part?.alert ?? null, gate: atGate(session, load, now)?.state ?? "", row: now.row };
  return { broken: file.broken, late: load.owed?.late, tips, parts, ...told };
}

/**
 * Somebody signs as the second key what they have read, and does not look again after.
 * @param {string} name @param {string} id @param {any} words @returns {Promise<string>} "" or the kind of the refusal
 */
export function second(name, id, words) {
  const load = /** @type {Caseload} */ (loads.get(name));
  return said(() => agree(load.session, load, /** @type {any} */ (load.cases.get(id)), words));
}

/** @param {string} name @param {string} id of a chain @returns {Promise<string[]>} its word, and why it has that */
export async function standing(name, id) {
  const { found, reason } = await loadChain(/** @type {Session} */ (desks.get(name)), id);
  return [found?.word ?? "", reason];
}

/**
 * A desk asks for the queue once, with no case before it, and opens what it can.
 * @param {string} name @returns {Promise<any>} of each case the words of its tips, null of one that is not open
 */
export async function poll(name) {
  const load = loads.get(name) ?? new Caseload(/** @type {Session} */ (desks.get(name)), () => undefined);
  loads.set(name, load);
  forgetCases();
  await load.poll(null);
  await new Promise((resolve) => {
    const look = () => (load.isBusy ? setTimeout(look, 5) : resolve(null));
    look();
  });
  const files = [...load.cases.values()];
  return Object.fromEntries(files.map(({ row, tips }) => {
    const words = tips.map(({ id }) => /** @type {any} */ (load.tips.get(id))?.tip?.header.tip.words ?? null);
    return [row.id, words.sort()];
  }));
}

/** @param {string} name @returns {string[]} the chains that a desk takes for the alerts of its cases */
export const chains = (name) => [.../** @type {Caseload} */ (loads.get(name)).chains.keys()];

/** @param {string} name @param {string} id of a case @returns {string[]} tips that its history names and the server has not */
export const gone = (name, id) => goneFrom(/** @type {any} */ (loads.get(name)?.cases.get(id)));

/** @param {string} name @param {string} id of an envelope @returns {string | null} the case that it is in, as a desk knows */
export const placeOf = (name, id) => /** @type {Caseload} */ (loads.get(name)).placeOf(id);

/**
 * Somebody makes two moves; what the network was asked for before the first is answered after it.
 * @param {string} name @param {string} id @param {[string, any][]} moves @returns {Promise<string[]>} "" or the refusals
 */
export async function overtaken(name, id, moves) {
  const session = /** @type {Session} */ (desks.get(name));
  const { api } = session;
  /** @type {(value?: unknown) => void} */
  let letGo = () => undefined;
  const held = new Promise((resolve) => (letGo = resolve));
  const get = api.get.bind(api);
  const asked = new Promise((resolve) => {
    api.get = async (path) => {
      const value = await get(path);
      resolve(null);
      await held;
      return value;
    };
  });
  const late = session.refresh();
  await asked;
  api.get = get;
  const found = [];
  for (const [made, part] of moves) {
    await read(name, id);
    found.push(await move(name, id, made, part));
    letGo();
    await late;
  }
  return found;
}

/** @param {string} name @param {string} id of an envelope that is open @returns {Promise<Uint8Array[]>} its photos */
export async function photos(name, id) {
  const { files } = await /** @type {Caseload} */ (loads.get(name)).whole(id);
  return files.map(({ data }) => data);
}

/**
 * Somebody makes a move on a case that they have looked at; a share without keys gives those that are owed.
 * @param {string} name @param {string} id @param {string} move @param {any} part @param {any} [along]
 * @returns {Promise<string>} "" or the kind of the refusal
 */
export function move(name, id, move, part, along) {
  const session = /** @type {Session} */ (desks.get(name));
  const load = loads.get(name);
  const head = load?.cases.get(id)?.row.head ?? NOTHING;
  const owed = load?.owed;
  return said(() => makeMove(session, id, head, move, part ?? owed?.part ?? {}, { besides: owed?.besides, ...along }));
}

const real = Date.now;

/** All clocks here go ahead of this machine's.  @param {number} seconds */
export function ahead(seconds) {
  Date.now = () => real() + seconds * 1000;
}

/** @type {Map<string, Passing>} */
const passing = new Map();

/**
 * A person looks at tips, by envelope: what they hold for the attorneys is passed on.
 * @param {string} name @param {Record<string, string>} parts base64, by envelope
 */
export async function passOn(name, parts) {
  const one = passing.get(name) ?? new Passing(/** @type {Session} */ (desks.get(name)));
  passing.set(name, one);
  one.take(/** @type {any} */ (Object.entries(parts).map(([id, legal]) => ({ row: { id }, tip: { header: { legal } } }))));
  await one.send();
}

/** The desk does what an open desk does by itself.  @param {string} name @returns {Promise<string>} "" or the refusal */
export function look(name) {
  const desk = /** @type {Session} */ (desks.get(name));
  return said(() => tend(desk));
}

/** @param {string} name @returns {any[]} the sets in force, as this desk has seen them last */
export function sets(name) {
  const { network } = /** @type {Session} */ (desks.get(name));
  const inForce = network.sets.filter((/** @type {any} */ one) => one.complete && !one.retired);
  return inForce.map((/** @type {any} */ one) => JSON.parse(unutf8(Signed.of(one.set).payload)));
}

/** @param {() => Promise<unknown>} act @returns {Promise<string>} "" or the kind of the refusal */
async function said(act) {
  try {
    await act();
    return "";
  } catch (error) {
    const kind = /** @type {any} */ (error).kind;
    if (kind === undefined) throw error;
    return kind;
  }
}

/** @param {string} name @param {string} id of a chain @returns {Promise<any>} how it stands at somebody's desk */
export async function chain(name, id) {
  const { found, messages, heads } = await loadChain(/** @type {Session} */ (desks.get(name)), id);
  return { word: found?.word ?? "", messages: messages.length, heads };
}
