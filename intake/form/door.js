/**
 * The door: the few requests that a page makes of its own server, and what can come of them.  SPEC 13.
 */

import { join } from "../../protocol/js/encoding.js";
import { heed } from "./taken.js";

/** No answer: the connection is gone, or what answered is not the door (a hotel's log-in page, say). */
export class Dropped extends Error {}

/** The door's own refusal.  `kind` is one of errors.js, or "unknown". */
export class Turned extends Error {
  /** @param {string} kind @param {number} status */
  constructor(kind, status) {
    super(`${kind} (${status})`);
    this.kind = kind;
    this.status = status;
  }
}

/** Milliseconds in which nothing comes, and a connection counts as gone; a slow one needs 20 s for an envelope. */
const PATIENCE = 60_000;
/** Bytes a millisecond of the slowest line: so much longer has what is sent, for nothing tells how much of it has gone. */
const SLOWEST = 4;
const BAD_GATEWAY = 502;
const JSON_TYPE = "application/json";

/**
 * The answer of the door, if it has the wanted status and type.  Throws Dropped, Turned, or TakenBack: then nothing was
 * asked, or what was is broken off.
 * @param {string} path @param {RequestInit} how @param {number} wanted @param {AbortSignal} signal
 * @param {string} [type] @returns {Promise<{answer: Response, body: Uint8Array<ArrayBuffer>}>}
 */
async function ask(path, how, wanted, signal, type = JSON_TYPE) {
  heed(signal); // A signal that has ended tells nobody again.
  const both = new AbortController();
  const stop = () => both.abort();
  const sent = how.body instanceof Uint8Array ? how.body.length : 0;
  let timer = setTimeout(stop, PATIENCE + sent / SLOWEST);
  signal.addEventListener("abort", stop);
  try {
    const answer = await fetch(path, { credentials: "omit", redirect: "error", ...how, signal: both.signal });
    const body = await read(answer, () => {
      clearTimeout(timer);
      timer = setTimeout(stop, PATIENCE);
    });
    const found = answer.headers.get("Content-Type") ?? "";
    const isJson = found.startsWith(JSON_TYPE);
    if (answer.status === wanted && found.startsWith(type)) return { answer, body };
    // What stands before the door may say that it can't be reached; that is no word of the door's own.
    if (!isJson && (answer.ok || answer.status >= BAD_GATEWAY)) throw new Dropped(`${path}: ${answer.status}`);
    throw new Turned(isJson ? kindOf(body) : "unknown", answer.status);
  } catch (error) {
    heed(signal);
    if (error instanceof Turned) throw error;
    throw new Dropped(path, { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
  }
}

/**
 * The body of an answer.
 * @param {Response} answer @param {() => void} came is told of each piece @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
async function read(answer, came) {
  const reader = answer.body?.getReader();
  const pieces = [];
  for (;;) {
    came();
    const piece = await reader?.read();
    if (piece?.value === undefined) return join(...pieces);
    pieces.push(piece.value);
  }
}

/** @param {Uint8Array} body @returns {string} the kind of a refusal */
function kindOf(body) {
  const { kind } = JSON.parse(new TextDecoder().decode(body));
  return typeof kind === "string" ? kind : "unknown";
}

/** @param {Response} answer @returns {number | null} the server's time in Unix seconds, where it told one */
function timeOf(answer) {
  const time = Date.parse(answer.headers.get("Date") ?? "");
  return Number.isNaN(time) ? null : Math.floor(time / 1000);
}

/**
 * The publication's bytes and the server's time.
 * @param {boolean} afresh whether what the browser kept of it may not be used @param {AbortSignal} signal
 * @returns {Promise<{data: Uint8Array, time: number | null}>}
 */
export async function fetchPublication(afresh, signal) {
  const { answer, body } = await ask("/recipients", { cache: afresh ? "reload" : "default" }, 200, signal);
  return { data: body, time: timeOf(answer) };
}

/**
 * A challenge, and the server's time.
 * @param {AbortSignal} signal @returns {Promise<{challenge: any, time: number | null}>}
 */
export async function fetchChallenge(signal) {
  const { answer, body } = await ask("/work", { cache: "no-store" }, 200, signal);
  return { challenge: JSON.parse(new TextDecoder().decode(body)), time: timeOf(answer) };
}

/** @param {Uint8Array} body @returns {RequestInit} */
function leaving(body) {
  const headers = { "Content-Type": "application/octet-stream" };
  return { method: "POST", headers, body: /** @type {BodyInit} */ (body), cache: "no-store" };
}

/**
 * Leave one part of an upload; the same one may be left again.
 * @param {Record<string, string>} query @param {Uint8Array} part
 * @param {string | null} work for the first part @param {AbortSignal} signal
 */
export async function leavePart(query, part, work, signal) {
  const how = leaving(part);
  const headers = { .../** @type {Record<string, string>} */ (how.headers), ...(work === null ? {} : { "Sereno-Work": work }) };
  await ask(`/parts?${new URLSearchParams(query)}`, { ...how, headers }, 201, signal);
}

/** @param {string} upload @param {Uint8Array} digest of the whole @param {AbortSignal} signal */
export async function closeUpload(upload, digest, signal) {
  await ask(`/parts/close?${new URLSearchParams({ upload })}`, leaving(digest), 201, signal);
}

/** @param {string} path @param {AbortSignal} signal @returns {Promise<string>} the text of the script at a path */
export async function fetchScript(path, signal) {
  return new TextDecoder().decode((await ask(path, {}, 200, signal, "text/javascript")).body);
}

/**
 * The whole drop, as everybody gets it.  A browser that kept it would name it when it comes again, and by it the minute
 * of the visit before: so it keeps none.
 * @param {AbortSignal} signal @returns {Promise<Uint8Array<ArrayBuffer>>}
 */
export async function fetchDrop(signal) {
  return (await ask("/drop", { cache: "no-store" }, 200, signal, "application/octet-stream")).body;
}

/**
 * Leave an envelope at the door.  The same bytes may be left again: they are kept once.
 * @param {import("../../protocol/js/encoding.js").Bytes} envelope
 * @param {Readonly<{desk: string, name: string}>} to
 * @param {string} work @param {AbortSignal} signal
 */
export async function leaveEnvelope(envelope, to, work, signal) {
  const headers = { "Content-Type": "application/octet-stream", "Sereno-Work": work };
  const path = `/envelopes?${new URLSearchParams({ desk: to.desk, set: to.name })}`;
  await ask(path, { method: "POST", headers, body: envelope, cache: "no-store" }, 201, signal);
}
