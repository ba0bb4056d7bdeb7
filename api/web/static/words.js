// @ts-check
/**
 * Words of one page, handed over by the template in data-words.
 * @typedef {(key: string, ...args: (string | number)[]) => string} Say
 */

/**
 * Reads the words of an element and returns the function that puts values into them.
 * @param {HTMLElement} element with a data-words attribute holding a JSON object
 * @returns {Say}
 */
export function wordsOf(element) {
  /** @type {Record<string, string>} */
  const words = JSON.parse(element.dataset.words ?? "{}");
  return (key, ...args) => fill(words[key] ?? key, args);
}

/**
 * Puts values into a text, one for each %s or %d in turn.
 * @param {string} text
 * @param {(string | number)[]} args
 */
export function fill(text, args) {
  let next = 0;
  return text.replace(/%[sd]/g, () => String(args[next++] ?? ""));
}
