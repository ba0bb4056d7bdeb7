// Derives a sitting again from its transcript: node main.mjs TRANSCRIPT. Exit 0 equal, 1 different, 2 unreadable.
import { readFileSync } from "node:fs";
import { Different, Unreadable, hash, record, sha256, tree } from "./bytes.mjs";
import { Drawer, canonical, census } from "./draw.mjs";
import { afterwards } from "./events.mjs";
import { Index, Rules } from "./index.mjs";
import { course, signed } from "./log.mjs";
import { Plan } from "./plan.mjs";
import { checkRoots, formLeaf } from "./roots.mjs";
import { levelSeed, sittingSeed } from "./seed.mjs";
import { must } from "./state.mjs";
import { decode } from "./transcript.mjs";

/**
 * @typedef {{level: number, part: any, rules: Rules, ix: Index, plan: Plan, forms: import("./draw.mjs").Form[], seed: Buffer}} Level
 */

/** @param {any} part @returns {Level} */
function prepare(part) {
  const rules = new Rules(part.blueprint);
  const ix = new Index(part.cards, part.table, rules);
  const plan = new Plan(ix, census(part.slots, rules.pairs));
  const { level } = part;
  must(JSON.stringify(plan.joint) === JSON.stringify(part.joint), `level ${level}: joint table ${JSON.stringify(plan.joint)}`);
  must(JSON.stringify(canonical(part.slots)) === JSON.stringify(part.slots), `level ${level}: the order of slots`);
  reserves(part);
  return { level, part, rules, ix, plan, forms: [], seed: Buffer.alloc(0) };
}

/** @param {any} part */
function reserves(part) {
  const [seats, spare] = [new Map(), new Map()];
  for (const s of part.slots) {
    const place = JSON.stringify([s.site, s.province ?? ""]);
    const of = s.reserve ? spare : seats;
    must(!s.reserve || s.room === `${s.site}+`, `a reserve in ${s.room}`);
    of.set(place, (of.get(place) ?? 0) + 1);
  }
  for (const [place, n] of seats) must(spare.get(place) === Math.max(2, Math.ceil(n / 20)), `level ${part.level}: the reserves of ${place}`);
  must(spare.size === seats.size, `level ${part.level}: reserves of a place without seats`);
}

/** Draws an attempt and compares it. @param {any} file @param {Level[]} levels @param {import("./log.mjs").Course} c @param {number} attempt */
function derive(file, levels, c, attempt) {
  const seed = sittingSeed(c.secrets.map((s) => s.share), c.beacon.value, c.roots, attempt);
  const salts = Buffer.from(file.salts, "hex");
  const leaves = [];
  for (const l of levels) {
    l.seed = levelSeed(seed, l.level);
    const drawer = new Drawer(l.plan, l.seed);
    l.forms = l.part.slots.map((s, no) => drawer.draw(s, no));
    const shown = l.forms.map((f) => f.cards.map((card, i) => ({ handle: l.ix.cards[card].handle, options: f.options[i] })));
    if (attempt === c.draws.length - 1) compare(l, shown);
    shown.forEach((s, no) => leaves.push(formLeaf(salts, attempt, l.level, no, s)));
  }
  const recorded = c.draws[attempt];
  must(recorded.forms === leaves.length, `attempt ${attempt}: ${leaves.length} forms, recorded ${recorded.forms}`);
  const root = tree(leaves);
  must(root === recorded.root, `attempt ${attempt}: form root ${root}, recorded ${recorded.root}`);
  return root;
}

/** @param {Level} l @param {{handle: string, options: string}[][]} shown */
function compare(l, shown) {
  must(shown.length === l.part.forms.length, `level ${l.level}: ${l.part.forms.length} forms recorded`);
  shown.forEach((items, no) => {
    const recorded = l.part.forms[no];
    must(items.length === recorded.cards.length && items.length === recorded.options.length, `level ${l.level} slot ${no}: number of items`);
    items.forEach((item, i) => {
      const want = `${l.part.cards[recorded.cards[i]]?.handle} ${recorded.options[i]}`;
      const got = `${item.handle} ${item.options}`;
      must(got === want, `level ${l.level} slot ${no} place ${i}: ${got}, recorded ${want}`);
    });
  });
}

/** @param {any} file @param {Buffer} data @param {string} operator */
function checkSeal(file, data, operator) {
  const digest = sha256(data.subarray(0, data.lastIndexOf(',"seal":{')));
  must(digest === file.seal.digest, `seal ${digest}, recorded ${file.seal.digest}`);
  must(signed(operator, record("seal", hash(digest)), file.seal.signature), "the signature of the seal");
}

/** @param {Buffer} data */
function audit(data) {
  const file = decode(data);
  const c = course(file.log);
  must(file.engine.algorithm === "skillcert draw 1", `algorithm ${file.engine.algorithm}`);
  checkRoots(file, c.roots);
  const levels = file.parts.map(prepare);
  let root = "";
  for (let a = 0; a < c.draws.length; a++) root = derive(file, levels, c, a);
  afterwards(levels, c.events);
  checkSeal(file, data, c.terms.operator);
  return { root, attempts: c.draws.length, forms: levels.reduce((n, l) => n + l.part.slots.length, 0) };
}

try {
  const got = audit(readFileSync(process.argv[2]));
  console.log(`equal: ${got.forms} forms, ${got.attempts} attempts, form root ${got.root}`);
} catch (e) {
  if (e instanceof Different) {
    console.log(`different: ${e.message}`);
    process.exitCode = 1;
  } else {
    console.log(`unreadable: ${e instanceof Unreadable ? e.message : e.stack}`);
    process.exitCode = 2;
  }
}
