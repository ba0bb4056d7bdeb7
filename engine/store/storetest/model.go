package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// model is what a store should do, in a map. Its documents carry a tag in their IDs and index values, so that many
// models share one store.
type model struct {
	tag  string
	docs map[string]docs.Doc
	ops  map[string]map[string]int64 // by ID and Op: the revision made
}

// testLikeMap compares random operations with the model.
func testLikeMap(t *testing.T, s docs.Store) {
	round := 0
	rapid.Check(t, func(rt *rapid.T) {
		round++
		m := &model{tag: fmt.Sprintf("%05d/", round), docs: map[string]docs.Doc{}, ops: map[string]map[string]int64{}}
		rt.Repeat(map[string]func(*rapid.T){
			"put":   func(rt *rapid.T) { m.put(rt, s) },
			"get":   func(rt *rapid.T) { m.get(rt, s) },
			"range": func(rt *rapid.T) { m.scan(rt, s) },
		})
	})
}

var smallID = rapid.StringMatching(`[a-cA.~ ]{1,2}`)

func (m *model) put(rt *rapid.T, s docs.Store) {
	id := m.tag + smallID.Draw(rt, "id")
	have := m.docs[id]
	w := docs.Write{Key: thing(id), Op: rapid.StringMatching(`[0-9]{1,2}`).Draw(rt, "op"),
		Body:       rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(rt, "body"),
		IfRevision: rapid.SampledFrom([]int64{have.Revision, have.Revision, have.Revision, 0, 1, max(0, have.Revision-1), have.Revision + 1}).Draw(rt, "revision")}
	if rapid.Bool().Draw(rt, "indexed") {
		w.Index = map[string]string{"by": m.tag + rapid.StringMatching(`[ab~]{0,2}`).Draw(rt, "value")}
	}
	w.Log = w.IfRevision == 0 && w.Index == nil && rapid.Bool().Draw(rt, "log")
	got, err := s.Put(context.Background(), w)
	if made, again := m.ops[id][w.Op]; again {
		if made != w.IfRevision+1 {
			if !errors.Is(err, docs.ErrConflict) {
				rt.Fatalf("the op of another write: %d, %v", got, err)
			}
			return
		}
		if err != nil || got != made {
			rt.Fatalf("resend: %d, %v; want %d", got, err, made)
		}
		return
	}
	if w.IfRevision != have.Revision {
		if !errors.Is(err, docs.ErrConflict) {
			rt.Fatalf("put at %d over %d: %d, %v", w.IfRevision, have.Revision, got, err)
		}
		return
	}
	if err != nil || got != have.Revision+1 {
		rt.Fatalf("put at %d: %d, %v", w.IfRevision, got, err)
	}
	m.remember(w, got)
}

func (m *model) remember(w docs.Write, revision int64) {
	m.docs[w.ID] = docs.Doc{Key: w.Key, Revision: revision, Body: w.Body, Index: w.Index}
	if m.ops[w.ID] == nil {
		m.ops[w.ID] = map[string]int64{}
	}
	m.ops[w.ID][w.Op] = revision
	for op, made := range m.ops[w.ID] {
		if made <= revision-docs.Remembered {
			delete(m.ops[w.ID], op)
		}
	}
}

func (m *model) get(rt *rapid.T, s docs.Store) {
	id := m.tag + smallID.Draw(rt, "id")
	got, err := s.Get(context.Background(), thing(id))
	want, ok := m.docs[id]
	if !ok {
		if !errors.Is(err, docs.ErrNotFound) {
			rt.Fatalf("get of nothing: %v", err)
		}
		return
	}
	if err != nil || fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		rt.Fatalf("get: %+v, %v; want %+v", got, err, want)
	}
}

// scan walks a random range of the model's own documents.
func (m *model) scan(rt *rapid.T, s docs.Store) {
	edge := rapid.StringMatching(`[a-cA.~ ]{0,2}`)
	r := docs.Range{Kind: "thing", Index: rapid.SampledFrom([]string{"", "by"}).Draw(rt, "index"),
		From: m.tag + edge.Draw(rt, "from"), To: m.tag + rapid.SampledFrom([]string{"\x7f", "\x7f", edge.Draw(rt, "to")}).Draw(rt, "end"),
		Desc: rapid.Bool().Draw(rt, "desc"), Limit: rapid.IntRange(1, 4).Draw(rt, "limit")}
	var got []string
	for {
		page, err := s.Range(context.Background(), r)
		if err != nil {
			rt.Fatalf("range %+v: %v", r, err)
		}
		for _, d := range page.Docs {
			got = append(got, fmt.Sprintf("%+v", d))
		}
		if r.After = page.Next; r.After == "" {
			break
		}
	}
	if want := m.expect(r); !slices.Equal(got, want) {
		rt.Fatalf("range %+v: %v, want %v", r, got, want)
	}
}

func (m *model) expect(r docs.Range) []string {
	at := func(d docs.Doc) string {
		if r.Index == "" {
			return d.ID
		}
		return d.Index[r.Index]
	}
	var in []docs.Doc
	for _, d := range m.docs {
		if _, indexed := d.Index[r.Index]; (r.Index == "" || indexed) && at(d) >= r.From && at(d) < r.To {
			in = append(in, d)
		}
	}
	slices.SortFunc(in, func(a, b docs.Doc) int {
		c := strings.Compare(at(a), at(b))
		if c == 0 {
			c = strings.Compare(a.ID, b.ID)
		}
		if r.Desc {
			return -c
		}
		return c
	})
	texts := make([]string, len(in))
	for i, d := range in {
		texts[i] = fmt.Sprintf("%+v", d)
	}
	return texts
}
