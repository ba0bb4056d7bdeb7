package engine

import (
	"time"

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

	Certificates CertificatePolicy `json:"certificates,omitzero"`
	Results      ResultPolicy      `json:"results,omitzero"`
	Archive      ArchivePolicy     `json:"archive,omitzero"`

	Accreditation AccreditationPolicy `json:"accreditation,omitzero"`
	Training      TrainingPolicy      `json:"training,omitzero"`
	Registration  RegistrationPolicy  `json:"registration,omitzero"`
	Recognition   RecognitionPolicy   `json:"direct_recognition,omitzero"`
	Calibration   CalibrationPolicy   `json:"calibration,omitzero"`
}

// AccreditationPolicy rules the selection of evaluation bodies (遴选). Zero means that no call can be published.
type AccreditationPolicy struct {
	NoticeDays int        `json:"notice_days"` // working days of public notice, at least
	LeaseYears int        `json:"lease_years"` // of rented premises, at least
	Materials  []Material `json:"materials"`   // of an application
	SourceKey  string     `json:"source"`
}

// Material (申报材料) is one item of an application's list.
type Material struct {
	Key      string `json:"id"` // small letters, digits and hyphens
	Name     string `json:"name"`
	Clause   string `json:"clause"` // of the notice that asks for it
	Optional bool   `json:"optional,omitempty"`
}

// TrainingPolicy has the reference hours of training (培训参考时长). What falls below them is told, not refused: the document says
// 原则上 (津医保局发〔2025〕101号 第（五）条). Zero tells nothing. MinAge is how old trainees are on their first day, at least; zero asks
// for nothing.
type TrainingPolicy struct {
	Hours     map[Level]int `json:"hours,omitempty"` // class hours of theory and practice together, by level
	SourceKey string        `json:"source"`
	MinAge    int           `json:"min_age,omitempty"`    // years
	AgeSource string        `json:"age_source,omitempty"` // of MinAge
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
	Tasks        int    `json:"tasks"`                   // drawn per candidate
	Combine      string `json:"combine"`                 // mean, median or trimmed-mean of the examiners' points
	Per          string `json:"per,omitempty"`           // what is combined: total (the same as nothing) or criterion
	Tolerance    Points `json:"tolerance"`               // a wider spread of the totals goes to the leader
	Veto         string `json:"veto"`                    // majority, any or leader
	SetupMinutes int    `json:"setup_minutes,omitempty"` // at a station between two candidates
	CallMinutes  int    `json:"call_minutes,omitempty"`  // before a turn at which the candidate is called from the waiting area
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

// The ways in which certificates come by their numbers.
const (
	NumbersAllocated = "allocate" // the body counts them itself
	NumbersImported  = "import"   // the authority gives them out, name by name
)

// CertificatePolicy rules certificates. The zero value lets every body count its own numbers and promotes nobody.
type CertificatePolicy struct {
	Numbering map[string]string `json:"numbering"` // by province, "*" for the others: NumbersAllocated or NumbersImported
	SourceKey string            `json:"source"`

	Contests []ContestRule `json:"contests,omitempty"` // the first that fits an award decides
}

// ContestRule promotes prize winners (技能竞赛晋升). A target of zero is a level beyond those certified here: what is due
// then is decided by people.
type ContestRule struct {
	ID        string  `json:"id"`                // tianjin-city-1
	Province  string  `json:"province"`          // two digits of GB/T 2260
	Class     string  `json:"class"`             // of the contest: city-1, city-2, enterprise
	Places    int     `json:"places,omitempty"`  // the first so many, or
	Percent   int     `json:"percent,omitempty"` // the first so many in a hundred of those who took part
	Group     string  `json:"group"`             // worker or student
	Holds     []Level `json:"holds"`             // levels held before to which it applies; 0 is none
	To        Level   `json:"to,omitempty"`      // level certified; 0: none of those certified here
	SourceKey string  `json:"source"`
}

// Imports reports whether the numbers under a filing number come from the authority. Its sixth and seventh characters
// are the province.
func (p CertificatePolicy) Imports(filing string) bool {
	if len(filing) < 7 {
		return false
	}
	mode, ok := p.Numbering[filing[5:7]]
	if !ok {
		mode = p.Numbering["*"]
	}
	return mode == NumbersImported
}

// RoomPolicy rules theory rooms.
type RoomPolicy struct {
	MinInvigilators          int    `json:"min_invigilators"`
	CandidatesPerInvigilator int    `json:"candidates_per_invigilator"`
	SourceKey                string `json:"source"`

	LateMinutes int      `json:"late_minutes,omitempty"` // after the opening; who comes then is late. 0: nobody is before the end
	Seating     SeatRule `json:"seating,omitzero"`
}

// Needed is how many invigilators a room with so many candidates has, at least.
func (r RoomPolicy) Needed(candidates int) int {
	need := r.MinInvigilators
	if per := r.CandidatesPerInvigilator; per > 0 {
		need = max(need, (candidates+per-1)/per)
	}
	return need
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

// Location returns the zone in which the policy's days are counted; Validate has checked it.
func (p Policy) Location() *time.Location {
	zone, err := time.LoadLocation(p.Zone)
	if err != nil {
		return time.UTC
	}
	return zone
}
