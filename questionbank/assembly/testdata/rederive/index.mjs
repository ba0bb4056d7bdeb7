// Cards, buckets, scopes, classes: section 2.1.
import { byBytes } from "./bytes.mjs";

export const TYPES = ["single", "multiple", "judgement"];
const IMPORTANCES = ["X", "Y", "Z"];

/**
 * @typedef {{handle: string, province?: string, point: string, type: string, difficulty: number, seconds: number,
 *   options: number, enemy?: string, opening?: number, content: string}} Card
 * @typedef {{least: number, most: number}} Bounds
 */

/** @param {string} range @param {string} code */
export const holds = (range, code) => code === range || code.startsWith(range + "-");

/** @param {{min?: number, max?: number} | undefined} b @returns {Bounds} */
const bounds = (b) => ({ least: b?.min ?? 0, most: b?.max || Infinity });

/** What the blueprint asks, in the words of the specification. */
export class Rules {
  /** @param {any} blueprint */
  constructor(blueprint) {
    this.blueprint = blueprint;
    this.counts = TYPES.map((t) => blueprint.counts[t] ?? 0);
    this.items = this.counts.reduce((a, b) => a + b, 0);
    this.difficulties = blueprint.difficulties ? [1, 2, 3, 4, 5].map((d) => blueprint.difficulties[d] ?? 0) : null;
    this.perPoint = blueprint.max_per_point || 1;
    this.cap = Math.min(blueprint.supplement_cap, this.items);
    this.classes = [...IMPORTANCES.map((i) => bounds(blueprint.importance?.[i])), bounds(undefined)];
    this.seconds = bounds(blueprint.seconds);
    this.over = blueprint.exposure?.over_least || 1050;
    this.share = blueprint.exposure?.share ?? 0;
    this.any = blueprint.overlap?.any ?? Infinity;
    this.neighbour = blueprint.overlap?.neighbour ?? Infinity;
    this.pairs = blueprint.forms === "ab";
    this.ranges = Object.keys(blueprint.ranges).sort(byBytes);
  }

  /** The items that the class has above its most, or, negative, below its least. @param {number} c @param {number} n */
  excess(c, n) {
    const { least, most } = this.classes[c];
    return n > most ? n - most : Math.min(n - least, 0);
  }

  /** The seconds above or below the window. @param {number} sum */
  late(sum) {
    return sum > this.seconds.most ? sum - this.seconds.most : Math.min(sum - this.seconds.least, 0);
  }
}

/** The cards of a level in their order, in buckets. */
export class Index {
  /** @param {Card[]} cards @param {{points: {code: string, importance: string}[]}} table @param {Rules} rules */
  constructor(cards, table, rules) {
    this.rules = rules;
    this.points = [...table.points].sort((a, b) => byBytes(a.code, b.code));
    this.classOf = this.points.map((p) => (IMPORTANCES.includes(p.importance) ? IMPORTANCES.indexOf(p.importance) : 3));
    const pointAt = new Map(this.points.map((p, i) => [p.code, i]));
    this.origins = ["", ...new Set(cards.flatMap((c) => c.province || []))].sort(byBytes);
    this.columns = rules.difficulties ? 15 : 3;
    /** @param {Card} c */
    const cell = (c) => 5 * TYPES.indexOf(c.type) + c.difficulty - 1;
    const keyed = cards.map((c) => ({ c, o: this.origins.indexOf(c.province ?? ""), p: pointAt.get(c.point), cell: cell(c) }));
    keyed.sort((a, b) => a.o - b.o || a.p - b.p || a.cell - b.cell || byBytes(a.c.handle, b.c.handle));
    this.cards = keyed.map((k) => k.c);
    this.place = new Map(this.cards.map((c, i) => [c.handle, i]));
    this.seconds = this.cards.map((c) => c.seconds);
    this.cellOf = keyed.map((k) => k.cell);
    this.bucketOf = keyed.map((k) => this.bucket(k.o, k.p, this.columns === 15 ? k.cell : Math.floor(k.cell / 5)));
    this.buckets = this.origins.length * this.points.length * this.columns;
    this.start = new Array(this.buckets).fill(0);
    this.size = new Array(this.buckets).fill(0);
    this.bucketOf.forEach((b, i) => {
      if (this.size[b]++ === 0) this.start[b] = i;
    });
    this.#scopes();
  }

  /** @param {number} origin @param {number} point @param {number} column @returns {number} */
  bucket(origin, point, column) {
    return (origin * this.points.length + point) * this.columns + column;
  }

  /** @param {number} b @returns {number} */
  originOf(b) {
    return Math.floor(b / (this.points.length * this.columns));
  }

  /** The origin of a province with cards, 0 for any other. @param {string | undefined} province @returns {number} */
  origin(province) {
    return Math.max(this.origins.indexOf(province ?? ""), 0);
  }

  /** The own origin of a candidate, 0 for none. @param {string | undefined} province @returns {number} */
  own(province) {
    return this.rules.cap === 0 ? 0 : this.origin(province);
  }

  #scopes() {
    const { ranges, blueprint } = this.rules;
    /** @param {string} code @param {string} self */
    const innermost = (code, self) =>
      ranges.filter((r) => r !== self && holds(r, code)).reduce((a, b) => (b.length > a.length ? b : a), "");
    this.quota = ranges.map((r) => blueprint.ranges[r]);
    ranges.forEach((r) => {
      const outer = ranges.indexOf(innermost(r, r));
      if (outer >= 0) this.quota[outer] -= blueprint.ranges[r];
    });
    this.scopeOf = this.points.map((p) => ranges.indexOf(innermost(p.code, "")));
    this.pointsOf = ranges.map((_, s) => this.points.flatMap((_, p) => (this.scopeOf[p] === s ? [p] : [])));
  }

  /** The cards of a bucket, those of one enemy group counted once. @param {number} b @returns {number} */
  room(b) {
    const cards = this.cards.slice(this.start[b], this.start[b] + this.size[b]);
    const groups = new Set(cards.flatMap((c) => c.enemy || []));
    return cards.filter((c) => !c.enemy).length + groups.size;
  }
}
