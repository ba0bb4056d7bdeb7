// @ts-check
// What a key means on the exam page.

/** @typedef {{do: "choose", option: number} | {do: "next"} | {do: "previous"} | {do: "flag"}} Action */

/**
 * @param {{key: string, ctrlKey?: boolean, altKey?: boolean, metaKey?: boolean, isComposing?: boolean, repeat?: boolean}} event
 * @returns {Action | null} null for a key that is none of ours
 */
export function actionFor(event) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (key === "ArrowRight") return { do: "next" };
  if (key === "ArrowLeft") return { do: "previous" };
  if (event.repeat) return null; // a held key must not toggle an answer on and off
  if (key === "F") return { do: "flag" };
  const option = "ABCDE".indexOf(key) >= 0 ? "ABCDE".indexOf(key) : "12345".indexOf(key);
  return key.length === 1 && option >= 0 ? { do: "choose", option } : null;
}
