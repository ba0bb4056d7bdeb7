package control

import (
	"math"
	"math/big"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/questionbank"
)

// Line is one criterion of a signed sheet beside the reference.
type Line struct {
	Criterion       questionbank.Criterion
	Mark, Reference engine.Points
	Reason          string // the experts' for the reference
	Adjacent        bool   // the same, or next to it: one described level away, or one point where there are none
}

// Off is how far the mark lies above the reference; below it is negative.
func (l Line) Off() engine.Points { return l.Mark - l.Reference }

// Comparison sets one signed sheet beside the reference.
type Comparison struct {
	Lines  []Line
	Found  []Veto // critical errors that both have
	Missed []Veto // that only the reference has
	False  []Veto // that only the sheet has
}

// Veto is one critical error with the reference's note, or the examiner's where the reference has none.
type Veto struct{ Code, Text, Note string }

// Compare sets what a sheet says beside the reference of its control performance.
func Compare(c *Control, s *practical.Sheet) Comparison {
	var x Comparison
	for _, k := range c.Task.Criteria {
		l := Line{Criterion: k, Mark: s.Scores[c.Task.Code][k.No], Reference: c.Reference.Scores[c.Task.Code][k.No], Reason: c.Reference.Reasons[k.No]}
		l.Adjacent = adjacent(k, l.Mark, l.Reference)
		x.Lines = append(x.Lines, l)
	}
	for _, v := range c.Task.Vetoes {
		right, agreed := noteOf(c.Reference.Vetoes, v.Code)
		seen, marked := noteOf(s.Vetoes, v.Code)
		switch {
		case agreed && marked:
			x.Found = append(x.Found, Veto{v.Code, v.Text, right})
		case agreed:
			x.Missed = append(x.Missed, Veto{v.Code, v.Text, right})
		case marked:
			x.False = append(x.False, Veto{v.Code, v.Text, seen})
		}
	}
	return x
}

func noteOf(marks []practical.VetoMark, code string) (note string, found bool) {
	i := slices.IndexFunc(marks, func(m practical.VetoMark) bool { return m.Code == code })
	if i < 0 {
		return "", false
	}
	return marks[i].Note, true
}

// adjacent reports whether two marks of a criterion are the same or next to each other.
func adjacent(k questionbank.Criterion, a, b engine.Points) bool {
	if a == b || len(k.Levels) == 0 {
		return max(a, b)-min(a, b) <= engine.Pt(1)
	}
	var steps []engine.Points
	for _, l := range k.Levels {
		steps = append(steps, l.Points)
	}
	slices.Sort(steps)
	i, j := slices.Index(steps, a), slices.Index(steps, b)
	return i >= 0 && j >= 0 && max(i, j)-min(i, j) == 1
}

// Agreement (与定标评分的一致性) is what comparisons of one examiner come to. Points are those of criteria, not out of 100. The
// lines of one performance are not independent of each other, so Error is a lower bound where there are few performances.
type Agreement struct {
	Performances int
	Criteria     int
	Bias         float64  // mean of the mark less the reference; above zero is lenient
	Error        *float64 // standard error of Bias; nil for fewer than two criteria
	Apart        float64  // mean of the distance, whatever its direction
	Exact        int      // criteria with the very points of the reference
	Adjacent     int      // those, and those next to them
	Vetoes       int      // critical errors in the references
	Missed       int      // of these, not marked
	False        int      // marked, in no reference
}

// Agree sums comparisons up; their order does not matter, to the last digit: it adds whole hundredths. The zero value comes of none.
func Agree(all []Comparison) Agreement {
	a, sum, far, squares := Agreement{Performances: len(all)}, int64(0), int64(0), new(big.Int)
	for _, x := range all {
		a.Vetoes += len(x.Found) + len(x.Missed)
		a.Missed += len(x.Missed)
		a.False += len(x.False)
		for _, l := range x.Lines {
			d := int64(l.Off())
			sum, far = sum+d, far+max(d, -d)
			squares.Add(squares, big.NewInt(d*d))
			a.Criteria++
			if d == 0 {
				a.Exact++
			}
			if l.Adjacent {
				a.Adjacent++
			}
		}
	}
	if a.Criteria > 0 {
		a.Bias, a.Apart = float64(sum)/100/float64(a.Criteria), float64(far)/100/float64(a.Criteria)
	}
	a.Error = standardError(int64(a.Criteria), sum, squares)
	return a
}

// standardError is that of the mean of n numbers of hundredths with a sum and a sum of squares, in points:
// √((nΣd² - (Σd)²) / (n²(n-1))). nil for fewer than two.
func standardError(n, sum int64, squares *big.Int) *float64 {
	if n < 2 {
		return nil
	}
	top := new(big.Int).Mul(big.NewInt(n), squares)
	top.Sub(top, new(big.Int).Mul(big.NewInt(sum), big.NewInt(sum)))
	v, _ := new(big.Rat).SetFrac(top, big.NewInt(n*n*(n-1))).Float64()
	e := math.Sqrt(v) / 100
	return &e
}

// Passes judges one comparison by a rule: no mark further from the reference than the rule's share of the criterion's points,
// and no more critical errors missed, or marked in vain, than the rule lets pass.
func (x Comparison) Passes(rule engine.CalibrationPolicy) bool {
	for _, l := range x.Lines {
		if !l.Within(rule) {
			return false
		}
	}
	return len(x.Missed) <= rule.MissedVetoes && len(x.False) <= rule.FalseVetoes
}

// Within reports whether the mark lies as near to the reference as the rule asks for.
func (l Line) Within(rule engine.CalibrationPolicy) bool {
	d := l.Off()
	return int64(max(d, -d))*100 <= int64(rule.MaxPercent)*int64(l.Criterion.Points)
}

// outcome judges a sheet signed on a day; nil where there is no rule.
func outcome(c *Control, s *practical.Sheet, rule engine.CalibrationPolicy, day clock.Date) *Outcome {
	if !rule.Rules() {
		return nil
	}
	o := &Outcome{Rule: rule, Passed: Compare(c, s).Passes(rule)}
	if o.Passed {
		o.Until = day.AddMonths(rule.Months)
	}
	return o
}
