package practical

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Draw (抽题) is the record from which every candidate's tasks follow. It is written before any assessment and never
// changes, so that a draw that was cut off goes on as it began. It holds the tasks as they stood: sheets are checked
// and counted by these, whatever the bank says later.
type Draw struct {
	Session    sitting.SessionID   `json:"session"`
	Version    int                 `json:"version,omitempty"` // of the commitment: 2; 0 of draws before there were two
	Seed       []byte              `json:"seed"`              // 32 random bytes
	Commitment string              `json:"commitment"`        // published before the draw: Transcript.commitment
	Each       int                 `json:"each"`              // tasks per candidate
	Tasks      []questionbank.Task `json:"tasks"`             // drawn from, by code

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// LogValue keeps the seed out of logs.
func (d Draw) LogValue() slog.Value { return slog.StringValue(string(d.Session)) }

const seedLength = 32

// NewDraw records a draw of n tasks each from pool.
func NewDraw(id sitting.SessionID, seed []byte, pool []*questionbank.Task, n int) (*Draw, error) {
	if n < 1 || len(pool) < n {
		return nil, ErrNoTasks.With("需要%d题，现有%d题", n, len(pool))
	}
	d := &Draw{Session: id, Version: commitVersion, Seed: seed, Each: n}
	for _, t := range pool {
		d.Tasks = append(d.Tasks, *t)
	}
	slices.SortFunc(d.Tasks, func(a, b questionbank.Task) int { return strings.Compare(a.Code, b.Code) })
	commitment, err := d.transcript().commitment()
	d.Commitment = commitment
	return d, err
}

// Pick returns the codes of the tasks of one ticket, as Transcript.Pick does.
func (d *Draw) Pick(t sitting.Ticket) ([]string, error) { return d.transcript().Pick(t) }

// tasks returns the tasks as they stood at the draw, in the order of codes.
func (d *Draw) tasks(codes []string) []*questionbank.Task {
	found := make([]*questionbank.Task, 0, len(codes))
	for _, code := range codes {
		if i := slices.IndexFunc(d.Tasks, func(t questionbank.Task) bool { return t.Code == code }); i >= 0 {
			found = append(found, &d.Tasks[i])
		}
	}
	return found
}

// Draw gives every seat of the session its assessment and returns how many there are. Drawing again adds those of
// seats that came later, and changes nothing else. None come once forms are drawn or the first component has opened,
// so a component that can be sealed has all its candidates. ErrUncommitted until the commitment was published, by Commit: who
// fixes the seed and deals from it in one step could have looked at what comes of it.
func (d *Desk) Draw(ctx context.Context, by authz.Principal, id sitting.SessionID) (int, error) {
	if err := requireAny(by, authz.PracticalRun, authz.FormsDraw); err != nil {
		return 0, err
	}
	session, err := d.drawable(ctx, by, id)
	if err != nil {
		return 0, err
	}
	now := d.clock.Now()
	if !now.Before(session.Practical.Closes) {
		return 0, ErrWindow
	}
	if err := d.sittings.MayDraw(ctx, session); err != nil {
		return 0, err
	}
	seats, err := d.sittings.Taking(ctx, id, engine.Practical)
	if err != nil {
		return 0, err
	}
	groups, err := d.staffed(ctx, session, seats)
	if err != nil {
		return 0, err
	}
	if err := d.sittings.Renewed(ctx, session); err != nil {
		return 0, err
	}
	if err := d.unsealed(ctx, id); err != nil {
		return 0, err
	}
	draw, err := d.ports.Draws.TaskDraw(ctx, id)
	if errors.Is(err, ErrNotDrawn) {
		return 0, ErrUncommitted
	}
	if err != nil {
		return 0, err
	}
	return len(seats), d.deal(ctx, by, dealing{session, draw, seats, groups, now})
}

// drawable returns the session to those who draw in it: its own exam office, its leader on duty, the server.
func (d *Desk) drawable(ctx context.Context, by authz.Principal, id sitting.SessionID) (*sitting.Session, error) {
	if by.Can(authz.FormsDraw) && !by.Has(authz.Engine) {
		return d.sittings.Session(ctx, by, id)
	}
	if !by.Can(authz.FormsDraw) {
		if err := d.sittings.OnDuty(ctx, id, by, authz.Leader, ""); err != nil {
			return nil, err
		}
	}
	return d.sittings.Get(ctx, id)
}

// staffed returns the examiners of every station that has candidates: enough of them, and an odd number, no two of whom are one
// human under two documents.
func (d *Desk) staffed(ctx context.Context, s *sitting.Session, seats []*sitting.Seat) (map[sitting.RoomID][]engine.PersonID, error) {
	same, err := d.sittings.Sameness(ctx)
	if err != nil {
		return nil, err
	}
	groups := map[sitting.RoomID][]engine.PersonID{}
	for _, seat := range seats {
		if _, ok := groups[seat.Station]; ok {
			continue
		}
		group, p := examinersAt(s, seat.Station), d.policy.Practical
		if n := len(group); n < p.MinExaminers || p.Odd && n%2 == 0 {
			return nil, ErrTooFewExaminers.With("%s有%d名", roomName(s, seat.Station), n)
		}
		if humans := same.Humans(group); humans < len(group) {
			return nil, ErrTooFewExaminers.With("%s有%d名，其中有人用了两个证件，实为%d人；请撤下多出的一个证件并补足人员", roomName(s, seat.Station), len(group), humans)
		}
		groups[seat.Station] = group
	}
	return groups, nil
}

func examinersAt(s *sitting.Session, station sitting.RoomID) (group []engine.PersonID) {
	for _, duty := range s.Duties {
		if duty.Role == authz.Examiner && station != "" && duty.Room == station && !slices.Contains(group, duty.Person) {
			group = append(group, duty.Person)
		}
	}
	return group
}

func roomName(s *sitting.Session, id sitting.RoomID) string {
	for _, r := range s.Rooms {
		if r.ID == id {
			return r.Name
		}
	}
	return "未编排考位的考生"
}

// Commit (公布抽题承诺) fixes seed and tasks of the session's draw and returns what is published of them, before any task
// is dealt. Doing it twice is harmless.
func (d *Desk) Commit(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Commitment, error) {
	if err := requireAny(by, authz.PracticalRun, authz.FormsDraw); err != nil {
		return nil, err
	}
	session, err := d.drawable(ctx, by, id)
	if err != nil {
		return nil, err
	}
	now := d.clock.Now()
	if !now.Before(session.Practical.Closes) {
		return nil, ErrWindow
	}
	draw, err := d.committed(ctx, by, session, now)
	if err != nil {
		return nil, err
	}
	return draw.published(), nil
}

// committed returns the session's draw record, made and stored when there is none.
func (d *Desk) committed(ctx context.Context, by authz.Principal, s *sitting.Session, now time.Time) (*Draw, error) {
	draw, err := d.ports.Draws.TaskDraw(ctx, s.ID)
	if !errors.Is(err, ErrNotDrawn) {
		return draw, err
	}
	pool, err := d.bank.Tasks(ctx, s.Level)
	if err != nil {
		return nil, err
	}
	if draw, err = NewDraw(s.ID, d.ids.Bytes(seedLength), pool, d.policy.Practical.Tasks); err != nil {
		return nil, err
	}
	draw.Trail.Add(now, by.Account, "practical.draw.committed", draw.Commitment)
	if err = d.ports.Draws.CreateTaskDraw(ctx, draw); errors.Is(err, ErrDrawn) {
		return d.ports.Draws.TaskDraw(ctx, s.ID) // somebody else was first
	}
	return draw, err
}

type dealing struct {
	session *sitting.Session
	draw    *Draw
	seats   []*sitting.Seat
	groups  map[sitting.RoomID][]engine.PersonID
	now     time.Time
}

// deal creates the assessments that are not there yet. Their turns come after those that are there.
func (d *Desk) deal(ctx context.Context, by authz.Principal, g dealing) error {
	there, err := d.assessmentsOf(ctx, g.session.ID)
	if err != nil {
		return err
	}
	known := map[sitting.Ticket]bool{}
	for _, a := range there {
		known[a.Ticket] = true
	}
	turns := plan(d.policy.Practical, g.session, g.draw, there)
	for _, seat := range g.seats {
		if known[seat.Ticket] {
			continue
		}
		a, err := d.assessment(g, seat)
		if err != nil {
			return err
		}
		a.At = turns.Add(*a, g.draw.minutes(a.Tasks)).At
		a.Trail.Add(g.now, by.Account, "assessment.drawn", strings.Join(a.Tasks, " "))
		if err := d.ports.Assessments.CreateAssessment(ctx, a); err != nil && !errors.Is(err, ErrAssessmentExists) {
			return fmt.Errorf("assessment of %s: %w", seat.Ticket, err)
		}
	}
	return nil
}

func (d *Desk) assessment(g dealing, seat *sitting.Seat) (*Assessment, error) {
	tasks, err := g.draw.Pick(seat.Ticket)
	return &Assessment{ID: AssessmentOf(seat.Ticket), Session: g.session.ID, Candidate: seat.Candidate, Ticket: seat.Ticket, Station: seat.Station,
		Scoring: ScoringWindow(g.session.Practical, d.policy.Location()), Tasks: tasks, Examiners: g.groups[seat.Station]}, err
}

// Dealt is how far the draw of a session is.
type Dealt struct {
	Committed  time.Time // when the commitment was published; zero before
	Candidates int       // who have their tasks
	Waiting    int       // seats without tasks
	First      time.Time // when the first tasks were dealt; zero before
	Last       time.Time // when the last ones were: later than First where seats were added
}

// Dealt says how far the draw is, to those who draw.
func (d *Desk) Dealt(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Dealt, error) {
	if err := requireAny(by, authz.PracticalRun, authz.FormsDraw); err != nil {
		return nil, err
	}
	if _, err := d.drawable(ctx, by, id); err != nil {
		return nil, err
	}
	seats, err := d.sittings.Taking(ctx, id, engine.Practical)
	if err != nil {
		return nil, err
	}
	draw, err := d.ports.Draws.TaskDraw(ctx, id)
	if errors.Is(err, ErrNotDrawn) {
		return &Dealt{Waiting: len(seats)}, nil
	}
	if err != nil {
		return nil, err
	}
	there, err := d.assessmentsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	n := &Dealt{Committed: draw.published().Committed, Candidates: len(there)}
	n.First, n.Last = dealtBetween(there)
	for _, seat := range seats {
		if !slices.ContainsFunc(there, func(a *Assessment) bool { return a.Ticket == seat.Ticket }) {
			n.Waiting++
		}
	}
	return n, nil
}

// dealtBetween is when the first and the last tasks were dealt.
func dealtBetween(all []*Assessment) (first, last time.Time) {
	for _, a := range all {
		for _, e := range a.Trail {
			if e.Action != "assessment.drawn" {
				continue
			}
			if first.IsZero() || e.At.Before(first) {
				first = e.At
			}
			if e.At.After(last) {
				last = e.At
			}
		}
	}
	return first, last
}
