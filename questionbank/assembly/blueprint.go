package assembly

import "github.com/skillcert/skillcert/questionbank"

// What a bank asks of this package about a blueprint; see questionbank.Ports.

// ProveBlueprint is Prove for candidates of the province by a blueprint and what a release holds of its level.
func ProveBlueprint(s *questionbank.Snapshot, bp questionbank.Blueprint, province string) error {
	p, err := planOf(s, bp, map[string]int{province: 0})
	if err != nil {
		return err
	}
	return Prove(p, province, nil)
}

// Gauge is a questionbank.Gauge.
func Gauge(s *questionbank.Snapshot, bp questionbank.Blueprint, province string) (m questionbank.Margins, err error) {
	p, err := planOf(s, bp, nil)
	if err != nil {
		return m, err
	}
	v := p.view(p.core(p.own(province), barred{}), province, barred{})
	m.Stock, m.Bounds = v.stocks(), v.reaches()
	m.LeastPeak = float64(v.leastPeak(p.tolls())) / rateBase
	return m, nil
}

func planOf(s *questionbank.Snapshot, bp questionbank.Blueprint, forms map[string]int) (*Plan, error) {
	ix, err := NewIndex(bp.Level, s.Tables[bp.Level], CardsOf(s, bp.Level))
	if err != nil {
		return nil, err
	}
	return NewPlan(ix, bp, forms)
}
