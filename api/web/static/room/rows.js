// @ts-check
// What stands in the cells of a row, and bringing a row from one state to the next: only what differs is written.
/** @typedef {import("./order.js").Seat} Seat */
/** @typedef {import("../words.js").Say} Say */

const NOTHING = "–";

/** How long ago something was; after an hour, when it was. @param {string | undefined} heard @param {number} now @param {Say} say @param {(at: Date) => string} clock */
export function ago(heard, now, say, clock) {
  if (!heard) return NOTHING;
  const at = new Date(heard), past = Math.max(0, Math.floor((now - at.getTime()) / 1000));
  if (past < 60) return say("seconds-ago", past);
  return past < 3600 ? say("minutes-ago", Math.floor(past / 60)) : clock(at);
}

/** Hours, minutes and seconds that are left, as the candidate's page tells them. @param {Seat} seat @param {number} now the server's time, milliseconds */
export function left(seat, now) {
  if (!seat.paused && !seat.closes) return NOTHING;
  const s = seat.paused ? (seat.left ?? 0) : Math.max(0, Math.round((Date.parse(seat.closes ?? "") - now) / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

/** Why somebody who is not heard cannot go on, which no state says: for the map as well. @param {Seat} seat @param {Say} say */
export function urgent(seat, say) {
  const all = [];
  if (seat.locked) all.push(say("locked"));
  if (seat.machine && seat.state !== "machine") all.push(say("machine"));
  return all;
}

/** What is to be known beside the state. @param {Seat} seat @param {Say} say */
export function flags(seat, say) {
  const all = [];
  if (seat.locked) all.push(say("locked"));
  if (seat.paused && seat.state !== "paused") all.push(say("paused"));
  if (seat.machine && seat.state !== "machine") all.push(say("machine"));
  if (seat.away) all.push(say("away"));
  else if (seat.lately && seat.state === "sitting") all.push(say("lately"));
  if (seat.windows) all.push(say("windows", seat.windows));
  if (seat.note) all.push(seat.note);
  return all;
}

/** The cells that only change with the server's answers. @param {Seat} seat @returns {Record<string, string>} */
export function texts(seat) {
  return {
    no: String(seat.no),
    question: String(seat.question || NOTHING),
    answered: seat.total ? `${seat.answered ?? 0}/${seat.total}` : NOTHING,
    unsaved: String(seat.unsaved || NOTHING),
    focus: String(seat.focus_lost || NOTHING),
  };
}

/**
 * Writes the cells that differ and returns how many those were.
 * @param {Record<string, { textContent: string | null }>} cells by name
 * @param {Record<string, string>} was what stands in them, brought up to date
 * @param {Record<string, string>} now
 */
export function patch(cells, was, now) {
  let written = 0;
  for (const [name, text] of Object.entries(now)) {
    if (was[name] === text) continue;
    was[name] = text;
    const cell = cells[name];
    if (cell) cell.textContent = text;
    written++;
  }
  return written;
}
