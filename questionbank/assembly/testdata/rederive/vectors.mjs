// Checks the small test vectors of section 6: node vectors.mjs DIRECTORY.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from "node:crypto";
import { Different, H, bytes, expand, hash, leaf, path, record, tree } from "./bytes.mjs";
import { Stream } from "./stream.mjs";
import { levelSeed, sittingSeed } from "./seed.mjs";
import { combine } from "./shamir.mjs";

const directory = process.argv[2];

/** @param {string} name */
const read = (name) => JSON.parse(readFileSync(join(directory, name), "utf8"));

/** @param {unknown} got @param {unknown} want @param {string} where */
function same(got, want, where) {
  if (JSON.stringify(got) !== JSON.stringify(want)) throw new Different(`${where}: ${JSON.stringify(got)}, the vector says ${JSON.stringify(want)}`);
}

/** @param {{key: string, label: string}} v */
const stream = (v) => new Stream(Buffer.from(v.key, "hex"), Buffer.from(v.label, "hex"));

/** @param {Stream} s */
const draw = (s) => {
  const high = s.next();
  return high.toString(16).padStart(8, "0") + s.low.toString(16).padStart(8, "0");
};

const small = {
  "stream.json"(v) {
    same(expand(Buffer.from(v.key, "hex"), Buffer.from(v.label, "hex")).toString("hex"), v.expanded, "expanded");
    const s = stream(v);
    same(v.words.map(() => draw(s)), v.words, "words");
  },
  "numbers.json"(v) {
    const s = stream(v);
    same(v.numbers.map(() => s.below(v.below)), v.numbers, `below ${v.below}`);
  },
  "shuffles.json"(v) {
    const order = stream(v).shuffle(Array.from({ length: v.count }, (_, i) => i));
    same(order.join(""), v.order, `order of ${v.count}`);
  },
  "merkle.json"(v) {
    const leaves = v.leaves.map((l) => leaf(Buffer.from(l, "hex")));
    same(tree(leaves), v.root, "root");
    same(path(leaves, leaves.length - 1), v.path, "path");
  },
  "seed.json"(v) {
    const seed = sittingSeed(v.shares, v.value, v.roots, v.attempt);
    same(seed.toString("hex"), v.seed, "seed");
    for (const level of Object.keys(v.levels)) same(levelSeed(seed, Number(level)).toString("hex"), v.levels[level], level);
  },
};

/** Opens a sealed part with the X25519 key of its holder. @param {string} priv @param {string} sealed @param {Buffer} info */
function open(priv, sealed, info) {
  const box = Buffer.from(sealed, "hex");
  const privateKey = createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), Buffer.from(priv, "hex")]), format: "der", type: "pkcs8" });
  const own = createPublicKey(privateKey).export({ format: "der", type: "spki" }).subarray(-32);
  const ephemeral = box.subarray(0, 32);
  const publicKey = createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), ephemeral]), format: "der", type: "spki" });
  const secret = diffieHellman({ privateKey, publicKey });
  const key = Buffer.from(hkdfSync("sha256", secret, Buffer.concat([ephemeral, own]), info, 32));
  const opener = createDecipheriv("aes-256-gcm", key, Buffer.alloc(12));
  opener.setAuthTag(box.subarray(-16));
  return Buffer.concat([opener.update(box.subarray(32, -16)), opener.final()]);
}

/** @param {any} v */
function commitments(v) {
  const { sitting, threshold } = v.terms;
  const dealer = v.commitment.custodian;
  same(H("commitment", sitting, dealer, hash(v.secret.share), hash(v.secret.nonce)), v.commitment.commitment, "commitment");
  const parts = v.commitment.shares.map((s) => {
    const part = open(v.boxes[s.holder - 1], s.sealed, record("box", sitting, dealer, s.holder));
    same(H("share", sitting, dealer, s.holder, bytes(part)), s.digest, `digest for ${s.holder}`);
    return { at: s.holder, part };
  });
  same(combine(parts.slice(0, threshold)).toString("hex"), v.secret.share + v.secret.nonce, "parts");

}

try {
  for (const [name, check] of Object.entries(small)) {
    const all = read(name);
    all.forEach((v, i) => {
      try {
        check(v);
      } catch (e) {
        throw new Different(`${name}[${i}]: ${e.message}`);
      }
    });
    console.log(`${name}: ${all.length} equal`);
  }
  commitments(read("commitments.json"));
  console.log("commitments.json: equal");
} catch (e) {
  console.log(e.stack);
  process.exitCode = 1;
}
