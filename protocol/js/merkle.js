/**
 * The Merkle tree of the log: hashes and checks of proofs.  SPEC 8.1.
 *
 * RFC 6962, section 2.1, over SHA-256; the checks are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2.  Who writes a
 * log does so in Python: no browser holds its rows.
 *
 * Pure: reads no clock, touches no store.
 */
import { MAX_INT, hex, join, same, sha256 } from "./encoding.js";
import { Refused } from "./errors.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */

export const HASH = 32; // Bytes of SHA-256.

/** @param {Uint8Array} data @returns {Bytes} the hash of a leaf that holds `data` (SHA-256 of 0x00 ‖ data) */
export function leafHash(data) {
  return sha256(join(Uint8Array.of(0), data));
}

/** @param {Uint8Array} left @param {Uint8Array} right @returns {Bytes} of a node (SHA-256 of 0x01 ‖ left ‖ right) */
export function nodeHash(left, right) {
  return sha256(join(Uint8Array.of(1), left, right));
}

/**
 * The root of a tree of `size` leaves in which leaf hash `leaf` is number `index` and `proof` its path.
 *
 * Throws Refused("log_proof") if the index is not in the tree or the path has not the length it must have.
 * @param {number} index @param {number} size @param {Uint8Array} leaf @param {readonly Uint8Array[]} proof
 * @returns {Uint8Array}
 */
export function inclusionRoot(index, size, leaf, proof) {
  if (!isCount(index) || !isCount(size) || index >= size) {
    throw new Refused("log_proof", `Leaf ${index} can't be in a tree of ${size} leaves (from 1 to ${MAX_INT}).`);
  }
  refuseHashes([leaf, ...proof]);
  let [at, last, root] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) {
      throw new Refused("log_proof", `The proof has ${proof.length} hashes; leaf ${index} of ${size} needs fewer.`);
    }
    if (at % 2 === 1 || at === last) {
      root = nodeHash(sibling, root);
      [at, last] = risen(at, last);
    } else {
      root = nodeHash(root, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) {
    throw new Refused("log_proof", `The proof has ${proof.length} hashes; leaf ${index} of ${size} needs more.`);
  }
  return root;
}

/**
 * Check that leaf hash `leaf` is number `index` of the `size` leaves under `root`.  Throws Refused("log_proof").
 * @param {number} index @param {number} size @param {Uint8Array} leaf @param {readonly Uint8Array[]} proof
 * @param {Uint8Array} root
 */
export function checkInclusion(index, size, leaf, proof, root) {
  refuseHashes([root]);
  const found = inclusionRoot(index, size, leaf, proof);
  if (!same(found, root)) {
    throw new Refused("log_proof", `Leaf ${index} leads to root ${start(found)}; it must be ${start(root)}.`);
  }
}

/**
 * Check that the tree of `size2` leaves under `root2` begins with the `size1` leaves under `root1`.
 *
 * Every tree begins with an empty one, so a proof from size 0 proves nothing and is refused.
 * Throws Refused("log_proof").
 * @param {number} size1 @param {number} size2 @param {Uint8Array} root1 @param {Uint8Array} root2
 * @param {readonly Uint8Array[]} proof
 */
export function checkConsistency(size1, size2, root1, root2, proof) {
  if (!isCount(size1) || !isCount(size2) || size1 === 0 || size1 > size2) {
    const sizes = `${size2} leaves can't be shown to begin with ${size1}`;
    throw new Refused("log_proof", `${sizes} (from 1 to ${MAX_INT}).`);
  }
  refuseHashes([root1, root2, ...proof]);
  if (size1 === size2) {
    if (proof.length > 0 || !same(root1, root2)) {
      throw new Refused("log_proof", `Two trees of ${size1} leaves need equal roots and no proof.`);
    }
    return;
  }
  const [old, grown] = grownRoots(size1, size2, root1, proof);
  if (!same(old, root1)) {
    throw new Refused("log_proof", `The proof starts at ${start(old)}; the root of ${size1} is ${start(root1)}.`);
  }
  if (!same(grown, root2)) {
    throw new Refused("log_proof", `The proof leads to ${start(grown)}; the root of ${size2} is ${start(root2)}.`);
  }
}

/**
 * The old and the new root that a proof between two different sizes leads to.
 * @param {number} size1 @param {number} size2 @param {Uint8Array} root1 @param {readonly Uint8Array[]} proof
 * @returns {[Uint8Array, Uint8Array]}
 */
function grownRoots(size1, size2, root1, proof) {
  let [at, last] = [size1 - 1, size2 - 1];
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  // An old tree that is one complete node stands for itself; otherwise the proof begins with its last such node.
  const [first, ...path] = at === 0 ? [root1, ...proof] : proof;
  if (first === undefined) {
    throw new Refused("log_proof", `The proof is empty; from ${size1} to ${size2} leaves it can't be.`);
  }
  let [old, grown] = [first, first];
  for (const sibling of path) {
    if (last === 0) {
      throw new Refused("log_proof", `The proof has ${proof.length} hashes; from ${size1} to ${size2} it needs fewer.`);
    }
    if (at % 2 === 1 || at === last) {
      [old, grown] = [nodeHash(sibling, old), nodeHash(sibling, grown)];
      [at, last] = risen(at, last);
    } else {
      grown = nodeHash(grown, sibling);
    }
    [at, last] = [half(at), half(last)];
  }
  if (last !== 0) {
    throw new Refused("log_proof", `The proof has ${proof.length} hashes; from ${size1} to ${size2} it needs more.`);
  }
  return [old, grown];
}

/** @param {number} at @param {number} last @returns {[number, number]} the last node of a level rises until it has a partner */
function risen(at, last) {
  while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
  return [at, last];
}

/** @param {number} number @returns {number} its half, rounded down; shifts would end at 2^31 */
function half(number) {
  return Math.floor(number / 2);
}

/** @param {number} number @returns {boolean} */
function isCount(number) {
  return Number.isSafeInteger(number) && number >= 0;
}

/** @param {readonly Uint8Array[]} hashes */
function refuseHashes(hashes) {
  for (const one of hashes) {
    if (one.length !== HASH) throw new Refused("log_proof", `A hash has ${HASH} bytes; this one has ${one.length}.`);
  }
}

/** @param {Uint8Array} hash @returns {string} enough of it to tell it from others */
function start(hash) {
  return hex(hash).slice(0, 16);
}
