// @ts-check
// The invigilator's console: asks for the room's progress every two seconds and brings the rows to it where they stand.
// Times are counted on in between from the server's time. Without this script the page is reloaded by hand.
import { wordsOf } from "../words.js";
import { busy, openDialogs } from "./dialogs.js";
import { address, isShown, moves, ordered, plain } from "./order.js";
import { ago, flags, left, patch, texts, urgent } from "./rows.js";

/** @typedef {import("./order.js").Seat} Seat */
/** @typedef {{ seats: Seat[], lines: number, may_release: boolean, paused: boolean, [count: string]: unknown }} Progress */
/**
 * A row of the table with what stands in it.
 * @typedef {{ tr: HTMLTableRowElement, cells: Record<string, HTMLElement>, was: Record<string, string>, name: string, title: string, ticket: string,
 *   seat?: Seat, visible: boolean, map?: HTMLElement }} Row
 */

const EVERY = 2000; // milliseconds between two requests
const STILL = 3000; // a hand that moved over the rows so lately may be about to press one: they stay in their order

const table = /** @type {HTMLTableElement} */ (document.querySelector("[data-room]"));
const body = table.tBodies[0];
const said = /** @type {HTMLElement} */ (document.querySelector("[data-said]"));
const heardLine = said.querySelector("[data-heard]") ?? said;
const spoken = said.querySelector("[role=status]") ?? said; // read aloud: what changes every two seconds is not
const say = wordsOf(said);
const here = table.dataset.here ?? location.pathname; // a refused form stands at an address of its own
/** @type {Record<string, Element>} the sign and word of each state, copied from the legend */
const legend = Object.fromEntries([...document.querySelectorAll("[data-legend]")].map((e) => [e.getAttribute("data-legend") ?? "", e]));

const shown = readShown();
/** @type {Map<string, Row>} */
const rows = new Map();
let seats = /** @type {Seat[]} */ ([]);
let etag = "", heard = "", last = Number(table.dataset.last), touched = -Infinity;
let offset = 0; // of the server's time from this page's own running clock

const now = () => performance.now() + offset;
const zone = { timeZone: said.dataset.zone };
const clock = (/** @type {Date} */ at) => at.toLocaleTimeString("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });

const seen = new IntersectionObserver((entries) => {
  for (const e of entries) {
    const row = rows.get(e.target.getAttribute("data-key") ?? "");
    if (!row) continue;
    row.visible = e.isIntersecting;
    if (row.visible) tick(row);
  }
}, { rootMargin: "200px" });

/** @type {Map<string, HTMLElement>} the seats of the map */
const drawn = new Map();
for (const e of document.querySelectorAll(".seats [data-seat]")) if (e instanceof HTMLElement) drawn.set(e.dataset.seat ?? "", e);
for (const tr of body.rows) readRow(tr);

/** @param {HTMLTableRowElement} tr */
function readRow(tr) {
  const key = tr.dataset.key ?? "";
  /** @type {Record<string, HTMLElement>} */
  const cells = {};
  for (const e of tr.querySelectorAll("[data-c]")) if (e instanceof HTMLElement) cells[e.dataset.c ?? ""] = e;
  const name = cells.name?.textContent ?? "";
  const was = Object.fromEntries(Object.entries(cells).map(([c, e]) => [c, e.textContent ?? ""]));
  rows.set(key, { tr, cells, was, name: plain(name), title: name, ticket: tr.querySelector(".seat-ids") ? key : "", visible: true, map: drawn.get(key) });
  seen.observe(tr);
}

/** What counts on by itself. @param {Row} row */
function tick(row) {
  if (!row.seat) return;
  patch(row.cells, row.was, { heard: ago(row.seat.heard, now(), say, clock), left: left(row.seat, now()) });
}

/** @param {Row} row @param {Seat} seat */
function update(row, seat) {
  const old = row.seat;
  row.seat = seat;
  patch(row.cells, row.was, texts(seat));
  if (row.visible) tick(row);
  const said = flags(seat, say), flat = said.join("\n");
  if (row.was.flags !== flat) {
    row.was.flags = flat;
    row.cells.flags.replaceChildren(...spans(said));
    row.map?.querySelector("[data-more]")?.replaceChildren(...spans(urgent(seat, say)));
  }
  if (old?.state !== seat.state) restate(row, seat.state);
}

/** @param {string[]} texts */
const spans = (texts) => texts.map((t) => Object.assign(document.createElement("span"), { textContent: t }));

/** The state of a row with what is to be known beside it. @param {Row} [row] */
function stateOf(row) {
  if (!row) return;
  const all = new DocumentFragment();
  all.append(row.cells.state.cloneNode(true), row.cells.flags.cloneNode(true));
  return all;
}

/** @param {Row} row @param {string} state */
function restate(row, state) {
  row.tr.className = `seat-row-${state}`;
  row.cells.state.className = `state seat-${state}`;
  row.cells.state.replaceChildren(...signOf(state));
  if (row.cells.check) row.cells.check.hidden = state !== "expected" && state !== "absent";
  if (!row.map) return;
  row.map.className = `seat seat-${state}`;
  const [sign, word] = signOf(state);
  row.map.querySelector("svg")?.replaceWith(sign);
  const spoken = row.map.querySelector(".sr");
  if (spoken) spoken.textContent = word.textContent;
}

/** The sign and the word of a state. @param {string} state @returns {[Node, Node]} */
function signOf(state) {
  const [sign, word] = legend[state].children;
  return [sign.cloneNode(true), word.cloneNode(true)];
}

/** @param {Progress} p */
function show(p) {
  performance.clearMeasures("room");
  const start = performance.now();
  seats = p.seats;
  if (seats.length !== rows.size || seats.some((s) => !rows.has(s.key))) return changed();
  for (const s of seats) update(/** @type {Row} */ (rows.get(s.key)), s);
  arrange();
  for (const e of document.querySelectorAll("[data-count]")) {
    const n = String(p[e.getAttribute("data-count") ?? ""] ?? "");
    if (e.textContent !== n) e.textContent = n;
  }
  const release = document.querySelector("[data-release]");
  if (release instanceof HTMLButtonElement) release.disabled = !p.may_release;
  for (const [part, can] of /** @type {[string, boolean][]} */ ([["[data-release-can]", true], ["[data-release-cannot]", false]])) {
    const e = document.querySelector(part);
    if (e instanceof HTMLElement) e.hidden = p.may_release !== can;
  }
  performance.measure("room", { start });
  if (p.lines !== last || String(p.paused) !== table.dataset.paused) reread();
}

/** Puts the rows in order, unless somebody's hand or focus is on them, and shows those that were asked for. */
function arrange() {
  let none = true;
  for (const s of seats) {
    const row = rows.get(s.key);
    if (!row) continue;
    const hide = !isShown(s, row.name, row.ticket, shown);
    if (row.tr.hidden !== hide) row.tr.hidden = hide;
    none &&= hide;
  }
  const empty = document.querySelector("[data-none]");
  if (empty instanceof HTMLElement) empty.hidden = !none;
  if (body.contains(document.activeElement) || performance.now() - touched < STILL || busy()) return;
  const current = Array.from(body.rows, (tr) => tr.dataset.key ?? "");
  for (const [key, before] of moves(current, ordered(seats, shown.sort).map((s) => s.key))) {
    const tr = rows.get(key)?.tr;
    if (tr) body.insertBefore(tr, before === null ? null : (rows.get(before)?.tr ?? null));
  }
}

/** The page names other people than the server does: somebody was seated. */
function changed() {
  if (busy()) spoken.textContent = heardLine.textContent = say("moved");
  else location.assign(here + location.search);
}

/** Fetches the proceedings and the orders to the room anew: the rows stay. */
async function reread() {
  const answer = await fetch(here, { cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of ["[data-lines]", "[data-standing]", "[data-roomwide]", "[data-ends]"]) {
    const to = fresh.querySelector(part), from = document.querySelector(part);
    if (to && from && !from.contains(document.activeElement)) from.replaceWith(document.adoptNode(to));
  }
  const t = fresh.querySelector("[data-room]");
  if (t instanceof HTMLElement) {
    last = Number(t.dataset.last);
    table.dataset.paused = t.dataset.paused;
  }
}

let asking = false;
async function poll() {
  if (document.hidden || asking) return;
  asking = true;
  try {
    const answer = await fetch(table.dataset.progress ?? "", { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(10000) });
    if (answer.status === 401) return location.assign(here);
    if (answer.status !== 304 && !answer.ok) throw new Error(String(answer.status));
    const time = answer.headers.get("Server-Time");
    if (time) {
      offset = Date.parse(time) - performance.now();
      heard = new Date(time).toLocaleTimeString("en-GB", zone);
    }
    if (answer.ok) show(await answer.json());
    etag = answer.headers.get("ETag") ?? etag;
    tell(say("heard", heard), false);
  } catch {
    tell(say("silent", heard || NOTHING), true);
  } finally {
    asking = false;
  }
}
const NOTHING = "–";

/** Says when the server was last heard, aloud only when contact is lost or found. @param {string} text @param {boolean} silent */
function tell(text, silent) {
  if (silent !== said.classList.contains("silent")) spoken.textContent = text;
  heardLine.textContent = text;
  said.classList.toggle("silent", silent);
}

/** @returns {import("./order.js").Shown} */
function readShown() {
  const q = new URLSearchParams(location.search);
  return { filter: q.get("filter") ?? "", query: q.get("q") ?? "", sort: q.get("sort") ?? "" };
}

/** Shows what was asked for, and keeps it in the address and with every form. */
function reshow() {
  const q = address(shown);
  history.replaceState(null, "", here + (q ? `?${q}` : ""));
  for (const f of document.querySelectorAll("input[name=shown]")) if (f instanceof HTMLInputElement) f.value = q;
  for (const a of document.querySelectorAll("[data-filter]")) {
    if (a.getAttribute("data-filter") === shown.filter) a.setAttribute("aria-current", "true");
    else a.removeAttribute("aria-current");
  }
  touched = -Infinity;
  arrange();
}

const find = document.querySelector("[data-find]");
find?.addEventListener("input", () => {
  const f = new FormData(/** @type {HTMLFormElement} */ (find));
  shown.query = String(f.get("q") ?? "");
  shown.sort = String(f.get("sort") ?? "");
  reshow();
});
find?.addEventListener("submit", (e) => e.preventDefault());
const go = find?.querySelector("button");
if (go) go.hidden = true;
document.addEventListener("click", (e) => {
  const tab = e.target instanceof Element ? e.target.closest("[data-filter]") : null;
  if (!tab || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  shown.filter = tab.getAttribute("data-filter") ?? "";
  reshow();
});
for (const kind of ["pointermove", "pointerdown"]) body.addEventListener(kind, () => (touched = performance.now()), { passive: true });

openDialogs({
  seatOf: (key) => rows.get(key)?.seat,
  titleOf: (key) => `${say("seat", rows.get(key)?.seat?.no ?? "")} ${rows.get(key)?.title ?? ""}`,
  stateOf: (key) => stateOf(rows.get(key)),
  offers: JSON.parse(table.dataset.offers ?? "{}"),
  session: table.dataset.session ?? "",
});

// A form leads back to this page: it is left where it was.
const place = `room ${here}`;
addEventListener("submit", (e) => {
  if (!e.defaultPrevented) sessionStorage.setItem(place, String(scrollY));
});
const kept = sessionStorage.getItem(place);
if (kept !== null) {
  sessionStorage.removeItem(place);
  scrollTo({ top: Number(kept), behavior: "instant" });
}

setInterval(poll, EVERY);
setInterval(() => {
  if (document.hidden || offset === 0) return;
  for (const row of rows.values()) if (row.visible && !row.tr.hidden) tick(row);
}, 1000);
document.addEventListener("visibilitychange", poll);
poll();
