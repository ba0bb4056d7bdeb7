// The roots of section 3.6 and the form root of 3.8.
import { H, MAC, ZERO, byBytes, bytes, hash, leaf, record, tree } from "./bytes.mjs";
import { must } from "./state.mjs";

/** @param {any} v @returns {{bytes: Buffer}} */
const json = (v) => bytes(Buffer.from(JSON.stringify(v), "utf8"));

/** Compares all roots with those in the log. @param {any} file @param {any} roots */
export function checkRoots(file, roots) {
  const salts = Buffer.from(file.salts, "hex");
  const own = bank(file, salts);
  must(own.national === roots.national, `national root ${own.national}, recorded ${roots.national}`);
  must(JSON.stringify(own.provinces) === JSON.stringify(roots.provinces ?? []), "the roots of the provinces");
  const got = { bank: own.root, plan: plan(file), roster: roster(file, salts), usage: usage(file, salts), engine: engine(file) };
  for (const [name, root] of Object.entries(got)) must(root === roots[name], `root ${name} ${root}, recorded ${roots[name]}`);
}

/** @param {any} file @param {Buffer} salts */
function bank(file, salts) {
  const cards = file.parts.flatMap((p) => p.cards.map((c) => ({ level: p.level, c })));
  const leaves = cards.map(({ level, c }) => leaf(record("item", hash(MAC(salts, "item salt", c.handle)), level, c.handle, c.province ?? "", c.point,
    c.type, c.difficulty, c.seconds, c.options, c.enemy ?? "", hash(c.content))));
  const of = (/** @type {string} */ province) => leaves.filter((_, i) => (cards[i].c.province ?? "") === province);
  const national = tree(of(""));
  const names = [...new Set(cards.flatMap(({ c }) => c.province || []))].sort(byBytes);
  const provinces = names.map((province) => ({ province, items: of(province).length, root: tree(of(province)) }));
  const root = H("bank", hash(file.key), file.releases.length, ...file.releases.flatMap((r) => [r.id, r.province ?? "", r.digest]), file.parts.length,
    ...file.parts.flatMap((p) => [p.level, json(p.table)]), of("").length, hash(national), provinces.length,
    ...provinces.flatMap((p) => [p.province, p.items, hash(p.root)]));
  return { root, national, provinces };
}

/** @param {any} file */
function plan(file) {
  const parts = file.parts.flatMap((p) => {
    const rows = p.joint ?? [];
    return [p.level, json(p.blueprint), rows.length, ...rows.flatMap((r) => [r.length, ...r])];
  });
  return H("plan", file.parts.length, ...parts);
}

/** @param {any} file @param {Buffer} salts */
function roster(file, salts) {
  const leaves = file.parts.flatMap((p) => p.slots.map((s, no) => {
    const q = hash(MAC(salts, "seat salt", p.level, no));
    const excluded = s.excluded ?? [];
    return leaf(record("seat", q, p.level, no, s.province ?? "", s.site, s.room, s.seat, s.reserve ? 1 : 0, hash(s.candidate ?? ZERO),
      hash(H("excluded", q, excluded.length, ...excluded))));
  }));
  return H("roster", leaves.length, hash(tree(leaves)));
}

/** @param {any} file @param {Buffer} salts */
function usage(file, salts) {
  const used = file.parts.flatMap((p) => p.cards.filter((c) => c.opening).map((c) => [p.level, c.handle, c.opening]));
  return H("usage", hash(MAC(salts, "usage salt")), used.length, ...used.flat());
}

/** @param {any} file */
const engine = (file) => H("engine", file.engine.algorithm, file.engine.build, hash(file.engine.vectors));

/**
 * The leaf of a form.
 * @param {Buffer} salts @param {number} attempt @param {number} level @param {number} no
 * @param {{handle: string, options: string}[]} shown @returns {Buffer}
 */
export function formLeaf(salts, attempt, level, no, shown) {
  const f = hash(MAC(salts, "form salt", attempt, level, no));
  return leaf(record("form", f, attempt, level, no, shown.length, ...shown.flatMap((s) => [s.handle, s.options])));
}
