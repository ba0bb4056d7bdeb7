package practical

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// PaperKind is what is printed of a session's practical component.
type PaperKind string

// The papers.
const (
	PaperNotice   PaperKind = "notice"   // 准备通知单: what every station needs; no names
	PaperRotation PaperKind = "rotation" // 轮转安排表
	PaperTasks    PaperKind = "tasks"    // 试题单 for candidates: scenario and requirements only
	PaperBlank    PaperKind = "blank"    // 评分表 to be filled in by hand, one for each candidate and examiner
	PaperSigned   PaperKind = "signed"   // 评分表 as they were signed, corrected ones too, for the archive
)

// ErrPaper refuses a paper that does not exist.
var ErrPaper = errs.New(errs.NotFound, "practice.paper", "没有这种操作技能用表")

// Printout is everything that one file of papers is made of.
type Printout struct {
	Kind    PaperKind
	Session *sitting.Session
	Room    sitting.Room // the station; zero for papers of all stations
	Zone    *time.Location
	Made    time.Time
	Needs   []Need   // notice only, by station
	Turns   []Turn   // rotation only
	Seats   []Seated // of the station, in the order of its turns; rotation: of all
}

// Need is what one station has to get ready for one task.
type Need struct {
	Station    string
	Task       *questionbank.Task
	Candidates int // who perform it there
}

// Seated is one candidate at a station.
type Seated struct {
	Turn
	Name      string
	Tasks     []*questionbank.Task
	Examiners []string // names
	Sheets    []Filled // signed only
}

// Filled is one signed sheet.
type Filled struct {
	Sheet     *Sheet
	Examiner  string
	Total     engine.Points
	Corrected bool // a later sheet of the same examiner counts
}

// Print collects what a paper is made of, for the exam office of the body and the leader on duty. Signed sheets are the
// leader's alone, and there once the component is sealed. Tasks and sheets are printed by station.
func (d *Desk) Print(ctx context.Context, by authz.Principal, id sitting.SessionID, k PaperKind, station sitting.RoomID) (*Printout, error) {
	b, err := d.practice(ctx, by, id)
	if err != nil {
		return nil, err
	}
	p := &Printout{Kind: k, Session: b.session, Zone: d.policy.Location(), Made: d.clock.Now()}
	if k == PaperNotice {
		p.Needs = b.needs()
		return p, nil
	}
	all := k == PaperRotation
	if !all && !slices.Contains([]PaperKind{PaperTasks, PaperBlank, PaperSigned}, k) {
		return nil, ErrPaper
	}
	if i := slices.IndexFunc(b.session.Rooms, func(r sitting.Room) bool { return r.ID == station }); i >= 0 {
		p.Room = b.session.Rooms[i]
	} else if !all {
		return nil, ErrPaper
	}
	if k == PaperSigned {
		if err := d.archiving(ctx, by, id); err != nil {
			return nil, err
		}
	}
	p.Turns = plan(d.policy.Practical, b.session, b.draw, b.all).Turns()
	for _, t := range p.Turns {
		if !all && t.Station != station {
			continue
		}
		seat, err := d.seated(ctx, b, t, k == PaperSigned)
		if err != nil {
			return nil, err
		}
		p.Seats = append(p.Seats, *seat)
	}
	return p, nil
}

// archiving returns nil to who may print signed sheets now.
func (d *Desk) archiving(ctx context.Context, by authz.Principal, id sitting.SessionID) error {
	if err := by.Require(authz.PracticalRead); err != nil {
		return err
	}
	if err := d.sittings.OnDuty(ctx, id, by, authz.Leader, ""); err != nil {
		return err
	}
	err := d.unsealed(ctx, id)
	switch {
	case err == nil:
		return engine.ErrNotSealed
	case errors.Is(err, engine.ErrSealed):
		return nil
	}
	return err
}

// needs counts the candidates of every task at every station, in the order of rooms and codes.
func (b *practice) needs() (all []Need) {
	for _, r := range b.session.Rooms {
		for i := range b.draw.Tasks {
			n := Need{Station: r.Name, Task: &b.draw.Tasks[i]}
			for _, a := range b.all {
				if a.Station == r.ID && slices.Contains(a.Tasks, n.Task.Code) {
					n.Candidates++
				}
			}
			if n.Candidates > 0 {
				all = append(all, n)
			}
		}
	}
	return all
}

func (d *Desk) seated(ctx context.Context, b *practice, t Turn, signed bool) (*Seated, error) {
	i := slices.IndexFunc(b.all, func(a *Assessment) bool { return a.Ticket == t.Ticket })
	a := b.all[i]
	person, err := d.ports.Names.Named(ctx, a.Candidate)
	if err != nil {
		return nil, err
	}
	s := &Seated{Turn: t, Name: person.Name, Tasks: b.draw.tasks(a.Tasks)}
	for _, e := range a.Examiners {
		p, err := d.ports.Names.Named(ctx, e)
		if err != nil {
			return nil, err
		}
		s.Examiners = append(s.Examiners, p.Name)
		if !signed {
			continue
		}
		filled, err := d.filled(ctx, a, p, s.Tasks)
		if err != nil {
			return nil, err
		}
		s.Sheets = append(s.Sheets, filled...)
	}
	return s, nil
}

// filled reads the signed sheets of one examiner, by number.
func (d *Desk) filled(ctx context.Context, a *Assessment, p *engine.Person, tasks []*questionbank.Task) (all []Filled, err error) {
	for no := 0; no <= MostCorrections; no++ {
		s, err := d.ports.Sheets.Sheet(ctx, a.ID, p.ID, no)
		if errors.Is(err, ErrSheet) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if !s.Signed.IsZero() {
			all = append(all, Filled{s, strings.TrimSpace(p.Name), Total(tasks, s.Scores), no != a.counts(p.ID)})
		}
	}
	return all, nil
}
