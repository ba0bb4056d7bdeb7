// @ts-check
// What was kept through an outage, against what was saved meanwhile on another computer or in another window. There the
// candidate read that it is saved, and saw it last: an older answer that waits here does not go over it. It is the rule of the hand-in
// file too, see sift in engine/theory.

/** @typedef {import("./queue.js").Entry} Entry */
/** @typedef {{seq: number, client_at: string, at: string}} Latest the last change of a question's answer or flag */

/** @param {{kind: string, item: number}} entry what an entry is of */
export const subject = ({ kind, item }) => `${kind} ${item}`;

/**
 * The last change of everything on a paper, by its subject.
 * @param {{answered?: Latest, flagged?: Latest}[]} questions
 * @returns {Map<string, Latest>}
 */
export function latest(questions) {
  const all = new Map();
  questions.forEach((q, item) => {
    if (q.answered) all.set(subject({ kind: "response", item }), q.answered);
    if (q.flagged) all.set(subject({ kind: "flag", item }), q.flagged);
  });
  return all;
}

/**
 * Sorts what was kept. An entry is sent unless its subject was changed after the change that its page knew last: then it
 * is here already, when the change is its own or a later one of its page; or else it is overtaken.
 * @param {Entry[]} pending oldest first
 * @param {Map<string, Latest>} last
 * @returns {{send: Entry[], overtaken: Entry[]}}
 */
export function sift(pending, last) {
  /** @type {Entry[]} */
  const send = [];
  /** @type {Entry[]} */
  const overtaken = [];
  const own = ownChanges(pending, last);
  pending.forEach((entry, i) => {
    const change = last.get(subject(entry));
    const mine = own.get(subject(entry));
    if (!change || entry.base === undefined || change.seq <= entry.base) send.push(entry);
    else if (mine === undefined) overtaken.push(entry);
    else if (i > mine) send.push({ ...entry, base: change.seq });
  });
  return { send, overtaken };
}

/**
 * Where in pending the last change of a subject stands, if it was made here: its reply was lost.
 * @param {Entry[]} pending
 * @param {Map<string, Latest>} last
 * @returns {Map<string, number>}
 */
function ownChanges(pending, last) {
  const own = new Map();
  pending.forEach((entry, i) => {
    if (Date.parse(last.get(subject(entry))?.client_at ?? "") === Date.parse(entry.client_at)) own.set(subject(entry), i);
  });
  return own;
}

/**
 * The questions whose overtaken answers or flags are not what stands there now.
 * @param {Entry[]} overtaken oldest first
 * @param {{chosen: number[], flag: boolean}[]} questions
 * @returns {number[]} numbers, from 1
 */
export function lost(overtaken, questions) {
  const final = new Map(overtaken.map((e) => [subject(e), e]));
  const differ = [...final.values()].filter((e) => {
    const q = questions[e.item];
    return q && (e.kind === "flag" ? q.flag !== e.flag : q.chosen.join() !== e.chosen.join());
  });
  return [...new Set(differ.map((e) => e.item + 1))].sort((a, b) => a - b);
}
