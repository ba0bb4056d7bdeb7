package assembly

import (
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
)

// Report says how a blueprint and a bank fit each other for the candidates of one province. Of an infeasible one the first
// layer that explains it is filled: Cuts, where quotas and counts by type and difficulty alone cannot be met; else
// Slacks, where they can, but not within the side constraints. Of a feasible one Headroom says how close it is.
type Report struct {
	Class       string       `json:"class"`  // level and province: 4/12, or 4 for national items only
	Status      string       `json:"status"` // feasible, infeasible
	Short       int          `json:"short_total"`
	Cuts        []Cut        `json:"cuts,omitempty"`
	Slacks      []Slack      `json:"slacks,omitempty"`
	Enemies     []string     `json:"enemies,omitempty"`     // groups without which a form would exist
	Relaxations []Relaxation `json:"relaxations,omitempty"` // each of them is enough
	LeastPeak   float64      `json:"least_peak,omitempty"`  // share of forms that the most used item must be in
	Headroom    []Headroom   `json:"headroom,omitempty"`    // tightest first
}

// The words for Report.Status.
const (
	Feasible   = "feasible"
	Infeasible = "infeasible"
)

// Cut is one place where items are missing: a least cut of the network of scopes, points and cells. Need less Available is
// Short. Either Scopes need more than they have, or Cells need more than the scopes can give.
type Cut struct {
	Scopes    []string `json:"scopes,omitempty"`  // that need the items, or that still have some of Cells
	Cells     []string `json:"cells,omitempty"`   // type S, M, J and difficulty: J/5, or J, or */5; none where they do not matter
	Taken     []string `json:"taken,omitempty"`   // cells that have too few places for what Scopes could give
	Limited   []string `json:"limited,omitempty"` // scopes that have more of Cells than their quota lets them give
	Points    []string `json:"points,omitempty"`  // in Scopes, without any usable item of these cells
	Supplied  []string `json:"supplied,omitempty"`
	Need      int      `json:"need"`
	Available int      `json:"available"`
	Short     int      `json:"short"`
	Blocked   Blocked  `json:"blocked"`
	Text      string   `json:"text"`
}

// Blocked counts the cards of a cut that are there but may not be used, by why.
type Blocked struct {
	Seen      int `json:"seen"` // met by the candidate before
	Withdrawn int `json:"withdrawn"`
	Capped    int `json:"capped"` // used as often as exposure allows
}

// Slack is a side constraint that no form meets, with what it lacks.
type Slack struct {
	Constraint string `json:"constraint"` // importance.X.min, supplement_cap, seconds.max, enemies, …
	Limit      int    `json:"limit"`
	Best       int    `json:"best"`  // that a form can have
	Slack      int    `json:"slack"` // in items; in seconds for the time
	Text       string `json:"text"`
}

// Relaxation is a change of the blueprint after which a form exists. It was tried.
type Relaxation struct {
	Change
	Also  []Change `json:"also,omitempty"` // that belong to it, so that the numbers still add up
	Fixes bool     `json:"fixes"`
}

// Change is one number of a blueprint: ranges.A-B, counts.single, difficulties.5, max_per_point, …
type Change struct {
	Constraint string `json:"constraint"`
	From       int    `json:"from"`
	To         int    `json:"to"`
}

// Headroom is how well a scope is stocked, or cells where these are what sets the least peak.
type Headroom struct {
	Scope       string   `json:"scope,omitempty"`
	Scopes      []string `json:"scopes,omitempty"` // when it takes several to be tight
	Cells       []string `json:"cells,omitempty"`
	Items       int      `json:"items"`
	Quota       int      `json:"quota"`
	MinExposure float64  `json:"min_exposure"`  // of its most used item
	Attempts    int      `json:"attempts"`      // that one candidate can have without meeting an item again
	AddForTenth int      `json:"add_for_10pct"` // items to add so that no item needs to be in more than one form of ten
}

// Shortage is the report of why no form exists. It is an error that Is ErrShortage and As an *errs.Error whose message
// and fields say the same to a person.
type Shortage struct{ Report }

// Error is the whole report in one sentence.
func (s *Shortage) Error() string { return s.refusal().Error() }

// Unwrap makes the report an errs.Error of ErrShortage's code.
func (s *Shortage) Unwrap() error { return s.refusal() }

func (s *Shortage) refusal() *errs.Error {
	var texts []string
	for _, c := range s.Cuts {
		texts = append(texts, c.Text)
	}
	for _, l := range s.Slacks {
		texts = append(texts, l.Text)
	}
	text := strings.Join(texts, "；")
	if len(s.Slacks) > 0 { // another table might do: it is fixed before side constraints are looked at
		text += "（各鉴定范围的题型、难度分配在组卷前已定，换一种分配也许可行）"
	}
	if len(s.Enemies) > 0 {
		text += "（已计入不能同卷的相斥组 " + list(s.Enemies) + "）"
	}
	if len(s.Relaxations) > 0 {
		text += "；可以这样放宽：" + s.Relaxations[0].Text()
	}
	return ErrShortage.With("%s。", text)
}

// Text is the change in words.
func (r Relaxation) Text() string {
	parts := []string{r.Change.text()}
	for _, c := range r.Also {
		parts = append(parts, c.text())
	}
	return strings.Join(parts, "，")
}

func (c Change) text() string {
	name, detail, _ := strings.Cut(c.Constraint, ".")
	what := map[string]string{"ranges": "鉴定范围 ", "counts": "", "difficulties": "难度", "max_per_point": "同一鉴定点题数上限",
		"supplement_cap": "补充题上限", "importance": "重要程度 ", "seconds": "答题时间"}[name]
	if name == "counts" {
		detail = typeName(detail)
	}
	for end, word := range map[string]string{".min": " 下限", ".max": " 上限", "min": "下限", "max": "上限"} {
		if rest, ok := strings.CutSuffix(detail, end); ok && (end[0] == '.' || rest == "") {
			detail = rest + word
			break
		}
	}
	return fmt.Sprintf("%s%s由%d改为%d", what, detail, c.From, c.To)
}

func typeName(code string) string {
	switch code {
	case "single":
		return "单选题"
	case "multiple":
		return "多选题"
	case "judgement":
		return "判断题"
	}
	return code
}

// listed is how many names a sentence gives; the fields give all.
const listed = 6

func list(names []string) string {
	if len(names) > listed {
		return fmt.Sprintf("%s等%d个", strings.Join(names[:listed], "、"), len(names))
	}
	return strings.Join(names, "、")
}

func (p *Plan) rangeNames(codes []string) []string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = p.ix.rangeName(c)
	}
	return names
}
