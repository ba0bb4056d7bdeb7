package concordance

import (
	"maps"
	"math"
	"math/big"
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// mean adds in the order of size, so that the order in which values came does not show in the last digits.
func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range slices.Sorted(slices.Values(values)) {
		sum += v
	}
	return sum / float64(len(values))
}

// squares is the sum of squared distances from the mean.
func squares(values []float64) float64 {
	m, sum := mean(values), 0.0
	for _, v := range slices.Sorted(slices.Values(values)) {
		sum += (v - m) * (v - m)
	}
	return sum
}

// sd is the standard deviation of a sample of two or more.
func sd(values []float64) float64 { return math.Sqrt(squares(values) / float64(len(values)-1)) }

func root(n int) float64 { return math.Sqrt(float64(n)) }

// pooled is the standard deviation within the examiners, each around the own mean: one that is stricter than another
// does not widen it. 0 where none of them has two values.
func pooled(by map[engine.PersonID][]float64) float64 {
	sum, free := 0.0, 0
	for _, id := range slices.Sorted(maps.Keys(by)) {
		if len(by[id]) > 1 {
			sum += squares(by[id])
			free += len(by[id]) - 1
		}
	}
	if free == 0 {
		return 0
	}
	return math.Sqrt(sum / float64(free))
}

// Alpha is Krippendorff's alpha with the interval metric over units, each with the values that were given to it: 1 less
// the observed over the expected disagreement. Units with one value are left out, as the definition says. nil where no
// two values differ. Differences are whole numbers, so that full agreement is exactly 1.
func Alpha(units [][]int64) *float64 {
	var all []int64
	var observed []float64 // by unit: sum over ordered pairs of the squared difference, over the number of values less one
	for _, u := range units {
		if len(u) < 2 {
			continue
		}
		all = append(all, u...)
		f, _ := new(big.Float).SetInt(apart(u)).Float64()
		observed = append(observed, f/float64(len(u)-1))
	}
	if len(all) == 0 {
		return nil
	}
	n := float64(len(all))
	expected, _ := new(big.Float).SetInt(apart(all)).Float64()
	if expected == 0 {
		return nil
	}
	a := 1 - mean(observed)*float64(len(observed))*(n-1)/expected
	return &a
}

// apart is the sum over ordered pairs of the squared difference: 2(nΣx² - (Σx)²).
func apart(values []int64) *big.Int {
	n, sum, sq := big.NewInt(int64(len(values))), new(big.Int), new(big.Int)
	for _, v := range values {
		x := big.NewInt(v)
		sum.Add(sum, x)
		sq.Add(sq, x.Mul(x, x))
	}
	d := n.Mul(n, sq)
	return d.Lsh(d.Sub(d, sum.Mul(sum, sum)), 1)
}
