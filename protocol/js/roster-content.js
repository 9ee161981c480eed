/**
 * A roster's content: its shape, its entries, and the rules that hold within one roster whoever signed it.  SPEC 5.2.
 *
 * In Python this is the second half of roster.py.
 *
 * Pure: reads no clock, touches no store.
 */
import { frozen, hex, unb64 } from "./encoding.js";
import { Refused } from "./errors.js";
import * as limits from "./limits.js";
import { MODE, QUORUM, ROOTS, Roots } from "./policy.js";
import {
  CODE,
  ID,
  SHA256,
  TIME,
  base64,
  exactly,
  integer,
  listOf,
  matching,
  oneOf,
  record,
  sortedSetOf,
} from "./shape.js";
import { admitKey } from "./signed.js";

/** @typedef {import("./encoding.js").Bytes} Bytes */
/** @template T @typedef {import("./steps.js").Steps<T>} Steps */
/**
 * One verifier's entry.  `revokedAt` is the log index from which the key no longer counts, or null.
 * @typedef {Readonly<{id: string, org: string, desk: string, roles: ReadonlySet<string>, key: Bytes,
 *   certifiedUntil: number, revokedAt: number | null}>} Verifier
 */
/**
 * One organisation's entry.  `age` is the SHA-256 of its age recipient, which travels beside the roster.
 * @typedef {Readonly<{id: string, role: string, age: string, key: Bytes}>} Organisation
 */
/**
 * One desk: the least number of verifiers in its sets, and its zones.
 * @typedef {Readonly<{id: string, minimum: number, zones: readonly string[]}>} Desk
 */
/**
 * @typedef {{id: string, org: string, desk: string, roles: string[], ed25519: string, certified_until: number,
 *   revoked_at?: number}} VerifierValue
 */
/**
 * @typedef {{v: 1, network: string, mode: string, number: number, previous: string, issued: number, expires: number,
 *   roots: import("./policy.js").RootsValue, quorum: import("./policy.js").QuorumValue,
 *   desks: {id: string, minimum: number, zones: string[]}[], verifiers: VerifierValue[],
 *   organisations: {id: string, role: string, age: string, ed25519: string}[], log: {origin: string, key: string},
 *   cosigners: {name: string, key: string}[]}} RosterValue
 */
/**
 * What a roster's value holds, by id; every key is admitted.
 * @typedef {Readonly<{roots: Roots, desks: ReadonlyMap<string, Desk>, verifiers: ReadonlyMap<string, Verifier>,
 *   organisations: ReadonlyMap<string, Organisation>, logKey: Bytes, cosigners: ReadonlyMap<string, Bytes>}>} Content
 */

const ORIGIN = /* @__PURE__ */ matching("[a-z0-9][a-z0-9./-]{2,127}", "a log origin such as log.example.org/sereno");
export const ORGANISATION_ROLES = Object.freeze(["attorney", "network", "responder"]);
export const ROLES = Object.freeze(["examiner", "lead", "lent", "senior", "trainee"]);

const VERIFIER = /* @__PURE__ */ (() =>
  record(
    {
      id: ID,
      org: CODE,
      desk: CODE,
      roles: sortedSetOf(oneOf(...ROLES), 5),
      ed25519: base64(32),
      certified_until: TIME,
    },
    { revoked_at: integer(0) },
  ))();
export const ROSTER = /* @__PURE__ */ (() =>
  record({
    v: exactly(1),
    network: SHA256,
    mode: MODE,
    number: integer(1),
    previous: SHA256,
    issued: TIME,
    expires: TIME,
    roots: ROOTS,
    quorum: QUORUM,
    desks: listOf(record({ id: CODE, minimum: integer(2, 32), zones: sortedSetOf(CODE, 64, 1) }), 64, 1),
    verifiers: listOf(VERIFIER, 1000, 2),
    organisations: listOf(
      record({ id: CODE, role: oneOf(...ORGANISATION_ROLES), age: SHA256, ed25519: base64(32) }),
      256,
      1,
    ),
    log: record({ origin: ORIGIN, key: base64(32) }),
    cosigners: listOf(record({ name: ORIGIN, key: base64(32) }), 16),
  }))();

/**
 * The entries of a shaped roster whose rules all hold.
 *
 * Throws Refused: roster_dates, public_key, policy, roster_content.
 * @param {RosterValue} value @returns {Steps<Content>}
 */
export function* contentSteps(value) {
  const { number, issued, expires } = value;
  if (expires <= issued || expires > issued + limits.ROSTER_LIFE) {
    throw new Refused("roster_dates", `Roster ${number} must hold for more than 0 and at most 30 days.`);
  }
  const desks = value.desks.map((desk) => frozen({ ...desk }));
  const organisations = [];
  for (const { id, role, age, ed25519 } of value.organisations) {
    organisations.push(Object.freeze({ id, role, age, key: admitKey(unb64(ed25519, 32)) }));
    yield;
  }
  const verifiers = [];
  for (const one of value.verifiers) {
    verifiers.push(verifier(one));
    yield;
  }
  const content = Object.freeze({
    roots: Roots.of(value.roots),
    desks: byId(desks),
    verifiers: byId(verifiers),
    organisations: byId(organisations),
    logKey: admitKey(unb64(value.log.key, 32)),
    cosigners: new Map(value.cosigners.map(({ name, key }) => [name, admitKey(unb64(key, 32))])),
  });
  yield;
  requireOrder(value);
  requireDistinctKeys(content);
  for (const one of content.verifiers.values()) requireFit(one, content, value);
  requireRoom(content);
  requireOrganisations(content, value);
  return content;
}

/** @template {{readonly id: string}} E @param {readonly E[]} entries @returns {Map<string, E>} */
function byId(entries) {
  return new Map(entries.map((one) => [one.id, one]));
}

/** @param {VerifierValue} value @returns {Verifier} */
function verifier({ id, org, desk, roles, ed25519, certified_until, revoked_at }) {
  const key = admitKey(unb64(ed25519, 32));
  const certifiedUntil = certified_until;
  return Object.freeze({ id, org, desk, roles: new Set(roles), key, certifiedUntil, revokedAt: revoked_at ?? null });
}

/** @param {RosterValue} value */
function requireOrder(value) {
  for (const name of /** @type {const} */ (["desks", "verifiers", "organisations"])) {
    if (ascend(value[name].map(({ id }) => id))) continue;
    throw new Refused("roster_content", `The roster's ${name} must ascend by id with no id twice.`);
  }
  if (!ascend(value.cosigners.map(({ name }) => name))) {
    throw new Refused("roster_content", "The roster's cosigners must ascend by name with no name twice.");
  }
}

/** @param {readonly string[]} names of ASCII @returns {boolean} */
function ascend(names) {
  return names.every((name, index) => index === 0 || names[index - 1] < name);
}

/** @param {Content} content */
function requireDistinctKeys({ verifiers, organisations, roots, logKey, cosigners }) {
  const holders = [...verifiers.values(), ...organisations.values()].map(({ key }) => key);
  const keys = [...holders, ...roots.keys.map((key) => unb64(key)), logKey, ...cosigners.values()];
  if (new Set(keys.map(hex)).size !== keys.length) {
    throw new Refused("roster_content", "One key stands in the roster twice; every role has a key of its own.");
  }
}

/** @param {Verifier} one @param {Content} content @param {RosterValue} value */
function requireFit(one, { desks, organisations }, value) {
  const { id, org, desk, roles, certifiedUntil } = one;
  if (!desks.has(desk) || (!organisations.has(org) && !roles.has("lent"))) {
    throw new Refused("roster_content", `Verifier ${id} is of desk ${desk} and ${org}; the roster lacks one.`);
  }
  const life = roles.has("lent") ? limits.LENT_LIFE : limits.CERTIFICATION;
  if (certifiedUntil > value.issued + life) {
    throw new Refused("roster_content", `Verifier ${id} is certified for longer than ${life / limits.DAY} days.`);
  }
  if (roles.has("trainee") && (value.mode === "actual" || roles.has("lead"))) {
    const sentence = `Verifier ${id} is a trainee: on exercise networks only, and never a lead.`;
    throw new Refused("roster_content", sentence);
  }
}

/** @param {Content} content */
function requireRoom({ verifiers }) {
  /** @type {Map<string, number>} */
  const home = new Map();
  for (const { desk, revokedAt, roles } of verifiers.values()) {
    if (revokedAt === null && !roles.has("lent")) home.set(desk, (home.get(desk) ?? 0) + 1);
  }
  for (const [desk, count] of home) {
    if (count <= limits.MAX_MEMBERS) continue;
    throw new Refused("roster_content", `Desk ${desk} has ${count} verifiers; a set holds ${limits.MAX_MEMBERS}.`);
  }
}

/** @param {Content} content @param {RosterValue} value */
function requireOrganisations({ verifiers }, value) {
  const active = [...verifiers.values()].filter((one) => one.revokedAt === null && !one.roles.has("trainee"));
  const { size } = new Set(active.map(({ org }) => org));
  if (size >= 2 && value.quorum.organisations < 2) {
    const sentence = `The verifiers come from ${size} organisations; the quorum must ask for at least 2, not 1.`;
    throw new Refused("roster_content", sentence);
  }
}
