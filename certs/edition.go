package certs

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// Edition (版次) is one document of a certificate: what is printed on it, why it was made and where it is recorded.
// Once sealed it never changes.
type Edition struct {
	Version    int               `json:"version"` // from 1, higher for every correction and reissue; one that was withdrawn is not used again
	Kind       translog.Event    `json:"kind"`    // issued, corrected or reissued
	Name       string            `json:"name"`    // this and the following as printed
	IDType     engine.IDType     `json:"id_type"`
	IDMasked   string            `json:"id_masked"`
	Occupation engine.Occupation `json:"occupation"`
	Level      engine.Level      `json:"level"`
	Issued     clock.Date        `json:"issued"` // of the first edition, for ever
	OrgName    string            `json:"org_name"`
	Photo      string            `json:"photo,omitempty"`        // hex SHA-256 of the picture, empty for none
	Remark     string            `json:"remark,omitempty"`       // printed on corrections and reissues
	Route      Route             `json:"sealed_route,omitempty"` // in the credential: empty for an examination, and in documents from before it was

	Made     time.Time `json:"made,omitzero"` // when it was decided on
	By       string    `json:"by,omitempty"`  // account
	Grounds  string    `json:"grounds,omitempty"`
	Evidence string    `json:"evidence,omitempty"`

	Salt   string    `json:"salt,omitempty"` // 128 random bits in the leaf, so that nobody guesses what it stands for
	Slot   Slot      `json:"slot"`           // in the status lists
	List   string    `json:"list,omitempty"` // address of its list, as the leaf commits to it: a house that moves keeps the old one
	Leaf   int64     `json:"leaf"`           // index in the log; known once sealed
	Sealed time.Time `json:"sealed"`
	Digest string    `json:"digest"`         // hex SHA-256 of the sealed file, empty before
	Told   bool      `json:"told,omitempty"` // the status lists say what became of it
}

// Ruling is what ended a certificate, or an edition before it was sealed, as the log tells it.
type Ruling struct {
	Event    translog.Event `json:"event"`             // revoked or voided
	Edition  int            `json:"edition,omitempty"` // that was withdrawn before it was sealed; 0 for the certificate
	At       time.Time      `json:"at"`
	By       []string       `json:"by"` // accounts, in the order in which they acted
	Grounds  string         `json:"grounds"`
	Evidence string         `json:"evidence,omitempty"`
	Motion   string         `json:"motion,omitempty"` // mark of the motion that was confirmed
	Salt     string         `json:"salt"`
	Settled  bool           `json:"settled"` // logged at Leaf
	Leaf     int64          `json:"leaf"`
	Slot     Slot           `json:"slot,omitzero"`  // of the edition that came to nothing
	Told     bool           `json:"told,omitempty"` // the status lists say that Slot is void
}

// making is the edition that is decided on and not yet sealed, nil when there is none.
func (c *Certificate) making() *Edition {
	switch {
	case c.Next != nil:
		return c.Next
	case c.State == Reserved:
		return &c.Edition
	}
	return nil
}

// Open reports whether something that was decided is not carried out yet: a document to be sealed, an end to be logged,
// or an edition of which the status lists do not say yet what became of it.
func (c *Certificate) Open() bool {
	return c.making() != nil || len(c.untold()) > 0 || slices.ContainsFunc(c.Rulings, func(r Ruling) bool { return !r.Settled })
}

// untold is what the status lists do not say yet of the slots of c: what became of its sealed editions, and that those
// which came to nothing are void. A document of such a one may exist, from a seal that was under way.
func (c *Certificate) untold() (due []SlotEntry) {
	for _, e := range c.Earlier {
		if !e.Told {
			due = append(due, SlotEntry{Slot: e.Slot, Code: c.code()})
		}
	}
	if c.State == Revoked && !c.Told {
		due = append(due, SlotEntry{Slot: c.Slot, Code: status.Revoked})
	}
	for _, r := range c.Rulings {
		if !r.Told && !r.Slot.IsZero() {
			due = append(due, SlotEntry{Slot: r.Slot, Code: status.Void})
		}
	}
	return due
}

// code is what the status lists say of the sealed editions that no longer hold.
func (c *Certificate) code() status.Code {
	if c.State == Revoked {
		return status.Revoked
	}
	return status.Superseded
}

// told notes that the status lists say what was due.
func (c *Certificate) told(due []SlotEntry) {
	said := func(s Slot) bool { return slices.ContainsFunc(due, func(e SlotEntry) bool { return e.Slot == s }) }
	c.Told = c.Told || said(c.Slot)
	for n := range c.Earlier {
		c.Earlier[n].Told = c.Earlier[n].Told || said(c.Earlier[n].Slot)
	}
	for n := range c.Rulings {
		c.Rulings[n].Told = c.Rulings[n].Told || said(c.Rulings[n].Slot)
	}
}

// drop ends the edition that is being made, as r says: whoever comes later with its document comes to nothing.
func (c *Certificate) drop(r Ruling) {
	r.Event, r.Edition, r.Slot = translog.Voided, c.Next.Version, c.Next.Slot
	c.Rulings, c.Next = append(c.Rulings, r), nil
}

// nextVersion follows every version that there was. A document may exist of one that was withdrawn, so it is not used again.
func (c *Certificate) nextVersion() int {
	last := c.Version
	for _, r := range c.Rulings {
		last = max(last, r.Edition)
	}
	return last + 1
}

// EditionOf returns the sealed edition of a version, nil when there is none.
func (c *Certificate) EditionOf(version int) *Edition {
	if c.Version == version && c.State != Reserved && c.State != Void {
		return &c.Edition
	}
	for n := range c.Earlier {
		if c.Earlier[n].Version == version {
			return &c.Earlier[n]
		}
	}
	return nil
}

// complete records that the edition which was being made is sealed, and puts it in its place. It does nothing when
// somebody else was faster; ErrState when it was decided meanwhile that the edition is not made.
func (c *Certificate) complete(made *Edition, by string, now time.Time) error {
	at := c.making()
	if at == nil || at.Version != made.Version || at.Salt != made.Salt {
		if e := c.EditionOf(made.Version); e != nil && e.Salt == made.Salt {
			return engine.ErrUnchanged
		}
		return ErrState
	}
	at.Leaf, at.Digest, at.Sealed = made.Leaf, made.Digest, now
	if c.Next != nil {
		c.Earlier, c.Edition, c.Next = append(c.Earlier, c.Edition), *c.Next, nil
	} else {
		c.State, c.Changed = Valid, now
	}
	c.Trail.Add(now, by, "certificate."+string(made.Kind), c.Grounds)
	return nil
}

// PhotoDigest is how an edition remembers a picture: hex SHA-256, empty for none.
func PhotoDigest(photo []byte) string {
	if len(photo) == 0 {
		return ""
	}
	sum := sha256.Sum256(photo)
	return hex.EncodeToString(sum[:])
}
