// @ts-check
// The exam page's requests. Every answer of the server, and its absence, becomes a value; nothing is thrown.
import { sebHeaders } from "./seb.js";

/**
 * @typedef {{attempt: string, name: string, ticket: string, seat: string, title: string, sample: boolean, level: number,
 *   now: string, closes: string, grace: number, paused: boolean, seq: number, questions: import("./paper.js").Question[],
 *   hand_in?: import("./handin.js").Pass}} PaperReply
 * @typedef {{now: string, closes: string, grace: number, paused: boolean, state: string, elsewhere?: "window" | "machine", seq: number, seat?: number,
 *   messages?: {seq: number, at: string, text: string}[]}} ClockReply
 * @typedef {{window: string, heard: number, question: number, unsaved: number, away: boolean}} Beat
 */

const PATIENCE = 10000; // milliseconds before a request counts as lost
const HELD = 20000; // the same for one that the server may hold back for ten seconds

/**
 * @param {string} attempt
 * @param {string} csrf
 * @param {typeof fetch} [get]
 * @param {() => void} [lockedOut] called when the server asks for the lockdown browser
 */
export function makeApi(attempt, csrf, get = (...args) => fetch(...args), lockedOut = () => {}) {
  let own = ""; // the window that the paper was opened in
  const base = `/api/v1/attempts/${encodeURIComponent(attempt)}`;

  /**
   * @param {string} path
   * @param {object} [body] makes it a POST
   * @param {number} [patience] milliseconds
   * @returns {Promise<{status: number, body: any}>} status 0 when there was no answer
   */
  async function ask(path, body, patience = PATIENCE) {
    try {
      const answer = await get(base + path, {
        method: body ? "POST" : "GET",
        headers: { ...(await sebHeaders(/** @type {any} */ (globalThis))), ...(body ? { "Content-Type": "application/json", "X-CSRF-Token": csrf } : {}) },
        body: body ? JSON.stringify(body) : undefined,
        cache: "no-store",
        credentials: "same-origin",
        signal: AbortSignal.timeout(patience),
      });
      const told = await answer.json().catch(() => null);
      if (told?.code === "exam.lockdown") lockedOut();
      return { status: answer.status, body: told };
    } catch {
      return { status: 0, body: null };
    }
  }

  return {
    /**
     * @param {string} window
     * @param {boolean} takeOver
     * @returns {Promise<{reply: PaperReply | null, code: string, status: number}>} code says why it did not come
     */
    async paper(window, takeOver) {
      own = window;
      const { status, body } = await ask("/paper", { window, take_over: takeOver });
      return { reply: status === 200 ? body : null, code: body?.code ?? "", status };
    },
    /** @param {Beat} beat @returns {Promise<{reply: ClockReply | null, status: number}>} after a while, or at once when there is news */
    async pulse(beat) {
      const { status, body } = await ask("/pulse", beat, HELD);
      return { reply: status === 200 ? body : null, status };
    },
    /**
     * @param {import("./queue.js").Entry} entry
     * @returns {Promise<import("./queue.js").Reply>}
     */
    async respond({ base: _, ...entry }) {
      const { status, body } = await ask("/responses", own ? { ...entry, window: own } : entry);
      return replyOf(status, body);
    },
    /** @param {import("./activity.js").Note[]} activities @returns {Promise<number>} status, 0 when there was no answer */
    async observe(activities) {
      return (await ask("/activities", { activities })).status;
    },
    /** @returns {Promise<"done" | "signin" | "failed">} */
    async submit() {
      const { status, body } = await ask("/submission", own ? { window: own } : {});
      if (status === 200 || status === 201 || body?.code === "attempt.closed") return "done";
      return status === 401 ? "signin" : "failed";
    },
    /** @returns {Promise<{reply: ClockReply | null, status: number}>} */
    async clock() {
      const { status, body } = await ask("/clock");
      return { reply: status === 200 ? body : null, status };
    },
  };
}

/**
 * What the reply to an answer means. Whatever is not understood counts as not saved.
 * @param {number} status
 * @param {any} body
 * @returns {import("./queue.js").Reply}
 */
export function replyOf(status, body) {
  if (status === 200 && typeof body?.seq === "number") return { kind: "saved", ...body };
  if (status === 401) return { kind: "signin" };
  if (status === 409) {
    if (body?.code === "attempt.closed") return { kind: "closed" };
    if (body?.code === "attempt.taken_over") return { kind: "elsewhere" };
    if (body?.code === "attempt.paused") return { kind: "paused" };
    if (typeof body?.highest === "number") return { kind: "resequence", highest: body.highest };
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: "refused" };
  return { kind: "lost" };
}
