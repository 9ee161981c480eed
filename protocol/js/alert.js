/**
 * Alerts: the words a release lets out, and the one-key messages that can only lower them.  SPEC 7.
 *
 * `readAlert` checks what one message says by itself; who signed it is `quorum`, what may be sent is `release`.
 *
 * Pure: reads no clock, touches no store.
 */
import { frozen, isObject } from "./encoding.js";
import { Refused } from "./errors.js";
import { EXPIRY_CAP, LAPSE, MAX_ALERT, MAX_FREE, MAX_SUPERSEDES } from "./limits.js";
import { MODE } from "./policy.js";
import {
  CODE,
  LANGUAGE,
  SHA256,
  TIME,
  base64,
  exactly,
  hexadecimal,
  integer,
  mapping,
  matching,
  oneOf,
  record,
  sortedSetOf,
  words,
} from "./shape.js";
import {
  BASES,
  END_REASONS,
  INSTRUCTIONS,
  MARKINGS,
  OFFICERS,
  RETRACT_REASONS,
  SUSPEND_REASONS,
  TEMPLATES,
  VEHICLES,
} from "./vocabulary.js";

/** @typedef {import("./shape.js").Shape} Shape */
/** @typedef {import("./signed.js").Signed} Signed */
/**
 * All that a message of any kind may say, as it stands on the wire.
 * @typedef {Readonly<{v: 1, network: string, mode: string, id: string, revision: number, kind: string,
 *   audience: string, issued: number, roster: string, salt: string, supersedes: readonly string[], class?: string,
 *   template?: string, place?: Readonly<{zone: string, cell: string}>, seen?: number, first?: number,
 *   expires?: number, basis?: readonly string[], officers?: string, vehicles?: string, marking?: string,
 *   free?: Readonly<Record<string, string>>, instruction?: string, rights?: string, hotline?: string,
 *   detail?: Readonly<{sha256: string, len: number}>, reason?: string, lapses?: number}>} AlertValue
 */
/**
 * One message of a chain, its own rules checked, its signatures not.  `name` is the SHA-256 of its payload.
 *
 * Fields that a kind lacks are null: `first`, `expires`, `class` of stops; `lapses` of all but suspensions.
 * `isStop` is true for the kinds that one key may sign and that can only lower; `fields` is the whole message.
 * @typedef {Readonly<{name: string, network: string, mode: string, id: string, revision: number, kind: string,
 *   audience: string, issued: number, roster: string, supersedes: readonly string[], class: string | null,
 *   first: number | null, expires: number | null, lapses: number | null, isStop: boolean, fields: AlertValue}>} Alert
 */

export const RELEASE_KINDS = Object.freeze(["confirmed", "checked"]);
export const STOP_KINDS = Object.freeze(["suspended", "retracted", "ended"]);
export const AUDIENCE = /* @__PURE__ */ oneOf("public", "responders");

const COMMON = /* @__PURE__ */ (() => ({
  v: exactly(1),
  network: SHA256,
  mode: MODE,
  id: hexadecimal(16),
  revision: integer(1, 10_000),
  audience: AUDIENCE,
  issued: TIME,
  roster: SHA256,
  salt: base64(16),
}))();

export const ALERT = /* @__PURE__ */ (() =>
  record(
    {
      ...COMMON,
      kind: oneOf(...RELEASE_KINDS),
      class: oneOf(...Object.keys(TEMPLATES)),
      template: oneOf(...Object.values(TEMPLATES).flat()),
      place: record({ zone: CODE, cell: matching("-?[0-9]{1,5},-?[0-9]{1,5}", "the column and row of a grid cell") }),
      seen: TIME,
      first: TIME,
      expires: TIME,
      basis: sortedSetOf(oneOf(...BASES), BASES.length, 1),
      officers: oneOf(...OFFICERS),
      vehicles: oneOf(...VEHICLES),
      marking: oneOf(...MARKINGS),
      free: mapping(LANGUAGE, words(MAX_FREE), 16),
      instruction: oneOf(...INSTRUCTIONS),
      rights: CODE,
      hotline: matching("[0-9+() \\-]{3,24}", "a telephone number"),
      supersedes: sortedSetOf(SHA256, MAX_SUPERSEDES),
    },
    { detail: record({ sha256: SHA256, len: integer(1, 1 << 20) }) },
  ))();

/** By kind.  @type {ReadonlyMap<string, Shape>} */
export const STOPS = /* @__PURE__ */ (() => {
  const stop = { ...COMMON, supersedes: sortedSetOf(SHA256, MAX_SUPERSEDES, 1) };
  return new Map([
    ["suspended", record({ ...stop, kind: exactly("suspended"), reason: oneOf(...SUSPEND_REASONS), lapses: TIME })],
    ["retracted", record({ ...stop, kind: exactly("retracted"), reason: oneOf(...RETRACT_REASONS) })],
    ["ended", record({ ...stop, kind: exactly("ended"), reason: oneOf(...END_REASONS) })],
  ]);
})();

/** @type {Shape} */
function anyAlert(value, path) {
  const kind = isObject(value) && typeof value.kind === "string" ? value.kind : "";
  (STOPS.get(kind) ?? ALERT)(value, path);
}

/**
 * The message that a signed alert's bytes say.
 *
 * Throws Refused: payload_type, alert_times, alert_class, alert_chain, alert_vocabulary, text, and as `Signed.read`.
 * @param {Signed} signed @returns {Alert}
 */
export function readAlert(signed) {
  if (signed.noun !== "alert") {
    throw new Refused("payload_type", `A signed alert is needed; this is a signed ${signed.noun}.`);
  }
  const fields = /** @type {AlertValue} */ (frozen(signed.read(anyAlert, MAX_ALERT)));
  const { network, mode, id, revision, kind, audience, issued, roster, supersedes } = fields;
  const alert = Object.freeze({
    ...{ name: signed.message(), network, mode, id, revision, kind, audience, issued, roster, supersedes },
    class: fields.class ?? null,
    first: fields.first ?? null,
    expires: fields.expires ?? null,
    lapses: fields.lapses ?? null,
    isStop: STOP_KINDS.includes(kind),
    fields,
  });
  if (alert.isStop) {
    requireStop(alert);
  } else {
    requireTimes(alert);
    requireClass(alert);
  }
  return alert;
}

/** @param {Alert} alert */
function requireStop({ kind, lapses, issued, revision }) {
  if (kind === "suspended" && lapses !== issued + LAPSE) {
    const sentence = `A suspension lapses ${LAPSE} seconds after its issue, neither sooner nor later.`;
    throw new Refused("alert_times", sentence);
  }
  if (revision < 2) {
    throw new Refused("alert_chain", "A stop answers an earlier message, so its revision is at least 2.");
  }
}

/** @param {Alert} alert */
function requireTimes({ kind, revision, supersedes, issued, fields }) {
  const { first = 0, expires = 0, seen = 0 } = fields;
  if ((revision === 1) !== (supersedes.length === 0)) {
    const sentence = "The first revision supersedes nothing, and every later one names what it does.";
    throw new Refused("alert_chain", sentence);
  }
  if (kind === "checked" && supersedes.length > 0) {
    const sentence = "A rumour is told as checked once; what is to be told later is a new alert.";
    throw new Refused("alert_chain", sentence);
  }
  if (revision === 1 && first !== issued) {
    const sentence = `The first revision's \`first\` is its own issue, ${issued}; it says ${first}.`;
    throw new Refused("alert_times", sentence);
  }
  if (seen > issued || first > issued) {
    const sentence = "An alert is issued after what it tells was seen, and not before its chain began.";
    throw new Refused("alert_times", sentence);
  }
  if (expires <= issued || expires > first + EXPIRY_CAP) {
    const most = `An alert expires after its issue and at most ${EXPIRY_CAP / 60} minutes after its chain began`;
    throw new Refused("alert_times", `${most}; this one ${Math.floor((expires - first) / 60)} minutes after.`);
  }
}

/** @param {Alert} alert */
function requireClass({ class: given, kind, audience, fields }) {
  const [letter, template] = [given ?? "", fields.template ?? ""];
  const fit = TEMPLATES[letter];
  if (!fit.includes(template)) {
    const sentence = `Class ${letter} has the templates ${fit.join(", ")}, not ${template}.`;
    throw new Refused("alert_vocabulary", sentence);
  }
  if ((kind === "checked") !== (letter === "R")) {
    const sentence = `Class R, and only class R, is told as checked; this is ${kind} of class ${letter}.`;
    throw new Refused("alert_class", sentence);
  }
  if (letter === "D" && audience === "public") {
    throw new Refused("alert_class", "Class D, a private residence, is never public.");
  }
}
