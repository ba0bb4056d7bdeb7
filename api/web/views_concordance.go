package web

import (
	"fmt"
	"html/template"

	"github.com/skillcert/skillcert/engine"
)

// ConcordanceView compares the examiners of one session, or, without a Session, of those of a period. Nothing of any
// candidate is on it.
type ConcordanceView struct {
	Session, SessionName string
	Level                engine.Level
	Sample               bool
	From, To             string // as asked for, 2006-01-02; where refused, as typed
	Own                  bool   // one's own line only
	Sessions, Waiting    int
	Performances, Fewest int
	Tolerance            engine.Points
	Alpha                *float64
	Few                  bool
	Scale                float64 // points that the axis of the dots reaches to both sides, at least
	Rows                 []ConcordanceRow
	File                 string // address of the same as a table; "" for none
	Problem              *Problem
}

// ConcordanceRow is one examiner; of one not Known there are too few performances to say anything.
type ConcordanceRow struct {
	Examiner                string
	Performances, Corrected int
	Known                   bool
	Calibrated              string // the last day on which the calibration holds; "" for none
	ConcordanceNumbers
}

// ConcordanceNumbers are out of 100 points; shares are from 0 to 1, halos in per cent.
type ConcordanceNumbers struct {
	Leniency, Error, Scatter float64
	Spread, OthersSpread     float64
	Pairs                    int
	Within                   float64
	VetoSame                 float64
	VetoPairs, VetoBoth      int
	Halo, OthersHalo         *float64
}

// signed writes a number with its sign and two decimals.
func signed(f float64) string {
	s := fixed(f, 2)
	if f > 0 && s != "0.00" {
		return "+" + s
	}
	return s
}

// alpha writes a coefficient with three decimals: two would call very good agreement perfect.
func alpha(f *float64) string {
	if f == nil {
		return absent
	}
	return fixed(*f, 3)
}

// dot draws a value on an axis that reaches to scale on both sides of zero, with a line of two errors to both sides. The
// numbers are read aloud by label.
func dot(scale, value, err float64, label string) template.HTML {
	at := func(v float64) float64 { return 100 + 94*max(-1, min(1, v/max(scale, 1))) }
	return template.HTML(fmt.Sprintf(`<svg class="dots" viewBox="0 0 200 24" role="img" aria-label="%s" focusable="false">`+
		`<path class="dots-axis" d="M6 12H194"/><path class="dots-zero" d="M100 2V22"/><path class="dots-error" d="M%.1f 12H%.1f"/><circle class="dots-dot" cx="%.1f" cy="12" r="6"/></svg>`,
		template.HTMLEscapeString(label), at(value-2*err), at(value+2*err), at(value)))
}
