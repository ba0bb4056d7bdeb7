package questionbank

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// ReleaseState is whether a release may be drawn from.
type ReleaseState string

// The states of a release.
const (
	Preparing ReleaseState = "preparing" // its content is chosen, its items are being admitted; nobody sees it yet
	Published ReleaseState = "published"
	Withdrawn ReleaseState = "withdrawn"
)

// ItemRef names one version of an item with the digest of its content.
type ItemRef struct {
	Code    string `json:"code"`
	Version int    `json:"version"`
	Digest  string `json:"digest"`
}

// Release (题库版本) is a frozen selection of item versions: 2026.1 is national, 2026.1+120000 adds the admitted
// supplement of one province to it. Nothing in it ever changes; a withdrawal only says that it is no longer drawn from.
type Release struct {
	ID        string                        `json:"id"`
	Base      string                        `json:"base,omitempty"`     // national release under a provincial one
	Province  string                        `json:"province,omitempty"` // two digits of GB/T 2260
	State     ReleaseState                  `json:"state"`
	Items     []ItemRef                     `json:"items"` // by code
	Tables    map[engine.Level]ElementTable `json:"tables"`
	Digest    string                        `json:"digest"` // hex Merkle root (RFC 6962 hashing) over tables and item digests
	Sample    bool                          `json:"sample,omitempty"`
	Published time.Time                     `json:"published"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Snapshot is a release with the content it names, ready to be drawn from, shown and marked by.
type Snapshot struct {
	Release Release
	Tables  map[engine.Level]ElementTable
	Items   []ItemVersion // by code
}

// Item returns the version of the item that the snapshot holds.
func (s *Snapshot) Item(code string) (ItemVersion, bool) {
	lo, hi := 0, len(s.Items)
	for lo < hi {
		if mid := (lo + hi) / 2; s.Items[mid].Code < code {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == len(s.Items) || s.Items[lo].Code != code {
		return ItemVersion{}, false
	}
	return s.Items[lo], true
}

// Blueprint (组卷方案) says what a form of one level is made of.
type Blueprint struct {
	ID            string           `json:"id"`
	Level         engine.Level     `json:"level"`
	Release       string           `json:"release"` // that it was proved against
	Counts        map[ItemType]int `json:"counts"`
	Ranges        map[string]int   `json:"ranges"`        // items by range (鉴定范围), by code; the ranges do not nest
	MaxPerPoint   int              `json:"max_per_point"` // items of one assessment point; 0 means 1
	SupplementCap int              `json:"supplement_cap"`
	ItemPoints    engine.Points    `json:"item_points"` // that one right answer earns
	Sample        bool             `json:"sample,omitempty"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Total is the number of items in a form.
func (b Blueprint) Total() (n int) {
	for _, c := range b.Counts {
		n += c
	}
	return n
}
