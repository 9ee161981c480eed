/**
 * The shift: who is here, whether two keys could sign, how long the roster holds, one's weekly keys, the way out.
 */
import { iconNode } from "../../look/icon.js";
import { canonical } from "../../protocol/js/encoding.js";
import { epochOf, epochStart } from "../../protocol/js/epoch.js";
import { DAY, STAY_LIFE } from "../../protocol/js/limits.js";
import { mayReceive } from "../../protocol/js/recipients.js";
import { sign } from "../../protocol/js/signed.js";
import { breakGlass, copyDestroyed } from "./breakglass.js";
import { el, handOver } from "./dom.js";
import { button } from "./field.js";
import { clock } from "./clock.js";
import { drawNotice } from "./notice-panel.js";
import { drawVault } from "./renewal.js";
import { wallTime } from "./tip-panel.js";
import { newestSet, weeksNow } from "./week.js";

/** @typedef {import("./desk.js").Desk} Desk */

const COUNTED = 15; // Days before its end from which on a roster counts them down.

/** @param {Desk} desk @returns {readonly Node[]} */
export function drawShift(desk) {
  const { t } = desk.words;
  const { session } = desk;
  const strange = [
    t("Your last signed move here is not the one this browser remembers."),
    t("If you have not worked on another device since, tell a lead."),
  ].join(" ");
  const leftOut = [
    t("You are not in this week's recipient set: new tips don't open for you yet."),
    t("Your desk signs the next set by itself. If this stays once another person's desk is open too, tell a lead."),
  ].join(" ");
  const skewed = t("Your device's clock is off. Set it, or others will refuse what you sign.");
  const leave = async () => {
    await session.signOut().catch(() => undefined); // The shift ends by itself; this device forgets in any case.
    desk.lock(t("You are signed out. Your keys are gone from this page."));
  };
  return [
    el("h2", {}, t("Shift")),
    people(desk),
    drawNotice(desk),
    roster(desk),
    weeks(desk),
    drawVault(desk),
    isLeftOut(desk) ? notice("doubt", leftOut) : el("span"),
    session.strange ? notice("doubt", strange) : el("span"),
    Math.abs(session.skew) > 60 ? notice("doubt", skewed) : el("span"),
    button(t("Sign out and end the shift"), leave, { id: "sign-out", icon: iconNode("exit") }),
  ];
}

/**
 * Whether the newest set in force of this week leaves out somebody who belongs in it.  Their desk signs no such set.
 * @param {Desk} desk @returns {boolean}
 */
function isLeftOut({ session }) {
  const { me, network, stayed } = session;
  const newest = newestSet(network.sets, epochOf(clock()));
  return mayReceive(me, stayed) && newest !== null && !newest.members.some(({ verifier }) => verifier === me.id);
}

/** @param {"doubt" | "stop"} kind @param {string} words @returns {Node} */
function notice(kind, words) {
  return el("div", { class: `notice notice-${kind}` }, iconNode("warning"), el("p", {}, words));
}

/** @param {Desk} desk @returns {Node} */
function people(desk) {
  const { t, tn } = desk.words;
  const { roster, network, me } = desk.session;
  /** @type {[string, number][]} */
  const here = Object.entries(network.on_shift);
  const organizations = new Set(here.flatMap(([id]) => roster.verifiers.get(id)?.org ?? []));
  const free = here.filter(([id]) => !roster.verifiers.get(id)?.roles.has("trainee")).length;
  const enough = free >= roster.keys && organizations.size >= roster.organisationsNeeded;
  const rows = here.map(([id, until]) => {
    const one = roster.verifiers.get(id);
    const lead = one?.roles.has("lead") ? ` · ${t("lead")}` : "";
    const who = id === me.id ? t("you") : id;
    const end = t("until {time}", { time: wallTime(until, desk.baked) });
    return el(
      "li",
      {},
      iconNode("people"),
      el("span", {}, `${who} · ${one?.org ?? ""}${lead} · ${end}`),
      stay(desk, id),
    );
  });
  const sentence = enough
    ? t("Two keys from enough organizations are here: an alert could go out.")
    : t("Not enough different keys are here: you can check and send a checker, and no alert can go out.");
  return el(
    "div",
    { class: "card" },
    el("h3", {}, tn("{n} free key on shift", "{n} free keys on shift", free)),
    el("ul", { class: "facts" }, rows),
    el("p", { class: enough ? "fine" : "scarce" }, iconNode(enough ? "check" : "missing"), sentence),
  );
}

/** A lead suspends a person now.  @param {Desk} desk @param {string} id @returns {Node | null} */
function stay(desk, id) {
  const { t } = desk.words;
  const { me, roster, vault, api } = desk.session;
  if (!me.roles.has("lead") || id === me.id) return null;
  const act = async () => {
    const issued = clock();
    const payload = canonical({ v: 1, network: roster.network, verifier: id, issued, until: issued + STAY_LIFE });
    const done = await desk.attempt(() => api.post("/api/stays", sign("stay", payload, me.id, vault.seed).value()));
    if (!done) return;
    await desk.session.refresh();
    desk.tell(t("{id} is suspended for 7 days, or until a new roster says more. Tell the custodians.", { id }), "yes");
  };
  const open = el("summary", {}, t("Suspend this person"));
  return el(
    "details",
    { class: "stay" },
    open,
    button(t("Suspend {id} now", { id }), act, { kind: "stop", id: `stay-${id}` }),
  );
}

/** @param {Desk} desk @returns {Node} */
function roster(desk) {
  const { t, tn } = desk.words;
  const { roster: known } = desk.session;
  const days = Math.floor((known.expires - clock()) / DAY);
  const left = tn("It holds for {n} more day.", "It holds for {n} more days.", days);
  const hint = days <= COUNTED ? notice("doubt", t("Remind the custodians to publish the next roster.")) : el("span");
  return el(
    "div",
    { class: "card" },
    el("h3", {}, t("Roster {number}", { number: known.number })),
    el("p", {}, left),
    hint,
  );
}

/** @param {Desk} desk @returns {Node} this person's weekly keys, and a way to another device */
function weeks(desk) {
  const { t } = desk.words;
  const { session } = desk;
  const rows = weeksNow().map((epoch) => {
    const have = session.weeks.has(epoch);
    const from = weekName(desk, epoch);
    const words = have ? t("key is here") : t("key is on another device, or being made");
    const rest = { id: `copy-${epoch}`, icon: iconNode("download") };
    const copy = have && button(t("Copy to a file"), () => download(desk, epoch), rest);
    return el("li", {}, iconNode(have ? "check" : "missing"), el("span", {}, `${from}: ${words}`), copy);
  });
  const unkept = session.unkept.size > 0 && notice(
    "doubt",
    t("This browser keeps nothing. Copy your weekly keys to files first, or new tips will not open for you again."),
  );
  return el(
    "div",
    { class: "card" },
    el("h3", {}, t("Your weekly keys")),
    el("ul", { class: "facts" }, rows),
    el(
      "p",
      { class: "hint" },
      t("To work on another device, bring the week's file along with your vault."),
      " ",
      t("Whoever has it can open that week's tips: destroy it afterwards."),
    ),
    unkept,
    copies(desk),
  );
}

/** @param {Desk} desk @param {number} epoch */
async function download(desk, epoch) {
  const { session, words } = desk;
  const text = await breakGlass(session, epoch);
  if (text === null) return desk.tell(words.t("This browser did not keep that key."), "doubt");
  handOver(`sereno-${session.me.id}.epoch-${epoch}`, text);
  desk.redraw();
}

/** @param {Desk} desk @returns {Node} what lies in files until somebody says it was destroyed */
function copies(desk) {
  const rows = desk.session.copies.map((one) => copyRow(desk, one));
  return rows.length === 0 ? el("span") : el("ul", { class: "facts", id: "copies" }, rows);
}

/** @param {Desk} desk @param {import("./breakglass.js").Copy} copy @returns {Node} */
function copyRow(desk, { epoch, made }) {
  const { t } = desk.words;
  const gone = async () => {
    await copyDestroyed(desk.session, epoch);
    desk.redraw();
  };
  const from = weekName(desk, epoch);
  return el(
    "li",
    {},
    iconNode("warning"),
    el("span", {}, t("{week}: a file of its key exists, made on {day}.", { week: from, day: made })),
    button(t("I destroyed it"), gone, { id: `gone-${epoch}` }),
  );
}

/** @param {Desk} desk @param {number} epoch @returns {string} */
function weekName({ words }, epoch) {
  const format = new Intl.DateTimeFormat(words.lang, { timeZone: "UTC", day: "numeric", month: "short" });
  return words.t("Week from {day}", { day: format.format(epochStart(epoch) * 1000) });
}
