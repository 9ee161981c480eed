/**
 * Shapes: what fields an object has and what each may hold.  SPEC 3.4.
 *
 * A shape is a function (value, path) that returns nothing or throws Refused("shape") with the path, the rule and
 * what was found.  Unknown and missing fields are both refused: a field we don't know may be one we must obey.
 *
 * Pure: reads no clock, touches no store.
 */
import { MAX_INT, byCodePoint, canonical, codePoints, isObject, unb64, unbech32, unutf8 } from "./encoding.js";
import { Refused } from "./errors.js";

/** @typedef {(value: unknown, path: string) => void} Shape */

/**
 * Characters that change how a line looks without being seen: controls, bidi controls and marks, zero-width and other
 * default-ignorable characters, line separators, private use, noncharacters, surrogates.  Spelled out, not taken from
 * a Unicode library: Python and browsers carry different Unicode versions and must agree for ever.
 */
export const UNSEEN = new RegExp(
  "[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f" +
    "\\u2028-\\u202e\\u2060-\\u206f\\u3164\\ud800-\\udfff\\ue000-\\uf8ff\\ufdd0-\\ufdef\\ufe00-\\ufe0f\\ufeff\\uffa0" +
    "\\ufff0-\\ufffb\\ufffe\\uffff\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}" +
    "\\u{f0000}-\\u{10ffff}]",
  "u",
);

/** @param {unknown} value @returns {string} */
function found(value) {
  let text;
  try {
    text = unutf8(canonical(value));
  } catch {
    text = String(value); // Not JSON at all: a mistake in a page, never in what it was sent.
  }
  const points = Array.from(text);
  return points.length <= 60 ? text : `${points.slice(0, 57).join("")}...`;
}

/**
 * The refusal of `value` at `path`: returned, not thrown.
 * @param {string} path @param {string} rule @param {unknown} value @returns {Refused}
 */
export function refuse(path, rule, value) {
  return new Refused("shape", `${path} must be ${rule}; it is ${found(value)}.`);
}

/** The one value `wanted`.  @param {string | number | boolean | null} wanted @returns {Shape} */
export function exactly(wanted) {
  return (value, path) => {
    if (value !== wanted) throw refuse(path, found(wanted), value);
  };
}

/** One of these strings.  @param {...string} wanted @returns {Shape} */
export function oneOf(...wanted) {
  return (value, path) => {
    if (typeof value !== "string" || !wanted.includes(value)) {
      throw refuse(path, `one of ${wanted.join(", ")}`, value);
    }
  };
}

/** A whole number from `low` to `high`, both included.  @param {number} low @param {number} [high] @returns {Shape} */
export function integer(low, high = MAX_INT) {
  return (value, path) => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < low || value > high) {
      throw refuse(path, `a whole number from ${low} to ${high}`, value);
    }
  };
}

/** true or false.  @type {Shape} */
export function boolean(value, path) {
  if (typeof value !== "boolean") throw refuse(path, "true or false", value);
}

/**
 * A string that `pattern` matches as a whole; `rule` says it in words.
 * @param {string} pattern @param {string} rule @returns {Shape}
 */
export function matching(pattern, rule) {
  const compiled = new RegExp(`^(?:${pattern})$`, "u");
  return (value, path) => {
    if (typeof value !== "string" || !compiled.test(value)) throw refuse(path, rule, value);
  };
}

/** `length` bytes in lower-case hexadecimal.  @param {number} length @returns {Shape} */
export function hexadecimal(length) {
  return matching(`[0-9a-f]{${2 * length}}`, `${length} bytes in lower-case hexadecimal`);
}

/** `length` bytes in padded base64.  @param {number} length @returns {Shape} */
export function base64(length) {
  return (value, path) => {
    if (typeof value !== "string") throw refuse(path, `${length} bytes in base64`, value);
    try {
      unb64(value, length);
    } catch {
      throw refuse(path, `${length} bytes in base64`, value);
    }
  };
}

/** An age hybrid recipient, `age1pq1…`, of 1,216 bytes.  @type {Shape} */
export function recipient(value, path) {
  if (typeof value !== "string" || codePoints(value).length !== 1959) {
    throw refuse(path, "an age1pq recipient of 1959 characters", value);
  }
  try {
    unbech32("age1pq", value);
  } catch {
    throw refuse(path, "an age1pq recipient", value);
  }
}

/**
 * Displayed text of `least` to `most` characters, none of them unseen; throws Refused("text") for those.
 * @param {number} most @param {number} [least] @returns {Shape}
 */
export function words(most, least = 1) {
  return (value, path) => {
    if (!isText(value, most, least)) throw refuse(path, `text of ${least} to ${most} characters`, value);
    const unseen = UNSEEN.exec(value);
    if (unseen === null) return;
    const code = codePoints(unseen[0])[0].toString(16).toUpperCase().padStart(4, "0");
    const at = codePoints(value.slice(0, unseen.index)).length;
    throw new Refused("text", `${path} may hold no unseen character; U+${code} stands at ${at}.`);
  };
}

/**
 * What a person typed, of 1 to `most` characters: never refused for its characters, shown only inside the desk.
 * @param {number} most @returns {Shape}
 */
export function typed(most) {
  return (value, path) => {
    if (!isText(value, most, 1)) throw refuse(path, `text of 1 to ${most} characters`, value);
  };
}

/**
 * Characters are counted as Python counts them, by code point.
 * @param {unknown} value @param {number} most @param {number} least @returns {value is string}
 */
function isText(value, most, least) {
  if (typeof value !== "string" || value.length > 2 * most) return false;
  const length = codePoints(value).length;
  return length >= least && length <= most;
}

/**
 * A list of `least` to `most` values of one shape.
 * @param {Shape} shape @param {number} most @param {number} [least] @returns {Shape}
 */
export function listOf(shape, most, least = 0) {
  return (value, path) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) {
      const held = Array.isArray(value) ? value.length : found(value);
      throw new Refused("shape", `${path} must be a list of ${least} to ${most}; it is ${held}.`);
    }
    for (const [index, item] of value.entries()) shape(item, `${path}[${index}]`);
  };
}

/**
 * A list of distinct values in ascending order, so that one set has one spelling.
 * @param {Shape} shape of strings or of numbers @param {number} most @param {number} [least] @returns {Shape}
 */
export function sortedSetOf(shape, most, least = 0) {
  const plain = listOf(shape, most, least);
  return (value, path) => {
    plain(value, path);
    const list = /** @type {(string | number)[]} */ (value);
    if (list.some((item, index) => index > 0 && order(list[index - 1], item) >= 0)) {
      throw new Refused("shape", `${path} must be in ascending order with nothing twice.`);
    }
  };
}

/** @param {string | number} a @param {string | number} b @returns {number} */
function order(a, b) {
  return typeof a === "string" && typeof b === "string" ? byCodePoint(a, b) : Number(a) - Number(b);
}

/**
 * An object with all `required` fields, any of the `optional` ones, and no other.
 * @param {Record<string, Shape>} required @param {Record<string, Shape>} [optional] @returns {Shape}
 */
export function record(required, optional = {}) {
  const known = new Map([...Object.entries(required), ...Object.entries(optional)]);
  return (value, path) => {
    if (!isObject(value)) throw refuse(path, "an object", value);
    for (const name of Object.keys(value).sort(byCodePoint)) {
      if (known.has(name)) continue;
      const fields = [...known.keys()].join(", ");
      throw new Refused("shape", `${path} has the field ${found(name)}; its fields are ${fields}.`);
    }
    for (const name of Object.keys(required)) {
      if (!Object.hasOwn(value, name)) throw new Refused("shape", `${path} lacks the field ${name}.`);
    }
    for (const [name, shape] of known) {
      if (Object.hasOwn(value, name)) shape(value[name], `${path}.${name}`);
    }
  };
}

/**
 * An object of at most `most` fields, whose names have the shape `key` and whose values have `shape`.
 * @param {Shape} key @param {Shape} shape @param {number} most @returns {Shape}
 */
export function mapping(key, shape, most) {
  return (value, path) => {
    if (!isObject(value) || Object.keys(value).length > most) {
      throw refuse(path, `an object of at most ${most} fields`, value);
    }
    for (const name of Object.keys(value).sort(byCodePoint)) {
      key(name, `${path} field name`);
      shape(value[name], `${path}.${name}`);
    }
  };
}

export const ID = /* @__PURE__ */ matching("[02-9ac-hj-np-z]{8}", "an id of 8 bech32 characters");
const CODE_RULE = "a code of lower-case letters, digits and hyphens";
export const CODE = /* @__PURE__ */ matching("[a-z][a-z0-9-]{0,31}", CODE_RULE);
export const LANGUAGE = /* @__PURE__ */ matching("[a-z]{2,3}(-[A-Z][a-z]{3})?", "a language tag such as en or zh-Hans");
export const SHA256 = /* @__PURE__ */ hexadecimal(32);
/** Unix seconds; the bounds catch milliseconds and zero. */
export const TIME = /* @__PURE__ */ integer(1_500_000_000, 9_999_999_999);
