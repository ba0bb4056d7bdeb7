package protocol

import (
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/merkle"
)

// Algorithm names the rules of the draw and of the protocol together; a change that gives other forms changes it.
const Algorithm = "skillcert draw 1"

// Engine says which program drew: its rules, its build, and the hash of the test vectors that it passes.
type Engine struct {
	Algorithm string `json:"algorithm"`
	Build     string `json:"build"`
	Vectors   Hash   `json:"vectors"`
}

func (e Engine) check() error {
	if e.Algorithm != Algorithm || !validName(e.Build) {
		return fmt.Errorf("engine %q is not %q", e.Algorithm, Algorithm)
	}
	return nil
}

// Part is the draw of one level.
type Part struct {
	Level     engine.Level              `json:"level"`
	Blueprint questionbank.Blueprint    `json:"blueprint"`
	Table     questionbank.ElementTable `json:"table"`
	Joint     [][]int                   `json:"joint"` // items by type and difficulty, null where difficulty is free
	Cards     list[Card]                `json:"cards"` // by handle
	Slots     list[Slot]                `json:"slots"` // in the canonical order
	Forms     list[Form]                `json:"forms"` // as drawn in the last attempt, by slot
}

// Form is what was drawn for one slot: places in Part.Cards, in the order shown, and for each the order of its options,
// one digit a place.
type Form struct {
	Cards   []int    `json:"cards"`
	Options []string `json:"options"`
}

func (f Form) check() error {
	if len(f.Cards) == 0 || len(f.Cards) != len(f.Options) {
		return fmt.Errorf("a form of %d cards has %d orders of options", len(f.Cards), len(f.Options))
	}
	return nil
}

// Roots binds everything that goes into a draw before the public random value is known.
type Roots struct {
	Bank      Hash           `json:"bank"`
	Plan      Hash           `json:"plan"`
	Roster    Hash           `json:"roster"`
	Usage     Hash           `json:"usage"`
	Engine    Hash           `json:"engine"`
	National  Hash           `json:"national"`            // Merkle root of the national items, part of Bank
	Provinces []ProvinceRoot `json:"provinces,omitempty"` // of the supplements, by province, part of Bank
}

// ProvinceRoot is the Merkle root of the items of one province. The province can compute it alone and prove that an item is in.
type ProvinceRoot struct {
	Province string `json:"province"`
	Items    int    `json:"items"`
	Root     Hash   `json:"root"`
}

func itemSalt(salts Hash, handle string) Hash { return mac(salts, newRecord("item salt").text(handle)) }

func seatSalt(salts Hash, l engine.Level, no int) Hash {
	return mac(salts, newRecord("seat salt").number(int(l)).number(no))
}

func formSalt(salts Hash, attempt int, l engine.Level, no int) Hash {
	return mac(salts, newRecord("form salt").number(attempt).number(int(l)).number(no))
}

// cardLeaf is the leaf of one item: all that the draw knows of it but the opening, which is in the usage root.
func cardLeaf(salts Hash, l engine.Level, c Card) Hash {
	return merkle.Leaf(newRecord("item").hash(itemSalt(salts, c.Handle)).number(int(l)).text(c.Handle).text(c.Province).text(c.Point).
		text(string(c.Type)).number(c.Difficulty).number(c.Seconds).number(c.Options).text(c.Enemy).hash(c.Content))
}

// seatLeaf is the leaf of one slot of the roster.
func seatLeaf(salts Hash, l engine.Level, no int, s Slot) Hash {
	return seatLeafOf(seatSalt(salts, l, no), l, no, s)
}

func seatLeafOf(salt Hash, l engine.Level, no int, s Slot) Hash {
	excluded := newRecord("excluded").hash(salt).number(len(s.Excluded))
	for _, h := range s.Excluded {
		excluded = excluded.text(h)
	}
	return merkle.Leaf(newRecord("seat").hash(salt).number(int(l)).number(no).text(s.Province).text(s.Site).text(s.Room).number(s.Seat).
		flag(s.Reserve).hash(s.Candidate).hash(excluded.sum()))
}

// roots computes all roots of t.
func (t *Transcript) roots() (Roots, error) {
	r := Roots{Roster: t.rosterRoot(), Usage: t.usageRoot(), Engine: t.engineRoot()}
	if err := t.bankRoot(&r); err != nil {
		return r, err
	}
	var err error
	r.Plan, err = t.planRoot()
	return r, err
}

// bankRoot is B: the national Merkle root and one for each province, with the releases, the element tables and the
// commitment to the key of the handles. Leaves come by part and handle.
func (t *Transcript) bankRoot(r *Roots) error {
	leaves := map[string][]Hash{"": nil}
	for _, p := range t.Parts {
		for _, c := range p.Cards {
			leaves[c.Province] = append(leaves[c.Province], cardLeaf(t.Salts, p.Level, c))
		}
	}
	b := newRecord("bank").hash(t.Key).number(len(t.Releases))
	for _, x := range t.Releases {
		b = b.text(x.ID).text(x.Province).text(x.Digest)
	}
	b = b.number(len(t.Parts))
	for _, p := range t.Parts {
		table, err := canonical(p.Table)
		if err != nil {
			return err
		}
		b = b.number(int(p.Level)).bytes(table)
	}
	r.National = merkle.Root(leaves[""])
	b = b.number(len(leaves[""])).hash(r.National)
	delete(leaves, "")
	for province, own := range leaves {
		r.Provinces = append(r.Provinces, ProvinceRoot{Province: province, Items: len(own), Root: merkle.Root(own)})
	}
	slices.SortFunc(r.Provinces, func(x, y ProvinceRoot) int { return strings.Compare(x.Province, y.Province) })
	b = b.number(len(r.Provinces))
	for _, x := range r.Provinces {
		b = b.text(x.Province).number(x.Items).hash(x.Root)
	}
	r.Bank = b.sum()
	return nil
}

// planRoot is P: blueprints and joint tables.
func (t *Transcript) planRoot() (Hash, error) {
	r := newRecord("plan").number(len(t.Parts))
	for _, p := range t.Parts {
		bp, err := canonical(p.Blueprint)
		if err != nil {
			return Hash{}, err
		}
		r = r.number(int(p.Level)).bytes(bp).number(len(p.Joint))
		for _, row := range p.Joint {
			r = r.number(len(row))
			for _, n := range row {
				r = r.number(n)
			}
		}
	}
	return r.sum(), nil
}

// seatLeaves are the leaves of the roster, by part and slot.
func (t *Transcript) seatLeaves() (leaves []Hash) {
	for _, p := range t.Parts {
		for no, s := range p.Slots {
			leaves = append(leaves, seatLeaf(t.Salts, p.Level, no, s))
		}
	}
	return leaves
}

// rosterRoot is R.
func (t *Transcript) rosterRoot() Hash {
	leaves := t.seatLeaves()
	return newRecord("roster").number(len(leaves)).hash(merkle.Root(leaves)).sum()
}

// usageRoot is U: the uses that items carry over, those without any left out.
func (t *Transcript) usageRoot() Hash {
	n, used := 0, record(nil)
	for _, p := range t.Parts {
		for _, c := range p.Cards {
			if c.Opening > 0 {
				n, used = n+1, used.number(int(p.Level)).text(c.Handle).number(c.Opening)
			}
		}
	}
	return append(newRecord("usage").hash(mac(t.Salts, newRecord("usage salt"))).number(n), used...).sum()
}

// engineRoot is E.
func (t *Transcript) engineRoot() Hash {
	return newRecord("engine").text(t.Engine.Algorithm).text(t.Engine.Build).hash(t.Engine.Vectors).sum()
}

// What the record of a form takes at least, so that it need not grow.
const (
	formBytes = 128
	itemBytes = 8 + 2*handleBytes + 8 + 8
)

// formLeaf is the leaf of one form of an attempt.
func (p *Part) formLeaf(salt Hash, attempt, no int, f Form) Hash {
	r := make(record, 0, formBytes+itemBytes*len(f.Cards))
	r = append(r, newRecord("form")...).hash(salt).number(attempt).number(int(p.Level)).number(no).number(len(f.Cards))
	for i, c := range f.Cards {
		r = r.text(p.named(c)).text(f.Options[i])
	}
	return merkle.Leaf(r)
}

// formLeaves are the leaves of the form root D, by part and slot.
func (t *Transcript) formLeaves(attempt int, forms [][]Form) (leaves []Hash) {
	for k := range t.Parts {
		p := &t.Parts[k]
		for no, f := range forms[k] {
			leaves = append(leaves, p.formLeaf(formSalt(t.Salts, attempt, p.Level, no), attempt, no, f))
		}
	}
	return leaves
}

// slots are the part's slots as the draw takes them.
func (p *Part) slots() []assembly.Slot {
	all := make([]assembly.Slot, len(p.Slots))
	for no, s := range p.Slots {
		all[no] = s.slot(no)
	}
	return all
}
