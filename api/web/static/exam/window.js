// @ts-check
// Which window of the candidate's writes. Each has a name that outlives a reload; a copy of a tab gets another. A newer
// window goes on only when the candidate says so, and the older one is told.
import { alertBar, announce, attempt, now, part, say } from "./state.js";
import { linkLine } from "./saving.js";
import { make } from "./view.js";

const KEY = `window-${attempt}`;
const ANSWER = 150; // milliseconds in which a window of the same name says so

let name = "";
/** @type {BroadcastChannel | null} to the other windows of this browser */
let others = null;

export const ownWindow = () => name;

function newName() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** Finds the window's name. A tab that was copied has the name of the other in its memory: whoever has it already answers. */
export async function nameWindow() {
  let stored = "";
  try {
    stored = sessionStorage.getItem(KEY) ?? "";
  } catch { /* a new name at every reload */ }
  others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`exam-${attempt}`);
  name = stored && !(await heard((data) => data?.have === stored, { ask: stored })) ? stored : newName();
  others?.addEventListener("message", ({ data }) => {
    if (data?.ask === name) others?.postMessage({ have: name });
    if (data?.where && now.paper.size > 0) others?.postMessage({ here: { at: now.at, seen: [...now.paper.seen] } });
  });
  try {
    sessionStorage.setItem(KEY, name);
  } catch { /* as above */ }
}

/**
 * Asks the other windows, and returns the first answer that fits.
 * @param {(data: any) => boolean} fits
 * @param {object} question
 * @returns {Promise<any>} null when nobody answers
 */
function heard(fits, question) {
  if (!others) return Promise.resolve(null);
  return new Promise((done) => {
    others?.addEventListener("message", ({ data }) => fits(data) && done(data));
    others?.postMessage(question);
    setTimeout(() => done(null), ANSWER);
  });
}

/** Where the candidate is in the window that this one takes over from. @returns {Promise<{at: number, seen: number[]} | null>} */
export async function whereBefore() {
  return (await heard((data) => Array.isArray(data?.here?.seen), { where: true }))?.here ?? null;
}

let went = false; // elsewhere

/**
 * The paper went elsewhere: nothing is written here any more. From another computer it comes back only by an invigilator's
 * release, so that there is nothing to press. That it is another computer may be learnt later.
 * @param {boolean} machine
 */
export function takenOver(machine) {
  if (now.over && !(went && machine)) return;
  now.over = went = true;
  now.rescue?.shut("elsewhere");
  if (machine) choice(say("taken-machine"));
  else choice(say("taken-over"), say("here"), () => location.reload());
  alertBar(""); // nothing of what it said concerns this window any more
  linkLine("stopped");
  for (const hidden of ["question", "review", "palette", "foot", "save", "clock-box"]) part(hidden).hidden = true;
}

/**
 * The paper is open in another window.
 * @returns {Promise<void>} when the candidate wants it here
 */
export function wantedHere() {
  linkLine("not-here");
  return new Promise((done) => choice(say("elsewhere"), say("here"), () => {
    part("loading").replaceChildren(make("p", {}, say("loading")));
    done();
  }));
}

/** @param {string} text @param {string} [go] what the button says, where there is one @param {() => void} [then] */
function choice(text, go, then = () => {}) {
  part("loading").hidden = false;
  part("loading").replaceChildren(make("p", {}, text));
  announce(text);
  if (!go) return;
  const button = make("button", { type: "button", class: "button primary" }, go);
  button.addEventListener("click", then);
  part("loading").append(make("p", {}, button));
}
