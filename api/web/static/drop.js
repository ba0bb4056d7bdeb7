// @ts-check
// Lets a file be dropped on its form. Without this script the file is chosen with the button.

for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = /** @type {HTMLInputElement | null} */ (form.querySelector("input[type=file]"));
  const zone = /** @type {HTMLElement | null} */ (form.querySelector(".drop"));
  const hint = /** @type {HTMLElement | null} */ (form.querySelector("[data-drop-hint]"));
  if (!input || !zone) continue;
  if (hint) hint.hidden = false;
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    const dropped = event.dataTransfer?.files;
    if (!dropped || dropped.length !== 1) return;
    input.files = dropped;
    input.focus();
  });
}
