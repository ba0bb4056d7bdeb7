// @ts-check
// The waiting room: counts down by the server's clock, opens the start button when the server says so, also to go on with a
// paper that was opened before, and lets the practice question be tried.
import { ServerClock, lasting } from "./exam/clock.js";
import { actionFor } from "./exam/keys.js";
import { proveForm } from "./exam/seb.js";
import { standing } from "./standing.js";
import { wordsOf } from "./words.js";

const EVERY = 5000; // milliseconds between two questions to the server
let heard = 0; // the last message that is shown
const room = /** @type {HTMLElement | null} */ (document.querySelector("[data-waiting]"));
const begin = /** @type {HTMLFormElement | null} */ (document.querySelector("form[action='/exam/start']"));
if (begin) proveForm(begin);
if (begin?.hidden && "SafeExamBrowser" in globalThis) openHere(begin);
if (room) wait(room);
practise();

/** @param {HTMLElement} room */
function wait(room) {
  const say = wordsOf(room);
  const clock = new ServerClock(Date.now);
  clock.hear(Date.parse(room.dataset.now ?? ""), Date.now(), Date.now());
  const shown = /** @type {HTMLElement} */ (room.querySelector("[data-countdown]"));
  const head = /** @type {HTMLElement} */ (room.querySelector("[data-wait-head]"));
  const button = /** @type {HTMLButtonElement} */ (room.querySelector("[data-start]"));
  const hint = /** @type {HTMLElement} */ (room.querySelector("[data-start-hint]"));
  const loaded = { state: room.dataset.state ?? "", checkedIn: room.dataset.checkedIn !== undefined, hint: hint.textContent ?? "" };
  let opens = Date.parse(room.dataset.opens ?? "");
  let { state, checkedIn } = loaded;
  let reached = true; // the server, by the last question

  const draw = () => {
    const left = clock.left(opens);
    const stands = standing(state, left, checkedIn);
    const open = state === "ready" || state === "in-progress";
    if (stands.shown === "time") shown.textContent = left > 86400000 ? say("days", Math.floor(left / 86400000)) : lasting(left);
    else if (stands.shown === "answered") shown.textContent = room.dataset.total ? say("answered", room.dataset.answered ?? 0, room.dataset.total) : "";
    else shown.textContent = stands.shown && say(stands.shown);
    shown.classList.toggle("big", stands.shown !== "time");
    if (!open || !begin?.hidden) write(head, say(stands.head)); // else another browser is asked for, and the page says so
    button.disabled = !open;
    if (open) write(button, say(state === "ready" ? "start" : "go-on"));
    const asLoaded = state === loaded.state && checkedIn === loaded.checkedIn;
    if (reached || open) write(hint, asLoaded ? loaded.hint : say(stands.hint));
    else write(hint, say("offline"));
  };

  const ask = async () => {
    const sent = Date.now();
    try {
      const answer = await fetch(`/api/v1/attempts/${room.dataset.attempt}/clock`, { cache: "no-store" });
      reached = answer.ok || answer.status === 404; // before the papers are drawn there is nothing to be told
      if (answer.ok) {
        const told = await answer.json();
        if (told.state === "voided") return location.replace("/exam"); // which says so
        clock.hear(Date.parse(told.now), sent, Date.now());
        opens = Date.parse(told.opens) || opens;
        state = told.state;
        checkedIn = told.checked_in === true;
        for (const m of told.messages ?? []) tell(m.seq, say("message", hhmm(m.at, room.dataset.zone)), m.text);
        if (told.seat) moved(String(told.seat), say);
      }
    } catch {
      reached = false;
    }
    draw();
  };

  setInterval(draw, 500);
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => !document.hidden && ask());
  ask();
}

/**
 * It is the lockdown browser after all, which did not say so to the server.
 * @param {HTMLFormElement} form
 */
function openHere(form) {
  form.hidden = false;
  for (const how of document.querySelectorAll("[data-lockdown]")) /** @type {HTMLElement} */ (how).hidden = true;
}

/** Writes only what is new: what stands there already is not read out again. @param {HTMLElement} place @param {string} text */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

/** @param {number} seq @param {string} head @param {string} [text] */
function tell(seq, head, text = "") {
  if (seq <= heard) return;
  heard = seq;
  line(head, text);
}

/** @param {string} head @param {string} [text] */
function line(head, text = "") {
  const item = document.createElement("li");
  item.append(Object.assign(document.createElement("strong"), { textContent: head }), " ", text);
  document.querySelector("[data-messages]")?.append(item);
}

/** The candidate was given another seat. @param {string} no @param {import("./words.js").Say} say */
function moved(no, say) {
  const seat = document.querySelector("[data-seat]");
  if (!seat || seat.textContent === no) return;
  seat.textContent = no;
  line(say("seat", no));
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
