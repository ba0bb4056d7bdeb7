// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { replyOf } from "../static/exam/api.js";
import { Queue } from "../static/exam/queue.js";

/** @typedef {import("../static/exam/queue.js").Entry} Entry */

/** A server that follows the save protocol, and can lose what it is told to lose. */
class Server {
  constructor() {
    /** @type {Entry[]} */
    this.log = [];
    this.closed = false;
    /** @type {string[]} what happens to the next requests: "lost", "reply lost", "signin", "refused" */
    this.plan = [];
    this.inFlight = 0;
    this.most = 0;
  }

  /** @param {Entry} sent @returns {Promise<import("../static/exam/queue.js").Reply>} */
  async take(sent) {
    const e = structuredClone(sent);
    this.most = Math.max(this.most, ++this.inFlight);
    await null;
    this.inFlight--;
    const fate = this.plan.shift();
    if (fate === "lost") return { kind: "lost" };
    if (fate === "signin" || fate === "refused") return { kind: fate };
    const reply = this.store(e);
    return fate === "reply lost" ? { kind: "lost" } : reply;
  }

  /** @param {Entry} e */
  store(e) {
    const highest = this.log.length;
    if (this.closed) return replyOf(409, { code: "attempt.closed" });
    if (e.seq > highest + 1) return replyOf(409, { code: "attempt.gap", highest });
    if (e.seq <= highest && JSON.stringify(this.log[e.seq - 1]) !== JSON.stringify(e)) return replyOf(409, { code: "attempt.sequence", highest });
    if (e.seq === highest + 1) this.log.push(e);
    return replyOf(200, { seq: this.log.length, now: "2026-11-22T04:00:00.000Z", closes: "2026-11-22T05:00:00.000Z", closed: false });
  }

  /** The last choice for each question. */
  sheet() {
    return Object.fromEntries(this.log.map((e) => [e.item, e.chosen.join("")]));
  }
}

/** @param {Server} server @param {Entry[]} [pending] @param {number} [highest] */
function page(server, pending = [], highest = server.log.length) {
  /** @type {{told: string[], kept: Entry[], waits: number[]}} */
  const seen = { told: [], kept: pending, waits: [] };
  const queue = new Queue({
    send: (e) => server.take(e),
    keep: (entries) => (seen.kept = structuredClone(entries)),
    wait: async (ms) => void seen.waits.push(ms),
    told: (event) => seen.told.push(event.kind),
    random: () => 0.5,
  }, highest, pending);
  return { queue, seen };
}

/** @param {number} item @param {number[]} chosen @returns {Omit<Entry, "seq">} */
const change = (item, chosen) => ({ item, chosen, flag: false, kind: "response", client_at: "2026-11-22T04:00:00.000Z" });

test("one request is in flight, in order", async () => {
  const server = new Server();
  const { queue } = page(server);
  for (let i = 0; i < 20; i++) queue.add(change(i % 4, [i % 3]));
  await queue.drained();
  assert.equal(server.most, 1);
  assert.deepEqual(server.log.map((e) => e.seq), [...Array(20).keys()].map((i) => i + 1));
});

test("every change is later than the one before, though the clock be set back", async () => {
  const server = new Server();
  const kept = [{ seq: 1, base: 0, ...change(0, [1]), client_at: "2026-11-22T04:00:00.007Z" }];
  const { queue } = page(server, kept);
  queue.add(change(0, [2]));
  queue.add({ ...change(0, [3]), client_at: "2026-11-22T05:00:00.000Z" });
  queue.add(change(1, [0]));
  await queue.drained();
  assert.deepEqual(server.log.map((e) => e.client_at.slice(11, 23)), ["04:00:00.007", "04:00:00.008", "05:00:00.000", "05:00:00.001"]);
});

test("nothing is told as saved before the server's reply", async () => {
  const server = new Server();
  server.plan = ["lost", "lost"];
  const { queue, seen } = page(server);
  queue.add(change(0, [1]));
  assert.deepEqual(queue.unsaved(), [0]);
  await queue.drained();
  assert.deepEqual(seen.told, ["queued", "sending", "offline", "sending", "offline", "sending", "saved"]);
  assert.deepEqual(seen.waits, [1000, 2000]);
  assert.deepEqual(seen.kept, []);
});

test("a reply that was lost is sent again and stored once", async () => {
  const server = new Server();
  server.plan = ["reply lost"];
  const { queue } = page(server);
  queue.add(change(3, [0, 2]));
  await queue.drained();
  assert.equal(server.log.length, 1);
});

test("entries kept from before a reload are sent again, in order", async () => {
  const server = new Server();
  server.plan = Array(9).fill("lost");
  const before = page(server);
  before.queue.ports.wait = () => new Promise(() => {}); // the page is closed while it waits
  before.queue.add(change(0, [1]));
  before.queue.add(change(0, [2]));
  await new Promise((done) => setTimeout(done, 5));
  const kept = before.seen.kept;
  assert.equal(kept.length, 2);
  server.plan = [];
  const after = page(server, kept, 0);
  after.queue.run();
  await after.queue.drained();
  assert.deepEqual(server.sheet(), { 0: "2" });
});

test("a reload after a stored entry whose reply was lost does not store it twice", async () => {
  const server = new Server();
  const e = { seq: 1, ...change(0, [1]) };
  server.store(structuredClone(e));
  const { queue } = page(server, [e], 1);
  queue.run();
  await queue.drained();
  assert.equal(server.log.length, 1);
});

test("another computer's entries renumber what is pending", async () => {
  const server = new Server();
  const { queue, seen } = page(server);
  server.store({ seq: 1, ...change(7, [3]) });
  queue.add(change(0, [1]));
  queue.add(change(1, [2]));
  await queue.drained();
  assert.deepEqual(server.sheet(), { 7: "3", 0: "1", 1: "2" });
  assert.ok(!seen.told.includes("offline"));
});

test("a gap renumbers downwards", async () => {
  const server = new Server();
  const { queue } = page(server, [{ seq: 9, ...change(0, [1]) }], 0);
  queue.run();
  await queue.drained();
  assert.equal(server.log[0].seq, 1);
});

test("after the end nothing is taken and the queue stops", async () => {
  const server = new Server();
  server.closed = true;
  const { queue, seen } = page(server);
  queue.add(change(0, [1]));
  await queue.drained();
  assert.equal(seen.told.at(-1), "closed");
  queue.add(change(1, [1]));
  assert.equal(server.log.length, 0);
  assert.deepEqual(queue.unsaved(), [0, 1]);
  assert.equal(seen.kept.length, 2);
});

test("reopened, the queue goes on with what was left and what came since", async () => {
  const server = new Server();
  server.closed = true;
  const { queue } = page(server);
  assert.equal(queue.reopen(), false);
  queue.add(change(0, [1]));
  await queue.drained();
  queue.add(change(1, [2]));
  server.closed = false;
  assert.equal(queue.reopen(), true);
  queue.add(change(2, [3]));
  await queue.drained();
  assert.deepEqual(server.sheet(), { 0: "1", 1: "2", 2: "3" });
  assert.equal(queue.reopen(), false);
});

test("an ended sign-in and a refusal keep the entry", async () => {
  const server = new Server();
  server.plan = ["signin", "refused", "signin"];
  const { queue, seen } = page(server);
  const send = queue.ports.send;
  /** @type {boolean[]} */
  const refused = [];
  queue.ports.send = (e) => (refused.push(queue.refused), send(e));
  queue.add(change(0, [1]));
  await queue.drained();
  assert.deepEqual([...refused, queue.refused], [false, true, true, true, false]);
  assert.deepEqual(seen.told.filter((k) => k === "signin" || k === "stuck"), ["signin", "stuck", "signin"]);
  assert.deepEqual(server.sheet(), { 0: "1" });
});

test("whatever is lost, the last choice of each question arrives", async () => {
  let seed = 7;
  const chance = (/** @type {number} */ n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let round = 0; round < 200; round++) {
    const server = new Server();
    const want = /** @type {Record<string, string>} */ ({});
    let { queue, seen } = page(server);
    for (let i = 0; i < 30; i++) {
      if (chance(3) === 0) server.plan.push(["lost", "reply lost", "signin", "refused"][chance(4)]);
      const item = chance(5);
      const chosen = [chance(4)];
      want[item] = chosen.join("");
      queue.add(change(item, chosen));
      for (let n = chance(8); n > 0; n--) await null;
      if (chance(6) === 0) {
        queue.ports.send = () => new Promise(() => {}); // reload: the old page sends no more
        await new Promise((done) => setTimeout(done));
        ({ queue, seen } = page(server, seen.kept, server.log.length));
        queue.run();
      }
    }
    await queue.drained();
    assert.deepEqual(server.sheet(), want, `round ${round}`);
    assert.equal(server.most, 1);
  }
});

test("the wait grows, stays below its bound and carries chance", () => {
  const { queue } = page(new Server());
  for (queue.fails = 0; queue.fails < 40; queue.fails++) assert.ok(queue.pause() <= 15000);
  queue.ports.random = () => 0;
  const low = queue.pause();
  queue.ports.random = () => 0.999;
  assert.ok(queue.pause() > low);
});

test("what is not understood counts as not saved", () => {
  for (const [status, body] of /** @type {[number, any][]} */ ([[0, null], [200, null], [200, {}], [500, null], [502, {}], [429, {}], [408, null]])) {
    assert.equal(replyOf(status, body).kind, "lost", `${status}`);
  }
  assert.equal(replyOf(403, { code: "request.csrf" }).kind, "refused");
  assert.equal(replyOf(409, { code: "attempt.sequence" }).kind, "refused");
});

test("while the clock of the exam stands, what is pending waits and is kept", async () => {
  const server = new Server();
  const { queue, seen } = page(server);
  const take = server.take.bind(server);
  let standing = 3;
  queue.ports.send = async (e) => (standing-- > 0 ? replyOf(409, { code: "attempt.paused" }) : take(e));
  queue.add(change(0, [1]));
  await queue.drained();
  assert.deepEqual(seen.told.filter((t) => t === "paused"), ["paused", "paused", "paused"]);
  assert.deepEqual(server.sheet(), { 0: "1" });
  assert.equal(queue.fails, 0);
});

test("a window that was taken over sends nothing more and keeps what it had", async () => {
  const server = new Server();
  const { queue, seen } = page(server);
  queue.ports.send = async () => replyOf(409, { code: "attempt.taken_over" });
  queue.add(change(0, [1]));
  await queue.drained();
  assert.equal(seen.told.at(-1), "elsewhere");
  queue.add(change(1, [1]));
  assert.equal(seen.kept.length, 2);
  assert.equal(queue.reopen(), false);
  assert.deepEqual(server.log, []);
});
