package assembly

// priced is a lower bound on what a form costs that meets the core and the tolls: what the cheapest form by the core alone
// costs when whoever pays a toll is charged its price, less what the toll allows at that price. Any prices that are
// not negative prove one (Lagrange); without tolls it is what the cheapest form costs. ok is false if no form meets the
// core.
func (c *core) priced(cost func(*bin) int64, tolls []toll, prices []int64) (bound int64, ok bool) {
	var n network
	n.lay(c, 1, single, func(b *bin) int64 {
		sum := cost(b)
		for k, t := range tolls {
			sum += prices[k] * t.pays(b)
		}
		return sum
	})
	short, bound := n.cheap()
	for k, t := range tolls {
		bound -= prices[k] * int64(t.most)
	}
	return bound, short == 0
}
