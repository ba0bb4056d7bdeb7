package practical

import (
	"math/big"
	"slices"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
)

// full is what a component is scored out of.
const full = engine.Points(100 * 100)

// Total is what one examiner's scores are worth out of 100: every task counts the same, whatever its points, and is
// worth the share of its criteria's points that was given. The mean over the tasks is exact and rounded once, half
// up, to hundredths.
func Total(tasks []*questionbank.Task, scores map[string]map[string]engine.Points) engine.Points {
	return worth(tasks, func(task, no string) *big.Rat { return big.NewRat(int64(scores[task][no]), 1) })
}

// worth is Total over points that may be fractions of a hundredth.
func worth(tasks []*questionbank.Task, points func(task, no string) *big.Rat) engine.Points {
	sum := new(big.Rat)
	for _, t := range tasks {
		got, most := new(big.Rat), int64(0)
		for _, c := range t.Criteria {
			got.Add(got, points(t.Code, c.No))
			most += int64(c.Points)
		}
		if most > 0 {
			sum.Add(sum, got.Mul(got, big.NewRat(int64(full), most)))
		}
	}
	if len(tasks) == 0 {
		return 0
	}
	return halfUp(sum.Quo(sum, big.NewRat(int64(len(tasks)), 1)))
}

// halfUp rounds a number that is not negative to a whole one: half of a hundredth counts as one.
func halfUp(r *big.Rat) engine.Points {
	twice := new(big.Int).Lsh(r.Denom(), 1)
	n := new(big.Int).Lsh(r.Num(), 1)
	return engine.Points(n.Add(n, r.Denom()).Div(n, twice).Int64())
}

// Words of policy data: ways of combining, what is combined, and who says that a critical error counts.
const (
	byMean        = "mean"
	byMedian      = "median"
	byTrimmedMean = "trimmed-mean" // without one highest and one lowest, from three examiners on
	perTotal      = "total"
	perCriterion  = "criterion"
	vetoMajority  = "majority"
	vetoAny       = "any"
	vetoLeader    = "leader"
)

// Combine makes one score of the examiners' totals, as they are printed, so that anybody can recompute it; a mean is
// rounded half up to hundredths. The order of the totals does not matter.
func Combine(how string, totals []engine.Points) (engine.Points, error) {
	exact, err := combine(how, totals)
	if err != nil {
		return 0, err
	}
	return halfUp(exact), nil
}

// combine is Combine before rounding.
func combine(how string, points []engine.Points) (*big.Rat, error) {
	sorted := slices.Sorted(slices.Values(points))
	n := len(sorted)
	if n == 0 {
		return nil, ErrNotScored
	}
	switch how {
	case byMean:
	case byMedian:
		sorted = sorted[(n-1)/2 : n/2+1]
	case byTrimmedMean:
		if n >= 3 {
			sorted = sorted[1 : n-1]
		}
	default:
		return nil, engine.ErrPolicy.With("combine %q", how)
	}
	var sum int64
	for _, p := range sorted {
		sum += int64(p)
	}
	return big.NewRat(sum, int64(len(sorted))), nil
}

// CombineCriteria makes one score of the sheets criterion by criterion: what Combine does with totals is done with the
// points of every criterion, exactly, and the result is worth what a sheet with these points would be; it is rounded
// once. It lies between the worth of the lowest and of the highest points given on every criterion. Only with a mean
// does it also lie between the examiners' totals: three who each find another fault give a median without any.
func CombineCriteria(how string, tasks []*questionbank.Task, sheets []*Sheet) (engine.Points, error) {
	if _, err := combine(how, make([]engine.Points, len(sheets))); err != nil {
		return 0, err // so that none of those below can fail
	}
	return worth(tasks, func(task, no string) *big.Rat {
		given := make([]engine.Points, len(sheets))
		for i, s := range sheets {
			given[i] = s.Scores[task][no]
		}
		exact, err := combine(how, given)
		if err != nil {
			return new(big.Rat)
		}
		return exact
	}), nil
}

// together combines the sheets in the way of the policy; totals are theirs.
func together(p engine.PracticalPolicy, tasks []*questionbank.Task, sheets []*Sheet, totals []engine.Points) (engine.Points, error) {
	switch p.Per {
	case "", perTotal:
		return Combine(p.Combine, totals)
	case perCriterion:
		return CombineCriteria(p.Combine, tasks, sheets)
	}
	return 0, engine.ErrPolicy.With("per %q", p.Per)
}

// Verdict is what the signed sheets of one assessment say together.
type Verdict struct {
	Totals   []engine.Points // each examiner's, in the order of the sheets
	Vetoes   int             // examiners who saw a critical error
	Spread   engine.Points   // highest total less lowest
	Vetoed   bool            // the critical error counts: the points are zero
	Points   engine.Points   // combined
	Wide     bool            // the totals lie further apart than the policy tolerates
	Asked    bool            // the leader has to say whether the critical error counts
	Disputed bool            // for the leader to rule, the points are not final
}

// Judge combines the sheets by policy. A critical error counts when the policy is content with any, or when more than
// half of the examiners saw the same one, or when the leader says so: then whatever anybody marked goes to the leader.
// Short of that, or when the totals lie further apart than the policy tolerates, the assessment is disputed; where a
// critical error counts the totals no longer matter.
func Judge(p engine.PracticalPolicy, tasks []*questionbank.Task, sheets []*Sheet) (Verdict, error) {
	var v Verdict
	for _, s := range sheets {
		v.Totals = append(v.Totals, Total(tasks, s.Scores))
		if len(s.Vetoes) > 0 {
			v.Vetoes++
		}
	}
	var err error
	if v.Points, err = together(p, tasks, sheets, v.Totals); err != nil {
		return Verdict{}, err
	}
	v.Spread = slices.Max(v.Totals) - slices.Min(v.Totals)
	switch p.Veto {
	case vetoAny:
		v.Vetoed = v.Vetoes > 0
	case vetoMajority:
		v.Vetoed = 2*mostAgreed(sheets) > len(sheets)
	case vetoLeader:
		v.Asked = v.Vetoes > 0
	default:
		return Verdict{}, engine.ErrPolicy.With("veto %q", p.Veto)
	}
	if v.Vetoed {
		v.Points = 0
		return v, nil
	}
	v.Wide = v.Spread > p.Tolerance
	v.Disputed = v.Vetoes > 0 || v.Wide
	return v, nil
}

// needsPoints reports whether the leader's ruling has to set the points: not where the critical error counts, nor where
// nothing but the critical error was open.
func (v Verdict) needsPoints(d VetoDecision) bool {
	return d != VetoUpheld && (v.Wide || !v.Asked)
}

// ruled returns the final points of a disputed assessment; ok is false while the leader's ruling is missing, or was
// made before it was known that there is a critical error to decide on.
func (v Verdict) ruled(r *Ruling) (p engine.Points, ok bool) {
	switch {
	case r == nil, v.Asked && r.Veto == "":
		return 0, false
	case r.Veto == VetoUpheld:
		return 0, true
	case v.needsPoints(r.Veto):
		return r.Points, true
	}
	return v.Points, true
}

// mostAgreed is how many examiners marked the critical error that most of them marked.
func mostAgreed(sheets []*Sheet) (most int) {
	seen := map[[2]string]int{}
	for _, s := range sheets {
		for _, v := range s.Vetoes {
			key := [2]string{v.Task, v.Code}
			seen[key]++
			most = max(most, seen[key])
		}
	}
	return most
}
