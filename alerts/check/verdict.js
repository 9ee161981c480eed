/**
 * The verdict: is this alert genuine, and does it still stand?  Bytes, a policy and a time in, a verdict out; no page.
 *
 * The same questions in the same order as `sereno check`.  What people bring decides; what a site adds can only bring
 * newer messages of the same alert, and stays and revocations, which count as if they had been brought; what of it does
 * not check is left out.
 */
import { canonical, parse } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_BUNDLE } from "../../protocol/js/limits.js";
import { check } from "../../protocol/js/release.js";
import { state } from "../../protocol/js/state.js";
import { checkStay } from "../../protocol/js/stay.js";
import { NOTHING } from "./beside.js";

/** @typedef {import("../../protocol/js/policy.js").Policy} Policy */
/** @typedef {import("../../protocol/js/state.js").Message} Message */
/** @typedef {import("../../protocol/js/state.js").State} State */
/** @typedef {import("../../protocol/js/stay.js").Stay} Stay */
/** @typedef {import("./beside.js").Beside} Beside */
/** @typedef {Readonly<{name: string, bytes: Uint8Array}>} Source */
/**
 * @typedef {Readonly<{kind: "genuine", state: State, messages: readonly Message[], news: number, odd: number,
 *   older: boolean}>} Genuine
 * `news`: messages that only the site had; `odd`: how many of the site's were left out; `older`: what people brought
 * has been followed by another release.
 */
/** @typedef {Readonly<{kind: "not-genuine", name: string, refused: Refused}>} NotGenuine */
/** @typedef {Readonly<{kind: "stops-only" | "several", refused: Refused}>} NotOneAlert */
/** @typedef {Genuine | NotGenuine | NotOneAlert} Verdict */

/** How many messages a list may hold: no alert of four hours has more. */
const MOST = 64;
const BRACKET = 0x5b;
/** The kind of message whose reason is why an alert has a word. */
const KIND_OF = Object.freeze(
  /** @type {Record<string, string>} */ ({ "under-review": "suspended", retracted: "retracted", ended: "ended" }),
);

/**
 * The bundles that a file holds: itself, or those of a list as /messages.json has them.
 * Throws Refused as `parse`, and "shape" for a list that is too long.
 * @param {Source} source @returns {Source[]}
 */
function unpack({ name, bytes }) {
  if (bytes[0] !== BRACKET) return [{ name, bytes }];
  const list = parse(bytes, MOST * MAX_BUNDLE);
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST) {
    throw new Refused("shape", `A list of messages has 1 to ${MOST} of them.`);
  }
  return list.map((one, at) => ({ name: `${name}, ${at + 1}`, bytes: canonical(one) }));
}

/** Whether a file says that it is a stay: a lead's word that a person's signatures don't count.  @param {Uint8Array} bytes */
function isStay(bytes) {
  try {
    const value = parse(bytes, MAX_BUNDLE);
    return typeof value === "object" && value !== null && Object.hasOwn(value, "stay");
  } catch (refused) {
    if (refused instanceof Refused) return false;
    throw refused;
  }
}

/**
 * Stays among what people brought come first: whoever they name has not signed.
 * @param {readonly Source[]} given what people brought @param {Source | null} site the list that the site answered with
 * @param {Policy} policy @param {number} now Unix seconds
 * @param {Beside} [beside] whose signatures don't count, as far as this page knows @returns {Verdict}
 */
export function judge(given, site, policy, now, { stays: told, revoked } = NOTHING) {
  /** @type {Message[]} */
  const brought = [];
  const stays = [...told];
  const known = { stays, revoked };
  const refusal =
    takeEach(given, (bytes) => {
      if (isStay(bytes)) stays.push(checkStay(bytes, policy));
    }) ??
    takeEach(given, (bytes) => {
      if (!isStay(bytes)) brought.push(check(bytes, policy, now, known));
    });
  if (refusal !== null) return refusal;
  const { added, news, odd } = carried(site, brought, policy, now, known);
  // Of two copies of one message the last is shown, and that is the one that people brought.
  const messages = [...added, ...brought];
  try {
    return { kind: "genuine", ...standing(messages, brought, now), news, odd };
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    return { kind: new Set(messages.map((one) => one.alert.id)).size <= 1 ? "stops-only" : "several", refused };
  }
}

/**
 * Give every bundle of what people brought to `take`; the first that is refused ends it.
 * @param {readonly Source[]} given @param {(bytes: Uint8Array) => void} take @returns {NotGenuine | null}
 */
function takeEach(given, take) {
  for (const source of given) {
    try {
      for (const { bytes } of unpack(source)) take(bytes);
    } catch (refused) {
      if (refused instanceof Refused) return { kind: "not-genuine", name: source.name, refused };
      throw refused;
    }
  }
  return null;
}

/**
 * @param {readonly Message[]} messages @param {readonly Message[]} brought @param {number} now
 * @returns {{state: State, messages: readonly Message[], older: boolean}}
 */
function standing(messages, brought, now) {
  const found = state(messages, now);
  const latest = Math.max(0, ...brought.filter((one) => !one.alert.isStop).map((one) => one.alert.revision));
  return { state: found, messages, older: latest > 0 && latest < found.head.alert.revision };
}

/**
 * What a site adds to what people brought: genuine messages of the same alert.  Those that they have too are taken as
 * well: somebody may have left out of a copy what it answers, or the log's proof.  `news` counts the others.
 * @param {Source | null} site @param {readonly Message[]} brought @param {Policy} policy @param {number} now
 * @param {Beside} beside @returns {{added: Message[], news: number, odd: number}}
 */
function carried(site, brought, policy, now, beside) {
  if (site === null) return { added: [], news: 0, odd: 0 };
  const id = brought[0]?.alert.id;
  const known = new Set(brought.map((one) => one.alert.name));
  /** @type {Message[]} */
  const added = [];
  let odd = 0;
  try {
    for (const { bytes } of unpack(site)) {
      const one = checked(bytes, policy, now, beside);
      if (one === null || one.alert.id !== id) odd += 1;
      else added.push(one);
    }
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused;
    odd += 1;
  }
  const news = new Set(added.flatMap(({ alert }) => (known.has(alert.name) ? [] : [alert.name]))).size;
  return { added, news, odd };
}

/**
 * @param {Uint8Array} bytes @param {Policy} policy @param {number} now @param {Beside} beside
 * @returns {Message | null}
 */
function checked(bytes, policy, now, beside) {
  try {
    return check(bytes, policy, now, beside);
  } catch (refused) {
    if (refused instanceof Refused) return null;
    throw refused;
  }
}

/**
 * How an alert stands, as its words need it.
 * @param {State} found @param {readonly Message[]} messages @returns {import("../../look/render.js").Standing}
 */
export function standingOf(found, messages) {
  const { word, cause, since, head } = found;
  const stop = messages.find((one) => one.alert.kind === KIND_OF[word] && one.alert.issued === since);
  return {
    word,
    cause,
    since,
    verifiers: head.voices.ids.size,
    organizations: head.voices.organisations.size,
    reason: stop === undefined ? "" : /** @type {string} */ (stop.alert.fields.reason),
  };
}
