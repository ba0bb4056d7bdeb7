package main

import (
	"context"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/skillcert/skillcert/api/web"
)

// room gives the program's store room for so many bytes more than the largest of its files has; a negative number, as much
// as there is. To SQLite a limit on the size of files is what a full disk is: it cannot write on.
func (p *program) room(t *testing.T, dir string, more int64) {
	t.Helper()
	limit := uint64(math.MaxUint64)
	if more >= 0 {
		largest := int64(0)
		for _, name := range []string{databaseFile, databaseFile + "-wal"} {
			f, err := os.Stat(filepath.Join(dir, name))
			noError(t, err)
			largest = max(largest, f.Size())
		}
		limit = uint64(largest + more)
	}
	var was unix.Rlimit
	noError(t, unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, nil, &was))
	noError(t, unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: min(limit, was.Max), Max: was.Max}, nil))
}

// TestSittingDiskFull fills the disk of a server under everybody's saves. Each is told that the save was not taken, the
// invigilator sees it, everything else goes on; with room again so do saves, in the same process, and nothing is lost.
func TestSittingDiskFull(t *testing.T) {
	h := builtHall(t, 4)
	p := serveIn(t, h.settings.Data)
	all := h.crowd()
	all.goTo(p.address)
	all.begin(t)
	invigilator := staffIn(t, p.address, "jiankao1")
	p.room(t, h.settings.Data, 64<<10)
	for _, s := range all {
		s.fillUp(t)
	}
	saved := all.saved()
	for _, s := range all {
		var told struct{ State string }
		noError(t, newClient("http://"+p.address).as(s.token).call(t.Context(), http.MethodGet, s.path()+"/clock", nil, &told))
		if told.State != "in-progress" {
			t.Errorf("candidate %s is told %q", s.ticket, told.State)
		}
		s.beat(t, 1)
		h.console(t, invigilator, s.ticket, func(x web.SeatProgress) bool {
			return x.Unsaved == 1 && (x.State == web.SeatUnsaved || x.State == web.SeatLost)
		})
	}
	p.room(t, h.settings.Data, -1)
	for _, s := range all {
		for range 3 {
			noError(t, s.answer(t.Context()))
		}
		s.beat(t, 0)
		h.console(t, invigilator, s.ticket, func(x web.SeatProgress) bool { return x.Unsaved == 0 && x.Answered > 0 })
		noError(t, s.handIn(t.Context()))
	}
	if saved == 0 || all.saved() != saved+3*len(all) {
		t.Errorf("%d saved before there was no room, %d in all", saved, all.saved())
	}
	p.stop(t)
	all.hold(t, h)
}

// fillUp saves until there is no room, and then once more.
func (s *sitter) fillUp(t *testing.T) {
	t.Helper()
	refused := 0
	for range 5000 {
		err := s.answer(t.Context())
		switch {
		case err == nil:
			refused = 0
		case strings.Contains(err.Error(), "answer 503"):
			refused++
		default:
			t.Fatal(err)
		}
		if refused == 2 {
			return
		}
	}
	t.Fatal("the disk is never full")
}

// beat tells what the candidate's page has unsaved. It does not wait for news.
func (s *sitter) beat(t *testing.T, unsaved int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	body := map[string]any{"window": s.window, "heard": 0, "question": 1, "unsaved": unsaved, "away": false}
	err := newClient("http://"+s.address).as(s.token).call(ctx, http.MethodPost, s.path()+"/pulse", body, nil)
	if err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
}

// TestSittingDiskFullOnThePage: the candidate's page says what is not saved while the disk is full, the console too, and the
// page saves it by itself when there is room.
func TestSittingDiskFullOnThePage(t *testing.T) {
	h := builtHall(t, 2)
	p := serveIn(t, h.settings.Data)
	b := &browsing{examHall: h, address: p.address, base: "http://" + p.address, invigilator: staffIn(t, p.address, "jiankao1")}
	c := b.sitting(t, h.entrants[0])
	before := c.answerFrom(1, "ab")
	c.within(patient, saved)
	other := h.crowd()[1:]
	other.goTo(p.address)
	other.begin(t)
	p.room(t, h.settings.Data, 0)
	other[0].fillUp(t)
	during := c.answerFrom(2, "aba")
	c.within(patient, unsaved(3)+" || "+unsaved(2)) // what needs one page less may just have fitted
	b.console(t, b.invigilator, c.ticket, func(s web.SeatProgress) bool {
		return s.State == web.SeatUnsaved && c.eval("String("+unsaved(s.Unsaved)+")") == "true"
	})
	p.room(t, h.settings.Data, -1)
	t.Logf("saved %v after there was room", c.within(patient, saved))
	b.console(t, b.invigilator, c.ticket, func(s web.SeatProgress) bool { return s.Unsaved == 0 && s.Answered == 4 })
	p.stop(t)
	again, err := h.reopen(t.Context())
	noError(t, err)
	b.house = again
	c.wantLog(5, before, during)
	other[0].holds(t, again)
	noError(t, again.Close())
}
