package protocol

import (
	"slices"

	"github.com/skillcert/skillcert/engine/errs"
)

// BeaconKind is where the public random value of a sitting comes from.
type BeaconKind string

// The sources.
const (
	Drand     BeaconKind = "drand"     // a round of drand quicknet
	Witnessed BeaconKind = "witnessed" // a drawing before witnesses, where the network is closed
	NoBeacon  BeaconKind = "none"      // none: whoever knew all secrets before the roots could have chosen the forms
)

// Announcement names the public randomness before it exists: the number of a drand round, or how it will be drawn.
type Announcement struct {
	Kind  BeaconKind `json:"kind"`
	Round int        `json:"round,omitempty"`
	Text  string     `json:"text,omitempty"`
}

// Check looks at whether the announcement says what its kind has to say.
func (a Announcement) Check(c *errs.Check) {
	switch a.Kind {
	case Drand:
		c.That(a.Round > 0 && a.Round < 1<<40 && a.Text == "", "beacon.round", "range", "缺少 drand 轮次")
	case Witnessed:
		c.That(a.Round == 0 && a.Text != "" && validText(a.Text, maxText), "beacon.text", "form", "缺少见证抽取办法")
	case NoBeacon:
		c.That(a.Round == 0 && a.Text == "", "beacon.kind", "form", "不用公开随机数时没有轮次和说明")
	default:
		c.That(false, "beacon.kind", "unknown", "公开随机数的来源为 drand、witnessed 或 none")
	}
}

// Beacon is the public random value as it was observed, with what it was read from.
type Beacon struct {
	Signature Hex      `json:"signature,omitempty"` // of a drand round: 48 bytes
	Text      string   `json:"text,omitempty"`      // of a witnessed drawing: what was drawn
	Witnesses []string `json:"witnesses,omitempty"` // who saw it, at least two
	Value     Hash     `json:"value"`
}

// value derives the random value from what was recorded. ErrBeacon when the record has not the form of its kind, or is
// not the announced round's.
func (b Beacon) value(a Announcement, sitting string) (Hash, error) {
	bare := len(b.Signature) == 0 && b.Text == "" && len(b.Witnesses) == 0
	switch a.Kind {
	case Drand:
		if b.Text != "" || len(b.Witnesses) > 0 {
			return Hash{}, ErrBeacon.With("drand 轮次只有签名，没有结果和见证人")
		}
		return quicknetValue(a.Round, b.Signature)
	case Witnessed:
		if len(b.Signature) > 0 || b.Text == "" || !validText(b.Text, maxText) || !soundWitnesses(b.Witnesses) {
			return Hash{}, ErrBeacon.With("见证抽取应有结果和至少两名见证人")
		}
		r := newRecord("witnessed").text(sitting).text(a.Text).text(b.Text).number(len(b.Witnesses))
		for _, w := range b.Witnesses {
			r = r.text(w)
		}
		return r.sum(), nil
	}
	if !bare {
		return Hash{}, ErrBeacon.With("约定不用公开随机数")
	}
	return Hash{}, nil
}

func soundWitnesses(names []string) bool {
	sorted := slices.Sorted(slices.Values(names))
	return len(names) >= 2 && len(names) <= MaxCustodians && len(slices.Compact(sorted)) == len(names) &&
		!slices.ContainsFunc(names, func(n string) bool { return !validName(n) })
}
