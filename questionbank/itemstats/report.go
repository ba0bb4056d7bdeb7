package itemstats

// Report is all that a tally says.
type Report struct {
	Exam   Exam         `json:"exam"`
	Places []Place      `json:"places"`
	Items  []Statistics `json:"items"` // by code and version
}

// Evaluate computes the statistics of a tally. th must be Valid.
func Evaluate(t *Tally, th Thresholds) Report {
	r := Report{Exam: t.exam(), Places: t.places(), Items: make([]Statistics, len(t.Items))}
	roots := 0.0 // of the covariances with the total, over all forms
	for n := range t.Items {
		s := t.Items[n].statistics(th.Groups)
		s.Share = ratio(s.Attempts, r.Exam.Attempts)
		if s.Effective = root(s.CovarianceTotal); s.Effective != nil {
			roots += *s.Effective * float64(s.Attempts)
		}
		r.Items[n] = s
	}
	for n := range r.Items {
		s := &r.Items[n]
		s.Effective = scaled(s.Effective, func(f float64) float64 { return 100 * f * float64(r.Exam.Attempts) / roots })
		s.Flags = th.flags(*s)
	}
	return r
}
