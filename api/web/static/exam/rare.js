// @ts-check
// Asks for the subset font of rare characters that stand in the questions; the page itself has already asked for those
// in the candidate's name.

const MOST = 400;

/**
 * @param {string} text
 * @returns {string} code points in hexadecimal, ascending, joined by hyphens, as /fonts/rare.css?u= wants them
 */
export function rarePoints(text) {
  const found = new Set();
  for (const character of text) {
    const c = character.codePointAt(0) ?? 0;
    if (isRare(c) && found.size < MOST) found.add(c);
  }
  return [...found].sort((a, b) => a - b).map((c) => c.toString(16)).join("-");
}

/** @param {number} c the same ranges as the server's rareRune */
function isRare(c) {
  return (c >= 0x3400 && c <= 0x4dbf) || (c >= 0x9fa6 && c <= 0x9fff) || (c >= 0xf900 && c <= 0xfaff) || (c >= 0x20000 && c <= 0x3ffff);
}

/** @param {import("./paper.js").Question[]} questions */
export function showRare(questions) {
  const points = rarePoints(questions.map((q) => q.stem + q.options.join("")).join(""));
  if (!points) return;
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = `/fonts/rare.css?u=${points}`;
  document.head.append(sheet);
}
