/**
 * The desk's interface from the page's side: JSON and bytes, a refusal comes back as a refusal.  SPEC 14.
 */
import { unutf8 } from "../../protocol/js/encoding.js";
import { KINDS, Refused } from "../../protocol/js/errors.js";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** The server could not be reached, or answered what is no answer of the desk.  Nothing is lost; it is asked again. */
export class Unreached extends Error {}

/**
 * Milliseconds without a byte after which a connection counts as gone: a phone's may be half open for minutes.  The
 * queue is short and asked for every second: whoever looks at the page has to know soon that it stands still.
 */
const PATIENCE = Object.freeze({ queue: 8_000, other: 20_000 });
const QUEUE = "/api/queue";
/** Bytes in a millisecond of the slowest link that a request's own body is waited for. */
const SLOWEST = 4;

/** Talks to one origin; `token` is held here, in memory, and nowhere else. */
export class Api {
  #token = "";

  /** @param {string} origin "" for the page's own @param {Readonly<{queue: number, other: number}>} [patience] */
  constructor(origin, patience = PATIENCE) {
    this.origin = origin;
    this.patience = patience;
  }

  /** @param {string} token "" signs out */
  hold(token) {
    this.#token = token;
  }

  /** @param {string} path @returns {Promise<any>} the JSON value there */
  async get(path) {
    return valueIn(await this.#ask("GET", path));
  }

  /** @param {string} path @returns {Promise<Bytes>} the bytes there */
  bytes(path) {
    return this.#ask("GET", path);
  }

  /** @param {string} path @param {unknown} [value] @returns {Promise<any>} the JSON answer */
  async post(path, value = {}) {
    return valueIn(await this.#ask("POST", path, JSON.stringify(value)));
  }

  /** @param {string} path @param {Bytes} data @returns {Promise<any>} the JSON answer */
  async postBytes(path, data) {
    return valueIn(await this.#ask("POST", path, data, "application/octet-stream"));
  }

  /** @param {string} path */
  async remove(path) {
    await this.#ask("DELETE", path);
  }

  /**
   * @param {string} method @param {string} path @param {string | Bytes} [body] @param {string} [type]
   * @returns {Promise<Bytes>} the whole answer
   */
  async #ask(method, path, body, type = "application/json") {
    /** @type {Record<string, string>} */
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = type;
    if (this.#token !== "") headers.Authorization = `Bearer ${this.#token}`;
    const rules = /** @type {const} */ ({ cache: "no-store", credentials: "omit", redirect: "error" });
    const patience = this.patience[path === QUEUE ? "queue" : "other"] + (body?.length ?? 0) / SLOWEST;
    const how = { method, headers, body, referrerPolicy: /** @type {const} */ ("no-referrer"), ...rules };
    const { data, ok, status } = await answered(this.origin + path, how, patience);
    if (ok) return data;
    throw refusalIn(data, status);
  }
}

/**
 * The whole answer, if each byte of it comes within the patience after the one before.  Throws Unreached.
 * @param {string} url @param {RequestInit} how @param {number} patience milliseconds
 * @returns {Promise<{data: Bytes, ok: boolean, status: number}>}
 */
async function answered(url, how, patience) {
  const given = new AbortController();
  const wait = () => setTimeout(() => given.abort(), patience);
  let timer = wait();
  try {
    const answer = await fetch(url, { ...how, signal: given.signal });
    const parts = [];
    // A server that ends now ends in the middle of it.
    for (const reader = answer.body?.getReader(); reader !== undefined; ) {
      clearTimeout(timer);
      timer = wait();
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
    }
    return { data: new Uint8Array(await new Blob(parts).arrayBuffer()), ok: answer.ok, status: answer.status };
  } catch (cause) {
    throw new Unreached("The desk's server can't be reached.", { cause });
  } finally {
    clearTimeout(timer);
  }
}

/** @param {Bytes} data @returns {any} the JSON value, undefined where it is none */
function parsed(data) {
  try {
    return JSON.parse(unutf8(data));
  } catch {
    return undefined;
  }
}

/** @param {Bytes} data @returns {any} the JSON value.  Throws Unreached where it is none: that was no desk. */
function valueIn(data) {
  const value = parsed(data);
  if (value === undefined) throw new Unreached("What answered is not the desk's server.");
  return value;
}

/** @param {Bytes} data @param {number} status @returns {Error} */
function refusalIn(data, status) {
  const { kind, sentence } = parsed(data) ?? {};
  if (typeof sentence === "string" && Object.hasOwn(KINDS, kind)) {
    return new Refused(/** @type {import("../../protocol/js/errors.js").Kind} */ (kind), sentence);
  }
  return new Unreached(`The desk's server answered ${status}.`);
}
