// Reads a transcript: section 4.
import { Unreadable } from "./bytes.mjs";

// Members in their order; * marks those left out when empty, = holds what the bank writes.
const SHAPES = {
  file: "format:text engine:engine key:hex salts:hex releases:[release parts:[part log:[entry seal:seal",
  engine: "algorithm:text build:text vectors:hex",
  release: "id:text province*:text digest:hex",
  part: "level:number blueprint:= table:= joint:= cards:[card slots:[slot forms:[form",
  card: "handle:hex province*:text point:text type:text difficulty:number seconds:number options:number enemy*:hex opening*:number content:hex",
  slot: "province*:text site:text room:text seat:number reserve*:flag candidate*:hex excluded*:[hex",
  form: "cards:[number options:[text",
  entry: "no:number at:number kind:text body:= hash:hex",
  seal: "digest:hex signature:hex",
  terms: "sitting:text threshold:number quorum:number custodians:[custodian beacon:announcement operator:hex",
  custodian: "name:text sign:hex box:hex",
  announcement: "kind:text round*:number text*:text",
  commitment: "custodian:number commitment:hex shares*:[share",
  share: "holder:number digest:hex sealed:hex",
  roots: "bank:hex plan:hex roster:hex usage:hex engine:hex national:hex provinces*:[provinceRoot",
  provinceRoot: "province:text items:number root:hex",
  beacon: "signature*:hex text*:text witnesses*:[text value:hex",
  draw: "attempt:number forms:number root:hex signature:hex",
  redraw: "attempt:number reason:text signatures:[signature",
  signature: "custodian:number signature:hex",
  late: "level:number province*:text site:text candidate:hex excluded*:[hex slot:number extra*:flag changes*:[change",
  change: "slot:number place:number handle:hex options:text",
  absence: "level:number slot:number",
  withdrawal: "level:number handle:hex reason:text changes*:[change",
  reveal: "custodian:number share:hex nonce:hex shares*:[opened",
  opened: "custodian:number holder:number bytes:hex",
};

const KINDS = ["terms", "commitment", "roots", "beacon", "draw", "redraw", "late", "absence", "withdrawal", "reveal"];

/** @type {Record<string, (v: unknown) => boolean>} */
const SIMPLE = {
  text: (v) => typeof v === "string" && !/[\p{Cc}\u2028\u2029]/u.test(v),
  hex: (v) => typeof v === "string" && /^([0-9a-f]{2})+$/.test(v),
  number: (v) => Number.isSafeInteger(v) && /** @type {number} */ (v) >= 0,
  flag: (v) => v === true,
  "=": () => true,
};

/** @param {unknown} v @param {string} shape @param {string} where */
function check(v, shape, where) {
  if (shape.startsWith("[")) {
    if (!Array.isArray(v)) throw new Unreadable(`${where} is no list`);
    v.forEach((x, i) => check(x, shape.slice(1), `${where}[${i}]`));
  } else if (shape in SIMPLE) {
    if (!SIMPLE[shape](v)) throw new Unreadable(`${where} is no ${shape}`);
  } else members(v, shape, where);
}

/** @param {any} v @param {string} shape @param {string} where */
function members(v, shape, where) {
  if (typeof v !== "object" || v === null || Array.isArray(v)) throw new Unreadable(`${where} is no object`);
  const names = Object.keys(v);
  for (const member of SHAPES[shape].split(" ")) {
    const [name, kind] = member.split(":");
    const plain = name.replace("*", "");
    if (names[0] !== plain) {
      if (name === plain) throw new Unreadable(`${where} lacks ${plain}, or not in its place`);
      continue;
    }
    names.shift();
    const value = v[plain];
    if (name !== plain && (value === "" || value === 0 || value === false || (Array.isArray(value) && value.length === 0))) {
      throw new Unreadable(`${where}.${plain} is empty and there`);
    }
    check(value, kind, `${where}.${plain}`);
  }
  if (names.length > 0) throw new Unreadable(`${where} has ${names[0]}`);
}

/** @param {Buffer} data @returns {any} */
export function decode(data) {
  if (data.length > 512 * 2 ** 20) throw new Unreadable("longer than 512 MiB");
  const text = data.toString("utf8");
  let file;
  try {
    file = JSON.parse(text);
  } catch (e) {
    throw new Unreadable(e.message);
  }
  check(file, "file", "transcript");
  if (file.format !== "skillcert draw transcript 1") throw new Unreadable(`format ${file.format}`);
  for (const e of file.log) {
    if (!KINDS.includes(e.kind)) throw new Unreadable(`entry ${e.no} of kind ${e.kind}`);
    check(e.body, e.kind, `entry ${e.no}`);
  }
  if (!Buffer.from(JSON.stringify(file) + "\n", "utf8").equals(data)) throw new Unreadable("not canonical");
  return file;
}
