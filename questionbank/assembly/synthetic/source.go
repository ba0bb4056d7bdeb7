package synthetic

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
)

// source is the randomness of a bank.
type source struct{ chacha *rand.ChaCha8 }

func newSource(seed uint64) source {
	var key [32]byte
	binary.BigEndian.PutUint64(key[:], seed)
	copy(key[8:], "synthetic bank")
	return source{rand.NewChaCha8(key)}
}

// below returns a number in [0, n). The bias of the multiplication is below one in a hundred million here.
func (s source) below(n int) int {
	return int(s.chacha.Uint64() >> 32 * uint64(n) >> 32)
}

// one is 1 as a fixed-point number.
const one = 1 << 24

// bell returns a number of mean 0 and standard deviation 1 in fixed point: the sum of twelve even ones, less six.
func (s source) bell() int64 {
	sum := int64(-6 * one)
	for range 12 {
		sum += int64(s.chacha.Uint64() >> 40)
	}
	return sum
}

// skewed returns e to the power of a bell of the standard deviation given in thousandths: (1 + x/256)^256.
func (s source) skewed(thousandths int64) int64 {
	y := one + s.bell()*thousandths/1000/256
	for range 8 {
		y = y * y / one
	}
	return y
}

// wheel draws places in proportion to their weights.
type wheel struct{ upTo []int64 }

func (w *wheel) add(weight int64) {
	if n := len(w.upTo); n > 0 {
		weight += w.upTo[n-1]
	}
	w.upTo = append(w.upTo, weight)
}

// at is the place at a part of the turn, of 2³².
func (w *wheel) at(part uint32) int {
	turn, _ := bits.Mul64(uint64(w.upTo[len(w.upTo)-1]), uint64(part)<<32)
	x := int64(turn)
	lo, hi := 0, len(w.upTo)-1
	for lo < hi {
		if mid := (lo + hi) / 2; w.upTo[mid] > x {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return lo
}

func (s source) spin(w *wheel) int { return w.at(uint32(s.chacha.Uint64() >> 32)) }
