/**
 * Saving: a copy of the form for a place without a network, and the sealed files that such copies give.
 */
import { copyOf, download } from "../../look/copy.js";
import { unutf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_SEALED_FILE, decodeSealedFile, encodeSealedFile } from "../../protocol/js/sealedfile.js";
import { input, isKept, part, reveal } from "./page.js";

/** @typedef {import("../../protocol/js/publication.js").Publication} Publication */
/** @typedef {import("./coming-back.js").Shared} Page */

const PAGE_NAME = "form.html";
/** A name that tells nothing of what is in it. */
const FILE_NAME = "sealed.bin";

/** What both kinds of page show: the live one how to save it, a saved one how to hand in what it seals. */
export class Saving {
  #address = "";
  #page;

  /** @param {Page} page */
  constructor(page) {
    this.#page = page;
    reveal("save-card", !isKept());
    if (isKept()) {
      part("have-code").hidden = true;
      void this.#note();
      return;
    }
    part("save").addEventListener("click", () => void this.#save());
    part("hand-file").addEventListener("change", () => void this.#handIn());
  }

  /** Give what was sealed as a file.  @param {import("./sending.js").Sealed} sealed */
  hand({ envelope, to }) {
    this.forget();
    const file = new Blob([encodeSealedFile(to.desk, to.name, envelope)], { type: "application/octet-stream" });
    this.#address = URL.createObjectURL(file);
    const link = /** @type {HTMLAnchorElement} */ (part("file-link"));
    [link.href, link.download] = [this.#address, FILE_NAME];
    for (const id of ["sent-title", "sent-lead"]) {
      part(id).replaceChildren(...part(`file-${id}`).cloneNode(true).childNodes);
    }
    reveal("sent-file", true);
  }

  /** Let go of the file. */
  forget() {
    if (this.#address !== "") URL.revokeObjectURL(this.#address);
    this.#address = "";
  }

  /** Say until when this copy can be used, and what day it takes for today. */
  async #note() {
    const { words, readers } = this.#page;
    const publication = await readers().publication().catch(() => null); // What is wrong with it is said elsewhere.
    if (publication === null) return;
    const until = this.#day(publication.usableUntil());
    part("kept-until").textContent = words.t(
      "This is a saved copy. It works without a network until {until}; then please save a new one. Your device says that today is {today}.",
      { until, today: this.#day(readers().now()) },
    );
    reveal("kept-note", true);
  }

  async #save() {
    const { words, readers, name, text } = this.#page;
    const publication = await readers().publication().catch(() => null);
    const { data } = readers();
    const content = data === null ? "" : JSON.stringify({ publication: unutf8(data), later: text() });
    const blob = publication === null || content === "" ? null : await copyOf(name, "recipients", content);
    part("save-said").textContent = blob === null || publication === null
      ? words.t("The page could not be saved just now. Try again when you have a connection.")
      : words.t("Saved. It can be used until {until}.", { until: this.#day(publication.usableUntil()) });
    if (blob !== null) download(blob, PAGE_NAME);
  }

  async #handIn() {
    const { words, handIn } = this.#page;
    const chosen = input("hand-file").files?.[0];
    if (chosen === undefined) return;
    const say = (/** @type {string} */ text) => (part("hand-fault").textContent = text);
    say("");
    try {
      // Of one that is too large a part says so, and is read at once.
      const file = decodeSealedFile(new Uint8Array(await chosen.slice(0, MAX_SEALED_FILE + 1).arrayBuffer()));
      await handIn(file, () => say(words.t("This file is too old, or somebody it was sealed to may no longer open tips. Please tell it again here.")));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      say(words.t("This is not a sealed file of our form, or only a part of one. Choose the file that the saved form gave you."));
    } finally {
      input("hand-file").value = "";
    }
  }

  /** @param {number} time Unix seconds @returns {string} its day, by this device's calendar */
  #day(time) {
    const how = /** @type {const} */ ({ weekday: "long", day: "numeric", month: "long" });
    return new Intl.DateTimeFormat(`${this.#page.words.lang}-u-ca-gregory-nu-latn`, how).format(time * 1000);
  }
}
