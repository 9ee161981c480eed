/**
 * Words: one language, from the catalogue that a page carries.  The twin of words.py.
 *
 * English is the key, and is shown where the catalogue has nothing: between isolates, which keep its direction in any
 * text.  `put` makes `lang` and `dir` of them.
 */

/**
 * @typedef {object} Catalogue what `catalogue_for_js` of words.py gives
 * @property {string} lang @property {"ltr" | "rtl"} dir
 * @property {Readonly<Record<string, number>>} plurals the form that each CLDR category takes
 * @property {Readonly<Record<string, string | readonly string[]>>} messages
 */
/** @typedef {Readonly<Record<string, string | number>>} Values */
/**
 * @typedef {object} Words
 * @property {string} lang @property {"ltr" | "rtl"} dir
 * @property {(text: string, values?: Values) => string} t `text` in this language, its {placeholders} filled
 * @property {(text: string, values?: Values) => string} legal the same, for a text that an attorney has to review
 * @property {(one: string, many: string, number: number, values?: Values) => string} tn the form for `number`, as {n}
 */

/** @param {string} text @param {Values} values @returns {string} Throws RangeError for a name without a value. */
function fill(text, values) {
  return text.replace(/\{([a-z0-9]+)\}/g, (_, name) => {
    if (!Object.hasOwn(values, name)) throw new RangeError(`{${name}} has no value in: ${text}`);
    return String(values[name]);
  });
}

const ISOLATE = "\u2066";
const RELEASE = "\u2069";

/** @param {string} text @returns {string | null} its bare words, if it is English among the words of another language */
function englishIn(text) {
  return text.startsWith(ISOLATE) ? text.replaceAll(ISOLATE, "").replaceAll(RELEASE, "") : null;
}

/**
 * Let an element say a text that `wordsOf` gave, so that a screen reader reads English as English.
 * @param {HTMLElement} node @param {string} text
 */
export function put(node, text) {
  const english = englishIn(text);
  node.textContent = english ?? text;
  for (const [name, value] of /** @type {const} */ ([["lang", "en"], ["dir", "ltr"]])) {
    if (english === null) node.removeAttribute(name);
    else node.setAttribute(name, value);
  }
}

/**
 * What stands for a text that `wordsOf` gave among the children of an element.
 * @template {Node | string} Child @param {Child} child @returns {Child | HTMLElement}
 */
export function spoken(child) {
  if (typeof child !== "string" || englishIn(child) === null) return child;
  const node = document.createElement("span");
  put(node, child);
  return node;
}

/** @param {Catalogue} catalogue @returns {Readonly<Words>} */
export function wordsOf({ lang, dir, plurals, messages }) {
  const rules = new Intl.PluralRules(lang);
  const said = (/** @type {string} */ text) => (Object.hasOwn(messages, text) ? messages[text] : undefined);
  const english = (/** @type {string} */ text) => (lang === "en" ? text : `${ISOLATE}${text}${RELEASE}`);
  /** @param {string} text @param {Values} [values] */
  const t = (text, values = {}) => {
    const found = said(text);
    return typeof found === "string" ? fill(found, values) : english(fill(text, values));
  };
  /** @param {string} one @param {string} many @param {number} number @param {Values} [values] */
  const tn = (one, many, number, values = {}) => {
    const forms = said(one);
    const filled = { n: number, ...values };
    if (forms === undefined) return english(fill(number === 1 ? one : many, filled));
    return fill(typeof forms === "string" ? forms : forms[plurals[rules.select(number)]], filled);
  };
  return Object.freeze({ lang, dir, t, legal: t, tn });
}
