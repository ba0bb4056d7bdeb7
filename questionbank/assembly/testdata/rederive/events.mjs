// What happened after the draw: section 3.10.
import { MAC, expand, hash, label } from "./bytes.mjs";
import { Drawer, shuffled } from "./draw.mjs";
import { holds } from "./index.mjs";
import { Plan } from "./plan.mjs";
import { must } from "./state.mjs";
import { Stream } from "./stream.mjs";

/** @typedef {import("./draw.mjs").Form} Form @typedef {import("./draw.mjs").Slot} Slot */

/** A level after its draw. */
class Standing {
  /** @param {import("./main.mjs").Level} l */
  constructor(l) {
    [this.l, this.ix, this.rules] = [l, l.ix, l.rules];
    /** @type {Slot[]} */ this.slots = l.part.slots.map((s) => ({ ...s }));
    /** @type {Form[]} */ this.forms = [...l.forms];
    this.withdrawn = new Set();
    this.given = new Set();
    this.ranges = this.ix.points.map((p) => this.rules.ranges.filter((r) => holds(r, p.code)).join(" "));
  }

  /** @returns {number[]} */
  uses() {
    const uses = this.ix.cards.map(() => 0);
    for (const f of this.forms) for (const c of f.cards) uses[c]++;
    return uses;
  }

  /** @param {Slot} slot @param {number} card @returns {boolean} */
  barred(slot, card) {
    return this.withdrawn.has(card) || (slot.excluded ?? []).includes(this.ix.cards[card].handle);
  }

  /** @param {number} card @returns {number} */
  pointOf(card) {
    return Math.floor(this.ix.bucketOf[card] / this.ix.columns) % this.ix.points.length;
  }

  /** Whether a form meets the blueprint, seen by itself. @param {number[]} cards @returns {boolean} */
  meets(cards) {
    const { rules, ix } = this;
    const all = cards.map((c) => ix.cards[c]);
    const count = (/** @type {(c: any, i: number) => boolean} */ is) => all.filter(is).length;
    const points = cards.map((c) => this.pointOf(c));
    const groups = all.flatMap((c) => c.enemy || []);
    return (
      ["single", "multiple", "judgement"].every((t, i) => count((c) => c.type === t) === rules.counts[i]) &&
      (!rules.difficulties || rules.difficulties.every((n, i) => count((c) => c.difficulty === i + 1) === n)) &&
      rules.ranges.every((r) => count((c) => holds(r, c.point)) === rules.blueprint.ranges[r]) &&
      points.every((p) => points.filter((q) => q === p).length <= rules.perPoint) &&
      rules.classes.every((_, k) => rules.excess(k, points.filter((p) => ix.classOf[p] === k).length) === 0) &&
      rules.late(all.reduce((sum, c) => sum + c.seconds, 0)) === 0 &&
      count((c) => !!c.province) <= rules.cap &&
      new Set(groups).size === groups.length
    );
  }

  /** Mends the form of a slot. @param {number} at @param {Stream} stream @param {number} no */
  mend(at, stream, no) {
    const [slot, old, uses] = [this.slots[at], this.forms[at], this.uses()];
    const form = { cards: [...old.cards], options: [...old.options] };
    for (let i = 0; i < form.cards.length; i++) {
      if (!this.barred(slot, form.cards[i])) continue;
      const from = this.#instead(slot, form.cards, i);
      if (from.length === 0) {
        form.cards = [];
        break;
      }
      const least = Math.min(...from.map((c) => uses[c]));
      const rare = from.filter((c) => uses[c] === least);
      form.cards[i] = rare[stream.below(rare.length)];
      form.options[i] = shuffled(this.ix.cards[form.cards[i]], stream);
    }
    this.forms[at] = form.cards.length > 0 ? form : this.single(slot, at, label("anew", no, at));
  }

  /** What may stand at a place instead. @param {Slot} slot @param {number[]} cards @param {number} i @returns {number[]} */
  #instead(slot, cards, i) {
    const { ix } = this;
    const old = ix.cards[cards[i]];
    const range = this.ranges[this.pointOf(cards[i])];
    const all = ix.cards.flatMap((c, at) => {
      const fits = c.type === old.type && c.difficulty === old.difficulty && this.ranges[this.pointOf(at)] === range;
      return fits && (!c.province || c.province === slot.province) && !this.barred(slot, at) && !cards.includes(at) ? [at] : [];
    });
    const field = (/** @type {number} */ c) => (ix.cards[c].province ?? "") === (old.province ?? "");
    const point = (/** @type {number} */ c) => ix.cards[c].point === old.point;
    const kinds = [all.filter((c) => field(c) && point(c)), all.filter((c) => field(c) && !point(c)), all.filter((c) => !field(c))];
    return kinds.map((k) => k.filter((c) => this.meets(cards.with(i, c)))).find((k) => k.length > 0) ?? [];
  }

  /** A single draw. @param {Slot} slot @param {number} no @param {Buffer} name @returns {Form} */
  single(slot, no, name) {
    const provinces = new Map(this.l.part.slots.map((s) => [s.province ?? "", 0]));
    const uses = this.uses();
    const drawer = new Drawer(new Plan(this.ix, provinces, this.l.plan.joint), expand(this.l.seed, name), (c) => uses[c]);
    const excluded = [...(slot.excluded ?? []), ...[...this.withdrawn].map((c) => this.ix.cards[c].handle)];
    return drawer.draw({ ...slot, excluded }, no);
  }

  /** @param {any} body @param {number} no @returns {number[]} */
  late(body, no) {
    const open = this.slots.flatMap((s, i) => (s.reserve && !this.given.has(i) && s.site === body.site && (s.province ?? "") === (body.province ?? "") ? [i] : []));
    if (open.length === 0) return this.#extra(body, no);
    const mark = (/** @type {number} */ i) => MAC(this.l.seed, "late", i, hash(body.candidate));
    const at = open.reduce((a, b) => (mark(b) < mark(a) ? b : a));
    must(at === body.slot && !body.extra, `entry ${no}: reserve ${at}, recorded ${body.slot}`);
    this.given.add(at);
    this.slots[at].excluded = body.excluded ?? [];
    this.mend(at, new Stream(this.l.seed, label("late", no)), no);
    return [at];
  }

  /** @param {any} body @param {number} no @returns {number[]} */
  #extra(body, no) {
    const at = this.slots.length;
    must(at === body.slot && body.extra, `entry ${no}: extra slot ${at}, recorded ${body.slot}`);
    const slot = { province: body.province, site: body.site, room: "", seat: 0, excluded: body.excluded ?? [] };
    const form = this.single(slot, at, label("extra", no));
    this.slots.push(slot);
    this.forms.push(form);
    return [at];
  }

  /** @param {any} body @param {number} no @returns {number[]} */
  withdraw(body, no) {
    const card = this.ix.place.get(body.handle);
    must(card !== undefined && !this.withdrawn.has(card), `entry ${no}: item ${body.handle}`);
    this.withdrawn.add(card);
    const stream = new Stream(this.l.seed, label("withdraw", body.handle));
    const first = new Map(); // a form before the event, to the first slot that had it
    const touched = this.forms.flatMap((f, at) => (f.cards.includes(card) ? [at] : []));
    for (const at of touched) {
      const key = JSON.stringify(this.forms[at]);
      const mended = first.has(key) ? this.forms[first.get(key)] : null;
      if (mended && !mended.cards.some((c) => this.barred(this.slots[at], c))) this.forms[at] = mended;
      else this.mend(at, stream, no);
      if (!first.has(key)) first.set(key, at);
    }
    return touched;
  }
}

/** Derives the events of the log again. @param {import("./main.mjs").Level[]} levels @param {any[]} events entries */
export function afterwards(levels, events) {
  const standing = new Map(levels.map((l) => [l.level, new Standing(l)]));
  for (const { no, kind, body } of events) {
    const s = standing.get(body.level);
    must(s !== undefined, `entry ${no}: level ${body.level}`);
    if (kind === "absence") {
      must(body.slot < s.slots.length, `entry ${no}: slot ${body.slot}`);
      continue;
    }
    const before = [...s.forms];
    const touched = kind === "late" ? s.late(body, no) : s.withdraw(body, no);
    const changes = touched.flatMap((slot) => changed(s, slot, before[slot]));
    const recorded = body.changes ?? [];
    changes.forEach((c, i) => {
      const [got, want] = [JSON.stringify(c), JSON.stringify(recorded[i])];
      must(got === want, `entry ${no} change ${i}: ${got}, recorded ${want}`);
    });
    must(changes.length === recorded.length, `entry ${no}: ${changes.length} changes, recorded ${recorded.length}`);
  }
}

/** @param {Standing} s @param {number} slot @param {Form | undefined} before */
function changed(s, slot, before) {
  const now = s.forms[slot];
  return now.cards.flatMap((card, place) => {
    if (before && before.cards[place] === card && before.options[place] === now.options[place]) return [];
    return [{ slot, place, handle: s.ix.cards[card].handle, options: now.options[place] }];
  });
}
