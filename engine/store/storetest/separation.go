package storetest

import (
	"context"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
)

func tie(id string, from, to separation.Node) *separation.Tie {
	return &separation.Tie{ID: id, Kind: separation.Teaches, From: from, To: to, Label: "护理2603班", Since: clock.Date{Year: 2026, Month: 3, Day: 1},
		Until: clock.Date{Year: 2026, Month: 6, Day: 30}, Source: "课表", At: morning, By: "office", Org: "津衡评价", Trail: trail()}
}

// Ties is the contract of separation.Ties.
func Ties(t *testing.T, open func(t *testing.T) *store.Store) {
	for name, test := range map[string]func(*testing.T, separation.Ties){"once": tieOnce, "ended": tieEnded, "of a node": tiesOfNode} {
		t.Run(name, func(t *testing.T) { test(t, open(t).Ties()) })
	}
}

func tieOnce(t *testing.T, r separation.Ties) {
	ctx := context.Background()
	_, err := r.Tie(ctx, "a")
	wantError(t, err, separation.ErrNoTie)
	mustDo(t, r.RecordTie(ctx, tie("a", "person:p", "class:c")))
	again := tie("a", "person:p", "class:c")
	again.Label = "别的名称"
	mustDo(t, r.RecordTie(ctx, again))
	got, err := r.Tie(ctx, "a")
	mustDo(t, err)
	if g, w := asJSON(t, got), asJSON(t, tie("a", "person:p", "class:c")); g != w || got.Revision != 1 {
		t.Fatalf("revision %d of\n%s, want\n%s", got.Revision, g, w)
	}
}

func tieEnded(t *testing.T, r separation.Ties) {
	ctx := context.Background()
	mustDo(t, r.RecordTie(ctx, tie("a", "person:p", "class:c")))
	first, err := r.Tie(ctx, "a")
	mustDo(t, err)
	second, err := r.Tie(ctx, "a")
	mustDo(t, err)
	first.Until = clock.Date{Year: 2026, Month: 5, Day: 1}
	mustDo(t, r.UpdateTie(ctx, first))
	wantError(t, r.UpdateTie(ctx, second), engine.ErrStale)
	got, err := r.Tie(ctx, "a")
	mustDo(t, err)
	if got.Until != first.Until || got.Revision != 2 {
		t.Fatalf("until %s at revision %d", got.Until, got.Revision)
	}
}

func tiesOfNode(t *testing.T, r separation.Ties) {
	for id, made := range map[string]struct {
		from, to separation.Node
		kind     separation.Kind
	}{"a": {"person:p", "class:一", separation.Teaches}, "b": {"org:o", "class:一", separation.Trains}, "c": {"person:q", "class:二", separation.Teaches},
		"d": {"person:s", "class:一", separation.Teaches}, "e": {"person:p", "person:q", separation.Kin}, "f": {"person:p", "class:一", separation.Attends},
		"g": {"person:p", "class:二", separation.Teaches}} {
		n := tie(id, made.from, made.to)
		n.Kind = made.kind
		mustDo(t, r.RecordTie(context.Background(), n))
	}
	for _, c := range []struct {
		node     separation.Node
		kind     separation.Kind
		from, to []string
	}{
		{"class:一", separation.Teaches, nil, []string{"a", "d"}}, {"class:一", separation.Trains, nil, []string{"b"}}, {"class:一", separation.Attends, nil, []string{"f"}},
		{"person:p", separation.Teaches, []string{"a", "g"}, nil}, {"person:p", separation.Kin, []string{"e"}, nil}, {"person:q", separation.Kin, nil, []string{"e"}},
		{"class:", separation.Teaches, nil, nil}, {"class:三", separation.Teaches, nil, nil}, {"person:p", "teache", nil, nil},
	} {
		id := func(t *separation.Tie) string { return t.ID }
		WantList(t, c.from, id, func(ctx context.Context, cur engine.Cursor) ([]*separation.Tie, string, error) {
			return r.TiesFrom(ctx, c.node, c.kind, cur)
		})
		WantList(t, c.to, id, func(ctx context.Context, cur engine.Cursor) ([]*separation.Tie, string, error) {
			return r.TiesTo(ctx, c.node, c.kind, cur)
		})
	}
}
