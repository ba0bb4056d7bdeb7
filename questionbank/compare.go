package questionbank

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Change is what differs between two versions in one field: the name that Validate uses for it, both values, and for
// texts the difference as a person reads it.
type Change struct {
	Field  string
	Before string
	After  string
	Words  []Run // of a text: what stayed, went and came, in reading order
}

// RunKind says what became of a run of text.
type RunKind string

// The kinds of runs.
const (
	Same    RunKind = "same"
	Removed RunKind = "removed"
	Added   RunKind = "added"
)

// Run is a piece of a text that was treated as one.
type Run struct {
	Kind RunKind
	Text string
}

// Compare tells what an edit changed, from a to b, in the order in which an item is read. It says nothing of who wrote
// them and when.
func Compare(a, b ItemVersion) []Change {
	var all []Change
	add := func(field, before, after string) {
		if before != after {
			all = append(all, Change{Field: field, Before: before, After: after})
		}
	}
	texts := func(field, before, after string) {
		if add(field, before, after); before != after {
			all[len(all)-1].Words = Words(reading(before, after))
		}
	}
	add("level", a.Level.String(), b.Level.String())
	add("province", a.Province, b.Province)
	add("type", string(a.Type), string(b.Type))
	texts("stem", a.Stem, b.Stem)
	for n := range max(len(a.Options), len(b.Options)) {
		texts(fmt.Sprintf("options.%d", n), option(a, n), option(b, n))
	}
	add("key", Letters(a.Key), Letters(b.Key))
	add("point", a.Point, b.Point)
	add("difficulty", fmt.Sprint(a.Difficulty), fmt.Sprint(b.Difficulty))
	add("seconds", fmt.Sprint(a.Seconds), fmt.Sprint(b.Seconds))
	texts("explanation", a.Explanation, b.Explanation)
	add("source", a.Source, b.Source)
	add("enemy", a.Enemy, b.Enemy)
	return all
}

// reading gives the texts as they are read, or as they are written where only that differs.
func reading(before, after string) (string, string) {
	if x, y := richtext.Plain(before), richtext.Plain(after); x != y {
		return x, y
	}
	return before, after
}

func option(v ItemVersion, n int) string {
	if n < len(v.Options) {
		return v.Options[n]
	}
	return ""
}

// Letters writes a key as people do: AC.
func Letters(key []int) string {
	var b strings.Builder
	for _, k := range key {
		if k >= 0 && k < 26 {
			b.WriteByte(byte('A' + k))
		} else {
			b.WriteByte('?')
		}
	}
	return b.String()
}

// VersionChange is an item that two releases hold in different versions.
type VersionChange struct {
	Code     string
	From, To int
}

// Difference is what one release has other than an older one.
type Difference struct {
	Added   []ItemRef
	Removed []ItemRef
	Changed []VersionChange
	Tables  []engine.Level // whose element tables differ, lowest first
}

// Compare tells what changed from older to r; nil stands for a release that holds nothing. Both must have their items.
func (r *Release) Compare(older *Release) Difference {
	if older == nil {
		older = &Release{}
	}
	var d Difference
	was, is := older.Items, r.Items // both by code
	for len(was) > 0 || len(is) > 0 {
		switch order := next(was, is); {
		case order < 0:
			d.Removed, was = append(d.Removed, was[0]), was[1:]
		case order > 0:
			d.Added, is = append(d.Added, is[0]), is[1:]
		default:
			if was[0] != is[0] {
				d.Changed = append(d.Changed, VersionChange{Code: is[0].Code, From: was[0].Version, To: is[0].Version})
			}
			was, is = was[1:], is[1:]
		}
	}
	for _, l := range engine.Levels() {
		if !sameTable(r.Tables, older.Tables, l) {
			d.Tables = append(d.Tables, l)
		}
	}
	return d
}

// next says in which of two lists the lower code comes next, 0 when it is in both.
func next(was, is []ItemRef) int {
	switch {
	case len(is) == 0:
		return -1
	case len(was) == 0:
		return 1
	}
	return cmp.Compare(was[0].Code, is[0].Code)
}

func sameTable(a, b map[engine.Level]ElementTable, l engine.Level) bool {
	x, in := a[l]
	y, also := b[l]
	if in != also {
		return false
	}
	return x.Occupation == y.Occupation && x.Edition == y.Edition && x.Sample == y.Sample &&
		slices.Equal(x.Ranges, y.Ranges) && slices.Equal(x.Points, y.Points)
}
