// @ts-check
// What the waiting room says: which of its words, by how things stand.

/**
 * @param {string} state as the server tells it
 * @param {number} left milliseconds until the opening
 * @param {boolean} checkedIn
 * @returns {{head: string, shown: "answered" | "now" | "hold" | "" | "time", hint: string}} keys of words; time stands for the
 *   time that is left
 */
export function standing(state, left, checkedIn) {
  const due = left <= 0;
  switch (state) {
    case "in-progress":
      return { head: "resume", shown: "answered", hint: "go-on-hint" };
    case "ready":
      return { head: "ready", shown: "now", hint: "start-hint" };
    case "scheduled":
      return { head: due ? "hold-head" : "until", shown: due ? "hold" : "time", hint: checkedIn ? "checked-in-hint" : "check-in-hint" };
  }
  return { head: "over", shown: "", hint: "over-hint" };
}
