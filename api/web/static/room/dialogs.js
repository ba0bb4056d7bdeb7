// @ts-check
// The dialogs of the console stand in the page. A link names one in its address, for readers without scripts; here it is
// opened where it stands, for the seat that it is about.
/** @typedef {import("./order.js").Seat} Seat */

/**
 * @param {{ seatOf: (key: string) => Seat | undefined, titleOf: (key: string) => string, stateOf: (key: string) => Node | undefined,
 *   offers: Record<string, string[]>, session: string }} room
 */
export function openDialogs(room) {
  let at = ""; // the seat that the open dialog is about, "" for everybody

  /** @param {string} key */
  const openSeat = (key) => {
    const d = dialog("seat"), seat = room.seatOf(key);
    if (!d || !seat) return;
    at = key;
    titles(d, room.titleOf(key));
    d.querySelector("[data-where]")?.replaceChildren(room.stateOf(key) ?? "");
    const offered = (room.offers[seat.state] ?? []).filter((a) => a !== (seat.own_pause ? "pause" : "resumption"));
    for (const li of d.querySelectorAll("[data-act]")) {
      if (li instanceof HTMLElement) li.hidden = !offered.includes(li.dataset.act ?? "");
    }
    show(d);
  };

  /** @param {string} name @param {string} key "" for everybody */
  const openOrder = (name, key) => {
    const d = dialog(name), form = d?.querySelector("form"), seat = room.seatOf(key);
    if (!d || !form || (key !== "" && !seat)) return;
    const whom = d.querySelector("[data-whom]");
    titles(d, seat ? room.titleOf(key) : (whom instanceof HTMLElement ? whom.dataset.everybody : "") ?? "");
    const base = seat ? `/sessions/${room.session}/rooms/${seat.room}` : form.dataset.base;
    form.setAttribute("action", `${base}/${name}`);
    set(form, "ticket", seat ? key : "");
    set(form, "key", crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`); // a new order; pressed twice it is the same one
    clear(d);
    show(d);
  };

  document.addEventListener("click", (e) => {
    const link = e.target instanceof Element ? e.target.closest("[data-open], [data-do], [data-cancel]") : null;
    if (!(link instanceof HTMLElement) || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    link.closest("dialog")?.close();
    if (link.dataset.open) openSeat(link.dataset.open);
    else if (link.dataset.do) openOrder(link.dataset.do, link.hasAttribute("data-of-seat") ? at : "");
  });
  document.addEventListener("submit", (e) => {
    const form = e.target instanceof HTMLFormElement ? e.target : null;
    if (form?.hasAttribute("data-close")) {
      e.preventDefault();
      form.closest("dialog")?.close();
    }
  });
  // One that the server opened is brought to the front.
  const opened = document.querySelector("dialog.order[open]");
  if (opened instanceof HTMLDialogElement) {
    at = new URLSearchParams(location.search).get("seat") ?? field(opened, "ticket")?.value ?? "";
    show(opened);
  }
}

/** @param {string} name @returns {HTMLDialogElement | null} */
function dialog(name) {
  const d = document.getElementById(`d-${name}`);
  return d instanceof HTMLDialogElement ? d : null;
}

/** Forgets what was wrong with an order that was refused before. @param {Element} d */
function clear(d) {
  for (const e of d.querySelectorAll("[role=alert], .bad")) e.remove();
  for (const e of d.querySelectorAll(".field-bad")) e.classList.remove("field-bad");
  for (const e of d.querySelectorAll("[aria-invalid]")) e.removeAttribute("aria-invalid");
}

/** @param {HTMLDialogElement} d */
function show(d) {
  if (d.open) d.close();
  d.showModal();
  const first = d.querySelector("form.stack :is(input[type=number], input[list])");
  if (first instanceof HTMLInputElement) first.focus();
}

/** @param {Element} d @param {string} title */
function titles(d, title) {
  for (const e of d.querySelectorAll("[data-whom]")) e.textContent = title;
}

/** @param {Element} within @param {string} name */
function field(within, name) {
  const f = within.querySelector(`input[name="${name}"]`);
  return f instanceof HTMLInputElement ? f : null;
}

/** @param {Element} form @param {string} name @param {string} value */
function set(form, name, value) {
  const f = field(form, name);
  if (f) f.value = value;
}

/** Whether somebody is in the middle of something that must not be taken from under their hands. */
export function busy() {
  return document.querySelector("dialog[open]") !== null;
}
