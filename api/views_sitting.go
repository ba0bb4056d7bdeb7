package api

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Window is a half-open period.
type Window struct {
	Opens  Instant `json:"opens"`
	Closes Instant `json:"closes"`
}

func viewWindow(w clock.Window) Window {
	return Window{Opens: Instant(w.Opens), Closes: Instant(w.Closes)}
}

// Session is one sitting. The code that is shown in its rooms is not in it.
type Session struct {
	ID        sitting.SessionID `json:"id"`
	Plan      sitting.PlanID    `json:"plan"`
	Name      string            `json:"name"`
	Level     engine.Level      `json:"level"`
	Province  string            `json:"province"`
	Site      string            `json:"site,omitempty"`
	Release   string            `json:"release"`
	Blueprint string            `json:"blueprint"`
	Sample    bool              `json:"sample"`
	Theory    Window            `json:"theory"`
	Practical Window            `json:"practical"`
	Spread    int               `json:"spread,omitempty" jsonschema:"description=Seconds over which the starts are spread"`
	Rooms     []Room            `json:"rooms"`
	Duties    []Duty            `json:"duties"`
	Findings  []Finding         `json:"findings,omitempty"`
}

// Finding is a duty or a seat that separation refused (考培分离).
type Finding struct {
	Key       string          `json:"key" jsonschema:"description=Names it where a waiver is asked for"`
	Rule      string          `json:"rule"`
	Soft      bool            `json:"soft,omitempty" jsonschema:"description=Two persons may waive it"`
	Role      authz.Role      `json:"role,omitempty"`
	Staff     engine.PersonID `json:"staff,omitempty"`
	Body      engine.OrgID    `json:"body,omitempty" jsonschema:"description=Instead of a person: the evaluation body"`
	Candidate engine.PersonID `json:"candidate"`
	Path      []string        `json:"path" jsonschema:"description=In words, from the subject to the candidate"`
	Text      string          `json:"text"`
	Ties      []string        `json:"ties,omitempty" jsonschema:"description=Ids of the ties on the path"`
	Contested bool            `json:"contested,omitempty"`
	At        Instant         `json:"at"`
	Waiver    string          `json:"waiver,omitempty" jsonschema:"enum=asked,enum=granted,enum=refused"`
}

// Recheck is what asking separation of a whole session anew came to.
type Recheck struct {
	New      int       `json:"new" jsonschema:"description=How many the session did not know before"`
	Standing []Finding `json:"standing" jsonschema:"description=What forbids somebody something now but for what was waived"`
}

func viewRecheck(r *sitting.Recheck) Recheck {
	return Recheck{New: r.New, Standing: each(r.Standing, func(f separation.Finding) Finding { return viewFinding(r.Session, f) })}
}

func viewFinding(n *sitting.Session, f separation.Finding) Finding {
	return Finding{Key: f.Key(), Rule: f.Rule, Soft: f.Soft, Role: f.Role, Staff: f.Staff, Body: f.Body, Candidate: f.Candidate, Path: f.Path,
		Text: f.Text, Ties: f.Ties, Contested: f.Contested, At: Instant(f.At), Waiver: string(n.WaiverState(f))}
}

// Room holds one component of a session. It says what a RoomEntry says.
type Room RoomEntry

// Duty is one person on duty; no room means the whole session.
type Duty struct {
	Person engine.PersonID `json:"person"`
	Name   string          `json:"name"`
	Role   authz.Role      `json:"role"`
	Room   sitting.RoomID  `json:"room,omitempty"`
}

func viewSession(s *sitting.Session) Session {
	v := Session{ID: s.ID, Plan: s.Plan, Name: s.Name, Level: s.Level, Province: s.Province, Site: s.Site, Release: s.Release, Blueprint: s.Blueprint,
		Sample: s.Sample, Theory: viewWindow(s.Theory), Practical: viewWindow(s.Practical), Spread: s.Spread,
		Rooms: each(s.Rooms, func(r sitting.Room) Room { return Room(r) }), Duties: []Duty{},
		Findings: each(s.Findings, func(f separation.Finding) Finding { return viewFinding(s, f) })}
	for _, d := range s.Duties {
		v.Duties = append(v.Duties, Duty{Person: d.Person, Name: d.Name, Role: d.Role, Room: d.Room})
	}
	return v
}

// Seat is one candidate's place, by ticket; the name is left to those who check identities.
type Seat struct {
	Ticket    sitting.Ticket   `json:"ticket"`
	Room      sitting.RoomID   `json:"room"`
	No        int              `json:"no"`
	Station   sitting.RoomID   `json:"station,omitempty"`
	Only      engine.Component `json:"only,omitempty"` // the one component taken (补考)
	CheckedIn Instant          `json:"checked_in,omitzero"`
	Released  Instant          `json:"released,omitzero"`
	Voided    Instant          `json:"voided,omitzero"`
}

func viewSeat(s *sitting.Seat) Seat {
	return Seat{Ticket: s.Ticket, Room: s.Room, No: s.No, Station: s.Station, Only: s.Only, CheckedIn: Instant(s.CheckedIn),
		Released: Instant(s.Released), Voided: Instant(s.Voided)}
}

// CheckIn names the candidate whose identity was checked.
type CheckIn struct {
	Ticket sitting.Ticket `json:"ticket"`
}

// Misconduct ends a candidate's sitting, and says what happened.
type Misconduct struct {
	Ticket sitting.Ticket `json:"ticket"`
	Reason string         `json:"reason"`
}

// Count is how many things a command did.
type Count struct {
	Count int `json:"count"`
}

// Assessment is one examiner's own work: nobody else's points are in it.
type Assessment struct {
	ID       practical.AssessmentID `json:"id"`
	Session  sitting.SessionID      `json:"session"`
	Name     string                 `json:"name"`
	Ticket   sitting.Ticket         `json:"ticket"`
	Station  sitting.RoomID         `json:"station"`
	At       Instant                `json:"at"`
	Tasks    []string               `json:"tasks"`
	Revision int64                  `json:"revision" jsonschema:"description=0 before the first save"`
	Signed   Instant                `json:"signed,omitzero"`
}

func viewAssessment(w *practical.Work) Assessment {
	a := w.Assessment
	v := Assessment{ID: a.ID, Session: a.Session, Name: w.Name, Ticket: a.Ticket, Station: a.Station, At: Instant(a.At), Tasks: a.Tasks}
	if w.Sheet != nil {
		v.Revision, v.Signed = w.Sheet.Seen(), Instant(w.Sheet.Signed)
	}
	return v
}

// Sheet is one examiner's scoring.
type Sheet struct {
	Assessment practical.AssessmentID              `json:"assessment"`
	No         int                                 `json:"no" jsonschema:"description=0 is the first sheet; others correct an earlier one"`
	Corrects   *SheetCorrected                     `json:"corrects,omitempty"`
	Revision   int64                               `json:"revision"`
	Scores     map[string]map[string]engine.Points `json:"scores" jsonschema:"description=By task and criterion in hundredths of a point"`
	Vetoes     []VetoMark                          `json:"vetoes"`
	Saved      Instant                             `json:"saved,omitzero"`
	Signed     Instant                             `json:"signed,omitzero"`
}

// VetoMark says that a critical error was seen, with what happened.
type VetoMark struct {
	Task string `json:"task"`
	Code string `json:"code"`
	Note string `json:"note"`
}

// SheetCorrected is the signed sheet that is corrected.
type SheetCorrected struct {
	Signed Instant                             `json:"signed"`
	Reason string                              `json:"reason"`
	Scores map[string]map[string]engine.Points `json:"scores"`
}

// viewWork is the sheet that counts, or the empty one that is to be filled.
func viewWork(w *practical.Work) Sheet {
	v := viewSheet(w.Assessment.ID, w.Sheet)
	v.No, v.Revision = w.No, w.Seen
	if w.Corrects != nil {
		v.Corrects = &SheetCorrected{Signed: Instant(w.Corrects.Signed), Reason: w.Reason, Scores: w.Corrects.Scores}
	}
	return v
}

func viewSheet(id practical.AssessmentID, s *practical.Sheet) Sheet {
	v := Sheet{Assessment: id, Scores: map[string]map[string]engine.Points{}, Vetoes: []VetoMark{}}
	if s == nil {
		return v
	}
	v.No, v.Revision, v.Scores, v.Saved, v.Signed = s.No, s.Seen(), s.Scores, Instant(s.Saved), Instant(s.Signed)
	for _, m := range s.Vetoes {
		v.Vetoes = append(v.Vetoes, VetoMark(m))
	}
	return v
}

// SheetEdit replaces one's own sheet if it still is at Revision.
type SheetEdit struct {
	Revision int64                               `json:"revision"`
	Scores   map[string]map[string]engine.Points `json:"scores"`
	Vetoes   []VetoMark                          `json:"vetoes"`
}

func (e SheetEdit) vetoes() []practical.VetoMark {
	var marks []practical.VetoMark
	for _, m := range e.Vetoes {
		marks = append(marks, practical.VetoMark(m))
	}
	return marks
}

// Signature signs the sheet that stands at Revision.
type Signature struct {
	Revision int64 `json:"revision"`
}

// Seal is one closed component. Scores are in it only for those of the component.
type Seal struct {
	Session   string           `json:"session"`
	Component engine.Component `json:"component"`
	Digest    string           `json:"digest"`
	SealedAt  Instant          `json:"sealed_at"`
	Witnessed Instant          `json:"witnessed,omitzero"`
	Scores    int              `json:"scores" jsonschema:"description=How many scores this reader may see in it"`
}

func viewSeal(s *engine.Seal) Seal {
	return Seal{Session: s.Session, Component: s.Component, Digest: s.Digest, SealedAt: Instant(s.SealedAt),
		Witnessed: Instant(s.Witnessed), Scores: len(s.Scores)}
}

// Witness repeats the digest that the witness read.
type Witness struct {
	Digest string `json:"digest"`
}

// each views every row.
func each[T, V any](rows []T, view func(T) V) []V {
	out := make([]V, len(rows))
	for i, r := range rows {
		out[i] = view(r)
	}
	return out
}
