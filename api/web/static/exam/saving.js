// @ts-check
// Answers on their way: what the queue tells, in words and time, and the state of the connection.
import { drawReview, itemStates } from "./board.js";
import { extended, leave } from "./hall.js";
import { Queue } from "./queue.js";
import { alertBar, announce, hhmm, link, now, part, pause, say, wake } from "./state.js";
import { takenOver } from "./window.js";

/** @type {Queue} */
export let queue;
/** @type {Map<number, string>} the time each question was last saved, hh:mm */
const savedAt = new Map();

/**
 * @param {{respond: (entry: import("./queue.js").Entry) => Promise<import("./queue.js").Reply>}} api
 * @param {{keep: (entries: import("./queue.js").Entry[]) => void}} store
 * @param {number} seq highest that the server has
 * @param {import("./queue.js").Entry[]} pending kept from before
 */
export function startQueue(api, store, seq, pending) {
  queue = new Queue({ send: api.respond, keep: store.keep, wait: pause, told }, seq, pending);
}

export const unsavedCount = () => queue?.unsaved().length ?? 0;
/** @param {number} at */
export const isUnsaved = (at) => queue?.unsaved().includes(at) ?? false;
/** Whether what is pending has failed at least once. */
export const hasUnsaved = () => (queue?.fails ?? 0) > 0;
/** @param {number} at */
export const savedTime = (at) => savedAt.get(at) ?? "";
/** @param {Omit<import("./queue.js").Entry, "seq">} change */
export const send = (change) => queue.add(change);

/** @param {boolean} on */
export function online(on) {
  const state = part("link");
  const was = state.classList.contains("off");
  state.classList.toggle("off", !on);
  part("link-said").textContent = say(on ? "online" : "offline");
  if (was === on) announce(say(on ? "online" : "offline"));
  if (on) now.rescue?.heard();
  if (on) wake();
}

/** @param {"saving" | "unsaved" | "stuck" | "saved" | "kept"} state @param {string | number} value */
export function saveLine(state, value) {
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
    case "elsewhere":
      return takenOver();
    case "closed":
      return leave();
    default:
      if (queue?.fails) saveLine("unsaved", unsavedCount());
      else saveLine("saving", "");
  }
  itemStates();
  if (now.review) drawReview();
}
