// @ts-check
// The exam page's four requests. Every answer of the server, and its absence, becomes a value; nothing is thrown.

/**
 * @typedef {{attempt: string, name: string, ticket: string, seat: string, title: string, sample: boolean, level: number,
 *   now: string, closes: string, seq: number, questions: import("./paper.js").Question[]}} PaperReply
 * @typedef {{now: string, closes: string, state: string}} ClockReply
 */

const PATIENCE = 10000; // milliseconds before a request counts as lost

/**
 * @param {string} attempt
 * @param {string} csrf
 * @param {typeof fetch} [get]
 */
export function makeApi(attempt, csrf, get = (...args) => fetch(...args)) {
  const base = `/api/v1/attempts/${encodeURIComponent(attempt)}`;

  /**
   * @param {string} path
   * @param {object} [body] makes it a POST
   * @returns {Promise<{status: number, body: any}>} status 0 when there was no answer
   */
  async function ask(path, body) {
    try {
      const answer = await get(base + path, {
        method: body ? "POST" : "GET",
        headers: body ? { "Content-Type": "application/json", "X-CSRF-Token": csrf } : {},
        body: body ? JSON.stringify(body) : undefined,
        cache: "no-store",
        credentials: "same-origin",
        signal: AbortSignal.timeout(PATIENCE),
      });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    } catch {
      return { status: 0, body: null };
    }
  }

  return {
    /** @returns {Promise<PaperReply | null>} null when it did not come; "closed" is told by the clock */
    async paper() {
      const { status, body } = await ask("/paper");
      return status === 200 && body ? body : null;
    },
    /**
     * @param {import("./queue.js").Entry} entry
     * @returns {Promise<import("./queue.js").Reply>}
     */
    async respond(entry) {
      const { status, body } = await ask("/responses", entry);
      return replyOf(status, body);
    },
    /** @returns {Promise<"done" | "signin" | "failed">} */
    async submit() {
      const { status, body } = await ask("/submission", {});
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
    if (typeof body?.highest === "number") return { kind: "resequence", highest: body.highest };
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: "refused" };
  return { kind: "lost" };
}
