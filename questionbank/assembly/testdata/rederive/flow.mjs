// Greatest flows, and the least toll among greatest flows.

/** A network; the source is node 0, the sink node 1. */
export class Network {
  /** @param {number} nodes */
  constructor(nodes) {
    /** @type {number[][]} */
    this.out = Array.from({ length: nodes }, () => []);
    /** @type {number[]} */ this.head = [];
    /** @type {number[]} */ this.left = [];
    /** @type {number[]} */ this.toll = [];
  }

  /** @param {number} from @param {number} to @param {number} room @param {number} toll @returns {number} */
  arc(from, to, room, toll = 0) {
    const id = this.head.length;
    this.out[from].push(id);
    this.out[to].push(id + 1);
    this.head.push(to, from);
    this.left.push(room, 0);
    this.toll.push(toll, -toll);
    return id;
  }

  /** Fills the network at the least toll. @returns {{flow: number, toll: number}} */
  fill() {
    let [flow, toll] = [0, 0];
    for (;;) {
      const far = this.#distances();
      if (far[1] === Infinity) return { flow, toll };
      const more = this.#fillTight(far);
      flow += more;
      toll += more * far[1];
    }
  }

  /** Least tolls from the source over arcs with room. @returns {number[]} */
  #distances() {
    const far = this.out.map(() => Infinity);
    far[0] = 0;
    const queue = [0];
    for (let q = 0; q < queue.length; q++) {
      const v = queue[q];
      for (const a of this.out[v]) {
        const w = this.head[a];
        if (this.left[a] === 0 || far[v] + this.toll[a] >= far[w]) continue;
        far[w] = far[v] + this.toll[a];
        queue.push(w);
      }
    }
    return far;
  }

  /** A greatest flow over the arcs that lie on ways of least toll. @param {number[]} far @returns {number} */
  #fillTight(far) {
    let flow = 0;
    for (;;) {
      const level = this.out.map(() => -1);
      level[0] = 0;
      const queue = [0];
      for (let q = 0; q < queue.length; q++) {
        for (const a of this.out[queue[q]]) {
          const w = this.head[a];
          if (level[w] >= 0 || this.left[a] === 0 || far[queue[q]] + this.toll[a] !== far[w]) continue;
          level[w] = level[queue[q]] + 1;
          queue.push(w);
        }
      }
      if (level[1] < 0) return flow;
      const at = this.out.map(() => 0);
      for (let more; (more = this.#push(0, Infinity, level, far, at)) > 0; ) flow += more;
    }
  }

  /** @param {number} v @param {number} most @param {number[]} level @param {number[]} far @param {number[]} at @returns {number} */
  #push(v, most, level, far, at) {
    if (v === 1) return most;
    for (; at[v] < this.out[v].length; at[v]++) {
      const a = this.out[v][at[v]];
      const w = this.head[a];
      if (this.left[a] === 0 || level[w] !== level[v] + 1 || far[v] + this.toll[a] !== far[w]) continue;
      const got = this.#push(w, Math.min(most, this.left[a]), level, far, at);
      if (got === 0) continue;
      this.left[a] -= got;
      this.left[a ^ 1] += got;
      return got;
    }
    return 0;
  }

  /** Whether the sink can still be reached from each node. @returns {boolean[]} */
  reaches() {
    const seen = this.out.map(() => false);
    seen[1] = true;
    const queue = [1];
    for (let q = 0; q < queue.length; q++) {
      for (const a of this.out[queue[q]]) {
        const from = this.head[a];
        if (seen[from] || this.left[a ^ 1] === 0) continue;
        seen[from] = true;
        queue.push(from);
      }
    }
    return seen;
  }
}
