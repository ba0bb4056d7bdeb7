package protocol_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
	"github.com/skillcert/skillcert/questionbank/assembly/synthetic"
)

// large is a transcript of so many candidates of three provinces over a synthetic bank.
func large(b *testing.B, items, candidates int) []byte {
	b.Helper()
	s := synthetic.New(items, 1)
	bank := &protocol.Bank{Releases: []protocol.Release{{ID: "synthetic", Digest: hashOf("synthetic").String()}},
		Tables: map[engine.Level]questionbank.ElementTable{synthetic.Level: s.Table}, Cards: map[engine.Level][]protocol.Card{}}
	for _, c := range s.Cards {
		card := protocol.Card{Handle: key.Handle(c.Handle, 1), Province: c.Province, Point: c.Point, Type: c.Type, Difficulty: c.Difficulty,
			Seconds: c.Seconds, Options: c.Options, Content: hashOf(c.Handle)}
		if c.Enemy != "" {
			card.Enemy = key.Handle(c.Enemy, 0)
		}
		bank.Cards[synthetic.Level] = append(bank.Cards[synthetic.Level], card)
	}
	slices.SortFunc(bank.Cards[synthetic.Level], func(x, y protocol.Card) int { return strings.Compare(x.Handle, y.Handle) })
	var seats []protocol.Seat
	for i := range candidates {
		province := s.Provinces[i%3]
		room := fmt.Sprintf("%s-%04d", province, i/90)
		seats = append(seats, protocol.Seat{Level: synthetic.Level, Province: province, Site: province, Room: room, No: 1 + i/3%30, Candidate: fmt.Sprint("K", i)})
	}
	slots, err := protocol.Enrol(key, seats)
	if err != nil {
		b.Fatal(err)
	}
	p := committed(b, terms(b, 1, 0))
	_, err = p.Fix(p.now(), protocol.Plan{Bank: bank, Slots: slots,
		Blueprints: map[engine.Level]questionbank.Blueprint{synthetic.Level: s.Blueprint}})
	p.must(err)
	p.must(p.Observe(p.now(), protocol.Beacon{Text: "07", Witnesses: []string{"程立言", "苏敏"}}))
	_, err = p.Draw(p.now(), secrets(b, 1))
	p.must(err)
	return p.reveal()
}

// BenchmarkAudit reads and derives a sitting of 10,000 candidates again.
func BenchmarkAudit(b *testing.B) {
	file := large(b, 20_000, 10_000)
	b.SetBytes(int64(len(file)))
	var x *protocol.Transcript
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			var err error
			if x, err = protocol.Decode(file); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("derive", func(b *testing.B) {
		for b.Loop() {
			if r, err := protocol.Audit(x); err != nil || !r.Equal {
				b.Fatal(r.First, err)
			}
		}
	})
}
