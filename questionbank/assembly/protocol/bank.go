package protocol

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Key is the secret of one sitting that hides codes and candidates from outsiders. Accredited auditors may be given it;
// it is in no transcript. Every sitting has a key of its own, so that two transcripts cannot be linked.
type Key Hash

// String keeps the key out of logs.
func (Key) String() string { return "***" }

func mac(key Hash, r record) Hash {
	m := hmac.New(sha256.New, key[:])
	_, _ = m.Write(r) // never fails
	return Hash(m.Sum(nil))
}

// commitment binds the operator to the key without giving it away.
func (k Key) commitment() Hash { return newRecord("key").hash(Hash(k)).sum() }

// salt is the key of all salts. It becomes public with the transcript; the key does not follow from it.
func (k Key) salt() Hash { return mac(Hash(k), newRecord("salts")) }

// handleBytes is how much of the HMAC of a code becomes a handle.
const handleBytes = 16

// Handle is what version v of an item is called in the transcript.
func (k Key) Handle(code string, version int) string {
	h := mac(Hash(k), newRecord("handle").text(code).number(version))
	return hex.EncodeToString(h[:handleBytes])
}

func (k Key) group(enemy string) string {
	if enemy == "" {
		return ""
	}
	h := mac(Hash(k), newRecord("enemy").text(enemy))
	return hex.EncodeToString(h[:handleBytes])
}

func (k Key) content(v *questionbank.ItemVersion) Hash {
	return mac(Hash(k), newRecord("content").text(v.Code).number(v.Version).text(v.Digest()))
}

// PseudonymSalt goes to the candidate with the receipt: with it they find themselves in the roster, and nobody else does.
func (k Key) PseudonymSalt(candidate string) Hash {
	return mac(Hash(k), newRecord("candidate").text(candidate))
}

// Pseudonym is what a candidate is called in the transcript.
func Pseudonym(salt Hash, candidate string) Hash {
	return newRecord("pseudonym").hash(salt).text(candidate).sum()
}

// Card is an item version as the public may see it: what the draw knows of it, and a hash of its content that only the
// holder of the key can open.
type Card struct {
	Handle     string                `json:"handle"`
	Province   string                `json:"province,omitempty"`
	Point      string                `json:"point"`
	Type       questionbank.ItemType `json:"type"`
	Difficulty int                   `json:"difficulty"`
	Seconds    int                   `json:"seconds"`
	Options    int                   `json:"options"`
	Enemy      string                `json:"enemy,omitempty"`
	Opening    int                   `json:"opening,omitempty"`
	Content    Hash                  `json:"content"`
}

func (c Card) card() assembly.Card {
	return assembly.Card{Handle: c.Handle, Province: c.Province, Point: c.Point, Type: c.Type, Difficulty: c.Difficulty,
		Seconds: c.Seconds, Options: c.Options, Enemy: c.Enemy, Opening: c.Opening}
}

func (c Card) check() error {
	if !isHandle(c.Handle) || c.Enemy != "" && !isHandle(c.Enemy) || !validText(c.Point, maxName) || !validText(c.Province, maxName) {
		return fmt.Errorf("card %q: its handle, point, province or group has not the form", c.Handle)
	}
	return nil
}

func isHandle(s string) bool {
	return len(s) == 2*handleBytes && strings.Trim(s, "0123456789abcdef") == ""
}

// Release names a release whose items are in a draw. The first of a draw is the national one.
type Release struct {
	ID       string `json:"id"`
	Province string `json:"province,omitempty"`
	Digest   string `json:"digest"`
}

// Items tells the house which item a handle is. It is as secret as the items.
type Items map[string]questionbank.ItemRef

// Bank is the items of one sitting, blinded.
type Bank struct {
	Releases []Release
	Tables   map[engine.Level]questionbank.ElementTable
	Cards    map[engine.Level][]Card // by handle
	Items    Items
}

// Blind hides the items of a national release and of supplements to it, at most one for each province. uses are the
// openings of the usage ledger by item code; nil for none. ErrBank when the releases do not belong together.
func Blind(key Key, national *questionbank.Snapshot, supplements []*questionbank.Snapshot, uses map[string]int) (*Bank, error) {
	b := &Bank{Tables: national.Tables, Cards: map[engine.Level][]Card{}, Items: Items{}}
	b.add(key, national, "", uses)
	sorted := slices.SortedFunc(slices.Values(supplements), func(x, y *questionbank.Snapshot) int {
		return strings.Compare(x.Release.Province, y.Release.Province)
	})
	base := national.Release.ID
	if national.Release.Base != "" {
		base = national.Release.Base
	}
	for i, s := range sorted {
		if r := s.Release; r.Province == "" || r.Base != base && r.ID != national.Release.ID {
			return nil, ErrBank.With("%s 不是 %s 的省级版本", r.ID, base)
		}
		if i > 0 && s.Release.Province == sorted[i-1].Release.Province {
			return nil, ErrBank.With("%s 和 %s 同属一个省份", sorted[i-1].Release.ID, s.Release.ID)
		}
		b.add(key, s, s.Release.Province, uses)
	}
	for _, cards := range b.Cards {
		slices.SortFunc(cards, func(x, y Card) int { return strings.Compare(x.Handle, y.Handle) })
	}
	return b, nil
}

// add takes the items of one province out of a snapshot; "" takes the national ones.
func (b *Bank) add(key Key, s *questionbank.Snapshot, province string, uses map[string]int) {
	b.Releases = append(b.Releases, Release{ID: s.Release.ID, Province: province, Digest: s.Release.Digest})
	for i := range s.Items {
		v := &s.Items[i]
		if v.Province != province {
			continue
		}
		c := Card{Handle: key.Handle(v.Code, v.Version), Province: v.Province, Point: v.Point, Type: v.Type, Difficulty: v.Difficulty,
			Seconds: v.Seconds, Options: len(v.Options), Enemy: key.group(v.Enemy), Opening: min(uses[v.Code], assembly.MaxOpening),
			Content: key.content(v)}
		if v.Type == questionbank.Judgement {
			c.Options = 2
		}
		b.Cards[v.Level] = append(b.Cards[v.Level], c)
		b.Items[c.Handle] = questionbank.ItemRef{Code: v.Code, Version: v.Version, Digest: v.Digest()}
	}
}

// digits writes an order of options as one digit a place: an item has at most eight options.
func digits(order []uint8) string {
	b := make([]byte, 0, len(order))
	for _, o := range order {
		b = strconv.AppendUint(b, uint64(o), 10)
	}
	return string(b)
}

func orderOf(digits string) ([]uint8, bool) {
	order := make([]uint8, len(digits))
	for i := range digits {
		if order[i] = digits[i] - '0'; order[i] > 9 {
			return nil, false
		}
	}
	return order, true
}
