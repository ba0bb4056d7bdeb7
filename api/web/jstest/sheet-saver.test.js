// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { Saver, bodyOf, differing, replyOf } from "../static/sheet-saver.js";

/** @typedef {import("../static/sheet-saver.js").Fields} Fields */

/** A server that keeps one sheet by its revision, as ours does, and can lose what it is told to lose. */
class Server {
  constructor() {
    this.revision = 0;
    /** @type {Fields} */
    this.fields = {};
    /** @type {string[]} what happens to the next requests: "lost", "reply lost", "signin", "refused", "refused" and a field */
    this.plan = [];
  }

  /** @param {number} revision @param {Fields} fields @returns {Promise<import("../static/sheet-saver.js").Reply>} */
  async take(revision, fields) {
    const fate = this.plan.shift();
    if (fate === "lost") return { kind: "lost" };
    if (fate === "signin") return { kind: "signin" };
    if (fate === "refused") return { kind: "refused", detail: "评分不正确", faults: [{ name: "note.A.V1", code: "missing", message: "一票否决须写明经过" }] };
    if (fate?.startsWith("refused ")) return { kind: "refused", detail: "评分不正确", faults: [{ name: fate.slice(8), code: "range", message: "0至4分" }] };
    if (this.revision > 0 && differing(fields, this.fields) === 0) return { kind: "saved", revision: this.revision, at: "x" };
    if (revision !== this.revision) return { kind: "stale" };
    this.revision++;
    this.fields = { ...fields };
    return fate === "reply lost" ? { kind: "lost" } : { kind: "saved", revision: this.revision, at: "x" };
  }
}

class Shelf {
  constructor() {
    /** @type {Map<string, string>} */
    this.all = new Map();
  }
  /** @param {string} key */
  getItem(key) {
    return this.all.get(key) ?? null;
  }
  /** @param {string} key @param {string} value */
  setItem(key, value) {
    this.all.set(key, value);
  }
  /** @param {string} key */
  removeItem(key) {
    this.all.delete(key);
  }
}

/** Opens the page: what the server has stands on it. @param {Server} server @param {Shelf | null} shelf */
function page(server, shelf) {
  return new Saver({ key: "k", shelf, revision: server.revision, saved: { ...server.fields }, send: (r, f) => server.take(r, f), tell() {} });
}

test("what was entered without a network is kept over a reload and saved when it is back", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const before = page(server, shelf);
  server.plan = ["lost", "lost"];
  before.change({ "score.A.1": "4" });
  assert.equal(await before.flush(), false);
  before.change({ "score.A.1": "4", "score.A.2": "3.5" });
  assert.equal(await before.flush(), false);
  assert.equal(before.unsaved, 2);
  assert.equal(before.trouble, "lost");
  const after = page(server, shelf);
  assert.deepEqual(after.restore(), { "score.A.1": "4", "score.A.2": "3.5" });
  assert.equal(await after.flush(), true);
  assert.deepEqual(server.fields, { "score.A.1": "4", "score.A.2": "3.5" });
  assert.equal(shelf.all.size, 0);
});

test("a save whose answer was lost is not taken for somebody else's, whatever was entered since", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  server.plan = ["reply lost"];
  p.change({ "score.A.1": "4" });
  assert.equal(await p.flush(), false);
  p.change({ "score.A.1": "5" });
  assert.equal(await p.flush(), true);
  assert.deepEqual([server.revision, server.fields["score.A.1"]], [2, "5"]);
});

test("the same over a reload", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const before = page(server, shelf);
  server.plan = ["reply lost"];
  before.change({ "score.A.1": "4" });
  await before.flush();
  before.change({ "score.A.1": "5" });
  const after = page(server, shelf);
  assert.deepEqual(after.restore(), { "score.A.1": "5" });
  assert.equal(await after.flush(), true);
  assert.equal(server.fields["score.A.1"], "5");
});

test("a sheet that was changed elsewhere is told, and nothing is overwritten without a word", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const one = page(server, shelf);
  const other = page(server, new Shelf());
  other.change({ "score.A.1": "1" });
  await other.flush();
  one.change({ "score.A.1": "9" });
  assert.equal(await one.flush(), false);
  assert.equal(one.trouble, "stale");
  assert.equal(server.fields["score.A.1"], "1");
  const again = page(server, shelf);
  assert.equal(again.restore(), null);
  assert.equal(again.trouble, "conflict");
  assert.equal(await again.flush(), false);
  assert.deepEqual(again.takeKept(), { "score.A.1": "9" });
  assert.equal(await again.flush(), true);
  assert.equal(server.fields["score.A.1"], "9");
});

test("what is kept can be let go of", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const one = page(server, shelf);
  one.change({ "score.A.1": "9" });
  server.revision = 3;
  const again = page(server, shelf);
  again.restore();
  again.dropKept();
  assert.deepEqual([again.trouble, again.unsaved, shelf.all.size], ["", 0, 0]);
});

test("a refusal says why, and the next change is tried again", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  server.plan = ["refused"];
  p.change({ "veto.A.V1": "on" });
  assert.equal(await p.flush(), false);
  assert.deepEqual([p.trouble, p.detail, p.faults.map((f) => f.name)], ["refused", "评分不正确", ["note.A.V1"]]);
  p.change({ "veto.A.V1": "on", "note.A.V1": "坠床" });
  assert.equal(await p.flush(), true);
  assert.deepEqual([p.trouble, p.unsaved], ["", 0]);
});

test("one value that is refused keeps no other from being saved", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const p = page(server, shelf);
  p.change({ "score.A.1": "4" });
  assert.equal(await p.flush(), true);
  server.plan = ["refused score.A.1"];
  p.change({ "score.A.1": "9", "score.A.2": "3" });
  assert.equal(await p.flush(), false);
  assert.deepEqual(server.fields, { "score.A.1": "4", "score.A.2": "3" }); // the point that was saved before stands until there is another
  assert.deepEqual([p.trouble, p.unsaved, p.faults.length, p.fields["score.A.1"]], ["refused", 1, 1, "9"]);
  assert.deepEqual(page(server, shelf).kept()?.fields, { "score.A.1": "9", "score.A.2": "3" });
  p.change({ "score.A.1": "5", "score.A.2": "3" });
  assert.equal(await p.flush(), true);
  assert.deepEqual([server.fields["score.A.1"], p.trouble, p.faults, shelf.all.size], ["5", "", [], 0]);
});

test("a server that refuses whatever is sent is not asked for ever", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  p.change({ "score.A.1": "4" });
  await p.flush();
  server.plan = Array(9).fill("refused score.A.1");
  p.change({ "score.A.1": "9", "score.A.2": "3" });
  assert.equal(await p.flush(), false);
  assert.deepEqual([server.plan.length, p.trouble], [7, "refused"]);
});

test("what the server has leaves no copy that would pass for something newer", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const p = page(server, shelf);
  p.change({ "score.A.1": "4" });
  assert.equal(await p.flush(), true);
  p.change({ "score.A.1": "4" }); // the button that leads on to the signature
  assert.equal(await p.flush(), true);
  assert.equal(shelf.all.size, 0);
  server.revision = 7; // a correction of the signed sheet
  const later = page(server, shelf);
  assert.equal(later.restore(), null);
  assert.equal(later.trouble, "");
});

test("a sign-in that ended is told, and what was entered stays", async () => {
  const [server, shelf] = [new Server(), new Shelf()];
  const p = page(server, shelf);
  server.plan = ["signin"];
  p.change({ "score.A.1": "4" });
  assert.equal(await p.flush(), false);
  assert.deepEqual([p.trouble, shelf.all.size], ["signin", 1]);
});

test("a value that is put back as it was is no fault any more", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  p.change({ "score.A.1": "4" });
  await p.flush();
  for (const back of [{ "score.A.1": "4" }, {}]) {
    server.plan = ["refused score.A.2"];
    p.change({ ...server.fields, "score.A.2": "44" });
    assert.equal(await p.flush(), false);
    p.change({ ...server.fields, ...back });
    assert.deepEqual([p.trouble, p.faults.length, p.unsaved], ["", 0, 0]);
    assert.equal(await p.flush(), true);
  }
});

test("what is put right while the refusal is under way is sent", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  server.plan = ["refused score.A.1"];
  p.change({ "score.A.1": "44" });
  const flushed = p.flush();
  p.change({ "score.A.1": "4" });
  assert.equal(await flushed, true);
  assert.deepEqual([server.fields, p.trouble, p.faults], [{ "score.A.1": "4" }, "", []]);
});

test("what cannot be read leaves what the server has, and is not called saved", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  p.change({ "score.A.1": "8" });
  await p.flush();
  const bad = [{ name: "score.A.1", code: "points", message: "只写数字" }];
  p.change({ "score.A.2": "3" }, bad);
  assert.equal(await p.flush(), false);
  assert.deepEqual([server.fields, p.trouble, p.faults], [{ "score.A.1": "8", "score.A.2": "3" }, "refused", bad]);
  p.change({ "score.A.2": "3" });
  assert.equal(await p.flush(), true);
  assert.deepEqual(server.fields, { "score.A.2": "3" }); // emptied on purpose
});

test("a server that refuses what it has is not asked for ever", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  p.change({ "score.A.1": "4" });
  await p.flush();
  server.plan = Array(9).fill("refused score.A.1");
  p.change({ "score.A.1": "4", "score.A.2": "1" });
  assert.equal(await p.flush(), false);
  assert.equal(server.plan.length, 8);
});

test("without a network that is said, whatever else is wrong", async () => {
  const server = new Server();
  const p = page(server, new Shelf());
  server.plan = ["refused score.A.1", "lost"];
  p.change({ "score.A.1": "44", "score.A.2": "1" });
  assert.equal(await p.flush(), false);
  assert.deepEqual([p.trouble, p.faults.length], ["lost", 1]);
  assert.equal(await p.flush(), false);
  assert.deepEqual([p.trouble, p.faults.length, server.fields], ["refused", 1, { "score.A.2": "1" }]);
});

test("without a place to keep things the page still saves", async () => {
  const server = new Server();
  const p = page(server, null);
  p.change({ "score.A.1": "4" });
  assert.equal(await p.flush(), true);
});

test("the body of a save", () => {
  assert.deepEqual(bodyOf(3, { "score.L5-P01.1": "38.5", "score.L5-P01.2.1": "0.07", "veto.L5-P01.V1": "on", "note.L5-P01.V1": "坠床", "note.L5-P01.V2": "x" }), {
    revision: 3,
    scores: { "L5-P01": { 1: 3850, 2.1: 7 } },
    vetoes: [{ task: "L5-P01", code: "V1", note: "坠床" }],
  });
});

test("answers", () => {
  assert.deepEqual(replyOf(200, { revision: 4, saved: "t" }), { kind: "saved", revision: 4, at: "t" });
  assert.equal(replyOf(0, null).kind, "lost");
  assert.equal(replyOf(503, {}).kind, "lost");
  assert.equal(replyOf(429, {}).kind, "lost");
  assert.equal(replyOf(401, {}).kind, "signin");
  assert.equal(replyOf(409, { code: "store.stale" }).kind, "stale");
  const faults = [
    { name: "score.A.1", code: "range", message: "第1项为0至4分" },
    { name: "note.A.V1", code: "missing", message: "须写明经过" },
  ];
  assert.deepEqual(replyOf(422, { detail: "评分不正确", fields: faults }), { kind: "refused", detail: "评分不正确", faults });
  assert.deepEqual(replyOf(409, { title: "已签名" }), { kind: "refused", detail: "已签名", faults: [] });
  assert.deepEqual(replyOf(422, { fields: "x" }), { kind: "refused", detail: "", faults: [] });
});
