// @ts-check
// The waiting room: counts down by the server's clock, opens the start button when the server says so, also to go on with a
// paper that was opened before, and lets the practice question be tried.
import { ServerClock, lasting } from "./exam/clock.js";
import { actionFor } from "./exam/keys.js";
import { proveForm } from "./exam/seb.js";
import { wordsOf } from "./words.js";

const EVERY = 5000; // milliseconds between two questions to the server
const room = /** @type {HTMLElement | null} */ (document.querySelector("[data-waiting]"));
if (room) wait(room);
const begin = /** @type {HTMLFormElement | null} */ (document.querySelector("form[action='/exam/start']"));
if (begin) proveForm(begin);
practise();

/** @param {HTMLElement} room */
function wait(room) {
  const say = wordsOf(room);
  let opens = Date.parse(room.dataset.opens ?? "");
  let heard = 0; // the last message that is shown
  let ended = ""; // the word for how it ended, once it did
  let begun = room.dataset.total !== undefined; // the paper was opened
  const clock = new ServerClock(Date.now);
  clock.hear(Date.parse(room.dataset.now ?? ""), Date.now(), Date.now());
  const shown = /** @type {HTMLElement} */ (room.querySelector("[data-countdown]"));
  const button = /** @type {HTMLButtonElement} */ (room.querySelector("[data-start]"));
  const hint = /** @type {HTMLElement} */ (room.querySelector("[data-start-hint]"));
  const head = /** @type {HTMLElement} */ (room.querySelector("[data-wait-head]"));
  const messages = document.querySelector("[data-messages]");
  let ready = !button.disabled;

  const draw = () => {
    const left = clock.left(opens);
    if (ended) shown.textContent = "";
    else if (begun) shown.textContent = room.dataset.total ? say("answered", room.dataset.answered ?? 0, room.dataset.total) : "";
    else if (ready) shown.textContent = say("now");
    else if (left > 0) shown.textContent = left > 86400000 ? say("days", Math.floor(left / 86400000)) : lasting(left);
    else shown.textContent = say("hold");
    shown.classList.toggle("big", ready || left <= 0);
  };

  const ask = async () => {
    const sent = Date.now();
    try {
      const answer = await fetch(`/api/v1/attempts/${room.dataset.attempt}/clock`, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      const told = await answer.json();
      clock.hear(Date.parse(told.now), sent, Date.now());
      opens = Date.parse(told.opens) || opens;
      for (const m of told.messages ?? []) {
        if (m.seq <= heard) continue;
        heard = m.seq;
        const head = Object.assign(document.createElement("strong"), { textContent: say("message", hhmm(m.at, room.dataset.zone)) });
        const line = document.createElement("li");
        line.append(head, " ", m.text);
        messages?.append(line);
      }
      const now = told.state === "ready" || told.state === "in-progress";
      if (now !== ready || begun !== (told.state === "in-progress")) {
        ready = now;
        begun = told.state === "in-progress";
        button.disabled = !ready;
        if (ready) {
          button.textContent = say(begun ? "go-on" : "start");
          hint.textContent = say(begun ? "go-on-hint" : "start-hint");
          head.textContent = say(begun ? "resume" : "ready");
        }
      }
      ended = ready || told.state === "scheduled" ? "" : told.state === "voided" ? "voided" : "over";
      if (ended) {
        head.textContent = say(ended);
        hint.textContent = say(`${ended}-hint`);
      }
      room.classList.remove("offline");
    } catch {
      if (!ready) hint.textContent = say("offline");
    }
    draw();
  };

  setInterval(draw, 500);
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => !document.hidden && ask());
  ask();
}

/** @param {string} time @param {string} [zone] */
function hhmm(time, zone) {
  return new Date(time).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone });
}

function practise() {
  const box = document.querySelector("[data-practice]");
  const said = document.querySelector("[data-practice-said]");
  if (!box || !said || !room) return;
  const say = wordsOf(room);
  const inputs = /** @type {HTMLInputElement[]} */ ([...box.querySelectorAll("input")]);
  box.addEventListener("change", () => {
    const at = inputs.findIndex((i) => i.checked);
    said.textContent = say("chosen", String.fromCharCode(65 + at));
  });
  document.addEventListener("keydown", (event) => {
    const action = actionFor(event);
    if (action?.do !== "choose" || !inputs[action.option]) return;
    inputs[action.option].click();
  });
}
