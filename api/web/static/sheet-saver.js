// @ts-check
// Keeps what an examiner enters until the server has it: on this computer at once, on the server as soon as it answers, over
// reloads and restarts. Nothing is called saved that the server has not said it has.

/**
 * Fields of a sheet by name; an empty one is left out, so that two sheets that say the same are equal.
 * @typedef {Record<string, string>} Fields
 *
 * What is wrong with one field, by its name.
 * @typedef {{name: string, code: string, message: string}} Fault
 *
 * @typedef {{kind: "saved", revision: number, at: string} | {kind: "lost" | "signin" | "stale"} | {kind: "refused", detail: string, faults: Fault[]}} Reply
 *
 * A fault with the fields that it is about, as they were: they are not sent again while they stand so. One that was found here
 * holds until the fields are read again.
 * @typedef {{fault: Fault, names: string[], values: (string | undefined)[], here?: boolean}} Held
 *
 * What is kept: the fields as they stand, those that were sent and not answered, and the revision that both go by.
 * @typedef {{revision: number, fields: Fields, pending: Fields | null}} Draft
 *
 * @typedef {{getItem(key: string): string | null, setItem(key: string, value: string): void, removeItem(key: string): void}} Shelf
 */

/**
 * @param {Fields} a
 * @param {Fields} b
 * @returns {number} how many fields differ
 */
export function differing(a, b) {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => (a[name] ?? "") !== (b[name] ?? "")).length;
}

export class Saver {
  /**
   * @param {{key: string, shelf: Shelf | null, revision: number, saved: Fields,
   *   send: (revision: number, fields: Fields) => Promise<Reply>, tell: (saver: Saver) => void}} o saved is what the server has
   */
  constructor(o) {
    this.o = o;
    this.revision = o.revision;
    this.saved = o.saved;
    this.fields = o.saved;
    /** @type {Fields | null} sent, and not known to have arrived */
    this.pending = null;
    /** @type {"" | "lost" | "signin" | "stale" | "refused" | "conflict"} why it is not saved */
    this.trouble = "";
    this.detail = ""; // of a refusal
    /** @type {Fault[]} the fields for which it was refused, all of them */
    this.faults = [];
    /** @type {Held[]} what was refused stays on the page and on this computer; all else is saved without it */
    this.held = [];
    this.at = ""; // when it was last saved, as the server said
    /** @type {Promise<void> | null} */
    this.running = null;
  }

  /** How many changes the server does not have. */
  get unsaved() {
    return differing(this.fields, this.saved);
  }

  /**
   * Takes up what this computer kept of before a reload.
   * @returns {Fields | null} what to put into the fields; null when nothing was kept or the server has it
   */
  restore() {
    const kept = this.kept();
    if (!kept || differing(kept.fields, this.saved) === 0) {
      this.forget();
      return null;
    }
    const arrived = kept.pending !== null && differing(kept.pending, this.saved) === 0; // only its answer was lost
    if (kept.revision !== this.revision && !arrived) {
      this.trouble = "conflict"; // the sheet was saved elsewhere: a person has to decide
      this.o.tell(this);
      return null;
    }
    this.change(kept.fields);
    return this.fields;
  }

  /** After a conflict: takes what this computer kept over what the server has. @returns {Fields} */
  takeKept() {
    this.trouble = "";
    this.change(this.kept()?.fields ?? this.fields);
    return this.fields;
  }

  /** After a conflict: lets go of what this computer kept. */
  dropKept() {
    this.trouble = "";
    this.forget();
    this.o.tell(this);
  }

  /**
   * @param {Fields} fields as they stand now
   * @param {Fault[]} faults of those that cannot be read: what the server has in their place stays
   */
  change(fields, faults = []) {
    this.fields = { ...fields };
    this.held = [...this.held.filter((h) => !h.here && this.stands(h)), ...faults.map((fault) => ({ ...this.holding(fault), here: true }))];
    this.judge();
    this.unsaved === 0 && !this.pending ? this.forget() : this.keep(); // a copy of what the server has would later pass for something newer
    this.o.tell(this);
  }

  /** Calls it refused while something is held back, and no longer. What else is in the way is the graver news. */
  judge() {
    this.faults = this.held.map((h) => h.fault);
    if (this.faults.length > 0 && this.trouble === "") this.trouble = "refused";
    if (this.faults.length === 0 && this.trouble === "refused") this.trouble = "";
  }

  /** @param {Fault} fault @returns {Held} */
  holding(fault) {
    const names = aboutOf(fault.name);
    return { fault, names, values: names.map((name) => this.fields[name]) };
  }

  /** @param {Held} h @returns {boolean} whether its fields still say what was refused */
  stands(h) {
    return h.names.every((name, n) => this.fields[name] === h.values[n]);
  }

  /** @returns {Fields} what there is to send: the fields, and in the place of those held back what the server has */
  sendable() {
    const send = { ...this.fields };
    for (const name of this.held.filter((h) => this.stands(h)).flatMap((h) => h.names)) {
      delete send[name];
      if (name in this.saved) send[name] = this.saved[name];
    }
    return send;
  }

  /**
   * Holds back what was refused.
   * @param {Fields} sent
   * @param {Fault[]} faults
   * @returns {boolean} whether there is something else to send than before: what is not held back, or was put right meanwhile
   */
  hold(sent, faults) {
    const more = faults.map((fault) => this.holding(fault)).filter((h) => h.names.some((name) => name in sent && sent[name] === this.fields[name]));
    const stood = this.held.filter((h) => this.stands(h));
    this.held = [...stood, ...more];
    this.faults = [...stood.map((h) => h.fault), ...faults];
    return differing(this.sendable(), sent) > 0;
  }

  /**
   * Sends until the server has everything, or something is in the way. What was sent and not answered is sent again as it
   * was before anything newer: the server knows it then, and does not take it for somebody else's.
   * @returns {Promise<boolean>} whether everything is saved
   */
  async flush() {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    await this.running;
    return this.unsaved === 0 && this.trouble === "";
  }

  async run() {
    while ((this.pending || differing(this.sendable(), this.saved) > 0) && this.trouble !== "stale" && this.trouble !== "conflict") {
      const sent = (this.pending ??= this.sendable());
      this.keep();
      const reply = await this.o.send(this.revision, sent);
      if (reply.kind !== "saved") {
        if (reply.kind === "refused") this.pending = null; // the server has decided: it did not keep it
        this.trouble = reply.kind;
        this.detail = reply.kind === "refused" ? reply.detail : "";
        const again = reply.kind === "refused" && this.hold(sent, reply.faults);
        this.keep();
        this.o.tell(this);
        if (again) continue;
        return;
      }
      this.pending = null;
      this.saved = sent;
      this.revision = reply.revision;
      this.at = reply.at;
      this.held = this.held.filter((h) => this.stands(h));
      this.trouble = "";
      this.judge();
      this.unsaved === 0 ? this.forget() : this.keep();
      this.o.tell(this);
    }
  }

  /** @returns {Draft | null} */
  kept() {
    try {
      const d = JSON.parse(this.o.shelf?.getItem(this.o.key) ?? "null");
      return d && typeof d.revision === "number" && typeof d.fields === "object" ? d : null;
    } catch {
      return null;
    }
  }

  keep() {
    try {
      this.o.shelf?.setItem(this.o.key, JSON.stringify({ revision: this.revision, fields: this.fields, pending: this.pending }));
    } catch {
      // the computer has no room: what is on the page is still sent
    }
  }

  forget() {
    try {
      this.o.shelf?.removeItem(this.o.key);
    } catch {
      // nothing was kept then either
    }
  }
}

/**
 * What a save says, from the answer to it.
 * @param {number} status 0 when there was none
 * @param {any} body
 * @returns {Reply}
 */
export function replyOf(status, body) {
  if (status === 200 && typeof body?.revision === "number") return { kind: "saved", revision: body.revision, at: body.saved ?? "" };
  if (status === 401) return { kind: "signin" };
  if (body?.code === "store.stale") return { kind: "stale" };
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: "refused", detail: body?.detail ?? body?.title ?? "", faults: faultsOf(body?.fields) };
  return { kind: "lost" };
}

/**
 * The fields that a fault is about: a critical error and its note are sent or held back together.
 * @param {string} name
 */
function aboutOf(name) {
  const [kind, ...rest] = name.split(".");
  return kind === "veto" || kind === "note" ? [["veto", ...rest].join("."), ["note", ...rest].join(".")] : [name];
}

/**
 * @param {any} fields of the body of a refusal
 * @returns {Fault[]}
 */
function faultsOf(fields) {
  if (!Array.isArray(fields)) return [];
  return fields.map((f) => ({ name: String(f?.name ?? ""), code: String(f?.code ?? ""), message: String(f?.message ?? "") }));
}

/**
 * The body of a save: points in hundredths, critical errors with their notes.
 * @param {number} revision
 * @param {Fields} fields
 */
export function bodyOf(revision, fields) {
  /** @type {Record<string, Record<string, number>>} */
  const scores = {};
  const vetoes = [];
  for (const [name, value] of Object.entries(fields)) {
    const [kind, task, ...rest] = name.split(".");
    const no = rest.join(".");
    if (kind === "score") (scores[task] ??= {})[no] = Math.round(Number(value) * 100);
    if (kind === "veto") vetoes.push({ task, code: no, note: fields[`note.${task}.${no}`] ?? "" });
  }
  return { revision, scores, vetoes };
}
