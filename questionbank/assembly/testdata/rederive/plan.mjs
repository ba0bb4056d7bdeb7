// What is fixed before the first slot: the joint table (2.3) and the limits (2.4).
import { mulDiv } from "./bytes.mjs";
import { Network } from "./flow.mjs";

const NONE = 2 ** 31 - 1;
const UNIT = 2 ** 20;

/** @typedef {import("./index.mjs").Index} Index */

/**
 * The network N(o, h) of 2.2. `toll` says which arcs a toll lies on.
 * @param {Index} ix @param {number} o @param {number} h @param {number[]} need
 * @param {(b: number) => number} room @param {(b: number) => boolean} toll
 */
export function network(ix, o, h, need, room, toll = () => false) {
  const [scopes, points] = [ix.quota.length, ix.points.length];
  const net = new Network(2 + scopes + points + ix.columns);
  const sources = ix.quota.map((q, s) => net.arc(0, 2 + s, q * h));
  ix.scopeOf.forEach((s, p) => {
    if (s < 0) return;
    net.arc(2 + s, 2 + scopes + p, ix.rules.perPoint * h);
    for (const origin of o === 0 ? [0] : [0, o]) {
      for (let c = 0; c < ix.columns; c++) {
        const b = ix.bucket(origin, p, c);
        if (ix.size[b] > 0) net.arc(2 + scopes + p, 2 + scopes + points + c, room(b), toll(b) ? 1 : 0);
      }
    }
  });
  need.forEach((n, c) => net.arc(2 + scopes + points + c, 1, n * h));
  return { net, sources, column: 2 + scopes + points };
}

/** A plan: need, limits, paces, for one level and its roster. */
export class Plan {
  /** @param {Index} ix @param {Map<string, number>} forms by province @param {number[][] | null} joint given instead of found */
  constructor(ix, forms, joint = null) {
    this.ix = ix;
    this.rooms = Array.from({ length: ix.buckets }, (_, b) => ix.room(b));
    this.joint = joint ?? this.#table([...new Set(forms.size ? [...forms.keys()].map((p) => ix.own(p)) : [0])].sort((a, b) => a - b));
    this.need = this.joint ? this.joint.flat() : ix.rules.counts;
    this.formsOf = ix.origins.map(() => 0);
    for (const [province, n] of forms) this.formsOf[ix.origin(province)] += n;
    this.forms = this.formsOf.reduce((a, b) => a + b, 0);
    this.#limits();
  }

  #limits() {
    const { rules, origins } = this.ix;
    this.pace = origins.map(() => UNIT);
    this.limit = origins.map(() => NONE);
    this.share = origins.map(() => NONE);
    this.scale = origins.map((_, o) => (this.formsOf[o] ? Math.floor((this.forms * 1024) / this.formsOf[o]) : 1024));
    if (this.forms === 0) return;
    const peak = this.formsOf.map((n, o) => (n === 0 ? 0 : n * this.#leastPeak(rules.cap === 0 ? 0 : o)));
    const all = peak.reduce((a, b) => a + b, 0);
    origins.forEach((_, o) => {
      const [sum, forms] = o === 0 ? [all, this.forms] : [peak[o], this.formsOf[o]];
      if (forms === 0) return;
      this.pace[o] = Math.ceil(sum / forms);
      this.limit[o] = Math.max(mulDiv(rules.over, sum, 1000 * UNIT), Math.ceil(sum / UNIT) + 1);
      if (rules.share) this.share[o] = Math.ceil((rules.share * forms) / 1000);
    });
  }

  /** z(o). @param {number} o @returns {number} */
  #leastPeak(o) {
    const { ix, need } = this;
    const { classes, items, cap } = ix.rules;
    /** @param {number} b */
    const classOf = (b) => ix.classOf[Math.floor(b / ix.columns) % ix.points.length];
    /** @type {{toll: (b: number) => boolean, most: number}[]} */
    const tolls = [{ toll: (b) => ix.originOf(b) !== 0, most: cap }];
    classes.forEach(({ least, most }, c) => {
      if (most < items) tolls.push({ toll: (b) => classOf(b) === c, most });
      if (least > 0) tolls.push({ toll: (b) => classOf(b) !== c, most: items - least });
    });
    /** @param {number} u */
    const passes = (u) =>
      tolls.every(({ toll, most }) => {
        const { net } = network(ix, o, UNIT, need, (b) => Math.min(u * ix.size[b], this.rooms[b] * UNIT), toll);
        const got = net.fill();
        return got.flow === items * UNIT && got.toll <= most * UNIT;
      });
    let [low, high] = [1, UNIT];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (passes(middle)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** The joint table, null where difficulty is free. @param {number[]} roster origins @returns {number[][] | null} */
  #table(roster) {
    const { ix } = this;
    if (!ix.rules.difficulties) return null;
    const stock = new Array(15).fill(0n);
    ix.cards.forEach((card, i) => {
      const point = Math.floor(ix.bucketOf[i] / ix.columns) % ix.points.length;
      if (!card.province && ix.scopeOf[point] >= 0) stock[ix.cellOf[i]] += 1n << 24n;
    });
    let table = [];
    for (let i = 0; i < 40; i++) {
      table = descend(corner(ix.rules.counts, ix.rules.difficulties), stock);
      const tight = this.#tight(table, roster);
      if (!tight) return rows(table);
      for (const c of tight) stock[c] >>= 1n;
    }
    let tries = 0;
    for (const other of tables(ix.rules.counts, ix.rules.difficulties)) {
      if (tries++ === 2000) break;
      if (!this.#tight(other, roster)) return rows(other);
    }
    return rows(table);
  }

  /** The columns that hold the flow back, null if a form passes. @param {number[]} need @param {number[]} roster */
  #tight(need, roster) {
    for (const o of roster) {
      const { net, column } = network(this.ix, o, 1, need, (b) => this.rooms[b]);
      if (net.fill().flow === this.ix.rules.items) continue;
      const reaches = net.reaches();
      return need.flatMap((_, c) => (reaches[column + c] ? [c] : []));
    }
    return null;
  }
}

/** @param {number[]} cells */
const rows = (cells) => [0, 5, 10].map((i) => cells.slice(i, i + 5));

/** @param {number[]} types @param {number[]} difficulties @returns {number[]} */
function corner(types, difficulties) {
  const [left, below, cells] = [[...types], [...difficulties], new Array(15).fill(0)];
  for (let i = 0, j = 0; i < 3 && j < 5; ) {
    const n = Math.min(left[i], below[j]);
    cells[5 * i + j] = n;
    left[i] -= n;
    below[j] -= n;
    if (left[i] === 0) i++;
    else j++;
  }
  return cells;
}

/** The moves in their order, each a list of cells. @returns {number[][]} */
function moves() {
  const all = [];
  const five = [0, 1, 2, 3, 4];
  for (const [r, s] of [[0, 1], [0, 2], [1, 2]]) {
    for (const a of five) for (const b of five) if (a !== b) all.push([5 * r + a, 5 * r + b, 5 * s + b, 5 * s + a]);
  }
  for (const a of five) for (const b of five) for (const c of five) {
    if (a !== b && b !== c && a !== c) all.push([a, b, 5 + b, 5 + c, 10 + c, 10 + a]);
  }
  return all;
}

/** @param {number[]} cells @param {bigint[]} stock @returns {number[]} */
function descend(cells, stock) {
  /** @param {number} c @param {number} x */
  const g = (c, x) => (stock[c] === 0n ? BigInt(x) << 44n : (BigInt(x) << 48n) / stock[c]);
  for (;;) {
    let [best, gain] = [/** @type {number[] | null} */ (null), 0n];
    for (const list of moves()) {
      if (list.some((c, i) => i % 2 === 1 && cells[c] === 0)) continue;
      const change = list.reduce((sum, c, i) => sum + (i % 2 === 0 ? g(c, 2 * cells[c] + 1) : -g(c, 2 * cells[c] - 1)), 0n);
      if (change < gain) [best, gain] = [list, change];
    }
    if (!best) return cells;
    best.forEach((c, i) => (cells[c] += i % 2 === 0 ? 1 : -1));
  }
}

/** All tables with the sums, in lexicographic order. @param {number[]} types @param {number[]} difficulties @returns {Generator<number[]>} */
function* tables(types, difficulties) {
  const [left, below, cells] = [[...types], [...difficulties], new Array(15).fill(0)];
  /** @param {number} c @returns {Generator<number[]>} */
  function* from(c) {
    if (c === 15) {
      if (below.every((n) => n === 0)) yield [...cells];
      return;
    }
    const [i, j] = [Math.floor(c / 5), c % 5];
    const most = Math.min(left[i], below[j]);
    for (let n = j === 4 ? left[i] : 0; n <= most; n++) {
      cells[c] = n;
      left[i] -= n;
      below[j] -= n;
      yield* from(c + 1);
      left[i] += n;
      below[j] += n;
    }
    cells[c] = 0;
  }
  yield* from(0);
}
