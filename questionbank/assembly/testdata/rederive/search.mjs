// The decision of a slot for which no attempt found a form: section 2.12.
import { Network } from "./flow.mjs";

const BUDGET = 1_500_000;

/** @typedef {import("./attempt.mjs").Attempt} Attempt */

/** What a search still has to look at. */
class Search {
  /** @param {Attempt} at */
  constructor(at) {
    [this.at, this.ix, this.rules, this.need] = [at, at.ix, at.rules, at.plan.need];
    this.steps = Math.floor(BUDGET / this.rules.items);
    const own = at.slot.own;
    const { scopeOf, pointsOf } = this.ix;
    /** @type {number[][]} by scope */
    this.cards = pointsOf.map(() => []);
    this.ix.bucketOf.forEach((b, card) => {
      const o = this.ix.originOf(b);
      const s = scopeOf[this.point(card)];
      if (s >= 0 && (o === 0 || o === own) && at.free(card)) this.cards[s].push(card);
    });
    for (const list of this.cards) list.sort((a, b) => at.state.v[a] - at.state.v[b] || a - b);
  }

  /** @param {number} card @returns {number} */
  point(card) {
    return Math.floor(this.ix.bucketOf[card] / this.ix.columns) % this.ix.points.length;
  }

  /** Chooses the rest from the n-th item of scope s on. @param {number} s @param {number} n @param {number} from place in the scope's list @returns {boolean} */
  from(s, n, from) {
    while (s < this.cards.length && n === this.ix.quota[s]) [s, n, from] = [s + 1, 0, 0];
    if (s === this.cards.length) return true;
    const { at } = this;
    const tried = new Set();
    for (let i = from; i <= this.cards[s].length - (this.ix.quota[s] - n); i++) {
      const card = this.cards[s][i];
      const column = this.ix.bucketOf[card] % this.ix.columns;
      if (!at.free(card) || !at.open(this.point(card)) || at.count[column] >= this.need[column] || this.#rivalled(card)) continue;
      const alike = this.ix.bucketOf[card] + " " + this.ix.seconds[card];
      if (tried.has(alike)) continue;
      if (!this.ix.cards[card].enemy && at.slot.rivals.length === 0) tried.add(alike);
      if (this.steps-- === 0) throw new Error("a slot that the specification leaves open");
      this.#take(s, card, column);
      if (this.#passes() && this.from(s, n + 1, i + 1)) return true;
      this.#takeBack();
    }
    return false;
  }

  /** @param {number} card @returns {boolean} */
  #rivalled(card) {
    return this.at.slot.rivals.some((r) => r.cards.has(card) && this.at.picks.filter((p) => r.cards.has(p.card)).length + 1 > r.cap);
  }

  /** @param {number} s @param {number} card @param {number} column */
  #take(s, card, column) {
    const pick = { scope: s, point: this.point(card), column, own: this.ix.bucketOf[card] >= this.ix.points.length * this.ix.columns, card: -1 };
    this.at.add(pick);
    this.at.give(pick, card);
  }

  #takeBack() {
    const { at } = this;
    const pick = at.picks[at.picks.length - 1];
    at.give(pick, -1);
    at.remove(pick);
  }

  /** Whether what is left can pass by flow, by each toll and by time. @returns {boolean} */
  #passes() {
    const { at, rules } = this;
    const left = this.#left();
    const total = rules.items - at.picks.length;
    const classOf = (/** @type {number} */ b) => this.ix.classOf[Math.floor(b / this.ix.columns) % this.ix.points.length];
    /** @type {[(b: number) => number, number][]} what an item pays, and the most that may be paid */
    const tolls = [[(b) => (this.ix.originOf(b) > 0 ? 1 : 0), rules.cap - at.supplement]];
    rules.classes.forEach(({ least, most }, c) => {
      const others = at.picks.length - at.ofClass[c];
      if (most < rules.items) tolls.push([(b) => (classOf(b) === c ? 1 : 0), most - at.ofClass[c]]);
      if (least > 0) tolls.push([(b) => (classOf(b) === c ? 0 : 1), rules.items - least - others]);
    });
    const spent = at.picks.reduce((sum, p) => sum + this.ix.seconds[p.card], 0);
    tolls.push([(b) => Math.min(...left.get(b).map((c) => this.ix.seconds[c])), rules.seconds.most - spent]);
    tolls.push([(b) => -Math.max(...left.get(b).map((c) => this.ix.seconds[c])), spent - rules.seconds.least]);
    return tolls.every(([toll, most]) => {
      const got = this.#network(left, toll).fill();
      return got.flow === total && got.toll <= most;
    });
  }

  /** The free cards by bucket. @returns {Map<number, number[]>} */
  #left() {
    const left = new Map();
    for (const card of this.cards.flat()) {
      if (!this.at.free(card)) continue;
      const b = this.ix.bucketOf[card];
      if (!left.has(b)) left.set(b, []);
      left.get(b).push(card);
    }
    return left;
  }

  /** @param {Map<number, number[]>} left @param {(b: number) => number} toll @returns {Network} */
  #network(left, toll) {
    const { at, ix } = this;
    const [scopes, points] = [ix.quota.length, ix.points.length];
    const net = new Network(2 + scopes + points + ix.columns);
    ix.quota.forEach((q, s) => net.arc(0, 2 + s, q - at.picks.filter((p) => p.scope === s).length));
    ix.scopeOf.forEach((s, p) => s >= 0 && net.arc(2 + s, 2 + scopes + p, this.rules.perPoint - (at.ofPoint.get(p) ?? 0)));
    for (const [b, cards] of left) {
      const groups = new Set(cards.flatMap((c) => ix.cards[c].enemy || []));
      const room = cards.filter((c) => !ix.cards[c].enemy).length + groups.size;
      const p = Math.floor(b / ix.columns) % points;
      net.arc(2 + scopes + p, 2 + scopes + points + (b % ix.columns), room, toll(b));
    }
    this.need.forEach((n, c) => net.arc(2 + scopes + points + c, 1, n - at.count[c]));
    return net;
  }
}

/** Looks for a form; true if the attempt holds one now. @param {Attempt} at @returns {boolean} */
export function search(at) {
  return new Search(at).from(0, 0, 0);
}
