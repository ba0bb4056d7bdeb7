package archive

import (
	"cmp"
	"context"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// The rules that say how many there must be.
const (
	ByCandidates = "candidates" // one for so many candidates of the room
	ByExaminers  = "examiners"  // of every candidate
	ByOne        = "one"        // of the session
)

func (g *gathering) staff(ctx context.Context, r *Report) error {
	for _, room := range g.session.Rooms {
		line := StaffLine{Role: authz.Invigilator, Room: room.Name, Names: g.onDuty(authz.Invigilator, room.ID), Rule: ByCandidates, Need: g.invigilators(room.ID)}
		if room.Component == engine.Practical {
			line.Role, line.Names, line.Rule = authz.Examiner, g.onDuty(authz.Examiner, room.ID), ByExaminers
			line.Need = g.desk.policy.Practical.MinExaminers
			if !slices.ContainsFunc(g.seats, func(t *sitting.Seat) bool { return t.Station == room.ID }) {
				line.Need = 0
			}
		}
		r.Staff = append(r.Staff, line)
	}
	for _, role := range []authz.Role{authz.Leader, authz.Marker, authz.Supervisor} {
		r.Staff = append(r.Staff, StaffLine{Role: role, Names: g.onDuty(role, ""), Need: 1, Rule: ByOne})
	}
	return g.examined(ctx, r)
}

func (g *gathering) onDuty(role authz.Role, room sitting.RoomID) []string {
	names := []string{}
	for _, d := range g.session.Duties {
		if d.Role == role && d.Room == room {
			names = append(names, d.Name)
		}
	}
	return names
}

// invigilators is how many a theory room needs: none where nobody sits.
func (g *gathering) invigilators(room sitting.RoomID) int {
	seated, p := 0, g.desk.policy.Rooms
	for _, t := range g.seats {
		if t.Room == room {
			seated++
		}
	}
	if seated == 0 {
		return 0
	}
	need := p.MinInvigilators
	if per := p.CandidatesPerInvigilator; per > 0 {
		need = max(need, (seated+per-1)/per)
	}
	return need
}

// examined counts candidates who had fewer examiners than the policy asks for, or an even number where it must be odd.
func (g *gathering) examined(ctx context.Context, r *Report) error {
	all, err := g.desk.assessments(ctx, g.session.ID)
	if err != nil {
		return err
	}
	p, few := g.desk.policy.Practical, Deviation{Kind: DeviatesExaminers}
	for _, a := range all {
		if n := len(a.Examiners); n < p.MinExaminers || p.Odd && n%2 == 0 {
			few.Count++
			few.Detail = cmp.Or(few.Detail, string(a.Ticket))
		}
	}
	if few.Count > 0 {
		r.Deviation = append(r.Deviation, few)
	}
	if n := g.session.Amended(); n > 0 {
		r.Deviation = append(r.Deviation, Deviation{Kind: DeviatesAmended, Count: n})
	}
	return nil
}

func (d *Desk) assessments(ctx context.Context, id sitting.SessionID) ([]*practical.Assessment, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*practical.Assessment, string, error) {
		return d.ports.Assessments.AssessmentsOf(ctx, id, c)
	})
}

// Deviation is something that was otherwise than planned or asked for.
type Deviation struct {
	Kind   string `json:"kind"`
	Count  int    `json:"count,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// The kinds of deviations.
const (
	DeviatesStaff      = "staff"      // fewer on duty than asked for; Detail is where
	DeviatesExaminers  = "examiners"  // candidates with fewer than asked for or an even number; Detail is the first ticket
	DeviatesSeparation = "separation" // ties toward somebody on duty that came to light afterwards
	DeviatesTime       = "time"       // extensions, pauses and reopenings
	DeviatesLate       = "late"       // admitted late
	DeviatesMachine    = "machine"    // went on at another seat or machine
	DeviatesFile       = "file"       // hand-in files
	DeviatesMisconduct = "misconduct"
	DeviatesUncased    = "uncased"    // excluded, and no case opened over it
	DeviatesRedraw     = "redraw"     // draws that were begun and put aside
	DeviatesAmended    = "amended"    // hours or rooms amended after they were set
	DeviatesSeal       = "seal"       // a seal that is not whole
	DeviatesCorrection = "correction" // a seal that corrects an earlier one
)

// timeKinds are the proceedings that change somebody's time.
var timeKinds = []sitting.LineKind{sitting.Extended, sitting.Paused, sitting.Reopened}

// deviations are those that follow from the other parts, before those that the parts found themselves.
func (r *Report) deviations() []Deviation {
	all := []Deviation{}
	add := func(kind string, n int, detail string) {
		if n > 0 {
			all = append(all, Deviation{Kind: kind, Count: n, Detail: detail})
		}
	}
	for _, s := range r.Staff {
		if s.Short() {
			add(DeviatesStaff, s.Need-len(s.Names), s.Room)
		}
	}
	stands := 0
	for _, f := range r.Findings {
		if f.Done == FindingStands {
			stands++
		}
	}
	add(DeviatesSeparation, stands, "")
	add(DeviatesTime, r.happened(timeKinds...), "")
	add(DeviatesLate, r.Seated.Late, "")
	add(DeviatesMachine, r.happened(sitting.Moved, sitting.Readmitted), "")
	add(DeviatesFile, r.happened(sitting.Filed), "")
	add(DeviatesMisconduct, r.Seated.Voided, "")
	add(DeviatesUncased, r.Uncased, "")
	if r.Draw != nil {
		add(DeviatesRedraw, r.Draw.Begun, "")
	}
	for _, s := range r.Seals {
		if s.No > 0 {
			add(DeviatesCorrection, 1, string(s.Component))
		}
		if !s.Whole {
			add(DeviatesSeal, 1, string(s.Component))
		}
	}
	return append(all, r.Deviation...)
}

func (r *Report) happened(kinds ...sitting.LineKind) (n int) {
	for _, c := range r.Incidents {
		if slices.Contains(kinds, sitting.LineKind(c.Key)) {
			n += c.Count
		}
	}
	return n
}
