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
	Version    int               `json:"version"` // from 1, one more for every correction and reissue
	Kind       translog.Event    `json:"kind"`    // issued, corrected or reissued
	Name       string            `json:"name"`    // this and the following as printed
	IDType     engine.IDType     `json:"id_type"`
	IDMasked   string            `json:"id_masked"`
	Occupation engine.Occupation `json:"occupation"`
	Level      engine.Level      `json:"level"`
	Issued     clock.Date        `json:"issued"` // of the first edition, for ever
	OrgName    string            `json:"org_name"`
	Photo      string            `json:"photo,omitempty"`  // hex SHA-256 of the picture, empty for none
	Remark     string            `json:"remark,omitempty"` // printed on corrections and reissues

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
	Salt     string         `json:"salt"`
	Settled  bool           `json:"settled"` // logged at Leaf
	Leaf     int64          `json:"leaf"`
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

// untold are the sealed editions of which the status lists do not say yet what became of them.
func (c *Certificate) untold() []Edition {
	due := slices.DeleteFunc(slices.Clone(c.Earlier), func(e Edition) bool { return e.Told })
	if c.State == Revoked && !c.Told {
		due = append(due, c.Edition)
	}
	return due
}

// code is what the status lists say of the editions that no longer hold.
func (c *Certificate) code() status.Code {
	if c.State == Revoked {
		return status.Revoked
	}
	return status.Superseded
}

// told notes that the status lists tell of the editions.
func (c *Certificate) told(due []Edition) {
	for _, e := range due {
		if e.Version == c.Version {
			c.Told = true
		}
		for n := range c.Earlier {
			c.Earlier[n].Told = c.Earlier[n].Told || c.Earlier[n].Version == e.Version
		}
	}
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
// somebody else was faster.
func (c *Certificate) complete(made *Edition, by string, now time.Time) error {
	at := c.making()
	if at == nil || at.Version != made.Version {
		return engine.ErrUnchanged
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
