// @ts-check
// Running totals and big steppers for the score sheet, and saving: every change at once on this computer, then on the server,
// again and again until that has it. Without this script the fields are filled by hand, sent by the buttons, and the server
// adds up.
import { wordsOf } from "./words.js";
import { add, clamp, text } from "./points.js";
import { mark, toFirst } from "./sheet-faults.js";
import { Saver, bodyOf, replyOf } from "./sheet-saver.js";

const PATIENCE = 10000; // milliseconds before a request counts as lost
const PAUSE = 900; // after the last change
const RETRY = 4000; // after a save that was lost

/** @type {import("./sheet-saver.js").Fault[] | null} those that are marked; null while the marks are the server's, which answered the form */
let shown = document.querySelector("[data-sheet] [aria-invalid]") ? null : [];

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-sheet]"));
if (form) {
  for (const stepper of form.querySelectorAll("[data-stepper]")) start(/** @type {HTMLElement} */ (stepper));
  if (form.querySelector("[data-saved]")) keep(form);
}

/** @param {HTMLFormElement} form of a sheet that is not signed */
function keep(form) {
  const say = wordsOf(form);
  const refused = document.querySelector("[role=alert]") !== null; // the fields are as they were typed, not as they were saved
  const saver = new Saver({
    key: `sheet ${form.dataset.examiner} ${form.dataset.assessment}${form.dataset.corrects ? ` ${form.dataset.corrects}` : ""}`,
    shelf: globalThis.localStorage ?? null,
    revision: Number(/** @type {HTMLInputElement} */ (form.elements.namedItem("revision")).value),
    saved: form.dataset.fresh || refused ? {} : read(form),
    send: (revision, fields) => send(form, revision, fields),
    tell: (s) => tell(form, s, say),
  });
  let timer = 0;
  let leaving = false;
  const later = (/** @type {number} */ after) => {
    clearTimeout(timer);
    timer = setTimeout(run, after);
  };
  async function run() {
    if (!(await saver.flush()) && saver.trouble === "lost") later(RETRY);
  }
  const kept = saver.restore();
  if (kept) write(form, kept);
  else if (saver.trouble === "") saver.fields = read(form);
  for (const task of form.querySelectorAll("[data-task]")) total(task, say);
  form.noValidate = true; // the server names the field and what it may be; a browser's bubble is gone at once, and not in our words
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input instanceof HTMLInputElement && input.type === "number" && input.value !== "" && readable(input)) input.value = text(Number(input.value)); // as it is saved
  });
  form.addEventListener("input", () => {
    for (const task of form.querySelectorAll("[data-task]")) total(task, say);
    if (saver.trouble === "conflict") return; // first it is decided what counts
    saver.change(read(form), unreadable(form, say));
    later(PAUSE);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const sign = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value === "sign";
    if (saver.trouble === "conflict") return;
    saver.change(read(form), unreadable(form, say));
    if (await saver.flush()) {
      leaving = true;
      if (sign) location.assign(`/assessments/${form.dataset.assessment}/signature`);
    } else if (saver.trouble === "lost") later(RETRY);
    else toFirst(form); // who asked for it is led to what is wrong; a save by itself interrupts nobody
  });
  form.querySelector("[data-first]")?.addEventListener("click", () => toFirst(form));
  form.querySelector("[data-take]")?.addEventListener("click", () => {
    write(form, saver.takeKept());
    void run();
  });
  form.querySelector("[data-drop]")?.addEventListener("click", () => saver.dropKept());
  addEventListener("online", () => void run());
  addEventListener("beforeunload", (event) => {
    // Without a touch of the page browsers ask nobody, and nothing was entered here either.
    if (saver.unsaved > 0 && !leaving && navigator.userActivation?.hasBeenActive !== false) event.preventDefault();
  });
  if (kept) void run();
}

/**
 * The fields that say something.
 * @param {HTMLFormElement} form
 * @returns {import("./sheet-saver.js").Fields}
 */
function read(form) {
  /** @type {import("./sheet-saver.js").Fields} */
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (/^(score|veto|note)\./.test(name) && typeof value === "string" && value.trim() !== "") fields[name] = value.trim();
  }
  return fields;
}

/**
 * The fields that say what no score can be: of such a one the browser may give us nothing at all, and nothing would be saved
 * over what is there.
 * @param {HTMLFormElement} form
 * @param {import("./words.js").Say} say
 * @returns {import("./sheet-saver.js").Fault[]}
 */
function unreadable(form, say) {
  const all = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[type=number][name^='score.']")]);
  return all.filter((input) => !readable(input)).map((input) => ({ name: input.name, code: "points", message: say("fault-points") }));
}

/** @param {HTMLInputElement} input @returns {boolean} whether it is empty or a number of at most two decimals */
function readable(input) {
  return !input.validity.badInput && Number(text(Number(input.value))) === Number(input.value);
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./sheet-saver.js").Fields} fields
 */
function write(form, fields) {
  for (const input of /** @type {Iterable<HTMLInputElement>} */ (form.querySelectorAll("input[name*='.']"))) {
    if (input.type === "radio" || input.type === "checkbox") input.checked = fields[input.name] === input.value;
    else input.value = fields[input.name] ?? "";
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {number} revision
 * @param {import("./sheet-saver.js").Fields} fields
 * @returns {Promise<import("./sheet-saver.js").Reply>}
 */
async function send(form, revision, fields) {
  try {
    const csrf = /** @type {HTMLInputElement} */ (form.elements.namedItem("csrf")).value;
    const answer = await fetch(`/api/v1/assessments/${form.dataset.assessment}/sheet`, {
      method: "PUT",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(bodyOf(revision, fields)),
      cache: "no-store",
      credentials: "same-origin",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return replyOf(answer.status, await answer.json().catch(() => null));
  } catch {
    return { kind: "lost" };
  }
}

/**
 * Says how things stand.
 * @param {HTMLFormElement} form
 * @param {Saver} s
 * @param {import("./words.js").Say} say
 */
function tell(form, s, say) {
  const line = form.querySelector("[data-saved]");
  const choice = /** @type {HTMLElement | null} */ (form.querySelector("[data-conflict]"));
  if (choice) choice.hidden = s.trouble !== "conflict";
  /** @type {HTMLInputElement} */ (form.elements.namedItem("revision")).value = String(s.revision);
  if (!line) return;
  const elsewhere = showFaults(form, s, say);
  if (s.trouble === "refused" && s.faults.length > 0) line.textContent = [say("faults", s.faults.length), ...elsewhere].join(" ");
  else if (s.trouble !== "" && s.trouble !== "conflict") line.textContent = say(`trouble-${s.trouble}`, s.unsaved, s.detail);
  else if (s.trouble === "conflict") line.textContent = say("conflict");
  else if (s.unsaved > 0) line.textContent = say("unsaved", s.unsaved);
  else line.textContent = s.at ? say("saved", new Date(s.at).toTimeString().slice(0, 5)) : say("nothing");
}

/**
 * Marks the fields at fault, when they are others than before.
 * @param {HTMLFormElement} form
 * @param {Saver} s
 * @param {import("./words.js").Say} say
 * @returns {string[]} what is wrong and has no field on the page
 */
function showFaults(form, s, say) {
  const words = (/** @type {import("./sheet-saver.js").Fault} */ f) => {
    const own = document.documentElement.lang.startsWith("zh") ? "" : say(`fault-${f.code}`);
    return own === "" || own === `fault-${f.code}` ? f.message : own;
  };
  const button = /** @type {HTMLElement | null} */ (form.querySelector("[data-first]"));
  if (shown === null || (s.faults !== shown && (s.faults.length > 0 || shown.length > 0))) {
    shown = s.faults;
    mark(form, shown, words);
  }
  const on = form.querySelector("[aria-invalid]") !== null;
  if (button) button.hidden = !on;
  const names = new Set([...form.querySelectorAll("[aria-invalid]")].map((i) => i.getAttribute("name")));
  return s.faults.filter((f) => !names.has(f.name)).map(words);
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
      const by = Number(button.dataset.step) * Number(input.dataset.by);
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
