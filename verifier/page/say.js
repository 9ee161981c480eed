/**
 * Saying: every code of the desk in the reader's language.
 */
import { WORDS } from "../../protocol/js/wordlist.js";
import { Unreached } from "./api.js";
import { Failed } from "./opener.js";

/** @typedef {import("./baked.js").Words} Words */
/** @typedef {Readonly<Record<string, string>>} Labels */

/** @param {Pick<Words, "t">} words @param {unknown} error that is no refusal @returns {string} what helps against it */
export function failureWords({ t }, error) {
  if (error instanceof Unreached) return t("The server could not be reached. Look at your connection and try again.");
  if (error instanceof Failed) return t("The desk's worker failed; load the page again.");
  return t("Something failed on this page. Load it again before you go on.");
}

/** What a tip's choices say.  @param {Words} words @returns {Readonly<Record<string, Labels>>} */
export function tipLabels({ t }) {
  return {
    what: {
      taking: t("Someone is being taken"),
      "at-door": t("At a door or workplace"),
      stopped: t("People stopped and questioned"),
      waiting: t("Parked or waiting"),
      told: t("Someone told them it happened"),
      other: t("Another emergency"),
    },
    when: {
      now: t("Now"),
      "half-hour": t("Less than 30 minutes before"),
      today: t("Today"),
      earlier: t("Earlier"),
    },
    seen: {
      now: t("Sees it now"),
      saw: t("Saw it"),
      told: t("Was told"),
      post: t("A post online"),
    },
    ...markLabels({ t }),
  };
}

/** What a tip says of those who were seen, and who told it.  @param {Pick<Words, "t">} words */
function markLabels({ t }) {
  return {
    marking: {
      letters: t("Letters on a vest or vehicle"),
      said: t("They said so"),
      unmarked: t("Only an unmarked car"),
      unsure: t("Not sure"),
    },
    equipment: {
      none: t("None seen"),
      visible: t("Visible"),
      "long-guns": t("Long guns"),
      unsure: t("Not sure"),
    },
    caller: {
      hotline: t("Told to the hotline"),
      "on-the-line": t("Caller is on the line now"),
    },
  };
}

/** What a case is made of.  @param {Words} words @returns {Readonly<Record<string, Labels>>} */
export function caseLabels({ t }) {
  return {
    state: {
      new: t("New"),
      triaged: t("Sorted"),
      checking: t("Being checked"),
      proposed: t("Waits for a second key"),
      confirmed: t("Alert is out"),
      closed: t("Closed"),
      held: t("On hold"),
      merged: t("Merged"),
    },
    urgency: {
      P1: t("Happening now"),
      P2: t("Presence"),
      P3: t("Past or rumor"),
    },
    class: {
      A: t("Detention in a public place"),
      B: t("Presence"),
      C: t("School, clinic, court, shelter, worship"),
      D: t("Private residence"),
      E: t("Impersonation or violence"),
      R: t("Rumor checked"),
    },
    ...checkLabels({ t }),
  };
}

/** How a case is checked and ends.  @param {Pick<Words, "t">} words @returns {Readonly<Record<string, Labels>>} */
function checkLabels({ t }) {
  return {
    basis: {
      D1: t("Trained checker on site now"),
      D2: t("Photo or video judged fresh"),
      D3: t("Known contact at the site"),
      D4: t("Witness answered how they know"),
      C1: t("Independent first-hand tip"),
      C2: t("Official check"),
      C3: t("Another network's verified notice"),
    },
    says: {
      for: t("It speaks for it"),
      against: t("It speaks against it"),
      over: t("It is over"),
    },
    outcome: {
      "not-confirmed": t("Not confirmed"),
      unfounded: t("Unfounded"),
      misidentified: t("It was something else"),
      "past-event": t("It happened at another time"),
      "confirmed-ended": t("Confirmed, and ended"),
      abuse: t("Abuse"),
    },
    ways: {
      field: t("Send a checker"),
      media: t("Look at photos"),
      official: t("Ask officials"),
      question: t("Ask the witness"),
    },
  };
}

/** @param {Words} words @returns {Labels} what each move is called once it was made */
export function moveLabels({ t }) {
  return {
    open: t("Case opened"),
    link: t("Tips added"),
    triage: t("Sorted by urgency"),
    check: t("Check started"),
    finding: t("Finding"),
    propose: t("Alert proposed, first key"),
    attest: t("Second key signed"),
    refuse: t("Second key refused"),
    released: t("The gate let it out"),
    update: t("Update proposed, first key"),
    suspend: t("Suspended"),
    restore: t("Restore proposed, first key"),
    retract: t("Retraction"),
    over: t("Reported over"),
    close: t("Closed"),
    hold: t("Put on hold"),
    resume: t("Taken up again"),
    merge: t("Merged into another case"),
    share: t("Shared with who came later"),
  };
}

/**
 * @param {Words} words @returns {Readonly<Record<string, Labels>>} why an alert is lowered, and what a refusal misses
 */
export function reasonLabels({ t }) {
  return {
    suspended: {
      doubt: t("There is doubt"),
      "new-evidence": t("Something new came to light"),
      privacy: t("It tells too much about someone"),
      "wrong-details": t("Details are wrong"),
    },
    retracted: {
      misidentified: t("It was something else"),
      fabricated: t("It was made up"),
      "past-event": t("It happened at another time"),
      privacy: t("It tells too much about someone"),
      "wrong-details": t("Details are wrong"),
    },
    missing: {
      freshness: t("Fresh evidence"),
      lead: t("A lead's key"),
      place: t("The right place"),
      privacy: t("Privacy of someone"),
      wording: t("Other wording"),
      other: t("Something else"),
    },
  };
}

/** @param {Words} words @returns {Labels} what the privacy screen finds */
export function screenLabels({ t }) {
  return {
    phone: t("a telephone number"),
    mail: t("a mail address"),
    link: t("a web address"),
    address: t("a house number with its street"),
    unit: t("a flat or room number"),
    a_number: t("an A-number"),
    ssn: t("a social security number"),
    birth: t("a date of birth or an age"),
    plate: t("what looks like a number plate"),
    officer: t("an officer's name or badge number"),
    handle: t("an account's name"),
    attachment: t("an attachment"),
    action: t("a word that would have people approach, obstruct or flee"),
    lodging: t("a hotel, a home or an off-duty place"),
    drill: t("a sentence that is forbidden everywhere"),
    name: t("what looks like a person's name"),
    people: t("a word for who people are"),
    alarm: t("a word that frightens more than it tells"),
    everywhere: t("a word that makes one place into all"),
    capitals: t("capitals only"),
    places: t("more than one place"),
    language: t("a language without word lists: look twice"),
  };
}

/**
 * The two words that everybody at the desk calls a case by: told apart at a glance and over the telephone.
 * @param {string} id hexadecimal @returns {string}
 */
export function callName(id) {
  return spoken(id, 2);
}

/**
 * The first bits of a hash as words to read to each other.
 * @param {string} hash hexadecimal @param {number} count at most 5 @returns {string}
 */
export function spoken(hash, count) {
  const bits = BigInt(`0x${hash.slice(0, 14)}`);
  const at = (/** @type {number} */ index) => Number((bits >> BigInt(56 - 11 * (index + 1))) & 0x7ffn);
  return Array.from({ length: count }, (_, index) => WORDS[at(index)]).join(" ");
}

/** @param {Labels} labels @param {string | null | undefined} code @returns {string} the words, or the code itself */
export function named(labels, code) {
  return code ? (labels[code] ?? code) : "";
}
