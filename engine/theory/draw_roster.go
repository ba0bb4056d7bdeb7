package theory

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// roster closes the session and writes into the record who is drawn for, what each of them must not meet again, and the
// uses that items carry over. A session for which a trial does not find all forms stays open.
func (e *Exams) roster(ctx context.Context, by authz.Principal, s *sitting.Session, d *Draw, now time.Time) error {
	if err := e.tried(ctx, s, d, now); err != nil {
		return err
	}
	if err := e.sittings.Close(ctx, by, s.ID); err != nil {
		return err
	}
	seats, err := e.toDraw(ctx, s) // once more: from the close on they are all there will be
	if err != nil || slices.EqualFunc(seats, d.Seats, DrawnSeat.same) {
		return err
	}
	return e.tried(ctx, s, d, now)
}

// same reports whether a seat is where it was and whose it was.
func (s DrawnSeat) same(o DrawnSeat) bool {
	return s.Ticket == o.Ticket && s.Candidate == o.Candidate && s.Room == o.Room && s.No == o.No
}

// tried writes into the record who is drawn for as things stand, and tries the draw of all their forms.
func (e *Exams) tried(ctx context.Context, s *sitting.Session, d *Draw, now time.Time) (err error) {
	if d.Seats, err = e.toDraw(ctx, s); err != nil {
		return err
	}
	if err = e.history(ctx, s, d, remembered); err != nil {
		return err
	}
	return e.trial(ctx, s, d, now)
}

// trial draws every slot once, reserves, exclusions and limits included, under keys that are thrown away: nothing of
// the real draw can be told from it, and a failure is found before anything is settled.
func (e *Exams) trial(ctx context.Context, s *sitting.Session, d *Draw, now time.Time) error {
	chance := func(use string) protocol.Hash {
		return sha256.Sum256(fmt.Appendf(nil, "trial %s %s %d", use, s.ID, now.UnixNano()))
	}
	t := &Draw{Session: d.Session, Release: d.Release, Digest: d.Digest, Blueprint: d.Blueprint, Site: d.Site, Engine: d.Engine, Quorum: 1,
		Beacon: protocol.Announcement{Kind: protocol.NoBeacon}, Seats: d.Seats, Openings: d.Openings,
		Held: Held{Key: chance("key"), Signer: chance("signer"), Code: chance("code")}}
	if err := t.byItself(); err != nil {
		return err
	}
	r, err := e.alone(ctx, s, t, now)
	if err != nil {
		return err
	}
	return r.step(now, protocol.Head{})
}

// toDraw lists who gets a form, by ticket: ErrNoSeats when nobody does. Who does not take theory here (补考) gets none.
func (e *Exams) toDraw(ctx context.Context, s *sitting.Session) (list []DrawnSeat, err error) {
	seats, err := e.sittings.SeatsOf(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	for _, seat := range seats {
		if seat.Voided.IsZero() && seat.Takes(engine.Theory) {
			list = append(list, DrawnSeat{Ticket: seat.Ticket, Candidate: seat.Candidate, Room: seat.Room, No: seat.No})
		}
	}
	if len(list) == 0 {
		return nil, ErrNoSeats
	}
	return list, nil
}

// remembered is how many earlier sittings of a level the uses of items are carried over from. The uses in the last one
// count half, those in the one before it a quarter, and so on.
const remembered = 8

// history fills in what earlier sittings of the level leave behind. Of the sessions before, only those that count are
// looked into: the last so many that were drawn, for uses, and those where somebody had a seat who is here again.
func (e *Exams) history(ctx context.Context, s *sitting.Session, d *Draw, last int) error {
	bp, err := e.bank.Blueprint(ctx, d.Blueprint)
	if err != nil {
		return err
	}
	earlier, err := e.sittings.Before(ctx, s)
	if err != nil {
		return err
	}
	here := map[engine.PersonID]bool{}
	for _, seat := range d.Seats {
		here[seat.Candidate] = bp.SkipMet
	}
	ago, uses, met := 0, map[string]int{}, map[engine.PersonID]map[string]bool{}
	for _, old := range earlier {
		if ago >= last && !slices.ContainsFunc(old.Allotted, func(p engine.PersonID) bool { return here[p] }) {
			continue
		}
		attempts, err := e.drawnIn(ctx, old.ID)
		if err != nil {
			return err
		}
		if len(attempts) == 0 {
			continue
		}
		if ago++; ago <= last {
			fade(uses, attempts, ago)
		}
		remember(met, attempts, here)
	}
	d.Openings = uses
	for i := range d.Seats {
		d.Seats[i].Excluded = slices.Sorted(maps.Keys(met[d.Seats[i].Candidate]))
	}
	return nil
}

// drawnIn lists the attempts of a session whose draw was completed, none of another.
func (e *Exams) drawnIn(ctx context.Context, id sitting.SessionID) ([]*Attempt, error) {
	d, err := e.ports.Draws.Draw(ctx, id)
	if errors.Is(err, ErrDraw) || err == nil && d.Root == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return e.attemptsOf(ctx, id)
}

// fade adds the uses of one sitting, halved so many times.
func fade(uses map[string]int, attempts []*Attempt, halvings int) {
	once := map[string]int{}
	for _, a := range attempts {
		for _, it := range a.Form.Items {
			once[it.Code]++
		}
	}
	for code, n := range once {
		if n >>= halvings; n > 0 {
			uses[code] += n
		}
	}
}

// remember notes the items that candidates who are here again have seen: those of papers that they opened.
func remember(met map[engine.PersonID]map[string]bool, attempts []*Attempt, here map[engine.PersonID]bool) {
	for _, a := range attempts {
		if !here[a.Candidate] || a.Started.IsZero() {
			continue
		}
		if met[a.Candidate] == nil {
			met[a.Candidate] = map[string]bool{}
		}
		for _, it := range a.Form.Items {
			met[a.Candidate][it.Code] = true
		}
	}
}
