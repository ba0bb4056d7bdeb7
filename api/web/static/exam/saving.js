// @ts-check
// Answers on their way: what the queue tells, in words and time, and the state of the connection.
import { drawReview, itemStates } from "./board.js";
import { extended, leave } from "./hall.js";
import { Queue } from "./queue.js";
import { alertBar, announce, hhmm, link, now, part, pause, say, wake } from "./state.js";
import { latest } from "./stale.js";
import { takenOver } from "./window.js";

/** @type {Queue} */
export let queue;
/** @type {Map<number, string>} the time each question was last saved, by the server's clock */
const savedAt = new Map();

/** @typedef {ReturnType<typeof import("./api.js").makeApi>} Api */

/**
 * @param {Api} api
 * @param {{keep: (entries: import("./queue.js").Entry[]) => void}} store
 * @param {import("./api.js").PaperReply} paper
 * @param {import("./queue.js").Entry[]} pending kept from before
 */
export function startQueue(api, store, paper, pending) {
  /** @param {import("./queue.js").Told} event */
  const hear = (event) => (event.kind === "elsewhere" ? wentElsewhere(api) : told(event));
  queue = new Queue({ send: api.respond, keep: store.keep, wait: pause, told: hear }, paper.seq, pending, latest(paper.questions));
  paper.questions.forEach((q, at) => {
    const stored = [q.answered?.at, q.flagged?.at].filter((t) => t !== undefined).sort().at(-1);
    if (stored) savedAt.set(at, stored);
  });
  savedLine();
}

/** Says how much is saved, and since when. */
export function savedLine() {
  const last = [...savedAt.values()].sort().at(-1);
  const { answered } = now.paper.counts();
  if (queue.pending.length > 0) saveLine(queue.fails > 0 ? "unsaved" : "saving", unsavedCount());
  else if (answered > 0 && last) saveLine("kept", answered, hhmm(last));
  else if (answered === 0) saveLine("nothing");
}

/** The server takes nothing from this window any more, so nothing is to be chosen here: where the paper is comes after. @param {Api} api */
async function wentElsewhere(api) {
  takenOver(false);
  const { reply } = await api.clock();
  if (reply?.elsewhere === "machine") takenOver(true);
}

export const unsavedCount = () => queue?.unsaved().length ?? 0;
/** @param {number} at */
export const isUnsaved = (at) => queue?.unsaved().includes(at) ?? false;
/** Whether what is pending has failed at least once. */
export const hasUnsaved = () => (queue?.fails ?? 0) > 0;
/** @param {number} at */
export const savedTime = (at) => (savedAt.has(at) ? hhmm(savedAt.get(at) ?? "") : "");
/** @param {Omit<import("./queue.js").Entry, "seq">} change */
export const send = (change) => queue.add(change);

/**
 * What stands beside the dot.
 * @param {"online" | "offline" | "locked" | "not-here" | "stopped"} state
 */
export function linkLine(state) {
  part("link").classList.toggle("off", state === "offline" || state === "locked");
  part("link").classList.toggle("idle", state === "not-here" || state === "stopped");
  part("link-said").textContent = say(state === "offline" && !now.sheltered ? "offline-stay" : state);
}

/** @param {boolean} on */
export function online(on) {
  const was = part("link").classList.contains("off");
  linkLine(on ? "online" : "offline");
  if (was === on) announce(part("link-said").textContent ?? "");
  if (on) now.rescue?.heard();
  if (on) wake();
}

/** @param {"saving" | "unsaved" | "stuck" | "saved" | "kept" | "nothing" | "not-saving"} state @param {...(string | number)} values */
export function saveLine(state, ...values) {
  const line = part("save");
  const text = say(state, ...values);
  if (line.textContent === text) return;
  line.textContent = text;
  line.classList.toggle("unsaved", state === "unsaved" || state === "stuck" || state === "not-saving");
  if (state !== "saving") announce(text);
}

/** @param {import("./queue.js").Told} event */
function told(event) {
  switch (event.kind) {
    case "saved":
      savedAt.set(event.entry.item, event.reply.now);
      extended(event.reply.closes);
      online(true);
      if (!part("alert").classList.contains("keep")) alertBar("");
      if (queue.pending.length === 0) saveLine("saved", hhmm(event.reply.now));
      break;
    case "offline":
      online(false);
      saveLine("unsaved", unsavedCount());
      break;
    case "stuck":
      saveLine("stuck", unsavedCount());
      break;
    case "paused":
      saveLine("unsaved", unsavedCount());
      break;
    case "signin":
      alertBar(say("signin"), true, link("/exam/login", say("signin-go")));
      saveLine("unsaved", unsavedCount());
      break;
    case "closed":
      return leave();
    default:
      if (queue?.fails) saveLine("unsaved", unsavedCount());
      else saveLine("saving");
  }
  itemStates();
  if (now.review) drawReview();
}
