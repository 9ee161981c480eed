/**
 * The session: who is at this desk, with which keys, on whose word.
 *
 * Keys and token are in this object and the worker's memory.  The roster is checked from the policy that the page
 * carries; what the server says of itself counts only where a verifier's or a root's signature says it too.
 */
import { unb64, unutf8 } from "../../protocol/js/encoding.js";
import { epochOf, openEpochKey } from "../../protocol/js/epoch.js";
import { Refused } from "../../protocol/js/errors.js";
import { openSetSteps } from "../../protocol/js/recipients.js";
import { openRosterSteps } from "../../protocol/js/roster.js";
import { signIn } from "../../protocol/js/signin.js";
import { Signed } from "../../protocol/js/signed.js";
import { openStay, stayedAt } from "../../protocol/js/stay.js";
import { inSlices } from "../../protocol/js/steps.js";
import { findCopies } from "./breakglass.js";
import { breathe, clock } from "./clock.js";
import { findWeeks, keepHead, keepVault, oldVault, recallHead, rekey } from "./keyring.js";
import { known } from "./lenient.js";
import { rememberRoster } from "./roster-memory.js";
import { inTurn } from "./turns.js";

/** @typedef {import("../../protocol/js/epoch.js").EpochKey} EpochKey */
/** @typedef {import("../../protocol/js/recipients.js").RecipientSet} RecipientSet */
/** @typedef {import("../../protocol/js/roster.js").Roster} Roster */
/** @typedef {import("../../protocol/js/roster.js").Verifier} Verifier */
/** @typedef {import("../../protocol/js/vault.js").Vault} Vault */
/** @typedef {import("./baked.js").Baked} Baked */
/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** One person at the desk, once `unlock` is over. */
export class Session {
  /** @type {Vault | null} */
  #vault = null;
  /** Weeks whose key is on this device.  @type {Set<number>} */
  weeks = new Set();
  /** Weeks whose key this browser could not keep: they have to be carried along as files.  @type {Set<number>} */
  unkept = new Set();
  /** Dated files of weekly keys that were made here and are not destroyed yet.  @type {import("./breakglass.js").Copy[]} */
  copies = [];
  /** The day since when an old vault file is out of use and not destroyed yet, "" where there is none. */
  oldVault = "";
  /** @type {Map<string, EpochKey | null>} */
  #keys = new Map();
  /** @type {Map<string, Promise<RecipientSet>>} */
  #sets = new Map();
  /** What `/api/network` said last.  @type {any} */
  network = null;
  /** @type {readonly import("../../protocol/js/stay.js").Stay[]} */
  stays = [];
  /** @type {ReadonlySet<string>} */
  stayed = new Set();
  shiftUntil = 0;
  /** The server's clock less ours, in seconds. */
  skew = 0;
  /** Whether this person's last event here is another than the one that this browser remembers. */
  strange = false;

  /**
   * @param {Baked} baked @param {import("./api.js").Api} api @param {import("./opener.js").Opener} opener
   * @param {import("./keep.js").Keep} keep
   */
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
      await findWeeks(this, weekFiles);
      await findCopies(this);
      this.oldVault = await oldVault(this);
      await recallHead(this);
    } catch (error) {
      this.close();
      throw error;
    }
    await keepVault(this, remember ? file : null);
  }

  /**
   * From now on this browser's keys are sealed by another file of the same vault.  Throws Refused("vault").
   * @param {{file: Bytes, key: Bytes}} made
   */
  async adopt(made) {
    await inTurn(() => rekey(this, made));
    this.#vault = Object.freeze({ ...this.vault, key: made.key });
    this.oldVault = await oldVault(this);
  }

  /** Forget keys and token.  What the browser keeps stays sealed. */
  close() {
    this.#vault?.seed.fill(0);
    this.#vault?.key.fill(0);
    this.#vault = null;
    this.checked = null;
    this.network = null;
    this.weeks.clear();
    this.unkept.clear();
    this.copies = [];
    this.oldVault = "";
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
    await rememberRoster(this.keep, roster);
    if (!roster.verifiers.has(this.vault.verifier)) {
      throw new Refused(
        "not_yours",
        `${this.vault.verifier} is not in roster ${roster.number}; the custodians enrol people.`,
      );
    }
    const stays = value.stays.flatMap((/** @type {unknown} */ one) => known(() => openStay(Signed.of(one), roster)));
    if (this.checked?.name !== roster.name) this.#keys.clear();
    this.stays = stays;
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

  /** Remember this person's last event, so that a lost or invented one shows.  @param {string} head */
  async rememberHead(head) {
    this.network.actor_head = head;
    await keepHead(this, head);
  }
}

/**
 * @param {{epoch: number}} set @param {number} epoch @returns {number} this week's first, then coming weeks', then old
 */
const rank = (set, epoch) => (set.epoch >= epoch ? set.epoch - epoch : 100 + epoch - set.epoch);
