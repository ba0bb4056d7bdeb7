package practical

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// Work is one assessment as one of its examiners sees it: the tasks and the own sheet. Rulings, the trail and what
// other examiners wrote are not in it.
type Work struct {
	Assessment *Assessment
	Sheet      *Sheet // nil before the first save
	No         int    // of the sheet
	Seen       int64  // of the sheet: Sheet.Seen, or what that will be counted from
	Corrects   *Sheet // the own signed sheet that Sheet is to correct, nil when it is the first
	Reason     string // why it is to be corrected
	Tasks      []*questionbank.Task
	Name       string // of the candidate
	Sealed     bool   // the component is: nothing is scored any more
}

// Due reports whether the acting person still has to score and sign: not for who was absent or excluded, nor after the seal.
func (w *Work) Due() bool {
	return !w.Sealed && w.Assessment.Standing == "" && (w.Sheet == nil || w.Sheet.Signed.IsZero())
}

// LogValue keeps the name out of logs.
func (w Work) LogValue() slog.Value { return slog.StringValue(string(w.Assessment.ID)) }

// Own lists the assessments that the acting person examines, in one session or, with "", in all of them.
func (d *Desk) Own(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]Work, error) {
	if err := by.Require(authz.SheetScore); err != nil {
		return nil, err
	}
	sessions := []sitting.SessionID{id}
	if id == "" {
		var err error
		if sessions, err = d.examining(ctx, by); err != nil {
			return nil, err
		}
	}
	var all []Work
	for _, s := range sessions {
		own, err := d.ownIn(ctx, by, s)
		if err != nil {
			return nil, err
		}
		all = append(all, own...)
	}
	return all, nil
}

// examining lists the sessions where the acting person is on duty as an examiner.
func (d *Desk) examining(ctx context.Context, by authz.Principal) (found []sitting.SessionID, err error) {
	sessions, err := d.sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, s := range sessions {
		for _, duty := range s.Duties {
			if duty.Role == authz.Examiner && string(duty.Person) == by.Person {
				found = append(found, s.ID)
				break
			}
		}
	}
	return found, nil
}

func (d *Desk) ownIn(ctx context.Context, by authz.Principal, id sitting.SessionID) (own []Work, err error) {
	draw, err := d.ports.Draws.TaskDraw(ctx, id)
	if errors.Is(err, ErrNotDrawn) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	assessments, err := d.assessmentsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	sealed, err := d.sealed(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, a := range assessments {
		if !a.examinedBy(engine.PersonID(by.Person)) {
			continue
		}
		w, err := d.work(ctx, by, a, draw)
		if err != nil {
			return nil, err
		}
		w.Sealed = sealed
		own = append(own, *w)
	}
	return own, nil
}

// Work returns one assessment to one of its examiners.
func (d *Desk) Work(ctx context.Context, by authz.Principal, id AssessmentID) (*Work, error) {
	if err := by.Require(authz.SheetScore); err != nil {
		return nil, err
	}
	a, err := d.mine(ctx, by, id)
	if err != nil {
		return nil, err
	}
	draw, err := d.ports.Draws.TaskDraw(ctx, a.Session)
	if err != nil {
		return nil, err
	}
	w, err := d.work(ctx, by, a, draw)
	if err != nil {
		return nil, err
	}
	w.Sealed, err = d.sealed(ctx, a.Session)
	return w, err
}

func (d *Desk) work(ctx context.Context, by authz.Principal, a *Assessment, draw *Draw) (*Work, error) {
	me := engine.PersonID(by.Person)
	no := a.counts(me)
	sheet, err := d.ports.Sheets.Sheet(ctx, a.ID, me, no)
	if err != nil && !errors.Is(err, ErrSheet) {
		return nil, err
	}
	person, err := d.ports.Names.Named(ctx, a.Candidate)
	if err != nil {
		return nil, err
	}
	shown := *a
	shown.Ruling, shown.Trail, shown.Corrections, shown.Led = nil, nil, nil, nil
	w := &Work{Assessment: &shown, Sheet: sheet, No: no, Seen: (&Sheet{No: no}).Seen(), Tasks: draw.tasks(a.Tasks), Name: person.Name}
	if sheet != nil {
		w.Seen = sheet.Seen()
	}
	return w, d.corrects(ctx, w, a, me)
}

// Save writes what the acting examiner saw, all of it every time. revision is Seen of the sheet last seen, 0 for none:
// a sheet saved elsewhere meanwhile is engine.ErrStale. Saving the same again is harmless. A tie recorded since the
// draw refuses with a *separation.Separated.
func (d *Desk) Save(ctx context.Context, by authz.Principal, id AssessmentID, revision int64,
	scores map[string]map[string]engine.Points, vetoes []VetoMark) (*Sheet, error) {
	now := d.clock.Now()
	w, err := d.open(ctx, by, id, now)
	if err != nil {
		return nil, err
	}
	if err := CheckScores(w.Tasks, scores, vetoes); err != nil {
		return nil, err
	}
	s := w.Sheet
	if s == nil {
		s = w.sheet(engine.PersonID(by.Person))
	}
	if err := s.Fill(revision, scores, vetoes, now); errors.Is(err, engine.ErrUnchanged) {
		return s, nil
	} else if err != nil {
		return nil, err
	}
	s.Trail.Add(now, by.Account, "sheet.saved", fmt.Sprintf("total %s, %d without points, %d vetoes", Total(w.Tasks, s.Scores), Missing(w.Tasks, s.Scores), len(s.Vetoes)))
	return s, d.put(ctx, s)
}

// sheet is the sheet that is to be begun.
func (w *Work) sheet(examiner engine.PersonID) *Sheet {
	s := &Sheet{Assessment: w.Assessment.ID, Session: w.Assessment.Session, Examiner: examiner}
	if w.Corrects != nil {
		s.No = w.No
		s.Replaces = &Replaced{No: w.Corrects.No, Signed: w.Corrects.Signed, Reason: w.Reason}
	}
	return s
}

// put stores the sheet at its revision; a sheet that somebody else created meanwhile is stale like any other. Of a correction
// that was withdrawn meanwhile it says so.
func (d *Desk) put(ctx context.Context, s *Sheet) error {
	err := d.store(ctx, s)
	if !errors.Is(err, engine.ErrStale) || s.No == 0 {
		return err
	}
	there, failed := d.ports.Sheets.Sheet(ctx, s.Assessment, s.Examiner, s.No)
	if failed == nil && !there.TakenBack.IsZero() {
		return ErrTakenBack
	}
	return err
}

func (d *Desk) store(ctx context.Context, s *Sheet) error {
	if s.Revision > 0 {
		return d.ports.Sheets.UpdateSheet(ctx, s)
	}
	err := d.ports.Sheets.CreateSheet(ctx, s)
	if errors.Is(err, ErrSheetExists) {
		return engine.ErrStale
	}
	return err
}

// Sign closes the acting examiner's sheet for good, once every criterion has points. Signing twice is harmless.
func (d *Desk) Sign(ctx context.Context, by authz.Principal, id AssessmentID, revision int64) (*Sheet, error) {
	now := d.clock.Now()
	w, err := d.open(ctx, by, id, now)
	if err != nil {
		return nil, err
	}
	s := w.Sheet
	if s == nil {
		return nil, ErrUnscored.With("还差%d项", Missing(w.Tasks, nil))
	}
	if err := s.Sign(revision, w.Tasks, now); errors.Is(err, engine.ErrUnchanged) {
		return s, nil
	} else if err != nil {
		return nil, err
	}
	s.Trail.Add(now, by.Account, "sheet.signed", "")
	return s, d.put(ctx, s)
}

// open returns the acting examiner's work when it may be written now: in time, the candidate neither excused nor
// voided, the component not sealed, and nothing on record that keeps the two apart.
func (d *Desk) open(ctx context.Context, by authz.Principal, id AssessmentID, now time.Time) (*Work, error) {
	w, err := d.Work(ctx, by, id)
	if err != nil {
		return nil, err
	}
	a := w.Assessment
	if !a.Scoring.Contains(now) {
		return nil, ErrWindow
	}
	seat, err := d.sittings.SeatOf(ctx, a.Ticket)
	if err != nil {
		return nil, err
	}
	if a.Standing != "" || !seat.Voided.IsZero() {
		return nil, ErrExcused
	}
	if err := d.unsealed(ctx, a.Session); err != nil {
		return nil, err
	}
	return w, d.clear(ctx, a, engine.PersonID(by.Person), authz.Examiner, now)
}
