// @ts-check
// Has the browser show our page, not its own, when the exam is loaded again without a network. It takes a secure address:
// on plain http, in a hall without certificates, there is no such thing, and the page asks not to be reloaded instead.

/**
 * @param {boolean} lockdown the session asks for the lockdown browser
 * @returns {Promise<boolean>} whether a reload without a network is caught
 */
export async function shelter(lockdown) {
  const workers = globalThis.navigator?.serviceWorker; // none on plain http
  if (!workers) return false;
  try {
    if (lockdown || inLockdownBrowser()) {
      for (const old of await workers.getRegistrations()) await old.unregister();
      return false;
    }
    await workers.register(new URL("./worker.js", import.meta.url), { scope: "/exam" });
    await workers.ready;
    return true;
  } catch {
    return false; // the browser refuses: a private window, a certificate that it does not trust
  }
}

/** Its navigations carry keys that a worker's requests would not. */
const inLockdownBrowser = () => "SafeExamBrowser" in globalThis || /\bSEB\b|SafeExamBrowser/.test(navigator.userAgent);
