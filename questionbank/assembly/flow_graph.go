package assembly

// graph is a network of arcs with capacities and costs. Arc a and arc a^1 are the two directions of one arc. Everything
// is whole numbers; slices are kept from one use to the next.
type graph struct {
	head  []int32 // node to its first arc, -1 for none
	next  []int32 // arc to the next one of its node
	to    []int32
	left  []int64 // what an arc can still carry
	cost  []int64
	price []int64 // of a node: arcs are open to flow where cost + price of the tail - price of the head is 0

	level []int32 // scratch of flow, by node
	at    []int32
	queue []int32
	far   []int64 // scratch of reprice
	heap  []stop
}

// stop is a node reached at a distance.
type stop struct {
	far  int64
	node int32
}

func (g *graph) reset(nodes int) {
	g.head, g.price, g.far = sized(g.head, nodes), sized(g.price, nodes), sized(g.far, nodes)
	g.level, g.at = sized(g.level, nodes), sized(g.at, nodes)
	for i := range g.head {
		g.head[i], g.price[i] = -1, 0
	}
	g.next, g.to, g.left, g.cost = g.next[:0], g.to[:0], g.left[:0], g.cost[:0]
}

func sized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

func (g *graph) arc(from, to int32, room, cost int64) int32 {
	a := int32(len(g.to))
	g.to, g.left, g.cost = append(g.to, to, from), append(g.left, room, 0), append(g.cost, cost, -cost)
	g.next = append(g.next, g.head[from], g.head[to])
	g.head[from], g.head[to] = a, a+1
	return a
}

func (g *graph) sent(a int32) int64 { return g.left[a^1] }

func (g *graph) open(from, a int32) bool {
	return g.left[a] > 0 && g.cost[a]+g.price[from]-g.price[g.to[a]] == 0
}

// flow sends as much more as the open arcs can carry (Dinic). Without costs all arcs are open and this is a maximum flow.
func (g *graph) flow(source, sink int32) (sum int64) {
	for g.levels(source, sink) {
		copy(g.at, g.head)
		sum += g.push(source, sink, 1<<62)
	}
	return sum
}

func (g *graph) levels(source, sink int32) bool {
	for i := range g.level {
		g.level[i] = -1
	}
	g.level[source] = 0
	g.queue = append(g.queue[:0], source)
	for i := 0; i < len(g.queue) && g.level[sink] < 0; i++ {
		from := g.queue[i]
		for a := g.head[from]; a >= 0; a = g.next[a] {
			if to := g.to[a]; g.level[to] < 0 && g.open(from, a) {
				g.level[to] = g.level[from] + 1
				g.queue = append(g.queue, to)
			}
		}
	}
	return g.level[sink] >= 0
}

func (g *graph) push(from, sink int32, most int64) (sent int64) {
	if from == sink {
		return most
	}
	for ; g.at[from] >= 0; g.at[from] = g.next[g.at[from]] {
		a := g.at[from]
		if g.level[g.to[a]] != g.level[from]+1 || !g.open(from, a) {
			continue
		}
		n := g.push(g.to[a], sink, min(most-sent, g.left[a]))
		g.left[a] -= n
		g.left[a^1] += n
		if sent += n; sent == most {
			return sent
		}
	}
	return sent
}

// cheapest sends as much as the graph can carry, at the least cost. Costs must not be negative.
func (g *graph) cheapest(source, sink int32) (sum int64) {
	for {
		sum += g.flow(source, sink)
		if !g.reprice(source, sink) {
			return sum
		}
	}
}

const unreached = int64(1) << 62

// reprice opens the arcs of the cheapest ways that are left (Dijkstra over reduced costs); false if there is none.
func (g *graph) reprice(source, sink int32) bool {
	for i := range g.far {
		g.far[i] = unreached
	}
	g.far[source] = 0
	g.heap = append(g.heap[:0], stop{0, source})
	for len(g.heap) > 0 {
		s := g.pop()
		if s.far > g.far[s.node] {
			continue
		}
		if s.node == sink {
			break
		}
		for a := g.head[s.node]; a >= 0; a = g.next[a] {
			to := g.to[a]
			if g.left[a] == 0 {
				continue
			}
			if far := s.far + g.cost[a] + g.price[s.node] - g.price[to]; far < g.far[to] {
				g.far[to] = far
				g.add(stop{far, to})
			}
		}
	}
	if g.far[sink] == unreached {
		return false
	}
	for i := range g.price {
		g.price[i] += min(g.far[i], g.far[sink])
	}
	return true
}

func (g *graph) add(s stop) {
	g.heap = append(g.heap, s)
	h, i := g.heap, len(g.heap)-1
	for i > 0 && h[(i-1)/2].far > s.far {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = s
}

func (g *graph) pop() stop {
	h := g.heap
	top, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	g.heap = h
	i := 0
	for len(h) > 0 {
		child := 2*i + 1
		if child+1 < len(h) && h[child+1].far < h[child].far {
			child++
		}
		if child >= len(h) || h[child].far >= last.far {
			h[i] = last
			break
		}
		h[i] = h[child]
		i = child
	}
	return top
}

// reached marks the nodes that flow could still come to from source: the near side of a least cut, and the smallest one.
func (g *graph) reached(source int32) []bool {
	seen := make([]bool, len(g.head))
	seen[source] = true
	g.queue = append(g.queue[:0], source)
	for i := 0; i < len(g.queue); i++ {
		for a := g.head[g.queue[i]]; a >= 0; a = g.next[a] {
			if to := g.to[a]; !seen[to] && g.left[a] > 0 {
				seen[to] = true
				g.queue = append(g.queue, to)
			}
		}
	}
	return seen
}

// feeding marks the nodes from which flow could still come to sink: the far side of a least cut, and the smallest one.
func (g *graph) feeding(sink int32) []bool {
	seen := make([]bool, len(g.head))
	seen[sink] = true
	g.queue = append(g.queue[:0], sink)
	for i := 0; i < len(g.queue); i++ {
		for a := g.head[g.queue[i]]; a >= 0; a = g.next[a] {
			if to := g.to[a]; !seen[to] && g.left[a^1] > 0 {
				seen[to] = true
				g.queue = append(g.queue, to)
			}
		}
	}
	return seen
}
