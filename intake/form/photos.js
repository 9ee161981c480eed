/**
 * The photos of a tip: chosen, looked at, painted over, taken out again.  They are in the page's memory only.
 */
import { put } from "../../look/words.js";
import { BUCKETS, CHUNK, MAX_FILES } from "../../protocol/js/limits.js";
import { showAttorneys } from "./attorneys.js";
import { breathe } from "./breathe.js";
import { Brush } from "./brush.js";
import { input, part, reveal } from "./page.js";
import { Photo, Unfit, bytesOf, canvasIsHonest } from "./photo.js";

/** @typedef {import("../../look/words.js").Words} Words */
/** @typedef {import("../../protocol/js/tip.js").Attachment} Attachment */
/** @typedef {import("./photo.js").Fault} Fault */
/** @typedef {Readonly<{files: readonly Attachment[], originals: readonly Uint8Array[]}>} Chosen */
/** One in the list.  @typedef {{photo: Photo, node: HTMLElement, brush: Brush | null}} Shown */

/** Bytes that photos and sealed originals have together; each seal takes its header and a tag for each chunk. */
const ROOM = BUCKETS[BUCKETS.length - 1] - CHUNK;
const SEAL = 8192;

export class Photos {
  #words;
  /** @type {Shown[]} */
  #all = [];
  /** @type {boolean | null} whether the canvas can be believed, once it was tried */
  #isHonest = null;
  /** What is being read, one lot after the other. */
  #adding = Promise.resolve();
  #lots = 0;
  /** What was last said.  @type {Fault | "many" | null} */
  #fault = null;
  /** Counts how often all was let go of: what is still being read then is not added any more. */
  #lives = 0;

  /** @param {Words} words */
  constructor(words) {
    this.#words = words;
    const field = input("photo-files");
    part("photo-add").addEventListener("click", () => field.click());
    field.addEventListener("change", () => {
      const [files, lives] = [[...(field.files ?? [])], this.#lives];
      field.value = ""; // The same file may be chosen again.
      this.#lots++;
      reveal("photo-wait", true);
      const add = () => this.#add(files, lives).catch((error) => {
        this.#say("broken");
        throw error; // A mistake of ours: the console should have it.
      });
      // Whatever became of the lot before.
      this.#adding = this.#adding.then(add, add).finally(() => reveal("photo-wait", --this.#lots > 0));
    });
    input("keep-originals").addEventListener("change", () => this.refresh());
  }

  /** @returns {boolean} whether there is one */
  get any() {
    return this.#all.length > 0;
  }

  /** What is sent of them; null, and said why, where it can't be.  @returns {Promise<Chosen | null>} */
  async chosen() {
    // Whoever sends while a photo is still being read sends it too, or is told why not.
    if (this.#lots > 0) {
      await this.#adding.catch(() => {}); // It was said.
      if (this.#fault !== null) return null;
    }
    try {
      return await this.#read();
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      this.#say(error.fault);
      return null;
    }
  }

  /** Bring what was said of them into sight. */
  goTo() {
    /** @type {HTMLDetailsElement} */ (part("photos")).open = true;
    part("photo-fault").scrollIntoView({ block: "center" });
  }

  /** @returns {Promise<Chosen>} */
  async #read() {
    const files = [];
    for (const { photo } of this.#all) files.push(await photo.attachment());
    const kept = input("keep-originals").checked ? this.#all : [];
    const sizes = [...files.map(({ data }) => data.length), ...kept.map(({ photo }) => photo.file.size * 1.001 + SEAL)];
    if (sizes.reduce((sum, size) => sum + size, 0) > ROOM) throw new Unfit("room");
    const originals = [];
    for (const { photo } of kept) originals.push(await bytesOf(photo.file));
    return { files, originals };
  }

  /** Let go of all of them. */
  wipe() {
    this.#lives++;
    for (const { photo, node, brush } of this.#all) {
      brush?.letGo();
      photo.forget();
      node.remove();
    }
    this.#all = [];
    this.refresh();
    this.#say(null);
  }

  /** @param {File[]} files @param {number} lives when they were chosen */
  async #add(files, lives) {
    if (lives !== this.#lives) return;
    this.#isHonest ??= canvasIsHonest();
    reveal("photo-shield", !this.#isHonest);
    let fault = /** @type {Fault | "many" | null} */ (null);
    part("photo-fault").textContent = "";
    for (const file of files) {
      if (this.#all.length >= MAX_FILES) {
        fault = "many";
        break;
      }
      await breathe();
      try {
        const photo = await Photo.read(file, this.#isHonest);
        if (lives !== this.#lives) return photo.forget();
        this.#show(photo);
      } catch (error) {
        if (!(error instanceof Unfit)) throw error;
        ({ fault } = error);
      }
    }
    this.refresh();
    this.#say(fault);
  }

  /** @param {Photo} photo */
  #show(photo) {
    const model = /** @type {HTMLTemplateElement} */ (part("photo-one"));
    const node = /** @type {HTMLElement} */ (/** @type {Element} */ (model.content.firstElementChild).cloneNode(true));
    /** @type {Shown} */
    const shown = { photo, node, brush: null };
    this.#all.push(shown);
    node.querySelector(".picture")?.prepend(photo.canvas);
    photo.canvas.setAttribute("role", "img");
    /** @param {string} name @param {() => void} act */
    const on = (name, act) => node.querySelector(`.${name}`)?.addEventListener("click", act);
    on("cover", () => this.#edit(shown));
    on("done", () => this.#endEdit(shown));
    on("cover-all", () => shown.brush?.coverAll());
    on("undo", () => {
      photo.undo();
      void this.#measure(shown);
    });
    on("remove", () => this.#remove(shown));
    part("photo-list").append(node);
    within(node, "cover").hidden = !photo.isPaintable;
    void this.#measure(shown);
  }

  /** @param {Shown} shown */
  #edit(shown) {
    const { photo, node } = shown;
    for (const other of this.#all) if (other.brush !== null) this.#endEdit(other);
    shown.brush = new Brush(photo, within(node, "frame"), () => void this.#measure(shown));
    this.#swap(shown, true);
    photo.canvas.focus({ preventScroll: true });
    node.scrollIntoView({ block: "start" });
  }

  /** @param {Shown} shown */
  #endEdit(shown) {
    shown.brush?.letGo();
    shown.brush = null;
    this.#swap(shown, false);
    within(shown.node, "cover").focus();
  }

  /** @param {Shown} shown @param {boolean} isEdited */
  #swap({ photo, node }, isEdited) {
    node.classList.toggle("edited", isEdited);
    for (const name of ["brush", "brush-hint"]) within(node, name).hidden = !isEdited;
    for (const name of ["cover", "remove"]) within(node, name).hidden = isEdited;
    photo.canvas.setAttribute("role", isEdited ? "application" : "img");
    if (isEdited) photo.canvas.tabIndex = 0;
    else photo.canvas.removeAttribute("tabindex");
  }

  /** @param {Shown} shown */
  #remove(shown) {
    shown.brush?.letGo();
    shown.photo.forget();
    shown.node.remove();
    this.#all = this.#all.filter((one) => one !== shown);
    this.refresh();
    this.#say(null);
    part("photo-add").focus();
  }

  /** Say how large one is, and what is covered.  @param {Shown} shown */
  async #measure(shown) {
    const { photo, node } = shown;
    const { t, tn } = this.#words;
    /** @type {HTMLButtonElement} */ (within(node, "undo")).disabled = photo.strokes === 0;
    const made = await photo.attachment().catch((error) => error);
    if (!this.#all.includes(shown)) return; // It was taken out meanwhile.
    if (made instanceof Error) throw made;
    const { data } = made;
    const [width, height] = [photo.canvas.width, photo.canvas.height];
    const kilobytes = Math.ceil(data.length / 1000);
    const size = photo.isPaintable
      ? t("{width} by {height} pixels, {kilobytes} kB", { width, height, kilobytes })
      : t("{kilobytes} kB", { kilobytes });
    const covered = tn("{n} spot covered", "{n} spots covered", photo.strokes);
    put(within(node, "size"), photo.strokes === 0 ? size : `${size} · ${covered}`);
  }

  /** Bring what depends on them in step. */
  refresh() {
    const { t } = this.#words;
    for (const [place, { photo }] of this.#all.entries()) {
      photo.canvas.setAttribute("aria-label", t("Photo {n}", { n: place + 1 }));
    }
    reveal("photo-add", this.#all.length < MAX_FILES);
    if (!this.any) input("keep-originals").checked = false;
    showAttorneys(this.any);
    reveal("originals-hint", input("keep-originals").checked);
  }

  /** @param {Fault | "many" | null} fault */
  #say(fault) {
    const { t } = this.#words;
    this.#fault = fault;
    const sentences = {
      many: t("A tip takes up to 3 photos. The first ones are here; the others were left out."),
      large: t("That file is too large for a photo. Take a screenshot of it and choose that."),
      small: t("That picture is too small to show anything. Choose another."),
      format: t("That file is not a photo this form can take. Choose a JPEG, PNG or WebP, or take a screenshot of it."),
      heic: t("This browser can’t open that kind of photo (HEIC). Take a screenshot of it and choose that."),
      broken: t("That photo is damaged or cut off. Choose another, or take a screenshot of it and choose that."),
      shield: t("In this browser only JPEG photos can be cleaned. Choose a JPEG."),
      room: t("Together these are too large for one tip. Take out a photo, or do not keep the originals."),
    };
    put(part("photo-fault"), fault === null ? "" : sentences[fault]);
  }
}

/** @param {HTMLElement} node @param {string} name @returns {HTMLElement} the part of a photo's entry with this class */
function within(node, name) {
  return /** @type {HTMLElement} */ (node.querySelector(`.${name}`));
}
