// @ts-check
// The room around the page: the time that is left, pauses, messages, and the end. The page always waits for the server's
// next word, so that a change of its time reaches it at once.
import { drawFrame, setPaused } from "./board.js";
import { lasting, passedMark } from "./clock.js";
import { linkLine, online, queue, savedLine, saveLine, unsavedCount } from "./saving.js";
import { alertBar, announce, clock, hhmm, link, now, part, passingBar, pause, say, wake } from "./state.js";
import { make } from "./view.js";
import { ownWindow, takenOver } from "./window.js";

const RECEIPT = "/exam/receipt";
const AGAIN = 2000; // milliseconds before the next question after one without an answer, doubled each time
const LONGEST = 15000;
const LATENCY = 400; // most of what an answer that was held back takes on its way, milliseconds

/** @typedef {ReturnType<typeof import("./api.js").makeApi>} Api */
/** @typedef {import("./api.js").ClockReply} ClockReply */

const heard = { seq: 0, fails: 0 };

/** Goes on asking for news until the page is done. @param {Api} api */
export async function listenToRoom(api) {
  while (!now.over) {
    const { reply, status } = await api.pulse({
      window: ownWindow(), heard: heard.seq, question: now.review ? 0 : now.at + 1, unsaved: unsavedCount(), away: !document.hasFocus(),
    });
    if (now.over) return;
    if (reply) {
      heard.fails = 0;
      const received = Date.now();
      clock.hear(Date.parse(reply.now), received - LATENCY, received);
      hear(reply);
      continue;
    }
    missed(status);
    await pause(Math.min(LONGEST, AGAIN * 2 ** Math.min(heard.fails++, 5)) * (0.5 + Math.random()));
  }
}

/** @param {number} status of an answer without news */
function missed(status) {
  if (status === 401) alertBar(say("signin"), true, link("/exam/login", say("signin-go")));
  if (status === 0 || status >= 500) online(false);
}

/** Asks for the time once, when this computer slept or its clock was set. @param {Api} api */
export async function askTime(api) {
  const sent = Date.now();
  const { reply, status } = await api.clock();
  if (now.over) return;
  if (!reply) return missed(status);
  clock.hear(Date.parse(reply.now), sent, Date.now());
  hear(reply);
}

/** The server takes nothing from this browser, and the page says so wherever it says how things are. */
export function lockedOut() {
  if (now.over) return;
  alertBar(say("lockdown"), true, link("/exam", say("lockdown-go")));
  linkLine("locked");
  if (unsavedCount() > 0) saveLine("stuck", unsavedCount());
  else saveLine("not-saving");
  if (now.locked) return;
  now.locked = true;
  announce(say("lockdown"));
  if (now.paper.size > 0) drawFrame();
}

/** @param {ClockReply} reply */
function hear(reply) {
  if (now.locked) {
    now.locked = false;
    alertBar("");
    savedLine();
    drawFrame();
  }
  online(true);
  for (const m of reply.messages ?? []) if (m.seq > heard.seq) notice(say("message", hhmm(m.at)), m.text);
  heard.seq = Math.max(heard.seq, reply.seq);
  if (reply.seat) seated(String(reply.seat));
  if (reply.elsewhere) return takenOver(reply.elsewhere === "machine");
  extended(reply.closes, reply.paused);
  setPaused(reply.paused);
  if (reply.state === "in-progress") goOn();
  else if (reply.state !== "ready") leave();
}

/** The seat as the server knows it: after a move it is another one. @param {string} no */
function seated(no) {
  if (part("seat").textContent === no) return;
  part("seat").textContent = no;
  notice(say("moved-head"), say("moved", no));
}

/**
 * The paper was closed while this page had answers that nobody has, and goes on by an invigilator's word. The candidate
 * reads it as a message: the bar is gone with the first answer that arrives, which is at once.
 */
function goOn() {
  if (!queue.reopen()) return;
  now.ended = false;
  now.rescue?.goOn();
  alertBar("");
  notice(say("reopened-head"), say("reopened"));
  drawFrame();
}

/**
 * Takes over a new end of the time.
 * @param {string} closes
 * @param {boolean} [paused]
 */
export function extended(closes, paused = false) {
  const until = Date.parse(closes);
  if (!until) return;
  const more = until - now.closes;
  now.closes = until;
  if (now.ended && clock.left(until) > 0) {
    now.ended = false;
    alertBar("");
    drawFrame();
  }
  if (more >= 30000 && !paused && !now.paused) {
    passingBar(say("extended", Math.round(more / 60000), hhmm(until)));
    announce(say("extended", Math.round(more / 60000), hhmm(until)));
  }
}

/**
 * What the candidate has to read, until they say that they have.
 * @param {string} head
 * @param {string} text
 */
export function notice(head, text) {
  const done = make("button", { type: "button", class: "tool" }, say("message-read"));
  const note = make("p", { class: "exam-message" }, make("strong", {}, head), " ", text, " ", done);
  done.addEventListener("click", () => note.remove());
  part("messages").append(note);
  announce(`${head} ${text}`);
}

/** Draws the time that is left, announces marks, and ends the time. @param {Api} api */
export function tick(api) {
  const left = now.paused && now.left < Infinity ? now.left : clock.left(now.closes); // the page may be loaded in a pause
  const shown = part("clock");
  if (!shown.classList.contains("hidden-clock")) shown.textContent = lasting(left);
  shown.closest(".exam-clock")?.classList.toggle("low", left <= 300000);
  const mark = passedMark(now.left, left);
  if (mark) {
    announce(say("left", mark));
    passingBar(say("left", mark));
  }
  if (left === 0 && !now.ended && !now.over) end(api);
  now.left = left;
}

/**
 * The time is over by this page's clock, which may have been set, or may not have heard of an extension: nothing is handed
 * in before the server says so too.
 * @param {Api} api
 */
async function confirmed(api) {
  while (now.ended && !now.over) {
    const { reply } = await api.clock();
    if (reply) {
      const received = Date.now();
      clock.hear(Date.parse(reply.now), received, received);
      hear(reply);
      return now.ended && !reply.paused && Date.parse(reply.now) >= Date.parse(reply.closes);
    }
    await pause(AGAIN);
  }
  return false;
}

/** The time is over: what is chosen is sent within the grace, and the paper handed in. @param {Api} api */
async function end(api) {
  now.ended = true;
  alertBar(say("closing"), true);
  announce(say("closing"));
  drawFrame();
  wake();
  if (!(await confirmed(api))) return void (now.ended &&= clock.left(now.closes) === 0);
  await queue.drained();
  if (now.over || !now.ended) return;
  if ((await api.submit()) === "done") leave();
}

export function leave() {
  if (now.over || stranded()) return;
  now.over = true;
  location.replace(RECEIPT);
}

/** Nobody is sent away from answers that nobody has: they go into the hand-in file, see rescue. */
function stranded() {
  if (unsavedCount() === 0) return false;
  alertBar(say("closed-unsaved", unsavedCount()), true);
  now.ended = true;
  drawFrame();
  now.rescue?.shut("closed");
  return true;
}
