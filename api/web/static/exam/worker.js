// @ts-check
// The service worker of the exam pages. It answers nothing but navigations that failed because there is no network, with
// one page that says what to do, and keeps that page and its style: nothing of any paper, candidate or answer. It does not
// run in the lockdown browser, which must send its keys with every navigation itself, and on plain http no browser has it.

const KEPT = ["tokens.css", "components.css", "exam/offline.js"];
const PAGE = "/exam/offline";
const worker = /** @type {any} */ (self);
const base = worker.location.pathname.replace(/exam\/worker\.js$/, "");
const shelf = `exam-offline ${base}`;
const kept = new Set(KEPT.map((name) => base + name));

/** Fetches what is kept; without all of it the worker is not installed. */
async function stock() {
  const cache = await caches.open(shelf);
  await cache.addAll([new Request(PAGE, { credentials: "omit", cache: "reload" }), ...[...kept].map((name) => new Request(name))]);
  await worker.skipWaiting();
}

/** Throws away what earlier versions kept. */
async function tidy() {
  const old = (await caches.keys()).filter((name) => name.startsWith("exam-offline ") && name !== shelf);
  await Promise.all(old.map((name) => caches.delete(name)));
}

/** @param {Request} request @returns {Promise<Response>} */
async function navigate(request) {
  try {
    return await fetch(request);
  } catch (failure) {
    const page = await caches.match(PAGE);
    if (page) return page;
    throw failure;
  }
}

/** @param {Request} request @returns {Promise<Response>} */
async function fromShelf(request) {
  return (await caches.match(request)) ?? fetch(request);
}

worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(stock()));
worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(tidy()));
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  if (event.request.mode === "navigate" && event.request.method === "GET") event.respondWith(navigate(event.request));
  else if (kept.has(new URL(event.request.url).pathname)) event.respondWith(fromShelf(event.request));
});
