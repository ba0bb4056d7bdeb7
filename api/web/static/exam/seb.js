// @ts-check
// What the lockdown browser (Safe Exam Browser) lets a page read: its two keys, hashed with the page's address. Builds
// with the modern engine put them into no header of their own, so that our requests carry them. In any other browser
// there is nothing to read, and nothing is sent.

/**
 * @typedef {{config: string, browser: string, page: string}} Keys
 * @typedef {{configKey?: string, browserExamKey?: string, updateKeys?: (done: () => void) => void}} Security
 * @typedef {{SafeExamBrowser?: {security?: Security}, location: {href: string}}} Place
 */

const PATIENCE = 3000; // milliseconds for an older build to bring its keys up to date

/**
 * @param {Place} place the window, or what stands for it
 * @returns {Promise<Keys | null>} null outside the lockdown browser, and where it does not answer
 */
export async function readKeys(place) {
  const security = place.SafeExamBrowser?.security;
  if (!security) return null;
  if (!security.configKey && security.updateKeys) await updated(security);
  if (!security.configKey) return null;
  return { config: security.configKey, browser: security.browserExamKey ?? "", page: place.location.href.split("#")[0] };
}

/** @param {Security} security @returns {Promise<void>} */
function updated(security) {
  return new Promise((done) => {
    const timer = setTimeout(done, PATIENCE);
    security.updateKeys?.(() => {
      clearTimeout(timer);
      done();
    });
  });
}

/**
 * @param {Place} place
 * @returns {Promise<Record<string, string>>} headers of a request to our own server
 */
export async function sebHeaders(place) {
  const keys = await readKeys(place);
  if (!keys) return {};
  return { "X-Exam-Seb-Config-Key": keys.config, "X-Exam-Seb-Browser-Key": keys.browser, "X-Exam-Seb-Config-Url": keys.page };
}

/**
 * Puts the keys into a form, for it is sent by the browser itself.
 * @param {HTMLFormElement} form
 */
export async function proveForm(form) {
  const keys = await readKeys(/** @type {any} */ (window));
  if (!keys) return;
  for (const [name, value] of [["seb_config", keys.config], ["seb_browser", keys.browser], ["seb_page", keys.page]]) {
    const input = document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }
}
