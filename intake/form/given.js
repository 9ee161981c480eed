/**
 * Given: a code for somebody who may be asked one question.  It is made when they say so, shown once the tip is sent,
 * and gone with the page.
 */
import { deriveThread, encodeCode, generateCode } from "../../protocol/js/codename.js";
import { input, part, reveal } from "./page.js";

/** @typedef {import("../../protocol/js/codename.js").Thread} Thread */
/** @typedef {import("./page.js").Words} Words */

/** Makes the code and shows it. */
export class Given {
  /** @type {Uint8Array | null} */
  #code = null;
  /** @type {Promise<Thread> | null} */
  #thread = null;
  #words;

  /** @param {Words} words */
  constructor(words) {
    this.#words = words;
    part("code-copy").addEventListener("click", () => this.#copy());
    part("code-print").addEventListener("click", () => print());
    const { title } = document;
    // A paper that tells nothing but eight words: what a browser prints above them is the title.
    addEventListener("beforeprint", () => (document.title = part("code").hidden ? title : "·"));
    addEventListener("afterprint", () => (document.title = title));
  }

  /**
   * The thread of a new code, null where none was asked for.  To be called as soon as it is: it takes a second.
   * @param {string} network @returns {Promise<Thread | null>}
   */
  async thread(network) {
    if (!input("ask").checked) {
      this.forget();
      return null;
    }
    this.#code ??= generateCode();
    this.#thread ??= deriveThread(this.#code, network);
    return this.#thread;
  }

  /** Show the code, where there is one that belongs to what has arrived.  @param {boolean} carried */
  show(carried) {
    reveal("code", carried && this.#code !== null);
    if (!carried || this.#code === null) return;
    const items = encodeCode(this.#code).split(" ").map((word) => {
      const item = document.createElement("li");
      item.textContent = word;
      return item;
    });
    part("code-words").replaceChildren(...items);
    document.body.classList.add("coded");
  }

  /** Let go of it. */
  forget() {
    this.#code?.fill(0);
    this.#code = null;
    this.#thread = null;
    part("code-words").replaceChildren();
    part("code-said").textContent = "";
    reveal("code", false);
    document.body.classList.remove("coded");
  }

  async #copy() {
    const { t } = this.#words;
    const said = await navigator.clipboard.writeText(encodeCode(/** @type {Uint8Array} */ (this.#code))).then(
      () => t("Copied. Whoever uses this phone next can paste it, so put it in a safe place soon."),
      () => t("This browser can’t copy. Please write the words down."),
    );
    part("code-said").textContent = said;
  }
}
