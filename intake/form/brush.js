/**
 * The brush: covers faces in a photo by finger, mouse or keys.  What is covered is gone from the pixels, not hidden.
 */
import { line } from "./photo.js";

/** @typedef {import("./photo.js").Photo} Photo */

/** The brush's width, as a part of the photo's longer side. */
const WIDTH = 1 / 14;
/** By key: how far the frame moves, in frames. */
const MOVES = Object.freeze({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] });

/** Listens to a photo's canvas until it is let go. */
export class Brush {
  #photo;
  #frame;
  #changed;
  #place = { x: 0.5, y: 0.5 };
  #listening = new AbortController();

  /**
   * @param {Photo} photo @param {HTMLElement} frame is shown where the keys would cover
   * @param {() => void} changed is called after each stroke
   */
  constructor(photo, frame, changed) {
    this.#photo = photo;
    this.#frame = frame;
    this.#changed = changed;
    const { signal } = this.#listening;
    photo.canvas.addEventListener("pointerdown", (event) => this.#begin(event), { signal });
    photo.canvas.addEventListener("keydown", (event) => this.#key(event), { signal });
    photo.canvas.addEventListener("focus", () => this.#showFrame(photo.canvas.matches(":focus-visible")), { signal });
    photo.canvas.addEventListener("blur", () => this.#showFrame(false), { signal });
    addEventListener("resize", () => this.#showFrame(!this.#frame.hidden), { signal }); // A phone that is turned.
  }

  /** Cover all of it. */
  coverAll() {
    const { width, height } = this.#photo.canvas;
    this.#photo.paint((context) => context.fillRect(0, 0, width, height));
    this.#changed();
  }

  /** Stop listening. */
  letGo() {
    this.#showFrame(false);
    this.#listening.abort();
  }

  get #width() {
    return Math.max(this.#photo.canvas.width, this.#photo.canvas.height) * WIDTH;
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    const { canvas } = this.#photo;
    canvas.setPointerCapture(event.pointerId);
    const points = [this.#at(event)];
    const width = this.#width;
    this.#photo.paint((context) => line(context, points, width));
    const [moving, signal] = [new AbortController(), this.#listening.signal];
    const more = (/** @type {PointerEvent} */ next) => {
      points.push(this.#at(next));
      // Only what is new: a photo is not drawn again for each pixel that a finger moves.
      this.#photo.retrace(points.slice(-2), width);
    };
    const end = () => {
      moving.abort();
      this.#changed();
    };
    canvas.addEventListener("pointermove", more, { signal: moving.signal });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, end, { signal: moving.signal });
    signal.addEventListener("abort", () => moving.abort(), { once: true });
  }

  /** @param {PointerEvent} event @returns {{x: number, y: number}} in the photo's pixels */
  #at(event) {
    const { canvas } = this.#photo;
    const box = canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.x) / box.width) * canvas.width,
      y: ((event.clientY - box.y) / box.height) * canvas.height,
    };
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { width, height } = this.#photo.canvas;
    const move = Object.hasOwn(MOVES, event.key) ? MOVES[/** @type {keyof typeof MOVES} */ (event.key)] : null;
    if (move === null && event.key !== " " && event.key !== "Enter") return;
    event.preventDefault();
    const side = this.#width;
    if (move === null) {
      const [x, y] = [this.#place.x * width - side / 2, this.#place.y * height - side / 2];
      this.#photo.paint((context) => context.fillRect(x, y, side, side));
      this.#changed();
    } else {
      this.#place.x = Math.min(1, Math.max(0, this.#place.x + (move[0] * side * 0.5) / width));
      this.#place.y = Math.min(1, Math.max(0, this.#place.y + (move[1] * side * 0.5) / height));
    }
    this.#showFrame(true);
  }

  /** @param {boolean} seen */
  #showFrame(seen) {
    const { canvas } = this.#photo;
    const side = (this.#width / canvas.width) * canvas.clientWidth;
    this.#frame.hidden = !seen;
    this.#frame.style.inlineSize = this.#frame.style.blockSize = `${side}px`;
    this.#frame.style.left = `${canvas.offsetLeft + this.#place.x * canvas.clientWidth - side / 2}px`;
    this.#frame.style.top = `${canvas.offsetTop + this.#place.y * canvas.clientHeight - side / 2}px`;
  }
}
