// @ts-check
// What the modules of the exam page share: the page, its words, the server's clock, and where the candidate is.
import { ServerClock } from "./clock.js";
import { Paper } from "./paper.js";
import { marksOf } from "./view.js";
import { wordsOf } from "../words.js";

export const page = /** @type {HTMLElement} */ (document.querySelector("[data-exam]"));
export const attempt = page.dataset.attempt ?? "";
export const say = wordsOf(page);
export const marks = marksOf(page);
export const clock = new ServerClock(Date.now);

export const now = {
  paper: new Paper([]),
  at: 0,
  review: false,
  all: false, // every question below the other, instead of one at a time
  filter: /** @type {import("./paper.js").Filter} */ ("all"),
  closes: 0,
  left: Infinity,
  paused: false,
  ended: false, // the time is over: nothing is chosen any more, what is chosen is still sent
  over: false, // this page is done
  sheltered: false, // a reload without a network is caught
  locked: false, // the server takes nothing from this browser: the lockdown browser is asked for
  handing: 0, // which hand-in waits for the last answers; 0 for none, and once the candidate goes back to the questions
  rescue: /** @type {ReturnType<typeof import("./rescue.js").offerRescue> | null} */ (null), // the file for what cannot be sent
};

/** Whether the candidate may change something. */
export const writing = () => !now.review && !now.over && !now.ended && !now.paused && !now.locked;

/**
 * @param {string} name of a data- attribute
 * @returns {HTMLElement}
 */
export const part = (name) => /** @type {HTMLElement} */ (page.querySelector(`[data-${name}]`));

/** @param {string} text */
export function announce(text) {
  part("say").textContent = text;
}

/** @param {string | number} time */
export function hhmm(time) {
  return new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: page.dataset.zone });
}

/**
 * The bar under the head, for what the candidate must know now; "" takes it away.
 * @param {string} text
 * @param {boolean} bad
 * @param {Node} [more]
 */
export function alertBar(text, bad = false, more) {
  clearTimeout(passing.timer);
  passing.timer = 0;
  const bar = part("alert");
  bar.hidden = text === "";
  bar.classList.toggle("bad", bad);
  bar.replaceChildren(text, ...(more ? [" ", more] : []));
}

const STAYS = 60000; // milliseconds that a passing word stays
const READ = 3000; // and stays at the least, for it may come in the middle of a click
const passing = { timer: 0, since: 0 };

/**
 * The bar for a word that is true only now: it leaves by itself, or with the next thing that the candidate does.
 * @param {string} text
 */
export function passingBar(text) {
  alertBar(text);
  passing.since = performance.now();
  passing.timer = Number(setTimeout(alertBar, STAYS, ""));
}

/** The candidate did something: a passing word was read. */
export function acted() {
  if (passing.timer && performance.now() - passing.since >= READ) alertBar("");
}

/** @param {string} href @param {string} text */
export function link(href, text) {
  const a = document.createElement("a");
  a.href = href;
  a.target = "_blank";
  a.textContent = text;
  return a;
}

/** @type {(() => void) | null} ends the pause under way early */
let wakeUp = null;

/** @param {number} ms */
export function pause(ms) {
  return new Promise((/** @type {(v?: any) => void} */ done) => {
    const timer = setTimeout(done, ms);
    wakeUp = () => {
      clearTimeout(timer);
      done();
    };
  });
}

export function wake() {
  wakeUp?.();
}
