/**
 * Leaving: nothing stays.  The page empties itself when it is left in whatever way, and does not open where somebody
 * else could have filled it in or could look on.
 */
import { part, reveal, show } from "./page.js";

/** @typedef {"framed" | "link" | "crypto" | "desk" | "readers" | "old" | "flyer"} Cause */

export const OPERATOR = "#operator";
/** What the code of a flyer brings along: the name of its network.  SPEC 13.5. */
const FLYER = /^#[0-9a-f]{64}$/;

/** @param {string} network the page's own  @returns {Cause | null} why nothing may be sent from here at all */
export function reasonToStayClosed(network) {
  if (window.top !== window.self) return "framed";
  const { search, hash } = location;
  if (search !== "" || !(["", OPERATOR].includes(hash) || FLYER.test(hash))) return "link";
  if (FLYER.test(hash) && hash !== `#${network}`) return "flyer";
  if (!window.isSecureContext || crypto.subtle === undefined) return "crypto";
  return null;
}

/** @param {Cause} cause @param {string} [rule] what broke, for whoever is asked for help */
export function close(cause, rule = "") {
  for (const one of ["framed", "link", "crypto", "desk", "readers", "old", "flyer"]) reveal(`closed-${one}`, one === cause);
  reveal("plain", cause === "link");
  /** @type {HTMLAnchorElement} */ (part("plain")).href = location.pathname;
  reveal("reload", cause === "desk" || cause === "readers");
  part("closed-rule").textContent = rule;
  show("closed");
}

/**
 * Leave at once: the words go first, then what is seen, then the page; "back" does not lead here.
 * @param {() => void} forget empties the form and takes back what is being sent
 */
export function listenToLeave(forget) {
  part("leave").addEventListener("click", (event) => {
    event.preventDefault();
    forget();
    document.title = "";
    document.body.replaceChildren();
    document.body.className = "";
    location.replace("about:blank");
  });
  // Also where the browser keeps the page in memory to be gone back to.
  addEventListener("pagehide", forget);
}
