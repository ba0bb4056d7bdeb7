// @ts-check
// Where pending answers outlive a reload: IndexedDB, or memory where the browser refuses it. A record is deleted as
// soon as the server has everything, so that nothing stays behind on a borrowed computer.

/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {{durable: boolean, load: () => Promise<Entry[]>, keep: (entries: Entry[]) => void}} Store */

const NAME = "skillcert-exam";
const TABLE = "pending";

/**
 * @param {string} attempt
 * @returns {Promise<Store>}
 */
export async function openStore(attempt) {
  try {
    const db = await open();
    return { durable: true, load: () => load(db, attempt), keep: (entries) => keep(db, attempt, entries) };
  } catch {
    return { durable: false, load: async () => [], keep: () => {} };
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((done, failed) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE);
    request.onsuccess = () => done(request.result);
    request.onerror = () => failed(request.error);
    request.onblocked = () => failed(new Error("blocked"));
  });
}

/**
 * @param {IDBDatabase} db
 * @param {string} attempt
 * @returns {Promise<Entry[]>}
 */
function load(db, attempt) {
  return new Promise((done) => {
    const request = db.transaction(TABLE).objectStore(TABLE).get(attempt);
    request.onsuccess = () => done(Array.isArray(request.result) ? request.result : []);
    request.onerror = () => done([]);
  });
}

/**
 * Writes are ordered by IndexedDB itself, so nobody waits for them. Each is committed at once: a transaction left to end
 * by itself is thrown away when the page is reloaded in that moment.
 * @param {IDBDatabase} db
 * @param {string} attempt
 * @param {Entry[]} entries
 */
function keep(db, attempt, entries) {
  const change = db.transaction(TABLE, "readwrite");
  if (entries.length === 0) change.objectStore(TABLE).delete(attempt);
  else change.objectStore(TABLE).put(entries, attempt);
  change.commit?.();
}
