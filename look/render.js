/**
 * Rendering: what an alert says to people, in their language, from the closed vocabulary alone.  The twin of render.py.
 *
 * The same sentences in the same order everywhere: source, hazard, place, time, action.  `now` is an argument.
 */
import { COUNTS, DO, TEXTS } from "./templates.js";

/**
 * @typedef {object} Standing how a chain stands, as `state` has it, and who signed
 * @property {string} word @property {string} cause @property {number} since
 * @property {number} verifiers @property {number} organizations
 * @property {string} [reason] that of the message that stopped it
 */
/**
 * @typedef {object} Locality
 * @property {string} network @property {Readonly<Record<string, string>>} zones code → name
 * @property {string} timezone an IANA name @property {string} check where the alert is checked
 */
/** @typedef {Readonly<Record<string, any>>} Fields of a confirmed or checked alert */
/** @typedef {{year: number, month: number, day: number, hour: number, minute: number}} Wall */

const STANDS = Object.freeze(["confirmed", "checked"]);
/** Beyond this many minutes a distance in minutes helps nobody: no alert stands for longer. */
const FARTHEST = 240;

/** @param {number} at Unix seconds @param {string} timeZone @returns {Wall} what a clock on the wall there shows */
function wall(at, timeZone) {
  const format = new Intl.DateTimeFormat("en-US-u-ca-gregory-nu-latn", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  const parts = format.formatToParts(at * 1000).map(({ type, value }) => [type, Number(value)]);
  return Object.fromEntries(parts);
}

/** One rendering under way: the alert's fields, how it stands, in which words, for whom, at what time. */
class Telling {
  /**
   * @param {Fields} fields @param {Standing} standing @param {Readonly<import("./words.js").Words>} words
   * @param {Locality} locality @param {number} now
   */
  constructor(fields, standing, words, locality, now) {
    this.fields = fields;
    this.standing = standing;
    this.words = words;
    this.locality = locality;
    this.now = now;
    this.stands = STANDS.includes(standing.word);
    /** The time that identifies it: when it was seen, or when it was sent if what it said no longer counts. */
    this.at = /** @type {number} */ (this.stands ? fields.seen : fields.issued);
  }

  /** @param {string} group @param {string} key @param {import("./words.js").Values} [values] @returns {string} */
  say(group, key, values) {
    return this.words.t(known(known(TEXTS, group), key), values);
  }

  /** @param {string} key @param {number} number @returns {string} a number with its noun */
  count(key, number) {
    const [one, many] = known(COUNTS, key);
    return this.words.tn(one, many, number);
  }

  /** @param {string} value @returns {string} a name, number or address that keeps its own direction */
  own(value) {
    return this.words.dir === "rtl" && value ? `\u2068${value}\u2069` : value;
  }

  /** @param {number} at @param {boolean} dated @returns {string} the clock's time, with the date if it is another day */
  time(at, dated) {
    return timeText(at, this.words, this.now, this.locality.timezone, dated);
  }

  /** @param {string} line @param {string} key @param {number} seconds @returns {string} the line, with how far from now */
  near(line, key, seconds) {
    const minutes = Math.floor(seconds / 60);
    if (seconds < 0 || minutes > FARTHEST) return line;
    const distance = minutes > 0 ? this.count(key, minutes) : this.say("line", "moment");
    return this.say("line", "near", { line, distance });
  }

  /** @param {boolean} dated @returns {string} when it was seen, checked, or (if it does not stand) sent */
  when(dated) {
    const line = this.fields.kind === "checked" ? "looked" : "seen";
    return this.say("line", this.stands ? line : "sent", { time: this.time(this.at, dated) });
  }

  /** @param {boolean} dated @returns {string} until when it stands, or since when it does not */
  until(dated) {
    const at = this.stands ? this.fields.expires : this.standing.since;
    return this.say("until", this.stands ? "stands" : this.standing.word, { time: this.time(at, dated) });
  }

  /** @returns {string} what happens; of an alert that does not stand, only what it said */
  what() {
    const { template } = this.fields;
    return this.stands
      ? this.say("what", template)
      : this.say("what", "was", { title: this.say("title", template) });
  }

  /** @returns {string} why an alert no longer stands */
  why() {
    const { word, cause, reason = "" } = this.standing;
    if (this.stands) return "";
    if (word === "withdrawn") return this.say("why", word);
    if (cause === "time") return this.say("why", this.fields.kind === "checked" ? "ended time checked" : "ended time");
    return this.say("why", `${word} ${cause === "forked" ? "forked" : reason}`);
  }

  /** @returns {string} how many were seen and what marked them; nothing for a rumour that was checked */
  details() {
    if (this.fields.kind === "checked") return "";
    return ["officers", "vehicles", "marking"].map((group) => this.say(group, this.fields[group])).join(" ");
  }

  /** @returns {readonly string[]} what to do, in three lines */
  do() {
    let { instruction } = this.fields;
    // What is not for sharing must not say "share only this".
    if (this.fields.audience === "responders" && instruction === "avoid-rumours") instruction = "observe-only";
    if (this.fields.template === "impersonation") instruction = "impersonation";
    const { word } = this.standing;
    const lines = known(DO, word === "confirmed" ? `confirmed ${instruction}` : word);
    return lines.map((line) => this.words.t(line, { hotline: this.own(this.fields.hotline) }));
  }

  /** @returns {string} who signed and on what grounds */
  how() {
    const grounds = this.fields.basis.map((/** @type {string} */ one) => this.say("basis", one));
    const basis = grounds.reduceRight((/** @type {string} */ rest, /** @type {string} */ first) =>
      this.say("basis", "and", { first, rest }),
    );
    const { verifiers, organizations } = this.standing;
    const signed = {
      verifiers: this.count("verifiers", verifiers),
      organizations: this.count("organizations", organizations),
    };
    return this.say("line", "how", { ...signed, basis });
  }

  /** @returns {string} the zone's name */
  zone() {
    const { zone } = this.fields.place;
    return Object.hasOwn(this.locality.zones, zone) ? this.locality.zones[zone] : zone;
  }
}

/**
 * @template T @param {Readonly<Record<string, T>>} table @param {string} key @returns {T}
 * Throws RangeError for a word that is not in the vocabulary.
 */
function known(table, key) {
  if (!Object.hasOwn(table, key)) throw new RangeError(`${key} is not in the vocabulary of alerts.`);
  return table[key];
}

/**
 * What a clock in a time zone shows at `at` (Unix seconds), with the date if `dated` or if it is another day than `now`.
 * @param {number} at @param {Readonly<import("./words.js").Words>} words @param {number} now
 * @param {string} timezone an IANA name @param {boolean} [dated] @returns {string}
 */
export function timeText(at, words, now, timezone, dated = false) {
  const [then, today] = [at, now].map((one) => wall(one, timezone));
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const values = { hour: ((then.hour + 11) % 12) + 1, minute: two(then.minute), hour24: two(then.hour) };
  const time = words.t(known(known(TEXTS, "clock"), then.hour >= 12 ? "pm" : "am"), values);
  const same = then.year === today.year && then.month === today.month && then.day === today.day;
  if (!dated && same) return time;
  const date = words.t(known(known(TEXTS, "date"), String(then.month)), { day: then.day });
  return words.t(known(known(TEXTS, "line"), "dated"), { time, date });
}

/**
 * Return what an alert says at `now` (Unix seconds).  Throws RangeError for words that are not in the vocabulary.
 * @param {Fields} fields @param {Standing} standing @param {Readonly<import("./words.js").Words>} words
 * @param {number} now @param {Locality} locality
 */
export function alertText(fields, standing, words, now, locality) {
  const telling = new Telling(fields, standing, words, locality, now);
  const free = Object.hasOwn(fields.free, words.lang) ? fields.free[words.lang] : "";
  const [until, { stands }] = [telling.until(false), telling];
  const parts = {
    drill: fields.mode === "exercise" ? telling.say("mode", "exercise") : "",
    audience: fields.audience === "responders" ? telling.say("mode", "responders") : "",
    word: telling.say("word", standing.word),
    title: telling.say("title", fields.template),
    what: telling.what(),
    why: telling.why(),
    details: stands ? telling.details() : "",
    free: free && stands ? telling.say("line", "free", { words: telling.own(free) }) : "",
    where: telling.say("line", "where", { zone: telling.own(telling.zone()) }),
    when: telling.near(telling.when(false), "ago", now - telling.at),
    until: stands ? telling.near(until, "left", fields.expires - now) : until,
    how: telling.how(),
  };
  const lines = telling.do();
  const text = forwarded(telling, parts, lines);
  return Object.freeze({ lang: words.lang, direction: words.dir, state: standing.word, ...parts, do: lines, text });
}

/**
 * @param {Telling} telling @param {Readonly<Record<string, string>>} parts @param {readonly string[]} lines
 * @returns {string} the plain text that may be passed on: every time in it has its date, and it ends with where to check
 */
function forwarded(telling, parts, lines) {
  const [until, address] = [telling.until(true), telling.own(telling.locality.check)];
  const { network } = telling.locality;
  const said = [
    parts.drill,
    telling.say("line", "source", { word: parts.word, network: telling.own(network) }),
    parts.audience,
    telling.stands ? parts.how : "",
    parts.why,
    parts.what,
    parts.details,
    parts.free,
    parts.where,
    telling.when(true),
    ...lines,
    address ? telling.say("line", "check", { until, address }) : until,
    parts.drill,
  ];
  return said.filter((line) => line !== "").join("\n");
}
