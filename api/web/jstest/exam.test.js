// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { hoursAndMinutes, jumpWatch, lasting, passedMark, ServerClock } from "../static/exam/clock.js";
import { actionFor } from "../static/exam/keys.js";
import { Paper } from "../static/exam/paper.js";
import { rarePoints } from "../static/exam/rare.js";
import { add, clamp, text } from "../static/points.js";
import { standing } from "../static/standing.js";
import { fill } from "../static/words.js";

test("the time left follows the server, not this computer's clock", () => {
  let local = 1000000;
  const clock = new ServerClock(() => local);
  clock.hear(5000000, local - 100, local);
  assert.equal(clock.now(), 5000050);
  local += 60000; // a minute in which no timer ran
  assert.equal(clock.left(5000050 + 90000), 30000);
  local -= 3600000; // the computer's clock is set back
  clock.hear(5060050, local - 20, local);
  assert.ok(Math.abs(clock.left(5000050 + 90000) - 30000) < 100);
});

test("a slow answer does not replace a better reading that it does not contradict", () => {
  let local = 0;
  const clock = new ServerClock(() => local);
  clock.hear(1010, 0, 20);
  local = 5000;
  clock.hear(5500, 1000, 5000); // two seconds of doubt
  assert.equal(clock.offset, 1000);
  clock.hear(99000, 4000, 5000); // but this one contradicts
  assert.ok(clock.offset > 90000);
  const before = clock.offset;
  clock.hear(NaN, 0, 1);
  assert.equal(clock.offset, before);
});

test("time is written with a started second counted", () => {
  assert.deepEqual([0, 1, 999, 1000, 59001, 600000, 3600000, 5400000].map(lasting), ["00:00", "00:01", "00:01", "00:01", "01:00", "10:00", "1:00:00", "1:30:00"]);
});

test("ten, five and one minute are told once, the smallest after a sleep", () => {
  assert.equal(passedMark(600001, 600000), 10);
  assert.equal(passedMark(600000, 599999), undefined);
  assert.equal(passedMark(900000, 200000), 5);
  assert.equal(passedMark(900000, 1000), 1);
  assert.equal(passedMark(Infinity, 5400000), undefined);
});

test("a sleep or a changed clock is noticed once", () => {
  let wall = 0;
  let steady = 0;
  const jumped = jumpWatch(() => wall, () => steady);
  wall = steady = 250;
  assert.equal(jumped(), false);
  wall += 60000;
  assert.equal(jumped(), true);
  assert.equal(jumped(), false);
});

test("keys", () => {
  const one = (/** @type {string} */ key, more = {}) => actionFor({ key, ...more });
  assert.deepEqual(["a", "E", "1", "5"].map((k) => one(k)), [0, 4, 0, 4].map((option) => ({ do: "choose", option })));
  assert.deepEqual([one("ArrowLeft")?.do, one("ArrowRight")?.do, one("f")?.do], ["previous", "next", "flag"]);
  for (const key of ["6", "0", "G", "Enter", " ", "Tab", "F1", "F5", "ArrowUp", "Unidentified", ""]) assert.equal(one(key), null, key);
  for (const more of [{ ctrlKey: true }, { altKey: true }, { metaKey: true }, { isComposing: true }, { repeat: true }]) assert.equal(one("a", more), null);
  assert.equal(one("ArrowRight", { repeat: true })?.do, "next");
});

const paper = () => new Paper([
  { no: 1, type: "single", stem: "", options: ["a", "b", "c"], chosen: [], flag: false },
  { no: 2, type: "multiple", stem: "", options: ["a", "b", "c"], chosen: [], flag: false },
  { no: 3, type: "judgement", stem: "", options: ["a", "b"], chosen: [1], flag: true },
]);

test("choosing replaces in single choice and toggles, sorted, in multiple choice", () => {
  const p = paper();
  assert.ok(p.choose(0, 2) && p.choose(0, 1) && !p.choose(0, 1) && !p.choose(0, 3) && !p.choose(9, 0));
  assert.deepEqual(p.questions[0].chosen, [1]);
  p.choose(1, 2);
  p.choose(1, 0);
  assert.deepEqual(p.questions[1].chosen, [0, 2]);
  p.choose(1, 2);
  assert.deepEqual(p.questions[1].chosen, [0]);
  assert.ok(p.clear(1) && !p.clear(1));
});

test("an entry keeps its choice when the question changes later", () => {
  const p = paper();
  p.choose(1, 0);
  const sent = p.questions[1].chosen;
  p.choose(1, 1);
  assert.deepEqual(sent, [0]);
});

test("five states, three filters and the counts of the review", () => {
  const p = paper();
  assert.deepEqual([0, 1, 2].map((i) => p.stateOf(i)), ["unseen", "unseen", "answered-flagged"]);
  p.see(0);
  p.toggleFlag(1);
  assert.deepEqual([0, 1].map((i) => p.stateOf(i)), ["seen", "flagged"]);
  p.toggleFlag(2);
  assert.equal(p.stateOf(2), "answered");
  assert.deepEqual([p.filtered("all"), p.filtered("unanswered"), p.filtered("flagged")], [[0, 1, 2], [0, 1], [1]]);
  p.choose(1, 0);
  assert.deepEqual(p.counts(), { total: 3, answered: 2, unanswered: 1, flagged: 1, half: 1 });
});

test("pending entries are put back on the paper in order", () => {
  const p = paper();
  p.restore([{ item: 0, kind: "response", chosen: [1], flag: false }, { item: 0, kind: "flag", chosen: [1], flag: true },
    { item: 0, kind: "response", chosen: [2], flag: false }, { item: 99, kind: "response", chosen: [], flag: false }]);
  assert.deepEqual([p.questions[0].chosen, p.stateOf(0)], [[2], "answered-flagged"]); // an answer says nothing of the flag
});

test("rare characters, each once, ascending", () => {
  assert.equal(rarePoints("𠮷田𠮷㐂abc"), "3402-20bb7");
  assert.equal(rarePoints("常用字"), "");
});

test("points are added in hundredths", () => {
  assert.equal(add([0.1, 0.2]), 0.3);
  assert.deepEqual([text(60), text(60.5), text(add([0.1, 0.2])), clamp(-1, 5), clamp(9, 5)], ["60", "60.50", "0.30", 0, 5]);
});

test("values are put into words in their order", () => {
  assert.equal(fill("第 %s 题，共 %d 题", [3, 100]), "第 3 题，共 100 题");
  assert.equal(fill("%s", ["$& %s"]), "$& %s");
});

test("the time that is left is told in full hours and minutes", () => {
  const h = 3600000;
  assert.deepEqual([0, 59999, 60000, h - 1, h, 7 * h + 47 * 60000 + 44000].map(hoursAndMinutes), [[0, 0], [0, 0], [0, 1], [0, 59], [1, 0], [7, 47]]);
});

test("the waiting room says what is waited for", () => {
  for (const [state, left, checkedIn, want] of /** @type {[string, number, boolean, string][]} */ ([
    ["scheduled", 1, true, "until time checked-in-hint"], ["scheduled", 0, true, "hold-head hold checked-in-hint"],
    ["scheduled", 1, false, "until time check-in-hint"], ["scheduled", 0, false, "hold-head hold check-in-hint"],
    ["ready", 0, true, "ready now start-hint"], ["in-progress", 0, true, "resume answered go-on-hint"],
    ["over", 0, true, "over  over-hint"], ["submitted", 0, true, "over  over-hint"],
  ])) {
    const { head, shown, hint } = standing(state, left, checkedIn);
    assert.equal(`${head} ${shown} ${hint}`, want, `${state} ${left} ${checkedIn}`);
  }
});
