package separation

import (
	"context"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// worker records, in the name of another room, the ties that follow from what by did there, for the body that they are
// about: who opens accounts or files bodies has no say in them.
func worker(by authz.Principal, room string, org engine.OrgID) authz.Principal {
	return authz.Principal{Account: "engine:" + room + "/" + strings.TrimPrefix(by.Account, "engine:"), Roles: []authz.Role{authz.Engine}, Org: string(org)}
}

// lapse ends a tie that the server derived from a record, on the day on which the record ended. It is for rooms; an end that
// somebody set before stays, unless this one is earlier.
func (j *Judge) lapse(ctx context.Context, by authz.Principal, id string, until clock.Date, reason string) error {
	now := j.clock.Now()
	_, err := engine.Modify(ctx, func(ctx context.Context) (*Tie, error) { return j.theirs(ctx, by, id) }, j.ties.UpdateTie,
		func(t *Tie) error {
			if until.Before(t.Since) {
				until = t.Since // it held on that day at least: an end before it would say that it never did
			}
			switch {
			case t.Origin == "":
				return ErrTie.With("不是由登记自动产生的关系")
			case t.Voided, !t.Until.IsZero() && !until.Before(t.Until):
				return engine.ErrUnchanged
			}
			t.Until = until
			t.Trail.AddBy(now, by, "tie.ended", reason)
			return nil
		})
	return err
}

// Staffing derives employments (聘用) from the accounts that bodies give their staff.
type Staffing struct {
	judge *Judge
	zone  *time.Location // of days
}

// NewStaffing returns a Staffing.
func NewStaffing(j *Judge, zone *time.Location) *Staffing { return &Staffing{judge: j, zone: zone} }

// sourceAccount is what the tie of an account says of where it comes from.
const sourceAccount = "机构人员账号"

// Employed records that the body employs the person, from the day on which origin, a stay under an account, began, and
// returns the tie. Of one origin there is one tie, however often it is asked for.
func (s *Staffing) Employed(ctx context.Context, by authz.Principal, origin string, e engine.Employment) (string, error) {
	t := Tie{Kind: Employs, From: OrgNode(e.Org), To: PersonNode(e.Person), Since: clock.DateOf(e.Since, s.zone), Source: sourceAccount, Origin: origin}
	switch o, err := s.judge.people.Organisation(ctx, e.Org); {
	case err == nil:
		t.Label = o.Name
	case !isAbsent(err):
		return "", err
	}
	made, err := s.judge.Record(ctx, worker(by, "accounts", e.Org), t)
	if err != nil {
		return "", err
	}
	return made.ID, nil
}

// Left ends the tie of an employment that is over, on its last day. Again is harmless.
func (s *Staffing) Left(ctx context.Context, by authz.Principal, e engine.Employment) error {
	return s.judge.lapse(ctx, worker(by, "accounts", e.Org), e.Tie, clock.DateOf(e.Until, s.zone), "账号停用或转到其他机构")
}
