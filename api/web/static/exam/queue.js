// @ts-check
// The ordered queue of answers on their way to the server. One request is in flight at a time; nothing counts as saved
// before the server's reply; nothing is ever dropped; what is pending is kept on this computer and sent again after a
// reload. The queue knows neither the page nor fetch: send, keep, wait and told are handed in.
import { subject } from "./stale.js";

/**
 * @typedef {{seq: number, item: number, chosen: number[], flag: boolean, kind: "response" | "flag", client_at: string, base?: number}} Entry
 *   base: number of the last change of the same that was known to be stored when this one was made; it stays here
 * @typedef {{kind: "saved", seq: number, now: string, closes: string, closed: boolean}} Saved
 * @typedef {Saved | {kind: "resequence", highest: number} | {kind: "closed"} | {kind: "signin"} | {kind: "refused"} |
 *   {kind: "lost"} | {kind: "paused"} | {kind: "elsewhere"}} Reply
 * @typedef {{kind: "saved", entry: Entry, reply: Saved} | {kind: "sending"} | {kind: "offline"} | {kind: "signin"} |
 *   {kind: "stuck"} | {kind: "closed"} | {kind: "queued", entry: Entry} | {kind: "paused"} | {kind: "elsewhere"}} Told
 * @typedef {{
 *   send: (entry: Entry) => Promise<Reply>,
 *   keep: (entries: Entry[]) => void,
 *   wait: (ms: number) => Promise<void>,
 *   told: (event: Told) => void,
 *   random?: () => number,
 * }} Ports
 */

const FIRST_WAIT = 500; // milliseconds before the second try, doubled each time
const LONGEST_WAIT = 15000;
const STUCK_WAIT = 15000; // when the server answers but does not take the entry
const PAUSE_WAIT = 2000; // while the clock of the exam stands

export class Queue {
  /**
   * @param {Ports} ports
   * @param {number} highest sequence number that the server has
   * @param {Entry[]} pending entries kept from before a reload, oldest first
   * @param {Map<string, {seq: number}>} last change of everything, as the paper tells it
   */
  constructor(ports, highest, pending = [], last = new Map()) {
    this.last = new Map([...last].map(([of, change]) => [of, change.seq]));
    this.ports = ports;
    this.pending = [...pending];
    this.next = Math.max(highest, ...pending.map((e) => e.seq)) + 1;
    // Each change has a later time than the one before, though the clock be set back: by their times they are told apart
    // and put in order after a reload.
    this.latest = Math.max(-1, ...pending.map((e) => Date.parse(e.client_at)));
    this.fails = 0;
    this.running = false;
    this.closed = false; // nothing is sent any more
    this.ended = false; // because the paper is closed, which an invigilator may take back
    this.refused = false; // the server answers, but does not take what comes next
    /** @type {(() => void)[]} */
    this.empty = [];
  }

  /**
   * Adds a change and starts sending. When nothing is sent any more it is kept, and counted as unsaved.
   * @param {Omit<Entry, "seq" | "base">} change
   */
  add(change) {
    this.latest = Math.max(Date.parse(change.client_at), this.latest + 1);
    const entry = { seq: this.next++, ...change, client_at: new Date(this.latest).toISOString(), base: this.last.get(subject(change)) ?? 0 };
    this.pending.push(entry);
    this.ports.keep([...this.pending]);
    this.ports.told({ kind: "queued", entry });
    this.run();
  }

  /** The questions that have something unsaved, each once. */
  unsaved() {
    return [...new Set(this.pending.map((e) => e.item))];
  }

  /** Resolves when nothing is pending or the attempt is closed. */
  drained() {
    if (this.pending.length === 0 || this.closed) return Promise.resolve();
    return new Promise((/** @type {(v?: unknown) => void} */ done) => this.empty.push(done));
  }

  /** Sends until nothing is pending; harmless while already sending. */
  async run() {
    if (this.running) return;
    this.running = true;
    try {
      while (this.pending.length > 0 && !this.closed) {
        const entry = this.pending[0];
        this.ports.told({ kind: "sending" });
        await this.take(entry, await this.ports.send(entry));
      }
    } finally {
      this.running = false; // whatever went wrong beside it, the next change sends on
    }
    if (this.pending.length === 0 || this.closed) this.empty.splice(0).forEach((done) => done());
  }

  /**
   * @param {Entry} entry the head of the queue, just sent
   * @param {Reply} reply
   */
  async take(entry, reply) {
    switch (reply.kind) {
      case "saved":
        this.pending.shift();
        this.fails = 0;
        this.refused = false;
        this.stored(entry);
        this.ports.keep([...this.pending]);
        this.ports.told({ kind: "saved", entry, reply });
        if (reply.closed) this.close();
        return;
      case "resequence":
        this.renumber(reply.highest);
        if (++this.fails > 3) await this.ports.wait(this.pause());
        return;
      case "closed":
        return this.close();
      case "elsewhere": // another window has taken the paper over, and what is pending with it
        this.closed = true;
        return this.ports.told({ kind: "elsewhere" });
      case "paused":
        this.ports.told({ kind: "paused" });
        return this.ports.wait(PAUSE_WAIT);
      case "signin":
      case "refused":
        this.refused = true;
        this.ports.told({ kind: reply.kind === "signin" ? "signin" : "stuck" });
        return this.ports.wait(STUCK_WAIT);
      case "lost":
        this.fails++;
        this.ports.told({ kind: "offline" });
        return this.ports.wait(this.pause());
    }
  }

  /**
   * What follows an own entry is no older than that.
   * @param {Entry} entry
   */
  stored(entry) {
    this.last.set(subject(entry), entry.seq);
    for (const later of this.pending) if (subject(later) === subject(entry)) later.base = entry.seq;
  }

  /**
   * Gives the pending entries the numbers that the server expects, in their order.
   * @param {number} highest
   */
  renumber(highest) {
    this.pending.forEach((entry, i) => (entry.seq = highest + 1 + i));
    this.next = highest + 1 + this.pending.length;
    this.ports.keep([...this.pending]);
  }

  close() {
    this.closed = this.ended = true;
    this.ports.told({ kind: "closed" });
  }

  /** The paper goes on after all, and with it what is pending. @returns {boolean} whether it had been closed */
  reopen() {
    if (!this.ended) return false;
    this.closed = this.ended = false;
    this.run();
    return true;
  }

  /** Milliseconds before the next try: doubled each time, with chance so that a whole room does not come back at once. */
  pause() {
    const chance = 0.5 + (this.ports.random ?? Math.random)();
    return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** Math.min(this.fails, 10)) * chance;
  }
}
