// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { shelter } from "../static/exam/shelter.js";

/**
 * Plays a browser with service workers, or without.
 * @param {{userAgent?: string, workers?: boolean, refuses?: boolean}} browser
 */
function play({ userAgent = "Mozilla/5.0 Chrome/140", workers = true, refuses = false }) {
  /** @type {string[]} */
  const done = [];
  const serviceWorker = {
    register: async (/** @type {URL} */ url, /** @type {{scope: string}} */ { scope }) => {
      if (refuses) throw new Error("refused");
      done.push(`${url.pathname.split("/").at(-1)} for ${scope}`);
    },
    ready: Promise.resolve(),
    getRegistrations: async () => [{ unregister: async () => done.push("gone") }],
  };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { userAgent, ...(workers ? { serviceWorker } : {}) } });
  return done;
}

test("a reload without a network is caught where the browser lets it, and the lockdown browser is left alone", async () => {
  const seb = "Mozilla/5.0 (Windows NT 10.0) Chrome/130 SEB/3.9.0 (x64)";
  for (const [browser, lockdown, caught, want] of /** @type {[Parameters<typeof play>[0], boolean, boolean, string[]][]} */ ([
    [{}, false, true, ["worker.js for /exam"]],
    [{ workers: false }, false, false, []], // plain http
    [{ refuses: true }, false, false, []],
    [{}, true, false, ["gone"]],
    [{ userAgent: seb }, false, false, ["gone"]],
  ])) {
    const done = play(browser);
    assert.equal(await shelter(lockdown), caught, JSON.stringify(browser));
    assert.deepEqual(done, want, JSON.stringify(browser));
  }
});
