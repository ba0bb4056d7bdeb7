package result_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/docs"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/vault"
)

// counted is a store that counts what it is asked, by the kind of document.
type counted struct {
	*sqlite.Store
	mu    sync.Mutex
	asked map[string]int
}

func (c *counted) note(kind string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[kind]++
}

func (c *counted) Get(ctx context.Context, k docs.Key) (docs.Doc, error) {
	c.note(k.Kind)
	return c.Store.Get(ctx, k)
}

func (c *counted) Range(ctx context.Context, r docs.Range) (docs.Page, error) {
	c.note(r.Kind)
	return c.Store.Range(ctx, r)
}

func (c *counted) Gather(ctx context.Context, kind string, ids []string) ([]docs.Doc, error) {
	c.note(kind)
	return c.Store.Gather(ctx, kind, ids)
}

// crowd is a session in publicity with so many candidates who have photos.
type crowd struct {
	store    *counted
	registry *people.Registry
	board    *result.Board
	all      []engine.PersonID
}

const crowdPhoto = 100 << 10 // bytes

func newCrowd(t testing.TB, n int) *crowd {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &crowd{store: &counted{Store: db, asked: map[string]int{}}}
	s, c, policy := store.New(w.store, ids.Random()), clock.NewManual(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)), engine.Policy{}
	w.registry = people.NewRegistry(s.People(), s.Organisations(), []byte("key"), c)
	desk, judge := registration.NewDesk(s.Applications(), w.registry, policy, c), separation.NewJudge(s.Ties(), w.registry, policy.Ties, c)
	sits := sitting.NewSittings(sitting.Ports{Plans: s.Plans(), Sessions: s.Sessions(), Seats: s.Seats(), Proceedings: s.Proceedings()}, w.registry, desk, judge, nil,
		policy, c, ids.Random())
	w.board = result.NewBoard(result.Ports{Results: s.Results(), Publications: s.Publications(), Seals: s.Seals(), Checks: s.Checks(), Cases: s.Cases(),
		Objections: s.Objections()}, sits, w.registry, policy, c)
	today := clock.Date{Year: 2026, Month: 3, Day: 2}
	if err := s.Publications().CreatePublication(t.Context(), &result.Publication{Session: "s", Stage: result.Public, Publicity: engine.Publicity{From: today, Until: today.AddDays(5)}}); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		w.seat(t, s, i)
	}
	return w
}

// seat makes a candidate with a photo, a result and a score check that waits for an answer.
func (w *crowd) seat(t testing.TB, s *store.Store, i int) {
	t.Helper()
	id, photo := engine.PersonID(fmt.Sprintf("c%05d", i)), crowdJPEG(i)
	tk := ticket(i)
	passed := result.Component{Standing: engine.Scored, Points: 8000, PassMark: 6000}
	for _, err := range []error{
		s.People().CreateAlbum(t.Context(), &people.Album{Person: id, Prints: []people.Print{{PhotoMark: engine.MarkPhoto(photo, 1), JPEG: photo}}}),
		s.People().CreatePerson(t.Context(), &engine.Person{ID: id, Name: "李明", Photo: engine.MarkPhoto(photo, 1)}),
		s.Results().CreateResult(t.Context(), &result.Result{ID: result.Of(tk), Session: "s", Candidate: id, Ticket: tk, Theory: passed, Practical: passed}),
		s.Checks().CreateCheck(t.Context(), &result.ScoreCheck{ID: result.CheckOf(tk, engine.Theory), Session: "s", Ticket: tk, Candidate: id,
			Component: engine.Theory, State: result.CheckAsked}),
		s.Cases().CreateCase(t.Context(), &result.Case{ID: result.CaseOf(tk, 1), No: 1, Session: "s", Ticket: tk, Candidate: id, State: result.CaseOpened}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.all = append(w.all, id)
}

func crowdJPEG(i int) []byte {
	return append([]byte{0xFF, 0xD8, 0xFF, byte(i)}, make([]byte, crowdPhoto)...)
}

// 公示名单谁都能看：看一次名单，全部姓名一次读出，照片一张也不读；考生看自己的成绩，只读自己的查分和违纪记录，不读全场的。
func TestAPublicListReadsNoPhoto(t *testing.T) {
	w := newCrowd(t, 40)
	clear(w.store.asked)
	rows, _, err := w.board.PublicList(t.Context(), "s")
	if err != nil || len(rows) != 40 || rows[0].Name != "李*" || rows[0].Outcome != result.Pending {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if a := w.store.asked; a["person"] != 1 || a["person-photo"] != 0 || a["score-check"] != 1 || a["misconduct"] != 1 {
		t.Errorf("asked %v", a)
	}
	clear(w.store.asked)
	if r, err := w.board.Final(t.Context(), result.Of(ticket(7))); r == nil || len(r.Awaits) != 2 || r.Outcome() != result.Pending {
		t.Errorf("%+v, %v", r, err) // publicity is not over: the result comes with ErrStage
	}
	if a := w.store.asked; a["score-check"] != 2 || a["misconduct"] != 1 || a["person"] != 0 {
		t.Errorf("for one candidate asked %v", a)
	}
}

// BenchmarkPublicList compares, in one run, names as they were read before (the photo in the document, one after the other) with
// names as they are, and with the whole list. The first also pays for the digest that stands for a photo still in its document.
func BenchmarkPublicList(b *testing.B) {
	const n = 500
	w := newCrowd(b, n)
	v := vault.Unguarded(ids.Random())
	old := make([]engine.PersonID, n)
	for i := range old {
		old[i] = engine.PersonID(fmt.Sprintf("o%05d", i))
		body := fmt.Appendf(nil, `{"schema":1,"data":{"id":%q,"name":"李明","photo":%q}}`, old[i], base64.StdEncoding.EncodeToString(crowdJPEG(i)))
		k := docs.Key{Kind: "person", ID: string(old[i])}
		if _, err := w.store.Put(b.Context(), docs.Write{Key: k, Op: "old", Body: v.Seal(k.Kind, k.ID, body)}); err != nil {
			b.Fatal(err)
		}
	}
	oneByOne := func(all []engine.PersonID) func(*testing.B) {
		return func(b *testing.B) {
			for b.Loop() {
				for _, id := range all {
					if _, err := w.registry.Named(b.Context(), id); err != nil {
						b.Fatal(err)
					}
				}
			}
		}
	}
	b.Run("names before", oneByOne(old))
	b.Run("names one by one", oneByOne(w.all))
	b.Run("names at once", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.registry.NamedAll(b.Context(), w.all); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := w.board.PublicList(b.Context(), "s"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
