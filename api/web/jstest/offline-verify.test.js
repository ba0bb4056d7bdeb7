// @ts-check
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { base45, decode, hex, keyID, Refusal, verify } from "../static/offline-verify.js";

const vectors = JSON.parse(readFileSync(new URL("../../../certs/offline/testdata/vectors.json", import.meta.url), "utf8"));
const keys = new Map(Object.entries(vectors.keys).map(([id, spki]) => [id, Uint8Array.from(Buffer.from(String(spki), "base64"))]));
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/** @param {import("../static/offline-verify.js").Claims} c @returns {Record<string, string | number>} as the vectors write them */
function byKey(c) {
  /** @type {Record<string, string | number>} */
  const m = { 1: c.number, 2: c.name, 3: c.level, 4: c.occupationCode, 6: Number(c.issued.replaceAll("-", "")), 7: c.edition,
    8: c.idTail, 9: hex(c.photo), 10: c.statusList, 11: c.statusIndex, 12: c.org };
  if (c.workType !== "") m[5] = c.workType;
  return m;
}

/** @param {string} text @returns {Promise<string>} why it is refused, or "valid" */
async function why(text) {
  try {
    await verify(text, keys);
    return "valid";
  } catch (e) {
    if (e instanceof Refusal) return e.why;
    throw e;
  }
}

test("good vectors are read as they were written", async () => {
  assert.ok(vectors.good.length >= 4);
  for (const v of vectors.good) {
    const code = await verify(v.text, keys);
    assert.equal(code.key, v.key, v.name);
    assert.deepEqual(byKey(code.claims), v.claims, v.name);
  }
});

test("bad vectors are refused for the reason given", async () => {
  assert.ok(vectors.bad.length >= 50);
  for (const v of vectors.bad) assert.equal(await why(v.text), v.why, v.name);
});

test("every changed character is refused", async () => {
  const text = vectors.good[0].text;
  for (let i = 0; i < text.length; i++) {
    for (const step of [1, 7, 44]) {
      const at = alphabet.indexOf(text[i]);
      const other = at < 0 ? "0" : alphabet[(at + step) % alphabet.length];
      const bad = text.slice(0, i) + other + text.slice(i + 1);
      if (bad !== text) assert.notEqual(await why(bad), "valid", `character ${i}`);
    }
    assert.notEqual(await why(text.slice(0, i)), "valid", `cut at ${i}`);
  }
});

test("no text breaks the reader otherwise than by a refusal", async () => {
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 2147483647);
  for (let n = 0; n < 2000; n++) {
    let text = "SKC1:";
    for (let i = next() % 60; i > 0; i--) text += alphabet[next() % alphabet.length];
    assert.throws(() => decode(text), Refusal);
  }
  for (const text of ["", "SKC1", "SKC1:é", "SKC1:\u{20000}", `SKC1:${"0".repeat(5000)}`]) assert.throws(() => decode(text), Refusal);
});

test("a key under another's name is refused", async () => {
  const [id] = keys.keys();
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const spki = await crypto.subtle.exportKey("spki", pair.publicKey);
  await assert.rejects(verify(vectors.good[0].text, new Map([[id, spki]])), (e) => e instanceof Refusal && e.why === "key");
  await assert.rejects(verify(vectors.good[0].text, new Map()), (e) => e instanceof Refusal && e.why === "key");
});

test("keys are named by their SubjectPublicKeyInfo", async () => {
  for (const [id, spki] of keys) assert.equal(await keyID(spki), id);
});

// RFC 9285 §4.4 and §4.3.
test("base45 reads the examples of its RFC", () => {
  const text = (/** @type {string} */ s) => new TextDecoder().decode(base45(s));
  assert.equal(text("QED8WEX0"), "ietf!");
  assert.equal(text("BB8"), "AB");
  assert.equal(text("%69 VD92EX0"), "Hello!!");
  assert.equal(text("UJCLQE7W581"), "base-45");
});
