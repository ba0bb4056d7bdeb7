// @ts-check
// The receipt notices by itself that an invigilator has reopened the paper, as long as one may.

export {};

const EVERY = 10000; // milliseconds between two questions to the server
const page = /** @type {HTMLElement | null} */ (document.querySelector("[data-receipt]"));
const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-reopened]"));

/** One thing is to be done next: to go on, or to leave. @param {boolean} reopened */
function show(reopened) {
  if (told) told.hidden = !reopened;
  for (const leave of document.querySelectorAll("form[action='/logout'] .button")) leave.classList.toggle("primary", !reopened && !leave.hasAttribute("data-second"));
}

async function ask() {
  if (!page || !told) return;
  try {
    const answer = await fetch(`/api/v1/attempts/${page.dataset.attempt}/clock`, { cache: "no-store" });
    if (answer.status === 401) return;
    const { state, now } = await answer.json();
    if (answer.ok) show(state === "in-progress");
    if (Date.parse(now) > Date.parse(page.dataset.until ?? "")) return;
  } catch { /* the next one tells */ }
  setTimeout(ask, EVERY * (0.75 + Math.random() / 2)); // a room that hands in together does not ask together
}

addEventListener("pageshow", (event) => event.persisted && location.reload());
setTimeout(ask, EVERY * Math.random());
