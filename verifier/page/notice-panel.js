/**
 * The notice: what witnesses are told of this desk while nobody can check.  A lead says it, and takes it back.
 */
import { iconNode } from "../../look/icon.js";
import { canonical, unutf8 } from "../../protocol/js/encoding.js";
import { NOTICE_LIFE, QUARTER } from "../../protocol/js/limits.js";
import { holdsAt, openNotice } from "../../protocol/js/notice.js";
import { Signed, sign } from "../../protocol/js/signed.js";
import { clock } from "./clock.js";
import { el } from "./dom.js";
import { button } from "./field.js";
import { known } from "./lenient.js";

/** @typedef {import("./desk.js").Desk} Desk */

const USUAL = 7; // The choice of two hours: long enough to find somebody.
/** What was chosen and not told yet: the panel is drawn again each minute.  @type {WeakMap<Desk, string>} */
const chosen = new WeakMap();

/** @param {Desk} desk @returns {Node} what is in force; for a lead also what changes it; nothing where neither is */
export function drawNotice(desk) {
  const { t } = desk.words;
  const { session } = desk;
  const { network, roster, stayed, me } = session;
  const signed = network.notice === undefined ? [] : known(() => Signed.of(network.notice));
  const [held] = signed.flatMap((one) => known(() => openNotice(one, roster, stayed)));
  const inForce = held !== undefined && held.desk === me.desk && holdsAt(held, clock()) ? held : null;
  const leads = me.roles.has("lead");
  if (inForce === null && !leads) return el("span");
  const until = inForce === null ? "" : dayTime(inForce.until, desk);
  const said = t("Nobody can check until {time}. Told by {id}.", { time: until, id: inForce?.by ?? "" });
  return el(
    "div",
    { class: "card", id: "notice" },
    el("h3", {}, t("What witnesses are told")),
    inForce === null
      ? el("p", {}, t("Nothing: the form does not say whether somebody is on shift."))
      : el("ul", { class: "facts", id: "notice-in-force" }, el("li", {}, iconNode("clock"), el("span", {}, said))),
    ...(leads ? change(desk, inForce !== null, numberAfter(signed[0])) : []),
  );
}

/** @param {Signed | undefined} last @returns {number} the next notice's number, also after one whose lead left since */
function numberAfter(last) {
  return last === undefined ? 1 : JSON.parse(unutf8(last.payload)).number + 1;
}

/** @param {Desk} desk @param {boolean} told whether one is in force @param {number} number @returns {Node[]} */
function change(desk, told, number) {
  const { t } = desk.words;
  const begins = quarter(clock());
  const choices = [];
  for (let until = begins + QUARTER; until <= begins + NOTICE_LIFE; until += QUARTER) {
    choices.push(el("option", { value: until }, dayTime(until, desk)));
  }
  const keep = () => chosen.set(desk, list.value);
  const list = el("select", { id: "notice-until", "aria-describedby": "notice-hint", change: keep }, choices);
  list.value = chosen.get(desk) ?? "";
  if (list.selectedIndex < 0) list.selectedIndex = USUAL;
  const hint = t("They can still tell: it waits, sealed. The notice is signed with your key and in quarter hours.");
  const back = async () => {
    if (await give(desk, 0, number)) desk.tell(t("Witnesses are told nothing of the shift any more."), "yes");
  };
  const say = async () => {
    const until = Number(list.value);
    const words = t("Witnesses are told that nobody can check until {time}.", { time: dayTime(until, desk) });
    if (await give(desk, until, number)) desk.tell(words, "yes");
  };
  const label = el("label", { for: "notice-until" }, t("Until about"));
  const buttons = [
    button(t("Tell witnesses that nobody can check now"), say, { id: "notice-say", icon: iconNode("bell") }),
    told && button(t("Take the notice back"), back, { id: "notice-back" }),
  ];
  return [
    el("div", { class: "field" }, label, list, el("p", { class: "hint", id: "notice-hint" }, hint)),
    el("div", { class: "buttons" }, buttons),
  ];
}

/**
 * Sign a notice and leave it at the server.
 * @param {Desk} desk @param {number} until 0 to take back what is told @param {number} number
 * @returns {Promise<boolean>}
 */
async function give(desk, until, number) {
  const { session } = desk;
  const { me, roster, vault, api } = session;
  const from = quarter(clock());
  const value = { v: 1, network: roster.network, desk: me.desk, number, from, until: until || from };
  const signed = sign("notice", canonical({ ...value, reason: "nobody-on-shift" }), me.id, vault.seed);
  if (!(await desk.attempt(() => api.post("/api/notices", signed.value())))) return false;
  await session.refresh();
  return true;
}

/** @param {number} time @returns {number} when its quarter hour began */
const quarter = (time) => time - (time % QUARTER);

/** @param {number} at Unix seconds @param {Desk} desk @returns {string} weekday and time there */
function dayTime(at, { words, baked }) {
  const clock = /** @type {const} */ ({ weekday: "short", hour: "numeric", minute: "2-digit" });
  return new Intl.DateTimeFormat(words.lang, { ...clock, timeZone: baked.face.timezone }).format(at * 1000);
}
