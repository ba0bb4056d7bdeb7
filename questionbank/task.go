package questionbank

import (
	"slices"

	"github.com/skillcert/skillcert/engine"
)

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

	TaskMakers

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// TaskMakers are the people by whose hands a task went, in this wording or an earlier one: they only become more. Tasks that
// were brought in before makers were noted have none.
type TaskMakers struct {
	Authors    []engine.PersonID `json:"authors,omitempty"`    // 命题: who brought it in, and whom the file names
	Reviewers  []engine.PersonID `json:"reviewers,omitempty"`  // 审题, as the file says
	Consenters []engine.PersonID `json:"consenters,omitempty"` // who consented for an authority of a province, as the file says
}

// reviewedOwn is the first of the reviewers who is an author as well, but for some; "" when there is none.
func (m TaskMakers) reviewedOwn(but ...engine.PersonID) engine.PersonID {
	i := slices.IndexFunc(m.Reviewers, func(p engine.PersonID) bool { return slices.Contains(m.Authors, p) && !slices.Contains(but, p) })
	if i < 0 {
		return ""
	}
	return m.Reviewers[i]
}

// join adds the makers of an earlier wording.
func (m *TaskMakers) join(old TaskMakers) {
	m.Authors = union(old.Authors, m.Authors)
	m.Reviewers = union(old.Reviewers, m.Reviewers)
	m.Consenters = union(old.Consenters, m.Consenters)
}

// union is everybody in either list, once and in their order.
func union(a, b []engine.PersonID) (all []engine.PersonID) {
	for _, p := range slices.Concat(a, b) {
		if !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// hands shows who did what.
func (m TaskMakers) hands(see func(engine.PersonID, Act)) {
	for _, did := range []struct {
		act    Act
		people []engine.PersonID
	}{{ActAuthor, m.Authors}, {ActReview, m.Reviewers}, {ActConsent, m.Consenters}} {
		for _, p := range did.people {
			see(p, did.act)
		}
	}
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
