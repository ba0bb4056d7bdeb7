package assembly

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/bits"
	"strings"

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

// FormOf is a drawn form in the words of the snapshot whose cards are in the index: see CardsOf. ErrForm when a card is
// not of the snapshot.
func FormOf(ix *Index, s *questionbank.Snapshot, d Drawn) (Form, error) {
	f := Form{Slot: d.Slot, Items: make([]FormItem, len(d.Cards))}
	for i, at := range d.Cards {
		c := ix.Card(at)
		code, version, _ := strings.Cut(c.Handle, "@")
		v, ok := s.Item(code)
		if !ok || version != fmt.Sprint(v.Version) || len(d.Options[i]) != c.Options {
			return Form{}, ErrForm.With("%s", c.Handle)
		}
		options := make([]int, len(d.Options[i]))
		for k, o := range d.Options[i] {
			options[k] = int(o)
		}
		f.Items[i] = FormItem{Code: v.Code, Version: v.Version, Type: v.Type, Options: options}
	}
	return f, nil
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
	sum := f.sum()
	return hex.EncodeToString(sum[:])
}

func (f Form) sum() [sha256.Size]byte {
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
	return sha256.Sum256(b)
}

func number(b []byte, n int) []byte { return binary.BigEndian.AppendUint64(b, uint64(n)) }

func text(b []byte, s string) []byte { return append(number(b, len(s)), s...) }

// Root is the hex Merkle root of the digests of forms in their order, hashed as in RFC 6962, section 2.1. It commits to
// all of them, and an audit path shows one without the others.
func Root(forms []Form) string {
	leaves := make([][sha256.Size]byte, len(forms))
	for i, f := range forms {
		sum := f.sum()
		leaves[i] = sha256.Sum256(append([]byte{0}, sum[:]...))
	}
	root := merkle(leaves)
	return hex.EncodeToString(root[:])
}

func merkle(nodes [][sha256.Size]byte) [sha256.Size]byte {
	switch len(nodes) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return nodes[0]
	}
	split := 1 << (bits.Len(uint(len(nodes)-1)) - 1) // the largest power of two below the number of nodes
	left, right := merkle(nodes[:split]), merkle(nodes[split:])
	b := append([]byte{1}, left[:]...)
	return sha256.Sum256(append(b, right[:]...))
}
