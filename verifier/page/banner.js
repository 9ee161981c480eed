/**
 * Banners: a network that is not the actual one says so on every screen.
 */
import { TEXTS } from "../../look/templates.js";
import { iconNode } from "../../look/icon.js";
import { el } from "./dom.js";

/** @param {import("./baked.js").Baked} baked @returns {HTMLElement[]} for the head of the page */
export function banners({ policy, face, words: { t } }) {
  const made = [];
  if (policy.mode === "exercise") {
    made.push(el("p", { class: "banner banner-exercise" }, iconNode("warning"), t(TEXTS.face.drill)));
  }
  if (face.demo) made.push(el("p", { class: "banner banner-demo" }, iconNode("key"), t(TEXTS.face.demo)));
  return made;
}
