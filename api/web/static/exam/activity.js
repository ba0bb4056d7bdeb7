// @ts-check
// Notes what happens around the exam page, for the invigilator to read: focus, clipboard, printing, a second display,
// the connection. Nothing is decided by it. Notes go in batches beside the answers and never before them; what cannot be
// sent waits, over a reload too. The log knows neither the page nor fetch.

/**
 * @typedef {"focus-lost" | "focus-back" | "copy" | "paste" | "print" | "second-display" | "fullscreen-left" | "offline" | "online"} Kind
 * @typedef {{window: string, no: number, kind: Kind, client_at: string}} Note
 * @typedef {{
 *   send: (notes: Note[]) => Promise<number>,
 *   wait: (ms: number) => Promise<void>,
 *   now: () => number,
 *   keep?: (notes: Note[]) => void,
 *   random?: () => number,
 * }} Ports send answers the status, 0 for none
 */

const GATHER = 3000; // milliseconds in which notes are gathered before they are sent
const AGAIN = 15000; // before a batch is sent again
const BATCH = 20;
const MOST = 200; // notes that wait; further ones are lost, and the server counts no gaps

export class ActivityLog {
  /**
   * @param {Ports} ports
   * @param {string} window names this loading of the page
   * @param {Note[]} [waiting] kept from before a reload
   */
  constructor(ports, window, waiting = []) {
    this.ports = ports;
    this.window = window;
    this.waiting = waiting.slice(0, MOST);
    this.next = 1;
    this.running = false;
  }

  /** @param {Kind} kind */
  note(kind) {
    if (this.waiting.length >= MOST) return;
    this.waiting.push({ window: this.window, no: this.next++, kind, client_at: new Date(this.ports.now()).toISOString() });
    this.ports.keep?.(this.waiting);
    this.run();
  }

  /** Sends until nothing waits; harmless while it does already. */
  async run() {
    if (this.running) return;
    this.running = true;
    while (this.waiting.length > 0) {
      await this.ports.wait(GATHER);
      const batch = this.waiting.slice(0, BATCH);
      const status = await this.ports.send(batch);
      if (settled(status)) {
        this.waiting.splice(0, batch.length);
        this.ports.keep?.(this.waiting);
      } else {
        await this.ports.wait(AGAIN * (0.5 + (this.ports.random ?? Math.random)()));
      }
    }
    this.running = false;
  }
}

/**
 * Whether a batch is done with: stored, or refused for what is in it. Anything else may be sent again.
 * @param {number} status
 */
function settled(status) {
  return (status >= 200 && status < 300) || status === 400 || status === 404 || status === 413 || status === 422;
}

/**
 * Tells when the page is left and when it is back. Of the three events of one departure only the first counts.
 * @param {(kind: Kind) => void} note
 * @param {() => boolean} here whether the page is seen and has the focus
 */
export function focusWatch(note, here) {
  let away = false;
  return () => {
    if (here() === !away) return;
    away = !away;
    note(away ? "focus-lost" : "focus-back");
  };
}

/**
 * Watches this page.
 * @param {string} attempt
 * @param {(notes: Note[]) => Promise<number>} send
 * @param {() => number} now
 */
export function watchPage(attempt, send, now) {
  const key = `activity-${attempt}`;
  const log = new ActivityLog({ send, now, wait: (ms) => new Promise((done) => setTimeout(done, ms)), keep: (notes) => keep(key, notes) },
    crypto.randomUUID?.() ?? String(Math.random()).slice(2), kept(key));
  const focus = focusWatch((kind) => log.note(kind), () => !document.hidden && document.hasFocus());
  for (const event of ["blur", "focus"]) addEventListener(event, focus);
  document.addEventListener("visibilitychange", focus);
  for (const event of ["copy", "cut"]) document.addEventListener(event, () => log.note("copy"));
  document.addEventListener("paste", () => log.note("paste"));
  addEventListener("beforeprint", () => log.note("print"));
  addEventListener("offline", () => log.note("offline"));
  addEventListener("online", () => log.note("online"));
  document.addEventListener("fullscreenchange", () => document.fullscreenElement || log.note("fullscreen-left"));
  watchDisplays(() => log.note("second-display"));
  if (log.waiting.length > 0) log.run();
}

/** @param {() => void} second called when the desktop comes to reach over more than one display */
function watchDisplays(second) {
  let extended = false;
  const look = () => {
    const now = /** @type {any} */ (screen).isExtended === true;
    if (now && !extended) second();
    extended = now;
  };
  /** @type {any} */ (screen).addEventListener?.("change", look);
  look();
}

/** @param {string} key @param {Note[]} notes */
function keep(key, notes) {
  try {
    sessionStorage.setItem(key, JSON.stringify(notes));
  } catch { /* then a reload loses them */ }
}

/** @param {string} key @returns {Note[]} */
function kept(key) {
  try {
    const notes = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    return Array.isArray(notes) ? notes : [];
  } catch {
    return [];
  }
}
