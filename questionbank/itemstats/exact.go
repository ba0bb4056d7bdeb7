package itemstats

import (
	"math"
	"math/big"
)

// pair holds the sums of two numbers over n attempts.
type pair struct {
	n          int64
	a, b       int64 // sums
	aa, bb, ab int64 // sums of products
}

// spread is n·Σxy - Σx·Σy: n(n-1) times the covariance, exactly.
func spread(n, x, y, xy int64) *big.Int {
	s := new(big.Int).Mul(big.NewInt(n), big.NewInt(xy))
	return s.Sub(s, new(big.Int).Mul(big.NewInt(x), big.NewInt(y)))
}

func (p pair) varA() *big.Int { return spread(p.n, p.a, p.a, p.aa) }
func (p pair) varB() *big.Int { return spread(p.n, p.b, p.b, p.bb) }
func (p pair) cov() *big.Int  { return spread(p.n, p.a, p.b, p.ab) }

// perPair divides a spread into what it is n(n-1) times of, in points squared; nil for less than two attempts.
func (p pair) perPair(s *big.Int) *float64 {
	if p.n < 2 {
		return nil
	}
	d := new(big.Int).Mul(big.NewInt(p.n), big.NewInt(p.n-1))
	return quotient(s, d.Mul(d, big.NewInt(cent*cent)))
}

// cent is what a point is in the units of sums.
const cent = 100

// quotient is a / b as the nearest floating-point number; nil when b is zero.
func quotient(a, b *big.Int) *float64 {
	if b.Sign() == 0 {
		return nil
	}
	f, _ := new(big.Rat).SetFrac(a, b).Float64()
	return &f
}

func ratio(a, b int64) *float64 { return quotient(big.NewInt(a), big.NewInt(b)) }

// scaled is f(v), nil for nil and for what is no number.
func scaled(v *float64, f func(float64) float64) *float64 {
	if v == nil {
		return nil
	}
	r := f(*v)
	if math.IsNaN(r) || math.IsInf(r, 0) {
		return nil
	}
	return &r
}

func percent(v *float64) *float64 { return scaled(v, func(f float64) float64 { return 100 * f }) }
func root(v *float64) *float64    { return scaled(v, math.Sqrt) }

// correlation is 100·s/√(a·b), nil when one of the two does not vary.
func correlation(s, a, b *big.Int) *float64 {
	if a.Sign() == 0 || b.Sign() == 0 {
		return nil
	}
	square := quotient(new(big.Int).Mul(s, s), new(big.Int).Mul(a, b))
	r := 100 * min(1, math.Sqrt(*square)) * float64(s.Sign())
	return &r
}
