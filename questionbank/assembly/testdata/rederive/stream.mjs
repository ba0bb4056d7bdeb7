// The stream of section 1: chacha8rand of C2SP under an expanded key.
import { expand } from "./bytes.mjs";

const CONSTANTS = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];

/** A source of 64-bit values, kept as halves of 32 bits. */
export class Stream {
  /** @param {Buffer} key @param {Buffer} label */
  constructor(key, label) {
    const k = expand(key, label);
    this.key = Array.from({ length: 8 }, (_, i) => k.readUInt32LE(4 * i));
    this.words = new Uint32Array(64); // word w of the four interleaved blocks at 4·w + block
    this.counter = 0;
    this.at = 0;
    this.end = 0;
    this.low = 0; // lower half of the latest value
  }

  /** Takes the next value; gives its upper 32 bits. @returns {number} */
  next() {
    if (this.at === this.end) this.#refill();
    const i = 2 * this.at++;
    this.low = this.words[i];
    return this.words[i + 1];
  }

  /** A number below n. @param {number} n @returns {number} */
  below(n) {
    if (n === 1) return 0;
    const threshold = 2 ** 32 % n;
    for (;;) {
      const w = this.next();
      const low = Math.imul(w, n) >>> 0;
      if (low < threshold) continue;
      return n < 2 ** 21 ? (w * n - low) / 2 ** 32 : Number((BigInt(w) * BigInt(n)) >> 32n);
    }
  }

  /** Shuffles in place. @template T @param {T[]} list @returns {T[]} */
  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  /** Four blocks at a time; after sixteen, the last four values are the next key. */
  #refill() {
    if (this.counter === 16) {
      this.key = Array.from(this.words.subarray(56, 64));
      this.counter = 0;
    }
    for (let b = 0; b < 4; b++) this.#block(b);
    this.counter += 4;
    this.at = 0;
    this.end = this.counter === 16 ? 28 : 32;
  }

  /** @param {number} b */
  #block(b) {
    const x = new Uint32Array([...CONSTANTS, ...this.key, this.counter + b, 0, 0, 0]);
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 4; i++) quarter(x, i, 4 + i, 8 + i, 12 + i);
      for (let i = 0; i < 4; i++) quarter(x, i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
    }
    for (let i = 0; i < 8; i++) x[4 + i] += this.key[i];
    for (let w = 0; w < 16; w++) this.words[4 * w + b] = x[w];
  }
}

/** @param {Uint32Array} x @param {number} a @param {number} b @param {number} c @param {number} d */
function quarter(x, a, b, c, d) {
  x[a] += x[b];
  x[d] = rotate(x[d] ^ x[a], 16);
  x[c] += x[d];
  x[b] = rotate(x[b] ^ x[c], 12);
  x[a] += x[b];
  x[d] = rotate(x[d] ^ x[a], 8);
  x[c] += x[d];
  x[b] = rotate(x[b] ^ x[c], 7);
}

/** @param {number} v @param {number} n @returns {number} */
function rotate(v, n) {
  return (v << n) | (v >>> (32 - n));
}
