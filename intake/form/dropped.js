/**
 * Dropped: what is for a thread in the drop that every page has fetched.  It is found here, on the witness's own device,
 * so that the server never learns who reads what.
 */
import { decodeDrop, openCell } from "../../protocol/js/drop.js";
import { Refused } from "../../protocol/js/errors.js";
import { openQuestion } from "../../protocol/js/question.js";
import { breathe } from "./breathe.js";

/** @typedef {import("../../protocol/js/question.js").Question} Question */

/**
 * What is in a drop for a thread, the newest first, and how many cells of the thread's were not in order.
 *
 * Throws Refused("drop" | "cell") for what is no drop.
 * @param {Uint8Array<ArrayBuffer>} file @param {import("../../protocol/js/codename.js").Thread} thread
 * @param {import("../../protocol/js/publication.js").Publication} publication @param {number} now
 * @returns {Promise<{found: Question[], broken: number}>}
 */
export async function lookFor(file, thread, publication, now) {
  const found = [];
  let broken = 0;
  const value = thread.value();
  for (const cell of await decodeDrop(file, breathe)) {
    try {
      const signed = await openCell(cell, thread.age);
      if (signed !== null) found.push(openQuestion(signed, publication.roster, value, now, publication.stayed));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      broken++;
    }
    await breathe();
  }
  return { found: found.sort((a, b) => b.issued - a.issued), broken };
}
