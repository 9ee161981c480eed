// The look's scripts for tests, which are in another folder than the protocol's.
import { ICONS, TURNS } from "../../look/icons.js";
import { alertText } from "../../look/render.js";
import { put as putInto, wordsOf } from "../../look/words.js";

export const icons = () => ({ shapes: ICONS, turns: TURNS });

/** @param {any[]} asked {fields, standing, now, locality} each @param {any} catalogue @returns what each alert says */
export const told = (asked, catalogue) =>
  asked.map(({ fields, standing, now, locality }) => alertText(fields, standing, wordsOf(catalogue), now, locality));

/** @param {any} catalogue @param {string} one @param {string} many @param {number[]} numbers @returns {string[]} */
export const counted = (catalogue, one, many, numbers) => {
  const { tn } = wordsOf(catalogue);
  return numbers.map((number) => tn(one, many, number));
};

/** @param {any} catalogue @param {string} text @param {any} values @returns {string} */
export const said = (catalogue, text, values) => wordsOf(catalogue).t(text, values);

/** @param {any} catalogue @param {string} text @returns {Record<string, string>} what an element says, and in which language */
export const put = (catalogue, text) => {
  const attributes = new Map();
  const node = {
    textContent: "",
    setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => attributes.set(name, value),
    removeAttribute: (/** @type {string} */ name) => attributes.delete(name),
  };
  putInto(/** @type {any} */ (node), wordsOf(catalogue).t("ENDED"));
  putInto(/** @type {any} */ (node), wordsOf(catalogue).t(text));
  return { text: node.textContent, ...Object.fromEntries(attributes) };
};
