// @ts-check
// Text size, contrast and the hidden clock: the candidate's own choices, remembered for this exam only in this tab.

/**
 * @param {HTMLElement} page
 * @param {import("../words.js").Say} say
 */
export function startTools(page, say) {
  const root = document.documentElement;
  const sizes = /** @type {HTMLButtonElement[]} */ ([...page.querySelectorAll("[data-size]")]);
  const contrast = /** @type {HTMLButtonElement} */ (page.querySelector("[data-contrast]"));
  const hide = /** @type {HTMLButtonElement} */ (page.querySelector("[data-hide-clock]"));
  const clock = /** @type {HTMLElement} */ (page.querySelector("[data-clock]"));

  /** @param {string} size */
  const setSize = (size) => {
    root.dataset.size = size;
    for (const b of sizes) b.setAttribute("aria-pressed", String(b.dataset.size === size));
  };
  /** @param {boolean} on */
  const setContrast = (on) => {
    root.classList.toggle("contrast", on);
    contrast.setAttribute("aria-pressed", String(on));
    save("contrast", on ? "on" : "");
  };
  /** @param {boolean} on */
  const setHidden = (on) => {
    clock.classList.toggle("hidden-clock", on);
    hide.setAttribute("aria-pressed", String(on));
    hide.textContent = say(on ? "show-clock" : "hide-clock");
    if (on) clock.textContent = say("hidden");
    save("hidden", on ? "on" : "");
  };

  for (const b of sizes) b.addEventListener("click", () => {
    setSize(b.dataset.size ?? "s");
    save("size", b.dataset.size ?? "s");
  });
  page.querySelector("[data-elder]")?.addEventListener("click", () => save("size", "")); // it has a size of its own
  foldTools(page);
  contrast.addEventListener("click", () => setContrast(!root.classList.contains("contrast")));
  hide.addEventListener("click", () => setHidden(!clock.classList.contains("hidden-clock")));
  setSize(saved("size") || (root.classList.contains("elder") ? "l" : "s"));
  setContrast(saved("contrast") === "on");
  setHidden(saved("hidden") === "on");
}

/** Where the page is narrow, the tools are behind a button: the question comes first. @param {HTMLElement} page */
function foldTools(page) {
  const open = /** @type {HTMLButtonElement} */ (page.querySelector("[data-tools-open]"));
  const tools = /** @type {HTMLElement} */ (page.querySelector("[data-tools]"));
  open.addEventListener("click", () => {
    const shown = tools.classList.toggle("open");
    open.setAttribute("aria-expanded", String(shown));
  });
}

/** @param {string} name @param {string} value */
function save(name, value) {
  try {
    sessionStorage.setItem(`exam-${name}`, value);
  } catch { /* the choice then lasts until the next reload */ }
}

/** @param {string} name */
function saved(name) {
  try {
    return sessionStorage.getItem(`exam-${name}`) ?? "";
  } catch {
    return "";
  }
}
