// JavaScript for tests that compare it with Python: one process, one JSON line for a question and one for its answer.
// {module, call, args} → {ok: value} | {refused: kind, sentence} | {error: stack}.  Bytes are {"$b64": "..."}.
// `module` is a file of protocol/js without its ending, or, beginning with ".", one of this folder.
import { createInterface } from "node:readline";

/** @param {any} value @returns {any} a value as JSON can hold it; own fields of any name, __proto__ too, stay fields */
function pack(value) {
  if (value instanceof Uint8Array) return { $b64: Buffer.from(value).toString("base64") };
  if (Array.isArray(value)) return value.map(pack);
  if (typeof value !== "object" || value === null) return value === undefined ? null : value;
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(entries.map(([name, one]) => [name, pack(one)]));
}

/** @param {any} value @returns {any} */
function unpack(value) {
  if (Array.isArray(value)) return value.map(unpack);
  if (typeof value !== "object" || value === null) return value;
  if (typeof value.$b64 === "string") return new Uint8Array(Buffer.from(value.$b64, "base64"));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, unpack(one)]));
}

/** @param {{module: string, call: string, args: any[]}} question */
async function answer({ module, call, args }) {
  const names = await import(module.startsWith(".") ? `${module}.mjs` : `../../protocol/js/${module}.js`);
  const named = names[call];
  if (named === undefined) throw new Error(`${module} has no ${call}`);
  return pack(typeof named === "function" ? await named(...unpack(args)) : named);
}

for await (const line of createInterface({ input: process.stdin })) {
  let reply;
  try {
    reply = { ok: await answer(JSON.parse(line)) };
  } catch (error) {
    const refused = error instanceof Error && error.name === "Refused";
    reply = refused ? { refused: error.kind, sentence: error.sentence } : { error: error?.stack ?? String(error) };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
