/**
 * A photo: read from a file, made small and upright, and never let out with anything but its pixels.  SPEC 6.5.
 *
 * Some browsers guard against being recognised by their canvas: what is read back from it is noise.  There a JPEG is
 * cleaned byte by byte instead, and cannot be painted on.
 */
import { Refused } from "../../protocol/js/errors.js";
import { readJpeg } from "../../protocol/js/jpeg.js";
import { MAX_PIXELS, MAX_SIDE } from "../../protocol/js/limits.js";
import { breathe } from "./breathe.js";

/** @typedef {import("../../protocol/js/encoding.js").Bytes} Bytes */
/** @typedef {import("../../protocol/js/tip.js").Attachment} Attachment */
/** @typedef {Readonly<{x: number, y: number}>} Point */
/** @typedef {"large" | "small" | "format" | "heic" | "broken" | "shield" | "room"} Fault */

/** Bytes: no phone's photo is larger, and whatever is would only fill the memory. */
const LARGEST = 50_000_000;
/** Pixels of the shorter side: less shows nothing. */
const SMALLEST = 16;
/** Between what lettering needs and what a slow link bears. */
const QUALITY = 0.82;
/** Pixels of height that are drawn in one go. */
const BAND = 64;
const [DARK, LIGHT] = ["#111", "#fff"];

/** Why a file can't be sent as a photo. */
export class Unfit extends Error {
  /** @param {Fault} fault @param {{cause?: unknown}} [options] */
  constructor(fault, options) {
    super(fault, options);
    this.fault = fault;
  }
}

/** @returns {boolean} whether a canvas gives back what was drawn on it */
export function canvasIsHonest() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const context = contextOf(canvas);
  for (let at = 0; at < 256; at++) {
    context.fillStyle = `rgb(${at},${255 - at},${(at * 7) & 255})`;
    context.fillRect(at & 15, at >> 4, 1, 1);
  }
  const { data } = context.getImageData(0, 0, 16, 16);
  return data.every((value, place) => {
    const at = place >> 2;
    return value === [at, 255 - at, (at * 7) & 255, 255][place & 3];
  });
}

/**
 * @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [settings]
 * @returns {CanvasRenderingContext2D}
 */
export function contextOf(canvas, settings) {
  const context = canvas.getContext("2d", settings);
  if (context === null) throw new Error("This browser has no canvas.");
  return context;
}

/** @param {CanvasRenderingContext2D} context @param {readonly Point[]} points @param {number} width in pixels */
export function line(context, points, width) {
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(points[0].x, points[0].y);
  for (const { x, y } of points) context.lineTo(x, y); // To where it is already: that makes a dot.
  context.stroke();
}

/** @param {Uint8Array} data @returns {string} the type that the bytes themselves are of, "" for none that is taken */
function typeOf(data) {
  const text = String.fromCharCode(...data.subarray(0, 12));
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (text.startsWith("\x89PNG\r\n")) return "image/png";
  if (text.startsWith("RIFF") && text.endsWith("WEBP")) return "image/webp";
  return /^ftyp(heic|heix|heim|hevc|mif1|msf1|avif)/.test(text.slice(4)) ? "image/heic" : "";
}

/** One photo of the tip.  `canvas` shows it as it will be sent. */
export class Photo {
  /** Bare bytes, where they are not made from the canvas.  @type {Attachment | null} */
  #bare;
  /** What stands on the canvas under the paint.  @type {HTMLCanvasElement} */
  #clean;
  /** @type {((context: CanvasRenderingContext2D) => void)[]} */
  #strokes = [];
  canvas = document.createElement("canvas");

  /** @param {File} file @param {HTMLCanvasElement} clean @param {Attachment | null} bare */
  constructor(file, clean, bare) {
    this.file = file;
    this.#clean = clean;
    this.#bare = bare;
    this.canvas.width = clean.width;
    this.canvas.height = clean.height;
    this.#draw();
  }

  /**
   * Throws Unfit.
   * @param {File} file @param {boolean} isHonest whether a canvas can be believed @returns {Promise<Photo>}
   */
  static async read(file, isHonest) {
    if (file.size > LARGEST) throw new Unfit("large");
    const data = await bytesOf(file);
    const type = typeOf(data);
    if (type === "") throw new Unfit("format");
    if (!isHonest && type !== "image/jpeg") throw new Unfit("shield");
    const bare = type === "image/jpeg" ? await bareOf(data) : null;
    const bitmap = await decode(new Blob([data], { type }), type);
    const clean = await smaller(bitmap);
    return new Photo(file, clean, isHonest ? null : bare);
  }

  /** @returns {boolean} whether it can be painted on */
  get isPaintable() {
    return this.#bare === null;
  }

  /** @returns {number} how many strokes cover something */
  get strokes() {
    return this.#strokes.length;
  }

  /** Paint, and keep the stroke so that it can be taken back.  @param {(context: CanvasRenderingContext2D) => void} stroke */
  paint(stroke) {
    this.#strokes.push(stroke);
    this.#draw();
  }

  /** Draw the newest bit of the last stroke.  @param {readonly Point[]} points @param {number} width */
  retrace(points, width) {
    line(contextOf(this.canvas), points, width);
  }

  /** Take the last stroke back. */
  undo() {
    this.#strokes.pop();
    this.#draw();
  }

  #draw() {
    const context = contextOf(this.canvas);
    context.strokeStyle = context.fillStyle = DARK;
    context.lineCap = context.lineJoin = "round";
    context.drawImage(this.#clean, 0, 0);
    for (const stroke of this.#strokes) stroke(context);
  }

  /** What is sent: one layer of pixels, and nothing else.  @returns {Promise<Attachment>} */
  async attachment() {
    if (this.#bare !== null) return this.#bare;
    const blob = await new Promise((done) => this.canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!(blob instanceof Blob) || blob.type !== "image/jpeg") throw new Unfit("broken");
    // Encoders put a colour profile and more round the pixels: nothing of theirs is kept either.
    return bareOf(await bytesOf(blob));
  }

  /** Leave nothing of it in memory. */
  forget() {
    for (const one of [this.canvas, this.#clean]) one.width = one.height = 0;
    this.#strokes = [];
    this.#bare = null;
  }
}

/** @param {Blob} file @returns {Promise<Bytes>} */
export async function bytesOf(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw new Unfit("broken", { cause }); // It was moved or deleted since.
  }
}

/** @param {Bytes} data @returns {Promise<Attachment>} */
async function bareOf(data) {
  try {
    const { bare, turn } = await readJpeg(data, breathe);
    return { type: "image/jpeg", data: bare, turn };
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Unfit("broken", { cause });
  }
}

/** @param {Blob} blob @param {string} type @returns {Promise<ImageBitmap>} upright */
async function decode(blob, type) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(blob, { imageOrientation: "from-image" });
  } catch (cause) {
    throw new Unfit(type === "image/heic" ? "heic" : "broken", { cause });
  }
  const { width, height } = bitmap;
  if (width * height <= MAX_PIXELS && Math.min(width, height) >= SMALLEST) return bitmap;
  bitmap.close();
  throw new Unfit(width * height > MAX_PIXELS ? "large" : "small");
}

/**
 * The picture, of at most MAX_SIDE pixels a side, drawn band by band: a large one at once would hold the page up.
 * @param {ImageBitmap} bitmap is used up @returns {Promise<HTMLCanvasElement>}
 */
async function smaller(bitmap) {
  const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const context = contextOf(canvas, { willReadFrequently: true });
  context.getImageData(0, 0, 1, 1); // Its memory is made when it is first looked at.
  await breathe();
  context.imageSmoothingQuality = "high";
  // The first line by itself: with it the whole picture is made ready.
  for (let top = 0, height = 1; top < canvas.height; top += height, height = BAND) {
    context.save();
    context.beginPath();
    context.rect(0, top, canvas.width, height);
    context.clip(); // Not a part of the bitmap: its edges would be smoothed apart from what lies beyond them.
    context.fillStyle = LIGHT; // Where a picture is transparent.
    context.fillRect(0, top, canvas.width, height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    context.restore();
    await breathe();
    context.getImageData(0, top, 1, 1); // Browsers put drawing off until it is looked at.
    await breathe();
  }
  bitmap.close();
  return canvas;
}
