package translog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/skillcert/skillcert/engine/errs"
)

// Event is what a leaf tells of a certificate, or of an archive.
type Event string

// The events.
const (
	Issued    Event = "issued"
	Corrected Event = "corrected"
	Reissued  Event = "reissued"
	Revoked   Event = "revoked"
	Voided    Event = "voided"
	Archived  Event = "archived" // the archive of a session was made: the commitment is the SHA-256 of its manifest
)

// Events lists every event.
func Events() []Event { return []Event{Issued, Corrected, Reissued, Revoked, Voided, Archived} }

// Leaf is the content of one entry: what happened, and a salted SHA-256 of what it happened to. It holds nothing that
// names a person or a certificate, and nobody can find out by guessing, for the salt stands in the document alone.
type Leaf struct {
	Event      Event
	Commitment [sha256.Size]byte
}

// ErrLeaf refuses bytes that are no leaf of this program.
var ErrLeaf = errs.New(errs.Invalid, "log.leaf", "日志条目的格式不正确")

const leafHead = "skillcert-leaf/1"

// Bytes is the leaf as it is logged and hashed: three lines, "skillcert-leaf/1", the event, the commitment in
// lower-case hexadecimal, each with its line feed.
func (l Leaf) Bytes() []byte {
	return fmt.Appendf(nil, "%s\n%s\n%x\n", leafHead, l.Event, l.Commitment)
}

// ParseLeaf reads what Bytes writes and nothing else; otherwise ErrLeaf.
func ParseLeaf(b []byte) (Leaf, error) {
	lines := bytes.Split(b, []byte("\n"))
	if len(lines) != 4 || len(lines[2]) != hex.EncodedLen(sha256.Size) {
		return Leaf{}, ErrLeaf
	}
	l := Leaf{Event: Event(lines[1])}
	if _, err := hex.Decode(l.Commitment[:], lines[2]); err != nil {
		return Leaf{}, ErrLeaf
	}
	for _, known := range Events() {
		if l.Event == known && bytes.Equal(b, l.Bytes()) {
			return l, nil
		}
	}
	return Leaf{}, ErrLeaf
}
