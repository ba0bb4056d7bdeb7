// The window of time and the overlap caps: section 2.9.
import { Failed, OffTime } from "./failed.mjs";

/** @typedef {import("./attempt.mjs").Attempt} Attempt @typedef {import("./attempt.mjs").Pick} Pick */

/** @param {Attempt} at */
export function finish(at) {
  window(at);
  overlap(at);
}

/** The others of a pick. @param {Attempt} at @param {Pick} p @param {boolean} calm leaves out other points' buckets that are ahead @returns {number[]} */
function others(at, p, calm) {
  const { ix, state, rules } = at;
  const own = ix.classOf[p.point];
  return at.reach(p).flatMap((point) => {
    const b = ix.bucket(p.own ? at.slot.own : 0, point, p.column);
    if (ix.size[b] === 0 || at.banned.has(b)) return [];
    const { key, ahead } = at.key(b);
    if (key === Infinity || (point !== p.point && ((calm && ahead) || !exchange(at, rules, own, ix.classOf[point])))) return [];
    const [from, m] = [ix.start[b], ix.size[b]];
    return Array.from({ length: Math.min(8, m) }, (_, i) => state.deck[from + ((state.front[b] + i) % m)]).filter((c) => c !== p.card);
  });
}

/** @param {Attempt} at @param {import("./index.mjs").Rules} rules @param {number} from @param {number} to @returns {boolean} */
function exchange(at, rules, from, to) {
  return from === to || (at.ofClass[from] > rules.classes[from].least && at.ofClass[to] < rules.classes[to].most);
}

/** @param {Attempt} at @param {Pick} p @param {number} card */
function swap(at, p, card) {
  const point = Math.floor(at.ix.bucketOf[card] / at.ix.columns) % at.ix.points.length;
  at.move(p, { point, column: p.column, own: p.own });
  at.give(p, card);
}

/** @param {Attempt} at @returns {number} */
const seconds = (at) => at.picks.reduce((sum, p) => sum + at.ix.seconds[p.card], 0);

/** @param {Attempt} at */
function window(at) {
  for (let swaps = 0; ; swaps++) {
    const sum = seconds(at);
    const x = at.rules.late(sum);
    if (x === 0) return;
    if (swaps === 60) throw new Failed("window");
    const best = step(at, sum, x, true) ?? step(at, sum, x, false);
    if (!best) throw new OffTime(x);
    swap(at, best.pick, best.card);
  }
}

/** @param {Attempt} at @param {number} sum @param {number} x @param {boolean} calm @returns {{pick: Pick, card: number} | null} */
function step(at, sum, x, calm) {
  const a = at.stream.below(at.picks.length);
  let [best, rest, tried] = [null, Math.abs(x), 0];
  for (let i = 0; i < at.picks.length && tried < 40; i++) {
    const pick = at.picks[(a + i) % at.picks.length];
    for (const card of others(at, pick, calm)) {
      const change = at.ix.seconds[card] - at.ix.seconds[pick.card];
      if (change * x >= 0) continue;
      tried++;
      const left = Math.abs(at.rules.late(sum + change));
      if (left >= rest || !at.free(card)) continue;
      [best, rest] = [{ pick, card }, left];
      if (left === 0) return best;
    }
  }
  return best;
}

/** @param {Attempt} at */
function overlap(at) {
  const { rivals } = at.slot;
  if (rivals.length === 0) return;
  for (let swaps = 0; ; swaps++) {
    const shared = rivals.map((r) => at.picks.filter((p) => r.cards.has(p.card)).length);
    let worst = -1;
    shared.forEach((n, i) => {
      if (n > rivals[i].cap && (worst < 0 || n - rivals[i].cap > shared[worst] - rivals[worst].cap)) worst = i;
    });
    if (worst < 0) return;
    if (swaps === 60) throw new Failed("overlap");
    const sum = seconds(at);
    let best = null;
    for (const pick of at.picks.filter((p) => rivals[worst].cards.has(p.card))) {
      for (const card of others(at, pick, false)) {
        if (best && at.state.v[card] >= at.state.v[best.card]) continue;
        if (!at.free(card) || at.rules.late(sum - at.ix.seconds[pick.card] + at.ix.seconds[card]) !== 0) continue;
        if (rivals.some((r, i) => r.cards.has(card) && shared[i] + 1 > r.cap)) continue;
        best = { pick, card };
      }
    }
    if (!best) throw new Failed("overlap");
    swap(at, best.pick, best.card);
  }
}
