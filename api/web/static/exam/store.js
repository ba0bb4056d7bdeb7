// @ts-check
// Where pending answers outlive a reload: IndexedDB, or memory where the browser refuses it. A record is deleted as
// soon as the server has everything, so that no answer stays behind on a borrowed computer: only a number does, by which
// what a window writes after another has taken over from it is known.

/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {{durable: boolean, load: () => Promise<Entry[]>, keep: (entries: Entry[]) => void}} Store */

const NAME = "skillcert-exam";
const TABLE = "pending";

/** @typedef {{turn: number, entries: Entry[]}} Kept of one window; turn is which window here it was when it loaded */

/**
 * @param {string} attempt
 * @param {string} window name of this window: each keeps its own, and takes over what those before it left
 * @param {() => void} [lost] called when the browser keeps nothing any more
 * @returns {Promise<Store>}
 */
export async function openStore(attempt, window, lost = () => {}) {
  try {
    const db = await open();
    const own = { attempt, key: `${attempt} ${window}`, turn: 0 };
    return { durable: true, load: () => load(db, own, lost), keep: (entries) => keep(db, own, entries, lost) };
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
 * How many questions have something here that the last window of the attempt could not save. Nothing is taken over by it.
 * @param {string} attempt
 * @returns {Promise<number>} 0 where the browser keeps nothing
 */
export async function keptHere(attempt) {
  try {
    const db = await open();
    try {
      return await count(db, attempt);
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
}

/** @param {IDBDatabase} db @param {string} attempt @returns {Promise<number>} */
function count(db, attempt) {
  return new Promise((done, failed) => {
    const table = db.transaction(TABLE, "readonly").objectStore(TABLE);
    const turn = table.get(attempt);
    const records = table.getAll(IDBKeyRange.bound(`${attempt} `, `${attempt} \uffff`)); // what windows left, without the turn
    records.onsuccess = () => {
      const last = /** @type {Kept[]} */ (records.result).filter((r) => r.turn === Number(turn.result));
      done(new Set(last.flatMap((r) => r.entries.map((e) => e.item))).size);
    };
    records.onerror = () => failed(records.error);
  });
}

/** @typedef {{attempt: string, key: string, turn: number}} Own */

/**
 * What the last window of the attempt left here, oldest first. It is this window's from now on, in the same transaction: of
 * two windows that load at once only one has it. What a window wrote after that is of an earlier turn and is thrown away:
 * the candidate was told that it writes no more, and goes on in this one.
 * @param {IDBDatabase} db
 * @param {Own} own
 * @param {() => void} lost
 * @returns {Promise<Entry[]>}
 */
function load(db, own, lost) {
  return new Promise((done) => {
    let change;
    try {
      change = db.transaction(TABLE, "readwrite");
    } catch {
      lost();
      return done([]);
    }
    const table = change.objectStore(TABLE);
    /** @type {Entry[]} */
    let all = [];
    /** @type {Kept[]} */
    const records = [];
    let turn = 0;
    const request = table.openCursor(IDBKeyRange.bound(own.attempt, `${own.attempt} \uffff`));
    request.onsuccess = () => {
      const at = request.result;
      if (at) {
        if (at.key === own.attempt) turn = Number(at.value);
        else records.push(at.value);
        at.delete();
        at.continue();
        return;
      }
      all = records.filter((r) => r.turn === turn).flatMap((r) => r.entries);
      all.sort((a, b) => a.client_at.localeCompare(b.client_at) || a.seq - b.seq);
      table.put(turn + 1, own.attempt);
      if (all.length > 0) table.put({ turn: turn + 1, entries: all }, own.key);
    };
    change.oncomplete = () => {
      own.turn = turn + 1;
      done(all);
    };
    change.onabort = () => { // what was read is sent from here; nothing outlives a reload
      lost();
      done(all);
    };
  });
}

/**
 * Writes are ordered by IndexedDB itself, so nobody waits for them. Each is committed at once: a transaction left to end
 * by itself is thrown away when the page is reloaded in that moment.
 * @param {IDBDatabase} db
 * @param {Own} own
 * @param {Entry[]} entries
 * @param {() => void} lost
 */
function keep(db, own, entries, lost) {
  let change;
  try {
    change = db.transaction(TABLE, "readwrite");
  } catch {
    return lost(); // the browser has closed it: site data cleared, or no room
  }
  change.onabort = lost;
  if (entries.length === 0) change.objectStore(TABLE).delete(own.key);
  else change.objectStore(TABLE).put({ turn: own.turn, entries }, own.key);
  change.commit?.();
}
