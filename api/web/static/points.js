// @ts-check
// Points on a score sheet: added in hundredths, as the server adds them.

/**
 * @param {number[]} points
 * @returns {number} their sum, exact to the hundredth
 */
export function add(points) {
  return points.reduce((sum, p) => sum + Math.round(p * 100), 0) / 100;
}

/**
 * @param {number} points
 * @param {number} max
 * @returns {number} points brought into 0 to max
 */
export function clamp(points, max) {
  return Math.min(Math.max(points, 0), max);
}

/**
 * @param {number} points
 * @returns {string} two decimals only when not whole
 */
export function text(points) {
  const hundredths = Math.round(points * 100);
  return hundredths % 100 === 0 ? String(hundredths / 100) : (hundredths / 100).toFixed(2);
}
