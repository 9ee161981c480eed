/**
 * The session: who is at this desk, with which keys, on whose word.
 *
 * Keys and token are in this object and the worker's memory.  The roster is checked from the policy that the page
 * carries; what the server says of itself counts only where a verifier's or a root's signature says it too.
 */
import { Identity } from "../../protocol/js/age.js";
import { unb64, unutf8, utf8 } from "../../protocol/js/encoding.js";
import { epochGraceEnd, epochOf, openEpochKey } from "../../protocol/js/epoch.js";
import { Refused } from "../../protocol/js/errors.js";
import { openSetSteps } from "../../protocol/js/recipients.js";
import { openRosterSteps } from "../../protocol/js/roster.js";
import { signIn } from "../../protocol/js/signin.js";
import { Signed } from "../../protocol/js/signed.js";
import { openStay, stayedAt } from "../../protocol/js/stay.js";
import { inSlices } from "../../protocol/js/steps.js";
import { unwrap, wrap } from "../../protocol/js/vault.js";

/** @typedef {import("../../protocol/js/epoch.js").EpochKey} EpochKey */
/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("../../protocol/js/roster.js").Roster} Roster */
/** @typedef {import("../../protocol/js/roster.js").Verifier} Verifier */
/** @typedef {import("../../protocol/js/vault.js").Vault} Vault */
/** @typedef {import("./baked.js").Baked} Baked */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

const REMEMBERED = "vault/";

/** @returns {number} Unix seconds by this device's clock */
export const clock = () => Math.floor(Date.now() / 1000);

/** Let the page paint and answer.  @returns {Promise<void>} */
export const breathe = () => new Promise((resolve) => setTimeout(resolve, 0));

/** One person at the desk, once `unlock` is over. */
export class Session {
  /** @type {Vault | null} */
  #vault = null;
  /** Weeks whose key is on this device.  @type {Set<number>} */
  weeks = new Set();
  /** Weeks whose key this browser could not keep: they have to be carried along as files.  @type {Set<number>} */
  unkept = new Set();
  /** @type {Map<string, EpochKey | null>} */
  #keys = new Map();
  /** @type {Map<string, Promise<RecipientSet>>} */
  #sets = new Map();
  /** What `/api/network` said last.  @type {any} */
  network = null;
  /** @type {ReadonlySet<string>} */
  stayed = new Set();
  shiftUntil = 0;
  /** The server's clock less ours, in seconds. */
  skew = 0;
  /** Whether this person's last event here is another than the one that this browser remembers. */
  strange = false;

  /** @param {Baked} baked @param {import("./api.js").Api} api @param {import("./opener.js").Opener} opener @param {import("./keep.js").Keep} keep */
  constructor(baked, api, opener, keep) {
    this.baked = baked;
    this.api = api;
    this.opener = opener;
    this.keep = keep;
    /** @type {Roster | null} */
    this.checked = null;
  }

  /** The checked roster.  @returns {Roster} */
  get roster() {
    if (this.checked === null) throw new Refused("sign_in", "The desk is locked.");
    return this.checked;
  }

  /** @returns {Vault} */
  get vault() {
    if (this.#vault === null) throw new Refused("sign_in", "The desk is locked.");
    return this.#vault;
  }

  /** @returns {Verifier} this person's entry in the roster */
  get me() {
    return this.roster.verifier(this.vault.verifier);
  }

  get isOpen() {
    return this.#vault !== null && this.checked !== null;
  }

  /**
   * Open the vault, sign in, check the network, and find this person's weekly keys.
   *
   * Throws Refused: passphrase, vault, sign_in, roster kinds, age_recipient (a week's file that is none); Unreached.
   * @param {Bytes} file @param {string} words @param {readonly string[]} weekFiles the texts of weekly key files
   * @param {boolean} remember keep the vault file, sealed as it is, in this browser
   * @param {(done: number) => void} onProgress
   */
  async unlock(file, words, weekFiles, remember, onProgress) {
    /** @type {Vault} */
    const vault = await this.opener.ask("vault", { file, words }, [], onProgress);
    const { network } = this.baked.policy;
    if (vault.network !== network) {
      const [theirs, ours] = [vault.network.slice(0, 16), network.slice(0, 16)];
      throw new Refused("vault", `This vault is of network ${theirs}; this desk is of ${ours}.`);
    }
    const { nonce } = await this.api.get("/api/challenge");
    const signed = signIn(location.origin, network, unb64(nonce, 32), clock(), vault.verifier, vault.seed);
    const answer = await this.api.post("/api/session", { nonce, signed: signed.value() });
    this.api.hold(answer.token);
    this.#vault = vault;
    this.shiftUntil = answer.shift_until;
    try {
      await this.refresh();
      await this.#findWeeks(weekFiles);
    } catch (error) {
      this.close();
      throw error;
    }
    await this.#recall();
    const name = REMEMBERED + vault.verifier;
    await (remember ? this.keep.put(name, file) : this.keep.erase(name));
  }

  /** Forget keys and token.  What the browser keeps stays sealed. */
  close() {
    this.#vault?.seed.fill(0);
    this.#vault?.key.fill(0);
    this.#vault = null;
    this.checked = null;
    this.network = null;
    this.weeks.clear();
    this.api.hold("");
    void this.opener.ask("forget");
  }

  /** Sign out at the server too: the shift ends. */
  async signOut() {
    try {
      await this.api.remove("/api/session");
    } finally {
      this.close();
    }
  }

  /** Ask for the network again and check all of it.  Throws Refused, Unreached. */
  async refresh() {
    const value = await this.api.get("/api/network");
    const chain = value.chain.map((/** @type {unknown} */ one) => Signed.of(one));
    const roster = await inSlices(openRosterSteps(Signed.of(value.roster), chain, this.baked.policy), breathe);
    const now = clock();
    roster.requireCurrent(now);
    if (this.checked !== null) roster.requireFollows(this.checked);
    if (!roster.verifiers.has(this.vault.verifier)) {
      throw new Refused("not_yours", `${this.vault.verifier} is not in roster ${roster.number}; the custodians enrol people.`);
    }
    const stays = value.stays.flatMap((/** @type {unknown} */ one) => known(() => openStay(Signed.of(one), roster)));
    if (this.checked?.name !== roster.name) this.#keys.clear();
    this.stayed = stayedAt(stays, now);
    this.skew = value.now - now;
    this.network = value;
    this.checked = roster;
  }

  /** The signed epoch keys of this desk that check, each opened once.  @returns {Promise<EpochKey[]>} */
  async epochKeys() {
    const found = [];
    for (const one of this.network.keys) {
      const signed = Signed.of(one);
      const name = signed.message();
      if (!this.#keys.has(name)) {
        this.#keys.set(name, known(() => openEpochKey(signed, this.roster))[0] ?? null);
        await breathe();
      }
      found.push(this.#keys.get(name) ?? null);
    }
    return found.filter((one) => one !== null);
  }

  /** @param {string} name @returns {Promise<RecipientSet>} the checked set of that name */
  recipientSet(name) {
    const known = this.#sets.get(name);
    if (known !== undefined) return known;
    const found = this.#askSet(name);
    this.#sets.set(name, found);
    found.catch(() => this.#sets.delete(name));
    return found;
  }

  /** @param {string} name @returns {Promise<RecipientSet>} */
  async #askSet(name) {
    const value = await this.api.get(`/api/sets/${name}`);
    const chain = value.chain.map((/** @type {unknown} */ one) => Signed.of(one));
    const roster = await inSlices(openRosterSteps(Signed.of(value.roster), chain, this.baked.policy), breathe);
    const keys = value.keys.map((/** @type {unknown} */ one) => Signed.of(one));
    const found = await inSlices(openSetSteps(Signed.of(value.set), keys, roster), breathe);
    if (found.name !== name) throw new Refused("set_unknown", `Set ${name.slice(0, 16)} was asked for; another came.`);
    return found;
  }

  /** The set in force that the desk's own words are sealed to now.  @returns {Promise<RecipientSet>} */
  async deskSet() {
    const epoch = epochOf(clock());
    /** @type {{set: unknown, complete: boolean, retired: boolean}[]} */
    const all = this.network.sets;
    const inForce = all.filter((one) => one.complete && !one.retired).map((one) => Signed.of(one.set));
    const values = inForce.map((one) => ({ name: one.message(), ...JSON.parse(unutf8(one.payload)) }));
    const [best] = values.sort((a, b) => rank(a, epoch) - rank(b, epoch) || b.number - a.number);
    if (best === undefined) throw new Refused("set_unknown", "Your desk has no recipient set yet; two of you open it.");
    return this.recipientSet(best.name);
  }

  /** Keep an epoch's key: in the worker's memory and, wrapped, in this browser.  @param {number} epoch @param {Identity} identity */
  async keepWeek(epoch, identity) {
    const label = this.#label("epoch", `/${epoch}`);
    await this.keep.put(label, wrap(this.vault.key, label, identity.seed));
    if (this.keep.database === null) this.unkept.add(epoch);
    await this.opener.ask("know", { epoch, seed: identity.seed });
    this.weeks.add(epoch);
  }

  /** @param {number} epoch @returns {Promise<Identity | null>} the key of a week that this browser keeps */
  async keptWeek(epoch) {
    const label = this.#label("epoch", `/${epoch}`);
    const wrapped = await this.keep.get(label);
    if (wrapped === null) return null;
    return known(() => new Identity(unwrap(this.vault.key, label, wrapped)))[0] ?? null;
  }

  /** Remember this person's last event, so that a lost or invented one shows.  @param {string} head */
  async rememberHead(head) {
    this.network.actor_head = head;
    const label = this.#label("head");
    await this.keep.put(label, wrap(this.vault.key, label, utf8(head)));
  }

  async #recall() {
    const label = this.#label("head");
    const wrapped = await this.keep.get(label);
    if (wrapped === null) return;
    const head = known(() => unutf8(unwrap(this.vault.key, label, wrapped)))[0];
    this.strange = head !== undefined && head !== this.network.actor_head;
  }

  /** @param {readonly string[]} files */
  async #findWeeks(files) {
    await eraseOld(this.keep, clock());
    const mine = (await this.epochKeys()).filter((one) => one.verifier === this.vault.verifier);
    for (const text of files) {
      const identity = Identity.decode(text.split("\n").find((line) => line.startsWith("AGE-SECRET-KEY-"))?.trim() ?? "");
      const key = mine.find((one) => one.age === identity.recipient);
      if (key === undefined) {
        throw new Refused("epoch_key", "This weekly key is none of yours for the last, this or the next two weeks.");
      }
      await this.keepWeek(key.epoch, identity);
    }
    for (const { epoch, age } of mine) {
      if (this.weeks.has(epoch)) continue;
      const identity = await this.keptWeek(epoch);
      if (identity !== null && identity.recipient === age) await this.keepWeek(epoch, identity);
    }
  }

  /** @param {string} what @param {string} [rest] @returns {string} */
  #label(what, rest = "") {
    return `${what}/${this.vault.network}/${this.vault.verifier}${rest}`;
  }
}

/** @param {{epoch: number}} set @param {number} epoch @returns {number} this week's first, then coming weeks', then old */
const rank = (set, epoch) => (set.epoch >= epoch ? set.epoch - epoch : 100 + epoch - set.epoch);

/**
 * What `make` gives, or nothing where it is refused: one bad object among many says nothing of the others.
 * @template T @param {() => T} make @returns {T[]}
 */
export function known(make) {
  try {
    return [make()];
  } catch (error) {
    if (error instanceof Refused) return [];
    throw error;
  }
}

/** Erase the keys of every week whose grace is over, whoever's they are.  @param {import("./keep.js").Keep} keep @param {number} now */
async function eraseOld(keep, now) {
  for (const name of await keep.names("epoch/")) {
    if (now >= epochGraceEnd(Number(name.split("/").at(-1)))) await keep.erase(name);
  }
}

/** @param {import("./keep.js").Keep} keep @returns {Promise<{id: string, file: Bytes}[]>} vaults that this browser keeps */
export async function rememberedVaults(keep) {
  const found = [];
  for (const name of await keep.names(REMEMBERED)) {
    const file = await keep.get(name);
    if (file !== null) found.push({ id: name.slice(REMEMBERED.length), file });
  }
  return found;
}

