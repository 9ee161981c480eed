/**
 * Previews: what readers will see, rendered by the same code as everywhere, in each language of the network.
 */
import { iconNode } from "../../look/icon.js";
import { alertText } from "../../look/render.js";
import { el } from "./dom.js";
import { clock } from "./clock.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../look/render.js").Standing} Standing */

/** @param {Desk} desk @param {string} lang @returns {import("../../look/render.js").Locality} */
function localityIn({ baked: { face } }, lang) {
  const say = (/** @type {Readonly<Record<string, string>>} */ texts) =>
    texts[lang] ?? texts[face.languages[0]] ?? Object.values(texts)[0];
  const zones = Object.fromEntries(face.zones.map(({ id, name }) => [id, say(name)]));
  return { network: say(face.name), zones, timezone: face.timezone, check: face.alerts };
}

/**
 * An alert as readers see it, once for each language.
 * @param {Desk} desk @param {any} fields of the alert @param {Standing} standing @returns {HTMLElement}
 */
export function alertPreview(desk, fields, standing) {
  const made = [...desk.baked.alerts].map(([lang, words]) => {
    const told = alertText(fields, standing, words, clock(), localityIn(desk, lang));
    return el(
      "article",
      { class: "card preview", lang, dir: told.direction },
      told.drill && el("p", { class: "drill" }, told.drill),
      told.audience && el("p", { class: "quiet" }, told.audience),
      el("p", { class: `word word-${told.state}` }, iconNode(told.state), told.word),
      el("p", { class: "what" }, told.what),
      told.why && el("p", {}, told.why),
      told.details && el("p", {}, told.details),
      told.free && el("p", {}, told.free),
      el(
        "ul",
        { class: "facts" },
        el("li", {}, iconNode("pin"), told.where),
        el("li", {}, iconNode("eye"), told.when),
        el("li", {}, iconNode("clock"), told.until),
      ),
      el("ul", {}, told.do.map((line) => el("li", {}, line))),
      el("p", { class: "quiet" }, told.how),
    );
  });
  return el("div", { class: "previews" }, made);
}

/** @param {Desk} desk @param {any} fields @returns {Standing} how a draft will stand once enough have signed */
export function standingOfDraft({ session: { roster } }, fields) {
  const word = fields.kind;
  return {
    word,
    cause: "signed",
    since: fields.issued,
    verifiers: roster.keys,
    organizations: roster.organisationsNeeded,
  };
}
