// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { BadList, codeAt, freshness, openList, spkiOf } from "../static/check/status-list.js";
import { keyID } from "../static/offline-verify.js";

const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
const jwk = await crypto.subtle.exportKey("jwk", pair.publicKey);
const id = await keyID(spkiOf(jwk));
const key = { id, use: "status", name: "Status list", from: "2026-01-01T00:00:00Z", until: "2027-01-01T00:00:00Z", key: { kty: "EC", crv: "P-256", x: jwk.x, y: jwk.y } };
const b64 = (/** @type {string | Uint8Array} */ b) => Buffer.from(b).toString("base64url");

/** @param {object} [change] of the credential @param {object} [head] of the header @param {Uint8Array} [bits] */
async function make(change = {}, head = {}, bits = bitsOf({ 0: 1, 5: 2, 131071: 3 })) {
  const header = { alg: "ES256", cty: "vc", kid: id, typ: "vc+jwt", ...head };
  const list = { id: "https://cert.example.cn/status/7", type: ["VerifiableCredential", "BitstringStatusListCredential"], validFrom: "2026-11-26T12:00:00Z",
    validUntil: "2026-11-28T00:00:00Z", credentialSubject: { type: "BitstringStatusList", statusPurpose: "message", encodedList: `u${b64(gzipSync(bits))}` }, ...change };
  const signed = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(list))}`;
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, pair.privateKey, new TextEncoder().encode(signed));
  return `${signed}.${b64(new Uint8Array(signature))}`;
}

/** @param {Record<number, number>} codes */
function bitsOf(codes) {
  const bits = new Uint8Array(32768);
  for (const [i, code] of Object.entries(codes)) bits[Number(i) >> 2] |= code << (6 - 2 * (Number(i) & 3));
  return bits;
}

test("the key is named as codes name it", async () => {
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  assert.deepEqual(spkiOf(jwk), spki);
});

test("a right list tells every entry", async () => {
  const list = await openList(await make(), 7, [key]);
  assert.deepEqual([0, 1, 5, 131070, 131071].map((i) => codeAt(list, i)), ["superseded", "valid", "revoked", "valid", "void"]);
  for (const i of [-1, 131072, 0.5, NaN]) assert.throws(() => codeAt(list, i), BadList);
});

test("a list is fresh up to its end", async () => {
  const list = await openList(await make(), 7, [key]);
  for (const [now, want] of [["2026-11-26T11:54:59Z", "early"], ["2026-11-26T11:55:00Z", "fresh"], ["2026-11-28T00:00:00Z", "fresh"], ["2026-11-28T00:00:00.001Z", "old"]]) {
    assert.equal(freshness(list, new Date(now)), want, now);
  }
});

test("everything else is no list", async () => {
  const good = await make();
  const parts = good.split(".");
  const other = { ...key, id: "0000000000000000" };
  /** @type {Record<string, [string, number, any[]]>} */
  const bad = {
    empty: ["", 7, [key]], "another number": [good, 8, [key]], "no keys": [good, 7, []], "another key": [good, 7, [other]],
    "a revoked key": [good, 7, [{ ...key, revoked: true }]], "a key of codes": [good, 7, [{ ...key, use: "offline" }]], "a key of later": [good, 7, [{ ...key, from: "2026-12-01T00:00:00Z" }]],
    "a key of before": [good, 7, [{ ...key, until: "2026-11-01T00:00:00Z" }]], "no signature": [`${parts[0]}.${parts[1]}.`, 7, [key]],
    "another signature": [`${parts[0]}.${parts[1]}.${(await make()).split(".")[2].slice(0, -4)}AAAA`, 7, [key]],
    "another payload": [`${parts[0]}.${(await make({ validUntil: "2030-01-01T00:00:00Z" })).split(".")[1]}.${parts[2]}`, 7, [key]],
    "alg none": [await make({}, { alg: "none" }), 7, [key]], "critical header": [await make({}, { crit: ["b64"] }), 7, [key]],
    "another type": [await make({ type: ["VerifiableCredential"] }), 7, [key]], "ends before it begins": [await make({ validUntil: "2026-11-25T00:00:00Z" }), 7, [key]],
    "no dates": [await make({ validFrom: "soon" }), 7, [key]], "too short": [await make({}, {}, new Uint8Array(32767)), 7, [key]],
    "too long": [await make({}, {}, new Uint8Array(32769)), 7, [key]], "a bomb": [await make({}, {}, new Uint8Array(64 << 20)), 7, [key]],
    "another purpose": [await make({ credentialSubject: { type: "BitstringStatusList", statusPurpose: "revocation", encodedList: "uAA" } }), 7, [key]],
  };
  for (const [name, [text, n, keys]] of Object.entries(bad)) await assert.rejects(openList(text, n, keys), BadList, name);
});
