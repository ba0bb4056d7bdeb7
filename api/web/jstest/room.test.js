// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { address, isShown, moves, ordered, plain } from "../static/room/order.js";
import { ago, flags, left, patch, texts, urgent } from "../static/room/rows.js";

/** @param {string} key @param {Partial<import("../static/room/order.js").Seat>} more @returns {import("../static/room/order.js").Seat} */
const seat = (key, more = {}) => ({ key, room: "t1", no: 1, state: "sitting", ...more });

/** Says the key and what is put into it. @param {string} key @param {(string | number)[]} args */
const say = (key, ...args) => [key, ...args].join(" ");

/** Moves keys as the table moves rows. @param {string[]} keys @param {ReturnType<typeof moves>} plan */
function moved(keys, plan) {
  const now = [...keys];
  for (const [key, before] of plan) {
    now.splice(now.indexOf(key), 1);
    now.splice(before === null ? now.length : now.indexOf(before), 0, key);
  }
  return now;
}

test("rows that changed places are moved, and no others", () => {
  for (const [was, now, count] of /** @type {[string, string, number][]} */ ([
    ["", "", 0], ["a", "a", 0], ["abcdef", "abcdef", 0], ["abcdef", "bcdefa", 1], ["abcdef", "fabcde", 1], ["abcdef", "acbdef", 1], ["abcd", "dcba", 3], ["abcdef", "badcfe", 3],
  ])) {
    const plan = moves([...was], [...now]);
    assert.equal(plan.length, count, `${was} to ${now}`);
    assert.equal(moved([...was], plan).join(""), now);
  }
});

test("any order is reached from any other", () => {
  let seed = 7;
  const below = (/** @type {number} */ n) => (seed = (seed * 1103515245 + 12345) % 2147483648) % n;
  for (let round = 0; round < 300; round++) {
    const keys = [...Array(below(40)).keys()].map(String), wanted = [...keys];
    for (let i = wanted.length - 1; i > 0; i--) {
      const j = below(i + 1);
      [wanted[i], wanted[j]] = [wanted[j], wanted[i]];
    }
    assert.deepEqual(moved(keys, moves(keys, wanted)), wanted);
  }
});

test("the server's order stays unless seats are asked for", () => {
  const all = [seat("x", { room: "t2", no: 1 }), seat("y", { no: 12 }), seat("z", { no: 3 })];
  assert.deepEqual(ordered(all, "").map((s) => s.key), ["x", "y", "z"]);
  assert.deepEqual(ordered(all, "seat").map((s) => s.key), ["z", "y", "x"]);
  assert.deepEqual(all.map((s) => s.key), ["x", "y", "z"]);
});

test("seats are found by number, ticket and name", () => {
  const s = seat("26120000010012", { no: 12, groups: ["attention"] });
  const found = (/** @type {string} */ query, filter = "") => isShown(s, plain("Ma Li"), s.key, { filter, query, sort: "" });
  for (const q of ["", "12", "ma", "M A l", " li ", "0012", "2612 0000 0100 12"]) assert.ok(found(q), q);
  for (const q of ["1", "2", "mali2", "0013"]) assert.ok(!found(q), q);
  assert.ok(found("", "attention") && found("ma", "attention") && !found("", "out") && !found("x", "attention"));
  assert.ok(!isShown(seat("t1-1"), "", "", { filter: "", query: "t1-1", sort: "" }), "who only looks finds no ticket");
});

test("what is shown stands in the address", () => {
  assert.equal(address({ filter: "", query: "", sort: "" }), "");
  assert.equal(address({ filter: "in", query: "a b", sort: "seat" }), "filter=in&q=a+b&sort=seat");
});

test("only what differs is written", () => {
  /** @type {string[]} */
  const written = [];
  const cell = (/** @type {string} */ name) => Object.defineProperty({ textContent: "" }, "textContent", { set: (t) => written.push(`${name}=${t}`), get: () => "" });
  const cells = { no: cell("no"), question: cell("question"), answered: cell("answered"), unsaved: cell("unsaved"), focus: cell("focus") };
  const was = {};
  const one = seat("a", { question: 4, answered: 0, total: 5 });
  assert.equal(patch(cells, was, texts(one)), 5);
  assert.deepEqual(written.splice(0), ["no=1", "question=4", "answered=0/5", "unsaved=–", "focus=–"]);
  assert.equal(patch(cells, was, texts({ ...one })), 0);
  assert.equal(patch(cells, was, texts({ ...one, answered: 1, unsaved: 2 })), 2);
  assert.deepEqual(written, ["answered=1/5", "unsaved=2"]);
});

test("times are counted from the server's", () => {
  const now = Date.parse("2026-11-24T01:10:00.000Z"), clock = () => "09:10";
  for (const [heard, want] of /** @type {[string | undefined, string][]} */ ([
    [undefined, "–"], ["2026-11-24T01:10:00.000Z", "seconds-ago 0"], ["2026-11-24T01:10:05.000Z", "seconds-ago 0"], ["2026-11-24T01:09:00.001Z", "seconds-ago 59"],
    ["2026-11-24T01:09:00.000Z", "minutes-ago 1"], ["2026-11-24T00:10:00.001Z", "minutes-ago 59"], ["2026-11-24T00:10:00.000Z", "09:10"],
  ])) assert.equal(ago(heard, now, say, clock), want);
  assert.equal(left(seat("a"), now), "–");
  assert.equal(left(seat("a", { closes: "2026-11-24T02:31:07.400Z" }), now), "1:21:07");
  assert.equal(left(seat("a", { closes: "2026-11-24T02:09:59.000Z" }), now), "59:59");
  assert.equal(left(seat("a", { closes: "2026-11-24T01:09:00.000Z" }), now), "0:00");
  assert.equal(left(seat("a", { paused: true, left: 65 }), now), "1:05");
  assert.equal(left(seat("a", { paused: true, left: 65 }), now + 60000), "1:05", "the clock stands");
});

test("what the state does not say is said beside it", () => {
  assert.deepEqual(flags(seat("a"), say), []);
  assert.deepEqual(flags(seat("a", { state: "paused", paused: true, machine: true, away: true, windows: 2, note: "n" }), say), ["machine", "away", "windows 2", "n"]);
  assert.deepEqual(flags(seat("a", { state: "trouble", paused: true }), say), ["paused"]);
  assert.deepEqual(flags(seat("a", { lately: true, focus_lost: 1 }), say), ["lately"]);
  assert.deepEqual(flags(seat("a", { lately: true, away: true }), say), ["away"]);
  assert.deepEqual(flags(seat("a", { state: "submitted", lately: true, focus_lost: 4 }), say), []);
  assert.deepEqual(flags(seat("a", { state: "trouble", locked: true, machine: true, note: "n" }), say), ["locked", "machine", "n"]);
  assert.deepEqual(urgent(seat("a", { state: "trouble", locked: true, machine: true, windows: 2, note: "n" }), say), ["locked", "machine"]);
  assert.deepEqual(urgent(seat("a", { state: "machine", machine: true }), say), []);
});
