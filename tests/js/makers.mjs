// What JavaScript makes: envelopes, vaults, lists, and every try to make a release by hand.
import * as age from "../../protocol/js/age.js";
import * as release from "../../protocol/js/release.js";
import { dummyCell, sealCell } from "../../protocol/js/drop.js";
import { b64, hex, unb64 } from "../../protocol/js/encoding.js";
import * as envelope from "../../protocol/js/envelope.js";
import { epochGraceEnd, epochOf, epochStart, openEpochKey, signEpochKey } from "../../protocol/js/epoch.js";
import { openLegal } from "../../protocol/js/legal.js";
import { Policy, networkId } from "../../protocol/js/policy.js";
import { encodePublication } from "../../protocol/js/publication.js";
import { proposeSet } from "../../protocol/js/recipients.js";
import { Signed } from "../../protocol/js/signed.js";
import { state } from "../../protocol/js/state.js";
import { dayIsOff } from "../../protocol/js/tip.js";
import { sealVault } from "../../protocol/js/vault.js";
import { argon2id } from "../../verifier/page/argon2id.js";
import { rosterOf, signedOf } from "./twins.mjs";

/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("../../protocol/js/tip.js").Tip} Tip */

/** @param {Tip} tip */
function plain({ id, day, header, files }) {
  const { legal, ...rest } = header;
  const found = files.map(({ type, data, turn }) => [type, turn, data]);
  return { id, day, header: rest, legal: unb64(legal), files: found, isFrozen: Object.isFrozen(header.tip?.where) };
}

/** @param {any} form @param {RecipientSet} to @param {string[]} attorneys @param {any[]} files @param {string} legal */
export function sealed(form, to, attorneys, files, legal) {
  const attached = files.map(([type, turn, data]) => ({ type, turn, data }));
  return envelope.sealEnvelope(form, to, attorneys, attached, legal);
}

/** @param {Uint8Array} data @param {string} identity @param {RecipientSet} to @param {string} member */
export async function opened(data, identity, to, member) {
  return plain(await envelope.openEnvelope(data, age.Identity.decode(identity), to, member));
}

/** @param {Uint8Array} data @param {Uint8Array} key that a member shared @param {RecipientSet} to */
export async function openedByKey(data, key, to) {
  return plain(await envelope.openEnvelope(data, new age.FileKey(key), to, null));
}

/** @param {Uint8Array} data @param {string} identity @param {RecipientSet} to @param {string} member */
export const keyOf = (data, identity, to, member) => envelope.envelopeKey(data, age.Identity.decode(identity), to, member);

/**
 * @param {Uint8Array} start @param {number} bucket @param {string} identity @param {RecipientSet} to
 * @param {string} member
 */
export function previewed(start, bucket, identity, to, member) {
  return plain(envelope.openPreview(start, bucket, age.Identity.decode(identity), to, member));
}

/** @param {Uint8Array} data @param {number[]} counts */
export const outlined = (data, counts) => ({ ...envelope.checkEnvelope(data, counts) });

/** @param {Uint8Array} part @param {string} identity */
export const legalWords = (part, identity) => openLegal(part, age.Identity.decode(identity));

/** How often sealing lets a page breathe.  @param {any} form @param {RecipientSet} to @param {any[]} files */
export async function breaths(form, to, files) {
  let count = 0;
  const attached = files.map(([type, turn, data]) => ({ type, turn, data }));
  await envelope.sealEnvelope(form, to, [], attached, "", () => void count++);
  return count;
}

/** A sealed vault, as the desk makes it.  @param {any} content @param {string} passphrase */
export const vaultOf = ({ network, verifier, seed }, passphrase) =>
  sealVault(network, verifier, seed, passphrase, undefined, argon2id);

/** @param {any} fields @param {[string, number, string, Uint8Array]} key verifier, epoch, recipient, seed */
export const epochKey = (fields, ...key) => signEpochKey(rosterOf(fields), ...key).encode();

/**
 * @param {any} fields @param {string} desk @param {number} epoch @param {any[]} keys @param {any} previous
 * @param {string[]} stayed
 */
export function proposal(fields, desk, epoch, keys, previous, stayed) {
  const roster = rosterOf(fields);
  const opened = keys.map((one) => openEpochKey(signedOf(one), roster));
  return proposeSet(roster, desk, epoch, opened, previous, new Set(stayed));
}

/**
 * @param {any} roster @param {any[]} chain @param {string[]} attorneys @param {any[]} stays
 * @param {[any, any[]][]} sets
 */
export function published(roster, chain, attorneys, stays, sets) {
  const lists = sets.map(([set, keys]) => /** @type {const} */ ([Signed.of(set), keys.map(signedOf)]));
  return encodePublication(Signed.of(roster), chain.map(signedOf), attorneys, stays.map(signedOf), lists);
}

/** @param {Uint8Array} file */
export function policyAgain(file) {
  const policy = Policy.decode(file);
  return { file: policy.encode(), network: networkId(policy.roots, policy.mode) };
}

/** @param {any} fields @param {any} older */
export const follows = (fields, older) => rosterOf(fields).requireFollows(rosterOf(older));

/** @param {number} now */
export const epochs = (now) => [epochOf(now), epochStart(epochOf(now)), epochGraceEnd(epochOf(now))];

/** @param {number} day @param {number} now */
export const isOff = (day, now) => dayIsOff(/** @type {any} */ ({ day }), now);

/** @param {boolean} isStop @param {number} issued @param {number} now */
export const timely = (isStop, issued, now) => release.requireTimely(/** @type {any} */ ({ isStop, issued }), now);

/**
 * What comes of trying to get a release past the check: what each try threw, or "made" where it did not.
 * @param {Uint8Array} bundle @param {Uint8Array} policy @param {number} now
 */
export function forgeries(bundle, policy, now) {
  const { Release, Stop, check } = release;
  const real = /** @type {any} */ (check(bundle, Policy.decode(policy), now));
  const [Any, Other] = /** @type {any[]} */ ([Release, Stop]);
  const lookAlike = Object.create(Any.prototype, Object.getOwnPropertyDescriptors({ ...real, bundle }));
  class Heir extends Any {}
  class Stamp extends Object.getPrototypeOf(Any) {}
  const tries = {
    new: () => new Any(Symbol("checked"), real),
    copy: () => new real.constructor(undefined, real),
    heir: () => new Heir(Symbol("checked"), real),
    stamp: () => new Stamp(Symbol("checked"), real),
    change: () => void (real.alert = { ...real.alert, kind: "confirmed" }),
    add: () => void (real.extra = 1),
    dress: () => Object.setPrototypeOf(real, Other.prototype),
    blind: () => Object.defineProperty(Any, Symbol.hasInstance, { value: () => true }),
    widen: () => void (Any.prototype.alert = 1),
    bytes: () => {
      real.bundle.fill(0);
      if (hex(real.bundle) !== hex(bundle)) return;
      throw new TypeError("The bytes are a copy.");
    },
    state: () => {
      if (state([lookAlike], now).word !== "") return;
    },
  };
  const found = Object.entries(tries).map(([name, act]) => {
    try {
      act();
      return [name, "made"];
    } catch (error) {
      return [name, /** @type {Error} */ (error).name];
    }
  });
  const copies = [real, lookAlike, { ...real }, structuredClone({ ...real, roster: null })];
  const seen = copies.map((one) => one instanceof Any);
  return { tries: Object.fromEntries(found), seen, isStop: real instanceof Other, b64: b64(real.bundle) };
}

/** @param {any} signed @param {string} recipient */
export const cell = (signed, recipient) => sealCell(Signed.of(signed), recipient);

/** A cell that nobody can open. */
export const dummy = () => dummyCell();
