// What is kept from slot to slot, and what it makes a bucket cost: section 2.5.
import { Different, label, mulDiv } from "./bytes.mjs";
import { Stream } from "./stream.mjs";

const NONE = 2 ** 31 - 1;
const UNIT = 2 ** 20;

// The specification's never, 2⁶², stands above all other numbers, and half of it above all without it. Here 2⁵⁰ does,
// so that sums stay exact in a double; SANE is what all other numbers have to stay below for that.
export const NEVER = 2 ** 50;
const SANE = 2 ** 47;

/** @param {number} v @returns {number} */
function sane(v) {
  if (Math.abs(v) >= SANE) throw new Error(`a cost of ${v} is beyond what this program counts with`);
  return v;
}

/** The state of the draw of one level. */
export class State {
  /** @param {import("./plan.mjs").Plan} plan @param {Buffer} seed @param {((card: number) => number) | null} uses that stand for the openings */
  constructor(plan, seed, uses = null) {
    const ix = plan.ix;
    [this.plan, this.ix, this.rules, this.seed] = [plan, ix, ix.rules, seed];
    const opening = ix.cards.map((c, i) => (uses ? Math.min(uses(i), 4095) : (c.opening ?? 0)));
    this.v = ix.cards.map(() => 0);
    this.debt = [...opening];
    this.deck = ix.cards.map((_, i) => i);
    this.placeOf = ix.cards.map((_, i) => i);
    this.U = ix.size.map((m, b) => opening.slice(ix.start[b], ix.start[b] + m).reduce((x, y) => x + y, 0));
    this.V = ix.size.map(() => 0);
    this.front = ix.size.map(() => 0);
    this.phase = this.#phases();
    this.meanSeconds = ix.size.map((m, b) => Math.floor(ix.seconds.slice(ix.start[b], ix.start[b] + m).reduce((x, y) => x + y, 0) / (m || 1)));
    this.t = ix.origins.map(() => 0);
    this.columnPrice = new Array(ix.columns).fill(0);
    this.classPrice = [0, 0, 0, 0];
    this.supplementPrice = ix.origins.map(() => 0);
    const national = ix.cards.filter((c) => !c.province).length;
    this.eta = Math.max(Math.floor(Math.floor((UNIT * this.rules.items) / Math.max(national, 1)) / 8), 1);
    ix.size.forEach((m, b) => m > 0 && this.#open(b));
  }

  /** @returns {number[]} */
  #phases() {
    const { ix, seed } = this;
    const phase = ix.size.map(() => 0);
    for (let o = 0, b = 0; o < ix.origins.length; o++) {
      const stream = new Stream(seed, label("start", o));
      for (const end = b + ix.points.length * ix.columns; b < end; b++) {
        if (ix.size[b] > 0) phase[b] = stream.next() >>> 13;
      }
    }
    return phase;
  }

  /** @param {number} b */
  #open(b) {
    const [from, to] = [this.ix.start[b], this.ix.start[b] + this.ix.size[b]];
    const least = Math.min(...this.debt.slice(from, to));
    for (let i = from; i < to; i++) this.debt[i] -= least;
    this.#round(b);
  }

  /** A round begins: cards with debt lose their turn. @param {number} b */
  #round(b) {
    const [from, m] = [this.ix.start[b], this.ix.size[b]];
    this.front[b] = 0;
    while (this.deck.slice(from, from + m).some((c) => this.debt[c] > 0)) {
      this.front[b] = 0;
      for (let i = 0; i < m; i++) {
        const card = this.deck[from + i];
        if (this.debt[card] === 0) continue;
        this.#swap(from + i, from + this.front[b]);
        this.debt[card]--;
        this.front[b]++;
      }
      if (this.front[b] < m) return;
      this.front[b] = 0;
    }
  }

  /** @param {number} i @param {number} j */
  #swap(i, j) {
    [this.deck[i], this.deck[j]] = [this.deck[j], this.deck[i]];
    this.placeOf[this.deck[i]] = i;
    this.placeOf[this.deck[j]] = j;
  }

  /** The most uses of a card of an origin. @param {number} o @param {number} raise @returns {number} */
  most(o, raise) {
    const limit = this.plan.limit[o];
    return Math.min(limit === NONE ? NONE : limit + raise, this.plan.share[o]);
  }

  /** The key of a bucket, Infinity for never. @param {number} b @param {number} raise @param {number} haste @returns {{key: number, ahead: boolean}} */
  key(b, raise, haste) {
    const m = this.ix.size[b];
    const o = this.ix.originOf(b);
    if (m === 0 || this.V[b] >= m * this.most(o, raise)) return { key: Infinity, ahead: false };
    let k = Math.floor((this.U[b] * UNIT + this.phase[b]) / m);
    if (o > 0) k = mulDiv(k, this.plan.scale[o], 1024);
    k += haste * this.meanSeconds[b];
    const d = this.plan.pace[o] * this.t[o];
    const e = this.V[b] * UNIT - m * (d + UNIT);
    if (e > 0) return { key: sane(k + mulDiv(32, e, m)), ahead: true };
    if (this.V[b] < m && d >= 4 * UNIT) k -= 2 ** 43;
    return { key: sane(k), ahead: false };
  }

  /** The step of a bucket for each item the form has of it. @param {number} b @returns {number} */
  step(b) {
    const o = this.ix.originOf(b);
    const s = Math.floor(UNIT / this.ix.size[b]);
    return o > 0 ? mulDiv(s, this.plan.scale[o], 1024) : s;
  }

  /** A card was drawn (2.10). @param {number} card @param {Stream} stream */
  use(card, stream) {
    const b = this.ix.bucketOf[card];
    this.v[card]++;
    this.V[b]++;
    this.U[b]++;
    const front = this.ix.start[b] + this.front[b];
    if (this.placeOf[card] < front) this.debt[card]++;
    else {
      this.#swap(this.placeOf[card], front);
      if (++this.front[b] === this.ix.size[b]) this.#round(b);
    }
    this.phase[b] = stream.next() >>> 13;
  }

  /**
   * Prices after a form.
   * @param {{wanted: number[], classes: number[], supplement: number}} lesson @param {number} own
   */
  learn(lesson, own) {
    const { eta, rules, plan } = this;
    /** @param {number} v */
    const clamp = (v) => Math.max(-(2 ** 44), Math.min(2 ** 44, v));
    this.columnPrice = this.columnPrice.map((v, c) => clamp(v + eta * (lesson.wanted[c] - plan.need[c])));
    this.classPrice = this.classPrice.map((v, c) => {
      const n = rules.excess(c, lesson.classes[c]);
      if (n !== 0) return clamp(v + eta * n);
      return v - Math.sign(v) * Math.min(eta, Math.abs(v));
    });
    if (own > 0) {
      this.supplementPrice[own] = clamp(Math.max(0, this.supplementPrice[own] + eta * (lesson.supplement - rules.cap)));
    }
  }

  /** One more form was drawn. @param {number} own */
  tick(own) {
    this.t[0]++;
    if (own > 0) this.t[own]++;
  }
}

/** @param {boolean} ok @param {string} message */
export function must(ok, message) {
  if (!ok) throw new Different(message);
}
