// @ts-check
// Total loss of the network: the page offers an encrypted hand-in file with everything that the server has not
// acknowledged. The page goes on trying meanwhile; the file is never in the place of that. It is offered after a minute
// without contact or in which the server took nothing, at the end of the time, and when the server takes nothing from this window any more before everything
// had arrived: the paper is closed, or goes on elsewhere.
import { contentOf, fingerprint, makeFile } from "./handin.js";
import { make } from "./view.js";

/** @typedef {import("./handin.js").Nacl} Nacl */
/** @typedef {"closed" | "elsewhere"} Shut why the server takes nothing from this window any more */
/** @typedef {"" | "silent" | "stuck" | "ended" | Shut} Why */
/** @typedef {{pending: import("./queue.js").Entry[], refused: boolean, unsaved: () => number[]}} Queue */

const SILENT = 60000; // milliseconds without contact, or in which the server answers and takes nothing
const LATE = 5000; // the same, once the time is over
const LOOK = 1000;
const PARTS = 20000; // the room does not fetch the parts of the file all at once: within this much
const RECEIPT = "/exam/receipt";

/**
 * Why a file is offered now; "" while it is not.
 * @param {{unsaved: number, shut: "" | Shut, ended: boolean, silent: number, stuck: number}} page silent: milliseconds without
 *   contact; stuck: in which the server has refused what comes next
 * @returns {Why}
 */
export function why({ unsaved, shut, ended, silent, stuck }) {
  if (unsaved === 0) return "";
  if (shut) return shut;
  if (ended && Math.max(silent, stuck) >= LATE) return "ended";
  if (silent >= SILENT) return "silent";
  return stuck >= SILENT ? "stuck" : "";
}

/**
 * Watches the page, and offers the file when it is needed.
 * @param {HTMLElement} page
 * @param {import("../words.js").Say} say
 * @param {{
 *   paper: {attempt: string, hand_in?: import("./handin.js").Pass, questions: unknown[]},
 *   queue: Queue,
 *   window: string,
 *   now: () => number,
 *   left: () => number,
 *   announce: (text: string) => void,
 * }} exam now: the server's time as the page knows it; left: milliseconds of the candidate's time
 * @returns {{heard: () => void, shut: (why: Shut) => void, goOn: () => void}} heard: the server has answered; shut: it takes nothing
 *   more; goOn: it does after all
 */
export function offerRescue(page, say, exam) {
  if (!exam.paper.hand_in) return { heard: () => {}, shut: () => {}, goOn: () => {} }; // the rules of this sitting have no such file
  const state = { last: performance.now(), refused: Infinity, shut: /** @type {"" | Shut} */ ("") };
  const parts = fetchParts();
  const panel = new Panel(page, say, exam, parts);
  const look = () => {
    const at = performance.now();
    state.refused = exam.queue.refused ? Math.min(state.refused, at) : Infinity;
    panel.show(why({
      unsaved: exam.queue.unsaved().length, shut: state.shut, ended: exam.left() <= 0, silent: at - state.last, stuck: at - state.refused,
    }));
  };
  setInterval(look, LOOK);
  return {
    heard: () => (state.last = performance.now()),
    shut: (reason) => {
      state.shut = reason;
      look();
    },
    goOn: () => {
      state.shut = "";
      look();
    },
  };
}

/**
 * Fetches what makes the file, while there is a network. A module that failed to load stays failed for the browser, so
 * that every try has an address of its own.
 * @returns {{nacl: Nacl | null}}
 */
function fetchParts() {
  const parts = { nacl: /** @type {Nacl | null} */ (null) };
  const get = async (/** @type {number} */ tries) => {
    try {
      parts.nacl = /** @type {Nacl} */ (await import(`../vendor/nacl.js${tries > 0 ? `?${tries}` : ""}`));
    } catch {
      setTimeout(get, 10000, tries + 1);
    }
  };
  setTimeout(get, 2000 + Math.random() * PARTS, 0);
  return parts;
}

/** What the candidate reads and presses. */
class Panel {
  /**
   * @param {HTMLElement} page
   * @param {import("../words.js").Say} say
   * @param {Parameters<typeof offerRescue>[2]} exam
   * @param {{nacl: Nacl | null}} parts
   */
  constructor(page, say, exam, parts) {
    this.say = say;
    this.exam = exam;
    this.parts = parts;
    this.element = make("section", { class: "rescue", "aria-labelledby": "rescue-head" });
    this.element.hidden = true;
    page.querySelector("[data-alert]")?.after(this.element);
    /** @type {Why} */
    this.why = "";
    this.drawn = "";
    /** @type {{name: string, code: string, href: string, key: string} | null} the file that was made last */
    this.made = null;
  }

  /** @param {Why} reason */
  show(reason) {
    const before = this.why;
    this.why = reason;
    if (this.state() === this.drawn) return;
    if (reason === "" && this.made) this.done();
    else this.draw();
    this.drawn = this.state();
    if (reason !== "" && reason !== before) this.exam.announce(this.say(`rescue-${reason}`, this.exam.queue.unsaved().length));
  }

  /** What the panel depends on. */
  state() {
    return `${this.why} ${this.exam.queue.unsaved().length} ${this.parts.nacl !== null} ${this.made?.key === this.key()} ${this.made?.code}`;
  }

  /** What the file would hold now: another one is needed when it changes. */
  key() {
    return this.exam.queue.pending.map((e) => `${e.client_at} ${e.item} ${e.kind}`).join();
  }

  draw() {
    this.element.hidden = this.why === "";
    if (this.why === "") return;
    const { say } = this;
    const n = this.exam.queue.unsaved().length;
    const focused = document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement.dataset.rescue : "";
    this.element.replaceChildren(
      make("h2", { id: "rescue-head" }, say(`rescue-${this.why}`, n)),
      make("p", {}, say(this.shut() ? `rescue-${this.why}-what` : "rescue-what")),
      ...this.offer(),
    );
    if (focused) /** @type {HTMLElement | null} */ (this.element.querySelector(`[data-rescue="${focused}"]`))?.focus();
  }

  shut() {
    return this.why === "closed" || this.why === "elsewhere";
  }

  /** @returns {Node[]} */
  offer() {
    const { say, made } = this;
    if (!this.parts.nacl) return [make("p", {}, say("rescue-not-yet"))];
    const current = made?.key === this.key();
    const go = make("button", { type: "button", class: made ? "button" : "button primary", "data-rescue": "make" }, say(made ? "rescue-again" : "rescue-make"));
    go.addEventListener("click", () => this.make());
    if (!made) return [make("div", { class: "row" }, go)];
    if (!current) return [make("p", { class: "rescue-old" }, say("rescue-changed")), make("div", { class: "row" }, go)];
    const row = make("div", { class: "row" }, make("a", { class: "button", href: made.href, download: made.name, "data-rescue": "save" }, say("rescue-save")));
    const after = this.shut() ? "" : say("rescue-keep");
    if (this.why === "closed") row.append(make("a", { class: "button", href: RECEIPT, "data-rescue": "receipt" }, say("rescue-receipt")));
    return [make("p", {}, say("rescue-code"), " ", make("strong", { class: "num rescue-code" }, made.code)), make("p", {}, say("rescue-made", made.name), after), row];
  }

  /** Makes the file and has the browser save it. */
  make() {
    const { exam, parts } = this;
    const pass = exam.paper.hand_in;
    if (!pass || !parts.nacl || exam.queue.pending.length === 0) return;
    const content = contentOf(exam.queue.pending, {
      session: pass.session, attempt: exam.paper.attempt, window: exam.window, questions: exam.paper.questions.length, now: exam.now(),
    });
    const file = makeFile(parts.nacl, pass, content, (n) => crypto.getRandomValues(new Uint8Array(n)));
    const code = fingerprint(parts.nacl, file);
    if (this.made) URL.revokeObjectURL(this.made.href);
    const href = URL.createObjectURL(new Blob([/** @type {BlobPart} */ (file)], { type: "application/octet-stream" }));
    this.made = { name: `hand-in-${code}.skh`, code, href, key: this.key() };
    this.show(this.why);
    const save = /** @type {HTMLAnchorElement | null} */ (this.element.querySelector('[data-rescue="save"]'));
    save?.focus();
    save?.click();
    exam.announce(`${this.say("rescue-code")} ${code}`);
  }

  /** Everything arrived after all. */
  done() {
    if (!this.made) return;
    URL.revokeObjectURL(this.made.href);
    const text = this.say("rescue-done", this.made.code);
    this.made = null;
    const gone = make("button", { type: "button", class: "tool" }, this.say("message-read"));
    gone.addEventListener("click", () => (this.element.hidden = true));
    this.element.hidden = false;
    this.element.replaceChildren(make("p", { id: "rescue-head" }, text, " ", gone));
    this.exam.announce(text);
  }
}
