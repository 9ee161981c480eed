/**
 * What is missing: the evidence rule as a list that turns from "missing" to "have", computed here from what was found.
 */
import { iconNode } from "../../look/icon.js";
import { zoneName } from "./baked.js";
import { findingsOf, lacking, proposalOf } from "./casefile.js";
import { el } from "./dom.js";
import { toldIn } from "./likeness.js";
import { caseLabels } from "./say.js";
import { minuteTime } from "./tip-panel.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../protocol/js/evidence.js").Missing} Missing */

/** @param {Desk} desk @returns {readonly Node[]} */
export function drawNeeds(desk) {
  const { t } = desk.words;
  const file = desk.load.cases.get(desk.case ?? "");
  if (file === undefined) return [];
  const heading = el("h2", {}, t("What is missing"));
  if (file.row.class === null) {
    return [heading, el("p", {}, t("Sort the case first: what is needed depends on what kind of thing it is."))];
  }
  const draft = proposalOf(file)?.part;
  const name = draft?.class ?? file.row.class;
  const audience = draft?.audience ?? file.told.audience;
  const missing = lacking(desk.session, file, name, audience);
  const found = findingsOf(file);
  const had = found.map(({ event, part }) => haveLine(desk, part, event.actor));
  const lacks = missing.map(
    (one) => item(desk, false, one.code === "basis" ? waysOf(desk, one) : missingWords(desk, one)),
  );
  const keys = keysLine(desk, file);
  const met = missing.length === 0 ? [item(desk, true, t("The evidence rule of class {name} is met", { name }))] : [];
  const photos = file.tips.some(({ id }) => desk.load.tips.get(id)?.tip?.header.files.length);
  const zones = new Set(file.tips.flatMap(({ id }) => {
    const entry = desk.load.tips.get(id);
    const told = entry && toldIn(entry);
    return told ? [zoneName(desk.baked, told.where.zone)] : [];
  }));
  const hints = [
    photos && !found.some(({ part }) => part?.basis === "D2") && t("There are photos that nobody has judged yet."),
    zones.size > 1 && t("Its tips name different places: {zones}.", { zones: [...zones].join(", ") }),
    file.row.stale && t("A refusal or a suspension stands until there is a new finding."),
  ].flatMap((one) => (one ? [el("p", { class: "hint" }, one)] : []));
  return [heading, el("ul", { class: "needs" }, lacks, keys, met, had), ...hints];
}

/**
 * @param {Desk} desk @param {Missing} one
 * @returns {Node} the ways to meet the rule, each a line, and what the codes mean
 */
function waysOf(desk, one) {
  const { t } = desk.words;
  const labels = caseLabels(desk.words);
  const ways = one.ways.map((way) => el("li", {}, way.map((lack) => lackWords(desk, lack, true)).join(t(" and "))));
  const codes = [...new Set(one.ways.flatMap((way) => way.flatMap(({ of }) => of)))].sort();
  const meanings = codes.flatMap((code) => [el("dt", {}, code), el("dd", {}, labels.basis[code])]);
  const heading = ways.length > 1 ? t("One of these ways:") : t("This:");
  return el(
    "div",
    {},
    el("p", {}, heading),
    el("ul", { class: "ways" }, ways),
    el("dl", { class: "fields" }, meanings),
  );
}

/** @param {Desk} desk @param {boolean} have @param {string | Node} words @param {string} [when] @returns {Node} */
function item({ words: { t } }, have, words, when = "") {
  const mark = el("span", { class: "mark" }, iconNode(have ? "check" : "missing"), have ? t("have") : t("missing"));
  return el(
    "li",
    { class: have ? "have" : "lack" },
    mark,
    el("div", {}, words, when && el("span", { class: "quiet" }, ` ${when}`)),
  );
}

/**
 * @param {Desk} desk @param {import("../../protocol/js/part.js").Part | null} part @param {string} actor
 * @returns {Node}
 */
function haveLine(desk, part, actor) {
  const labels = caseLabels(desk.words);
  const who = actor === desk.session.me.id ? desk.words.t("you") : actor;
  const when = `${minuteTime(part?.minute ?? 0, desk.baked)} · ${who}`;
  return item(desk, true, `${part?.basis} ${labels.basis[part?.basis]}: ${labels.says[part?.says]}`, when);
}

/** @param {Desk} desk @param {CaseFile} file @returns {Node} whether two different keys could sign now */
function keysLine(desk, file) {
  const { t, tn } = desk.words;
  const { roster, network, me } = desk.session;
  const here = [...new Set([...Object.keys(network.on_shift), me.id])].flatMap((id) => roster.verifiers.get(id) ?? []);
  const free = here.filter(({ id, roles }) => !file.conflicted.has(id) && !roles.has("trainee"));
  const organizations = new Set(free.map(({ org }) => org)).size;
  const enough = free.length >= roster.keys && organizations >= roster.organisationsNeeded;
  const signed = file.row.proposal === null ? 0 : 1 + file.row.attested.length;
  if (signed > 0) return item(
    desk,
    signed >= roster.keys,
    t("{n} of {all} keys have signed", { n: signed, all: roster.keys }),
  );
  const words = tn("{n} free key on shift", "{n} free keys on shift", free.length);
  const from = tn("from {n} organization", "from {n} organizations", organizations);
  return item(desk, enough, `${words}, ${from}`);
}

/** @param {Desk} desk @param {Missing} one @returns {string} what is missing, in the reader's language */
export function missingWords(desk, one) {
  const { t } = desk.words;
  const values = { name: one.class, minutes: one.minutes, most: one.most };
  if (one.code === "basis") return one.ways.map(
    (way) => way.map((lack) => lackWords(desk, lack)).join(t(" and ")),
  ).join(t(", or "));
  const said = {
    fresh: t("A newer finding: the freshest is {minutes} minutes old, at most {most} count", values),
    lead: t("A lead who agrees and is one of the keys"),
    site_told: t("The site has to be told first"),
    emergency_told: t("911 has to be told first"),
    never_public: t("A private residence is never public: choose responders"),
    not_ours: t("It is not ours to alert: call 911"),
  };
  return said[/** @type {keyof typeof said} */ (one.code)];
}

/**
 * @param {Desk} desk @param {import("../../protocol/js/evidence.js").Lack} lack @param {boolean} [short] codes only
 * @returns {string}
 */
function lackWords(desk, { count, of, mark }, short = false) {
  const { t, tn } = desk.words;
  const labels = caseLabels(desk.words);
  const amount = of.length === 1 ? "" : `${tn("{n} of:", "{n} of:", count)} `;
  const marks = { "": "", site: ` (${t("the site's own contact")})`, against: ` (${t("speaking against it")})` };
  const codes = of.map((code) => (short ? code : `${code} ${labels.basis[code]}`));
  return `${amount}${codes.join(short ? ", " : " / ")}${marks[mark]}`;
}
