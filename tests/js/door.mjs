// The form's requests, made of a real server that is slow, by a page whose minutes pass in half a second.
import { createServer } from "node:http";
import * as door from "../../intake/form/door.js";
import { Readers } from "../../intake/form/readers.js";
import { TakenBack } from "../../intake/form/taken.js";
import { copyOf } from "../../look/copy.js";

const FASTER = 100;
const honest = { fetch, setTimeout };
const PART = new Uint8Array(262_144);

/**
 * @template T @param {import("node:http").RequestListener} answer @param {() => Promise<T>} act
 * @returns {Promise<T>} what it gives while the page's paths lead to a server that answers so, and time passes faster
 */
async function served(answer, act) {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resume) => server.once("listening", resume));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  globalThis.fetch = (path, how) => honest.fetch(`http://127.0.0.1:${port}${path}`, how);
  globalThis.setTimeout = /** @type {any} */ ((/** @type {() => void} */ end, /** @type {number} */ time, /** @type {any} */ more) =>
    honest.setTimeout(end, time / FASTER, more));
  try {
    return await act();
  } finally {
    Object.assign(globalThis, honest);
    server.closeAllConnections();
    server.close();
  }
}

/** @param {Promise<unknown>} asked @returns {Promise<string>} "come", or the name of what it was refused with */
const outcome = (asked) => asked.then(() => "come", (error) => error.constructor.name);

/** @param {number} seconds @returns {Promise<void>} of the page's time */
const pass = (seconds) => new Promise((resume) => honest.setTimeout(resume, (seconds * 1000) / FASTER));

/** @param {number} pieces @param {number} pause seconds between them @returns {Promise<string>} what a drop came to */
export function slowDrop(pieces, pause) {
  return served(
    async (_, answer) => {
      answer.writeHead(200, { "Content-Type": "application/octet-stream" });
      for (let left = pieces; left > 0; left--) {
        answer.write(PART);
        await pass(pause);
      }
      answer.end();
    },
    async () => {
      const asked = door.fetchDrop(new AbortController().signal);
      const found = await outcome(asked);
      return found === "come" ? `${(await asked).length / PART.length}` : found;
    },
  );
}

/** @param {number} seconds before a part's answer @returns {Promise<string>} what became of it */
export function slowPart(seconds) {
  return served(
    async (request, answer) => {
      request.resume();
      await pass(seconds);
      answer.writeHead(201, { "Content-Type": "application/json" }).end('{"kept":true}');
    },
    () => outcome(door.leavePart({ upload: "u", place: "1" }, PART, null, new AbortController().signal)),
  );
}

/** @returns {Promise<[boolean, number]>} whether a tip that was taken back is one, and how often the door was asked */
export async function takenBack() {
  let asked = 0;
  const found = await served(
    (_, answer) => {
      asked++;
      answer.writeHead(201, { "Content-Type": "application/json" }).end('{"kept":true}');
    },
    () => door.leaveEnvelope(PART, { desk: "north", name: "e4" }, "", AbortSignal.abort()).catch((error) => error),
  );
  return [found instanceof TakenBack, asked];
}

/**
 * What a publication comes to on a device whose clock is off: how many seconds the page's time is then ahead of it, or the
 * kind of the refusal.
 * @param {Uint8Array} policy @param {Uint8Array} publication @param {number} server its time @param {number} device its time
 */
export async function offClock(policy, publication, server, device) {
  const { now } = Date;
  Date.now = () => device * 1000;
  try {
    return await served(
      (_, answer) => {
        const date = new Date(server * 1000).toUTCString();
        answer.writeHead(200, { "Content-Type": "application/json", Date: date }).end(publication);
      },
      async () => {
        const readers = new Readers(policy, null, async () => false, new AbortController().signal);
        await readers.publication();
        return readers.now() - device;
      },
    );
  } catch (error) {
    return /** @type {any} */ (error).kind ?? String(error);
  } finally {
    Date.now = now;
  }
}

/** @returns {Promise<Blob | null>} the copy of a page of which only the beginning came */
export function brokenCopy() {
  const here = /** @type {any} */ (globalThis);
  here.location = { pathname: "/en" };
  return served(
    (_, answer) => {
      answer.writeHead(200, { "Content-Type": "text/html", "Content-Length": 1000 });
      answer.write("<!doctype html>", () => answer.destroy());
    },
    () => copyOf("", "recipients", ""),
  ).finally(() => delete here.location);
}
