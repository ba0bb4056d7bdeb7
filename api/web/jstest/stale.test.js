// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Queue } from "../static/exam/queue.js";
import { latest, lost, sift } from "../static/exam/stale.js";

/** @typedef {import("../static/exam/queue.js").Entry} Entry */

const at = (/** @type {number} */ minute) => `2026-11-22T04:${String(minute).padStart(2, "0")}:00.000Z`;
/** @param {number} item @param {number} minute @param {number} base @param {Partial<Entry>} [more] @returns {Entry} */
const kept = (item, minute, base, more) => ({ seq: base + 1, item, kind: "response", chosen: [1], flag: false, client_at: at(minute), base, ...more });
/** @param {number} seq @param {number} minute @param {number} [stored] */
const change = (seq, minute, stored = minute) => ({ seq, client_at: at(minute), at: at(stored) });

for (const [name, { pending, questions, send, overtaken }] of Object.entries(/** @type {Record<string, {pending: Entry[], questions: any[], send: number[], overtaken: number[]}>} */ ({
  "nothing is stored of it": { pending: [kept(0, 1, 0)], questions: [{}], send: [1], overtaken: [] },
  "nothing since": { pending: [kept(0, 3, 4)], questions: [{ answered: change(4, 2) }], send: [3], overtaken: [] },
  "changed elsewhere": { pending: [kept(0, 3, 4)], questions: [{ answered: change(9, 7) }], send: [], overtaken: [3] },
  "changed elsewhere, by a clock that is slow": { pending: [kept(0, 3, 4)], questions: [{ answered: change(9, 1) }], send: [], overtaken: [3] },
  "answered elsewhere for the first time": { pending: [kept(0, 3, 0)], questions: [{ answered: change(2, 7) }], send: [], overtaken: [3] },
  "only the flag was changed elsewhere": { pending: [kept(0, 3, 4)], questions: [{ answered: change(4, 2), flagged: change(9, 7) }], send: [3], overtaken: [] },
  "another question was": { pending: [kept(0, 3, 4), kept(1, 4, 0)], questions: [{ answered: change(9, 7) }, {}], send: [4], overtaken: [3] },
  "the reply was lost": { pending: [kept(0, 3, 4)], questions: [{ answered: change(5, 3) }], send: [], overtaken: [] },
  "the reply to the first of two was lost": { pending: [kept(0, 3, 4), kept(0, 4, 4)], questions: [{ answered: change(5, 3) }], send: [4], overtaken: [] },
  "a hand-in file has brought both": { pending: [kept(0, 3, 4), kept(0, 4, 4)], questions: [{ answered: change(8, 4) }], send: [], overtaken: [] },
  "the reply was lost, and then it was changed elsewhere": { pending: [kept(0, 3, 4), kept(0, 4, 4)], questions: [{ answered: change(9, 7) }], send: [], overtaken: [3, 4] },
  "an entry of an older page": { pending: [kept(0, 3, 4, { base: undefined })], questions: [{ answered: change(9, 7) }], send: [3], overtaken: [] },
  "a flag": { pending: [kept(0, 3, 4, { kind: "flag" })], questions: [{ flagged: change(9, 7) }], send: [], overtaken: [3] },
}))) {
  test(`kept entries: ${name}`, () => {
    const got = sift(pending, latest(questions));
    const minutes = (/** @type {Entry[]} */ list) => list.map((e) => Number(e.client_at.slice(14, 16)));
    assert.deepEqual([minutes(got.send), minutes(got.overtaken)], [send, overtaken]);
  });
}

test("an answer of a page that comes back does not go over one that was acknowledged elsewhere", async () => {
  /** @type {Entry[]} */
  const log = [];
  let reachable = true;
  /** @param {Entry[]} pending @param {Map<string, {seq: number}>} last */
  const page = (pending, last) => {
    const kept = { entries: pending };
    const queue = new Queue({
      send: async (e) => {
        if (!reachable) return new Promise(() => {});
        if (e.seq !== log.length + 1) return { kind: "resequence", highest: log.length };
        log.push(structuredClone(e));
        return { kind: "saved", seq: e.seq, now: at(0), closes: at(59), closed: false };
      },
      keep: (entries) => (kept.entries = structuredClone(entries)), wait: async () => {}, told: () => {},
    }, log.length, pending, last);
    return { queue, kept };
  };
  const paper = () => {
    const questions = Array.from({ length: 9 }, () => /** @type {any} */ ({}));
    for (const e of log) questions[e.item].answered = change(e.seq, Number(e.client_at.slice(14, 16)));
    return latest(questions);
  };
  const give = (/** @type {number} */ item, /** @type {number} */ option, /** @type {number} */ minute) => ({ item, chosen: [option], flag: false, kind: /** @type {const} */ ("response"), client_at: at(minute) });
  const a = page([], paper());
  a.queue.add(give(5, 0, 1));
  a.queue.add(give(6, 0, 2));
  await a.queue.drained();
  reachable = false;
  a.queue.add(give(5, 1, 3)); // waits on machine A
  a.queue.add(give(6, 1, 4));
  reachable = true;
  const b = page([], paper());
  b.queue.add(give(5, 2, 6)); // acknowledged on machine B
  await b.queue.drained();
  const { send, overtaken } = sift(a.kept.entries, paper()); // back at A
  const again = page(send, paper());
  again.queue.run();
  await again.queue.drained();
  const sheet = Object.fromEntries(log.map((e) => [e.item, e.chosen[0]]));
  assert.deepEqual(sheet, { 5: 2, 6: 1 });
  assert.deepEqual(lost(overtaken, Array.from({ length: 9 }, (_, i) => ({ chosen: [sheet[i] ?? 0], flag: false }))), [6]);
});

test("an entry behind an own one that was stored is no older than that", async () => {
  /** @type {Entry[][]} */
  const kept = [];
  const queue = new Queue({
    send: async (e) => ({ kind: "saved", seq: e.seq, now: at(0), closes: at(59), closed: false }),
    keep: (entries) => void kept.push(structuredClone(entries)), wait: async () => {}, told: () => {},
  }, 10);
  queue.add({ item: 0, chosen: [1], flag: false, kind: "response", client_at: at(1) });
  queue.add({ item: 0, chosen: [2], flag: false, kind: "response", client_at: at(2) });
  await queue.drained();
  assert.deepEqual(kept.map((entries) => entries.map((e) => e.base)), [[0], [0, 0], [11], []]);
  queue.add({ item: 0, chosen: [3], flag: false, kind: "response", client_at: at(3) });
  assert.equal(queue.pending[0].base, 12);
});

test("only what differs from what stands there now is told, each question once", () => {
  const overtaken = [kept(3, 1, 0, { chosen: [0] }), kept(3, 2, 0, { chosen: [2] }), kept(1, 3, 0, { chosen: [1] }), kept(1, 3, 0, { kind: "flag", flag: true })];
  const questions = Array.from({ length: 5 }, () => ({ chosen: [2], flag: false }));
  assert.deepEqual(lost(overtaken, questions), [2]);
});
