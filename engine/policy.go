package engine

import (
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// Policy holds the numbers that regulations set. It is data: replacing it needs no new binary. Each part names the
// document it comes from and whether anybody has checked it there.
type Policy struct {
	ID        string                `json:"id"` // sample-2026
	Zone      string                `json:"zone"`
	Sample    bool                  `json:"sample"` // shown on every page that uses it
	Sources   map[string]Source     `json:"sources"`
	Levels    map[Level]LevelPolicy `json:"levels"`
	Practical PracticalPolicy       `json:"practical"`
	Bank      BankPolicy            `json:"bank"`
	Publicity PublicityPolicy       `json:"publicity"`
	Rooms     RoomPolicy            `json:"rooms"`
	Time      TimePolicy            `json:"time,omitzero"`
	Ties      SeparationPolicy      `json:"separation"`
	Calendar  clock.Calendar        `json:"calendar"`
}

// Source is where a number comes from.
type Source struct {
	Document string `json:"document"`
	Verified bool   `json:"verified"` // read by a person in the document itself
	Note     string `json:"note,omitempty"`
}

// LevelPolicy is what one level asks for.
type LevelPolicy struct {
	TheoryMinutes    int         `json:"theory_minutes"`
	PracticalMinutes int         `json:"practical_minutes"`
	TheoryPass       Points      `json:"theory_pass"`    // each component out of 100 points
	PracticalPass    Points      `json:"practical_pass"` // and judged apart
	Conditions       []Condition `json:"conditions"`     // any one of them opens the level
	SourceKey        string      `json:"source"`         // of minutes and pass marks
}

// Condition (申报条件) is one way to be eligible for a level. Zero fields ask for nothing.
type Condition struct {
	ID         string   `json:"id"` // 5-1
	Text       string   `json:"text"`
	MinAge     int      `json:"min_age,omitempty"`
	Intends    bool     `json:"intends,omitempty"`     // intends to do this or a related occupation
	Works      bool     `json:"works,omitempty"`       // does this or a related occupation
	Years      int      `json:"years,omitempty"`       // cumulative in this or a related occupation
	PriorLevel Level    `json:"prior_level,omitempty"` // a certificate of this level or above
	YearsSince int      `json:"years_since,omitempty"` // of work after that certificate
	Education  string   `json:"education,omitempty"`   // vocational, college
	Title      string   `json:"title,omitempty"`       // junior professional title
	Evidence   []string `json:"evidence"`              // required materials, by EvidenceKind
	SourceKey  string   `json:"source"`
}

// PracticalPolicy rules the practical assessment.
type PracticalPolicy struct {
	MinExaminers int    `json:"min_examiners"`
	Odd          bool   `json:"odd"`
	Tasks        int    `json:"tasks"`     // drawn per candidate
	Combine      string `json:"combine"`   // mean, median or trimmed-mean of the examiners' totals
	Tolerance    Points `json:"tolerance"` // a wider spread goes to the leader
	Veto         string `json:"veto"`      // majority or any
	SourceKey    string `json:"source"`
}

// BankPolicy rules what a form may be made of.
type BankPolicy struct {
	SupplementPercent map[string]int `json:"supplement_percent"` // by province, "*" for the others; 0 until a document is attached
	SourceKey         string         `json:"source"`
}

// SupplementCap returns the most items of a province's supplement that a form of n items may hold.
func (b BankPolicy) SupplementCap(province string, n int) int {
	percent, ok := b.SupplementPercent[province]
	if !ok {
		percent = b.SupplementPercent["*"]
	}
	return n * percent / 100
}

// PublicityPolicy rules the days between results and certificates.
type PublicityPolicy struct {
	WorkingDays int    `json:"working_days"`
	SourceKey   string `json:"source"`
}

// RoomPolicy rules theory rooms.
type RoomPolicy struct {
	MinInvigilators          int    `json:"min_invigilators"`
	CandidatesPerInvigilator int    `json:"candidates_per_invigilator"`
	SourceKey                string `json:"source"`

	LateMinutes int      `json:"late_minutes,omitempty"` // after the opening; who comes then is late. 0: nobody is before the end
	Seating     SeatRule `json:"seating,omitzero"`
}

// SeatRule says whom a seat plan keeps from sitting side by side or one behind the other.
type SeatRule struct {
	Apart  []string `json:"apart"`            // of SeatTies, the gravest first; none keeps nobody apart
	Months int      `json:"months,omitempty"` // a class or job that ended longer ago does not count; 0: they count for ever
	Nobody []string `json:"nobody,omitempty"` // what applicants state as employer who have none
}

// TimePolicy rules the time of theory exams. Zero means: nothing after the end, no extension by an invigilator, no
// reopening after the end, no hand-in file.
type TimePolicy struct {
	GraceSeconds  int    `json:"grace_seconds"`  // after the end, for responses that are on their way
	ExtendMinutes int    `json:"extend_minutes"` // the most that an invigilator gives at a time
	ReopenMinutes int    `json:"reopen_minutes"` // after the end of the session, within which a paper may be reopened
	FileHours     int    `json:"file_hours"`     // after the end of the session, within which a hand-in file is taken
	SourceKey     string `json:"source"`
}

// SeparationPolicy holds the rules of 考培分离: which chain of ties forbids which duty toward a candidate.
type SeparationPolicy struct {
	Rules []SeparationRule `json:"rules"`
}

// SeparationRule forbids Roles to a person from whom a chain of ties of the kinds in Chain leads to the candidate.
type SeparationRule struct {
	ID        string       `json:"id"`               // taught-class
	Text      string       `json:"text"`             // for people
	Chain     []string     `json:"chain"`            // kinds of ties, from the member of staff to the candidate
	Months    int          `json:"months,omitempty"` // a tie that ended longer ago does not count; 0: ties count for ever
	Roles     []authz.Role `json:"roles"`
	SourceKey string       `json:"source"`
}

// Location returns the zone in which the policy's days are counted; Validate has checked it.
func (p Policy) Location() *time.Location {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}
