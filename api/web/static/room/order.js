// @ts-check
// Which rows of the console are shown, in which order, and what has to move for that. Worst first is the server's order.

/**
 * One seat as the server tells it, see SeatProgress in package web.
 * @typedef {{ key: string, room: string, no: number, state: string, groups?: string[], question?: number, answered?: number, total?: number,
 *   heard?: string, unsaved?: number, closes?: string, left?: number, paused?: boolean, own_pause?: boolean, away?: boolean, lately?: boolean,
 *   focus_lost?: number, machine?: boolean, locked?: boolean, windows?: number, note?: string }} Seat
 * @typedef {{ filter: string, query: string, sort: string }} Shown
 */

/** @param {Seat[]} seats worst first @param {string} sort @returns {Seat[]} */
export function ordered(seats, sort) {
  if (sort !== "seat") return seats;
  return [...seats].sort((a, b) => (a.room < b.room ? -1 : a.room > b.room ? 1 : a.no - b.no));
}

/** Brings what is typed and what is looked at to one form. @param {string} text */
export const plain = (text) => text.toLowerCase().replace(/\s+/g, "");

/**
 * Whether a seat is among what is shown. A number finds the seat of that number; four characters and more also find a ticket.
 * @param {Seat} seat @param {string} name as plain makes it @param {string} ticket @param {Shown} shown
 */
export function isShown(seat, name, ticket, shown) {
  if (shown.filter !== "" && !(seat.groups ?? []).includes(shown.filter)) return false;
  const q = plain(shown.query);
  return q === "" || (/^\d+$/.test(q) && Number(q) === seat.no) || name.includes(q) || (q.length >= 4 && ticket.includes(q));
}

/**
 * The fewest rows to move so that current becomes wanted, each with the one that it goes before (null: to the end). Rows
 * that keep their order stay where they are: the longest run of them is found first.
 * @param {string[]} current @param {string[]} wanted the same keys @returns {[key: string, before: string | null][]}
 */
export function moves(current, wanted) {
  const at = new Map(current.map((key, i) => [key, i]));
  const stay = new Set(longestRise(wanted.map((key) => at.get(key) ?? -1)));
  /** @type {[string, string | null][]} */
  const plan = [];
  for (let i = wanted.length - 1; i >= 0; i--) {
    if (!stay.has(i)) plan.push([wanted[i], wanted[i + 1] ?? null]);
  }
  return plan;
}

/** The places of a longest strictly rising part. @param {number[]} values @returns {number[]} */
function longestRise(values) {
  /** @type {number[]} place of the smallest end of a rise of each length */
  const ends = [];
  const before = new Array(values.length).fill(-1);
  values.forEach((v, i) => {
    let low = 0, high = ends.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (values[ends[mid]] < v) low = mid + 1;
      else high = mid;
    }
    if (low > 0) before[i] = ends[low - 1];
    ends[low] = i;
  });
  const places = [];
  for (let i = ends.at(-1) ?? -1; i >= 0; i = before[i]) places.push(i);
  return places;
}

/** The address's part after the question mark, "" for nothing. @param {Shown} shown */
export function address(shown) {
  const q = new URLSearchParams();
  if (shown.filter) q.set("filter", shown.filter);
  if (shown.query) q.set("q", shown.query);
  if (shown.sort) q.set("sort", shown.sort);
  return q.toString();
}
