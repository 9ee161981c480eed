/**
 * Phrases: words of a list as a person types them, for return codes and pass-phrases.  SPEC 5.6 and 6.4.
 *
 * In Python the standard library does all of this: str.split, difflib.
 *
 * Pure: reads no clock, touches no store.
 */

// What Python's str.split takes for white space; a browser's \s knows one character more and five fewer.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

/** @param {string} text @returns {string[]} its words, NFKD and in lower case */
export function wordsOf(text) {
  const words = text.normalize("NFKD").toLowerCase().split(SPACES);
  return words.filter((word) => word !== "");
}

/**
 * The word of a list that shares most with `word`; of several the last in the alphabet.
 *
 * The measure is Ratcliff and Obershelp's: the longest stretch that both words have, then the same to its left and to
 * its right.
 * @param {string} word @param {readonly string[]} list @returns {string}
 */
export function nearest(word, list) {
  const typed = Array.from(word);
  let [best, most] = ["", -1];
  for (const one of list) {
    const letters = Array.from(one);
    const ratio = (2 * shared(letters, typed)) / (letters.length + typed.length);
    if (ratio > most || (ratio === most && one > best)) [best, most] = [one, ratio];
  }
  return best;
}

/** @param {readonly string[]} a @param {readonly string[]} b @returns {number} letters in stretches that both have */
function shared(a, b) {
  const { atA, atB, size } = longest(a, b);
  if (size === 0) return 0;
  const left = shared(a.slice(0, atA), b.slice(0, atB));
  return left + size + shared(a.slice(atA + size), b.slice(atB + size));
}

/**
 * The longest stretch that both have: of several the first in `a`, and of those the first in `b`.
 * @param {readonly string[]} a @param {readonly string[]} b @returns {{atA: number, atB: number, size: number}}
 */
function longest(a, b) {
  let found = { atA: 0, atB: 0, size: 0 };
  for (let atA = 0; atA < a.length; atA++) {
    for (let atB = 0; atB < b.length; atB++) {
      let size = 0;
      while (atA + size < a.length && atB + size < b.length && a[atA + size] === b[atB + size]) size++;
      if (size > found.size) found = { atA, atB, size };
    }
  }
  return found;
}
