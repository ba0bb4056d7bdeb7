package itemstats

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"

	"github.com/skillcert/skillcert/engine"
)

// A session of thousands has a hundred thousand cells, so they are stored packed: the number of options, then for each
// cell the step from the total before it, its mark, and its counts; all as base-128 numbers.

// MarshalJSON packs the cells.
func (c Cells) MarshalJSON() ([]byte, error) {
	var b []byte
	if len(c) > 0 {
		b = binary.AppendUvarint(b, uint64(len(c[0].Chosen)))
	}
	before := engine.Points(0)
	for _, x := range c {
		b = binary.AppendVarint(b, int64(x.Total)-int64(before))
		b = binary.AppendVarint(b, int64(x.Mark))
		b = binary.AppendUvarint(b, uint64(x.N))
		b = binary.AppendUvarint(b, uint64(x.Open))
		for _, n := range x.Chosen {
			b = binary.AppendUvarint(b, uint64(n))
		}
		before = x.Total
	}
	return json.Marshal(b)
}

// UnmarshalJSON unpacks cells; what MarshalJSON would not write is refused.
func (c *Cells) UnmarshalJSON(data []byte) error {
	var b []byte
	if err := json.Unmarshal(data, &b); err != nil {
		return err
	}
	u := unpacker{rest: b}
	*c = nil
	if len(b) == 0 {
		return nil
	}
	options := u.count()
	if options > int64(len(b)) { // each takes a byte of every cell
		return fmt.Errorf("cells: %d options: %w", options, ErrTally)
	}
	total := int64(0)
	for len(u.rest) > 0 && !u.bad {
		total += u.number()
		x := Cell{Total: u.points(total), Mark: u.points(u.number()), N: u.count(), Open: u.count(), Chosen: make([]int64, options)}
		for o := range x.Chosen {
			x.Chosen[o] = u.count()
			u.bad = u.bad || x.Chosen[o] > x.N
		}
		u.bad = u.bad || x.N == 0 || x.Open > x.N || len(*c) > 0 && (*c)[len(*c)-1].compare(x) >= 0
		*c = append(*c, x)
	}
	if u.bad || len(*c) == 0 {
		return fmt.Errorf("cells of %d bytes: %w", len(b), ErrTally)
	}
	return nil
}

type unpacker struct {
	rest []byte
	bad  bool
}

func (u *unpacker) took(n int) bool {
	if n <= 0 {
		u.bad, u.rest = true, nil
		return false
	}
	u.rest = u.rest[n:]
	return true
}

func (u *unpacker) number() int64 {
	v, n := binary.Varint(u.rest)
	if !u.took(n) {
		return 0
	}
	return v
}

// count reads a number of attempts.
func (u *unpacker) count() int64 {
	v, n := binary.Uvarint(u.rest)
	if !u.took(n) || v > math.MaxInt32 {
		u.bad = true
		return 0
	}
	return int64(v)
}

func (u *unpacker) points(v int64) engine.Points {
	if v < math.MinInt32 || v > math.MaxInt32 {
		u.bad = true
		return 0
	}
	return engine.Points(v)
}
