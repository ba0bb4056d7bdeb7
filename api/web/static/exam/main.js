// @ts-check
// The exam page: fetches the paper into this window, shows it, sends every change through the queue, keeps the server's
// clock, and hands in from the review page.
import { watchPage } from "./activity.js";
import { makeApi } from "./api.js";
import { choose, clear, flag, go, move, openReview, remembered, route, setFilter, setPaused, setView, viewBefore } from "./board.js";
import { hoursAndMinutes, jumpWatch } from "./clock.js";
import { askTime, leave, listenToRoom, lockedOut, notice, tick } from "./hall.js";
import { actionFor } from "./keys.js";
import { Paper } from "./paper.js";
import { showRare } from "./rare.js";
import { offerRescue } from "./rescue.js";
import { keepPictures } from "./rich.js";
import { linkLine, online, queue, saveLine, startQueue } from "./saving.js";
import { shelter } from "./shelter.js";
import { latest, lost, sift } from "./stale.js";
import { alertBar, announce, attempt, clock, link, now, page, part, pause, say, wake } from "./state.js";
import { keptHere, openStore } from "./store.js";
import { startTools } from "./tools.js";
import { nameWindow, ownWindow, wantedHere, whereBefore } from "./window.js";

const MACHINE = 3000; // milliseconds between two questions for the release of this computer

const api = makeApi(attempt, /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=csrf-token]")).content, undefined, lockedOut);

/* ---- hand-in ---- */

function confirmSubmit() {
  const n = now.paper.counts();
  part("confirm-head").textContent = n.unanswered > 0 ? say("confirm-open", n.unanswered) : say("confirm-done");
  part("confirm-text").textContent = say("confirm-text", timeLeft());
  /** @type {HTMLDialogElement} */ (part("confirm")).showModal();
}

function timeLeft() {
  const [hours, minutes] = hoursAndMinutes(clock.left(now.closes));
  return hours > 0 ? say("left-hours", hours, minutes) : say("left-minutes", minutes);
}

let handIns = 0;

async function submit() {
  /** @type {HTMLDialogElement} */ (part("confirm")).close();
  const button = /** @type {HTMLButtonElement} */ (part("submit"));
  button.disabled = true;
  alertBar(say("submitting"));
  announce(say("submitting"));
  wake();
  const mine = (now.handing = ++handIns);
  await queue.drained();
  if (now.over || now.handing !== mine) return;
  const answer = await api.submit();
  if (answer === "done") return leave();
  button.disabled = false;
  alertBar(answer === "signin" ? say("signin") : say("submit-failed"), true, answer === "signin" ? link("/exam/login", say("signin-go")) : undefined);
  announce(say(answer === "signin" ? "signin" : "submit-failed"));
}

/* ---- start ---- */

/** @param {EventTarget | null} target @returns {number} the question that something belongs to */
const questionOf = (target) => Number(target instanceof HTMLElement && target.closest("[data-at]")?.getAttribute("data-at"));

function listen() {
  page.addEventListener("change", (event) => {
    const option = /** @type {HTMLElement} */ (event.target).dataset.option;
    if (option !== undefined) choose(questionOf(event.target), Number(option));
  });
  part("question").addEventListener("focusin", (event) => now.all && event.target instanceof HTMLInputElement && move(questionOf(event.target)));
  page.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!target) return;
    if (target.dataset.go !== undefined) go(Number(target.dataset.go));
    if (target.dataset.clear !== undefined) clear(questionOf(target));
    if (target.dataset.back !== undefined) go(now.at);
    if (target.dataset.filter !== undefined) setFilter(target.dataset.filter);
    if (target.dataset.view !== undefined) setView(target.dataset.view);
  });
  part("prev").addEventListener("click", () => go(now.at - 1, false));
  part("next").addEventListener("click", () => go(now.at + 1, false));
  part("flag").addEventListener("click", flag);
  part("submit").addEventListener("click", confirmSubmit);
  part("confirm-no").addEventListener("click", () => /** @type {HTMLDialogElement} */ (part("confirm")).close());
  part("confirm-yes").addEventListener("click", submit);
  document.addEventListener("keydown", press);
  addEventListener("hashchange", () => (location.hash === "#/review" ? openReview() : route()));
  addEventListener("online", () => askTime(api));
  addEventListener("offline", () => online(false));
  document.addEventListener("visibilitychange", () => !document.hidden && askTime(api));
}

/** @param {KeyboardEvent} event */
function press(event) {
  const action = actionFor(event);
  if (!action || now.review || now.over || now.paused || /** @type {HTMLDialogElement} */ (part("confirm")).open) return;
  event.preventDefault();
  if (action.do === "next") go(now.at + 1);
  if (action.do === "previous") go(now.at - 1);
  if (action.do === "flag") flag();
  if (action.do === "choose") choose(now.at, action.option);
}

/**
 * Fetches the paper into this window, asking the candidate first where another window has it.
 * @returns {Promise<{reply: import("./api.js").PaperReply, before: Awaited<ReturnType<typeof whereBefore>>}>} before: where
 *   the candidate was in that window
 */
async function fetchPaper() {
  let takeOver = false;
  let before = null;
  for (let tries = 1; ; tries++) {
    const sent = Date.now();
    const { reply, code, status } = await api.paper(ownWindow(), takeOver);
    if (reply) {
      clock.hear(Date.parse(reply.now), sent, Date.now());
      return { reply, before };
    }
    if (code === "attempt.elsewhere") {
      await wantedHere();
      before = await whereBefore();
      takeOver = true;
      continue;
    }
    if (code === "attempt.machine") {
      linkLine("not-here");
      const kept = await keptHere(attempt);
      part("loading").textContent = kept > 0 ? say("machine-unsaved", kept) : say("machine");
      if (kept > 0) saveLine("stuck", kept);
      takeOver = true; // the invigilator's release is the consent
      await pause(MACHINE);
      continue;
    }
    if (status === 401) location.replace("/exam/login");
    const { reply: told } = await api.clock();
    if (told && told.state !== "in-progress" && told.state !== "ready") location.replace(told.state === "scheduled" ? "/exam" : "/exam/receipt");
    part("loading").textContent = say("paper-failed");
    await pause(Math.min(8000, 1000 * tries) * (0.5 + Math.random()));
  }
}

/**
 * What this computer kept and may still send; what was changed elsewhere since is dropped, and the candidate is told.
 * @param {import("./store.js").Store} store
 * @param {import("./api.js").PaperReply} paper
 */
async function keptOf(store, paper) {
  const kept = await store.load();
  const { send, overtaken } = sift(kept, latest(paper.questions));
  if (send.length < kept.length) store.keep(send);
  const numbers = lost(overtaken, paper.questions);
  if (numbers.length > 0) notice(say("overtaken-head"), say("overtaken", numbers.join(say("separator"))));
  return send;
}

/**
 * Where the candidate goes on: where they were in the window before, or else where something was changed last.
 * @param {import("./api.js").PaperReply} paper
 * @param {{at: number} | null} before
 */
function goesOnAt(paper, before) {
  if (location.hash) return;
  const seq = paper.questions.map((q) => Math.max(q.answered?.seq ?? 0, q.flagged?.seq ?? 0));
  const at = before ? before.at : seq.indexOf(Math.max(...seq));
  history.replaceState(null, "", `#/${at + 1}`);
}

async function start() {
  startTools(page, say);
  await nameWindow();
  const { reply, before } = await fetchPaper();
  const store = await openStore(attempt, ownWindow(), () => alertBar(say("memory")));
  if (now.locked) alertBar("");
  now.locked = false;
  const pending = await keptOf(store, reply);
  now.paper = new Paper(reply.questions, [...remembered(), ...(before?.seen ?? [])]);
  now.paper.restore(pending);
  now.closes = Date.parse(reply.closes);
  startQueue(api, store, reply, pending);
  goesOnAt(reply, before);
  now.rescue = offerRescue(page, say, { paper: reply, queue, window: ownWindow(), now: () => clock.now(), left: () => now.left, announce });
  showRare(reply.questions);
  keepPictures(reply.questions);
  for (const name of ["palette", "foot"]) part(name).hidden = false;
  part("loading").hidden = true;
  online(true);
  if (!store.durable) alertBar(say("memory"));
  listen();
  watchPage(attempt, api.observe, () => clock.now());
  setView(viewBefore());
  route();
  setPaused(reply.paused);
  tick(api);
  const jumped = jumpWatch(Date.now, () => performance.now());
  setInterval(() => (jumped() && askTime(api), tick(api)), 250);
  listenToRoom(api);
  queue.run();
  now.sheltered = await shelter(page.dataset.lockdown !== undefined);
}

start();
