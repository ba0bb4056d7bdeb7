// @ts-check
// The page that stands in for another while there is no network: it asks until there is one, and loads that page again.

export {};
const EVERY = 3000; // milliseconds, on average

async function ask() {
  try {
    const answer = await fetch("/exam/offline", { method: "HEAD", cache: "no-store" });
    if (answer.ok) return location.reload();
  } catch { /* still none */ }
  setTimeout(ask, EVERY * (0.5 + Math.random())); // a room does not come back all at once
}

// Where the worker did not put it in the place of another page, there is nothing to go back to.
if (navigator.serviceWorker?.controller && location.pathname !== "/exam/offline") {
  addEventListener("online", ask, { once: true });
  setTimeout(ask, EVERY * Math.random());
}
