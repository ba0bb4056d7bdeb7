package assembly

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
)

// CardsOf are the cards of all items of a level in a snapshot, whatever their province.
func CardsOf(s *questionbank.Snapshot, level engine.Level) []Card {
	var cards []Card
	for i := range s.Items {
		v := &s.Items[i]
		if v.Level != level {
			continue
		}
		options := len(v.Options)
		if v.Type == questionbank.Judgement {
			options = 2
		}
		cards = append(cards, Card{Handle: fmt.Sprintf("%s@%d", v.Code, v.Version), Province: v.Province, Point: v.Point,
			Type:       v.Type,
			Difficulty: v.Difficulty, Seconds: v.Seconds, Options: options, Enemy: v.Enemy})
	}
	return cards
}

// Form (试卷) is what one candidate is asked, in the order shown.
type Form struct {
	Slot  int        `json:"slot"` // from 0
	Items []FormItem `json:"items"`
}

// FormItem is one line of a form.
type FormItem struct {
	Code    string                `json:"code"`
	Version int                   `json:"version"`
	Type    questionbank.ItemType `json:"type"`
	Options []int                 `json:"options"` // shown place to index into ItemVersion.Options; judgement keeps 0, 1
}

// formDomain separates the digest of a form from every other digest of the product.
const formDomain = "skillcert form v1"

// Digest is the hex SHA-256 of the form. The encoding is the domain, the slot, the number of items, then for every item
// its code, version, type and options; a number is eight bytes, big-endian, and a string or a list follows its length.
func (f Form) Digest() string {
	b := text(nil, formDomain)
	b = number(b, f.Slot)
	b = number(b, len(f.Items))
	for _, it := range f.Items {
		b = text(b, it.Code)
		b = number(b, it.Version)
		b = text(b, string(it.Type))
		b = number(b, len(it.Options))
		for _, o := range it.Options {
			b = number(b, o)
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func number(b []byte, n int) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) }

func text(b []byte, s string) []byte { return append(number(b, len(s)), s...) }
