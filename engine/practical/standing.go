package practical

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Standing is where one candidate stands in the component. Totals stay hidden until all examiners have signed, so that
// nobody can be talked to while still scoring.
type Standing struct {
	Assessment AssessmentID // empty when no tasks were drawn for the seat
	Ticket     sitting.Ticket
	Candidate  engine.PersonID
	Standing   engine.Standing // empty while something is still to do
	Points     engine.Points   // zero unless Scored
	Totals     []engine.Points // each examiner's, in the order of the assessment
	Vetoes     int             // examiners who saw a critical error
	Spread     engine.Points
	Disputed   bool   // waits for the leader's ruling
	Wide       bool   // over the totals, which lie too far apart
	Asked      bool   // over a critical error that counts if the leader says so
	Marks      []Mark // the critical errors, while Disputed

	Corrections []CorrectionState
}

// Mark is a critical error as one examiner marked it.
type Mark struct {
	Examiner engine.PersonID
	Task     string // name
	Text     string // of the critical error
	Note     string // what happened
}

// Counts is how many candidates stand where.
type Counts struct{ Candidates, Scored, Absent, Voided, Waiting int }

// Standings lists the session's candidates in the order of ticket numbers, for the leader on duty.
func (d *Desk) Standings(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]Standing, error) {
	if err := by.Require(authz.PracticalRead); err != nil {
		return nil, err
	}
	if err := d.sittings.OnDuty(ctx, id, by, authz.Leader, ""); err != nil {
		return nil, err
	}
	return d.standings(ctx, id)
}

// Counts counts the session's candidates by standing, for those of its body.
func (d *Desk) Counts(ctx context.Context, by authz.Principal, id sitting.SessionID) (Counts, error) {
	if err := requireAny(by, authz.PracticalRead, authz.SealWitness, authz.PlanRead); err != nil {
		return Counts{}, err
	}
	if _, err := d.sittings.Session(ctx, by, id); err != nil {
		return Counts{}, err
	}
	rows, err := d.standings(ctx, id)
	n := Counts{Candidates: len(rows)}
	for _, r := range rows {
		switch r.Standing {
		case engine.Scored:
			n.Scored++
		case engine.Absent:
			n.Absent++
		case engine.Voided:
			n.Voided++
		default:
			n.Waiting++
		}
	}
	return n, err
}

// standings gives every seat its standing. Once the component is sealed, the seal speaks.
func (d *Desk) standings(ctx context.Context, id sitting.SessionID) ([]Standing, error) {
	b, err := d.read(ctx, id)
	if err != nil {
		return nil, err
	}
	rows := make([]Standing, len(b.seats))
	for i, seat := range b.seats {
		if rows[i], err = b.stand(d.policy.Practical, seat); err != nil {
			return nil, err
		}
	}
	seal, err := d.ports.Seals.Seal(ctx, string(id), engine.Practical)
	if errors.Is(err, engine.ErrNoSeal) {
		return rows, nil
	}
	if err != nil {
		return nil, err
	}
	sealed := map[engine.PersonID]engine.SealedScore{}
	for _, s := range seal.Scores {
		sealed[s.Candidate] = s
	}
	for i := range rows {
		s := sealed[rows[i].Candidate]
		rows[i].Standing, rows[i].Points, rows[i].Disputed, rows[i].Marks = s.Standing, s.Points, false, nil
	}
	return rows, nil
}

// book is everything that one session's standings follow from.
type book struct {
	draw        *Draw           // nil before the draw
	seats       []*sitting.Seat // of those who take practice
	assessments map[sitting.Ticket]*Assessment
	sheets      map[AssessmentID][]*Sheet
}

func (d *Desk) read(ctx context.Context, id sitting.SessionID) (*book, error) {
	b := &book{assessments: map[sitting.Ticket]*Assessment{}, sheets: map[AssessmentID][]*Sheet{}}
	var err error
	if b.draw, err = d.ports.Draws.TaskDraw(ctx, id); err != nil && !errors.Is(err, ErrNotDrawn) {
		return nil, err
	}
	if b.seats, err = d.sittings.Taking(ctx, id, engine.Practical); err != nil {
		return nil, err
	}
	assessments, err := d.assessmentsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, a := range assessments {
		b.assessments[a.Ticket] = a
	}
	sheets, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Sheet, string, error) {
		return d.ports.Sheets.SheetsOf(ctx, id, c)
	})
	for _, s := range sheets {
		b.sheets[s.Assessment] = append(b.sheets[s.Assessment], s)
	}
	return b, err
}

func (d *Desk) assessmentsOf(ctx context.Context, id sitting.SessionID) ([]*Assessment, error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Assessment, string, error) {
		return d.ports.Assessments.AssessmentsOf(ctx, id, c)
	})
}

// stand judges one seat. An absence against which somebody scored is a contradiction that the leader has to settle.
func (b *book) stand(p engine.PracticalPolicy, seat *sitting.Seat) (Standing, error) {
	st := Standing{Ticket: seat.Ticket, Candidate: seat.Candidate}
	a := b.assessments[seat.Ticket]
	if a != nil {
		st.Assessment = a.ID
	}
	if !seat.Voided.IsZero() || a != nil && a.Standing == engine.Voided {
		st.Standing = engine.Voided
		return st, nil
	}
	if a == nil || b.draw == nil {
		return st, nil
	}
	sheets := inOrder(a, b.sheets[a.ID])
	st.Corrections = b.corrected(a, allSigned(sheets))
	if a.Standing == engine.Absent && !anyScored(ofGroup(a, b.sheets[a.ID])) {
		st.Standing = engine.Absent
		return st, nil
	}
	if a.Standing != "" || !allSigned(sheets) {
		return st, nil
	}
	v, err := Judge(p, b.draw.tasks(a.Tasks), sheets)
	if err != nil {
		return Standing{}, err
	}
	st.Totals, st.Vetoes, st.Spread = v.Totals, v.Vetoes, v.Spread
	if !v.Disputed {
		st.Standing, st.Points = engine.Scored, v.Points
	} else if p, ok := v.ruled(a.Ruling); ok {
		st.Standing, st.Points = engine.Scored, p
	} else {
		st.Disputed, st.Wide, st.Asked, st.Marks = true, v.Wide, v.Asked, marks(b.draw.tasks(a.Tasks), sheets)
	}
	return st, nil
}

// marks lists the critical errors on the sheets in words.
func marks(tasks []*questionbank.Task, sheets []*Sheet) (all []Mark) {
	for _, s := range sheets {
		for _, m := range s.Vetoes {
			row := Mark{Examiner: s.Examiner, Task: m.Task, Text: m.Code, Note: m.Note}
			if t := taskOf(tasks, m.Task); t != nil {
				row.Task = t.Name
				for _, v := range t.Vetoes {
					if v.Code == m.Code {
						row.Text = v.Text
					}
				}
			}
			all = append(all, row)
		}
	}
	return all
}

// inOrder returns the sheet that counts of each examiner of the assessment, nil where there is none. Sheets of examiners
// who were replaced are left out.
func inOrder(a *Assessment, sheets []*Sheet) []*Sheet {
	ordered := make([]*Sheet, len(a.Examiners))
	for i, examiner := range a.Examiners {
		for _, s := range sheets {
			if s.Examiner == examiner && s.No == a.counts(examiner) {
				ordered[i] = s
			}
		}
	}
	return ordered
}

// ofGroup returns all sheets of the examiners of the assessment, those that were corrected too.
func ofGroup(a *Assessment, sheets []*Sheet) (all []*Sheet) {
	for _, s := range sheets {
		if a.examinedBy(s.Examiner) {
			all = append(all, s)
		}
	}
	return all
}

// sheetsOf reads the sheets of one assessment, as inOrder gives them.
func (d *Desk) sheetsOf(ctx context.Context, a *Assessment) ([]*Sheet, error) {
	return d.sheetsAt(ctx, a, a.counts)
}

// sheetsAt reads the sheet of each examiner with the number that no says, nil where there is none.
func (d *Desk) sheetsAt(ctx context.Context, a *Assessment, no func(engine.PersonID) int) ([]*Sheet, error) {
	ordered := make([]*Sheet, len(a.Examiners))
	for i, examiner := range a.Examiners {
		s, err := d.ports.Sheets.Sheet(ctx, a.ID, examiner, no(examiner))
		if err != nil && !errors.Is(err, ErrSheet) {
			return nil, err
		}
		ordered[i] = s
	}
	return ordered, nil
}

func allSigned(sheets []*Sheet) bool {
	for _, s := range sheets {
		if s == nil || s.Signed.IsZero() {
			return false
		}
	}
	return len(sheets) > 0
}

func anyScored(sheets []*Sheet) bool {
	for _, s := range sheets {
		if s != nil && s.scored() {
			return true
		}
	}
	return false
}
