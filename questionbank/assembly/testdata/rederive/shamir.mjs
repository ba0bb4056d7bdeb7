// Shamir's scheme over GF(2⁸) with x⁸+x⁴+x³+x+1: section 3.2.

/** @param {number} a @param {number} b @returns {number} */
function times(a, b) {
  let product = 0;
  for (; b > 0; b >>= 1) {
    if (b & 1) product ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
  }
  return product;
}

/** a²⁵⁴, which is 1/a. @param {number} a @returns {number} */
function inverse(a) {
  let out = 1;
  for (let i = 0; i < 254; i++) out = times(out, a);
  return out;
}

/** The values at 0. @param {{at: number, part: Buffer}[]} parts @returns {Buffer} */
export function combine(parts) {
  const out = Buffer.alloc(parts[0].part.length);
  for (const { at, part } of parts) {
    let weight = 1;
    for (const other of parts) {
      if (other.at !== at) weight = times(weight, times(other.at, inverse(other.at ^ at)));
    }
    part.forEach((v, i) => (out[i] ^= times(v, weight)));
  }
  return out;
}
