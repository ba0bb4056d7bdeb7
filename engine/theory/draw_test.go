package theory_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// Once the window has closed everybody can derive the same forms and the same root.
func TestDrawCanBeRepeated(t *testing.T) {
	w := emptyWorld(t)
	w.seat(6)
	d := w.draw()
	if !d.Alone() || len(d.Commitment) != 64 || len(d.Root) != 64 || d.Release != "2026.1" || d.Digest != w.release.Release.Digest || len(d.Seated()) != 6 {
		t.Fatalf("drawn %+v", d)
	}
	if d.Held != (theory.Held{}) || *d.Custodians[0].Secret != (protocol.Secret{}) {
		t.Fatal("secrets are told")
	}
	w.clock.Set(closes.Add(-time.Millisecond))
	_, err := w.exams.Transcript(ctx, supervisor, w.id)
	wantErr(t, err, theory.ErrDrawSealed)
	w.clock.Set(closes)
	file := w.transcript(supervisor)
	if r := w.audit(file); !r.Equal || r.Root.String() != d.Root || r.Levels[0].Forms != len(d.Tickets) || r.Levels[0].Reserves != 2 {
		t.Fatalf("audit %+v, %v", r, r.First)
	}
	if again := w.transcript(office); string(again) != string(file) {
		t.Fatal("the transcript changed")
	}
	for i, ticket := range d.Tickets {
		if ticket == "" {
			continue
		}
		a, err := w.store.Attempts().Attempt(ctx, theory.AttemptOf(ticket))
		must(t, err)
		if a.Form.Slot != i || a.Candidate != engine.PersonID("person-"+ticket) || a.State != theory.Scheduled {
			t.Fatalf("slot %d: %+v", i, a)
		}
	}
}

func (w *world) transcript(by authz.Principal) []byte {
	w.t.Helper()
	file, err := w.exams.Transcript(ctx, by, w.id)
	must(w.t, err)
	return file
}

func (w *world) audit(file []byte) protocol.Report {
	w.t.Helper()
	x, err := protocol.Decode(file)
	must(w.t, err)
	r, err := protocol.Audit(x)
	must(w.t, err)
	return r
}

// One changed byte anywhere makes it another transcript.
func TestATranscriptWithAChangedByte(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	w.draw()
	w.clock.Set(closes)
	file := w.transcript(supervisor)
	for at := 0; at < len(file); at += 97 {
		changed := slices.Clone(file)
		changed[at] ^= 1
		x, err := protocol.Decode(changed)
		if err != nil {
			continue
		}
		if r, err := protocol.Audit(x); err == nil && r.Equal {
			t.Fatalf("byte %d of %d changed, and the audit says equal", at, len(file))
		}
	}
}

// Slots follow the rooms by their names, then the seats, whatever the order of tickets; reserves come with the site.
func TestSlotsFollowSeats(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2) // one in r2, one in r1
	for i, no := range []int{40, 30} {
		ticket := sitting.Ticket("2612" + "000001" + []string{"0901", "0902"}[i])
		w.addSeat(ticket, "r2", no)
		w.tickets = append(w.tickets, ticket)
	}
	w.editSeat(3, func(s *sitting.Seat) { s.Voided = opens }) // no form for who is out already
	d := w.draw()
	if want := []sitting.Ticket{"", "", w.tickets[1], w.tickets[0], w.tickets[2]}; !slices.Equal(d.Tickets, want) {
		t.Fatalf("slots %v, want %v", d.Tickets, want)
	}
}

func TestDrawRefuses(t *testing.T) {
	w := emptyWorld(t)
	for name, c := range map[string]struct {
		by     authz.Principal
		before func(*world)
		want   error
	}{
		"by the office":          {office, func(*world) {}, nil},
		"by a worker":            {authz.Worker("draw"), func(*world) {}, nil},
		"by a marker":            {marker, func(*world) {}, authz.ErrForbidden},
		"by another body":        {authz.Principal{Org: "other", Roles: office.Roles}, func(*world) {}, sitting.ErrSession},
		"no session":             {office, func(w *world) { w.id = "nothing" }, sitting.ErrSession},
		"nobody seated":          {office, func(w *world) { w.seat(0) }, theory.ErrNoSeats},
		"everybody voided":       {office, func(w *world) { w.void(0); w.void(1) }, theory.ErrNoSeats},
		"just in time":           {office, func(w *world) { w.clock.Set(opens.Add(-time.Millisecond)) }, nil},
		"as the window opens":    {office, func(w *world) { w.clock.Set(opens) }, theory.ErrDrawLate},
		"drawn before":           {office, func(w *world) { w.draw() }, nil},
		"drawn before, too late": {office, func(w *world) { w.draw(); w.clock.Set(closes) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w.t = t
			w.clock.Set(opens.Add(-time.Hour))
			w.seat(2)
			c.before(w)
			_, err := w.exams.Draw(ctx, c.by, w.id)
			wantErr(t, err, c.want)
		})
	}
}

// A release that was withdrawn is not drawn from, nor is a draw from it completed.
func TestNoDrawFromAWithdrawnRelease(t *testing.T) {
	w := emptyWorld(t)
	w.seat(1)
	begun, p := w.id, w.ports()
	p.Draws = unfinished{p.Draws}
	_, err := w.over(p).Draw(ctx, office, begun)
	wantErr(t, err, errKilled)
	w.seat(1)
	_, err = w.bank.WithdrawRelease(ctx, keeper, "2026.1", "错误")
	must(t, err)
	for _, id := range []sitting.SessionID{begun, w.id} {
		_, err = w.exams.Draw(ctx, office, id)
		wantErr(t, err, questionbank.ErrWithdrawn)
	}
}

// killed lets so many attempts be written and then no more, as a kill does.
type killed struct {
	theory.Attempts
	left atomic.Int64
}

var errKilled = errors.New("killed")

func (k *killed) CreateAttempt(ctx context.Context, a *theory.Attempt) error {
	if k.left.Add(-1) < 0 {
		return errKilled
	}
	return k.Attempts.CreateAttempt(ctx, a)
}

// unfinished keeps the record of a draw from being completed.
type unfinished struct{ theory.Draws }

func (unfinished) UpdateDraw(context.Context, *theory.Draw) error { return errKilled }

func TestDrawGoesOnAfterAKill(t *testing.T) {
	const candidates = 5
	w := emptyWorld(t)
	for n := range candidates + 1 {
		w.clock.Set(opens.Add(-time.Minute))
		w.seat(candidates)
		p := w.ports()
		k := &killed{Attempts: p.Attempts}
		k.left.Store(int64(n))
		p.Attempts = k
		if n == candidates {
			p.Draws = unfinished{p.Draws}
		}
		_, err := w.over(p).Draw(ctx, office, w.id)
		wantErr(t, err, errKilled)
		begun, err := w.store.Draws().Draw(ctx, w.id)
		must(t, err)
		w.clock.Set(closes.Add(-time.Millisecond)) // what has begun may be finished
		d := w.draw()
		if d.Commitment != begun.Commitment || !slices.Equal(d.Tickets, begun.Tickets) || begun.Root != "" ||
			len(d.Log) != len(begun.Log)+1 || d.Log[len(begun.Log)-1].Hash != begun.Log[len(begun.Log)-1].Hash {
			t.Fatalf("begun %+v, finished %+v", begun, d)
		}
		for i := range candidates {
			w.attempt(i)
		}
	}
	w.seat(candidates)
	w.clock.Set(opens.Add(-time.Minute))
	p := w.ports()
	p.Draws = unfinished{p.Draws}
	_, err := w.over(p).Draw(ctx, office, w.id)
	wantErr(t, err, errKilled)
	w.clock.Set(closes)
	_, err = w.exams.Draw(ctx, office, w.id)
	wantErr(t, err, theory.ErrDrawLate)
}

func TestDrawnAtOnce(t *testing.T) {
	w := emptyWorld(t)
	w.seat(8)
	var mu sync.Mutex
	roots := map[string]bool{}
	var wg sync.WaitGroup
	for range 4 {
		exams := w.another()
		wg.Go(func() {
			d, err := exams.Draw(ctx, office, w.id)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			roots[d.Root+d.Commitment] = true
		})
	}
	wg.Wait()
	if len(roots) != 1 {
		t.Fatalf("%d draws of one session", len(roots))
	}
}

// An attempt that is there with another form is never taken for the drawn one.
func TestDrawKeepsItsForms(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2)
	_, id := w.sitter(1)
	must(t, w.store.Attempts().CreateAttempt(ctx, &theory.Attempt{ID: id, Session: w.id, Ticket: w.tickets[1]}))
	_, err := w.exams.Draw(ctx, office, w.id)
	wantErr(t, err, theory.ErrAttemptExists)
	d, err := w.store.Draws().Draw(ctx, w.id)
	if err != nil || d.Root != "" {
		t.Fatalf("draw %+v, %v", d, err)
	}
}
