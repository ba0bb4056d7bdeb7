// @ts-check
// Reads and checks the second code of a certificate without a network: "SKC1:", base45 (RFC 9285), a tagged COSE_Sign1
// message (RFC 9052) by ES256, and in it a map of claims with integer keys (RFC 8949 in core deterministic encoding).
// It accepts what the package certs/offline writes and nothing else; both are held to the same vectors.

/**
 * @typedef {object} Claims what the document says, as it is printed
 * @property {string} number
 * @property {string} name
 * @property {number} level 5, the lowest, to 1
 * @property {string} occupationCode
 * @property {string} workType empty when the occupation has none
 * @property {string} issued YYYY-MM-DD
 * @property {number} edition
 * @property {string} idTail the last characters of the ID number
 * @property {Uint8Array<ArrayBuffer>} photo the first 8 bytes of the SHA-256 of the photo, none when there is no photo
 * @property {number} statusList
 * @property {number} statusIndex
 * @property {string} org short name of the body
 */

/**
 * @typedef {object} Code a text that was read; nothing in it may be believed before verify
 * @property {Claims} claims
 * @property {string} key id of the key, 16 hexadecimal digits
 * @property {Uint8Array<ArrayBuffer>} signed what the signature covers
 * @property {Uint8Array<ArrayBuffer>} signature
 */

/** Why a text is refused: "code" is no code of this format, "key" an unknown key, "signature" a wrong signature. */
export class Refusal extends Error {
  /** @param {"code" | "key" | "signature"} why */
  constructor(why) {
    super(`offline code refused: ${why}`);
    this.why = why;
  }
}

const prefix = "SKC1:";
const maxText = 1500;
const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const signatureBytes = 64;
const tagged = [0xd2, 0x84]; // tag 18, an array of four
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u;

/** @returns {never} */
function refuse() {
  throw new Refusal("code");
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function base45(text) {
  if (text.length % 3 === 1) refuse();
  const out = new Uint8Array(Math.floor((text.length / 3) * 2));
  let at = 0;
  for (let i = 0; i < text.length; i += 3) {
    const part = [...text.slice(i, i + 3)].map((c) => digits.indexOf(c));
    const n = part.reduceRight((sum, d) => sum * 45 + d, 0);
    if (part.includes(-1) || n > (part.length === 3 ? 0xffff : 0xff)) refuse();
    if (part.length === 3) out[at++] = n >> 8;
    out[at++] = n & 0xff;
  }
  return out;
}

/** Reads definite items in their shortest form, which is all that the format has. */
class Reader {
  /** @param {Uint8Array<ArrayBuffer>} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  /** @param {number} n @returns {Uint8Array<ArrayBuffer>} */
  take(n) {
    if (n > this.bytes.length - this.at) refuse();
    this.at += n;
    return this.bytes.subarray(this.at - n, this.at);
  }

  /** @param {number} major the major type that must come @returns {number} its argument, below 2^32 */
  head(major) {
    const [first] = this.take(1);
    const info = first & 0x1f;
    if (first >> 5 !== major || info > 26) refuse();
    if (info < 24) return info;
    const size = 1 << (info - 24);
    const n = this.take(size).reduce((sum, b) => sum * 256 + b, 0);
    const least = size === 1 ? 24 : 2 ** (4 * size);
    if (n < least) refuse();
    return n;
  }

  uint() {
    return this.head(0);
  }

  bytesItem() {
    return this.take(this.head(2));
  }

  text() {
    const raw = this.take(this.head(3));
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    } catch {
      return refuse();
    }
  }

  end() {
    if (this.at !== this.bytes.length) refuse();
  }
}

/**
 * @param {number} n
 * @param {number} least
 * @param {number} most
 */
function between(n, least, most) {
  if (n < least || n > most) refuse();
  return n;
}

/**
 * @param {string} s
 * @param {number} least bytes
 * @param {number} most bytes
 */
function plain(s, least, most) {
  between(new TextEncoder().encode(s).length, least, most);
  if (hidden.test(s)) refuse();
  return s;
}

/** @param {number} n YYYYMMDD @returns {string} */
function date(n) {
  const text = String(n).replace(/^(\d{4})(\d{2})(\d{2})$/, "$1-$2-$3");
  const day = new Date(`${text}T00:00:00Z`);
  if (text.length !== 10 || n < 20000101 || Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== text) refuse();
  return text;
}

/** @param {Uint8Array<ArrayBuffer>} payload @returns {Claims} */
function readClaims(payload) {
  const r = new Reader(payload);
  const members = r.head(5);
  if (members !== 11 && members !== 12) refuse();
  /** @template T @param {number} key @param {() => T} value @returns {T} */
  const member = (key, value) => (r.uint() === key ? value() : refuse());
  const claims = {
    number: member(1, () => plain(r.text(), 8, 32)),
    name: member(2, () => plain(r.text(), 1, 200)),
    level: member(3, () => between(r.uint(), 1, 5)),
    occupationCode: member(4, () => plain(r.text(), 1, 32)),
    workType: members === 12 ? member(5, () => plain(r.text(), 1, 200)) : "",
    issued: member(6, () => date(r.uint())),
    edition: member(7, () => between(r.uint(), 1, 999)),
    idTail: member(8, () => plain(r.text(), 0, 16)),
    photo: member(9, () => r.bytesItem()),
    statusList: member(10, () => between(r.uint(), 0, 999_999_999)),
    statusIndex: member(11, () => between(r.uint(), 0, 131_071)),
    org: member(12, () => plain(r.text(), 1, 200)),
  };
  r.end();
  if (claims.photo.length !== 0) between(claims.photo.length, 8, 8);
  return claims;
}

/** @param {Uint8Array<ArrayBuffer>} header the protected one @returns {string} the key's id */
function readKey(header) {
  const start = [0xa2, 0x01, 0x26, 0x04, 0x48]; // {1: -7, 4: 8 bytes}
  if (header.length !== start.length + 8 || start.some((b, i) => header[i] !== b)) refuse();
  return hex(header.subarray(start.length));
}

/** @param {Uint8Array} bytes */
export function hex(bytes) {
  return [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
}

/** @param {number} length @returns {number[]} the head of a byte string shorter than 65,536 */
function byteStringHead(length) {
  if (length < 24) return [0x40 | length];
  return length < 256 ? [0x58, length] : [0x59, length >> 8, length & 0xff];
}

/**
 * The Sig_structure of RFC 9052 §4.4.
 * @param {Uint8Array} header
 * @param {Uint8Array} payload
 * @returns {Uint8Array<ArrayBuffer>}
 */
function toBeSigned(header, payload) {
  return new Uint8Array([0x84, 0x6a, ...new TextEncoder().encode("Signature1"), ...byteStringHead(header.length), ...header, 0x40,
    ...byteStringHead(payload.length), ...payload]);
}

/**
 * Reads a text, or throws Refusal "code".
 * @param {string} text
 * @returns {Code}
 */
export function decode(text) {
  if (!text.startsWith(prefix) || text.length > maxText) refuse();
  const r = new Reader(base45(text.slice(prefix.length)));
  if (r.take(tagged.length).some((b, i) => b !== tagged[i])) refuse();
  const header = r.bytesItem();
  if (r.head(5) !== 0) refuse(); // the unprotected header
  const payload = r.bytesItem();
  const signature = r.bytesItem();
  r.end();
  if (signature.length !== signatureBytes) refuse();
  return { key: readKey(header), claims: readClaims(payload), signed: toBeSigned(header, payload), signature };
}

/**
 * Names a public key as codes do.
 * @param {BufferSource} spki its SubjectPublicKeyInfo
 * @returns {Promise<string>}
 */
export async function keyID(spki) {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", spki)).subarray(0, 8));
}

/**
 * Reads a text and checks it against the keys that are trusted; throws Refusal otherwise. Whether the document still
 * counts is asked of the status list that the claims name.
 * @param {string} text
 * @param {Map<string, BufferSource>} keys id to SubjectPublicKeyInfo of a P-256 key
 * @returns {Promise<Code>}
 */
export async function verify(text, keys) {
  const code = decode(text);
  const spki = keys.get(code.key);
  if (!spki || (await keyID(spki)) !== code.key) throw new Refusal("key");
  const key = await crypto.subtle.importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const holds = await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, code.signature, code.signed);
  if (!holds) throw new Refusal("signature");
  return code;
}
