// The seed of a sitting and of its levels: section 3.7.
import { hkdfSync } from "node:crypto";
import { be64, expand, label } from "./bytes.mjs";

/**
 * @param {string[]} shares in the order of custodians
 * @param {string} value the public random value
 * @param {{bank: string, plan: string, roster: string, usage: string, engine: string}} roots
 * @param {number} attempt
 * @returns {Buffer}
 */
export function sittingSeed(shares, value, roots, attempt) {
  const secret = Buffer.from(shares.join("") + value, "hex");
  const names = Buffer.from(roots.bank + roots.plan + roots.roster + roots.usage + roots.engine, "hex");
  const salt = Buffer.from("skillcert draw seed v1", "ascii");
  return Buffer.from(hkdfSync("sha256", secret, salt, Buffer.concat([names, be64(attempt)]), 32));
}

/** @param {Buffer} seed @param {number} level @returns {Buffer} */
export const levelSeed = (seed, level) => expand(seed, label("level", level));
