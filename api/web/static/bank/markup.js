// @ts-check
// Markup written into a text: each function gives the new text and what is selected in it afterwards.

/** @typedef {{text: string, from: number, to: number}} Edited */

/**
 * Puts an element around the selection; pressed again on the same selection it takes it away.
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {string} name of the element
 * @returns {Edited}
 */
export function wrap(text, from, to, name) {
  const open = `<${name}>`;
  const shut = `</${name}>`;
  const before = text.slice(0, from);
  const inside = text.slice(from, to);
  const after = text.slice(to);
  if (before.endsWith(open) && after.startsWith(shut)) {
    return { text: before.slice(0, -open.length) + inside + after.slice(shut.length), from: from - open.length, to: to - open.length };
  }
  return { text: before + open + inside + shut + after, from: from + open.length, to: to + open.length };
}

/**
 * Makes every line of the selection an item of a list.
 * @param {string} text
 * @param {number} from
 * @param {number} to
 * @param {string} name ul or ol
 * @returns {Edited}
 */
export function asList(text, from, to, name) {
  const lines = text.slice(from, to).split("\n").map((l) => l.trim()).filter(Boolean);
  const items = (lines.length > 0 ? lines : [""]).map((l) => `<li>${l}</li>`).join("");
  const list = `<${name}>${items}</${name}>`;
  const end = from + list.length;
  if (lines.length > 0) return { text: text.slice(0, from) + list + text.slice(to), from: end, to: end };
  const inside = from + name.length + 2 + "<li>".length;
  return { text: text.slice(0, from) + list + text.slice(to), from: inside, to: inside };
}
