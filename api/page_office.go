package api

import (
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

func (s *Server) orgOf(c *fiber.Ctx, id sitting.SessionID) (*engine.Organisation, error) {
	session, err := s.Sittings.Get(c.UserContext(), id)
	if err != nil {
		return nil, err
	}
	return s.Registry.Organisation(c.UserContext(), session.Org)
}

func (s *Server) office(c *fiber.Ctx) error {
	ctx, by := c.UserContext(), caller(c)
	plans, err := s.Sittings.Plans(ctx, by)
	if err != nil {
		return err
	}
	sessions, err := s.Sittings.Sessions(ctx, by)
	if err != nil {
		return err
	}
	org, err := s.Registry.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return err
	}
	view := web.OfficeView{Org: org.Name, Measures: s.pending(org), Plans: each(plans, func(p *sitting.Plan) web.PlanRow { return planRow(p, sessions) })}
	for i := range view.Plans {
		if view.Plans[i].Beyond, err = s.beyond(ctx, by, org.ID, view.Plans[i].Year); err != nil {
			return err
		}
	}
	for _, session := range slices.Backward(sessions) {
		look, err := s.look(ctx, by, session)
		if err != nil {
			return err
		}
		view.Sessions = append(view.Sessions, look.row(planName(plans, session.Plan)))
	}
	return s.show(c, "office", view)
}

func planRow(p *sitting.Plan, sessions []*sitting.Session) web.PlanRow {
	row := web.PlanRow{ID: string(p.ID), Name: p.Name, State: string(p.State), Year: p.Year, Levels: p.Levels}
	for _, session := range sessions {
		if session.Plan == p.ID {
			row.Sessions++
		}
	}
	return row
}

// beyond is the warning about the places of a year, nil for none.
func (s *Server) beyond(ctx context.Context, by authz.Principal, org engine.OrgID, year int) (*web.YearBeyond, error) {
	o, err := s.Sittings.Outlook(ctx, by, org, year)
	if err != nil || o.Beyond() == 0 {
		return nil, err
	}
	return &web.YearBeyond{Year: o.Year, Filed: o.Filed, Sessions: o.Sessions, Places: o.Places, Beyond: o.Beyond()}, nil
}

func planName(plans []*sitting.Plan, id sitting.PlanID) string {
	for _, p := range plans {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// look is one session with all that says how far it is.
type look struct {
	session      *sitting.Session
	seats        []*sitting.Seat
	applications []*registration.Application
	progress     map[sitting.Ticket]theory.Progress
	practised    int // candidates through with the practical component
	sealed       int // components sealed and witnessed
	publication  *result.Publication
	now          time.Time
	rules        engine.RoomPolicy
	tasks        web.TaskDraw // for those who plan the session
}

func (s *Server) look(ctx context.Context, by authz.Principal, session *sitting.Session) (*look, error) {
	l := &look{session: session, now: s.clock.Now(), rules: s.Policy.Rooms}
	for _, read := range []func() error{
		func() (err error) { l.seats, err = s.Sittings.Seats(ctx, by, session.ID); return },
		func() (err error) { l.applications, err = s.Desk.Applications(ctx, by, string(session.ID)); return },
		func() (err error) {
			if by.Can(authz.RoomRead) { // authorities look at a session, but not into its rooms
				l.progress, err = s.Exams.Progress(ctx, by, session.ID)
			}
			return
		},
		func() error {
			n, err := s.Practical.Counts(ctx, by, session.ID)
			l.practised = n.Candidates - n.Waiting
			return err
		},
		func() (err error) {
			l.publication, err = s.Board.Publication(ctx, session.ID)
			l.publication, err = absent(l.publication, err, result.ErrPublication)
			return
		},
		func() (err error) { l.sealed, err = s.sealedComponents(ctx, by, session.ID); return },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (s *Server) sealedComponents(ctx context.Context, by authz.Principal, id sitting.SessionID) (n int, err error) {
	for _, k := range []engine.Component{engine.Theory, engine.Practical} {
		witnessed, err := s.witnessed(ctx, by, k, id)
		if err != nil {
			return 0, err
		}
		if witnessed {
			n++
		}
	}
	return n, nil
}

// witnessed reports whether the component's seal is complete.
func (s *Server) witnessed(ctx context.Context, by authz.Principal, k engine.Component, id sitting.SessionID) (bool, error) {
	seal, err := s.component(k).SealState(ctx, by, id)
	seal, err = absent(seal, err, engine.ErrNoSeal)
	return seal != nil && !seal.Witnessed.IsZero(), err
}

func (l *look) drawn() bool { return len(l.progress) > 0 }

func (l *look) sat() (n int) {
	for _, p := range l.progress {
		if p.State == theory.Submitted || p.State == theory.Marked {
			n++
		}
	}
	return n
}

// running counts the papers that are being answered.
func (l *look) running() (n int) {
	for _, p := range l.progress {
		if p.State == theory.InProgress {
			n++
		}
	}
	return n
}

func (l *look) capacity() (n int) {
	for _, r := range l.session.Rooms {
		if r.Component == engine.Theory {
			n += r.Places()
		}
	}
	return n
}

func (l *look) refused() []*registration.Application {
	return slices.DeleteFunc(slices.Clone(l.applications), (*registration.Application).Accepted)
}

func (l *look) step() web.Step {
	switch p := l.publication; {
	case p != nil && p.Stage == result.Final:
		return web.StepFinal
	case p != nil && p.Stage == result.Public:
		return web.StepPublic
	case l.sealed == 2:
		return web.StepSealed
	case !l.now.Before(l.session.Practical.Opens):
		return web.StepPractical
	case !l.now.Before(l.session.Theory.Opens):
		return web.StepTheory
	case l.drawn():
		return web.StepDrawn
	}
	return web.StepSeats
}

func (l *look) row(plan string) web.SessionRow {
	n, came := l.session, l.arrived("")
	return web.SessionRow{Checked: came.Checked, Released: came.Released, Absent: came.Absent, ID: string(n.ID), Name: n.Name, Plan: plan, Level: n.Level, Theory: n.Theory.Opens, Practical: n.Practical.Opens,
		Step: l.step(), Seats: len(l.seats), Capacity: l.capacity(), Refused: len(l.refused()), Staff: len(n.Duties), Findings: len(n.Findings),
		TheoryDone: l.sat(), PractDone: l.practised}
}
