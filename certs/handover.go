package certs

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Handed is a certificate as the national register takes it: with its holder, whose document number is whole.
type Handed struct {
	Certificate *Certificate
	Holder      *engine.Person
}

// Days are those from From to To, both in them; the zero Days are all.
type Days struct{ From, To clock.Date }

func (d Days) holds(day clock.Date) bool {
	return d == Days{} || !day.Before(d.From) && !d.To.Before(day)
}

// HandOver gives out the valid certificates of a session that were issued on the days, with their holders, for the
// upload to the national register (证书数据上报). Nothing else shows whole document numbers, so who took how many is
// written into the trail of the session's batch before they are given: an error after that leaves one entry too many,
// never one too few. ErrNoneIssued where there are none.
func (i *Issuer) HandOver(ctx context.Context, by authz.Principal, id sitting.SessionID, days Days) ([]Handed, error) {
	if err := by.Require(authz.CertExport); err != nil {
		return nil, err
	}
	stands, err := i.Stands(ctx, by, id)
	if err != nil {
		return nil, err
	}
	issued := make([]*Certificate, len(stands))
	for n, s := range stands {
		issued[n] = s.Certificate
	}
	all, err := i.handed(ctx, issued, days)
	if err != nil {
		return nil, err
	}
	return all, i.noteHandover(ctx, by, id, len(all))
}

// HandOverAwards does the same for the certificates that the acting person's body issued for awards and direct recognitions,
// which belong to no session: the trail of each says who took its number.
func (i *Issuer) HandOverAwards(ctx context.Context, by authz.Principal, days Days) ([]Handed, error) {
	if err := by.Require(authz.CertExport); err != nil {
		return nil, err
	}
	rows, err := i.unsat(ctx, engine.OrgID(by.Org))
	if err != nil {
		return nil, err
	}
	var issued []*Certificate
	for _, g := range rows {
		c, err := i.reserved(ctx, g.id)
		if err != nil {
			return nil, err
		}
		issued = append(issued, c)
	}
	all, err := i.handed(ctx, issued, days)
	if err != nil {
		return nil, err
	}
	for _, h := range all {
		if err := i.noteHanded(ctx, by, h.Certificate); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// handed are the valid ones of the certificates, nil where none was issued, with their holders. ErrNoneIssued where there
// are none.
func (i *Issuer) handed(ctx context.Context, issued []*Certificate, days Days) (all []Handed, err error) {
	for _, c := range issued {
		if c == nil || c.State != Valid || !days.holds(c.Issued) {
			continue
		}
		holder, err := i.people.Named(ctx, c.Holder)
		if err != nil {
			return nil, err
		}
		all = append(all, Handed{c, holder})
	}
	if len(all) == 0 {
		return nil, ErrNoneIssued
	}
	return all, nil
}

// noteHanded writes into the trail of what c rests on that its number was given out.
func (i *Issuer) noteHanded(ctx context.Context, by authz.Principal, c *Certificate) error {
	if id := c.RecognitionID(); id != "" {
		return i.recognised.HandedOver(ctx, by, id)
	}
	return i.noteAward(ctx, by, c.AwardID(), AwardHandedOver)
}

// noteAward writes an event into the trail of an award.
func (i *Issuer) noteAward(ctx context.Context, by authz.Principal, id, action string) error {
	now := i.clock.Now()
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Award, error) { return i.ports.Awards.Award(ctx, id) }, i.ports.Awards.UpdateAward,
		func(a *Award) error {
			a.Trail.AddBy(now, by, action, "")
			return nil
		})
	return err
}

// batchHandedOver is the event of a batch's trail when certificates of its session were given out for the national register.
const batchHandedOver = "batch.handed-over"

// Handovers tell when certificates of a session were given out for the national register, and to whom; Note is how many. The
// oldest comes first.
func (i *Issuer) Handovers(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]engine.Event, error) {
	b, err := i.batch(ctx, by, id)
	if errors.Is(err, ErrBatch) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(b.Trail, func(e engine.Event) bool { return e.Action != batchHandedOver }), nil
}

// noteHandover writes into the session's batch that so many certificates were given out. A session that was issued for
// without a batch gets one that nobody has started.
func (i *Issuer) noteHandover(ctx context.Context, by authz.Principal, id sitting.SessionID, count int) error {
	w, err := i.window(ctx, by, id)
	if err != nil {
		return err
	}
	now := i.clock.Now()
	note := func(b *Batch) error {
		b.Trail.AddBy(now, by, batchHandedOver, fmt.Sprint(count))
		return nil
	}
	_, err = i.changeBatch(ctx, id, note)
	if !errors.Is(err, ErrBatch) {
		return err
	}
	err = i.ports.Batches.CreateBatch(ctx, &Batch{Session: id, Org: w.session.Org})
	if err == nil || errors.Is(err, ErrBatchExists) {
		_, err = i.changeBatch(ctx, id, note)
	}
	return err
}
