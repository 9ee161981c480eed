/**
 * Drafting: what a draft begins with, which move it makes, and the bytes that it comes to.
 */
import { byCodePoint } from "../../protocol/js/encoding.js";
import { TEMPLATES } from "../../protocol/js/vocabulary.js";
import { findingsOf, lastDraft } from "./casefile.js";
import { toldIn } from "./likeness.js";
import { middleOf } from "./map.js";
import { randomId } from "./moving.js";
import { clock } from "./clock.js";
import { releasePayload } from "./standing.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("./field.js").Values} Values */

/** What a basis code is called in public. */
const PUBLIC = Object.freeze(
  { D1: "observer", D2: "media", D3: "person", D4: "person", C1: "person", C2: "official", C3: "network" },
);

/** @param {CaseFile} file @returns {"propose" | "update" | "restore"} the move that this draft makes */
export function moveOf(file) {
  if (file.row.state !== "confirmed") return "propose";
  return file.row.suspenders.length > 0 ? "restore" : "update";
}

/**
 * Fill what is known already into a draft that was not begun.
 * @param {Desk} desk @param {CaseFile} file
 * @param {Values} values
 */
export function begin(desk, file, values) {
  if (values.begun) return;
  const last = lastDraft(file);
  const told = file.tips.map(
    ({ id }) => desk.load.tips.get(id),
  ).flatMap((one) => (one ? [toldIn(one)] : [])).find((one) => one);
  const letter = last?.class ?? file.row.class ?? "A";
  const zone = last?.place.zone ?? told?.where.zone ?? desk.baked.face.zones[0].id;
  const found = findingsOf(file).flatMap(({ part }) => (part && part.says !== "over" ? [part.basis] : []));
  const basis = [...new Set(found.map((code) => PUBLIC[/** @type {keyof typeof PUBLIC} */ (code)]))];
  const free = Object.entries(last?.free ?? {}).map(([lang, words]) => [`free-${lang}`, words]);
  const counts = {
    officers: last?.officers ?? told?.officers ?? "unknown",
    vehicles: last?.vehicles ?? told?.vehicles ?? "unknown",
  };
  Object.assign(values, {
    ...{
      begun: true,
      class: letter,
      template: last?.template ?? TEMPLATES[letter][0],
      audience: last?.audience ?? "responders",
    },
    ...{ place: { zone, cell: last?.place.cell ?? cellIn(desk, zone) }, ago: "3", basis, ...counts },
    ...{ marking: last?.marking ?? "unclear", instruction: last?.instruction ?? "observe-only", minutes: "120" },
    ...{ rights: last?.rights ?? desk.baked.face.rights[0]?.id, ...Object.fromEntries(free) },
  });
}

/** @param {Desk} desk @param {string} zone @returns {string} */
export function cellIn({ baked: { face } }, zone) {
  return middleOf(face.zones.find(({ id }) => id === zone) ?? face.zones[0]);
}

/**
 * @param {Desk} desk @param {CaseFile} file @param {Values} values
 * @returns {Uint8Array<ArrayBuffer>} the bytes to be signed
 */
export function payloadOf(desk, file, values) {
  const langs = [...desk.baked.alerts.keys()].filter((lang) => (values[`free-${lang}`] ?? "").trim() !== "");
  const fields = {
    audience: values.audience,
    class: values.class,
    template: values.template,
    place: { zone: values.place.zone, cell: values.place.cell },
    seen: clock() - Number(values.ago) * 60,
    basis: [...values.basis].sort(byCodePoint),
    officers: values.officers,
    vehicles: values.vehicles,
    marking: values.marking,
    free: Object.fromEntries(langs.map((lang) => [lang, values[`free-${lang}`].trim()])),
    instruction: values.instruction,
    rights: values.rights,
    hotline: desk.baked.face.hotline,
  };
  const chain = moveOf(file) === "propose" ? null : (desk.load.chains.get(file.row.chains.at(-1) ?? "") ?? null);
  values.chain ??= randomId();
  return releasePayload(desk.session, fields, chain, values.chain, Number(values.minutes));
}
