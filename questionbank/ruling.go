package questionbank

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// Ruling is a decided correction as marking follows it.
type Ruling struct {
	Correction CorrectionID
	Code       string
	Version    int // that forms hold
	Number     int // within the version; the highest is in force
	Full       bool
	Key        ItemVersion // whose key holds, unless Full
	Reason     string
	At         time.Time // of the decision
}

// Rulings are the decided corrections of the items of one release, by code and number: those in force, and those that
// were before them, for what was marked by these.
type Rulings []Ruling

// Rulings returns those of a release. Like StateOf it answers other parts of the program and asks for no role.
func (b *Bank) Rulings(ctx context.Context, s *Snapshot) (Rulings, error) {
	all, err := engine.All(ctx, b.corrections.CorrectionList)
	if err != nil {
		return nil, err
	}
	var rulings Rulings
	for _, c := range all {
		held, ok := s.Item(c.Code)
		if c.State != Decided || !ok || held.Version != c.Version {
			continue
		}
		r, err := b.ruling(ctx, c)
		if err != nil {
			return nil, err
		}
		rulings = append(rulings, r)
	}
	slices.SortFunc(rulings, func(x, y Ruling) int { return cmp.Or(cmp.Compare(x.Code, y.Code), x.Number-y.Number) })
	return rulings, nil
}

// ruling reads the version whose key holds, which must be the one that was decided on.
func (b *Bank) ruling(ctx context.Context, c *Correction) (Ruling, error) {
	r := Ruling{Correction: c.ID, Code: c.Code, Version: c.Version, Number: c.Number, Full: c.Remedy == FullCredit, Reason: c.Reason, At: c.Decision.At}
	if r.Full {
		return r, nil
	}
	i, err := b.items.Item(ctx, c.Code)
	if err != nil {
		return r, err
	}
	v, ok := i.version(c.To.Version)
	if !ok || v.Digest() != c.To.Digest {
		return r, ErrCorrectionBroken.With("%s", c.ID)
	}
	r.Key = v
	return r, nil
}

// InForce are the rulings that marking follows now, one for each item that has any.
func (rs Rulings) InForce() (last Rulings) {
	for n, r := range rs {
		if n+1 == len(rs) || rs[n+1].Code != r.Code {
			last = append(last, r)
		}
	}
	return last
}

// Of returns the ruling on an item; ok is false where there is none. Among several it is the last.
func (rs Rulings) Of(code string) (r Ruling, ok bool) {
	for _, r := range slices.Backward(rs) {
		if r.Code == code {
			return r, true
		}
	}
	return Ruling{}, false
}

// Named returns the ruling that a correction led to.
func (rs Rulings) Named(id CorrectionID) (r Ruling, ok bool) {
	n := slices.IndexFunc(rs, func(r Ruling) bool { return r.Correction == id })
	if n < 0 {
		return Ruling{}, false
	}
	return rs[n], true
}
