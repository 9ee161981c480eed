/**
 * Slips: what a QR code or a link carries, made a whole bundle again with a roster that is at hand: the one that this
 * copy was saved with, the one that the site has in force, or one that the site's own bundles of the alert carry.
 * Where it comes from proves nothing and need not: the check goes up to the root keys of the page's policy.
 */
import { canonical, isObject, parse, unutf8 } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { MAX_BUNDLE } from "../../protocol/js/limits.js";
import { Trail } from "../../protocol/js/trail.js";
import { newer, siteRoster } from "./newer.js";
import { part } from "./page.js";

/** @typedef {import("../../protocol/js/slip.js").Slip} Slip */

const MOST = 64 * MAX_BUNDLE;

/** The roster that this copy of the page was saved with, if any.  @returns {Uint8Array | null} */
export function savedRoster() {
  const text = (part("roster").textContent ?? "").trim();
  return text === "" ? null : canonical(JSON.parse(text));
}

/** The trails that files carry; what carries none is passed over.  @param {...(Uint8Array | null)} files @returns {Trail[]} */
function trailsOf(...files) {
  return files.flatMap((file) => {
    try {
      return file === null ? [] : [Trail.decode(file)];
    } catch (refused) {
      if (refused instanceof Refused) return [];
      throw refused;
    }
  });
}

/** @param {Uint8Array | "missing" | null} got the site's messages of an alert @returns {Trail[]} */
function trailsAmong(got) {
  if (!(got instanceof Uint8Array)) return [];
  try {
    const list = parse(got, MOST);
    return Array.isArray(list) ? trailsOf(...list.map(canonical)) : [];
  } catch (refused) {
    if (refused instanceof Refused) return [];
    throw refused;
  }
}

/**
 * The bundle of a slip.  Throws Refused("slip_roster") where no roster at hand is the one that it names.
 * @param {Slip} slip @returns {Promise<Uint8Array>}
 */
export async function wholeOf(slip) {
  const near = trailsOf(savedRoster(), await siteRoster());
  const isNear = near.some((trail) => trail.name() === slip.trail);
  return slip.bundle(isNear ? near : [...near, ...trailsAmong(await messagesOf(slip))]);
}

/** @param {Slip} slip @returns {Promise<Uint8Array | "missing" | null>} */
async function messagesOf(slip) {
  const said = parse(slip.alert.payload, MAX_BUNDLE);
  const id = isObject(said) ? said.id : null;
  return typeof id === "string" && /^[0-9a-f]{32}$/.test(id) ? newer(id) : null;
}

/** @returns {Promise<string>} the site's roster, for a copy that checks codes without a network; "" where there is none */
export async function rosterToKeep() {
  const [trail] = trailsOf(await siteRoster());
  return trail === undefined ? "" : unutf8(trail.encode());
}
