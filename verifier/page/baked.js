/**
 * What is written into the page where it is made: the network's policy and face, and the languages.
 *
 * The policy in the page is what every roster is checked against; the server's word for it counts for nothing.
 */
import { utf8 } from "../../protocol/js/encoding.js";
import { Policy } from "../../protocol/js/policy.js";
import { wordsOf } from "../../look/words.js";

/** @typedef {Readonly<import("../../look/words.js").Words>} Words */
/**
 * @typedef {Readonly<{id: string, name: Readonly<Record<string, string>>,
 *   outline: readonly (readonly number[])[]}>} Zone
 */
/** @typedef {Readonly<{id: string, lines: Readonly<Record<string, readonly string[]>>}>} Rights */
/**
 * @typedef {Readonly<{name: Readonly<Record<string, string>>, hotline: string, languages: readonly string[],
 *   timezone: string, demo: boolean, alerts: string, zones: readonly Zone[], rights: readonly Rights[]}>} Face
 */
/**
 * What the page carries.  `api` is the origin of the interface, "" for the page's own; `alerts` has the words of an
 * alert in each language.
 * @typedef {Readonly<{policy: Policy, face: Face, api: string, words: Words,
 *   alerts: ReadonlyMap<string, Words>}>} Baked
 */

/** @returns {Baked} throws Refused where the policy is none */
export function readBaked() {
  const text = document.getElementById("network")?.textContent ?? "";
  const { policy, face, api, catalogue, alerts } = JSON.parse(text);
  const languages = Object.entries(alerts).map(([lang, one]) => /** @type {const} */ ([lang, wordsOf(one)]));
  return Object.freeze({
    policy: Policy.decode(utf8(policy)),
    face,
    api,
    words: wordsOf(catalogue),
    alerts: new Map(languages),
  });
}

/** @param {Baked} baked @param {Readonly<Record<string, string>>} texts by language @returns {string} in the page's */
export function here({ words, face }, texts) {
  return texts[words.lang] ?? texts[face.languages[0]] ?? texts.en ?? Object.values(texts)[0] ?? "";
}

/** @param {Baked} baked @param {string} id @returns {string} the name of a zone; its code where it has none */
export function zoneName(baked, id) {
  const zone = baked.face.zones.find((one) => one.id === id);
  return zone === undefined ? id : here(baked, zone.name);
}
