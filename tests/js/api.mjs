// The desk's interface from the page's side, at the address of a real server.
import { Api, Unreached } from "../../verifier/page/api.js";

/** @param {string} origin @param {string} path @param {number | null} [patience] milliseconds */
export async function valueAt(origin, path, patience = null) {
  const api = patience === null ? new Api(origin) : new Api(origin, { queue: patience, other: patience });
  try {
    return { value: await api.get(path) };
  } catch (error) {
    if (error instanceof Unreached) return { unreached: error.message };
    throw error;
  }
}
