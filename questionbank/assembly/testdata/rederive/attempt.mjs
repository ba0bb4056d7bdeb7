// One attempt at a form: sections 2.6 to 2.9.
import { Failed } from "./failed.mjs";
import { finish } from "./finish.mjs";
import { NEVER } from "./state.mjs";

/**
 * @typedef {{scope: number, point: number, column: number, own: boolean, card: number}} Pick card −1 while there is none
 * @typedef {{bucket: number, own: boolean, cost: number}} Offer
 */

/** The form at hand, and what an item of each bucket costs it. */
export class Attempt {
  /**
   * @param {import("./state.mjs").State} state
   * @param {{own: number, excluded: Set<number>, rivals: import("./draw.mjs").Rival[]}} slot
   * @param {import("./stream.mjs").Stream} stream
   * @param {{k: number, raise: number, haste: number, strains: number[]}} tries
   */
  constructor(state, slot, stream, tries) {
    [this.state, this.slot, this.stream, this.tries] = [state, slot, stream, tries];
    [this.ix, this.rules, this.plan] = [state.ix, state.rules, state.plan];
    /** @type {Pick[]} */ this.picks = [];
    this.banned = new Set();
    this.count = new Array(this.ix.columns).fill(0);
    this.wanted = new Array(this.ix.columns).fill(0);
    this.ofClass = [0, 0, 0, 0];
    this.supplement = 0;
    this.ofPoint = new Map();
    this.ofBucket = new Map();
    this.held = new Set();
    this.enemies = new Set();
    this.keys = new Map();
  }

  /** @param {number} b @returns {{key: number, ahead: boolean}} */
  key(b) {
    let k = this.keys.get(b);
    if (!k) this.keys.set(b, (k = this.state.key(b, this.tries.raise, this.tries.haste)));
    return k;
  }

  /** @param {Pick} p @returns {number} */
  bucketOf(p) {
    return this.ix.bucket(p.own ? this.slot.own : 0, p.point, p.column);
  }

  /** @param {number} b @param {number} key @param {number} n @param {number} point @param {boolean} own @returns {number} */
  #price(b, key, n, point, own) {
    const c = this.ix.classOf[point];
    const supplement = own ? this.state.supplementPrice[this.slot.own] : 0;
    return key + n * this.state.step(b) + this.state.classPrice[c] + this.tries.strains[c] + supplement;
  }

  /** Cost of one more item, Infinity for never. @param {number} point @param {number} column @param {boolean} own @returns {number} */
  cost(point, column, own) {
    const b = this.ix.bucket(own ? this.slot.own : 0, point, column);
    const n = this.ofBucket.get(b) ?? 0;
    if (n >= this.ix.size[b] || this.banned.has(b)) return Infinity;
    const { key } = this.key(b);
    return key === Infinity ? Infinity : this.#price(b, key, n, point, own);
  }

  /** What a pick paid. @param {Pick} p @returns {number} */
  paid(p) {
    const b = this.bucketOf(p);
    const { key } = this.key(b);
    return this.#price(b, key === Infinity ? NEVER : key, this.ofBucket.get(b) - 1, p.point, p.own);
  }

  /** The cheaper origin. @param {number} point @param {number} column @returns {{cost: number, own: boolean}} */
  cheaper(point, column) {
    const national = this.cost(point, column, false);
    const own = this.slot.own > 0 ? this.cost(point, column, true) : Infinity;
    return own < national ? { cost: own, own: true } : { cost: national, own: false };
  }

  /** @param {number} point @returns {boolean} */
  open(point) {
    return (this.ofPoint.get(point) ?? 0) < this.rules.perPoint;
  }

  /** The point of a pick, then the open ones of its scope. @param {Pick} p @returns {number[]} */
  reach(p) {
    return [p.point, ...this.ix.pointsOf[p.scope].filter((q) => q !== p.point && this.open(q))];
  }

  /** @param {Pick} p @param {1 | -1} by */
  #tally(p, by) {
    const b = this.bucketOf(p);
    this.count[p.column] += by;
    this.ofClass[this.ix.classOf[p.point]] += by;
    this.supplement += p.own ? by : 0;
    this.ofPoint.set(p.point, (this.ofPoint.get(p.point) ?? 0) + by);
    this.ofBucket.set(b, (this.ofBucket.get(b) ?? 0) + by);
  }

  /** @param {Pick} p */
  add(p) {
    this.picks.push(p);
    this.#tally(p, 1);
  }

  /** Takes the last pick back. @param {Pick} p */
  remove(p) {
    this.picks.pop();
    this.#tally(p, -1);
  }

  /** Moves a pick; its card is taken back. @param {Pick} p @param {{point: number, column: number, own: boolean}} to */
  move(p, to) {
    this.#tally(p, -1);
    this.give(p, -1);
    [p.point, p.column, p.own] = [to.point, to.column, to.own];
    this.#tally(p, 1);
  }

  /** Gives a pick a card, −1 to take it back. @param {Pick} p @param {number} card */
  give(p, card) {
    if (p.card >= 0) {
      this.held.delete(p.card);
      this.enemies.delete(this.ix.cards[p.card].enemy);
    }
    p.card = card;
    if (card < 0) return;
    this.held.add(card);
    if (this.ix.cards[card].enemy) this.enemies.add(this.ix.cards[card].enemy);
  }

  /** @param {number} card @returns {boolean} */
  free(card) {
    const { enemy } = this.ix.cards[card];
    const o = this.ix.originOf(this.ix.bucketOf[card]);
    return (
      !this.held.has(card) &&
      !this.slot.excluded.has(card) &&
      this.state.v[card] < this.state.most(o, this.tries.raise) &&
      !(enemy && this.enemies.has(enemy))
    );
  }

  /** Makes the form or throws Failed. @returns {{lesson: import("./draw.mjs").Lesson | null}} */
  run() {
    /** @type {import("./draw.mjs").Lesson | null} */
    let lesson = null;
    this.#walk();
    for (let round = 0; ; round++) {
      if (round === 40) throw new Failed("rounds");
      this.#balance();
      if (round === 0) lesson = this.slot.lesson = this.#lesson();
      this.#nationalise();
      this.#emphasise();
      if (!this.#deal()) break;
    }
    finish(this);
    return { lesson };
  }

  #lesson() {
    return { wanted: [...this.wanted], classes: [...this.ofClass], supplement: this.supplement };
  }

  #walk() {
    const order = this.stream.shuffle(this.ix.quota.map((_, s) => s));
    for (const s of order) this.#walkScope(s);
  }

  /** @param {number} s */
  #walkScope(s) {
    const points = this.ix.pointsOf[s];
    const offers = points.map((p) => (this.open(p) ? this.#offer(p, false) : null));
    let [taken, counted] = [0, 0];
    while (taken < this.ix.quota[s]) {
      let at = -1;
      offers.forEach((o, i) => {
        if (o && (at < 0 || o.cost < offers[at].cost)) at = i;
      });
      if (at < 0) throw new Failed("walk");
      const o = offers[at];
      if (!o.around && counted < this.ix.quota[s]) {
        counted++;
        this.wanted[o.column]++;
      }
      if (this.count[o.column] >= this.plan.need[o.column] && !o.crammed) {
        offers[at] = this.#offer(points[at], true);
        continue;
      }
      this.add({ scope: s, point: points[at], column: o.column, own: o.own, card: -1 });
      taken++;
      offers[at] = this.open(points[at]) ? this.#offer(points[at], false) : null;
    }
  }

  /** What a point offers. @param {number} p @param {boolean} around */
  #offer(p, around) {
    let best = null;
    for (let c = 0; c < this.ix.columns; c++) {
      const full = around && this.count[c] >= this.plan.need[c];
      for (const own of this.slot.own > 0 ? [false, true] : [false]) {
        const cost = this.cost(p, c, own) + this.state.columnPrice[c] + (full ? NEVER / 2 : 0);
        if (cost !== Infinity && (!best || cost < best.cost)) best = { cost, column: c, own, around, crammed: full };
      }
    }
    return best;
  }

  #balance() {
    const { need } = this.plan;
    for (let i = 0; this.count.some((n, c) => n !== need[c]); i++) {
      if (i === 200) throw new Failed("balance");
      const way = this.#way(this.#moves());
      if (!way) throw new Failed("balance");
      for (const { pick, to } of way.reverse()) this.move(pick, to);
    }
  }

  /** The least moves from column to column. */
  #moves() {
    const columns = this.ix.columns;
    const spares = this.ix.pointsOf.map((points) => {
      const open = points.filter((p) => this.open(p));
      return this.count.map((_, c) => least(open.map((point) => ({ point, column: c, ...this.cheaper(point, c) }))));
    });
    /** @type {({cost: number, pick: Pick, to: any} | null)[][]} */
    const best = Array.from({ length: columns }, () => new Array(columns).fill(null));
    for (const pick of this.picks) {
      const paid = this.paid(pick);
      for (let c = 0; c < columns; c++) {
        if (c === pick.column) continue;
        let to = spares[pick.scope][c];
        const own = { point: pick.point, column: c, ...this.cheaper(pick.point, c) };
        if (own.cost !== Infinity && (!to || own.cost < to.cost)) to = own;
        if (!to) continue;
        const old = best[pick.column][c];
        if (!old || to.cost - paid < old.cost) best[pick.column][c] = { cost: to.cost - paid, pick, to };
      }
    }
    return best;
  }

  /** @param {({cost: number, pick: Pick, to: any} | null)[][]} W */
  #way(W) {
    const { need } = this.plan;
    const d = [this.count.map((n, c) => (n > need[c] ? 0 : Infinity))];
    const from = [[]];
    let [found, cost] = [null, Infinity];
    for (let h = 1; h <= 4; h++) {
      d.push(this.count.map(() => Infinity));
      from.push(this.count.map(() => -1));
      W.forEach((row, a) =>
        row.forEach((w, c) => {
          if (!w || d[h - 1][a] + w.cost >= d[h][c]) return;
          d[h][c] = d[h - 1][a] + w.cost;
          from[h][c] = a;
        }),
      );
      for (let c = 0; c < this.ix.columns; c++) {
        if (this.count[c] >= need[c] || d[h][c] >= cost) continue;
        const steps = [];
        for (let [i, at] = [h, c]; i > 0; i--) {
          steps.unshift(W[from[i][at]][at]);
          at = from[i][at];
        }
        if (new Set(steps.map((w) => w.pick.scope)).size === steps.length) [found, cost] = [steps, d[h][c]];
      }
    }
    return found;
  }

  #nationalise() {
    while (this.supplement > this.rules.cap) {
      const all = this.picks
        .filter((p) => p.own)
        .flatMap((pick) =>
          this.reach(pick).map((point) => {
            const to = { point, column: pick.column, own: false };
            return { pick, to, cost: this.cost(point, pick.column, false) - this.paid(pick) };
          }),
        );
      this.#make(least(all), "nationalise");
    }
  }

  /** @param {{pick: Pick, to: any} | null} change @param {string} where */
  #make(change, where) {
    if (!change) throw new Failed(where);
    this.move(change.pick, change.to);
  }

  #emphasise() {
    const { rules } = this;
    /** @param {number} c @param {number} by */
    const strain = (c, by) => Math.abs(rules.excess(c, this.ofClass[c] + by));
    while (this.ofClass.some((_, c) => strain(c, 0) > 0)) {
      const all = this.picks.flatMap((pick) => {
        const a = this.ix.classOf[pick.point];
        const points = this.reach(pick).slice(1).filter((q) => {
          const c = this.ix.classOf[q];
          return c !== a && strain(a, -1) + strain(c, 1) < strain(a, 0) + strain(c, 0);
        });
        const tight = this.supplement - (pick.own ? 1 : 0) >= rules.cap;
        const paid = points.length ? this.paid(pick) : 0;
        return points.map((point) => {
          const there = tight ? { cost: this.cost(point, pick.column, false), own: false } : this.cheaper(point, pick.column);
          return { pick, to: { point, column: pick.column, own: there.own }, cost: there.cost - paid };
        });
      });
      const change = least(all);
      if (!change) {
        this.ofClass.forEach((n, c) => (this.tries.strains[c] += rules.excess(c, n) * 2 ** (20 + this.tries.k)));
      }
      this.#make(change, "emphasise");
    }
  }

  /** Gives cards to the picks; true if one had to move. @returns {boolean} */
  #deal() {
    let moved = false;
    for (const p of this.picks) {
      if (p.card >= 0) continue;
      const card = this.#turn(this.bucketOf(p));
      if (card >= 0) {
        this.give(p, card);
        continue;
      }
      this.banned.add(this.bucketOf(p));
      const all = this.reach(p).flatMap((point) =>
        this.count.map((_, column) => {
          const { cost, own } = this.cheaper(point, column);
          return { pick: p, to: { point, column, own }, cost: cost + (column === p.column ? 0 : 64 * this.state.eta) };
        }),
      );
      this.#make(least(all), "deal");
      moved = true;
    }
    return moved;
  }

  /** @param {number} b @returns {number} */
  #turn(b) {
    const [from, m, front] = [this.ix.start[b], this.ix.size[b], this.state.front[b]];
    const n = m - front;
    const a = n > 0 ? this.stream.below(n) : 0;
    for (let i = 0; i < n; i++) {
      const card = this.state.deck[from + front + ((a + i) % n)];
      if (this.free(card)) return card;
    }
    if (front === 0) return -1;
    const b0 = this.stream.below(front);
    for (let i = 0; i < front; i++) {
      const card = this.state.deck[from + ((b0 + i) % front)];
      if (this.free(card)) return card;
    }
    return -1;
  }
}

/** The first of the least, null if all cost never. @template {{cost: number}} T @param {T[]} all @returns {T | null} */
export function least(all) {
  /** @type {T | null} */
  let best = null;
  for (const x of all) if (x.cost !== Infinity && (!best || x.cost < best.cost)) best = x;
  return best;
}
