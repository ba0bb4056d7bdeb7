package docs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

type person struct {
	ID, Name string
	Revision int64 `json:"-"`
}

var (
	errNobody = errors.New("nobody")
	errTaken  = errors.New("taken")
)

func people(s docs.Store) docs.Table[person] {
	return docs.Table[person]{Store: s, IDs: ids.Random(), Kind: "thing", Schema: 1, ID: func(p *person) string { return p.ID },
		Revision: func(p *person) *int64 { return &p.Revision }, Index: func(p *person) map[string]string { return map[string]string{"by": p.Name} },
		Absent: errNobody, Exists: errTaken}
}

func TestTable(t *testing.T) {
	ctx := context.Background()
	table := people(storetest.OpenSQLite(t))
	if _, err := table.Get(ctx, "1"); !errors.Is(err, errNobody) {
		t.Fatalf("absent: %v", err)
	}
	p := &person{ID: "1", Name: "a"}
	if err := table.Create(ctx, p); err != nil || p.Revision != 1 {
		t.Fatalf("create: %v, revision %d", err, p.Revision)
	}
	if err := table.Create(ctx, &person{ID: "1"}); !errors.Is(err, errTaken) {
		t.Fatalf("taken: %v", err)
	}
	stale := *p
	if err := table.Update(ctx, p); err != nil || p.Revision != 2 {
		t.Fatalf("update: %v, revision %d", err, p.Revision)
	}
	if err := table.Update(ctx, &stale); !errors.Is(err, engine.ErrStale) || stale.Revision != 1 {
		t.Fatalf("stale: %v, revision %d", err, stale.Revision)
	}
	got, err := table.Get(ctx, "1")
	if err != nil || *got != *p {
		t.Fatalf("get: %+v, %v", got, err)
	}
}

func TestTableLists(t *testing.T) {
	ctx := context.Background()
	table := people(storetest.OpenSQLite(t))
	for i := range 7 {
		if err := table.Create(ctx, &person{ID: fmt.Sprint(i), Name: fmt.Sprint(i % 2)}); err != nil {
			t.Fatal(err)
		}
	}
	odd, err := collect(func(c engine.Cursor) ([]*person, string, error) { return table.List(ctx, "by", "1", c) })
	if err != nil || odd != "135" {
		t.Errorf("list: %s, %v", odd, err)
	}
	all, err := collect(func(c engine.Cursor) ([]*person, string, error) { return table.Every(ctx, c) })
	if err != nil || all != "0123456" {
		t.Errorf("every: %s, %v", all, err)
	}
}

func collect(page func(engine.Cursor) ([]*person, string, error)) (ids string, err error) {
	for c := (engine.Cursor{Limit: 2}); ; {
		rows, next, err := page(c)
		if err != nil {
			return "", err
		}
		for _, p := range rows {
			ids += p.ID
		}
		if c.After = next; next == "" {
			return ids, nil
		}
	}
}

func TestTableUpgrades(t *testing.T) {
	ctx := context.Background()
	s := storetest.OpenSQLite(t)
	old := people(s)
	if err := old.Create(ctx, &person{ID: "1", Name: "a"}); err != nil {
		t.Fatal(err)
	}
	now := people(s)
	now.Schema = 2
	if _, err := now.Get(ctx, "1"); err == nil || errors.Is(err, errNobody) {
		t.Errorf("a form that nothing lifts: %v", err)
	}
	now.Upgrade = func(from int, body []byte) ([]byte, error) {
		return bytes.Replace(body, []byte(`"a"`), fmt.Appendf(nil, `"%d"`, from), 1), nil
	}
	p, err := now.Get(ctx, "1")
	if err != nil || p.Name != "1" {
		t.Fatalf("lifted: %+v, %v", p, err)
	}
	if err := now.Update(ctx, p); err != nil {
		t.Fatal(err)
	}
	if _, err := old.Get(ctx, "1"); err == nil || errors.Is(err, errNobody) {
		t.Errorf("a form from the future: %v", err)
	}
	put(t, s, docs.Write{Key: docs.Key{Kind: "thing", ID: "2"}, Op: "1", Body: []byte("{")})
	if _, err := now.Get(ctx, "2"); err == nil || errors.Is(err, errNobody) {
		t.Errorf("broken JSON: %v", err)
	}
}

// answers is a store whose Put gives prepared answers.
type answers struct {
	docs.Store
	errs []error
	ops  []string
}

func (a *answers) Put(_ context.Context, w docs.Write) (int64, error) {
	a.ops = append(a.ops, w.Op)
	err := a.errs[0]
	if len(a.errs) > 1 {
		a.errs = a.errs[1:]
	}
	return w.IfRevision + 1, err
}

// TestTableResends: an unknown outcome is asked for again under the same name, and stays unknown until a store answers.
func TestTableResends(t *testing.T) {
	broken := errors.New("broken")
	for name, c := range map[string]struct {
		answers []error
		want    error
		sent    int
	}{
		"saved":                   {[]error{nil}, nil, 1},
		"not saved":               {[]error{docs.ErrUnavailable}, docs.ErrUnavailable, 1},
		"full":                    {[]error{docs.ErrFull}, docs.ErrFull, 1},
		"broken":                  {[]error{broken}, broken, 1},
		"unknown, saved":          {[]error{docs.ErrUnknown, nil}, nil, 2},
		"unknown, taken":          {[]error{docs.ErrUnknown, docs.ErrConflict}, errTaken, 2},
		"unknown, not saved":      {[]error{docs.ErrUnknown, docs.ErrUnavailable}, docs.ErrUnknown, 2},
		"unknown, full":           {[]error{docs.ErrUnknown, docs.ErrUnknown, docs.ErrFull}, docs.ErrUnknown, 3},
		"unknown for a long time": {[]error{docs.ErrUnknown}, docs.ErrUnknown, 4},
	} {
		a := &answers{errs: c.answers}
		p := &person{ID: "1"}
		err := people(a).Create(context.Background(), p)
		if !errors.Is(err, c.want) || len(a.ops) != c.sent || len(slices.Compact(slices.Clone(a.ops))) != 1 {
			t.Errorf("%s: %v after %s", name, err, strings.Join(a.ops, " "))
		}
		if errors.Is(c.want, docs.ErrUnknown) && errors.Is(err, docs.ErrUnavailable) {
			t.Errorf("%s: %v claims that nothing was saved", name, err)
		}
		if saved := p.Revision == 1; saved != (err == nil) {
			t.Errorf("%s: revision %d", name, p.Revision)
		}
	}
}
