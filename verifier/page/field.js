/**
 * Fields: what a person fills in, bound to a plain object, so that a panel that is drawn again keeps what was typed.
 */
import { el } from "./dom.js";

/** @typedef {Record<string, any>} Values what was typed and chosen, by field */
/** @typedef {readonly (readonly [string, string])[]} Choices each [code, words] */

/** @param {string} id @param {string} hint @returns {HTMLElement | null} */
const hintOf = (id, hint) => (hint === "" ? null : el("p", { class: "hint", id: `${id}-hint` }, hint));

/**
 * One of several, as chips.
 * @param {Values} values @param {string} name @param {string} legend @param {Choices} choices
 * @param {{hint?: string, onchange?: () => void}} [rest] @returns {HTMLElement}
 */
export function choice(values, name, legend, choices, { hint = "", onchange } = {}) {
  return chips("radio", values, name, legend, choices, { hint, onchange });
}

/**
 * Any of several, as chips; the value is a list.
 * @param {Values} values @param {string} name @param {string} legend @param {Choices} choices
 * @param {{hint?: string, onchange?: () => void}} [rest] @returns {HTMLElement}
 */
export function several(values, name, legend, choices, { hint = "", onchange } = {}) {
  return chips("checkbox", values, name, legend, choices, { hint, onchange });
}

/**
 * @param {"radio" | "checkbox"} type @param {Values} values @param {string} name @param {string} legend
 * @param {Choices} choices @param {{hint: string, onchange?: () => void}} rest @returns {HTMLElement}
 */
function chips(type, values, name, legend, choices, { hint, onchange }) {
  if (type === "checkbox") values[name] ??= [];
  const made = choices.map(([code, words]) => {
    const checked = type === "radio" ? values[name] === code : values[name].includes(code);
    const change = (/** @type {Event} */ event) => {
      const on = /** @type {HTMLInputElement} */ (event.target).checked;
      const others = type === "radio" ? [] : values[name].filter((/** @type {string} */ one) => one !== code);
      values[name] = type === "radio" ? code : [...others, ...(on ? [code] : [])];
      onchange?.();
    };
    const id = `${name}-${code}`;
    return el(
      "label",
      { class: "chip" },
      el("input", { type, name, id, value: code, checked, change }),
      el("span", {}, words),
    );
  });
  const described = hint === "" ? null : `${name}-hint`;
  return el(
    "fieldset",
    { class: "field", "aria-describedby": described },
    el("legend", {}, legend),
    el("div", { class: "chips" }, made),
    hintOf(name, hint),
  );
}

/**
 * A line or more of text.  Nothing of it is kept by the browser.
 * @param {Values} values @param {string} name @param {string} label
 * @param {{hint?: string, lines?: number, most?: number, oninput?: () => void, lang?: string}} [rest]
 * @returns {HTMLElement}
 */
export function text(values, name, label, { hint = "", lines = 1, most = 500, oninput, lang } = {}) {
  const input = (/** @type {Event} */ event) => {
    values[name] = /** @type {HTMLInputElement} */ (event.target).value;
    oninput?.();
  };
  const attributes = {
    id: name,
    maxlength: most,
    autocomplete: "off",
    spellcheck: "false",
    autocorrect: "off",
    lang,
    input,
  };
  const described = { "aria-describedby": hint === "" ? null : `${name}-hint` };
  const typed =
    lines === 1
      ? el("input", { type: "text", ...attributes, ...described })
      : el("textarea", { rows: lines, ...attributes, ...described });
  typed.value = values[name] ?? "";
  return el("div", { class: "field" }, el("label", { for: name }, label), typed, hintOf(name, hint));
}

/**
 * One of a longer list.
 * @param {Values} values @param {string} name @param {string} label @param {Choices} choices
 * @param {{hint?: string, onchange?: () => void}} [rest] @returns {HTMLElement}
 */
export function list(values, name, label, choices, { hint = "", onchange } = {}) {
  values[name] ??= choices[0]?.[0] ?? "";
  const change = (/** @type {Event} */ event) => {
    values[name] = /** @type {HTMLSelectElement} */ (event.target).value;
    onchange?.();
  };
  const options = choices.map(([code, words]) => el("option", { value: code, selected: values[name] === code }, words));
  const select = el("select", { id: name, change, "aria-describedby": hint === "" ? null : `${name}-hint` }, options);
  return el("div", { class: "field" }, el("label", { for: name }, label), select, hintOf(name, hint));
}

/**
 * Yes or not, as a tick.
 * @param {Values} values @param {string} name @param {string} label @param {() => void} [onchange]
 * @returns {HTMLElement}
 */
export function tick(values, name, label, onchange) {
  const change = (/** @type {Event} */ event) => {
    values[name] = /** @type {HTMLInputElement} */ (event.target).checked;
    onchange?.();
  };
  const box = el("input", { type: "checkbox", id: name, checked: values[name] === true, change });
  return el("label", { class: "tick", for: name }, box, el("span", {}, label));
}

/**
 * A button that acts once at a time.
 * @param {string} words @param {(event: Event) => unknown} act
 * @param {{kind?: "main" | "stop" | "wide" | "", id?: string, icon?: Node | null, disabled?: boolean}} [rest]
 * @returns {HTMLButtonElement}
 */
export function button(words, act, { kind = "", id, icon = null, disabled = false } = {}) {
  const style = kind === "" ? "button" : `button button-${kind}`;
  const made = el("button", { type: "button", class: style, id, disabled }, icon, el("span", {}, words));
  made.addEventListener("click", async (event) => {
    if (made.getAttribute("aria-busy") === "true") return;
    made.setAttribute("aria-busy", "true");
    try {
      await act(event);
    } finally {
      made.removeAttribute("aria-busy");
    }
  });
  return made;
}
