// @ts-check
// The page of the offline check. It says "valid" only with a right signature by a key of its own list and a fresh status
// list that says so; whatever is missing makes the answer weaker, never better.
import { Refusal, hex, verify } from "../offline-verify.js";
import { wordsOf } from "../words.js";
import { fromCamera, fromPicture } from "./scan.js";
import { codeAt, freshness, openList, spkiOf } from "./status-list.js";

/** @typedef {import("./status-list.js").CheckKey} CheckKey */
/** @typedef {import("./status-list.js").StatusList} StatusList */
/** @typedef {import("../offline-verify.js").Claims} Claims */
/** @typedef {{tone: "valid" | "superseded" | "revoked" | "altered" | "unknown", word: string, line: string, claims?: Claims, demo?: boolean}} Verdict demo: by a demonstration's key, of no effect */

const LISTS = "status-lists"; // name of the cache; its addresses are those of the lists
const KEYS = "/offline-keys.json";
const HOUR = 3_600_000;

const root = /** @type {HTMLElement} */ (document.querySelector("[data-offline-check]"));
const say = wordsOf(root);
/** @template {HTMLElement} T @param {string} name @returns {T} */
const part = (name) => /** @type {T} */ (root.querySelector(`[data-${name}]`));
/** @type {Map<number, StatusList | "bad">} */
const lists = new Map();
let stopCamera = () => {};

/** @param {Response | undefined} answer @returns {Promise<CheckKey[]>} none unless they are those that the page was loaded with */
async function keysOf(answer) {
  if (!answer?.ok) return [];
  const bytes = await answer.arrayBuffer();
  const digest = hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  return digest === root.dataset.keys ? JSON.parse(new TextDecoder().decode(bytes)) : [];
}

/**
 * The keys that the page was loaded with: a page that was kept may have them only where it was kept itself, when the server
 * has others by now or something else answers in its place. @returns {Promise<CheckKey[]>} none otherwise
 */
async function readKeys() {
  for (const ask of [() => fetch(KEYS, { cache: "no-store" }), () => caches.match(KEYS)]) {
    try {
      const found = await keysOf(await ask());
      if (found.length > 0) return found;
    } catch { /* the next one may have them */ }
  }
  return [];
}

/** The lists that were kept, or came now. @param {number} n @returns {Promise<string>} "" for none */
async function keptList(n) {
  try {
    const found = await (await caches.open(LISTS)).match(`/status/${n}`);
    return found ? await found.text() : "";
  } catch {
    return "";
  }
}

/** Fetches list n and keeps it if it is right and newer. @param {number} n @param {CheckKey[]} keys */
async function fetchList(n, keys) {
  const answer = await fetch(`/status/${n}`, { cache: "reload" });
  if (!answer.ok) throw new Error(`status list ${n}: ${answer.status}`);
  const text = await answer.text();
  const list = await openList(text, n, keys);
  const had = lists.get(n);
  if (had && had !== "bad" && had.from > list.from) return;
  lists.set(n, list);
  try {
    await (await caches.open(LISTS)).put(`/status/${n}`, new Response(text));
  } catch { /* it is known while the page is open */ }
}

/** @param {number} n @param {CheckKey[]} keys */
async function readList(n, keys) {
  const text = lists.has(n) ? "" : await keptList(n);
  if (!text) return;
  try {
    lists.set(n, await openList(text, n, keys));
  } catch {
    lists.set(n, "bad");
  }
}

/** @param {Date} t */
const shown = (t) => new Date(t.getTime() - t.getTimezoneOffset() * 60_000).toISOString().slice(0, 16).replace("T", " ");

/** How a list stands, in words. @param {number} n @param {Date} now */
function listLine(n, now) {
  const list = lists.get(n);
  if (!list) return say("list-none", n);
  if (list === "bad") return say("list-bad", n);
  const state = freshness(list, now);
  const hours = Math.max(0, Math.floor((now.getTime() - list.from.getTime()) / HOUR));
  return say(state === "fresh" ? "list-fresh" : state === "old" ? "list-old" : "list-early", n, shown(list.from), hours, shown(list.until));
}

function tellLists() {
  const now = new Date();
  const box = part("lists");
  const last = Number(root.dataset.last);
  const lines = [say("clock", shown(now))];
  for (let n = 1; n <= last; n++) lines.push(listLine(n, now));
  box.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
}

async function refresh() {
  const keys = await readKeys();
  const all = Array.from({ length: Number(root.dataset.last) }, (_, i) => i + 1);
  for (const n of all) await readList(n, keys);
  let reached = all.length > 0 && keys.length > 0;
  for (const n of all) {
    try {
      await fetchList(n, keys);
    } catch {
      reached = false;
    }
  }
  part("refreshed").textContent = say(reached ? "updated" : "not-updated");
  tellLists();
}

/** @param {Claims} claims @param {CheckKey[]} keys @returns {Promise<Verdict>} */
async function standing(claims, keys) {
  await readList(claims.statusList, keys);
  if (!lists.has(claims.statusList) && navigator.onLine) await fetchList(claims.statusList, keys).catch(() => undefined);
  const list = lists.get(claims.statusList);
  if (!list || list === "bad" || freshness(list, new Date()) !== "fresh") {
    return { tone: "unknown", word: say("unknown"), line: say("unknown-line"), claims };
  }
  const code = codeAt(list, claims.statusIndex);
  const tone = code === "void" ? "revoked" : code;
  return { tone, word: say(tone), line: say(`${tone}-line`), claims };
}

/** @param {string} text @returns {Promise<Verdict>} */
async function judge(text) {
  /** @param {string} why @returns {Verdict} */
  const nothing = (why) => ({ tone: "unknown", word: say("nothing"), line: say(why) });
  if (!globalThis.crypto?.subtle) return nothing("no-crypto");
  const keys = await readKeys();
  if (keys.length === 0) return nothing("no-keys");
  try {
    const trusted = new Map(keys.filter((k) => k.use === "offline").map((k) => [k.id, spkiOf(k.key)]));
    const code = await verify(text, trusted);
    const by = keys.find((k) => k.id === code.key);
    if (by?.revoked) return { tone: "altered", word: say("altered"), line: say("key-revoked") };
    return { ...(await standing(code.claims, keys)), demo: by?.demo };
  } catch (refused) {
    if (!(refused instanceof Refusal)) return nothing("no-keys");
    if (refused.why === "signature") return { tone: "altered", word: say("altered"), line: say("signature") };
    return nothing(refused.why);
  }
}

/** @param {Claims} c */
function rows(c) {
  return [["number", c.number], ["name", c.name], ["level", say(`level-${c.level}`)], ["occupation", c.occupationCode], ["work", c.workType], ["issued", c.issued],
    ["edition", String(c.edition)], ["tail", c.idTail], ["org", c.org], ["photo", /^0+$/.test(hex(c.photo)) ? "" : hex(c.photo)]].filter(([, value]) => value);
}

/** @param {Verdict} v */
function show(v) {
  const box = part("answer");
  box.className = `answer answer-${v.tone}`;
  for (const mark of /** @type {NodeListOf<HTMLElement>} */ (box.querySelectorAll("[data-mark]"))) mark.hidden = mark.dataset.mark !== v.tone;
  part("word").textContent = v.word;
  part("line").textContent = v.line;
  part("demo").hidden = !v.demo;
  const table = document.createElement("tbody");
  for (const [key, value] of v.claims ? rows(v.claims) : []) {
    const row = table.insertRow();
    row.append(Object.assign(document.createElement("th"), { scope: "row", textContent: say(key) }));
    row.insertCell().textContent = value;
  }
  part("claims").replaceChildren(table);
  box.hidden = false;
  box.focus();
  tellLists();
}

/** @param {string} text */
async function check(text) {
  show(await judge(text.replace(/[\r\n\t]/g, "").replace(/^ +/, "")));
}

function closeCamera() {
  stopCamera();
  part("video").hidden = true;
  part("stop").hidden = true;
  part("camera").hidden = false;
}

async function openCamera() {
  const video = /** @type {HTMLVideoElement} */ (part("video"));
  video.hidden = false;
  part("stop").hidden = false;
  part("camera").hidden = true;
  try {
    stopCamera = await fromCamera(video, (text) => {
      closeCamera();
      void check(text);
    });
  } catch {
    closeCamera();
    show({ tone: "unknown", word: say("nothing"), line: say("no-camera") });
  }
}

async function keepPage() {
  const worker = root.dataset.worker;
  if (!navigator.serviceWorker || !worker) return part("not-kept").removeAttribute("hidden");
  try {
    await navigator.serviceWorker.register(worker, { scope: "/offline-check" });
    const ready = await navigator.serviceWorker.ready;
    ready.active?.postMessage("restock");
    part("ready").hidden = false;
  } catch {
    if (!navigator.serviceWorker.controller) part("not-kept").hidden = false;
  }
}

part("camera").addEventListener("click", () => void openCamera());
part("stop").addEventListener("click", closeCamera);
part("refresh").addEventListener("click", () => void refresh());
part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  void check(/** @type {HTMLTextAreaElement} */ (part("text")).value);
});
part("picture").addEventListener("change", async () => {
  const input = /** @type {HTMLInputElement} */ (part("picture"));
  const file = input.files?.[0];
  if (!file) return;
  const text = await fromPicture(file);
  input.value = "";
  if (text) await check(text);
  else show({ tone: "unknown", word: say("nothing"), line: say("no-code") });
});
part("tools").hidden = false;
if (!navigator.mediaDevices) part("camera").hidden = true;
await refresh();
await keepPage();
