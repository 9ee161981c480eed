/** Showing a verdict: the answer first, then the alert in words, then what was checked. */
import { iconNode } from "../../look/icon.js";
import { alertText, timeText } from "../../look/render.js";
import { become } from "./become.js";
import { made, part } from "./page.js";
import { plainly } from "./plainly.js";
import { standingOf } from "./verdict.js";

/** @typedef {import("./page.js").Words} Words */
/** @typedef {import("./verdict.js").Verdict} Verdict */
/** @typedef {import("./verdict.js").Genuine} Genuine */
/** @typedef {ReturnType<typeof import("./page.js").readPage>} Page */
/** @typedef {"asked" | "missing" | "silent" | "saved"} Asked whether the page's own site could be asked for more */
/** @typedef {import("../../look/render.js").Standing} Standing */

/** What a verdict looks like, by the public word or by what it is instead: an icon and a frame. */
const LOOKS = Object.freeze({
  confirmed: ["confirmed", "yes"],
  checked: ["confirmed", "yes"],
  "under-review": ["under-review", "doubt"],
  withdrawn: ["withdrawn", "stop"],
  retracted: ["retracted", "stop"],
  ended: ["ended", "over"],
  "not-genuine": ["close", "not"],
  "stops-only": ["missing", "doubt"],
  several: ["missing", "doubt"],
});

/**
 * Show a verdict.  Returns its headline, so that it is read out only when it changes.
 * @param {Verdict} verdict @param {Asked} asked @param {Page} page @param {number} now
 * @param {number} at the time of the last word from outside (Unix seconds) @returns {string}
 */
export function show(verdict, asked, page, now, at) {
  const { t } = page.words;
  const time = timeText(now, page.words, now, page.timezone, true);
  const { title, body } = parts(verdict, asked, page, now, time);
  const word = verdict.kind === "genuine" ? verdict.state.word : verdict.kind;
  const [icon, kind] = LOOKS[/** @type {keyof typeof LOOKS} */ (word)];
  const heading = made("h2", { class: "answer-title", id: "answer-title", tabindex: "-1" }, iconNode(icon, "large"), title);
  const drill = page.policy.mode === "exercise" ? [made("p", { class: "drill" }, t("DRILL"))] : [];
  const asOf = made("p", { class: "as-of" }, t("As of {time}. A later stop may exist.", { time: timeText(at, page.words, now, page.timezone, true) }));
  const opened = part("answer").hidden ? [] : [...part("answer").querySelectorAll("details")].map((one) => one.open);
  part("answer").className = `answer answer-${kind}`;
  const focused = document.activeElement?.id === "answer-title";
  become(part("answer"), made("div", {}, ...drill, heading, asOf, ...body));
  for (const [at, one] of part("answer").querySelectorAll("details").entries()) one.open = opened[at] ?? false;
  if (focused) part("answer-title").focus({ preventScroll: true });
  return title;
}

/**
 * @param {Verdict} verdict @param {Asked} asked @param {Page} page @param {number} now @param {string} time
 * @returns {{title: string, body: Node[]}}
 */
function parts(verdict, asked, page, now, time) {
  const { t } = page.words;
  if (verdict.kind === "genuine") {
    return { title: genuine(verdict.state.word, t), body: whole(verdict, asked, page, now) };
  }
  const rule = made("p", { class: "rule quiet", lang: "en", dir: "ltr" }, `${verdict.refused.rule} ${verdict.refused.kind}: ${verdict.refused.sentence}`);
  if (verdict.kind === "not-genuine") {
    const body = [
      paragraph(plainly(verdict.refused, page.words, time), "what"),
      paragraph(t("Do not share it and do not act on it. If you saw something yourself, call the hotline.")),
      labelled(t("The rule it breaks, in {name}", { name: verdict.name }), rule),
    ];
    return { title: t("Not genuine"), body };
  }
  const said =
    verdict.kind === "several"
      ? t("These files belong to different alerts. Check one alert at a time.")
      : t("This is a stop without the alert that it stops. Add the alert’s own file, release.json.");
  return { title: t("Not an alert by itself"), body: [paragraph(said, "what"), rule] };
}

/** @param {string} word @param {Words["t"]} t @returns {string} */
function genuine(word, t) {
  switch (word) {
    case "under-review":
      return t("Genuine, but under review");
    case "withdrawn":
      return t("Genuine, but withdrawn");
    case "retracted":
      return t("Genuine, but retracted");
    case "ended":
      return t("Genuine, but over");
    default:
      return t("Genuine and current");
  }
}

/** @param {Genuine} verdict @param {Asked} asked @param {Page} page @param {number} now @returns {Node[]} */
function whole(verdict, asked, page, now) {
  const { t } = page.words;
  const { state, messages, older } = verdict;
  const check = `${page.alerts}/${page.words.lang}/alerts/${state.head.alert.id}`;
  const locality = { network: page.network, zones: page.zones, timezone: page.timezone, check };
  const told = alertText(state.head.alert.fields, standingOf(state, messages), page.words, now, locality);
  const replaced = older ? [notice("warning", "doubt", t("What you have was replaced by a newer version. This is what it says now."))] : [];
  return [...replaced, site(verdict, asked, page.words), card(told, state.head.alert.fields.hotline ?? "", t), checked(verdict, page, now, told.how)];
}

/** What the page's own site added.  @param {Genuine} verdict @param {Asked} asked @param {Words} words @returns {Node} */
function site({ news, odd }, asked, { t, tn }) {
  const lines = {
    asked: news > 0 ? tn("This site has {n} message more about it; it is counted in.", "This site has {n} messages more about it; they are counted in.", news) : t("This site was asked for newer messages and has none."),
    missing: t("This site says that it has no such alert. Ask where the alert came from."),
    silent: t("This site could not be asked for newer messages. A stop may exist that you do not have."),
    saved: t("A saved page asks nobody. A stop may exist that you do not have: look at the network’s alerts too."),
  };
  const more = odd > 0 ? ` ${t("It also sent something that is not genuine, which was left out.")}` : "";
  const fine = asked === "asked" && odd === 0;
  return notice(fine ? "check" : "warning", fine ? "yes" : "doubt", lines[asked] + more);
}

/** @param {ReturnType<typeof alertText>} told @param {string} hotline @param {Words["t"]} t @returns {Node} */
function card(told, hotline, t) {
  const facts = /** @type {const} */ ([["pin", told.where], ["eye", told.when], ["clock", told.until], ["people", told.details]]);
  const rows = facts.filter(([, text]) => text !== "").map(([icon, text]) => made("li", { class: icon === "clock" ? "until" : "fact" }, iconNode(icon), made("span", {}, text)));
  return made(
    "article",
    { class: `card alert alert-${told.state}` },
    ...(told.audience ? [made("p", { class: "what" }, told.audience)] : []),
    made("h3", { class: `word word-${told.state}` }, iconNode(told.state), made("span", {}, told.word)),
    ...(told.why ? [paragraph(told.why, "what")] : []),
    paragraph(told.what, told.why ? "said" : "what"),
    ...(told.free ? [paragraph(told.free)] : []),
    made("ul", { class: "facts" }, ...rows),
    made("h4", { class: "do" }, t("Do this")),
    made("ol", { class: "do-lines" }, ...told.do.map((line) => made("li", {}, ...called(line, hotline)))),
  );
}

/** A line, with the telephone number in it as a link.  @param {string} line @param {string} number @returns {(Node | string)[]} */
function called(line, number) {
  const at = line.indexOf(number);
  if (at < 0) return [line];
  const link = made("a", { class: "number", href: `tel:${number.replace(/[^0-9+]/g, "")}` }, number);
  return [line.slice(0, at), link, line.slice(at + number.length)];
}

/** What was checked, for whoever asks.  @param {Genuine} verdict @param {Page} page @param {number} now @param {string} how @returns {Node} */
function checked({ state, messages }, page, now, how) {
  const { t, tn } = page.words;
  const { voices, roster, logged } = state.head;
  const seen = logged === null ? [] : logged.witnessed.map(([name]) => name);
  const signers = voices.verifiers.map(({ id, org }) => `${id} (${org})`).join(", ");
  const each = [...new Map(messages.map((one) => [one.alert.name, one])).values()];
  const lines = [
    how,
    t("Signed by {signers}", { signers }),
    t("They are in list {number} of this network, signed by its root keys.", { number: roster.number }),
    ...(logged === null ? [] : [t("Entry {index} of the public log {log}", { index: logged.index, log: roster.logOrigin })]),
    seen.length > 0 ? t("The log was countersigned by {names}.", { names: seen.join(", ") }) : t("Nobody has countersigned the log for it yet."),
    tn("{n} message was checked.", "{n} messages were checked.", each.length),
    ...each.filter((one) => one.alert.isStop).map((one) => stopped(one, page, now)),
  ];
  const list = made("ul", { class: "plain" }, ...lines.map((line) => made("li", {}, line)));
  return labelled(t("What was checked"), list);
}

/** @param {import("./verdict.js").Message} one @param {Page} page @param {number} now @returns {string} */
function stopped({ alert, voices }, page, now) {
  const { t } = page.words;
  const values = { time: timeText(alert.issued, page.words, now, page.timezone), signers: [...voices.ids].sort().join(", ") };
  if (alert.kind === "suspended") return t("{time}: put under review by {signers}", values);
  return alert.kind === "retracted" ? t("{time}: retracted by {signers}", values) : t("{time}: reported over by {signers}", values);
}

/** @param {string} text @param {string} [kind] @returns {Node} */
function paragraph(text, kind = "") {
  return made("p", kind ? { class: kind } : {}, text);
}

/** @param {string} icon @param {string} kind @param {string} text @returns {Node} */
function notice(icon, kind, text) {
  return made("div", { class: `notice notice-${kind}` }, iconNode(icon), made("p", {}, text));
}

/** @param {string} title @param {Node} content @returns {Node} */
function labelled(title, content) {
  return made("details", { class: "card" }, made("summary", {}, title), content);
}
