package protocol_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// spoil makes nonsense of a transcript or of its first part.
type spoil = func(x *protocol.Transcript, p *protocol.Part)

// TestHostileTranscripts commits to nonsense, with roots, chain and seal all in order: the audit ends with a difference.
func TestHostileTranscripts(t *testing.T) {
	file := drawn(t, terms(t, 1, 0)).reveal()
	cases := badBanks()
	maps.Copy(cases, badBlueprints())
	for name, change := range cases {
		x, err := protocol.Decode(file)
		if err != nil {
			t.Fatal(err)
		}
		change(x, &x.Parts[0])
		roots, err := x.Roots()
		if err != nil {
			t.Fatal(err)
		}
		edit(t, x, func(e *protocol.Roots) bool { *e = roots; return true })
		if err := x.Rechain(); err != nil {
			t.Fatal(err)
		}
		changed, err := x.Reseal(signer("operator"))
		if err != nil {
			t.Fatal(err)
		}
		if verdict(t, changed) == "equal" {
			t.Errorf("%s: equal", name)
		}
	}
}

func badBanks() map[string]spoil {
	const huge = int(^uint(0) >> 1)
	return map[string]spoil{
		"no parts":         func(x *protocol.Transcript, _ *protocol.Part) { x.Parts = nil },
		"no releases":      func(x *protocol.Transcript, _ *protocol.Part) { x.Releases = nil },
		"a part twice":     func(x *protocol.Transcript, p *protocol.Part) { x.Parts = append(x.Parts, *p) },
		"parts turned":     func(x *protocol.Transcript, _ *protocol.Part) { slices.Reverse(x.Parts) },
		"no points":        func(_ *protocol.Transcript, p *protocol.Part) { p.Table.Points = nil },
		"no ranges":        func(_ *protocol.Transcript, p *protocol.Part) { p.Table.Ranges = nil },
		"points turned":    func(_ *protocol.Transcript, p *protocol.Part) { slices.Reverse(p.Table.Points) },
		"a point twice":    func(_ *protocol.Transcript, p *protocol.Part) { p.Table.Points[1] = p.Table.Points[0] },
		"no cards":         func(_ *protocol.Transcript, p *protocol.Part) { p.Cards = nil },
		"cards turned":     func(_ *protocol.Transcript, p *protocol.Part) { slices.Reverse(p.Cards) },
		"a card twice":     func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[1] = p.Cards[0] },
		"unknown type":     func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Type = "essay" },
		"difficulty 6":     func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Difficulty = 6 },
		"difficulty -1":    func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Difficulty = -1 },
		"nine options":     func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Options = 9 },
		"minus options":    func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Options = -1 },
		"endless seconds":  func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Seconds = huge },
		"endless opening":  func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Opening = huge },
		"negative opening": func(_ *protocol.Transcript, p *protocol.Part) { p.Cards[0].Opening = -1 },
		"no slots":         func(_ *protocol.Transcript, p *protocol.Part) { p.Slots = nil },
		"all excluded": func(_ *protocol.Transcript, p *protocol.Part) {
			p.Slots[0].Excluded = nil
			for _, c := range p.Cards {
				p.Slots[0].Excluded = append(p.Slots[0].Excluded, c.Handle)
			}
		},
	}
}

func badBlueprints() map[string]spoil {
	minus, huge := -1, int(^uint(0)>>1)
	return map[string]spoil{
		"another level":   func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Level = engine.Level3 },
		"no counts":       func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Counts = nil },
		"endless counts":  func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Counts[questionbank.Single] = huge },
		"negative counts": func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Counts[questionbank.Single] = -5 },
		"counts that wrap": func(_ *protocol.Transcript, p *protocol.Part) {
			p.Blueprint.Counts = map[questionbank.ItemType]int{questionbank.Single: huge, questionbank.Multiple: huge, questionbank.Judgement: 12}
		},
		"unknown count":     func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Counts["essay"] = 1 },
		"no quotas":         func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Ranges = nil },
		"unknown range":     func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Ranges = map[string]int{"Q": 10} },
		"too much":          func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Ranges = map[string]int{"A": 9, "B": 1} },
		"endless per point": func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.MaxPerPoint = huge },
		"minus per point":   func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.MaxPerPoint = -1 },
		"difficulty seven":  func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Difficulties = map[int]int{7: 10} },
		"no such time": func(_ *protocol.Transcript, p *protocol.Part) {
			p.Blueprint.Seconds = questionbank.Bounds{Min: huge, Max: huge}
		},
		"time turned": func(_ *protocol.Transcript, p *protocol.Part) {
			p.Blueprint.Seconds = questionbank.Bounds{Min: 9, Max: 1}
		},
		"minus overlap": func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Overlap.Any = &minus },
		"endless overlap": func(_ *protocol.Transcript, p *protocol.Part) {
			p.Blueprint.Overlap.Any, p.Blueprint.Overlap.Neighbour = &huge, &huge
		},
		"minus exposure": func(_ *protocol.Transcript, p *protocol.Part) {
			p.Blueprint.Exposure = questionbank.Exposure{OverLeast: -1, Share: -1}
		},
		"endless cap": func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.SupplementCap = huge },
		"A and B":     func(_ *protocol.Transcript, p *protocol.Part) { p.Blueprint.Forms = questionbank.AB },
	}
}
