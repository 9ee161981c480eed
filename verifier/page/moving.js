/**
 * Moving: one signed move on a case, its words sealed to the desk, the two chains kept.  SPEC 9.
 */
import { contextOf } from "../../protocol/js/case.js";
import { nextState } from "../../protocol/js/casework.js";
import { b64, fingerprint } from "../../protocol/js/encoding.js";
import { Refused } from "../../protocol/js/errors.js";
import { NOTHING, signEvent } from "../../protocol/js/event.js";
import { DAY, MINUTE } from "../../protocol/js/limits.js";
import { encodePart } from "../../protocol/js/part.js";
import { isFoundOver } from "./casefile.js";
import { clock } from "./clock.js";

/** @typedef {import("./casefile.js").CaseFile} CaseFile */
/** @typedef {import("./session.js").Session} Session */
/**
 * What comes with a move besides its sealed part.
 * `besides` are recipients of its part who are in no set.
 * @typedef {{working?: Record<string, unknown>, envelopes?: readonly string[], into?: string,
 *   besides?: readonly string[]}} Along
 */

const SOME = "f".repeat(64); // Stands for a sealed part that is not made yet.
const STANDING = ["confirmed", "checked", "under-review"];

/** @param {string} [prefix] @returns {string} 16 random bytes in hexadecimal */
export function randomId(prefix = "") {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Why a move can't be made now, by the same rules as the server's; null where it can.
 *
 * What only evidence decides (`lacking`) is left to whoever asks: it depends on the draft.
 * @param {Session} session @param {CaseFile} file @param {string} move @param {string} word how its alert stands
 * @returns {Refused | null}
 */
export function whyNot(session, file, move, word) {
  const now = clock();
  const context = contextOf({
    roster: session.roster,
    desk: session.me.desk,
    now,
    since: (file.row.minute ?? 0) * MINUTE,
    onShift: new Set(Object.keys(session.network.on_shift)),
    stayed: session.stayed,
    actorHead: session.network.actor_head,
    conflicted: file.conflicted,
    sent: STANDING.includes(word),
    stands: STANDING.includes(word),
    foundOver: isFoundOver(file),
  });
  const event = {
    ...{ name: SOME, network: session.roster.network, case: file.row.id, move, actor: session.me.id },
    ...{ day: Math.floor(now / DAY), casePrev: file.row.head, actorPrev: session.network.actor_head, digest: SOME },
    ...{ envelopes: [], into: null },
  };
  try {
    nextState(file.case, event, context);
    return null;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
}

/**
 * Sign a move, seal its part to the desk, and hand both in.  `head` is the case's last event as this page saw it.
 *
 * Throws Refused: event_chain where somebody moved the case since, and whatever rule the move breaks.
 * @param {Session} session @param {string} id @param {string} head @param {string} move
 * @param {Record<string, unknown> | null} part @param {Along} [along]
 * @returns {Promise<import("./casefile.js").Row>} the case after it
 */
export async function makeMove(session, id, head, move, part, along = {}) {
  const { vault, baked } = session;
  const now = clock();
  let sealed = new Uint8Array(0);
  if (part !== null) {
    const { name: set, recipients } = await session.deskSet();
    const data = encodePart({ v: 1, minute: Math.floor(now / MINUTE), move, set, ...part });
    sealed = await session.opener.ask("seal", { data, recipients: [...recipients, ...(along.besides ?? [])] });
  }
  const signed = signEvent(baked.policy.network, id, move, vault.verifier, vault.seed, {
    day: Math.floor(now / DAY),
    casePrev: head,
    actorPrev: session.network.actor_head,
    digest: part === null ? NOTHING : fingerprint(sealed),
    envelopes: along.envelopes,
    into: along.into,
  });
  const body = { event: signed.value(), sealed: b64(sealed), working: along.working ?? {} };
  const row = await posted(session, `/api/cases/${id}/events`, body);
  await session.rememberHead(signed.message());
  return row;
}

/** @param {Session} session @param {string} path @param {object} body @returns {Promise<import("./casefile.js").Row>} */
async function posted(session, path, body) {
  try {
    return await session.api.post(path, body);
  } catch (error) {
    // Whether it arrived or not, what this person signed last has to be known before the next move.
    await session.refresh();
    throw error;
  }
}
