package questionbank

import "github.com/skillcert/skillcert/engine"

// Task is one practical task (操作技能考核试题). Candidates see Scenario and Requirements only: Preparation lists hold
// decoys, and Criteria and Vetoes hold the answers.
type Task struct {
	Code         string        `json:"code"`
	Level        engine.Level  `json:"level"`
	Name         string        `json:"name"`
	Range        string        `json:"range"`
	Mandatory    bool          `json:"mandatory"` // drawn for every candidate when the number of tasks allows
	Minutes      int           `json:"minutes"`
	Points       engine.Points `json:"points"` // sum over the criteria
	Scenario     string        `json:"scenario"`
	Preparation  []string      `json:"preparation"`
	Requirements []string      `json:"requirements"`
	Criteria     []Criterion   `json:"criteria"`
	Vetoes       []Veto        `json:"vetoes"` // 一票否决
	Sample       bool          `json:"sample,omitempty"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Criterion is one line of a score sheet. Levels, where given, are the only points allowed.
type Criterion struct {
	No      string           `json:"no"`
	Section string           `json:"section"`
	Text    string           `json:"text"`
	Points  engine.Points    `json:"points"`
	Levels  []CriterionLevel `json:"levels,omitempty"`
}

// CriterionLevel is one described performance.
type CriterionLevel struct {
	Points engine.Points `json:"points"`
	Text   string        `json:"text"`
}

// Veto is a critical error (一票否决): by the policy it takes all points of the component, whatever else was done right.
type Veto struct {
	Code string `json:"code"` // V1
	Text string `json:"text"`
}
