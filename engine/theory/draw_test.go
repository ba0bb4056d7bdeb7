package theory_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
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
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// Anybody who is told the seed afterwards draws the same forms and the same root.
func TestDrawCanBeRepeated(t *testing.T) {
	w := emptyWorld(t)
	w.seat(6)
	d := w.draw()
	if d.Seed != "" || len(d.Commitment) != 64 || len(d.Root) != 64 || d.Release != "2026.1" || d.Digest != w.release.Release.Digest {
		t.Fatalf("drawn %+v", d)
	}
	w.clock.Set(closes.Add(-time.Millisecond))
	if d, err := w.exams.Drawn(ctx, supervisor, w.id); err != nil || d.Seed != "" {
		t.Fatalf("seed %q before the end, %v", d.Seed, err)
	}
	w.clock.Set(closes)
	d, err := w.exams.Drawn(ctx, supervisor, w.id)
	must(t, err)
	var seed [32]byte
	raw, err := hex.DecodeString(d.Seed)
	must(t, err)
	copy(seed[:], raw)
	if sum := sha256.Sum256(raw); hex.EncodeToString(sum[:]) != d.Commitment {
		t.Fatal("the seed is not what was committed to")
	}
	ix, err := assembly.NewIndex(w.release, 5, "12")
	must(t, err)
	bp, err := w.bank.Blueprint(ctx, d.Blueprint)
	must(t, err)
	forms, err := assembly.Draw(ix, *bp, seed, len(d.Tickets))
	must(t, err)
	if assembly.Root(forms) != d.Root {
		t.Fatal("the root is not of these forms")
	}
	for i, ticket := range d.Tickets {
		a, err := w.store.Attempts().Attempt(ctx, theory.AttemptOf(ticket))
		must(t, err)
		if a.Form.Digest() != forms[i].Digest() || a.Candidate != engine.PersonID("person-"+ticket) || a.State != theory.Scheduled {
			t.Fatalf("slot %d: %+v", i, a)
		}
	}
}

// Slots follow the rooms as the session lists them, then the seats, whatever the order of tickets.
func TestSlotsFollowSeats(t *testing.T) {
	w := emptyWorld(t)
	w.seat(2) // one in r2, which the session lists first, one in r1
	for i, no := range []int{40, 30} {
		ticket := sitting.Ticket("2612" + "000001" + []string{"0901", "0902"}[i])
		w.addSeat(ticket, "r2", no)
		w.tickets = append(w.tickets, ticket)
	}
	w.editSeat(3, func(s *sitting.Seat) { s.Voided = opens }) // no form for who is out already
	d := w.draw()
	if want := []sitting.Ticket{w.tickets[0], w.tickets[2], w.tickets[1]}; !slices.Equal(d.Tickets, want) {
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
	roots := map[string]bool{}
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
		if d.Commitment != begun.Commitment || !slices.Equal(d.Tickets, begun.Tickets) || begun.Root != "" {
			t.Fatalf("begun %+v, finished %+v", begun, d)
		}
		roots[d.Root] = true
		for i := range candidates {
			w.attempt(i)
		}
	}
	if len(roots) != 1 { // the same seed every time: a kill changes no form
		t.Fatalf("%d roots after kills at %d places", len(roots), candidates+1)
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
