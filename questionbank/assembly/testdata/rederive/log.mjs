// The log: order, chain, signatures, the public random value, secrets. Sections 3.1 to 3.3, 3.9, 4.
import { createPublicKey, verify } from "node:crypto";
import { H, ZERO, bytes, hash, record, sha256 } from "./bytes.mjs";
import { combine } from "./shamir.mjs";
import { must } from "./state.mjs";

const DRAND = { genesis: 1692803367000, period: 3000 };

/** @param {string} key @param {Buffer} message @param {string} signature @returns {boolean} */
export function signed(key, message, signature) {
  const der = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), Buffer.from(key, "hex")]);
  const publicKey = createPublicKey({ key: der, format: "der", type: "spki" });
  return verify(null, message, publicKey, Buffer.from(signature, "hex"));
}

/**
 * @typedef {{terms: any, commitments: any[], roots: any, beacon: any, draws: any[], redraws: any[], events: any[],
 *   secrets: {share: string, nonce: string}[]}} Course
 */

/** @param {any[]} log @returns {Course} */
export function course(log) {
  chain(log);
  const of = (/** @type {string} */ kind) => log.filter((e) => e.kind === kind).map((e) => e.body);
  order(log);
  const [terms] = of("terms");
  /** @type {Course} */
  const c = { terms, commitments: of("commitment"), roots: of("roots")[0], beacon: of("beacon")[0], draws: of("draw"),
    redraws: of("redraw"), events: log.filter((e) => ["late", "absence", "withdrawal"].includes(e.kind)), secrets: [] };
  c.commitments.forEach((x, i) => must(x.custodian === i + 1, `commitment ${i + 1} is of custodian ${x.custodian}`));
  publicValue(c, log);
  draws(c);
  c.secrets = secrets(c, of("reveal"));
  return c;
}

/** @param {any[]} log */
function chain(log) {
  let [before, at] = [ZERO, 0];
  log.forEach((e, i) => {
    must(e.no === i, `entry ${i} is numbered ${e.no}`);
    must(e.at >= at, `entry ${i} lies before the one in front of it`);
    const own = H("entry", hash(before), e.no, e.at, e.kind, bytes(Buffer.from(JSON.stringify(e.body), "utf8")));
    must(own === e.hash, `entry ${i}: hash ${own}, recorded ${e.hash}`);
    [before, at] = [e.hash, e.at];
  });
}

/** @param {any[]} log */
function order(log) {
  const m = log[0]?.kind === "terms" ? log[0].body.custodians.length : 0;
  const kinds = log.map((e) => e.kind).join(" ");
  const pattern = new RegExp(`^terms( commitment){${m}} roots beacon draw( redraw draw)*( late| absence| withdrawal)*( reveal){${m}}$`);
  must(m > 0 && pattern.test(kinds), `the log runs ${kinds}`);
}

/** @param {Course} c @param {any[]} log */
function publicValue(c, log) {
  const { kind, round, text } = c.terms.beacon;
  const { value } = c.beacon;
  if (kind === "none") must(value === ZERO, "a public random value although none was announced");
  else if (kind === "witnessed") {
    const witnesses = c.beacon.witnesses ?? [];
    must(witnesses.length >= 2, "fewer than two witnesses");
    must(value === H("witnessed", c.terms.sitting, text ?? "", c.beacon.text ?? "", witnesses.length, ...witnesses), "the public random value");
  } else {
    must(kind === "drand" && c.beacon.signature?.length === 96, `source ${kind}`);
    must(value === sha256(Buffer.from(c.beacon.signature, "hex")), "the public random value");
    const due = DRAND.genesis + DRAND.period * (round - 1);
    const at = (/** @type {string} */ k) => log.find((e) => e.kind === k).at;
    must(at("roots") < due && due <= at("beacon"), "the round is not due between roots and beacon");
  }
}

/** @param {Course} c */
function draws(c) {
  const { sitting, operator, custodians, quorum } = c.terms;
  c.draws.forEach((d, a) => {
    must(d.attempt === a, `draw ${a} is of attempt ${d.attempt}`);
    must(signed(operator, record("head", sitting, a, d.forms, hash(d.root)), d.signature), `the signature of draw ${a}`);
  });
  must(2 * quorum > custodians.length && quorum <= custodians.length, `a quorum of ${quorum}`);
  c.redraws.forEach((r, i) => {
    must(r.attempt === i + 1, `redraw ${i + 1} is of attempt ${r.attempt}`);
    must(r.signatures.length >= quorum, `redraw ${r.attempt} without a quorum`);
    const message = record("redraw", sitting, r.attempt, hash(c.draws[i].root), r.reason);
    let last = 0;
    for (const { custodian, signature } of r.signatures) {
      must(custodian > last && custodian <= custodians.length, `redraw ${r.attempt}: custodian ${custodian}`);
      must(signed(custodians[custodian - 1].sign, message, signature), `redraw ${r.attempt}: the signature of ${custodian}`);
      last = custodian;
    }
  });
}

/** @param {Course} c @param {any[]} reveals */
function secrets(c, reveals) {
  const { sitting, threshold } = c.terms;
  return reveals.map((r, i) => {
    const j = i + 1;
    must(r.custodian === j, `reveal ${j} is of custodian ${r.custodian}`);
    const { commitment, shares } = c.commitments[i];
    must(H("commitment", sitting, j, hash(r.share), hash(r.nonce)) === commitment, `the secret of ${j} is not that of the commitment`);
    if (!r.shares) return r;
    const parts = r.shares.map((s) => {
      const part = Buffer.from(s.bytes, "hex");
      const digest = shares.find((x) => x.holder === s.holder)?.digest;
      must(s.custodian === j && H("share", sitting, j, s.holder, bytes(part)) === digest, `the part of ${j} that ${s.holder} held`);
      return { at: s.holder, part };
    });
    parts.sort((a, b) => a.at - b.at);
    must(threshold > 0 && parts.length >= threshold && combine(parts.slice(0, threshold)).toString("hex") === r.share + r.nonce, `the parts of ${j}`);
    return r;
  });
}
