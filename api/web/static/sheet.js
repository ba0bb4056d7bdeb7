// @ts-check
// Running totals and big steppers for the score sheet. Without this script the fields are filled by hand and the
// server adds up.
import { wordsOf } from "./words.js";
import { add, clamp, text } from "./points.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-sheet]"));
if (form) {
  const say = wordsOf(form);
  let changed = false;

  for (const stepper of form.querySelectorAll("[data-stepper]")) start(/** @type {HTMLElement} */ (stepper));
  form.addEventListener("input", touch);
  form.addEventListener("submit", () => {
    changed = false;
    state("saving");
  });
  addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });

  function touch() {
    changed = true;
    state("unsaved");
    for (const task of form?.querySelectorAll("[data-task]") ?? []) total(task, say);
  }

  /** @param {string} key */
  function state(key) {
    const line = form?.querySelector("[data-saved]");
    if (line) line.textContent = say(key);
  }
}

/** @param {HTMLElement} stepper */
function start(stepper) {
  const input = /** @type {HTMLInputElement} */ (stepper.querySelector("input"));
  /** @param {string} value */
  const set = (value) => {
    input.value = value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const button of stepper.querySelectorAll("button")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.hasAttribute("data-full")) return set(input.max);
      if (button.hasAttribute("data-zero")) return set("0");
      const by = Number(button.dataset.step) * Number(input.step || 1);
      set(text(clamp(Number(input.value || 0) + by, Number(input.max))));
    });
  }
}

/**
 * Adds one task up and marks what is not yet scored.
 * @param {Element} task
 * @param {import("./words.js").Say} say
 */
function total(task, say) {
  const criteria = [...task.querySelectorAll("[data-criterion]")];
  const values = criteria.map((c) => {
    const input = /** @type {HTMLInputElement | null} */ (c.querySelector("input[type=number], input[type=radio]:checked"));
    const value = input && input.value !== "" && input.validity.valid ? input.value : "";
    c.classList.toggle("unscored", value === "");
    return value;
  });
  const scored = values.filter((v) => v !== "");
  const sum = task.querySelector("[data-total]");
  const count = task.querySelector("[data-count]");
  if (sum) sum.textContent = text(add(scored.map(Number)));
  if (count) count.textContent = say("scored", scored.length, criteria.length);
}
