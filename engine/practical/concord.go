package practical

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/practical/concordance"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// ErrPeriod refuses a period that has no beginning or no end, ends before it begins or is too long.
var ErrPeriod = errs.New(errs.Invalid, "concordance.period", "时间段不正确")

// MaxPeriod bounds a period in days: each session in it is read with all its sheets.
const MaxPeriod = 366

// Period is from one day to another, both included.
type Period struct{ From, To clock.Date }

func (p Period) contains(d clock.Date) bool { return !d.Before(p.From) && !p.To.Before(d) }

func (p Period) check() error {
	var c errs.Check
	c.That(!p.From.IsZero(), "from", "missing", "请填写开始日期")
	c.That(!p.To.IsZero(), "to", "missing", "请填写结束日期")
	if err := c.Err(ErrPeriod); err != nil {
		return err
	}
	c.That(!p.To.Before(p.From), "to", "order", "结束日期早于开始日期")
	c.That(p.To.Before(p.From.AddDays(MaxPeriod)), "to", "long", fmt.Sprintf("一次最多看%d天，请分几段查看", MaxPeriod))
	return c.Err(ErrPeriod)
}

// LastYear is the longest period that ends today.
func (d *Desk) LastYear() Period {
	today := clock.DateOf(d.clock.Now(), d.policy.Location())
	return Period{From: today.AddDays(1 - MaxPeriod), To: today}
}

// Concordance (评分一致性) compares examiners over sealed sessions. There is nothing of any candidate in it.
//
// It is made of the sheets that counted when the component was sealed. Of a sheet that was corrected that is the new one:
// what was signed by mistake is no judgement, so the old one is not compared; Corrected counts how often that was. Sheets
// of examiners who were replaced, and of candidates who have no sealed points, are left out.
type Concordance struct {
	concordance.Report
	Sessions  int // that it is made of
	Waiting   int // in the same period, not sealed by both persons yet
	Own       bool
	Corrected map[engine.PersonID]int // sheets compared that correct a signed one, by examiner
	Names     map[engine.PersonID]string

	Calibrated map[engine.PersonID]clock.Date // on control performances, until which day, for work for the reader's body
}

// Concordance compares the examiners of one session once both persons have sealed its practical component: for the leader
// on duty and the quality supervisors of the body; who examined there finds the own line alone.
func (d *Desk) Concordance(ctx context.Context, by authz.Principal, id sitting.SessionID) (*Concordance, error) {
	if err := requireAny(by, authz.ConcordanceRead, authz.ConcordanceOwn); err != nil {
		return nil, err
	}
	n, err := d.sittings.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	all, err := d.comparesAll(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if !all && (!by.Can(authz.ConcordanceOwn) || !examines(n, by)) {
		return nil, sitting.ErrNotOnDuty
	}
	g := newGathering()
	sealed, err := d.gather(ctx, id, g)
	if err == nil && !sealed {
		err = engine.ErrNotSealed
	}
	if err != nil {
		return nil, err
	}
	return d.compare(ctx, by, g, all)
}

// ConcordanceOver compares the examiners of the acting person's body over the sessions of a period: a quality supervisor
// those of all sessions, a leader those of the sessions led, an examiner finds the own line over the sessions examined.
func (d *Desk) ConcordanceOver(ctx context.Context, by authz.Principal, p Period) (*Concordance, error) {
	if err := requireAny(by, authz.ConcordanceRead, authz.ConcordanceOwn); err != nil {
		return nil, err
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	sessions, err := d.sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	all, g, waiting := by.Can(authz.ConcordanceRead), newGathering(), 0
	for _, n := range sessions {
		if !p.contains(clock.DateOf(n.Practical.Opens, d.policy.Location())) {
			continue
		}
		sees, err := d.comparesAll(ctx, by, n.ID)
		if err != nil {
			return nil, err
		}
		if all && !sees || !all && !examines(n, by) {
			continue
		}
		sealed, err := d.gather(ctx, n.ID, g)
		if err != nil {
			return nil, err
		}
		if !sealed {
			waiting++
		}
	}
	r, err := d.compare(ctx, by, g, all)
	if err == nil {
		r.Waiting = waiting
	}
	return r, err
}

// comparesAll reports whether by sees all examiners of a session of the body.
func (d *Desk) comparesAll(ctx context.Context, by authz.Principal, id sitting.SessionID) (bool, error) {
	switch {
	case !by.Can(authz.ConcordanceRead):
		return false, nil
	case by.Can(authz.SealWitness):
		return true, nil
	}
	err := d.sittings.OnDuty(ctx, id, by, authz.Leader, "")
	if errors.Is(err, sitting.ErrNotOnDuty) {
		return false, nil
	}
	return err == nil, err
}

func examines(n *sitting.Session, by authz.Principal) bool {
	return by.Person != "" && slices.ContainsFunc(n.Duties, func(x sitting.Duty) bool {
		return x.Role == authz.Examiner && string(x.Person) == by.Person
	})
}

// gathering is what sessions give to compare.
type gathering struct {
	sessions     int
	performances []concordance.Performance
	corrected    map[engine.PersonID]int
}

func newGathering() *gathering { return &gathering{corrected: map[engine.PersonID]int{}} }

// gather adds the performances of a session; sealed is false, and nothing is added, before both persons have signed.
func (d *Desk) gather(ctx context.Context, id sitting.SessionID, g *gathering) (sealed bool, err error) {
	seal, err := d.ports.Seals.Seal(ctx, string(id), engine.Practical)
	if errors.Is(err, engine.ErrNoSeal) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if err := seal.Complete(); errors.Is(err, engine.ErrNotSealed) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	b, err := d.read(ctx, id)
	if err != nil || b.draw == nil {
		return err == nil, err
	}
	g.sessions++
	for _, seat := range b.seats {
		a := b.assessments[seat.Ticket]
		if score, ok := seal.Score(seat.Candidate); a == nil || !ok || score.Standing != engine.Scored {
			continue
		}
		if sheets := inOrder(a, b.sheets[a.ID]); allSigned(sheets) {
			g.add(b.draw.tasks(a.Tasks), sheets)
		}
	}
	return true, nil
}

func (g *gathering) add(tasks []*questionbank.Task, sheets []*Sheet) {
	p := make(concordance.Performance, len(sheets))
	for i, s := range sheets {
		p[i] = concordance.Sheet{Examiner: s.Examiner, Total: Total(tasks, s.Scores), Shares: shares(tasks, s), Vetoes: vetoKeys(s)}
		if s.No > 0 {
			g.corrected[s.Examiner]++
		}
	}
	g.performances = append(g.performances, p)
}

// shares are those of every criterion's points that a sheet gives, in the order of the tasks.
func shares(tasks []*questionbank.Task, s *Sheet) (all []float64) {
	for _, t := range tasks {
		for _, c := range t.Criteria {
			if c.Points > 0 {
				all = append(all, float64(s.Scores[t.Code][c.No])/float64(c.Points))
			}
		}
	}
	return all
}

func vetoKeys(s *Sheet) (all []string) {
	for _, v := range s.Vetoes {
		all = append(all, v.Task+" "+v.Code)
	}
	slices.Sort(all)
	return all
}

// compare makes the report, with the names of its examiners; for an examiner all but the own line is left out, and what
// is said of the group.
func (d *Desk) compare(ctx context.Context, by authz.Principal, g *gathering, all bool) (*Concordance, error) {
	r := &Concordance{Report: concordance.Of(g.performances, d.policy.Practical.Tolerance), Sessions: g.sessions, Own: !all,
		Corrected: g.corrected, Names: map[engine.PersonID]string{}}
	if !all {
		r.Alpha = nil
		r.Lines = slices.DeleteFunc(r.Lines, func(l concordance.Line) bool { return string(l.Examiner) != by.Person })
		r.Corrected = map[engine.PersonID]int{engine.PersonID(by.Person): g.corrected[engine.PersonID(by.Person)]}
	}
	for _, l := range r.Lines {
		p, err := d.ports.Names.Named(ctx, l.Examiner)
		if err != nil {
			return nil, err
		}
		r.Names[l.Examiner] = strings.TrimSpace(p.Name)
	}
	return r, d.calibrated(ctx, by, r)
}

// calibrated says beside each line until when the examiner is calibrated.
func (d *Desk) calibrated(ctx context.Context, by authz.Principal, r *Concordance) (err error) {
	if d.ports.Calibrations == nil || by.Org == "" || len(r.Lines) == 0 {
		return nil
	}
	var examiners []engine.PersonID
	for _, l := range r.Lines {
		examiners = append(examiners, l.Examiner)
	}
	r.Calibrated, err = d.ports.Calibrations.Calibrated(ctx, engine.OrgID(by.Org), examiners)
	return err
}
