package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// SheetState is how far an examiner's sheet is.
type SheetState string

// The states of a sheet.
const (
	SheetOpen    SheetState = "open"    // nothing scored yet
	SheetStarted SheetState = "started" // some criteria scored
	SheetReady   SheetState = "ready"   // all scored, not signed
	SheetSigned  SheetState = "signed"
	SheetCorrect SheetState = "correct" // a signed sheet is to be corrected, and was not yet
	SheetAbsent  SheetState = "absent"  // the candidate did not come
	SheetVoided  SheetState = "voided"  // the candidate was excluded
	SheetClosed  SheetState = "closed"  // sealed before it was signed
)

// Due reports whether something is still to be scored or signed.
func (s SheetState) Due() bool {
	return s == SheetOpen || s == SheetStarted || s == SheetReady || s == SheetCorrect
}

// SheetListView is an examiner's own list: first the sessions where something is to be done, by time, then the others, last first.
type SheetListView struct {
	Sessions []SheetGroup
}

// SheetGroup are the sheets of one session, those to be done first.
type SheetGroup struct {
	ID, Name string
	Level    engine.Level
	Due      int // sheets to be scored or signed
	Sheets   []SheetRow
}

// SheetRow is one assessment of the list. Candidates are shown by draw number (抽签号) where Candidate is masked.
type SheetRow struct {
	Assessment, Candidate, Ticket string
	Station                       string
	At                            time.Time
	Scored, Criteria              int
	State                         SheetState
}

// SheetView is one examiner's score sheet for one candidate: nobody else's points are on it.
// Fields: score.{task}.{no} in points, veto.{task}.{code} "on", note.{task}.{code}, revision.
type SheetView struct {
	Assessment, Candidate, Ticket, Station string
	Photo                                  string
	Session                                string
	Level                                  engine.Level
	Sample                                 bool
	Tasks                                  []TaskSheet
	Revision                               int64 // sent back: a sheet changed elsewhere meanwhile is refused
	Signed                                 time.Time
	State                                  SheetState // why nothing can be entered, where that is so
	Saved                                  time.Time  // zero before the first save
	Corrects                               time.Time  // when the sheet was signed that this one corrects; zero when it is the first
	CorrectReason                          string
	Examiner                               string // whose sheet it is: what a computer keeps is kept apart by it
	Fresh                                  bool   // nothing of what is shown was saved: a correction that was not begun
	Problem                                *Problem
}

// TaskSheet is one task of a sheet.
type TaskSheet struct {
	Code, Name, Scenario      string
	Minutes                   int
	Preparation, Requirements []string
	Criteria                  []CriterionRow
	Vetoes                    []VetoRow
	Total, Max                engine.Points // of the points entered so far
	Scored                    int
}

// CriterionRow is one criterion. Levels, where given, are the only points allowed; otherwise steps of Step.
type CriterionRow struct {
	No, Section, Text string
	Max, Step         engine.Points // Step 0 means one point
	Levels            []LevelRow
	Points            *engine.Points // nil: not yet scored
	Marks             []string       // what each expert gave, where a reference is agreed on
	Reason            string         // why points are taken off, where Reasoned
	Reasoned          bool           // a reason is asked for
}

// LevelRow is one described level of a criterion.
type LevelRow struct {
	Points engine.Points
	Text   string
}

// VetoRow is one 一票否决 condition: On needs a note.
type VetoRow struct {
	Code, Text, Note string
	On               bool
}

// SignView is the last look before an examiner signs.
type SignView struct {
	SheetView
	Missing int // criteria without points: signing is refused while any is left
}

// SealStage is where one component of a session stands.
type SealStage string

// The stages, forward only.
const (
	SealMarking   SealStage = "marking"   // not everything is scored
	SealOpen      SealStage = "open"      // everything scored, may be sealed
	SealSealed    SealStage = "sealed"    // the leader has signed
	SealWitnessed SealStage = "witnessed" // both have signed: complete
)

// SealView is one component's closing page, for its own leader (theory marker, practical leader), or for the quality
// supervisor, who sees the digest and counts but no points (Rows and Disputes stay empty).
type SealView struct {
	Session, SessionName string
	Level                engine.Level
	Component            engine.Component
	Stage                SealStage
	MayMark              bool      // theory only: shows the marking button
	BackUntil            time.Time // theory only: until when candidates may come back to what marking would shut; zero: none can
	Open                 int       // theory only: who is at the paper or may yet begin, while nothing can be marked for that
	Ends                 time.Time // when the last of them is closed; zero while somebody of them is paused
	Pauses               []string  // whom pauses hold up that nobody has ended
	Early                bool      // the confirmation was ticked in a form that was refused
	MaySeal, MayWitness  bool
	Concordance          bool     // practical only: the reader may see how the examiners agreed
	MayLead              bool     // practical only, before the seal: each row shows what the leader may do about it
	Uncased              []string // tickets of those voided while no case is opened over it, for who signs and who reads results
	Digest               string   // hex, "" before sealing
	Leader, Witness      string   // names
	SealedAt, Witnessed  time.Time
	Counts               SealCounts
	Rows                 []SealRow
	Disputes             []Dispute
	Corrections          int         // theory only: corrected keys that forms of the session have to do with
	RemarksDue           int         // of them those that marked attempts still wait for
	Keys                 []PaperPart // theory only: whose keys may be printed
	Problem              *Problem
}

// SealCounts is how many candidates stand where in the component.
type SealCounts struct{ Candidates, Scored, Absent, Voided, Waiting int }

// SealRow is one candidate's standing in the component.
type SealRow struct {
	Ticket, Name string
	Standing     engine.Standing // "" while waiting
	State        string          // theory only, while waiting: the attempt's, under "seal-wait."
	Points       engine.Points
	Examiners    []engine.Points // practical only, each examiner's total
	Assessment   string          // practical only, "" before the draw
	Station      []Choice        // practical only, who examines there, for the leader
	Corrections  []CorrectedRow  // practical only, of signed sheets
	Typed        LeadForm        // what was refused, kept
}

// CorrectedRow is a correction of an examiner's signed sheet. State is open, signed or withdrawn.
type CorrectedRow struct {
	Person, Examiner, Reason, State string
	At                              time.Time
	Totals                          bool // Before and After are shown
	Before, After                   engine.Points
}

// OpenCorrections are those that wait for a signature.
func (r SealRow) OpenCorrections() (all []CorrectedRow) {
	for _, k := range r.Corrections {
		if k.State == "open" {
			all = append(all, k)
		}
	}
	return all
}

// LeadForm is what a leader typed about one assessment: Form is standing, extension, substitution,
// correction, withdrawal or ruling, "" for nothing.
type LeadForm struct{ Form, Standing, Out, In, Points, Veto, Reason string }

// Dispute is an assessment whose examiners differ by more than the policy allows, or by a veto: the leader rules.
type Dispute struct {
	Assessment, Ticket, Name string
	Totals                   []engine.Points
	Vetoes                   int
	Spread, Tolerance        engine.Points
	Wide                     bool          // the totals lie too far apart
	Asked                    bool          // the leader says whether the critical error counts
	Marks                    []DisputeMark // critical errors
	VetoRule                 string        // the policy's: majority, any or leader
	Typed                    LeadForm      // what was refused, kept
}

// NeedsPoints reports whether points may have to be set.
func (d Dispute) NeedsPoints() bool { return d.Wide || !d.Asked }

// DisputeMark is a critical error as one examiner marked it.
type DisputeMark struct{ Examiner, Task, Text, Note string }

// Closed reports whether nothing can be entered.
func (v SheetView) Closed() bool { return !v.State.Due() }
