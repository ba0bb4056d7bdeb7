// Records, hashes, trees and canonical texts: section 1 of the specification.
import { createHash, createHmac } from "node:crypto";

/** Something differs from what the specification says must be there. */
export class Different extends Error {}

/** The file cannot be read as a transcript at all. */
export class Unreadable extends Error {}

/**
 * A field of a record: a whole number, a text, bytes with their length, or a hash without one.
 * @typedef {number | string | {bytes: Buffer} | {hash: string}} Field
 */

/** @param {number} n @returns {Buffer} */
export function be64(n) {
  const out = Buffer.alloc(8);
  out.writeBigUInt64BE(BigInt(n));
  return out;
}

/** @param {Buffer} b @returns {{bytes: Buffer}} */
export const bytes = (b) => ({ bytes: b });

/** @param {string} hex @returns {{hash: string}} */
export const hash = (hex) => ({ hash: hex });

export const ZERO = "0".repeat(64);

/** @param {Field} f @returns {Buffer[]} */
function field(f) {
  if (typeof f === "number") return [be64(f)];
  if (typeof f === "string") return field({ bytes: Buffer.from(f, "utf8") });
  if ("bytes" in f) return [be64(f.bytes.length), f.bytes];
  if (!/^[0-9a-f]{64}$/.test(f.hash)) throw new Different(`not a hash: ${f.hash}`);
  return [Buffer.from(f.hash, "hex")];
}

/** @param {string} domain @param {...Field} fields @returns {Buffer} */
export function record(domain, ...fields) {
  return Buffer.concat([...field(`skillcert draw ${domain} v1`), ...fields.flatMap(field)]);
}

/** @param {Buffer} data @returns {string} */
export const sha256 = (data) => createHash("sha256").update(data).digest("hex");

/** @param {string} domain @param {...Field} fields @returns {string} */
export const H = (domain, ...fields) => sha256(record(domain, ...fields));

/** @param {Buffer} key @param {string} domain @param {...Field} fields @returns {string} */
export function MAC(key, domain, ...fields) {
  return createHmac("sha256", key).update(record(domain, ...fields)).digest("hex");
}

/** HKDF-SHA256-Expand to 32 bytes. @param {Buffer} key @param {Buffer} label @returns {Buffer} */
export function expand(key, label) {
  return createHmac("sha256", key).update(label).update(Buffer.of(1)).digest();
}

/** Letters of a word, then numbers. @param {...(string | number)} parts @returns {Buffer} */
export function label(...parts) {
  return Buffer.concat(parts.map((p) => (typeof p === "number" ? be64(p) : Buffer.from(p, "ascii"))));
}

/** @param {Buffer} data @returns {Buffer} */
export function leaf(data) {
  return createHash("sha256").update(Buffer.of(0)).update(data).digest();
}

/** The root of RFC 6962 over leaf hashes. @param {Buffer[]} leaves @returns {string} */
export function tree(leaves) {
  return leaves.length === 0 ? sha256(Buffer.alloc(0)) : node(leaves, 0, leaves.length).toString("hex");
}

/** @param {Buffer[]} leaves @param {number} from @param {number} to @returns {Buffer} */
function node(leaves, from, to) {
  if (to - from === 1) return leaves[from];
  const half = split(to - from);
  const left = node(leaves, from, from + half);
  return createHash("sha256").update(Buffer.of(1)).update(left).update(node(leaves, from + half, to)).digest();
}

/** The largest power of two below n. @param {number} n @returns {number} */
function split(n) {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

/** The audit path of leaf i, upwards. @param {Buffer[]} leaves @param {number} i @returns {string[]} */
export function path(leaves, i) {
  if (leaves.length <= 1) return [];
  const half = split(leaves.length);
  const [own, other] = [leaves.slice(0, half), leaves.slice(half)];
  if (i < half) return [...path(own, i), tree(other)];
  return [...path(other, i - half), tree(own)];
}

/** Byte order of two texts. @param {string} a @param {string} b @returns {number} */
export function byBytes(a, b) {
  return Buffer.compare(Buffer.from(a, "utf8"), Buffer.from(b, "utf8"));
}

/** ⌊a·b/c⌋ of whole numbers, exact beyond 2⁵³. @param {number} a @param {number} b @param {number} c */
export function mulDiv(a, b, c) {
  const product = a * b;
  if (Number.isSafeInteger(product)) return Math.floor(product / c);
  const [x, y] = [BigInt(a) * BigInt(b), BigInt(c)];
  const q = x / y;
  return Number(x % y !== 0n && x < 0n !== y < 0n ? q - 1n : q);
}
