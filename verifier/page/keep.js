/**
 * What stays in this browser when the page is closed: sealed bytes by name, and nothing that opens without the vault.
 *
 * Where the browser keeps nothing (a private window), the open page does, as sealed as the browser would: everything
 * still works; only the week's key has to be brought along the next time.
 *
 * A phone closes the storage under a page that it put aside.  It is opened once more; if that helps nothing, the open
 * page keeps what comes from then on, and nothing is done that needs what lies out of reach (`isLost`).
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

/** @returns {Promise<IDBDatabase>} */
function connect() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

/** What a browser says of a storage that it has closed: of nothing that was asked of it.  @type {readonly unknown[]} */
const CLOSED = Object.freeze(["InvalidStateError", "UnknownError", "AbortError", "TransactionInactiveError"]);

/** @param {unknown} error @returns {boolean} */
const isClosed = (error) => error instanceof Error && CLOSED.includes(error.name);

/** Bytes by name, in IndexedDB; without it in this page's memory. */
export class Keep {
  /** @type {IDBDatabase | null} */
  #database;
  /** @type {Map<string, Bytes>} */
  #memory = new Map();

  #reopen;
  /** Whether the browser kept something and does not hand it out any more. */
  isLost = false;

  /**
   * @param {IDBDatabase | null} database null where the browser keeps nothing
   * @param {() => Promise<IDBDatabase>} [reopen] how it is opened again
   */
  constructor(database, reopen = connect) {
    this.#database = database;
    this.#reopen = reopen;
  }

  /** Whether what is kept is still there when the page is closed. */
  get isLasting() {
    return this.#database !== null;
  }

  /** @returns {Promise<Keep>} */
  static async open() {
    try {
      return new Keep(await connect());
    } catch {
      return new Keep(null); // Said on the shift's page: nothing is kept here.
    }
  }

  /** @param {string} name @returns {Promise<Bytes | null>} */
  get(name) {
    return this.#within(
      async (database) => {
        const found = await done(database.transaction(STORE, "readonly").objectStore(STORE).get(name));
        return found instanceof Uint8Array ? /** @type {Bytes} */ (found) : null;
      },
      (memory) => memory.get(name) ?? null,
    );
  }

  /** @param {string} start @returns {Promise<string[]>} the names that begin so */
  names(start) {
    return this.#within(
      async (database) => {
        const store = database.transaction(STORE, "readonly").objectStore(STORE);
        return (await done(store.getAllKeys(IDBKeyRange.bound(start, `${start}\uffff`)))).map(String);
      },
      (memory) => [...memory.keys()].filter((name) => name.startsWith(start)).sort(),
    );
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
  change(changes) {
    const all = [...changes];
    return this.#within(
      (database) => write(database, all),
      (memory) => {
        for (const [name, data] of all) {
          if (data === null) memory.delete(name);
          else memory.set(name, data);
        }
      },
    );
  }

  /**
   * Do something in the browser's storage, in one that was opened again where it was closed, or else in memory.
   * @template T @param {(database: IDBDatabase) => Promise<T>} act @param {(memory: Map<string, Bytes>) => T} otherwise
   * @returns {Promise<T>}
   */
  async #within(act, otherwise) {
    if (this.#database === null) return otherwise(this.#memory);
    try {
      return await act(this.#database);
    } catch (error) {
      if (!isClosed(error)) throw error; // Full, say: then nothing was changed, and whoever asked has to know.
    }
    const again = await this.#reopen().catch(() => null);
    this.#database = again;
    if (again !== null) {
      try {
        return await act(again);
      } catch (error) {
        if (!isClosed(error)) throw error;
      }
    }
    this.#database = null;
    this.isLost = true;
    return otherwise(this.#memory);
  }
}

/** @param {IDBDatabase} database @param {readonly (readonly [string, Bytes | null])[]} changes @returns {Promise<void>} */
function write(database, changes) {
  const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
  const store = transaction.objectStore(STORE);
  for (const [name, data] of changes) {
    if (data === null) store.delete(name);
    else store.put(data, name);
  }
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(transaction.error ?? new Error("The browser's storage failed."));
    transaction.onabort = transaction.onerror;
  });
}
