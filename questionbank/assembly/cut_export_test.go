package assembly

// Explain is the first two layers of a report, with relaxations: what flows alone prove. Nil when that is nothing.
func Explain(p *Plan, province string, seen ...string) *Shortage {
	out := p.met(seen)
	s := p.explain(province, out)
	if s != nil {
		s.relax(p, province, out)
	}
	return s
}

// ExplainBarred is Explain for cards that are barred for other reasons too.
func ExplainBarred(p *Plan, seen, withdrawn, capped []string) *Shortage {
	return p.explain("", barred{seen: p.met(seen).seen, withdrawn: p.met(withdrawn).seen, capped: p.met(capped).seen})
}
