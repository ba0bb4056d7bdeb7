package engine

// CalibrationPolicy rules the calibration of examiners on control performances (考评员校准). The zero value is an old policy
// file's: nobody is judged, and nobody has to be calibrated.
type CalibrationPolicy struct {
	MaxPercent   int    `json:"max_percent"`        // of a criterion's points that a mark may lie from the reference
	MissedVetoes int    `json:"missed_vetoes"`      // critical errors of the reference that may be missed
	FalseVetoes  int    `json:"false_vetoes"`       // that may be marked though they are not in the reference
	Months       int    `json:"months"`             // that it holds, from the day of the signature; 0: there is no rule
	Required     bool   `json:"required,omitempty"` // an examiner is not assigned without one that holds on the day
	SourceKey    string `json:"source"`
}

// Rules reports whether anybody is judged.
func (p CalibrationPolicy) Rules() bool { return p.Months > 0 }

func (c *policyCheck) calibration(name string, p CalibrationPolicy) {
	if p == (CalibrationPolicy{}) {
		return
	}
	c.That(p.MaxPercent >= 0 && p.MaxPercent <= 100, name+".max_percent", "range", "应在0至100之间")
	c.atLeast(name+".missed_vetoes", p.MissedVetoes, 0)
	c.atLeast(name+".false_vetoes", p.FalseVetoes, 0)
	c.atLeast(name+".months", p.Months, 1)
	c.source(name+".source", p.SourceKey)
}
