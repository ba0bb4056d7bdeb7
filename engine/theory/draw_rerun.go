package theory

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// rerun is a draw brought to where its log stands by doing everything in the log again. A record whose log does not
// come out the same is ErrDrawBroken: nothing is built on it.
type rerun struct {
	d       *Draw
	s       *sitting.Session
	release *questionbank.Snapshot
	bp      *questionbank.Blueprint
	bank    *protocol.Bank // once the roots are fixed
	sit     *protocol.Sitting
	ids     *ids.Source
}

func (e *Exams) rerun(ctx context.Context, s *sitting.Session, d *Draw) (*rerun, error) {
	if d.Old() {
		return nil, ErrDrawOld
	}
	r := &rerun{d: d, s: s, ids: e.ids}
	var err error
	if r.release, err = e.bank.Snapshot(ctx, d.Release); err != nil {
		return nil, err
	}
	if r.release.Release.Digest != d.Digest {
		return nil, questionbank.ErrReleaseBroken
	}
	if r.bp, err = e.bank.Blueprint(ctx, d.Blueprint); err != nil {
		return nil, err
	}
	for _, entry := range d.Log {
		if err := r.do(time.UnixMilli(entry.At).UTC(), entry.Event); err != nil {
			return nil, fmt.Errorf("draw of session %s, log entry %d: %w", d.Session, entry.No, err)
		}
	}
	return r, r.same()
}

// same reports whether the log came out as it is recorded.
func (r *rerun) same() error {
	if r.sit == nil {
		return nil
	}
	for i, entry := range r.sit.Log() {
		if entry.Hash != r.d.Log[i].Hash {
			return fmt.Errorf("draw of session %s, log entry %d: %w", r.d.Session, i, ErrDrawBroken)
		}
	}
	return nil
}

// do takes one event. What follows from the inputs is computed and not taken from it.
func (r *rerun) do(at time.Time, event protocol.Event) (err error) {
	if terms, first := event.(protocol.Terms); first {
		r.sit, err = protocol.Open(at, terms, protocol.Key(r.d.Held.Key), r.d.Engine, r.d.Held.signer())
		return err
	}
	if r.sit == nil {
		return ErrDrawStep
	}
	switch v := event.(type) {
	case protocol.Commitment:
		return r.sit.Commit(at, v)
	case protocol.Roots:
		return r.fix(at)
	case protocol.Beacon:
		return r.sit.Observe(at, v)
	case protocol.Head:
		_, err = r.sit.Draw(at, r.d.secrets())
	case protocol.Redraw:
		return r.sit.Redraw(at, v)
	case protocol.Late:
		_, err = r.sit.Late(at, v)
	case protocol.Absence:
		return r.sit.Absent(at, v)
	case protocol.Withdrawal:
		_, err = r.sit.Withdraw(at, v.Level, v.Handle, v.Reason)
	case protocol.Reveal:
		return r.sit.Reveal(at, v)
	}
	return err
}

// step does what comes next and takes it into the record's log. Two processes' clocks need not agree, so that a step
// never comes before the one in front of it.
func (r *rerun) step(now time.Time, event protocol.Event) error {
	if n := len(r.d.Log); n > 0 {
		now = newer(now, time.UnixMilli(r.d.Log[n-1].At).UTC())
	}
	if err := r.do(now, event); err != nil {
		return err
	}
	log := r.sit.Log()
	r.d.Log = append(r.d.Log, log[len(log)-1])
	return nil
}

// advance is one command on the record of a session's draw: edit may run more than once.
func (e *Exams) advance(ctx context.Context, s *sitting.Session, edit func(*rerun) error) (*Draw, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Draw, error) { return e.ports.Draws.Draw(ctx, s.ID) }, e.ports.Draws.UpdateDraw,
		func(d *Draw) error {
			r, err := e.rerun(ctx, s, d)
			if err != nil {
				return err
			}
			return edit(r)
		})
}

func (h Held) signer() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(h.Signer[:]) }

// secrets are those of all custodians, as far as they are open.
func (d *Draw) secrets() (all []protocol.Secret) {
	for _, c := range d.Custodians {
		if c.Secret != nil {
			all = append(all, *c.Secret)
		}
	}
	return all
}

// agreed are the terms as they follow from the record.
func (d *Draw) agreed() protocol.Terms {
	t := protocol.Terms{Sitting: string(d.Session), Threshold: d.Threshold, Quorum: d.Quorum, Beacon: d.Beacon,
		Operator: protocol.Hex(d.Held.signer().Public().(ed25519.PublicKey))}
	for _, c := range d.Custodians {
		t.Custodians = append(t.Custodians, protocol.Custodian{Name: c.Name, Sign: c.Sign, Box: c.Box})
	}
	return t
}

// fix binds the inputs, and notes which ticket is drawn for where.
func (r *rerun) fix(at time.Time) error {
	d, key := r.d, protocol.Key(r.d.Held.Key)
	var supplements []*questionbank.Snapshot
	if r.release.Release.Province != "" {
		supplements = append(supplements, r.release)
	}
	var err error
	if r.bank, err = protocol.Blind(key, r.release, supplements, d.Openings); err != nil {
		return err
	}
	var seats []protocol.Seat
	of := map[protocol.Hash]sitting.Ticket{}
	for _, s := range d.Seats {
		of[pseudonym(key, s.Ticket)] = s.Ticket
		if s.Late {
			continue
		}
		seats = append(seats, protocol.Seat{Level: r.s.Level, Province: r.s.Province, Site: d.Site, Room: string(s.Room), No: s.No,
			Candidate: string(s.Ticket), Excluded: r.handles(s.Excluded)})
	}
	slots, err := protocol.Enrol(key, seats)
	if err != nil {
		return err
	}
	_, err = r.sit.Fix(at, protocol.Plan{Bank: r.bank, Blueprints: map[engine.Level]questionbank.Blueprint{r.s.Level: *r.bp}, Slots: slots})
	if err == nil && len(d.Tickets) == 0 {
		for _, s := range slots[r.s.Level] {
			d.Tickets = append(d.Tickets, of[s.Candidate])
		}
	}
	return err
}

func pseudonym(k protocol.Key, t sitting.Ticket) protocol.Hash {
	return protocol.Pseudonym(k.PseudonymSalt(string(t)), string(t))
}

// handles are the handles of items by code, of the version that the release holds; codes that it lacks are left out.
func (r *rerun) handles(codes []string) (handles []string) {
	for _, code := range codes {
		if v, ok := r.release.Item(code); ok && v.Level == r.s.Level {
			handles = append(handles, protocol.Key(r.d.Held.Key).Handle(v.Code, v.Version))
		}
	}
	return handles
}

// form is the form of a slot as it stands.
func (r *rerun) form(slot int) (assembly.Form, error) {
	return r.sit.Form(r.s.Level, slot, r.bank.Items)
}

// head is the last signed root; false before there is one.
func (r *rerun) head() (protocol.Head, bool) {
	for i := len(r.d.Log) - 1; i >= 0; i-- {
		if h, ok := r.d.Log[i].Event.(protocol.Head); ok {
			return h, true
		}
	}
	return protocol.Head{}, false
}
