package sitting

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
)

// Unsure is an employer that an applicant stated and that may be one of several registered bodies: nothing was recorded,
// for the office to look into.
type Unsure struct {
	Person engine.PersonID `json:"person"`
	Stated string          `json:"stated"`
	Bodies []engine.OrgID  `json:"bodies"`
}

// maxUnsure bounds what a session keeps of them.
const maxUnsure = 200

// Sources of the ties that follow from an application.
const (
	sourceApplication = "报名登记"
	sourceEmployer    = "报名表“所在单位”栏"
	sourcePhone       = "报名登记的联系电话"
	sourceStaffPhone  = "人员登记的联系电话"
	sourceAddress     = "报名登记的通讯地址"
	sourceStaffPlace  = "人员登记的通讯地址"
)

// said is what an application says as one claim: a tie of it that was ended stays ended, and the next application that says
// the same makes another.
func said(a *registration.Application) string { return "application:" + string(a.ID) }

// serving is the claim of whoever is on duty in the session.
func serving(id SessionID) string { return "session:" + string(id) }

// tieStated records what applicants state of themselves and what they may be tied by: classes, the employer where it is a
// registered body, telephone and address, and those of whoever is on duty. It returns the employers that it is not sure of.
// What another sitting's roster stated of them stays beside it.
func (s *Sittings) tieStated(ctx context.Context, by authz.Principal, n *Session, waiting []*registration.Application) ([]Unsure, error) {
	if err := s.tieClasses(ctx, by, waiting); err != nil {
		return nil, err
	}
	unsure, err := s.tieEmployers(ctx, by, waiting)
	if err != nil {
		return nil, err
	}
	if len(waiting) > 0 {
		for _, d := range n.Duties {
			if err := s.tieStaff(ctx, by, d.Person, n.ID); err != nil {
				return nil, err
			}
		}
	}
	return unsure, each(ctx, waiting, func(ctx context.Context, a *registration.Application) error {
		return s.tieContact(ctx, by, a.Person, contact{phone: sourcePhone, address: sourceAddress, claim: said(a)})
	})
}

// tieEmployers records an employment for every applicant whose stated employer is one registered body, by its credit code
// or its whole name. Since when is not on the form, so the tie has no first day, and counts until somebody ends it.
func (s *Sittings) tieEmployers(ctx context.Context, by authz.Principal, waiting []*registration.Application) ([]Unsure, error) {
	stating := slices.DeleteFunc(slices.Clone(waiting), func(a *registration.Application) bool { return !s.states(a.Employer) })
	if len(stating) == 0 {
		return nil, nil
	}
	all, err := s.people.Bodies(ctx)
	if err != nil {
		return nil, err
	}
	called := map[string][]*engine.Organisation{}
	for _, o := range all {
		called[squeezed(o.Name)] = append(called[squeezed(o.Name)], o)
		if code := squeezed(o.CreditCode); code != squeezed(o.Name) {
			called[code] = append(called[code], o)
		}
	}
	var unsure []Unsure
	var sure []*registration.Application
	for _, a := range stating {
		switch found := called[squeezed(a.Employer)]; len(found) {
		case 0:
		case 1:
			sure = append(sure, a)
		default:
			u := Unsure{Person: a.Person, Stated: a.Employer}
			for _, o := range found {
				u.Bodies = append(u.Bodies, o.ID)
			}
			unsure = append(unsure, u)
		}
	}
	return unsure, each(ctx, sure, func(ctx context.Context, a *registration.Application) error {
		o := called[squeezed(a.Employer)][0]
		_, err := s.judge.Record(ctx, by, separation.Tie{Kind: separation.Employs, From: separation.OrgNode(o.ID), To: separation.PersonNode(a.Person),
			Label: o.Name, Source: sourceEmployer, Claim: said(a)})
		return err
	})
}

// states reports whether an employer was written down at all.
func (s *Sittings) states(employer string) bool {
	employer = squeezed(employer)
	return employer != "" && !slices.Contains(s.policy.Rooms.Seating.Nobody, employer)
}

// squeezed is a name without blanks, brackets in one width, as rosters write it in many ways.
func squeezed(name string) string {
	return strings.NewReplacer("(", "（", ")", "）").Replace(strings.ToUpper(strings.Join(strings.Fields(name), "")))
}

// contact says where a telephone and an address of somebody were stated, and under which claim they are recorded.
type contact struct{ phone, address, claim string }

// tieStaff records what somebody on duty in the session is registered with.
func (s *Sittings) tieStaff(ctx context.Context, by authz.Principal, id engine.PersonID, on SessionID) error {
	return s.tieContact(ctx, by, id, contact{phone: sourceStaffPhone, address: sourceStaffPlace, claim: serving(on)})
}

// tieContact records the telephone and the address that somebody is registered with; somebody who is not registered has none.
func (s *Sittings) tieContact(ctx context.Context, by authz.Principal, id engine.PersonID, c contact) error {
	p, err := s.people.Named(ctx, id)
	switch {
	case errors.Is(err, engine.ErrPerson):
		return nil
	case err != nil:
		return err
	}
	if err := s.tiePhone(ctx, by, p, c); err != nil {
		return err
	}
	return s.tieAddress(ctx, by, p, c)
}

func (s *Sittings) tiePhone(ctx context.Context, by authz.Principal, p *engine.Person, c contact) error {
	if p.Phone == "" {
		return nil
	}
	_, err := s.judge.Record(ctx, by, separation.Tie{Kind: separation.Reached, From: separation.PersonNode(p.ID), To: separation.ContactNode(p.Phone),
		Source: c.phone, Claim: c.claim})
	return err
}

// tieAddress ties nobody by an address that thousands share: see separation.Pins.
func (s *Sittings) tieAddress(ctx context.Context, by authz.Principal, p *engine.Person, c contact) error {
	if !separation.Pins(p.Address) {
		return nil
	}
	_, err := s.judge.Record(ctx, by, separation.Tie{Kind: separation.Located, From: separation.PersonNode(p.ID), To: separation.AddressNode(p.Address),
		Source: c.address, Claim: c.claim})
	return err
}

// doubt keeps what the office has to look into, of everybody the last word, and reports whether that is anything new.
func (n *Session) doubt(unsure []Unsure) bool {
	changed := false
	for _, u := range unsure {
		at := slices.IndexFunc(n.Unsure, func(o Unsure) bool { return o.Person == u.Person })
		switch {
		case at < 0 && len(n.Unsure) < maxUnsure:
			n.Unsure, changed = append(n.Unsure, u), true
		case at >= 0 && (n.Unsure[at].Stated != u.Stated || !slices.Equal(n.Unsure[at].Bodies, u.Bodies)):
			n.Unsure[at], changed = u, true
		}
	}
	return changed
}
