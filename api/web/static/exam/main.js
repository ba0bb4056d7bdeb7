// @ts-check
// The exam page: fetches the paper, shows one question at a time, sends every change through the queue, keeps the
// server's clock, and hands in from the review page.
import { makeApi } from "./api.js";
import { jumpWatch, lasting, passedMark, ServerClock } from "./clock.js";
import { actionFor } from "./keys.js";
import { Paper } from "./paper.js";
import { Queue } from "./queue.js";
import { showRare } from "./rare.js";
import { keepPictures } from "./rich.js";
import { openStore } from "./store.js";
import { startTools } from "./tools.js";
import { cells, marksOf, question, review } from "./view.js";
import { wordsOf } from "../words.js";

const POLL = 15000; // milliseconds between two questions for the time
const RECEIPT = "/exam/receipt";

const page = /** @type {HTMLElement} */ (document.querySelector("[data-exam]"));
const attempt = page.dataset.attempt ?? "";
const say = wordsOf(page);
const marks = marksOf(page);
const api = makeApi(attempt, /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=csrf-token]")).content);
const clock = new ServerClock(Date.now);

/**
 * @param {string} name of a data- attribute
 * @returns {HTMLElement}
 */
const part = (name) => /** @type {HTMLElement} */ (page.querySelector(`[data-${name}]`));

const now = { paper: new Paper([]), at: 0, review: false, filter: /** @type {import("./paper.js").Filter} */ ("all"), closes: 0, left: Infinity, over: false };
/** @type {Queue} */
let queue;
/** @type {Map<number, string>} the time each question was last saved, hh:mm */
const savedAt = new Map();
/** @type {(() => void) | null} ends the queue's pause early */
let wake = null;

/** @param {string} text */
function announce(text) {
  part("say").textContent = text;
}

/** @param {string | number} time */
function hhmm(time) {
  return new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: page.dataset.zone });
}

/**
 * The bar under the head, for what the candidate must know now; "" takes it away.
 * @param {string} text
 * @param {boolean} bad
 * @param {Node} [more]
 */
function alertBar(text, bad = false, more) {
  const bar = part("alert");
  bar.hidden = text === "";
  bar.classList.toggle("bad", bad);
  bar.replaceChildren(text, ...(more ? [" ", more] : []));
}

/* ---- connection and saving ---- */

/** @param {boolean} on */
function online(on) {
  const link = part("link");
  const was = link.classList.contains("off");
  link.classList.toggle("off", !on);
  part("link-said").textContent = say(on ? "online" : "offline");
  if (was === on) announce(say(on ? "online" : "offline"));
  if (on) wake?.();
}

/** @param {"saving" | "unsaved" | "stuck" | "saved" | "kept"} state @param {string | number} value */
function saveLine(state, value) {
  const line = part("save");
  const text = say(state, value);
  if (line.textContent === text) return;
  line.textContent = text;
  line.classList.toggle("unsaved", state === "unsaved" || state === "stuck");
  if (state !== "saving") announce(text);
}

/** @param {import("./queue.js").Told} event */
function told(event) {
  switch (event.kind) {
    case "saved":
      savedAt.set(event.entry.item, hhmm(event.reply.now));
      now.closes = Date.parse(event.reply.closes) || now.closes;
      online(true);
      alertBar("");
      if (queue.pending.length === 0) saveLine("saved", hhmm(event.reply.now));
      break;
    case "offline":
      online(false);
      saveLine("unsaved", queue.unsaved().length);
      break;
    case "stuck":
      saveLine("stuck", queue.unsaved().length);
      break;
    case "signin":
      alertBar(say("signin"), true, link("/exam/login", say("signin-go")));
      saveLine("unsaved", queue.unsaved().length);
      break;
    case "closed":
      return leave();
    default:
      if (queue?.fails) saveLine("unsaved", queue.unsaved().length);
      else saveLine("saving", "");
  }
  itemState();
  if (now.review) drawReview();
}

/** @param {string} href @param {string} text */
function link(href, text) {
  const a = document.createElement("a");
  a.href = href;
  a.target = "_blank";
  a.textContent = text;
  return a;
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((/** @type {(v?: any) => void} */ done) => {
    const timer = setTimeout(done, ms);
    wake = () => {
      clearTimeout(timer);
      done();
    };
  });
}

function leave() {
  if (now.over) return;
  now.over = true;
  location.replace(RECEIPT);
}

/* ---- the question ---- */

/**
 * @param {number} at
 * @param {boolean} [focus] move the focus to the question; otherwise it is read out
 */
function go(at, focus = true) {
  if (at < 0 || at >= now.paper.size) return;
  now.at = at;
  now.review = false;
  now.paper.see(at);
  remember();
  const hash = `#/${at + 1}`;
  if (location.hash !== hash) history.replaceState(null, "", hash);
  draw();
  if (focus) page.querySelector("#q-head") instanceof HTMLElement && /** @type {HTMLElement} */ (page.querySelector("#q-head")).focus({ preventScroll: true });
  else announce(`${say("question", at + 1, now.paper.size)} ${now.paper.questions[at].stem}`);
  scrollTo({ top: 0 });
}

function draw() {
  part("question").hidden = now.review;
  part("review").hidden = !now.review;
  if (now.review) drawReview();
  else part("question").replaceChildren(...question(now.paper, now.at, say, marks));
  drawPalette();
  itemState();
  const q = now.paper.questions[now.at];
  part("flag").setAttribute("aria-pressed", String(q.flag));
  /** @type {HTMLButtonElement} */ (part("prev")).disabled = now.review || now.at === 0;
  /** @type {HTMLButtonElement} */ (part("next")).disabled = now.review || now.at === now.paper.size - 1;
  /** @type {HTMLButtonElement} */ (part("flag")).disabled = now.review;
  part("to-review").hidden = now.review;
  /** @type {HTMLButtonElement} */ (part("submit")).disabled = !now.review;
}

function drawPalette() {
  part("grid").replaceChildren(...cells(now.paper, now.paper.filtered(now.filter), now.review ? -1 : now.at, say, marks));
  const n = now.paper.counts();
  part("n-unanswered").textContent = String(n.unanswered);
  part("n-flagged").textContent = String(n.flagged);
}

function drawReview() {
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.go : undefined;
  part("review").replaceChildren(...review(now.paper, queue.unsaved().length, say, marks));
  if (focused) /** @type {HTMLElement | null} */ (part("review").querySelector(`[data-go="${focused}"]`))?.focus();
}

function itemState() {
  const line = page.querySelector("[data-item-state]");
  if (!line || !queue) return;
  const unsaved = queue.unsaved().includes(now.at);
  line.classList.toggle("unsaved", unsaved && queue.fails > 0);
  const time = savedAt.get(now.at);
  if (unsaved) line.textContent = say(queue.fails > 0 ? "item-unsaved" : "saving");
  else if (time) line.textContent = say("item-saved", time);
  else line.textContent = now.paper.questions[now.at].chosen.length > 0 ? "" : say("item-none");
}

/** @param {"response" | "flag"} kind */
function send(kind) {
  const q = now.paper.questions[now.at];
  queue.add({ item: now.at, chosen: q.chosen, flag: q.flag, kind, client_at: new Date(clock.now()).toISOString() });
}

/** @param {number} option */
function choose(option) {
  if (now.review || now.over || !now.paper.choose(now.at, option)) return;
  send("response");
  redraw(`[data-option="${option}"]`);
}

function clear() {
  if (!now.paper.clear(now.at)) return;
  send("response");
  redraw('[data-option="0"]');
}

function flag() {
  if (now.review || now.over) return;
  now.paper.toggleFlag(now.at);
  send("flag");
  const q = now.paper.questions[now.at];
  const kept = document.activeElement;
  redraw(kept instanceof HTMLElement && kept.dataset.option ? `[data-option="${kept.dataset.option}"]` : "");
  announce(say(q.flag ? "flagged" : "unflagged", now.at + 1));
}

/**
 * Draws again without losing the place of the focus.
 * @param {string} focus selector within the question, "" to leave the focus alone
 */
function redraw(focus) {
  const inside = part("question").contains(document.activeElement);
  draw();
  if (inside && focus) /** @type {HTMLElement | null} */ (part("question").querySelector(focus))?.focus();
}

function remember() {
  try {
    sessionStorage.setItem(`seen-${attempt}`, JSON.stringify([...now.paper.seen]));
  } catch { /* only the look of the palette depends on it */ }
}

/** @returns {number[]} */
function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(`seen-${attempt}`) ?? "[]");
  } catch {
    return [];
  }
}

/* ---- review and hand-in ---- */

function openReview() {
  now.review = true;
  draw();
  /** @type {HTMLElement | null} */ (page.querySelector("#review-head"))?.focus();
  scrollTo({ top: 0 });
}

function route() {
  if (location.hash === "#/review") return openReview();
  const at = Number(location.hash.slice(2)) - 1;
  go(Number.isInteger(at) && at >= 0 && at < now.paper.size ? at : 0);
}

function confirmSubmit() {
  const n = now.paper.counts();
  part("confirm-head").textContent = n.unanswered > 0 ? say("confirm-open", n.unanswered) : say("confirm-done");
  part("confirm-text").textContent = say("confirm-text", Math.floor(clock.left(now.closes) / 60000));
  /** @type {HTMLDialogElement} */ (part("confirm")).showModal();
}

async function submit() {
  /** @type {HTMLDialogElement} */ (part("confirm")).close();
  const button = /** @type {HTMLButtonElement} */ (part("submit"));
  button.disabled = true;
  alertBar(say("submitting"));
  announce(say("submitting"));
  wake?.();
  await queue.drained();
  if (now.over) return;
  const answer = await api.submit();
  if (answer === "done") return leave();
  button.disabled = false;
  alertBar(answer === "signin" ? say("signin") : say("submit-failed"), true, answer === "signin" ? link("/exam/login", say("signin-go")) : undefined);
  announce(say(answer === "signin" ? "signin" : "submit-failed"));
}

/* ---- the clock ---- */

function tick() {
  const left = clock.left(now.closes);
  const shown = part("clock");
  if (!shown.classList.contains("hidden-clock")) shown.textContent = lasting(left);
  shown.closest(".exam-clock")?.classList.toggle("low", left <= 300000);
  const mark = passedMark(now.left, left);
  if (mark) {
    announce(say("left", mark));
    alertBar(say("left", mark));
  }
  if (left === 0 && now.left > 0) {
    alertBar(say("closing"), true);
    announce(say("closing"));
    wake?.();
    setTimeout(poll, 1500);
  }
  now.left = left;
}

async function poll() {
  const sent = Date.now();
  const { reply, status } = await api.clock();
  if (now.over) return;
  if (!reply) {
    if (status === 401) alertBar(say("signin"), true, link("/exam/login", say("signin-go")));
    return online(status !== 0);
  }
  clock.hear(Date.parse(reply.now), sent, Date.now());
  now.closes = Date.parse(reply.closes) || now.closes;
  online(true);
  if (reply.state !== "in-progress" && reply.state !== "ready") leave();
}

/* ---- start ---- */

function listen() {
  page.addEventListener("change", (event) => {
    const option = /** @type {HTMLElement} */ (event.target).dataset.option;
    if (option !== undefined) choose(Number(option));
  });
  page.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!target) return;
    if (target.dataset.go !== undefined) go(Number(target.dataset.go));
    if (target.dataset.clear !== undefined) clear();
    if (target.dataset.back !== undefined) go(now.at);
    if (target.dataset.filter !== undefined) setFilter(target.dataset.filter);
  });
  part("prev").addEventListener("click", () => go(now.at - 1, false));
  part("next").addEventListener("click", () => go(now.at + 1, false));
  part("flag").addEventListener("click", flag);
  part("submit").addEventListener("click", confirmSubmit);
  part("confirm-no").addEventListener("click", () => /** @type {HTMLDialogElement} */ (part("confirm")).close());
  part("confirm-yes").addEventListener("click", submit);
  document.addEventListener("keydown", press);
  addEventListener("hashchange", route);
  addEventListener("online", poll);
  addEventListener("offline", () => online(false));
  document.addEventListener("visibilitychange", () => !document.hidden && poll());
}

/** @param {KeyboardEvent} event */
function press(event) {
  const action = actionFor(event);
  if (!action || now.review || now.over || /** @type {HTMLDialogElement} */ (part("confirm")).open) return;
  event.preventDefault();
  if (action.do === "next") go(now.at + 1);
  if (action.do === "previous") go(now.at - 1);
  if (action.do === "flag") flag();
  if (action.do === "choose") choose(action.option);
}

/** @param {string} filter */
function setFilter(filter) {
  now.filter = /** @type {import("./paper.js").Filter} */ (filter);
  for (const b of page.querySelectorAll("[data-filter]")) b.setAttribute("aria-pressed", String(b.getAttribute("data-filter") === filter));
  drawPalette();
}

/** One page of one paper at a time on this computer; browsers without locks are left to the server's sequence. */
function alone() {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((/** @type {(alone: boolean) => void} */ done) => {
    navigator.locks.request(`attempt-${attempt}`, { ifAvailable: true }, (lock) => {
      done(lock !== null);
      return lock ? new Promise(() => {}) : undefined; // held until the page goes
    });
  });
}

/** Says where the paper is, and opens it here as soon as that window is gone. */
function waitAlone() {
  part("loading").textContent = say("elsewhere");
  part("link").hidden = part("save").hidden = true;
  navigator.locks.request(`attempt-${attempt}`, () => location.reload());
}

async function fetchPaper() {
  for (let tries = 1; ; tries++) {
    const sent = Date.now();
    const reply = await api.paper();
    if (reply) {
      clock.hear(Date.parse(reply.now), sent, Date.now());
      return reply;
    }
    const { reply: told, status } = await api.clock();
    if (told && told.state !== "in-progress" && told.state !== "ready") location.replace(told.state === "scheduled" ? "/exam" : RECEIPT);
    if (status === 401) location.replace("/exam/login");
    part("loading").textContent = say("paper-failed");
    await pause(Math.min(8000, 1000 * tries) * (0.5 + Math.random()));
  }
}

async function start() {
  startTools(page, say);
  if (!(await alone())) return waitAlone();
  const [reply, store] = await Promise.all([fetchPaper(), openStore(attempt)]);
  const pending = await store.load();
  now.paper = new Paper(reply.questions, remembered());
  now.paper.restore(pending);
  now.closes = Date.parse(reply.closes);
  queue = new Queue({ send: api.respond, keep: store.keep, wait: pause, told }, reply.seq, pending);
  showRare(reply.questions);
  keepPictures(reply.questions);
  for (const name of ["palette", "foot"]) part(name).hidden = false;
  part("loading").hidden = true;
  online(true);
  if (!store.durable) alertBar(say("memory"));
  const answered = now.paper.counts().total - now.paper.counts().unanswered;
  if (pending.length === 0 && answered > 0) saveLine("kept", answered);
  listen();
  route();
  tick();
  const jumped = jumpWatch(Date.now, () => performance.now());
  setInterval(() => (jumped() && poll(), tick()), 250);
  setInterval(poll, POLL);
  queue.run();
}

start();
