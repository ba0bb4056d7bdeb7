// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { ActivityLog, focusWatch } from "../static/exam/activity.js";
import { readKeys, sebHeaders } from "../static/exam/seb.js";

/** @typedef {import("../static/exam/activity.js").Note} Note */

/** A server that answers by a plan, and a clock that nobody waits for. */
function world(/** @type {number[]} */ plan = []) {
  /** @type {Note[]} */
  const stored = [];
  /** @type {number[]} */
  const waits = [];
  let batches = 0, inFlight = 0;
  const ports = {
    now: () => 1000,
    random: () => 0.5,
    wait: async (/** @type {number} */ ms) => void waits.push(ms),
    send: async (/** @type {Note[]} */ notes) => {
      assert.equal(++inFlight, 1, "two batches at a time");
      await null;
      inFlight--;
      batches++;
      assert.ok(notes.length <= 20);
      const status = plan.shift() ?? 200;
      if (status === 200) stored.push(...notes.filter((n) => !stored.some((s) => s.window === n.window && s.no === n.no)));
      return status;
    },
  };
  return { ports, stored, waits, count: () => batches };
}

const settle = () => new Promise((done) => setTimeout(done, 20));

test("notes go in order, in batches", async () => {
  const w = world();
  const log = new ActivityLog(w.ports, "w");
  for (let i = 0; i < 45; i++) log.note("focus-lost");
  await settle();
  assert.deepEqual(w.stored.map((n) => n.no), [...Array(45).keys()].map((n) => n + 1));
  assert.equal(w.count(), 3);
  assert.equal(w.stored[0].client_at, "1970-01-01T00:00:01.000Z");
});

test("what does not arrive is sent again, later", async () => {
  const w = world([0, 503, 401, 403, 429, 200]);
  const log = new ActivityLog(w.ports, "w");
  log.note("offline");
  log.note("online");
  await settle();
  assert.deepEqual(w.stored.map((n) => n.kind), ["offline", "online"]);
  assert.equal(w.waits.filter((ms) => ms === 15000).length, 5);
  assert.equal(log.waiting.length, 0);
});

test("what is refused for its content is let go", async () => {
  const w = world([422]);
  const log = new ActivityLog(w.ports, "w");
  log.note("copy");
  await settle();
  assert.equal(w.count(), 1);
  assert.equal(log.waiting.length, 0);
});

test("notes of before a reload keep their window and number", async () => {
  const w = world();
  /** @type {Note[]} */
  const before = [{ window: "old", no: 7, kind: "copy", client_at: "2026-11-24T01:00:00.000Z" }];
  const log = new ActivityLog(w.ports, "new", before);
  log.note("paste");
  await settle();
  assert.deepEqual(w.stored.map((n) => [n.window, n.no]), [["old", 7], ["new", 1]]);
});

test("no more than two hundred wait", async () => {
  const w = world(Array(1000).fill(0));
  /** @type {Note[][]} */
  const kept = [];
  const log = new ActivityLog({ ...w.ports, wait: () => new Promise(() => {}), keep: (notes) => void kept.push([...notes]) }, "w");
  for (let i = 0; i < 500; i++) log.note("focus-lost");
  assert.equal(log.waiting.length, 200);
  assert.equal(kept.at(-1)?.length, 200);
});

test("one departure is one note", () => {
  /** @type {string[]} */
  const notes = [];
  let here = true;
  const look = focusWatch((kind) => void notes.push(kind), () => here);
  look();
  here = false;
  look();
  look();
  here = true;
  look();
  look();
  assert.deepEqual(notes, ["focus-lost", "focus-back"]);
});

const location = { href: "https://kao.example.cn/exam/paper?a#/3" };

test("outside the lockdown browser nothing is read and nothing sent", async () => {
  assert.equal(await readKeys({ location }), null);
  assert.deepEqual(await sebHeaders({ location, SafeExamBrowser: {} }), {});
});

test("keys go with the page's address, without its fragment", async () => {
  const place = { location, SafeExamBrowser: { security: { configKey: "c", browserExamKey: "b" } } };
  assert.deepEqual(await sebHeaders(place), { "X-Exam-Seb-Config-Key": "c", "X-Exam-Seb-Browser-Key": "b", "X-Exam-Seb-Config-Url": "https://kao.example.cn/exam/paper?a" });
});

test("an older build is asked for its keys first", async () => {
  /** @type {import("../static/exam/seb.js").Security} */
  const security = { updateKeys: (done) => setTimeout(() => ((security.configKey = "c"), done()), 5) };
  const keys = await readKeys({ location, SafeExamBrowser: { security } });
  assert.deepEqual(keys, { config: "c", browser: "", page: "https://kao.example.cn/exam/paper?a" });
});
