package theory_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

func TestPapersOfARoom(t *testing.T) {
	w := emptyWorld(t)
	w.seat(6)
	for i, no := range []int{60, 61} {
		ticket := sitting.Ticket("2612" + "000001" + []string{"0901", "0902"}[i])
		w.addSeat(ticket, "r1", no)
		w.tickets = append(w.tickets, ticket)
	}
	w.draw()
	for from, want := range map[int][]int{1: {4, 5, 6, 60}, 61: {61}} {
		p, err := w.exams.Papers(ctx, office, w.id, theory.Sheaf{Room: "r1", Kind: theory.PaperQuestions, From: from})
		must(t, err)
		if len(p.Forms) != len(want) || p.Room.Name != "第一考场" || p.Session.ID != w.id || p.Blueprint.ID != "five" || p.Release.Release.ID != "2026.1" {
			t.Fatalf("from %d: %+v", from, p)
		}
		for i, f := range p.Forms {
			a, err := w.store.Attempts().Attempt(ctx, theory.AttemptOf(f.Ticket))
			must(t, err)
			if f.No != want[i] || f.Form.Digest() != a.Form.Digest() || f.Mark != "" {
				t.Errorf("from %d: seat %d has %+v", from, want[i], f)
			}
		}
	}
	d, err := w.store.Draws().Draw(ctx, w.id)
	must(t, err)
	var notes []string
	for _, e := range d.Trail {
		if e.Action == "draw.printed" && e.By == office.Account {
			notes = append(notes, e.Note)
		}
	}
	if got := strings.Join(notes, ";"); len(notes) != 2 || !strings.Contains(got, "r1 questions 1–60") || !strings.Contains(got, "r1 questions 61–120") {
		t.Errorf("noted %q", notes)
	}
}

// TestWhatWasAsked: the codes in a session's forms, and nothing while there are none.
func TestWhatWasAsked(t *testing.T) {
	w := newWorld(t, 3)
	papers := theory.PapersOf(w.store.Attempts())
	got, err := papers.Asked(t.Context(), w.attempt(0).Session)
	must(t, err)
	want := map[string]bool{}
	for i := range 3 {
		for _, item := range w.attempt(i).Form.Items {
			want[item.Code] = true
		}
	}
	if len(want) == 0 || !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, err := papers.Asked(t.Context(), "another"); err != nil || got != nil {
		t.Errorf("no forms: %v, %v", got, err)
	}
}

func TestPapersRefused(t *testing.T) {
	w := newWorld(t, 4)
	invigilator := staff("invigilator", authz.Invigilator)
	for name, c := range map[string]struct {
		by   authz.Principal
		at   time.Time
		want theory.Sheaf
		err  error
	}{
		"questions":               {office, opens, theory.Sheaf{Room: "r1", Kind: theory.PaperQuestions, From: 1}, nil},
		"sheets":                  {office, opens, theory.Sheaf{Room: "r2", Kind: theory.PaperSheet, From: 1}, nil},
		"another body":            {authz.Principal{Org: "other", Roles: office.Roles}, opens, theory.Sheaf{Room: "r1", Kind: theory.PaperQuestions, From: 1}, sitting.ErrSession},
		"an invigilator":          {invigilator, opens, theory.Sheaf{Room: "r1", Kind: theory.PaperQuestions, From: 1}, authz.ErrForbidden},
		"a marker's questions":    {marker, closes, theory.Sheaf{Room: "r1", Kind: theory.PaperQuestions, From: 1}, authz.ErrForbidden},
		"a worker":                {worker, closes, theory.Sheaf{Room: "r1", Kind: theory.PaperKey, From: 1}, authz.ErrForbidden},
		"the key":                 {marker, closes, theory.Sheaf{Room: "r1", Kind: theory.PaperKey, From: 1}, nil},
		"the key too early":       {marker, closes.Add(-time.Millisecond), theory.Sheaf{Room: "r1", Kind: theory.PaperKey, From: 1}, theory.ErrKeySealed},
		"the office's key":        {office, closes, theory.Sheaf{Room: "r1", Kind: theory.PaperKey, From: 1}, authz.ErrForbidden},
		"an invigilator's key":    {invigilator, closes, theory.Sheaf{Room: "r1", Kind: theory.PaperKey, From: 1}, authz.ErrForbidden},
		"a marker without a duty": {staff("stranger", authz.Marker), closes, theory.Sheaf{Room: "r1", Kind: theory.PaperKey, From: 1}, sitting.ErrNotOnDuty},
		"no such room":            {office, opens, theory.Sheaf{Room: "r9", Kind: theory.PaperQuestions, From: 1}, sitting.ErrRoom},
		"no such kind":            {office, opens, theory.Sheaf{Room: "r1", Kind: "book", From: 1}, theory.ErrPaperKind},
		"no such seats":           {office, opens, theory.Sheaf{Room: "r1", Kind: theory.PaperQuestions, From: 61}, theory.ErrNoPapers},
	} {
		w.clock.Set(c.at)
		_, err := w.exams.Papers(ctx, c.by, w.id, c.want)
		if wantErr(t, err, c.err); t.Failed() {
			t.Fatal(name)
		}
	}
	w.clock.Set(opens.Add(-time.Hour))
	w.seat(2)
	_, err := w.exams.Papers(ctx, office, w.id, theory.Sheaf{Room: "r1", Kind: theory.PaperQuestions, From: 1})
	wantErr(t, err, theory.ErrDraw)
}

func TestSheaves(t *testing.T) {
	for capacity, want := range map[int]int{0: 0, 1: 1, 60: 1, 61: 2, 120: 2, 121: 3} {
		if got := theory.Sheaves(sitting.Room{ID: "r", Capacity: capacity}, theory.PaperSheet); len(got) != want {
			t.Errorf("%d seats: %+v", capacity, got)
		}
	}
}

// A and B are told by what the first seat of each parity is asked; the slot is not part of it.
func TestHalves(t *testing.T) {
	ask := func(slot int, code string) assembly.Form {
		return assembly.Form{Slot: slot, Items: []assembly.FormItem{{Code: code, Version: 1, Options: []int{0, 1}}}}
	}
	var h theory.Halves
	for i, c := range []struct {
		room string
		seat int
		code string
		want string
	}{{"1", 1, "x", "A"}, {"1", 2, "y", "B"}, {"1", 3, "x", "A"}, {"1", 4, "z", ""}, {"1", 5, "y", ""}, {"2", 2, "x", "B"}, {"2", 3, "z", "A"}} {
		if got := h.Mark(c.room, c.seat, ask(i, c.code)); got != c.want {
			t.Errorf("room %s, seat %d: %q, want %q", c.room, c.seat, got, c.want)
		}
	}
}
