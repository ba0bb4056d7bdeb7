// @ts-check
// What the last action did is said where the reader is. The note stands at the head of the page and stays in sight by its
// style; here it comes before the part that the address names, so that the next Tab goes on there, and takes the focus, so
// that it is read aloud. Without a note a refusal does, or else the first field at fault, wherever on the page they stand.

const main = document.querySelector("main");
const said = main?.querySelector("[data-said-note]");
const named = location.hash.length > 1 ? document.getElementById(decoded(location.hash.slice(1))) : null;

/** A browser goes to the part that the address names until everything has arrived, so that this comes after. */
const arrived = () => setTimeout(() => {
  if (said instanceof HTMLElement) tell(said);
  else if (!document.querySelector("main [autofocus], main dialog[open]")) refuse();
});
if (document.readyState === "complete") arrived();
else addEventListener("load", arrived, { once: true });

/** @param {HTMLElement} note */
function tell(note) {
  if (named && main?.contains(named) && named !== main) {
    partOf(named).before(note);
    named.scrollIntoView({ behavior: "instant" });
  }
  note.focus({ preventScroll: true });
  note.addEventListener("blur", () => note.classList.remove("said"), { once: true }); // read; its place is kept
}

function refuse() {
  const at = main?.querySelector("[data-refusal]") ?? main?.querySelector("[aria-invalid=true]");
  if (!(at instanceof HTMLElement)) return;
  at.scrollIntoView({ behavior: "instant", block: "center" });
  at.focus({ preventScroll: true });
}

/** The child of main that holds an element: a note keeps in sight beside nothing smaller. @param {Element} inside */
function partOf(inside) {
  let part = inside;
  while (part.parentElement && part.parentElement !== main) part = part.parentElement;
  return part;
}

/** @param {string} name a part of an address, which anybody may have written */
function decoded(name) {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
