// @ts-check
// The server's clock as this page knows it. Nothing is counted with timers: the time left is always the server's time
// of closing minus the server's time now, so that a sleeping tab or a changed computer clock cannot slow it down.

/** Minutes before the end at which the time is announced. */
export const MARKS = [10, 5, 1];

export class ServerClock {
  /** @param {() => number} local this computer's clock in milliseconds */
  constructor(local) {
    this.local = local;
    this.offset = 0; // server minus local
    this.doubt = Infinity; // half the round trip of the reading in use, milliseconds
  }

  /**
   * Takes a reading. A reading with less doubt replaces the one in use; so does one that contradicts it, because then
   * this computer's clock was changed or slept.
   * @param {number} server the server's time in the answer
   * @param {number} sent local time when the question left
   * @param {number} received local time when the answer came
   */
  hear(server, sent, received) {
    const doubt = Math.max(0, received - sent) / 2;
    const offset = server - (sent + received) / 2;
    const apart = Math.abs(offset - this.offset);
    if (!Number.isFinite(offset)) return;
    if (doubt > this.doubt && apart <= doubt + this.doubt) return;
    this.offset = offset;
    this.doubt = doubt;
  }

  /** The server's time now, milliseconds since 1970. */
  now() {
    return this.local() + this.offset;
  }

  /**
   * @param {number} closes server time
   * @returns {number} milliseconds left, never negative
   */
  left(closes) {
    return Math.max(0, closes - this.now());
  }
}

/**
 * The marks of MARKS that were passed between two moments.
 * @param {number} before milliseconds left then
 * @param {number} after milliseconds left now
 * @returns {number | undefined} the smallest mark passed, in minutes
 */
export function passedMark(before, after) {
  return MARKS.filter((m) => before > m * 60000 && after <= m * 60000).at(-1);
}

/**
 * Writes a length of time as 1:05:09 or 5:09; a started second counts.
 * @param {number} ms
 */
export function lasting(ms) {
  const all = Math.ceil(ms / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const h = Math.floor(all / 3600);
  const m = Math.floor(all / 60) % 60;
  return h > 0 ? `${h}:${two(m)}:${two(all % 60)}` : `${two(m)}:${two(all % 60)}`;
}

/**
 * A length of time in full hours and full minutes.
 * @param {number} ms
 * @returns {[number, number]}
 */
export function hoursAndMinutes(ms) {
  const all = Math.floor(ms / 60000);
  return [Math.floor(all / 60), all % 60];
}

/**
 * Watches for a sleep or a changed computer clock: between two calls both clocks must have moved alike.
 * @param {() => number} wall the settable clock, milliseconds
 * @param {() => number} steady the monotonic clock, milliseconds
 * @returns {() => boolean} true when they moved apart by more than a second and a half since the last call
 */
export function jumpWatch(wall, steady) {
  let w = wall();
  let s = steady();
  return () => {
    const apart = Math.abs(wall() - w - (steady() - s));
    w = wall();
    s = steady();
    return apart > 1500;
  };
}
