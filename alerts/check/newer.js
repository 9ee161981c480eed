/** Newer messages and rosters: what this page's own site has.  A saved page has no site and asks nobody. */

const PATIENCE = 8000; // Milliseconds: a slow network is not a missing one.
const LARGEST = 4 * 1024 * 1024;
const ID = /(?:^|[^0-9a-f])([0-9a-f]{32})(?![0-9a-f])/;

/** Whether the page was opened from a file. */
export const isSaved = location.protocol === "file:";

/** @param {string} text an address or a forwarded text @returns {string | null} the alert's id in it */
export function idIn(text) {
  return ID.exec(text)?.[1] ?? null;
}

/**
 * Every message that this site has of an alert; "missing" if it says that it has none, null if it can't be asked.
 * @param {string} id @returns {Promise<Uint8Array | "missing" | null>}
 */
export async function newer(id) {
  return isSaved ? null : ask(`/alerts/${id}/messages.json`);
}

/**
 * All that this site says of an alert and of those who may have signed it: the same three requests for everybody.
 * @typedef {Readonly<{messages: Uint8Array | "missing" | null, stays: Uint8Array | null, roster: Uint8Array | null}>} Said
 * @param {string | null} id without one nobody is asked @returns {Promise<Said>}
 */
export async function askSite(id) {
  if (isSaved || id === null) return { messages: null, stays: null, roster: null };
  const [messages, stays, roster] = await Promise.all([newer(id), ask("/stays.json"), siteRoster()]);
  return { messages, stays: stays === "missing" ? null : stays, roster };
}

/** The roster that this site has in force; null if it has none or can't be asked.  @returns {Promise<Uint8Array | null>} */
export async function siteRoster() {
  const got = isSaved ? null : await ask("/roster.json");
  return got === "missing" ? null : got;
}

/** @param {string} path @returns {Promise<Uint8Array | "missing" | null>} */
async function ask(path) {
  const life = new AbortController();
  const late = setTimeout(() => life.abort(), PATIENCE);
  try {
    const options = /** @type {const} */ ({ cache: "no-store", credentials: "omit", referrerPolicy: "no-referrer" });
    const answer = await fetch(path, { ...options, signal: life.signal });
    if (answer.status === 404) return "missing";
    if (!answer.ok) return null;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return bytes.length > LARGEST ? null : bytes;
  } catch (error) {
    // Both say the same: there was no answer.
    if (error instanceof TypeError || (error instanceof DOMException && error.name === "AbortError")) return null;
    throw error;
  } finally {
    clearTimeout(late);
  }
}
