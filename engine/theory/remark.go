package theory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Remark marks every marked attempt of a session anew whose form holds the item version that the correction is about,
// by the marker on duty or the server's workers. An attempt is marked once by a correction, whoever asks how often; a
// round that broke off is gone on with. Logs and receipts stay as they are, and every attempt keeps all its markings.
// What is not marked yet is left to Mark, which follows corrections by itself. Once the component is being sealed it is
// ErrRemarkSealed.
func (e *Exams) Remark(ctx context.Context, by authz.Principal, id sitting.SessionID, c questionbank.CorrectionID) (*RemarkRound, error) {
	if err := e.marker(ctx, by, id, authz.TheoryMark); err != nil {
		return nil, err
	}
	if err := e.unsealed(ctx, id, ErrRemarkSealed); err != nil {
		return nil, err
	}
	rows, r, err := e.affected(ctx, id, c)
	if err != nil {
		return nil, err
	}
	if rows = marked(rows); len(rows) == 0 {
		return nil, ErrRemarkEarly
	}
	if done, err := e.finished(ctx, id, c, rows); done != nil || err != nil {
		return done, err
	}
	now := e.clock.Now()
	_, err = e.keepBook(ctx, id, func(b *RemarkBook) error { return b.begin(RemarkRound{Correction: c, Begun: now, By: by.Account}) })
	if err != nil {
		return nil, err
	}
	err = each(ctx, rows, func(ctx context.Context, a *Attempt) error { return e.remark(ctx, by, r, a, now) })
	if err != nil {
		return nil, err
	}
	return e.completeRound(ctx, by, id, c, now)
}

// finished returns the round when it is done and leaves nobody out: whoever was marked by the old key while it ran is
// waited for.
func (e *Exams) finished(ctx context.Context, id sitting.SessionID, c questionbank.CorrectionID, rows []*Attempt) (*RemarkRound, error) {
	b, err := e.book(ctx, id)
	if err != nil {
		return nil, err
	}
	due := slices.ContainsFunc(rows, func(a *Attempt) bool { return !slices.Contains(a.rests(), c) })
	if r := b.round(c); r != nil && !r.Done.IsZero() && !due {
		return r, nil
	}
	return nil, nil
}

// completeRound writes the list from what the attempts hold and closes the round.
func (e *Exams) completeRound(ctx context.Context, by authz.Principal, id sitting.SessionID, c questionbank.CorrectionID,
	now time.Time) (*RemarkRound, error) {
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	list := changesBy(rows, id, c)
	list.At = now
	if err = e.ports.Remarks.PutChanges(ctx, list); err != nil {
		return nil, err
	}
	b, err := e.keepBook(ctx, id, func(b *RemarkBook) error { return b.finish(list, by.Account) })
	if err != nil {
		return nil, err
	}
	return b.round(c), nil
}

// changesBy lists what a correction did to attempts.
func changesBy(rows []*Attempt, id sitting.SessionID, c questionbank.CorrectionID) *Changes {
	list := &Changes{Session: id, Correction: c}
	for _, a := range rows {
		for _, m := range a.Markings {
			if m.Correction != c {
				continue
			}
			if list.Affected++; m.Before != m.After {
				list.Rows = append(list.Rows, Change{Ticket: a.Ticket, Attempt: a.ID, Before: m.Before, After: m.After, By: m.By, At: m.At})
			}
		}
	}
	slices.SortFunc(list.Rows, func(x, y Change) int { return cmp.Compare(x.Ticket, y.Ticket) })
	return list
}

// anew is how attempts are marked by one more correction: what each rested on before, and that.
type anew struct {
	rule    Rule                 // of the session; its rulings are chosen for every attempt
	rulings questionbank.Rulings // all that were ever decided for the release
	ruling  questionbank.Ruling
}

// next are the corrections that an attempt rests on after this one.
func (n anew) next(a *Attempt) ([]questionbank.CorrectionID, error) {
	ids := []questionbank.CorrectionID{n.ruling.Correction}
	for _, id := range a.rests() {
		r, ok := n.rulings.Named(id)
		switch {
		case !ok:
			return nil, fmt.Errorf("attempt %s rests on correction %s: %w", a.ID, id, engine.ErrStale)
		case r.Code != n.ruling.Code:
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// points is what an attempt earns by them.
func (n anew) points(a *Attempt, chosen map[int][]int) (ids []questionbank.CorrectionID, p engine.Points, err error) {
	if ids, err = n.next(a); err != nil {
		return nil, 0, err
	}
	p, err = n.rule.under(n.rulings, ids).Score(a.Form, chosen)
	return ids, p, err
}

// remark marks one attempt anew, unless it was marked by this correction already.
func (e *Exams) remark(ctx context.Context, by authz.Principal, n anew, a *Attempt, now time.Time) error {
	if slices.Contains(a.rests(), n.ruling.Correction) {
		return nil
	}
	chosen, err := e.chosen(ctx, a)
	if err != nil {
		return fmt.Errorf("mark attempt %s anew: %w", a.ID, err)
	}
	_, err = e.change(ctx, a.ID, func(a *Attempt) error {
		if a.State != Marked || slices.Contains(a.rests(), n.ruling.Correction) {
			return engine.ErrUnchanged
		}
		ids, points, err := n.points(a, chosen)
		if err != nil {
			return err
		}
		a.Markings = append(a.Markings, Marking{At: now, By: by.Account, Correction: n.ruling.Correction, Corrections: ids,
			Before: a.Points, After: points})
		a.Trail.Add(now, by.Account, "attempt.remarked", fmt.Sprintf("%s: %s → %s", n.ruling.Correction, a.Points, points))
		a.Points = points
		return nil
	})
	return err
}

// affected are the attempts whose form holds what a correction is about, and how they are marked by it.
func (e *Exams) affected(ctx context.Context, id sitting.SessionID, c questionbank.CorrectionID) ([]*Attempt, anew, error) {
	rule, rulings, err := e.rule(ctx, id)
	if err != nil {
		return nil, anew{}, err
	}
	r, ok := rulings.Named(c)
	if !ok {
		return nil, anew{}, ErrRemarkForeign
	}
	if last, _ := rule.Rulings.Of(r.Code); last.Correction != c {
		return nil, anew{}, ErrSuperseded.With("%s", last.Correction)
	}
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return nil, anew{}, err
	}
	rows = slices.DeleteFunc(rows, func(a *Attempt) bool { return !a.holds(r) })
	if len(rows) == 0 {
		return nil, anew{}, ErrRemarkForeign
	}
	return rows, anew{rule: rule, rulings: rulings, ruling: r}, nil
}

func marked(rows []*Attempt) (all []*Attempt) {
	for _, a := range rows {
		if a.State == Marked {
			all = append(all, a)
		}
	}
	return all
}

// holds reports whether the form of the attempt shows the item version that a ruling is about.
func (a *Attempt) holds(r questionbank.Ruling) bool {
	for _, it := range a.Form.Items {
		if it.Code == r.Code && it.Version == r.Version {
			return true
		}
	}
	return false
}

// touching are the corrections among the rulings that the form of the attempt has to do with.
func (a *Attempt) touching(rulings questionbank.Rulings) (ids []questionbank.CorrectionID) {
	for _, r := range rulings {
		if a.holds(r) {
			ids = append(ids, r.Correction)
		}
	}
	slices.Sort(ids)
	return ids
}

// unsealed returns refusal when the component is sealed.
func (e *Exams) unsealed(ctx context.Context, id sitting.SessionID, refusal error) error {
	switch _, err := e.ports.Seals.Seal(ctx, string(id), engine.Theory); {
	case err == nil:
		return refusal
	case !errors.Is(err, engine.ErrNoSeal):
		return err
	}
	return nil
}

// endRemarks returns nil when no marked attempt waits for a correction and no round is open, and keeps rounds out from now
// on: what is sealed next is what was marked last. A seal that broke off is gone on with.
func (e *Exams) endRemarks(ctx context.Context, by authz.Principal, id sitting.SessionID, now time.Time) error {
	b, err := e.book(ctx, id)
	if err != nil || !b.Sealing.IsZero() {
		return err
	}
	rows, err := e.attemptsOf(ctx, id)
	if err != nil {
		return err
	}
	if rows = marked(rows); len(rows) > 0 {
		if err = e.noneDue(ctx, id, rows); err != nil {
			return err
		}
	}
	_, err = e.keepBook(ctx, id, func(b *RemarkBook) error { return b.seal(by.Account, now) })
	return err
}

// noneDue is ErrRemarkDue while one of the marked attempts does not rest on what is in force.
func (e *Exams) noneDue(ctx context.Context, id sitting.SessionID, rows []*Attempt) error {
	rule, _, err := e.rule(ctx, id)
	if err != nil {
		return err
	}
	due := 0
	for _, a := range rows {
		if !slices.Equal(a.touching(rule.Rulings), a.rests()) {
			due++
		}
	}
	if due > 0 {
		return ErrRemarkDue.With("%d名", due)
	}
	return nil
}
