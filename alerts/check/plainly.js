/** Plainly: what a broken rule means, for people.  The rule's own sentence stands beside it. */

/** @typedef {import("../../protocol/js/errors.js").Refused} Refused */
/** @typedef {import("./page.js").Words} Words */

/** @param {Refused} refused @param {Words} words @param {string} clock what this device's clock shows @returns {string} */
export function plainly({ kind, rule }, { t }, clock) {
  const said = exactly(kind, t, clock);
  if (said !== null) return said;
  switch (rule.slice(0, 3)) {
    case "SIG":
      return t("A signature does not fit. It was changed after it was signed, or somebody signed who may not.");
    case "ROS":
      return t("Its list of verifiers is not signed by this network’s root keys, or not meant for that day.");
    case "QUO":
      return t("Somebody signed it whose signature does not count.");
    case "LOG":
      return t("The public log does not hold this very message: it was changed after it was sent, or it never was sent.");
    case "ALE":
      return t("It says something that no alert of this network may say.");
    case "REL":
      return t("Its parts do not belong together.");
    default:
      return t("This is not a whole proof file. It was cut off or changed on its way, or it is something else.");
  }
}

/** @param {string} kind @param {Words["t"]} t @param {string} clock @returns {string | null} */
function exactly(kind, t, clock) {
  switch (kind) {
    case "quorum_short":
      return t("Too few verifiers signed it.");
    case "quorum_lead":
      return t("A lead has to sign such an alert, and none did.");
    case "attestation_stayed":
      return t("A lead has suspended somebody who signed it: that signature does not count.");
    case "alert_times":
      return t("Its times do not fit. Is this device’s clock right? It shows {time}.", { time: clock });
    case "log_witness":
      return t("Too few partners have countersigned the log for it.");
    case "alert_network":
    case "roster_network":
      return t("It is from another network, not from the one this page trusts.");
    default:
      return null;
  }
}
