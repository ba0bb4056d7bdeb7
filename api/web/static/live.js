// @ts-check
// Keeps a live page up to date: asks for the page's own address with its ETag, every few seconds while it is visible,
// and puts the new [data-live] part in place of the old one. The page always says when the server was last heard.
import { wordsOf } from "./words.js";

const EVERY = 5000; // milliseconds between two requests

const said = /** @type {HTMLElement | null} */ (document.querySelector("[data-live-said]"));
const live = document.querySelector("[data-live]");

if (said && live) {
  const say = wordsOf(said);
  const line = said.querySelector("[role=status]") ?? said;
  let etag = "";
  let heard = "";

  /** @param {Response} answer */
  const note = (answer) => {
    const date = answer.headers.get("Date");
    heard = (date ? new Date(date) : new Date()).toLocaleTimeString("en-GB", { timeZone: said.dataset.zone });
    line.textContent = say("heard", heard);
    said.classList.remove("silent");
  };

  const poll = async () => {
    if (document.hidden || busy()) return;
    try {
      const answer = await fetch(location.href, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.status === 401 || answer.redirected) return location.reload();
      if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
      if (answer.ok) replace(await answer.text());
      etag = answer.headers.get("ETag") ?? etag;
      note(answer);
    } catch {
      said.classList.add("silent");
      line.textContent = say("silent", heard || "–");
    }
  };

  setInterval(poll, EVERY);
  document.addEventListener("visibilitychange", poll);
  poll();
}

/** Somebody has the focus on a control of the live part: replacing it would take the button from under the finger. */
function busy() {
  const at = document.activeElement;
  return at instanceof HTMLElement && at.closest("[data-live]") !== null && at.matches("button, input, select, summary");
}

/** What somebody has opened stays as it is, with what they typed. @param {string} html the whole new page */
function replace(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector("[data-live]");
  const old = document.querySelector("[data-live]");
  if (!fresh || !old) return;
  if (fresh.getAttribute("data-phase") !== old.getAttribute("data-phase")) return location.reload(); // the rest of the page is another one now
  for (const opened of old.querySelectorAll("details[id][open]")) {
    fresh.querySelector(`#${CSS.escape(opened.id)}`)?.replaceWith(opened);
  }
  old.replaceWith(document.adoptNode(fresh));
}
