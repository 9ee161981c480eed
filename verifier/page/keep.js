/**
 * What stays in this browser when the page is closed: sealed bytes by name, and nothing that opens without the vault.
 *
 * Where the browser keeps nothing (a private window), the open page does, as sealed as the browser would: everything
 * still works; only the week's key has to be brought along the next time.
 */

const NAME = "sereno-desk";
const STORE = "kept";

/** @typedef {Uint8Array<ArrayBuffer>} Bytes */

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("The browser's storage failed."));
  });
}

/** Bytes by name, in IndexedDB; without it in this page's memory. */
export class Keep {
  /** @type {IDBDatabase | null} */
  #database;
  /** @type {Map<string, Bytes>} */
  #memory = new Map();

  /** @param {IDBDatabase | null} database null where the browser keeps nothing */
  constructor(database) {
    this.#database = database;
  }

  /** Whether what is kept is still there when the page is closed. */
  get isLasting() {
    return this.#database !== null;
  }

  /** @returns {Promise<Keep>} */
  static async open() {
    try {
      const request = indexedDB.open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      return new Keep(await done(request));
    } catch {
      return new Keep(null); // Said on the shift's page: nothing is kept here.
    }
  }

  /** @param {string} name @returns {Promise<Bytes | null>} */
  async get(name) {
    if (this.#database === null) return this.#memory.get(name) ?? null;
    const found = await done(this.#database.transaction(STORE, "readonly").objectStore(STORE).get(name));
    return found instanceof Uint8Array ? /** @type {Bytes} */ (found) : null;
  }

  /** @param {string} start @returns {Promise<string[]>} the names that begin so */
  async names(start) {
    if (this.#database === null) return [...this.#memory.keys()].filter((name) => name.startsWith(start)).sort();
    const store = this.#database.transaction(STORE, "readonly").objectStore(STORE);
    const found = await done(store.getAllKeys(IDBKeyRange.bound(start, `${start}\uffff`)));
    return found.map(String);
  }

  /** Keep bytes under a name, on the disk before this is over.  @param {string} name @param {Bytes} data */
  async put(name, data) {
    await this.change([[name, data]]);
  }

  /** @param {string} name */
  async erase(name) {
    await this.change([[name, null]]);
  }

  /**
   * All of it or nothing, on the disk before this is over.
   * @param {Iterable<readonly [string, Bytes | null]>} changes by name what is kept from now on; null is erased
   */
  async change(changes) {
    if (this.#database === null) {
      for (const [name, data] of changes) {
        if (data === null) this.#memory.delete(name);
        else this.#memory.set(name, data);
      }
      return;
    }
    const transaction = this.#database.transaction(STORE, "readwrite", { durability: "strict" });
    const store = transaction.objectStore(STORE);
    for (const [name, data] of changes) {
      if (data === null) store.delete(name);
      else store.put(data, name);
    }
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error ?? new Error("The browser's storage failed."));
      transaction.onabort = transaction.onerror;
    });
  }
}
