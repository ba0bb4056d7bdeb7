// @ts-check
// The paper as the candidate sees it now: what is chosen, flagged and seen. It knows neither page nor server.

/**
 * @typedef {{no: number, type: "single" | "multiple" | "judgement", stem: string, options: string[], chosen: number[],
 *   flag: boolean, stem_html?: string, options_html?: string[], answered?: import("./stale.js").Latest, flagged?: import("./stale.js").Latest}} Question
 * @typedef {"unseen" | "seen" | "answered" | "flagged" | "answered-flagged"} CellState
 * @typedef {"all" | "unanswered" | "flagged"} Filter
 */

export class Paper {
  /**
   * @param {Question[]} questions
   * @param {number[]} [seen] positions already looked at
   */
  constructor(questions, seen = []) {
    this.questions = questions.map((q) => ({ ...q, chosen: [...q.chosen] }));
    this.seen = new Set(seen);
  }

  get size() {
    return this.questions.length;
  }

  /**
   * Chooses the option at a displayed position: replaces in single choice and judgement, toggles in multiple choice.
   * @param {number} at position of the question
   * @param {number} option
   * @returns {boolean} whether anything changed
   */
  choose(at, option) {
    const q = this.questions[at];
    if (!q || option < 0 || option >= q.options.length) return false;
    if (q.type !== "multiple") {
      if (q.chosen[0] === option) return false;
      q.chosen = [option];
      return true;
    }
    q.chosen = q.chosen.includes(option) ? q.chosen.filter((o) => o !== option) : [...q.chosen, option].sort((a, b) => a - b);
    return true;
  }

  /**
   * @param {number} at
   * @returns {boolean} whether anything was chosen before
   */
  clear(at) {
    const q = this.questions[at];
    if (!q || q.chosen.length === 0) return false;
    q.chosen = [];
    return true;
  }

  /** @param {number} at */
  toggleFlag(at) {
    this.questions[at].flag = !this.questions[at].flag;
  }

  /** @param {number} at */
  see(at) {
    this.seen.add(at);
  }

  /**
   * Puts entries back that were made here and may not have reached the server.
   * @param {{item: number, kind: "response" | "flag", chosen: number[], flag: boolean}[]} entries oldest first
   */
  restore(entries) {
    for (const e of entries) {
      const q = this.questions[e.item];
      if (!q) continue;
      if (e.kind === "flag") q.flag = e.flag; // as the log takes them: each says one thing
      else q.chosen = [...e.chosen];
      this.see(e.item);
    }
  }

  /**
   * @param {number} at
   * @returns {CellState}
   */
  stateOf(at) {
    const q = this.questions[at];
    if (q.chosen.length > 0) return q.flag ? "answered-flagged" : "answered";
    if (q.flag) return "flagged";
    return this.seen.has(at) ? "seen" : "unseen";
  }

  /**
   * @param {Filter} filter
   * @returns {number[]} positions
   */
  filtered(filter) {
    return [...this.questions.keys()].filter((at) => {
      const q = this.questions[at];
      return filter === "all" || (filter === "flagged" ? q.flag : q.chosen.length === 0);
    });
  }

  /** How many stand where; half are multiple-choice questions with a single option chosen. */
  counts() {
    const unanswered = this.filtered("unanswered").length;
    const half = this.questions.filter((q) => q.type === "multiple" && q.chosen.length === 1).length;
    return { total: this.size, answered: this.size - unanswered, unanswered, flagged: this.filtered("flagged").length, half };
  }
}
