package assembly

// PeakOf is the least possible peak as a share of forms.
func PeakOf(p *Plan, province string) float64 {
	return float64(p.leastPeak(p.own(province))) / rateBase
}
