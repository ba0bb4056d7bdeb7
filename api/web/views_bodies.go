package web

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// Typed is what the fields of a refused form held, by name.
type Typed map[string]string

// BodiesView is the public directory of bodies, and for the labour authority the desk from which measures are ordered. Forms:
// POST /bodies/{id}/measures with measure, from, to, reason, document; POST /bodies/{id}/measures/{no}/lifting with on, reason,
// document.
type BodiesView struct {
	Evaluation []BodyRow
	Training   []BodyRow
	Calls      []SelectionRow
	Day        time.Time // of the directory
	MayMeasure bool      // the reader is a labour authority
	MayFile    bool      // the reader may file bodies
	MayTies    bool      // the reader sees ties
	Do         string    // the form that was refused: id of the body, or id/no
	Typed      Typed
	Problem    *Problem
}

// BodyRow is one body.
type BodyRow struct {
	ID, Name, CreditCode, Province, Category string
	Fits                                     bool       // the check character of the credit code
	Filings                                  []FiledRow // oldest record first
	InForce                                  bool
	Measure                                  *MeasureRow  // in force, nil for none
	Measures                                 []MeasureRow // all of them, oldest first, for the authority
	Own                                      bool         // of the reader's province
}

// InForceNow are the filings that hold on the day of the directory.
func (r BodyRow) InForceNow() (rows []FiledRow) {
	for _, f := range r.Filings {
		if f.Holds {
			rows = append(rows, f)
		}
	}
	return rows
}

// FiledRow is one filing of a body. Ended is zero for one that was not ended before its time.
type FiledRow struct {
	No                            int
	Number, Occupation, Region    string
	Levels                        []engine.Level
	Capacity                      int
	From, Until, Ended            time.Time // first day, first day without it
	Document                      string    // "" for one from before there were several
	EndReason, EndDocument        string
	Holds, Over, Succeeds, MayEnd bool
}

// FilingsView lists the filings of a body with those that are over. Fields: number, occupation, level, capacity, from, to, region,
// document, succeeds to add one; on, document, reason to end one.
type FilingsView struct {
	ID, Name, Province string
	Day                time.Time
	Filings            []FiledRow
	MayFile            bool
	Do                 string // the form that was refused: "add", or the number of the filing that was to be ended
	Levels             []engine.Level
	Typed              Typed
	Problem            *Problem
}

// Ticked reports whether a level is.
func (v FilingsView) Ticked(l engine.Level) bool { return slices.Contains(v.Levels, l) }

// MeasureRow is what was ordered against a body. To is zero for an open one, Lifted for one that was not.
type MeasureRow struct {
	No                       int
	Measure, Reason          string
	Document, By             string
	From, To, Lifted         time.Time
	LiftReason, LiftDocument string
	Ended                    bool
}

// SelectionRow is one call in a list.
type SelectionRow struct {
	ID, Title, Document, Province string
	Levels                        []engine.Level
	Bodies                        int
	Closes                        time.Time // last day
	NoticeFrom, NoticeLast        time.Time // zero before it
	Noticed                       []string  // names in the public notice or filed
	Mine                          string    // state of the reader's own application, "" for none
	Waiting                       int       // applications that wait for the authority
	Turn                          NextRow   // what has to be done next: of the reader's own application, or of all that there are
}

// NextRow is what has to be done next. Step is a word of accreditation.Step, Until zero where there is no day.
type NextRow struct {
	Step  string
	Until time.Time
	Count int // applications that wait for it; 0 of one application
}

// HolderRow is somebody behind a body.
type HolderRow struct {
	Head         bool // the legal representative
	Name, Number string
	Percent      int // 0: not known
}

// SelectionsView lists the calls, and lets the labour authority publish one. Fields: title, document, level, bodies, closes,
// notice_days, materials (one a line: name, a bar, clause).
type SelectionsView struct {
	Rows        []SelectionRow
	MayAnnounce bool
	NoticeDays  int // of the policy
	Materials   string
	Source      string
	Typed       Typed
	Levels      []engine.Level // as ticked
	Problem     *Problem
}

// Ticked reports whether a level is.
func (v SelectionsView) Ticked(l engine.Level) bool {
	for _, t := range v.Levels {
		if t == l {
			return true
		}
	}
	return false
}

// SelectionView is one call with the applications that the reader may see.
type SelectionView struct {
	SelectionRow
	Materials    []MaterialRow
	NoticeDays   int
	LeaseYears   int
	Applications []ApplicationRow
	MayApply     bool // the reader's body has no application yet, and the call is open
	MayPublish   bool
	Owners       []int // rows of the form of who is behind a body
	Open         bool  // for applications
	Over         bool  // the notice
	Do           string
	Typed        Typed
	Problem      *Problem
}

// MaterialRow is one item of the material list.
type MaterialRow struct {
	Key, Name, Clause string
	Optional          bool
}

// ApplicationRow is one body's application, with what the reader may do.
type ApplicationRow struct {
	Org, Name, State     string
	Address              string
	Leased               bool
	LeaseFrom, LeaseTo   time.Time
	Files                []FileRow // one a material, in the order of the list
	Submitted            time.Time
	Review, Decision     *OpinionRow
	Objections           []ApplicantObjection
	Filing               string
	Turn                 NextRow
	Holders              []HolderRow // who is behind the body, none before it was filled in
	Own                  bool        // the reader's body's, and still to be filled in
	Typed                Typed       // of an own one: what its forms hold
	Lacking              bool        // an own one cannot be handed in yet
	MayWithdraw          bool
	MayReview, MayDecide bool
	MayObject, MayFile   bool
}

// FileRow is a material with what was handed in, Name empty for nothing.
type FileRow struct {
	Material MaterialRow
	Name     string
	KiB      int
	Digest   string
}

// OpinionRow is what somebody said.
type OpinionRow struct {
	For          bool
	Reason, Name string
	At           time.Time
}

// ApplicantObjection is an objection and its answer. From is for the authority only.
type ApplicantObjection struct {
	No           int
	From, Text   string
	On, Answered time.Time
	Upheld       bool
	Answer       string
	MayAnswer    bool
}

// FilingView is the form by which a body is filed, or its filing renewed. Fields: org (of a renewal), kind, name, credit_code, checked,
// province, category, number, occupation, level, capacity, from, to, region, and those of who is behind the body: head_name,
// head_number, owner1_name, owner1_number, owner1_percent and so on.
type FilingView struct {
	Renews     string   // name of the body whose filing is renewed, "" for a new one
	Provinces  []Choice // to choose from; none where the reader's is meant
	Kinds      []string
	Categories []string
	Levels     []engine.Level // as ticked
	Owners     []int          // rows of the form of who is behind a body
	Doubt      bool           // the credit code's check character does not fit
	Typed      Typed
	Problem    *Problem
}

// Ticked reports whether a level is.
func (v FilingView) Ticked(l engine.Level) bool { return SelectionsView{Levels: v.Levels}.Ticked(l) }
