package certs

import (
	"context"
	"errors"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// recipient is somebody whose certificate takes a given number.
type recipient struct {
	name   string
	level  engine.Level
	ticket sitting.Ticket
	result result.ID
	claim  *Claim       // nil before there was one
	held   *Certificate // under the claim's number, nil for none
	listed bool         // by a row of this list
}

// recipientOf finds what a result has of a number.
func (i *Issuer) recipientOf(ctx context.Context, id result.ID) (*recipient, error) {
	claim, err := i.ports.Claims.Claim(ctx, id)
	if errors.Is(err, ErrClaim) {
		return &recipient{result: id}, nil
	}
	if err != nil {
		return nil, err
	}
	return i.claimant(ctx, claim)
}

func (i *Issuer) claimant(ctx context.Context, c *Claim) (*recipient, error) {
	held, err := i.ports.Ledger.Certificate(ctx, c.Number)
	if errors.Is(err, ErrCertificate) {
		held, err = nil, nil
	}
	return &recipient{result: c.Result, claim: c, held: held}, err
}

// number is the one that the recipient has, "" for none and for one that came to nothing: it is void, or another's.
func (r *recipient) number() Number {
	if r.claim == nil || r.held != nil && !r.held.carries(r.result) {
		return ""
	}
	return r.claim.Number
}

// keeps returns nil when the recipient may be given another number than it has.
func (r *recipient) keeps() error {
	if r.number() != "" && (r.held != nil || r.claim.Begun || r.claim.Given.IsZero()) {
		return ErrClaimed.With("%s", r.claim.Number)
	}
	return nil
}

// waiting are the recipients of a list by document number: a person may have won several prizes.
type waiting struct {
	byID    map[string][]*recipient
	without int // of them, how many have no number yet
}

func (i *Issuer) await(ctx context.Context, all *waiting, g grounds, ticket sitting.Ticket) error {
	p, err := i.people.Named(ctx, g.holder)
	if err != nil {
		return err
	}
	r, err := i.recipientOf(ctx, g.id)
	if err != nil {
		return err
	}
	r.name, r.level, r.ticket = p.Name, g.level, ticket
	all.byID[p.IDNumber] = append(all.byID[p.IDNumber], r)
	if r.number() == "" {
		all.without++
	}
	return nil
}

// waiting are the passed candidates of the session; of a window without one, whom the body certifies without a sitting.
func (w *window) waiting(ctx context.Context, by authz.Principal) (*waiting, error) {
	all := &waiting{byID: map[string][]*recipient{}}
	if w.session == nil {
		return all, w.unsatWait(ctx, all)
	}
	rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*result.Result, string, error) {
		return w.issuer.board.FinalPage(ctx, by, w.session.ID, c)
	})
	if err != nil {
		return nil, notFinal(err)
	}
	for _, r := range passed(rows) {
		if err := w.issuer.await(ctx, all, groundsOf(r), r.Ticket); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (w *window) unsatWait(ctx context.Context, all *waiting) error {
	rows, err := w.issuer.unsat(ctx, w.body.ID)
	if err != nil {
		return err
	}
	for _, g := range rows {
		if err := w.issuer.await(ctx, all, g, ""); err != nil {
			return err
		}
	}
	return nil
}

// takesNumbers reports whether the body's numbers are given by the authority.
func (w *window) takesNumbers() bool {
	return slices.ContainsFunc(w.body.FilingNumbers(), w.issuer.policy.Imports)
}

// find is the recipient of a row, nil for none: of a person's several the one at the level that the number names.
func (all *waiting) find(r *GivenRow) *recipient {
	theirs := all.byID[plain(r.IDNumber)]
	level := func(one *recipient) bool { return one.level == r.Number.Level() }
	for _, fits := range []func(*recipient) bool{func(one *recipient) bool { return level(one) && !one.listed }, level,
		func(*recipient) bool { return true }} {
		if n := slices.IndexFunc(theirs, fits); n >= 0 {
			return theirs[n]
		}
	}
	return nil
}

// judge decides on every row. What it decides about one may rest on another: two people whose numbers were mixed up are
// given each other's by one list.
func (w *window) judge(ctx context.Context, all *waiting, plan *GivenPlan) error {
	plan.Left = all.without
	seen := map[Number]int{}
	for n := range plan.Rows {
		r := &plan.Rows[n]
		err := w.judgeGiven(ctx, all, r)
		if first, twice := seen[r.Number]; twice && err == nil {
			err = ErrGivenTwice.With("第%d行也是这个编号", first)
		}
		if seen[r.Number] == 0 {
			seen[r.Number] = r.Row
		}
		if err := r.note(err); err != nil {
			return err
		}
	}
	plan.keepOwned()
	for _, r := range plan.Rows {
		if r.Outcome == GivenNew {
			plan.Left--
		}
	}
	return nil
}

// keepOwned refuses the rows whose number stays somebody else's after all.
func (p *GivenPlan) keepOwned() {
	for settled := false; !settled; {
		settled = true
		leaving := map[result.ID]bool{}
		for _, r := range p.Rows {
			leaving[r.result] = leaving[r.result] || r.changes()
		}
		for n := range p.Rows {
			if r := &p.Rows[n]; r.changes() && r.owner != "" && !leaving[r.owner] {
				refusal := ErrGivenTaken.With("%s", r.Number)
				r.Outcome, r.Code, r.Msg, settled = GivenRefused, refusal.Code, refusal.Msg, false
			}
		}
	}
}

// judgeGiven finds whose number a row is and whether it may be theirs.
func (w *window) judgeGiven(ctx context.Context, all *waiting, r *GivenRow) error {
	one := all.find(r)
	name, err := engine.CleanName(r.Name)
	if one == nil || err != nil || name != one.name {
		return ErrGivenWho
	}
	r.Ticket, r.result = one.ticket, one.result
	switch {
	case !w.body.HasNumber(r.Number.Filing()):
		return ErrNumber.With("编号不属于本机构")
	case r.Number.Level() != one.level:
		return ErrNumber.With("编号的等级与认定等级不同")
	case r.Number.Year() != r.Issued.Year:
		return ErrNumber.With("编号的年份与发证日期不同")
	case w.issuer.today().Before(r.Issued):
		return ErrNumber.With("发证日期晚于今天")
	case one.listed:
		return ErrGivenTwice.With("此人在表中出现两次")
	}
	switch filed, err := w.filing(one.level, r.Issued); {
	case err != nil:
		return err
	case filed.Number != r.Number.Filing():
		return ErrNumber.With("编号属于本机构的另一项备案，%s当天的备案号是%s", r.Issued, filed.Number)
	}
	one.listed = true
	return w.issuer.freeFor(ctx, one, r)
}

// freeFor answers whether the number is free for the row's result, or its already.
func (i *Issuer) freeFor(ctx context.Context, one *recipient, r *GivenRow) (err error) {
	had := one.number()
	if had == r.Number && one.claim.Given == r.Issued {
		r.Outcome = GivenKnown
		return nil
	}
	if err := one.keeps(); err != nil {
		return err
	}
	if r.owner, err = i.ownerOf(ctx, r.Number); err != nil {
		return err
	}
	if r.owner == one.result {
		r.owner = ""
	}
	r.Outcome = GivenNew
	if had != "" {
		r.Outcome = GivenReplaced
	}
	return nil
}

// ownerOf is the result that a number is assigned to, "" for none. What a certificate stands under is nobody's to give.
func (i *Issuer) ownerOf(ctx context.Context, n Number) (result.ID, error) {
	if _, err := i.ports.Ledger.Certificate(ctx, n); !errors.Is(err, ErrCertificate) {
		return "", errors.Join(err, ErrGivenTaken.With("%s", n))
	}
	a, err := i.ports.Assigned.Assignment(ctx, n)
	if err != nil {
		return "", absent(err, ErrUnassigned)
	}
	owner, err := i.ports.Claims.Claim(ctx, a.Result)
	if err != nil {
		return "", absent(err, ErrClaim)
	}
	if owner.Number != n {
		return "", nil // it was given another one since
	}
	return a.Result, nil
}

// absent is err, nil when it only says that something is not there.
func absent(err, missing error) error {
	if errors.Is(err, missing) {
		return nil
	}
	return err
}

// assignAll does what was decided about the rows.
func (i *Issuer) assignAll(ctx context.Context, by authz.Principal, plan *GivenPlan) error {
	for n := range plan.Rows {
		r := &plan.Rows[n]
		if !r.changes() {
			continue
		}
		added := r.Outcome == GivenNew
		if err := r.note(i.assign(ctx, by, r)); err != nil {
			return err
		}
		if added && r.Outcome == GivenRefused { // by what somebody did at the same time
			plan.Left++
		}
	}
	return nil
}

// assign gives the row's result its number: first the number is the result's, by its one document, and then the result
// has the number. Doing it twice is harmless.
func (i *Issuer) assign(ctx context.Context, by authz.Principal, r *GivenRow) error {
	now := i.clock.Now()
	a := &Assignment{Number: r.Number, Result: r.result}
	a.Trail.AddBy(now, by, "number.given", string(r.result))
	err := i.ports.Assigned.CreateAssignment(ctx, a)
	if errors.Is(err, ErrGivenTaken) {
		_, err = engine.Modify(ctx, func(ctx context.Context) (*Assignment, error) { return i.ports.Assigned.Assignment(ctx, r.Number) },
			i.ports.Assigned.UpdateAssignment, func(a *Assignment) error { return i.reassign(ctx, by, a, r) })
	}
	if err != nil {
		return err
	}
	c := &Claim{Result: r.result, Number: r.Number, At: now, Given: r.Issued}
	c.Trail.AddBy(now, by, "number.given", string(r.Number))
	if err = i.ports.Claims.CreateClaim(ctx, c); !errors.Is(err, ErrClaimed) {
		return err
	}
	_, err = engine.Modify(ctx, func(ctx context.Context) (*Claim, error) { return i.ports.Claims.Claim(ctx, r.result) }, i.ports.Claims.UpdateClaim,
		func(c *Claim) error { return i.replace(ctx, by, c, r) })
	return err
}

// reassign makes a number the row's result's, unless somebody else was given it in the meantime.
func (i *Issuer) reassign(ctx context.Context, by authz.Principal, a *Assignment, r *GivenRow) error {
	if a.Result == r.result {
		return engine.ErrUnchanged
	}
	owner, err := i.ownerOf(ctx, r.Number)
	if err != nil {
		return err
	}
	if owner != "" && owner != r.owner {
		return ErrGivenTaken.With("%s", r.Number)
	}
	a.Result = r.result
	a.Trail.AddBy(i.clock.Now(), by, "number.given", string(r.result))
	return nil
}

// replace puts the row's number in the place of one that was given before.
func (i *Issuer) replace(ctx context.Context, by authz.Principal, c *Claim, r *GivenRow) error {
	if c.Number == r.Number && c.Given == r.Issued {
		return engine.ErrUnchanged
	}
	one, err := i.claimant(ctx, c)
	if err != nil {
		return err
	}
	if err := one.keeps(); err != nil {
		return err
	}
	c.Trail.AddBy(i.clock.Now(), by, "number.replaced", string(c.Number)+" → "+string(r.Number))
	c.Number, c.Given, c.Begun = r.Number, r.Issued, false
	return nil
}
