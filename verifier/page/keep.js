/**
 * What stays in this browser when the page is closed: sealed bytes by name, and nothing that opens without the vault.
 *
 * Where the browser keeps nothing (a private window), everything still works; only the week's key has to be brought
 * along each time.
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

/** Bytes by name, in IndexedDB. */
export class Keep {
  /** @param {IDBDatabase | null} database null where the browser keeps nothing */
  constructor(database) {
    this.database = database;
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
    const found = this.database === null ? undefined : await done(this.#store("readonly").get(name));
    return found instanceof Uint8Array ? /** @type {Bytes} */ (found) : null;
  }

  /** @param {string} start @returns {Promise<string[]>} the names that begin so */
  async names(start) {
    if (this.database === null) return [];
    const found = await done(this.#store("readonly").getAllKeys(IDBKeyRange.bound(start, `${start}\uffff`)));
    return found.map(String);
  }

  /** Keep bytes under a name, on the disk before this is over.  @param {string} name @param {Bytes} data */
  async put(name, data) {
    if (this.database === null) return;
    const transaction = this.database.transaction(STORE, "readwrite", { durability: "strict" });
    transaction.objectStore(STORE).put(data, name);
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onerror = () => reject(transaction.error ?? new Error("The browser's storage failed."));
      transaction.onabort = transaction.onerror;
    });
  }

  /** @param {string} name */
  async erase(name) {
    if (this.database !== null) await done(this.#store("readwrite").delete(name));
  }

  /** @param {IDBTransactionMode} mode @returns {IDBObjectStore} */
  #store(mode) {
    return /** @type {IDBDatabase} */ (this.database).transaction(STORE, mode).objectStore(STORE);
  }
}
