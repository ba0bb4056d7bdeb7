package main

import (
	"net/http"
	"testing"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/store/mongo/standin"
	"github.com/skillcert/skillcert/engine/theory"
)

// TestSittingOnEveryStore lets a small hall sit from the sign-in to the marks, with an extension, a pause, and a server that
// is killed in the middle, over each of the stores.
func TestSittingOnEveryStore(t *testing.T) {
	for name, store := range map[string]func(*testing.T) settings{
		"embedded": func(t *testing.T) settings { return settings{Data: t.TempDir()} },
		"MongoDB": func(t *testing.T) settings {
			server, err := standin.Start()
			noError(t, err)
			t.Cleanup(server.Close)
			return settings{Data: t.TempDir(), Mongo: server.URI()}
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := builtHallOver(t, store(t), 6)
			p := serveOver(t, h.settings)
			all := h.crowd()
			all.goTo(p.address)
			all.begin(t)
			all.save(t, 4)
			h.extendedAndPaused(t, p, all)
			p.kill(t)
			p = serveOver(t, h.settings)
			all.goTo(p.address)
			all.save(t, 4)
			h.handedInButOne(t, p, all)
			p.stop(t)
			h.closedAndMarked(t, all)
		})
	}
}

func (c crowd) save(t *testing.T, times int) {
	t.Helper()
	c.each(func(s *sitter) {
		for range times {
			if err := s.answer(t.Context()); err != nil {
				t.Errorf("candidate %s: %v", s.ticket, err)
			}
		}
	})
}

// ordered gives an order to the room.
func (h *examHall) ordered(t *testing.T, invigilator *client, what string, order map[string]any) {
	t.Helper()
	order["text"], order["key"] = "广播故障", what
	noError(t, invigilator.call(t.Context(), http.MethodPost, h.room()+what, order, nil))
}

// extendedAndPaused gives the room ten minutes, and stops it for a moment: candidates are told, and nothing is saved meanwhile.
func (h *examHall) extendedAndPaused(t *testing.T, p *program, all crowd) {
	t.Helper()
	invigilator := staffIn(t, p.address, "jiankao1")
	h.ordered(t, invigilator, "extension", map[string]any{"minutes": 10})
	first := all[0]
	told := first.told(t)
	if want := h.session.Theory.Closes.Add(10 * time.Minute); told.Paused || !told.Closes.Equal(want) {
		t.Errorf("after the extension the candidate is told %+v, not %v", told, want)
	}
	h.ordered(t, invigilator, "pause", map[string]any{})
	if told = first.told(t); !told.Paused {
		t.Errorf("in the pause the candidate is told %+v", told)
	}
	if err := first.answer(t.Context()); !refusedAs(err, theory.ErrPaused) {
		t.Errorf("in the pause a save is answered %v", err)
	}
	h.ordered(t, invigilator, "resumption", map[string]any{})
	noError(t, first.answer(t.Context()))
	h.console(t, invigilator, first.ticket, func(s web.SeatProgress) bool { return s.Answered > 0 })
}

// handedInButOne lets everybody hand in but the last, whom the clock closes.
func (h *examHall) handedInButOne(t *testing.T, p *program, all crowd) {
	t.Helper()
	all[:len(all)-1].each(func(s *sitter) {
		if err := s.handIn(t.Context()); err != nil {
			t.Errorf("candidate %s: %v", s.ticket, err)
		}
	})
	last := all[len(all)-1]
	if told := last.told(t); told.State != "in-progress" {
		t.Errorf("who has not handed in is told %+v", told)
	}
}

// closedAndMarked opens the store by the hour after the end: the closer closes who did not hand in, everybody is marked,
// and every acknowledged answer is there.
func (h *examHall) closedAndMarked(t *testing.T, all crowd) {
	t.Helper()
	late := clock.NewManual(h.session.Theory.Closes.Add(time.Hour))
	here := h.serveHere(t, late)
	here.wantClosed(t, h, len(all))
	last := all[len(all)-1]
	a, err := here.store.Attempts().Attempt(t.Context(), theory.AttemptID(last.attempt))
	noError(t, err)
	last.receipt = a.Receipt
	if !a.ByClock {
		t.Errorf("who did not hand in: %+v", a)
	}
	marked, err := here.Exams.Mark(t.Context(), authz.Worker("marker"), h.session.ID, true)
	if err != nil || marked != len(all) {
		t.Errorf("%d marked, %v", marked, err)
	}
	for _, s := range all {
		s.holds(t, here.house)
	}
}
