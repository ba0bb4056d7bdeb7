// @ts-check
// Reads a status list without a server: a compact JWS by ES256 under a key of the page's own list, and in it a
// BitstringStatusListCredential whose entries have two bits (package certs/status). Whatever is wrong, the list says nothing.

/**
 * @typedef {object} CheckKey
 * @property {string} id the first 8 bytes of the SHA-256 of its SubjectPublicKeyInfo, in hexadecimal digits
 * @property {string} use "offline" or "status"
 * @property {string} name
 * @property {string} from not before
 * @property {string} until not after
 * @property {boolean} [revoked] nothing that it signed is to be believed
 * @property {boolean} [demo] what it signs has no effect
 * @property {JsonWebKey} key
 */

/**
 * @typedef {object} StatusList
 * @property {number} number
 * @property {Date} from when it was made
 * @property {Date} until after this it is no answer any more
 * @property {Uint8Array} bits
 */

export class BadList extends Error {}

const ENTRIES = 131_072;
const BYTES = ENTRIES / 4;
const MOST = 256 * 1024; // characters of a list
const SKEW = 5 * 60_000; // milliseconds by which two clocks may be apart

/** What the two bits of an entry mean. @type {readonly ["valid", "superseded", "revoked", "void"]} */
export const CODES = ["valid", "superseded", "revoked", "void"];

/** @param {unknown} condition @returns {asserts condition} */
function must(condition) {
  if (!condition) throw new BadList("not a status list of this house");
}

/** @param {string} text base64url without padding @returns {Uint8Array<ArrayBuffer>} */
export function base64url(text) {
  must(/^[A-Za-z0-9_-]+$/.test(text) && text.length % 4 !== 1);
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  return bytes;
}

/** @param {Uint8Array<ArrayBuffer>} bytes @returns {any} */
function json(bytes) {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
}

/** Unpacks at most the bytes of a list, however much there is. @param {Uint8Array<ArrayBuffer>} packed @returns {Promise<Uint8Array>} */
async function unpack(packed) {
  const out = new Uint8Array(BYTES);
  let at = 0;
  const reader = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > BYTES) {
      await reader.cancel();
      must(false);
    }
    out.set(value, at);
    at += value.length;
  }
  must(at === BYTES);
  return out;
}

/** @param {CheckKey} k */
function importKey(k) {
  return crypto.subtle.importKey("jwk", { ...k.key, ext: true }, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

/**
 * Reads list number n, or throws BadList.
 * @param {string} text
 * @param {number} n
 * @param {CheckKey[]} keys those of use "status" may sign, unless they were revoked
 * @returns {Promise<StatusList>}
 */
export async function openList(text, n, keys) {
  try {
    return await open(text, n, keys);
  } catch {
    throw new BadList("not a status list of this house");
  }
}

/** @param {string} text @param {number} n @param {CheckKey[]} keys @returns {Promise<StatusList>} */
async function open(text, n, keys) {
  const parts = text.split(".");
  must(text.length <= MOST && parts.length === 3);
  const header = json(base64url(parts[0]));
  must(header.alg === "ES256" && header.typ === "vc+jwt" && header.cty === "vc" && header.crit === undefined);
  const key = keys.find((k) => k.use === "status" && k.id === header.kid);
  must(key && !key.revoked);
  const signature = base64url(parts[2]);
  must(signature.length === 64);
  const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
  must(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, await importKey(key), signature, signed));
  const c = json(base64url(parts[1]));
  const from = new Date(c.validFrom);
  const until = new Date(c.validUntil);
  must(Array.isArray(c.type) && c.type.includes("BitstringStatusListCredential") && new URL(c.id).pathname.endsWith(`/${n}`));
  must(c.credentialSubject.type === "BitstringStatusList" && c.credentialSubject.statusPurpose === "message");
  must(from < until && from >= new Date(key.from) && from <= new Date(key.until));
  const list = c.credentialSubject.encodedList;
  must(typeof list === "string" && list.startsWith("u"));
  return { number: n, from, until, bits: await unpack(base64url(list.slice(1))) };
}

/**
 * Whether a list may be relied on at now.
 * @param {StatusList} list
 * @param {Date} now
 * @returns {"fresh" | "old" | "early"}
 */
export function freshness(list, now) {
  if (list.from.getTime() > now.getTime() + SKEW) return "early";
  return now > list.until ? "old" : "fresh";
}

/**
 * What a list says of an entry.
 * @param {StatusList} list
 * @param {number} index
 */
export function codeAt(list, index) {
  must(Number.isInteger(index) && index >= 0 && index < ENTRIES);
  return CODES[(list.bits[index >> 2] >> (6 - 2 * (index & 3))) & 3];
}

/**
 * The SubjectPublicKeyInfo of a P-256 key.
 * @param {JsonWebKey} key
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function spkiOf(key) {
  must(key.kty === "EC" && key.crv === "P-256" && key.x && key.y);
  const head = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04];
  const out = new Uint8Array([...head, ...base64url(key.x), ...base64url(key.y)]);
  must(out.length === head.length + 64);
  return out;
}
