// The slots of a level in their order: sections 2.6, 2.10 and 2.11.
import { Attempt } from "./attempt.mjs";
import { Different, byBytes, label } from "./bytes.mjs";
import { Failed, OffTime } from "./failed.mjs";
import { search } from "./search.mjs";
import { State } from "./state.mjs";
import { Stream } from "./stream.mjs";

/**
 * @typedef {{province?: string, site: string, room: string, seat: number, reserve?: boolean, candidate?: string, excluded?: string[]}} Slot
 * @typedef {{cards: number[], options: string[]}} Form places in the order of the index, and what is shown where
 * @typedef {{cards: Set<number>, cap: number}} Rival
 * @typedef {{wanted: number[], classes: number[], supplement: number}} Lesson
 */

const NO_LIMIT = 2 ** 31; // raised so far, only the share limits an item

/** The canonical order of 2.6. @param {Slot[]} slots @returns {Slot[]} */
export function canonical(slots) {
  /** @type {Map<string, Set<string>>} */
  const rooms = new Map();
  for (const s of slots) {
    const p = s.province ?? "";
    rooms.set(p, (rooms.get(p) ?? new Set()).add(s.room));
  }
  const at = new Map([...rooms].map(([p, names]) => [p, [...names].sort(byBytes)]));
  /** @param {Slot} s */
  const key = (s) => {
    const names = at.get(s.province ?? "");
    return { s, up: 2 * names.indexOf(s.room) + 1, n: names.length };
  };
  const keyed = slots.map(key);
  keyed.sort((a, b) => a.up * b.n - b.up * a.n || byBytes(a.s.province ?? "", b.s.province ?? "") || a.s.seat - b.s.seat);
  return keyed.map((k) => k.s);
}

/** The forms by province, as the limits count them. @param {Slot[]} slots @param {boolean} pairs @returns {Map<string, number>} */
export function census(slots, pairs) {
  const seen = new Set();
  const forms = new Map();
  for (const s of slots) {
    const p = s.province ?? "";
    const key = JSON.stringify([p, s.room, s.seat % 2]);
    if (!forms.has(p)) forms.set(p, 0);
    if (pairs && seen.has(key)) continue;
    seen.add(key);
    forms.set(p, forms.get(p) + 1);
  }
  return forms;
}

/** Draws the slots of a level one after the other. */
export class Drawer {
  /** @param {import("./plan.mjs").Plan} plan @param {Buffer} seed @param {((card: number) => number) | null} uses */
  constructor(plan, seed, uses = null) {
    [this.plan, this.ix, this.rules, this.seed] = [plan, plan.ix, plan.ix.rules, seed];
    this.state = new State(plan, seed, uses);
    /** @type {Form[]} */ this.drawn = [];
    /** @type {Slot | null} */ this.last = null;
    /** @type {(Form | null)[]} */ this.pair = [null, null];
    /** @type {Form | null} */ this.beside = null;
  }

  /** @param {Slot} slot @param {number} no @returns {Form} */
  draw(slot, no) {
    const last = this.last;
    const room = last && (last.province ?? "") === (slot.province ?? "") && last.room === slot.room;
    if (!room) this.pair = [null, null];
    const excluded = new Set((slot.excluded ?? []).flatMap((h) => this.ix.place.get(h) ?? []));
    const half = slot.seat % 2;
    let form = this.rules.pairs ? this.pair[half] : null;
    if (!form || form.cards.some((c) => excluded.has(c))) {
      const beside = this.rules.pairs ? this.pair[1 - half] : room && last.seat === slot.seat - 1 ? this.beside : null;
      form = this.#slot(slot, no, excluded, beside);
      this.drawn.push(form);
      this.pair[half] ??= form;
    }
    this.last = slot;
    this.beside = form;
    return form;
  }

  /** @param {Form | null} beside @returns {Rival[]} */
  #rivals(beside) {
    const { any, neighbour } = this.rules;
    const rivals = any === Infinity ? [] : this.drawn.map((f) => ({ form: f, cap: f === beside ? Math.min(any, neighbour) : any }));
    if (any === Infinity && beside && neighbour !== Infinity) rivals.push({ form: beside, cap: neighbour });
    return rivals.map(({ form, cap }) => ({ cards: new Set(form.cards), cap }));
  }

  /** @param {Slot} slot @param {number} no @param {Set<number>} excluded @param {Form | null} beside @returns {Form} */
  #slot(slot, no, excluded, beside) {
    const at = { own: this.ix.own(slot.province), excluded, rivals: this.#rivals(beside), lesson: null };
    const strains = [0, 0, 0, 0];
    /** @type {Map<number, number>} */
    const missed = new Map(); // haste of the latest attempt that missed the window, by side
    let haste = 0;
    let lesson = null;
    for (let k = 0; k < 9; k++) {
      const stream = new Stream(this.seed, k === 0 ? label("slot", no) : label("slot", no, "retry", k));
      const attempt = new Attempt(this.state, at, stream, { k, raise: k < 3 ? 0 : 2 ** (k - 3), haste, strains });
      try {
        attempt.run();
        return this.#keep(attempt, k === 0 ? at.lesson : lesson, at.own, stream);
      } catch (e) {
        if (!(e instanceof Failed)) throw e;
        if (e instanceof OffTime) haste = hasten(haste, e.x, k, missed);
      }
      if (k === 0) lesson = at.lesson;
    }
    const stream = new Stream(this.seed, label("slot", no, "search", 0));
    const attempt = new Attempt(this.state, at, stream, { k: 0, raise: NO_LIMIT, haste: 0, strains: [0, 0, 0, 0] });
    if (!search(attempt)) throw new Different(`slot ${no} has no form`);
    return this.#keep(attempt, null, at.own, stream);
  }

  /** @param {Attempt} attempt @param {Lesson | null} lesson @param {number} own @param {Stream} stream @returns {Form} */
  #keep(attempt, lesson, own, stream) {
    const cards = attempt.picks.map((p) => p.card);
    for (const c of cards) this.state.use(c, stream);
    if (lesson) this.state.learn(lesson, own);
    this.state.tick(own);
    return show(this.ix, cards, stream);
  }
}

/** @param {number} haste @param {number} x @param {number} k @param {Map<number, number>} missed @returns {number} */
function hasten(haste, x, k, missed) {
  const side = Math.sign(x);
  const other = missed.get(-side);
  missed.set(side, haste);
  return other === undefined ? haste + x * 128 * 2 ** k : Math.floor((haste + other) / 2);
}

/** @param {import("./index.mjs").Index} ix @param {number[]} cards @param {Stream} stream @returns {Form} */
function show(ix, cards, stream) {
  /** @param {number} c */
  const type = (c) => Math.floor(ix.cellOf[c] / 5);
  const shown = [0, 1, 2].flatMap((t) => stream.shuffle(cards.filter((c) => type(c) === t)));
  return { cards: shown, options: shown.map((c) => shuffled(ix.cards[c], stream)) };
}

/** The options of a card in the order shown. @param {import("./index.mjs").Card} card @param {Stream} stream @returns {string} */
export function shuffled(card, stream) {
  if (card.type === "judgement") return "01";
  return stream.shuffle(Array.from({ length: card.options }, (_, i) => i)).join("");
}
