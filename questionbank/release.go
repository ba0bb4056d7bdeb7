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
//
// The list of items may be long, so a store keeps it apart: a release that was read has its Count and no Items until
// Releases.ReleaseItems gives them.
type Release struct {
	ID        string                        `json:"id"`
	Base      string                        `json:"base,omitempty"`     // national release under a provincial one
	Province  string                        `json:"province,omitempty"` // two digits of GB/T 2260
	State     ReleaseState                  `json:"state"`
	Items     []ItemRef                     `json:"items,omitempty"` // by code; nil while they are not read
	Count     int                           `json:"count"`           // of items; kept by the store
	Parts     []string                      `json:"parts,omitempty"` // where the store has the items; kept by the store
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

	hands map[engine.Level]map[engine.PersonID][]Hand // set by Bank.load
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

// Blueprint (组卷方案) says what a form of one level is made of. Of the optional parts a zero value asks for nothing.
type Blueprint struct {
	ID      string           `json:"id"`
	Level   engine.Level     `json:"level"`
	Release string           `json:"release"` // that it was proved against
	Counts  map[ItemType]int `json:"counts"`
	// Ranges are the items by range (鉴定范围), by code. They may nest: what an inner range is given is part of what the
	// outer one is given. Those that lie in no other add up to the form.
	Ranges        map[string]int             `json:"ranges"`
	MaxPerPoint   int                        `json:"max_per_point"`          // items of one assessment point; 0 means 1
	Difficulties  map[int]int                `json:"difficulties,omitempty"` // items by difficulty, 1 to 5; when given they add up to the form
	Importance    map[string]Bounds          `json:"importance,omitempty"`   // items by the importance of their point: X, Y, Z
	Seconds       Bounds                     `json:"seconds,omitzero"`       // of the expected answering times together
	SupplementCap int                        `json:"supplement_cap"`
	Exposure      Exposure                   `json:"exposure,omitzero"`
	Overlap       Overlap                    `json:"overlap,omitzero"`
	SkipMet       bool                       `json:"skip_met,omitempty"`    // no item again that the candidate met in an earlier form
	Forms         FormsMode                  `json:"forms,omitempty"`       // zero means Individual
	ItemPoints    engine.Points              `json:"item_points"`           // that one right answer earns
	TypePoints    map[ItemType]engine.Points `json:"type_points,omitempty"` // where a type earns other points than ItemPoints
	// MultipleCredit is what an incomplete answer to a multiple item earns; empty means AllOrNothing, see CreditRule.
	MultipleCredit Credit `json:"multiple_credit,omitempty"`
	Sample         bool   `json:"sample,omitempty"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Bounds are the least and the most of something; a Max of zero sets no upper end.
type Bounds struct {
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
}

// Exposure limits how often one item may be used in one draw, in thousandths. Of the two limits the lower one holds.
type Exposure struct {
	OverLeast int `json:"over_least,omitempty"` // of the least possible peak: 1050 lets an item be used 5 % more often; 0 means 1050
	Share     int `json:"share,omitempty"`      // of the forms that may hold the item; 0 sets no limit
}

// Overlap limits how many items two forms of one draw may share. Nil sets no limit.
type Overlap struct {
	Any       *int `json:"any,omitempty"`       // any two forms
	Neighbour *int `json:"neighbour,omitempty"` // two forms side by side in one room
}

// FormsMode is how forms are spread over a room.
type FormsMode string

// The ways to spread forms.
const (
	Individual FormsMode = "individual" // every seat has a form of its own
	AB         FormsMode = "ab"         // a room has two forms (A卷、B卷), by the parity of the seat
)

// PointsOf is what one right answer to an item of type t earns.
func (b Blueprint) PointsOf(t ItemType) engine.Points {
	if p, ok := b.TypePoints[t]; ok {
		return p
	}
	return b.ItemPoints
}

// Total is the number of items in a form.
func (b Blueprint) Total() (n int) {
	for _, c := range b.Counts {
		n += c
	}
	return n
}
