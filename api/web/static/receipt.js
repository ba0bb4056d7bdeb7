// @ts-check
// The receipt notices by itself that an invigilator has reopened the paper, as long as one may, and that the candidate's
// qualification was cancelled: then it is no receipt any more.

export {};

const EVERY = 10000; // milliseconds between two questions to the server
const LATER = 60000; // once nobody may reopen any more
const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-receipt]"));
const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-reopened]"));

/** One thing is to be done next: to go on, or to leave. @param {boolean} reopened */
function show(reopened) {
  if (told) told.hidden = !reopened;
  for (const part of document.querySelectorAll("[data-handed]")) /** @type {HTMLElement} */ (part).hidden = reopened;
}

async function ask() {
  if (!page) return;
  let every = EVERY;
  try {
    const answer = await fetch(`/api/v1/attempts/${page.dataset.attempt}/clock`, { cache: "no-store" });
    if (answer.status === 401) return;
    const { state, now } = await answer.json();
    if (state === "voided") return location.replace("/exam"); // which says so
    if (answer.ok) show(state === "in-progress");
    if (Date.parse(now) > Date.parse(page.dataset.until ?? "")) every = LATER;
  } catch { /* the next one tells */ }
  setTimeout(ask, every * (0.75 + Math.random() / 2)); // a room that hands in together does not ask together
}

addEventListener("pageshow", (event) => event.persisted && location.reload());
setTimeout(ask, EVERY * Math.random());
