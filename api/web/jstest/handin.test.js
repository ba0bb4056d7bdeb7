// @ts-check
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { contentOf, fingerprint, makeFile } from "../static/exam/handin.js";
import { why } from "../static/exam/rescue.js";
import * as nacl from "../static/vendor/nacl.js";

const VECTOR = new URL("../../../engine/theory/handin/testdata/vector.json", import.meta.url);

/** @param {string} hex */
const unhex = (hex) => Uint8Array.from(Buffer.from(hex, "hex"));

/** @param {number} seq @param {Partial<import("../static/exam/queue.js").Entry>} [more] */
const entry = (seq, more) => ({ seq, item: seq, chosen: [1], flag: false, kind: /** @type {const} */ ("response"), client_at: "2026-11-24T01:00:00.000Z", ...more });

test("the file is the one that the server's side checks too", () => {
  const v = JSON.parse(readFileSync(VECTOR, "utf8"));
  let at = 0;
  const random = (/** @type {number} */ n) => unhex(v.random).slice(at, (at += n));
  const file = makeFile(nacl, v.pass, v.content, random);
  if (process.env.UPDATE) {
    Object.assign(v, { file: Buffer.from(file).toString("hex"), fingerprint: fingerprint(nacl, file) });
    writeFileSync(VECTOR, JSON.stringify(v, null, 1) + "\n");
  }
  assert.equal(Buffer.from(file).toString("hex"), v.file);
  assert.equal(fingerprint(nacl, file), v.fingerprint);
});

test("the file holds the queue, from the last entry that is known to be stored", () => {
  const c = contentOf([entry(7), entry(8, { kind: "flag", flag: true })], { session: "s", attempt: "a", window: "w", questions: 10, now: Date.UTC(2026, 10, 24, 2) });
  assert.deepEqual(c, {
    session: "s", attempt: "a", window: "w", base: 6, questions: 10, made_at: "2026-11-24T02:00:00.000Z",
    answers: [
      { item: 7, kind: "response", chosen: [1], flag: false, client_at: "2026-11-24T01:00:00.000Z" },
      { item: 8, kind: "flag", chosen: [1], flag: true, client_at: "2026-11-24T01:00:00.000Z" },
    ],
  });
});

test("of thousands of changes the last of each question stays, in order", () => {
  const many = Array.from({ length: 5000 }, (_, i) => entry(i + 1, { item: i % 40, kind: i % 3 === 0 ? "flag" : "response", chosen: [i % 4] }));
  const kept = contentOf(many, { session: "s", attempt: "a", window: "w", questions: 40, now: 0 }).answers;
  assert.ok(kept.length <= 80, `${kept.length} kept`);
  /** @param {{item: number, kind: string, chosen: number[]}[]} list */
  const last = (list) => Object.fromEntries(list.map((e) => [`${e.kind} ${e.item}`, e.chosen]));
  assert.deepEqual(last(kept), last(many));
});

test("a file is offered after a minute of silence, at the end, and when the server takes no more", () => {
  const page = { unsaved: 2, shut: /** @type {"" | "closed" | "elsewhere"} */ (""), ended: false, silent: 0, stuck: -Infinity };
  assert.equal(why({ ...page, silent: 59999 }), "");
  assert.equal(why({ ...page, silent: 60000 }), "silent");
  assert.equal(why({ ...page, ended: true, silent: 4999 }), "");
  assert.equal(why({ ...page, ended: true, silent: 5000 }), "ended");
  assert.equal(why({ ...page, stuck: 59999 }), "");
  assert.equal(why({ ...page, stuck: 60000 }), "stuck");
  assert.equal(why({ ...page, stuck: 1e9, silent: 60000 }), "silent");
  assert.equal(why({ ...page, ended: true, stuck: 5000 }), "ended");
  for (const shut of /** @type {const} */ (["closed", "elsewhere"])) assert.equal(why({ ...page, shut, ended: true, silent: 1e9 }), shut);
  for (const shut of /** @type {const} */ (["", "closed", "elsewhere"])) assert.equal(why({ unsaved: 0, shut, ended: true, silent: 1e9, stuck: 1e9 }), "");
});

test("any change of a byte makes another fingerprint, and it is easy to copy", () => {
  const file = new Uint8Array(300).map((_, i) => i);
  const seen = new Set([fingerprint(nacl, file)]);
  for (let i = 0; i < file.length; i++) {
    const other = file.slice();
    other[i] ^= 1;
    seen.add(fingerprint(nacl, other));
  }
  assert.equal(seen.size, 301);
  for (const code of seen) assert.match(code, /^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$/);
});
