// @ts-check
// The question or the questions, the palette and the review: what the candidate sees and changes.
import { acted, alertBar, announce, attempt, clock, marks, now, page, part, passingBar, say, writing } from "./state.js";
import { cells, question, review } from "./view.js";
import { hasUnsaved, isUnsaved, savedTime, send, unsavedCount } from "./saving.js";

/**
 * @param {number} at
 * @param {boolean} [focus] move the focus to the question; otherwise it is read out
 */
export function go(at, focus = true) {
  if (at < 0 || at >= now.paper.size) return;
  const turned = now.review || !now.all;
  acted();
  if (now.handing > 0) passingBar(say("hand-in-stopped"));
  now.handing = 0;
  now.at = at;
  now.review = false;
  now.paper.see(at);
  remember();
  const hash = `#/${at + 1}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
  if (turned) draw();
  else drawFrame();
  const head = articleOf(at)?.querySelector("h2");
  if (focus) head?.focus({ preventScroll: true });
  else announce(`${say("question", at + 1, now.paper.size)} ${now.paper.questions[at].stem}`);
  if (now.all) articleOf(at)?.scrollIntoView({ block: "start" });
  else scrollTo({ top: 0 });
}

/** @param {number} at @returns {HTMLElement | null} */
const articleOf = (at) => part("question").querySelector(`[data-at="${at}"]`);

export function draw() {
  part("question").hidden = now.review || now.paused;
  part("review").hidden = !now.review || now.paused;
  if (now.review) drawReview();
  else part("question").replaceChildren(...(now.all ? [...now.paper.questions.keys()] : [now.at]).map((at) => question(now.paper, at, say, marks)));
  drawFrame();
}

/** Draws what stands around the questions. */
export function drawFrame() {
  drawPalette();
  itemStates();
  const q = now.paper.questions[now.at];
  part("flag").setAttribute("aria-pressed", String(q.flag));
  /** @type {HTMLButtonElement} */ (part("prev")).disabled = now.review || now.paused || now.at === 0;
  /** @type {HTMLButtonElement} */ (part("next")).disabled = now.review || now.paused || now.at === now.paper.size - 1;
  /** @type {HTMLButtonElement} */ (part("flag")).disabled = !writing();
  part("to-review").hidden = now.review || now.paused;
  /** @type {HTMLButtonElement} */ (part("submit")).disabled = !now.review || now.paused || now.ended || now.locked;
  for (const input of part("question").querySelectorAll("input")) input.disabled = now.ended || now.paused || now.locked;
}

function drawPalette() {
  part("grid").replaceChildren(...cells(now.paper, now.paper.filtered(now.filter), now.review ? -1 : now.at, say, marks));
  const n = now.paper.counts();
  part("n-unanswered").textContent = String(n.unanswered);
  part("n-flagged").textContent = String(n.flagged);
}

export function drawReview() {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.go : undefined;
  part("review").replaceChildren(...review(now.paper, unsavedCount(), say, marks));
  if (focused) /** @type {HTMLElement | null} */ (part("review").querySelector(`[data-go="${focused}"]`))?.focus();
}

/** Says under each question that is shown whether it is saved. */
export function itemStates() {
  for (const article of part("question").querySelectorAll("[data-at]")) {
    const at = Number(article.getAttribute("data-at"));
    const line = /** @type {HTMLElement} */ (article.querySelector("[data-item-state]"));
    line.classList.toggle("unsaved", isUnsaved(at) && hasUnsaved());
    if (isUnsaved(at)) line.textContent = say(hasUnsaved() ? "item-unsaved" : "saving");
    else if (savedTime(at)) line.textContent = say("item-saved", savedTime(at));
    else line.textContent = now.paper.questions[at].chosen.length > 0 ? "" : say("item-none");
  }
}

/** @param {"response" | "flag"} kind */
function change(kind) {
  const q = now.paper.questions[now.at];
  acted();
  send({ item: now.at, chosen: q.chosen, flag: q.flag, kind, client_at: new Date(clock.now()).toISOString() });
}

/** @param {number} at @param {number} option */
export function choose(at, option) {
  if (!writing()) return redraw("");
  move(at);
  if (!now.paper.choose(at, option)) return;
  change("response");
  redraw(`[data-option="${option}"]`);
}

/** @param {number} at */
export function clear(at) {
  if (!writing()) return;
  move(at);
  if (!now.paper.clear(at)) return;
  change("response");
  redraw('[data-option="0"]');
}

export function flag() {
  if (!writing()) return;
  now.paper.toggleFlag(now.at);
  change("flag");
  const q = now.paper.questions[now.at];
  const kept = document.activeElement;
  redraw(kept instanceof HTMLElement && kept.dataset.option ? `[data-option="${kept.dataset.option}"]` : "");
  announce(say(q.flag ? "flagged" : "unflagged", now.at + 1));
}

/** The question that the candidate works on, where all are shown. @param {number} at */
export function move(at) {
  if (now.at === at) return;
  now.at = at;
  now.paper.see(at);
  remember();
  drawFrame();
}

/**
 * Draws the current question again without losing the place of the focus.
 * @param {string} focus selector within the question, "" to leave the focus alone
 */
function redraw(focus) {
  const old = articleOf(now.at);
  const inside = old?.contains(document.activeElement);
  old?.replaceWith(question(now.paper, now.at, say, marks));
  drawFrame();
  if (inside && focus) /** @type {HTMLElement | null} */ (articleOf(now.at)?.querySelector(focus))?.focus();
}

function remember() {
  try {
    sessionStorage.setItem(`seen-${attempt}`, JSON.stringify([...now.paper.seen]));
  } catch { /* only the look of the palette depends on it */ }
}

/** @returns {number[]} */
export function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(`seen-${attempt}`) ?? "[]");
  } catch {
    return [];
  }
}

export function openReview() {
  acted();
  now.review = true;
  draw();
  /** @type {HTMLElement | null} */ (page.querySelector("#review-head"))?.focus();
  scrollTo({ top: 0 });
}

export function route() {
  if (location.hash === "#/review") return openReview();
  const at = Number(location.hash.slice(2)) - 1;
  go(Number.isInteger(at) && at >= 0 && at < now.paper.size ? at : 0);
}

/** @param {string} filter */
export function setFilter(filter) {
  now.filter = /** @type {import("./paper.js").Filter} */ (filter);
  for (const b of page.querySelectorAll("[data-filter]")) b.setAttribute("aria-pressed", String(b.getAttribute("data-filter") === filter));
  drawPalette();
}

/** One question at a time, or all of them. @param {string} view */
export function setView(view) {
  now.all = view === "all";
  for (const b of page.querySelectorAll("[data-view]")) b.setAttribute("aria-pressed", String(b.getAttribute("data-view") === view));
  page.classList.toggle("exam-all", now.all);
  try {
    sessionStorage.setItem("exam-view", view);
  } catch { /* the choice then lasts until the next reload */ }
  if (now.paper.size === 0) return;
  draw();
  if (now.all) articleOf(now.at)?.scrollIntoView({ block: "start" });
}

/** @returns {string} */
export function viewBefore() {
  try {
    return sessionStorage.getItem("exam-view") ?? "one";
  } catch {
    return "one";
  }
}

/** Takes the paper away while the clock stands, and gives it back. @param {boolean} on */
export function setPaused(on) {
  if (now.paused === on) return;
  now.paused = on;
  part("paused").hidden = !on;
  draw();
  announce(say(on ? "paused" : "resumed"));
  if (on) alertBar("");
  else passingBar(say("resumed"));
}
