// Measuring by turns, and the question that came on the standard input.

/** @returns {Promise<any>} the JSON value on the standard input; bytes in it are {"$b64": "..."} */
export async function asked() {
  const pieces = [];
  for await (const piece of process.stdin) pieces.push(piece);
  return JSON.parse(Buffer.concat(pieces).toString("utf8"), (_, value) =>
    typeof value?.$b64 === "string" ? new Uint8Array(Buffer.from(value.$b64, "base64")) : value,
  );
}

/** @param {number[]} values @returns {number} */
export function median(values) {
  const ordered = [...values].sort((a, b) => a - b);
  const half = ordered.length >> 1;
  return ordered.length % 2 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
}

/**
 * The milliseconds of a core that `act` takes: those that other programs had the core for don't count.
 * @param {() => unknown} act @param {number} times
 */
async function milliseconds(act, times) {
  const before = process.cpuUsage();
  for (let n = 0; n < times; n += 1) await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / times;
}

/**
 * The median milliseconds of each of several acts, done turn and turn about after a round that nobody counts.
 * @param {Record<string, () => unknown>} acts @param {number} rounds @param {number} times in each round
 * @returns {Promise<Record<string, number>>}
 */
export async function byTurns(acts, rounds, times) {
  const found = Object.fromEntries(Object.keys(acts).map((name) => [name, /** @type {number[]} */ ([])]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, act] of Object.entries(acts)) {
      const took = await milliseconds(act, times);
      if (round > 0) found[name].push(took);
    }
  }
  return Object.fromEntries(Object.entries(found).map(([name, values]) => [name, median(values)]));
}
