// @ts-check
// Marks the fields of a score sheet for which the server refused it: each with what is wrong beside it. Nothing that was
// entered is touched.

/** @typedef {import("./sheet-saver.js").Fault} Fault */

/**
 * Takes the marks of before away and sets those of the faults.
 * @param {HTMLElement} form
 * @param {Fault[]} faults
 * @param {(f: Fault) => string} words what is said of one
 * @returns {Fault[]} those whose field is not on the page
 */
export function mark(form, faults, words) {
  clear(form);
  return faults.filter((fault, n) => {
    const inputs = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input")].filter((i) => i.name === fault.name));
    const place = inputs[0]?.closest("[data-criterion], .field, .veto");
    if (!place) return true;
    const line = document.createElement("p");
    line.id = `fault-${n}`;
    line.className = "bad";
    line.dataset.fault = "";
    line.textContent = words(fault);
    place.append(line);
    place.classList.add("field-bad");
    for (const input of inputs) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", line.id);
    }
    return false;
  });
}

/** @param {HTMLElement} form */
function clear(form) {
  for (const line of form.querySelectorAll("p.bad")) line.remove();
  for (const place of form.querySelectorAll(".field-bad")) place.classList.remove("field-bad");
  for (const input of form.querySelectorAll("[aria-invalid]")) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

/**
 * Goes to the first field that is marked, in the order of the page.
 * @param {HTMLElement} form
 */
export function toFirst(form) {
  const first = /** @type {HTMLElement | null} */ (form.querySelector("[aria-invalid]"));
  first?.focus({ preventScroll: true });
  first?.scrollIntoView({ block: "center" });
}
