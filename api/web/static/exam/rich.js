// @ts-check
// Stems and options with formatting and pictures. The server sends markup that it made itself; this copies only what an
// item may hold, so that nothing else could ever reach the page.

const ALLOWED = ["P", "BR", "STRONG", "EM", "U", "SUB", "SUP", "UL", "OL", "LI"];
const PICTURES = "/exam/paper/images/";

/** @type {Map<string, string>} pictures kept with the page by their address: they stay when the connection goes */
const kept = new Map();

/**
 * @param {string} plain reading text
 * @param {string} [html] the same with its formatting, where it has any
 * @returns {Node}
 */
export function rich(plain, html) {
  if (!html) return document.createTextNode(plain);
  const out = document.createDocumentFragment();
  copy(new DOMParser().parseFromString(html, "text/html").body, out);
  return out;
}

/** @param {Node} from @param {Node} to */
function copy(from, to) {
  for (const node of from.childNodes) {
    if (node.nodeType === Node.TEXT_NODE) to.appendChild(document.createTextNode(node.textContent ?? ""));
    if (!(node instanceof Element)) continue;
    if (node.tagName === "IMG") picture(node, to);
    else if (ALLOWED.includes(node.tagName)) copy(node, to.appendChild(document.createElement(node.tagName)));
    else copy(node, to);
  }
}

/** @param {Element} node @param {Node} to */
function picture(node, to) {
  const src = node.getAttribute("src") ?? "";
  const alt = node.getAttribute("alt") ?? "";
  if (!src.startsWith(PICTURES)) return void to.appendChild(document.createTextNode(alt));
  const image = document.createElement("img");
  image.alt = alt;
  image.src = kept.get(src) ?? src;
  to.appendChild(image);
}

/**
 * Fetches every picture of the paper into the page, one after the other.
 * @param {import("./paper.js").Question[]} questions
 */
export async function keepPictures(questions) {
  const all = questions.flatMap((q) => [q.stem_html ?? "", ...(q.options_html ?? [])]).join("");
  for (const [, src] of all.matchAll(/src="(\/exam\/paper\/images\/[0-9a-f]{64})"/g)) {
    if (kept.has(src)) continue;
    try {
      const answer = await fetch(src, { cache: "no-store" });
      if (answer.ok) kept.set(src, await asText(await answer.blob()));
    } catch {
      return; // shown by its address when its question comes
    }
  }
}

/** @param {Blob} blob @returns {Promise<string>} as a data: address */
function asText(blob) {
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error);
    reader.readAsDataURL(blob);
  });
}
