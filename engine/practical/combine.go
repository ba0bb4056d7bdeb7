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
	sum := new(big.Rat)
	for _, t := range tasks {
		var got, most int64
		for _, c := range t.Criteria {
			got, most = got+int64(scores[t.Code][c.No]), most+int64(c.Points)
		}
		if most > 0 {
			sum.Add(sum, big.NewRat(got*int64(full), most))
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

// Ways of combining, as policy data names them.
const (
	byMean        = "mean"
	byMedian      = "median"
	byTrimmedMean = "trimmed-mean" // without one highest and one lowest, from three examiners on
	vetoMajority  = "majority"
	vetoAny       = "any"
)

// Combine makes one score of the examiners' totals, as they are printed, so that anybody can recompute it; a mean is
// rounded half up to hundredths. The order of the totals does not matter.
func Combine(how string, totals []engine.Points) (engine.Points, error) {
	sorted := slices.Sorted(slices.Values(totals))
	n := len(sorted)
	if n == 0 {
		return 0, ErrNotScored
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
		return 0, engine.ErrPolicy.With("combine %q", how)
	}
	return mean(sorted), nil
}

func mean(points []engine.Points) engine.Points {
	var sum int64
	for _, p := range points {
		sum += int64(p)
	}
	return halfUp(big.NewRat(sum, int64(len(points))))
}

// Verdict is what the signed sheets of one assessment say together.
type Verdict struct {
	Totals   []engine.Points // each examiner's, in the order of the sheets
	Vetoes   int             // examiners who saw a critical error
	Spread   engine.Points   // highest total less lowest
	Vetoed   bool            // the critical error counts: the points are zero
	Points   engine.Points   // combined
	Disputed bool            // for the leader to rule, the points are not final
}

// Judge combines the sheets by policy. A critical error counts when the policy is content with any, or when more than
// half of the examiners saw the same one. Short of that, or when the totals lie further apart than the policy
// tolerates, the assessment is disputed; where a critical error counts the totals no longer matter.
func Judge(p engine.PracticalPolicy, tasks []*questionbank.Task, sheets []*Sheet) (Verdict, error) {
	var v Verdict
	for _, s := range sheets {
		v.Totals = append(v.Totals, Total(tasks, s.Scores))
		if len(s.Vetoes) > 0 {
			v.Vetoes++
		}
	}
	var err error
	if v.Points, err = Combine(p.Combine, v.Totals); err != nil {
		return Verdict{}, err
	}
	v.Spread = slices.Max(v.Totals) - slices.Min(v.Totals)
	switch p.Veto {
	case vetoAny:
		v.Vetoed = v.Vetoes > 0
	case vetoMajority:
		v.Vetoed = 2*mostAgreed(sheets) > len(sheets)
	default:
		return Verdict{}, engine.ErrPolicy.With("veto %q", p.Veto)
	}
	if v.Vetoed {
		v.Points = 0
		return v, nil
	}
	v.Disputed = v.Vetoes > 0 || v.Spread > p.Tolerance
	return v, nil
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
