// @ts-check
// The item editor: buttons that write markup, a preview that follows what is typed, pictures put where the cursor is.
// The server makes the preview and checks everything; without this script the form's own buttons do the same.
import { wordsOf } from "../words.js";
import { asList, wrap } from "./markup.js";

const PAUSE = 600; // milliseconds without a key before the preview is asked for

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-editor]"));
if (form) start(form);

/** @param {HTMLFormElement} form */
function start(form) {
  const say = wordsOf(form);
  let changed = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {HTMLTextAreaElement | null} */
  let last = form.querySelector("#f-stem");

  for (const area of /** @type {NodeListOf<HTMLTextAreaElement>} */ (form.querySelectorAll("textarea[data-rich]"))) {
    area.addEventListener("focus", () => { last = area; });
    if (!area.closest(".option-row")) area.before(toolbar(() => area, say, touch));
  }
  // One bar for all options: bars that come and go would move what is under the pointer.
  const options = /** @type {NodeListOf<HTMLTextAreaElement>} */ (form.querySelectorAll(".option-row textarea"));
  options[0]?.closest(".option-row")?.before(toolbar(() => (last?.closest(".option-row") ? last : options[0]), say, touch));
  form.addEventListener("input", touch);
  form.addEventListener("submit", () => { changed = false; });
  addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });

  const add = form.querySelector("[data-image]");
  add?.addEventListener("click", async (event) => {
    event.preventDefault();
    const into = /** @type {HTMLSelectElement} */ (form.elements.namedItem("into")).value;
    const named = form.elements.namedItem(into);
    await picture(form, named instanceof HTMLTextAreaElement ? named : last, say);
    touch();
  });

  function touch() {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(() => preview(/** @type {HTMLFormElement} */ (form), say), PAUSE);
  }
}

/**
 * @param {() => HTMLTextAreaElement} target the text that the buttons work on
 * @param {import("../words.js").Say} say
 * @param {() => void} touch
 */
function toolbar(target, say, touch) {
  const bar = document.createElement("div");
  bar.className = "rich-bar";
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", say("toolbar"));
  for (const [name, sign] of /** @type {const} */ ([["strong", "B"], ["em", "I"], ["u", "U"], ["sub", "x₂"], ["sup", "x²"], ["ul", "•"], ["ol", "1."]])) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = `tool tool-${name}`;
    button.textContent = sign;
    button.title = say(name);
    button.setAttribute("aria-label", `${say(name)} ${sign}`); // what is seen is part of what is heard
    button.addEventListener("click", () => {
      const area = target();
      const edit = name === "ul" || name === "ol" ? asList : wrap;
      const done = edit(area.value, area.selectionStart, area.selectionEnd, name);
      area.value = done.text;
      area.focus();
      area.setSelectionRange(done.from, done.to);
      touch();
    });
    bar.append(button);
  }
  return bar;
}

/**
 * Asks for the same page as the form's own button would, and takes the preview out of it.
 * @param {HTMLFormElement} form
 * @param {import("../words.js").Say} say
 */
async function preview(form, say) {
  const shown = document.querySelector("[data-preview]");
  if (!shown) return;
  const body = new FormData(form);
  body.delete("file");
  body.set("do", "preview");
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-preview]");
    if (fresh) shown.replaceWith(document.adoptNode(fresh));
  } catch {
    shown.setAttribute("title", say("stale"));
  }
}

/**
 * Sends the chosen picture and writes its mark at the cursor.
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement | null} area
 * @param {import("../words.js").Say} say
 */
async function picture(form, area, say) {
  const file = /** @type {HTMLInputElement} */ (form.elements.namedItem("file"));
  const alt = /** @type {HTMLInputElement} */ (form.elements.namedItem("alt"));
  const box = /** @type {HTMLElement} */ (form.querySelector(".image-box"));
  const chosen = file.files?.[0];
  if (!area || !chosen || alt.value.trim() === "") return note(box, say("alt"), false);
  const body = new FormData();
  body.set("file", chosen);
  try {
    const csrf = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=csrf-token]")).content;
    const answer = await fetch("/api/v1/bank/images", { method: "POST", body, headers: { "X-CSRF-Token": csrf } });
    const told = await answer.json();
    if (!answer.ok) return note(box, say("failed", told.title ?? answer.status), false);
    const mark = document.createElement("img");
    mark.setAttribute("src", `image:${told.digest}`);
    mark.setAttribute("alt", alt.value.trim());
    area.setRangeText(new XMLSerializer().serializeToString(mark).replace(/ xmlns="[^"]*"/, ""), area.selectionStart, area.selectionEnd, "end");
    file.value = "";
    alt.value = "";
    note(box, say("inserted"), true);
  } catch {
    note(box, say("failed", say("offline")), false);
  }
}

/** @param {HTMLElement} box @param {string} text @param {boolean} good */
function note(box, text, good) {
  let line = box.querySelector("[role=status]");
  if (!line) {
    line = document.createElement("p");
    line.setAttribute("role", "status");
    box.append(line);
  }
  line.className = good ? "ok" : "bad";
  line.textContent = text;
}
