// @ts-check
// Which window of the candidate's writes. Each has a name that outlives a reload; a copy of a tab gets another. A newer
// window goes on only when the candidate says so, and the older one is told.
import { alertBar, announce, attempt, now, part, say } from "./state.js";
import { make } from "./view.js";

const KEY = `window-${attempt}`;
const ANSWER = 150; // milliseconds in which a window of the same name says so

let name = "";

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
  const others = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`exam-${attempt}`);
  name = stored && !(others && (await taken(others, stored))) ? stored : newName();
  others?.addEventListener("message", (event) => event.data?.ask === name && others.postMessage({ have: name }));
  try {
    sessionStorage.setItem(KEY, name);
  } catch { /* as above */ }
}

/** @param {BroadcastChannel} others @param {string} wanted */
function taken(others, wanted) {
  return new Promise((/** @type {(taken: boolean) => void} */ done) => {
    others.addEventListener("message", (event) => event.data?.have === wanted && done(true));
    others.postMessage({ ask: wanted });
    setTimeout(() => done(false), ANSWER);
  });
}

/** The paper went to another window: nothing is written here any more. */
export function takenOver() {
  if (now.over) return;
  now.over = true;
  now.rescue?.shut("elsewhere");
  choice(say("taken-over"), say("here"), () => location.reload());
  alertBar(""); // nothing of what it said concerns this window any more
  for (const hidden of ["question", "review", "palette", "foot", "save"]) part(hidden).hidden = true;
}

/**
 * The paper is open in another window.
 * @returns {Promise<void>} when the candidate wants it here
 */
export function wantedHere() {
  return new Promise((done) => choice(say("elsewhere"), say("here"), () => {
    part("loading").replaceChildren(make("p", {}, say("loading")));
    done();
  }));
}

/** @param {string} text @param {string} go @param {() => void} then */
function choice(text, go, then) {
  const button = make("button", { type: "button", class: "button primary" }, go);
  button.addEventListener("click", then);
  part("loading").hidden = false;
  part("loading").replaceChildren(make("p", {}, text), make("p", {}, button));
  announce(text);
}
