package certs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// window is what issuing knows of one session: read once for however many certificates.
type window struct {
	issuer  *Issuer
	session *sitting.Session
	body    *engine.Organisation
	stands  map[engine.PersonID]error // what keeps a candidate from a certificate, of those that obstacles looked at
}

// window reads the session for somebody who acts for its body.
func (i *Issuer) window(ctx context.Context, by authz.Principal, id sitting.SessionID) (*window, error) {
	session, err := i.sittings.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	if !actsFor(by, session.Org) {
		return nil, sitting.ErrSession
	}
	body, err := i.people.Organisation(ctx, session.Org)
	if err != nil {
		return nil, err
	}
	return &window{issuer: i, session: session, body: body}, nil
}

// obstacles finds what stands in the way of the results: that one is still pending (待定), a hold on one of them, a tie
// between a candidate and somebody on duty, also one that came to light after the sitting (考培分离), or a second result of the same
// human in the session (同一人).
func (w *window) obstacles(ctx context.Context, results []*result.Result) error {
	w.stands = map[engine.PersonID]error{}
	candidates := make([]engine.PersonID, len(results))
	for n, r := range results {
		candidates[n] = r.Candidate
		hold, err := w.issuer.ports.Holds.Hold(ctx, r.ID)
		switch {
		case errors.Is(err, ErrNoHold), err == nil && !hold.Open():
		case err != nil:
			return err
		default:
			w.stands[r.Candidate] = ErrHeld.With("%s", hold.Reason)
		}
		switch r.Outcome() {
		case result.Pending:
			w.stands[r.Candidate] = ErrPending.With("%s", r.Waiting())
		case result.Fail: // it was a pass when the number was given
			w.stands[r.Candidate] = ErrNotPassed
		}
	}
	if err := w.separated(ctx, w.session, candidates, ""); err != nil {
		return err
	}
	if err := w.keptApart(ctx, results); err != nil {
		return err
	}
	return w.twice(ctx, results)
}

// twice notes who has another result in the session under another document, of which something counts: nobody sits one session twice,
// and a pair may be found after both did.
func (w *window) twice(ctx context.Context, results []*result.Result) error {
	same, err := w.issuer.people.Sameness(ctx)
	if err != nil || same.None() {
		return err
	}
	for _, r := range results {
		for _, id := range same.Group(r.Candidate) {
			if id == r.Candidate {
				continue
			}
			sat, err := w.issuer.board.SatIn(ctx, r.Session, id)
			if err != nil {
				return err
			}
			if !slices.ContainsFunc(sat, (*result.Result).Counts) {
				continue
			}
			o, err := w.issuer.people.Named(ctx, id)
			if err != nil {
				return err
			}
			w.stands[r.Candidate] = ErrTwice.With("另一份成绩在%s %s 名下", o.IDType.Name(), engine.MaskID(o.IDNumber))
		}
	}
	return nil
}

// elsewhere are the roles that had no hand in a component.
var elsewhere = map[engine.Component][]authz.Role{
	engine.Theory:    {authz.Examiner, authz.Leader},
	engine.Practical: {authz.Invigilator, authz.Marker},
}

// separated notes whom separation keeps from somebody on duty in the session; c, when not empty, is the only component of it
// that counts, and who served in the other one alone keeps nobody from anything. Who had a hand in the paper is asked always.
func (w *window) separated(ctx context.Context, n *sitting.Session, candidates []engine.PersonID, c engine.Component) error {
	findings, err := w.issuer.sittings.Separated(ctx, n, candidates)
	for _, f := range findings {
		if f.Candidate != "" && slices.Contains(elsewhere[c], f.Role) {
			continue
		}
		for _, c := range candidates {
			if f.Candidate == c || f.Candidate == "" { // who had a hand in the paper is kept from all of them
				w.stands[c] = ErrSeparated.With("%s", strings.Join(f.Path, "→"))
			}
		}
	}
	return err
}

// keptApart asks the same of the earlier sessions whose passes stand in the results (单科成绩保留): what was passed before
// somebody who had to keep away is no pass, in whichever session the certificate is earned, and neither is one that fell.
func (w *window) keptApart(ctx context.Context, results []*result.Result) error {
	earlier := map[origin][]engine.PersonID{}
	for _, r := range results {
		for part, c := range map[engine.Component]result.Component{engine.Theory: r.Theory, engine.Practical: r.Practical} {
			if c.From == "" {
				continue
			}
			from, err := w.issuer.board.Final(ctx, c.From)
			if err != nil {
				return fmt.Errorf("the kept pass %s: %w", c.From, err)
			}
			if !passedIn(from, part) {
				w.stands[r.Candidate] = ErrNotPassed.With("保留的%s成绩已不合格", part)
			}
			at := origin{from.Session, part}
			earlier[at] = append(earlier[at], r.Candidate)
		}
	}
	for at, candidates := range earlier {
		n, err := w.issuer.sittings.Get(ctx, at.session)
		if err != nil {
			return err
		}
		if err := w.separated(ctx, n, candidates, at.part); err != nil {
			return err
		}
	}
	return nil
}

// origin is the component of an earlier session that passes are kept from.
type origin struct {
	session sitting.SessionID
	part    engine.Component
}

func passedIn(r *result.Result, c engine.Component) bool {
	if c == engine.Theory {
		return r.Theory.Passed()
	}
	return r.Practical.Passed()
}

// permits returns nil when nothing keeps the holder from a certificate now: of what obstacles found, by the body's filing, and
// by what its authority ordered. Certificates that are issued already are corrected and reissued all the same.
func (w *window) permits(holder engine.PersonID, level engine.Level) error {
	if err := w.stands[holder]; err != nil {
		return err
	}
	if _, err := w.filing(level, w.issuer.today()); err != nil {
		return err
	}
	return w.body.Permits(engine.ActIssue, w.issuer.today())
}

// windowOf is what issuing knows of a certificate that has its number: it is looked at anew, for much may have come to light
// since, and the result may have come to be another one.
func (i *Issuer) windowOf(ctx context.Context, c *Certificate) (*window, error) {
	body, err := i.people.Organisation(ctx, c.Org)
	if err != nil {
		return nil, err
	}
	w := &window{issuer: i, body: body}
	if c.AwardID() != "" {
		return w, nil
	}
	if id := c.RecognitionID(); id != "" {
		_, err := i.recognised.Granted(ctx, id)
		return w, err
	}
	if w.session, err = i.sittings.Get(ctx, c.Session); err != nil {
		return nil, err
	}
	final, err := i.board.Final(ctx, c.Result)
	if err != nil {
		return nil, notFinal(err)
	}
	return w, w.obstacles(ctx, []*result.Result{final})
}

// filing is what lets the body certify the level on the day, where the session was held or, without one, in its own province.
func (w *window) filing(level engine.Level, on clock.Date) (*engine.Filing, error) {
	province := w.body.Province
	if w.session != nil {
		province = w.session.Province
	}
	f, err := w.body.FilingFor(engine.CareWork(level, province, on))
	if err == nil && !filingForm.MatchString(f.Number) {
		return nil, ErrNumber.With("备案号“%s”不正确", f.Number)
	}
	return f, err
}

// passed drops the results that earn no certificate. One that is pending stays, to be told of.
func passed(all []*result.Result) []*result.Result {
	return slices.DeleteFunc(all, func(r *result.Result) bool { return r.Outcome() == result.Fail })
}

func notFinal(err error) error {
	if errors.Is(err, result.ErrStage) {
		return ErrNotFinal
	}
	return err
}

// mayDecide returns nil when by may decide on what belongs to the body and is about the person, and unknown when by does not
// act for the body. An authority sees what belongs to the bodies of other provinces and decides on none of it. Nobody decides
// on what is about themselves.
func (i *Issuer) mayDecide(ctx context.Context, by authz.Principal, org engine.OrgID, about engine.PersonID, unknown error) error {
	if !actsFor(by, org) {
		return unknown
	}
	decides, err := i.Decides(ctx, by, org)
	if err == nil {
		by, err = i.people.Whole(ctx, by)
	}
	switch {
	case err != nil:
		return err
	case !decides:
		return ErrProvince
	case isOf(about, by):
		return ErrOwnMatter
	}
	return nil
}

// isOf reports whether by is the person, under whichever account or, where by is whole, document.
func isOf(p engine.PersonID, by authz.Principal) bool { return by.Is(string(p)) }

// Decides reports whether the province of the body keeps by from deciding on what belongs to it, for pages that offer
// decisions: it asks for no action.
func (i *Issuer) Decides(ctx context.Context, by authz.Principal, org engine.OrgID) (bool, error) {
	if !by.IsAuthority() {
		return actsFor(by, org), nil
	}
	body, err := i.people.Organisation(ctx, org)
	return err == nil && by.ActsIn(body.Province), err
}

func actsFor(by authz.Principal, org engine.OrgID) bool { return by.ActsFor(string(org)) }
