// @ts-check
// The hand-in file: what is not acknowledged, encrypted to the session's key, for an invigilator to bring to the server.
// The format is described in engine/theory/handin; a vector that both sides check lies there. It uses no WebCrypto but
// getRandomValues, because a hall on plain http has no more.

/**
 * @typedef {import("./queue.js").Entry} Entry
 * @typedef {{session: string, key: string, token: string}} Pass as the paper carries it; key and token in base64
 * @typedef {{session: string, attempt: string, window: string, base: number, questions: number, made_at: string,
 *   answers: Omit<Entry, "seq">[]}} Content
 * @typedef {{box: (message: Uint8Array, nonce: Uint8Array, theirs: Uint8Array, own: Uint8Array) => Uint8Array,
 *   scalarMult: {base: (n: Uint8Array) => Uint8Array}, hash: (message: Uint8Array) => Uint8Array}} Nacl
 */

const MAGIC = "skillcert hand-in 1\n";
const BLOCK = 128; // bytes of SHA-512's block
const MOST = 1500; // entries in a file; the server takes twice as many bytes
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";

/**
 * @param {Nacl} nacl
 * @param {Pass} pass
 * @param {Content} content
 * @param {(n: number) => Uint8Array} random
 * @returns {Uint8Array}
 */
export function makeFile(nacl, pass, content, random) {
  const own = random(32);
  const nonce = random(24);
  const text = new TextEncoder();
  const head = join(text.encode(MAGIC), named(content.session), named(content.attempt), nacl.scalarMult.base(own), nonce);
  const said = text.encode(JSON.stringify(content));
  const mac = hmac(nacl, bytesOf(pass.token), join(head, said));
  return join(head, nacl.box(join(mac, said), nonce, bytesOf(pass.key), own));
}

/**
 * What a file says of the queue's entries.
 * @param {Entry[]} pending not empty
 * @param {{session: string, attempt: string, window: string, questions: number, now: number}} page
 * @returns {Content}
 */
export function contentOf(pending, { session, attempt, window, questions, now }) {
  const answers = short(pending).map(({ item, kind, chosen, flag, client_at }) => ({ item, kind, chosen, flag, client_at }));
  return { session, attempt, window, base: pending[0].seq - 1, questions, made_at: new Date(now).toISOString(), answers };
}

/**
 * Leaves out what a later entry says anew, where there are too many; the answers are the same.
 * @param {Entry[]} pending
 */
function short(pending) {
  if (pending.length <= MOST) return pending;
  const last = new Map(pending.map((e) => [`${e.kind} ${e.item}`, e]));
  return pending.filter((e) => last.get(`${e.kind} ${e.item}`) === e);
}

/**
 * The check code that the page shows and the invigilator writes down.
 * @param {Nacl} nacl
 * @param {Uint8Array} file
 */
export function fingerprint(nacl, file) {
  const sum = nacl.hash(file);
  let bits = 0n;
  for (const b of sum.subarray(0, 5)) bits = (bits << 8n) | BigInt(b);
  const code = Array.from({ length: 8 }, (_, i) => LETTERS[Number((bits >> BigInt(35 - 5 * i)) & 31n)]).join("");
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/**
 * HMAC-SHA-512, cut to 32 bytes: crypto_auth of NaCl.
 * @param {Nacl} nacl
 * @param {Uint8Array} key shorter than a block
 * @param {Uint8Array} message
 */
function hmac(nacl, key, message) {
  const pad = (/** @type {number} */ with_) => Uint8Array.from({ length: BLOCK }, (_, i) => (key[i] ?? 0) ^ with_);
  return nacl.hash(join(pad(0x5c), nacl.hash(join(pad(0x36), message)))).subarray(0, 32);
}

/** @param {string} name */
function named(name) {
  const bytes = new TextEncoder().encode(name);
  return join(Uint8Array.of(bytes.length), bytes);
}

/** @param {string} base64 */
function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** @param {...Uint8Array} parts */
function join(...parts) {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    all.set(p, at);
    at += p.length;
  }
  return all;
}
