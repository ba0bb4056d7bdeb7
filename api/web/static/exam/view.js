// @ts-check
// What stands on the exam page: the question, the palette, the review. Everything is made with createElement and
// textContent, never from strings of HTML.

import { rich } from "./rich.js";

/** @typedef {import("./paper.js").Paper} Paper */
/** @typedef {import("../words.js").Say} Say */

/**
 * @param {string} tag
 * @param {Record<string, string>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** @param {number} option */
const letter = (option) => String.fromCharCode(65 + option);

/**
 * The signs of the five palette states, taken from the legend that the template drew.
 * @param {ParentNode} page
 * @returns {(state: string) => Node[]}
 */
export function marksOf(page) {
  return (state) => [...(page.querySelector(`.palette-legend .cell-${state}`)?.childNodes ?? [])].map((n) => n.cloneNode(true));
}

/**
 * @param {Paper} paper
 * @param {number} at
 * @param {Say} say
 * @param {(state: string) => Node[]} marks
 * @returns {HTMLElement} the question with its options
 */
export function question(paper, at, say, marks) {
  const q = paper.questions[at];
  const head = make("h2", { class: "q-head", id: `q-head-${at}`, tabindex: "-1" },
    make("strong", { class: "num" }, say("question", at + 1, paper.size)), make("span", {}, say(`type.${q.type}`)));
  if (q.flag) head.append(make("span", { class: "flagged" }, ...marks("flagged"), say("state.flagged").split(/[，,]\s*/).at(-1) ?? ""));
  const group = make("fieldset", { class: "options" }, make("legend", { class: "q-stem rich" }, rich(q.stem, q.stem_html)));
  q.options.forEach((_, i) => group.append(row(q, at, i)));
  const parts = [head, group];
  if (q.type === "multiple" && q.chosen.length === 1) parts.push(make("p", { class: "q-warn" }, say("one-only")));
  const clear = make("button", { type: "button", class: "plain", "data-clear": "" }, say("clear"));
  clear.hidden = q.chosen.length === 0;
  parts.push(make("div", { class: "q-foot" }, make("span", { "data-item-state": "" }), clear));
  return make("article", { class: "q", "data-at": String(at), "aria-labelledby": `q-head-${at}` }, ...parts);
}

/**
 * @param {import("./paper.js").Question} q
 * @param {number} at position of the question
 * @param {number} i displayed position
 */
function row(q, at, i) {
  const input = /** @type {HTMLInputElement} */ (make("input", {
    type: q.type === "multiple" ? "checkbox" : "radio", name: `option-${at}`, value: String(i), "data-option": String(i),
  }));
  input.checked = q.chosen.includes(i);
  return make("label", { class: "option" }, input, make("span", { class: "letter" }, letter(i)), make("span", { class: "rich" }, rich(q.options[i], q.options_html?.[i])));
}

/**
 * @param {Paper} paper
 * @param {number[]} shown positions
 * @param {number} current
 * @param {Say} say
 * @param {(state: string) => Node[]} marks
 */
export function cells(paper, shown, current, say, marks) {
  if (shown.length === 0) return [make("li", { class: "dim" }, say("empty-filter"))];
  return shown.map((at) => {
    const state = paper.stateOf(at);
    const label = say("cell", at + 1, say(`state.${state}`)) + (at === current ? ` (${say("current")})` : "");
    const cell = make("button", { type: "button", class: `cell cell-${state}`, "data-go": String(at), "aria-label": label }, String(at + 1), ...marks(state));
    if (at === current) cell.setAttribute("aria-current", "true");
    return make("li", {}, cell);
  });
}

/**
 * The review page: what is left, as sentences and as a list to jump from.
 * @param {Paper} paper
 * @param {number} unsaved questions not yet saved
 * @param {Say} say
 * @param {(state: string) => Node[]} marks
 * @returns {Node[]}
 */
export function review(paper, unsaved, say, marks) {
  const n = paper.counts();
  const parts = [make("h2", { id: "review-head", tabindex: "-1" }, say("review"))];
  const lines = [n.unanswered > 0 ? say("review-open", n.unanswered) : say("review-done", n.total)];
  if (n.flagged > 0) lines.push(say("review-flagged", n.flagged));
  if (n.half > 0) lines.push(say("review-single", n.half));
  parts.push(make("p", { class: "review-counts" }, lines.join(" ")));
  if (unsaved > 0) parts.push(make("p", { class: "note note-bad" }, say("review-unsaved", unsaved)));
  const listed = [...paper.questions.keys()].filter((at) => isOpen(paper, at));
  if (listed.length > 0) {
    parts.push(make("h3", {}, say("review-list")), make("ul", {}, ...listed.map((at) => line(paper, at, say, marks))));
  }
  parts.push(make("p", { class: "dim" }, say("review-final")), make("p", {}, make("button", { type: "button", class: "button", "data-back": "" }, say("review-back"))));
  return parts;
}

/**
 * @param {Paper} paper
 * @param {number} at
 */
function isOpen(paper, at) {
  const q = paper.questions[at];
  return q.flag || q.chosen.length === 0 || (q.type === "multiple" && q.chosen.length === 1);
}

/**
 * @param {Paper} paper
 * @param {number} at
 * @param {Say} say
 * @param {(state: string) => Node[]} marks
 */
function line(paper, at, say, marks) {
  const state = paper.stateOf(at);
  const mark = make("span", { class: `cell cell-${state}`, "aria-hidden": "true" }, String(at + 1), ...marks(state));
  return make("li", {}, make("button", { type: "button", class: "button review-line", "data-go": String(at) }, mark,
    make("span", {}, say("cell", at + 1, say(`state.${state}`)))));
}
