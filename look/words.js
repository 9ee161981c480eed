/**
 * Words: one language, from the catalogue that a page carries.  The twin of words.py.
 *
 * English is the key, and is shown where the catalogue has nothing.
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

/** @param {Catalogue} catalogue @returns {Readonly<Words>} */
export function wordsOf({ lang, dir, plurals, messages }) {
  const rules = new Intl.PluralRules(lang);
  const said = (/** @type {string} */ text) => (Object.hasOwn(messages, text) ? messages[text] : undefined);
  /** @param {string} text @param {Values} [values] */
  const t = (text, values = {}) => {
    const found = said(text);
    return fill(typeof found === "string" ? found : text, values);
  };
  /** @param {string} one @param {string} many @param {number} number @param {Values} [values] */
  const tn = (one, many, number, values = {}) => {
    const forms = said(one);
    const english = number === 1 ? one : many;
    const chosen = Array.isArray(forms) ? forms[plurals[rules.select(number)]] : (forms ?? english);
    return fill(chosen, { n: number, ...values });
  };
  return Object.freeze({ lang, dir, t, legal: t, tn });
}
