// How an attempt at a form can fail.

/** The attempt fails; the slot is tried again. */
export class Failed extends Error {}

/** The window of time was missed by x seconds. */
export class OffTime extends Failed {
  /** @param {number} x */
  constructor(x) {
    super("window");
    this.x = x;
  }
}
