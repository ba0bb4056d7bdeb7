package web_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/separation"
)

var updateTies = flag.Bool("update", false, "write the golden drawing of ties")

func kindWord(k separation.Kind) string { return "关系 " + string(k) }

// area is what a piece of a drawing covers.
type area struct {
	what           string
	x0, y0, x1, y1 int
}

func (a area) over(b area) bool { return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 }

// areas are the boxes, and all texts that are not in one.
func areas(g web.TieGraph) (all []area) {
	for i, b := range g.Boxes {
		all = append(all, area{fmt.Sprint("box ", i), b.X, b.Y, b.X + b.W, b.Y + b.H})
	}
	line := func(what string, l web.GraphLine) { all = append(all, area{what, l.X, l.Y - 11, l.X + l.W, l.Y + 3}) }
	for i, e := range g.Edges {
		for _, w := range e.Words {
			line(fmt.Sprint("words of ", i, " ", w.Text), w)
		}
	}
	for i, n := range g.Notes {
		line(fmt.Sprint("note ", i), n)
	}
	return all
}

func drawnEnd(depth int) *rapid.Generator[web.TieEnd] {
	return rapid.Custom(func(t *rapid.T) web.TieEnd {
		name := rapid.StringOfN(rapid.RuneFrom([]rune("津康宁养老院（演示）钟离雪甘棠abc WM 12")), 1, 60, -1).Draw(t, "name")
		end := web.TieEnd{Name: "甲" + name, Type: "org", More: rapid.Bool().Draw(t, "more")}
		if depth == 0 {
			end.More = false
			return end
		}
		for range rapid.IntRange(0, 6).Draw(t, "ties") {
			end.Ties = append(end.Ties, web.TieEdge{Kind: separation.Kind(rapid.SampledFrom(engine.TieKinds()).Draw(t, "kind")), Percent: rapid.IntRange(0, 100).Draw(t, "percent"),
				Back: rapid.Bool().Draw(t, "back"), Span: rapid.SampledFrom([]string{"", "2026-03-01 –", "2026-03-01 – 2026-06-30"}).Draw(t, "span"), End: drawnEnd(depth-1).Draw(t, "end")})
		}
		return end
	})
}

// TestNothingLiesOverAnything in a drawing: neither boxes nor words, all within it, every name and tie whole, and the same
// ties give the same drawing.
func TestNothingLiesOverAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := drawnEnd(2).Draw(t, "root")
		g := web.LayTies(root, kindWord, "还有更多")
		all := areas(g)
		for i, a := range all {
			if a.x0 < 0 || a.y0 < 0 || a.x1 > g.Width || a.y1 > g.Height {
				t.Fatalf("%+v is outside of %d × %d", a, g.Width, g.Height)
			}
			for _, b := range all[:i] {
				if a.over(b) {
					t.Fatalf("%+v lies over %+v", a, b)
				}
			}
		}
		if ends, ties := count(root); len(g.Boxes) != ends || len(g.Edges) != ties {
			t.Fatalf("%d boxes and %d ties drawn of %d and %d", len(g.Boxes), len(g.Edges), ends, ties)
		}
		for _, b := range g.Boxes {
			for _, l := range b.Lines {
				if l.X < b.X || l.X+l.W > b.X+b.W || l.Y > b.Y+b.H {
					t.Fatalf("%q leaves its box %+v", l.Text, b)
				}
			}
		}
		said := ""
		for _, l := range g.Boxes[0].Lines {
			said += l.Text
		}
		if squeeze(said) != squeeze(root.Name) {
			t.Fatalf("%q is drawn as %q", root.Name, said)
		}
		if again := web.LayTies(root, kindWord, "还有更多"); !reflect.DeepEqual(g, again) {
			t.Fatal("drawn again it is another drawing")
		}
	})
}

func squeeze(s string) string { return strings.ReplaceAll(s, " ", "") }

func count(e web.TieEnd) (ends, ties int) {
	ends = 1
	for _, t := range e.Ties {
		more, behind := count(t.End)
		ends, ties = ends+more, ties+behind+1
	}
	return ends, ties
}

func TestADrawing(t *testing.T) {
	school := web.TieEnd{Name: "天津津慈职业培训学校（演示）", Type: "org", Href: "/bodies/tj-jinci/ties", More: true, Ties: []web.TieEdge{
		{Kind: separation.Trains, Span: "2026-03-02 – 2026-06-30", Over: true, End: web.TieEnd{Name: "护理2603班", Type: "class"}},
		{Kind: separation.Owns, Percent: 60, Back: true, End: web.TieEnd{Name: "天津津康集团", Type: "org"}}}}
	g := web.LayTies(web.TieEnd{Name: "段思齐", Type: "person", Ties: []web.TieEdge{{Kind: separation.Employs, Back: true, Span: "2020-01-01 –", Contested: true, End: school},
		{Kind: separation.Kin, End: web.TieEnd{Name: "钟离雪", Type: "person"}}}}, kindWord, "还有更多")
	got, err := json.MarshalIndent(g, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", "ties.golden.json")
	if *updateTies {
		if err := os.WriteFile(file, append(got, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil || string(want) != string(got)+"\n" {
		t.Errorf("the drawing has changed (%v):\n%s", err, got)
	}
}
