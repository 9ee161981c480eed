// The desk's interface from the page's side, at the address of a real server.
import { Api, Unreached } from "../../verifier/page/api.js";

/** @param {string} origin @param {string} path */
export async function valueAt(origin, path) {
  try {
    return { value: await new Api(origin).get(path) };
  } catch (error) {
    if (error instanceof Unreached) return { unreached: error.message };
    throw error;
  }
}
