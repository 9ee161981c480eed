/**
 * The desk's interface from the page's side: JSON and bytes, a refusal comes back as a refusal.  SPEC 14.
 */
import { KINDS, Refused } from "../../protocol/js/errors.js";

/** The server could not be reached, or answered what is no answer of the desk.  Nothing is lost; it is asked again. */
export class Unreached extends Error {}

/** Talks to one origin; `token` is held here, in memory, and nowhere else. */
export class Api {
  #token = "";

  /** @param {string} origin "" for the page's own */
  constructor(origin) {
    this.origin = origin;
  }

  /** @param {string} token "" signs out */
  hold(token) {
    this.#token = token;
  }

  /** @param {string} path @returns {Promise<any>} the JSON value there */
  async get(path) {
    return (await this.#ask("GET", path)).json();
  }

  /** @param {string} path @returns {Promise<Uint8Array<ArrayBuffer>>} the bytes there */
  async bytes(path) {
    return new Uint8Array(await (await this.#ask("GET", path)).arrayBuffer());
  }

  /** @param {string} path @param {unknown} [value] @returns {Promise<any>} the JSON answer */
  async post(path, value = {}) {
    return (await this.#ask("POST", path, JSON.stringify(value))).json();
  }

  /** @param {string} path @param {Uint8Array<ArrayBuffer>} data @returns {Promise<any>} the JSON answer */
  async postBytes(path, data) {
    return (await this.#ask("POST", path, data, "application/octet-stream")).json();
  }

  /** @param {string} path */
  async remove(path) {
    await this.#ask("DELETE", path);
  }

  /**
   * @param {string} method @param {string} path @param {string | Uint8Array<ArrayBuffer>} [body] @param {string} [type]
   * @returns {Promise<Response>}
   */
  async #ask(method, path, body, type = "application/json") {
    /** @type {Record<string, string>} */
    const headers = {};
    if (body !== undefined) headers["Content-Type"] = type;
    if (this.#token !== "") headers.Authorization = `Bearer ${this.#token}`;
    const rules = /** @type {const} */ ({ cache: "no-store", credentials: "omit", redirect: "error" });
    let answer;
    try {
      answer = await fetch(this.origin + path, { method, headers, body, referrerPolicy: "no-referrer", ...rules });
    } catch (cause) {
      throw new Unreached("The desk's server can't be reached.", { cause });
    }
    if (answer.ok) return answer;
    throw await refusalOf(answer);
  }
}

/** @param {Response} answer @returns {Promise<Error>} */
async function refusalOf(answer) {
  const { kind, sentence } = await answer.json().catch(() => ({}));
  if (typeof sentence === "string" && Object.hasOwn(KINDS, kind)) {
    return new Refused(/** @type {import("../../protocol/js/errors.js").Kind} */ (kind), sentence);
  }
  return new Unreached(`The desk's server answered ${answer.status}.`);
}
