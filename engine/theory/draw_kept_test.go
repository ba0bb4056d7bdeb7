package theory_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// reading counts what is read of the records of draws.
type reading struct {
	theory.Draws
	of    map[sitting.SessionID]int
	lists int
}

func (r *reading) Draw(ctx context.Context, id sitting.SessionID) (*theory.Draw, error) {
	r.of[id]++
	return r.Draws.Draw(ctx, id)
}

func (r *reading) DrawList(ctx context.Context, c engine.Cursor) ([]*theory.Draw, string, error) {
	r.lists++
	return r.Draws.DrawList(ctx, c)
}

func (w *world) reading() (*theory.Exams, *reading) {
	p := w.ports()
	r := &reading{Draws: p.Draws, of: map[sitting.SessionID]int{}}
	p.Draws = r
	return w.over(p), r
}

func (w *world) keeps(exams *theory.Exams, by authz.Principal) (list []sitting.SessionID) {
	w.t.Helper()
	kept, err := exams.Kept(ctx, by)
	must(w.t, err)
	for _, d := range kept {
		list = append(list, d.Session)
	}
	return list
}

// Of the draws of others a custodian reads none, and of their own those of the last weeks.
func TestKeptReadsItsOwnDraws(t *testing.T) {
	c := appointed(t, 2)
	first := c.id
	for range 3 {
		c.seat(1)
		c.draw() // without custodians
	}
	exams, read := c.reading()
	if got := c.keeps(exams, c.keepers[0]); !slices.Equal(got, []sitting.SessionID{first}) || read.lists > 0 || len(read.of) != 1 {
		t.Fatalf("keeps %v, read %v and %d lists", got, read.of, read.lists)
	}
	c.clock.Set(closes.Add(30*24*time.Hour - time.Millisecond))
	if got := c.keeps(exams, c.keepers[0]); len(got) != 1 {
		t.Fatalf("just within 30 days: %v", got)
	}
	c.clock.Set(closes.Add(30 * 24 * time.Hour))
	clear(read.of)
	if got := c.keeps(exams, c.keepers[0]); len(got) != 0 || len(read.of) != 0 {
		t.Fatalf("after 30 days: %v, read %v", got, read.of)
	}
	c.seat(1)
	n := c.session()
	n.Theory = clock.Window{Opens: c.clock.Now().Add(time.Hour), Closes: c.clock.Now().Add(2 * time.Hour)}
	must(t, c.store.Sessions().UpdateSession(ctx, n))
	_, err := c.exams.Appoint(ctx, office, c.id, c.appointment())
	must(t, err)
	list, err := c.store.Draws().Custody(ctx, c.keepers[0].Account)
	must(t, err)
	if !slices.Equal(list.Sessions, []sitting.SessionID{c.id}) {
		t.Fatalf("the list still has %v", list.Sessions)
	}
}

// unlisted is a store of before there were lists of custodians.
type unlisted struct{ theory.Draws }

func (unlisted) Custody(context.Context, string) (*theory.Custody, error) {
	return &theory.Custody{}, nil
}
func (unlisted) UpdateCustody(context.Context, *theory.Custody) error { return nil }

// Draws of before there were lists are found, and looked for once; by who keeps none as well.
func TestDrawsOfBeforeThereWereLists(t *testing.T) {
	w := emptyWorld(t)
	w.seat(1)
	c := &custody{world: w, keepers: []authz.Principal{keeperOf("国家", 1), keeperOf("监督", 2), keeperOf("天津", 3)}}
	p := w.ports()
	p.Draws = unlisted{p.Draws}
	_, err := w.over(p).Appoint(ctx, office, w.id, c.appointment())
	must(t, err)
	for by, want := range map[string]int{"first": 1, "stranger": 0} {
		who := c.keepers[0]
		if by == "stranger" {
			who = keeperOf("甲", 9)
		}
		exams, read := w.reading()
		for range 2 {
			if got := w.keeps(exams, who); len(got) != want || read.lists != 1 {
				t.Fatalf("%s keeps %v after %d lists", by, got, read.lists)
			}
		}
	}
	w.seat(1) // and a draw that comes later is added
	_, err = w.exams.Appoint(ctx, office, w.id, c.appointment())
	must(t, err)
	for _, k := range c.keepers {
		if got := w.keeps(w.exams, k); len(got) != 2 {
			t.Fatalf("%s keeps %v", k.Account, got)
		}
	}
}

// An appointment that is not recorded in the end leaves nothing behind that is shown.
func TestAppointmentCutOff(t *testing.T) {
	w := emptyWorld(t)
	w.seat(1)
	c := &custody{world: w, keepers: []authz.Principal{keeperOf("国家", 1), keeperOf("监督", 2), keeperOf("天津", 3)}}
	p := w.ports()
	p.Draws = uncreated{p.Draws}
	_, err := w.over(p).Appoint(ctx, office, w.id, c.appointment())
	wantErr(t, err, errKilled)
	if got := w.keeps(w.exams, c.keepers[1]); len(got) != 0 {
		t.Fatalf("keeps %v", got)
	}
	_, err = w.exams.Appoint(ctx, office, w.id, c.appointment())
	must(t, err)
	if got := w.keeps(w.exams, c.keepers[1]); len(got) != 1 {
		t.Fatalf("keeps %v", got)
	}
}

// uncreated keeps the record of a draw from being begun.
type uncreated struct{ theory.Draws }

func (uncreated) CreateDraw(context.Context, *theory.Draw) error { return errKilled }

// A draw reads of eight earlier sittings, and of older ones where somebody sat who is here again.
func TestADrawReadsFewEarlierDraws(t *testing.T) {
	w := emptyWorld(t)
	var drawn []sitting.SessionID
	var first engine.PersonID
	w.skipping()
	for day := range 11 {
		w.clock.Set(opens.Add(time.Duration(day)*24*time.Hour - time.Hour))
		p := engine.PersonID("person " + string(rune('a'+day)))
		if w.seatAgain("again", day, p); day == 0 {
			first = p
		}
		w.draw()
		w.clock.Advance(time.Hour)
		_, err := w.exams.Open(ctx, w.by(len(w.tickets)-1), theory.AttemptOf(w.tickets[len(w.tickets)-1]), theory.Window{})
		must(t, err)
		drawn = append(drawn, w.id)
	}
	w.clock.Set(opens.Add(11*24*time.Hour - time.Hour))
	w.seatAgain("again", 11, first, "somebody new")
	exams, read := w.reading()
	d, err := exams.Draw(ctx, office, w.id)
	must(t, err)
	for day, id := range drawn {
		if want := day == 0 || day >= 3; (read.of[id] > 0) != want {
			t.Errorf("day %d was read %d times", day, read.of[id])
		}
	}
	if read.lists > 0 {
		t.Errorf("%d lists of draws", read.lists)
	}
	d, err = w.store.Draws().Draw(ctx, d.Session)
	must(t, err)
	if len(d.Seats[0].Excluded) != questions || len(d.Seats[1].Excluded) != 0 {
		t.Fatalf("excluded %v", d.Seats)
	}
}
