package assembly_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

const (
	single    = questionbank.Single
	multiple  = questionbank.Multiple
	judgement = questionbank.Judgement
)

// bank is a snapshot under construction, for 五级.
type bank struct {
	table questionbank.ElementTable
	items []questionbank.ItemVersion
}

func (b *bank) point(code string) {
	b.table.Points = append(b.table.Points, questionbank.Point{Code: code, Name: "点" + code, Importance: "X"})
	root := code[:strings.LastIndexByte(code, '-')]
	if !slices.ContainsFunc(b.table.Ranges, func(r questionbank.Range) bool { return r.Code == root }) {
		b.table.Ranges = append(b.table.Ranges, questionbank.Range{Code: root, Name: "范围" + root})
	}
}

// add puts n items in and returns the last for changes.
func (b *bank) add(point string, t questionbank.ItemType, n int) *questionbank.ItemVersion {
	for range n {
		v := questionbank.ItemVersion{Code: fmt.Sprintf("T%05d", len(b.items)+1), Version: 1 + len(b.items)%3,
			Level: engine.Level5, Type: t, Point: point, Options: []string{"甲", "乙", "丙", "丁"},
			Difficulty: 1 + len(b.items)%5, Seconds: 30 + 7*(len(b.items)%5)}
		if t == judgement {
			v.Options = []string{"正确", "错误"}
		}
		b.items = append(b.items, v)
	}
	return &b.items[len(b.items)-1]
}

func (b *bank) snapshot() *questionbank.Snapshot {
	return &questionbank.Snapshot{Tables: map[engine.Level]questionbank.ElementTable{engine.Level5: b.table}, Items: b.items}
}

// index holds all cards of the bank.
func (b *bank) index(t testing.TB) *assembly.Index {
	t.Helper()
	ix, err := assembly.NewIndex(engine.Level5, b.table, assembly.CardsOf(b.snapshot(), engine.Level5))
	if err != nil {
		t.Fatal(err)
	}
	return ix
}

// plan works bp out for forms of one province.
func (b *bank) plan(t testing.TB, bp questionbank.Blueprint, province string, forms int) *assembly.Plan {
	t.Helper()
	p, err := assembly.NewPlan(b.index(t), bp, map[string]int{province: forms})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// regular is a bank with so many ranges, points in each, and items of each type at every point.
func regular(ranges, points int, perType map[questionbank.ItemType]int) *bank {
	b := &bank{}
	for r := range ranges {
		for p := range points {
			code := fmt.Sprintf("R%02d-%03d", r+1, p+1)
			b.point(code)
			for _, t := range questionbank.ItemTypes() {
				if perType[t] > 0 {
					b.add(code, t, perType[t])
				}
			}
		}
	}
	return b
}

func blueprint(counts map[questionbank.ItemType]int, ranges map[string]int) questionbank.Blueprint {
	return questionbank.Blueprint{ID: "b", Level: engine.Level5, Counts: counts, Ranges: ranges, MaxPerPoint: 1}
}

// typical is a bank of 100-item forms like those of 五级, with enemies and a supplement of province 12.
func typical(items int) (*bank, questionbank.Blueprint) {
	b := regular(10, 15, map[questionbank.ItemType]int{single: items, multiple: items, judgement: items})
	for i := 0; i < len(b.items); i += 17 {
		b.items[i].Enemy = fmt.Sprintf("E%d", i/40)
	}
	for p := range 15 {
		b.add(fmt.Sprintf("R%02d-%03d", p%10+1, p+1), single, 2).Province = "12"
		b.items[len(b.items)-2].Province = "12"
	}
	ranges := map[string]int{}
	for r := range 10 {
		ranges[fmt.Sprintf("R%02d", r+1)] = 10
	}
	bp := blueprint(map[questionbank.ItemType]int{single: 70, multiple: 10, judgement: 20}, ranges)
	bp.SupplementCap = 5
	return b, bp
}

func seed(n byte) (s [32]byte) {
	s[0] = n
	return s
}
