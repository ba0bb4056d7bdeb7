// @ts-check
// The service worker of the offline check. It keeps that page, its scripts and the keys, and answers with them when there is
// no network. What is checked stays in the page: nothing of any certificate is kept.

(() => {
  const KEPT = ["tokens.css", "components.css", "mark.svg", "words.js", "offline-verify.js", "vendor/jsqr.js", "check/check.css", "check/offline-check.js",
    "check/status-list.js", "check/scan.js"];
  const KEYS = "/offline-keys.json";
  const PAGE = "/offline-check";
  const PAGES = [PAGE, `${PAGE}?lang=en`, `${PAGE}?elder=on`, `${PAGE}?lang=en&elder=on`];
  const worker = /** @type {any} */ (self);
  const base = worker.location.pathname.replace(/check\/worker\.js$/, "");
  const shelf = `offline-check ${base}`;
  const kept = new Set(KEPT.map((name) => base + name));

  /** Fetches page and keys anew; without all of them those that were kept before stay. */
  async function restock() {
    const cache = await caches.open(shelf);
    await cache.addAll([...PAGES, KEYS].map((path) => new Request(path, { credentials: "omit", cache: "reload" })));
  }

  async function stock() {
    const cache = await caches.open(shelf);
    await cache.addAll([...kept].map((name) => new Request(name)));
    await restock();
    await worker.skipWaiting();
  }

  /** Throws away what earlier versions kept, and answers for the pages that are open. */
  async function tidy() {
    const old = (await caches.keys()).filter((name) => name.startsWith("offline-check /") && name !== shelf);
    await Promise.all(old.map((name) => caches.delete(name)));
    await worker.clients.claim();
  }

  /**
   * The network first, then what is kept: also where only a proxy answers for a dead server, or a network sends everybody to
   * its own sign-in page. What is not kept is answered as it came.
   * @param {Request} request @param {string} [instead] @returns {Promise<Response>}
   */
  async function fresh(request, instead) {
    const answer = await fetch(request).catch(() => Response.error());
    if (answer.ok) return answer;
    const cache = await caches.open(shelf);
    return (await cache.match(request)) ?? (instead ? await cache.match(instead) : undefined) ?? answer;
  }

  /** @param {Request} request @returns {Promise<Response>} */
  async function fromShelf(request) {
    return (await (await caches.open(shelf)).match(request)) ?? fetch(request);
  }

  worker.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(stock()));
  worker.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(tidy()));
  worker.addEventListener("message", (/** @type {any} */ event) => {
    if (event.data === "restock") event.waitUntil(restock().catch(() => undefined));
  });
  worker.addEventListener("fetch", (/** @type {any} */ event) => {
    const path = new URL(event.request.url).pathname;
    if (event.request.mode === "navigate" && event.request.method === "GET") event.respondWith(fresh(event.request, PAGE));
    else if (path === KEYS) event.respondWith(fresh(event.request));
    else if (kept.has(path)) event.respondWith(fromShelf(event.request));
  });
})();
