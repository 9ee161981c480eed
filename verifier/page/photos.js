/**
 * A tip's photos: opened when asked for, veiled until touched, and never shown unless they are pictures and nothing else.
 */
import { iconNode } from "../../look/icon.js";
import { Refused } from "../../protocol/js/errors.js";
import { requireBare } from "../../protocol/js/jpeg.js";
import { ORIGINAL } from "../../protocol/js/tip.js";
import { el } from "./dom.js";
import { button } from "./field.js";

/** @typedef {import("./caseload.js").TipEntry} TipEntry */
/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../protocol/js/tip.js").Attachment} Attachment */
/** A photo's address, and how it is turned; `why` instead of an address for one that is not shown.
 * @typedef {Readonly<{url: string, turn: number, why: string}>} Opened */

/** Opened photos, by envelope; gone when the desk is locked.  @type {Map<string, readonly Opened[]>} */
const PHOTOS = new Map();
/** Rises when all are forgotten: what was being opened then is shown to nobody. */
let forgotten = 0;

/** @param {Desk} desk @param {TipEntry} entry @returns {Node | null} */
export function photos(desk, entry) {
  const { tn } = desk.words;
  const files = entry.tip?.header.files ?? [];
  const originals = files.filter(({ type }) => type === ORIGINAL).length;
  const count = files.length - originals;
  if (files.length === 0) return null;
  const opened = PHOTOS.get(entry.row.id);
  const sealed = originals > 0 && el(
    "p",
    { class: "quiet" },
    iconNode("sealed"),
    tn("{n} original is sealed to the attorneys.", "{n} originals are sealed to the attorneys.", originals),
  );
  const open = count > 0 && opened === undefined && button(
    tn("Open {n} photo", "Open {n} photos", count),
    () => openPhotos(desk, entry),
    { icon: iconNode("camera") },
  );
  const shown = opened !== undefined && el("div", { class: "photos" }, opened.map((one, at) => picture(desk, one, at)));
  return el("div", { class: "attached", "data-envelope": entry.row.id }, open, shown, sealed);
}

/** @param {Desk} desk @param {Opened} photo @param {number} place @returns {Node} */
function picture({ words: { t } }, { url, turn, why }, place) {
  if (url === "") {
    const sentence = t("Photo {n} is not shown: it holds more than a picture.", { n: place + 1 });
    return el(
      "div",
      { class: "notice notice-doubt" },
      iconNode("warning"),
      el("p", {}, sentence, " ", el("small", {}, why)),
    );
  }
  const image = el("img", { src: url, alt: t("Photo {n} of the tip", { n: place + 1 }), class: `turn-${turn}` });
  // Blurred until somebody wants to see it: two hours of such pictures are long.
  return el(
    "button",
    {
      type: "button",
      class: `photo veiled${turn > 4 ? " photo-turned" : ""}`,
      "aria-label": t("Show or veil photo {n}", { n: place + 1 }),
      click: unveil,
    },
    image,
  );
}

/** @param {{currentTarget: HTMLElement}} event */
const unveil = ({ currentTarget }) => currentTarget.classList.toggle("veiled");

/** @param {Desk} desk @param {TipEntry} entry */
async function openPhotos(desk, entry) {
  const { id } = entry.row;
  await desk.attempt(async () => {
    const before = forgotten;
    const { files } = await desk.load.whole(id);
    const made = await Promise.all(files.filter(({ type }) => type !== ORIGINAL).map(open));
    if (before !== forgotten) return revoke(made);
    revoke(PHOTOS.get(id) ?? []);
    PHOTOS.set(id, made);
    // Its own place, wherever that is by now: another tip's photos stand beside, or another case is looked at.
    for (const place of document.querySelectorAll(`.attached[data-envelope="${id}"]`)) {
      place.replaceWith(photos(desk, entry) ?? "");
    }
  });
}

/** @param {Attachment} file @returns {Promise<Opened>} */
async function open({ type, data, turn }) {
  try {
    if (type !== "image/jpeg") throw new Refused("photo", `A photo is a JPEG; this says it is ${type}.`);
    await requireBare(data);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { url: "", turn, why: error.sentence };
  }
  return { url: URL.createObjectURL(new Blob([/** @type {BlobPart} */ (data)], { type })), turn, why: "" };
}

/** @param {readonly Opened[]} all */
function revoke(all) {
  for (const { url } of all) if (url !== "") URL.revokeObjectURL(url);
}

/** Forget every opened photo, and what is being opened. */
export function forgetPhotos() {
  forgotten++;
  for (const all of PHOTOS.values()) revoke(all);
  PHOTOS.clear();
}
