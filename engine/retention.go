package engine

import (
	"fmt"
	"slices"

	"github.com/skillcert/skillcert/engine/clock"
)

// ArchivePolicy rules how long the archive (卷宗) of a session is kept. The zero value sets no period: then everything is kept
// until somebody has decided, and nothing is ever due.
type ArchivePolicy struct {
	Retention []RetentionRule `json:"retention,omitempty"`
}

// RetentionRule keeps some volumes of an archive for so many years, or for good.
type RetentionRule struct {
	ID        string `json:"id"`                  // electronic
	Text      string `json:"text"`                // for people
	Volumes   []int  `json:"volumes"`             // 1 to ArchiveVolumes
	Years     int    `json:"years,omitempty"`     // at least, or
	LongTerm  bool   `json:"long_term,omitempty"` // without an end (长期)
	SourceKey string `json:"source"`
}

// ArchiveVolumes is how many volumes an archive has (domain facts §4.4).
const ArchiveVolumes = 5

// Retention is how long one volume is kept. Without a rule it has no end either, and Rule is empty.
type Retention struct {
	Rule     string `json:"rule,omitempty"` // that decides
	Years    int    `json:"years,omitempty"`
	LongTerm bool   `json:"long_term,omitempty"`
	Source   string `json:"source,omitempty"`   // document of the rule
	Verified bool   `json:"verified,omitempty"` // it was read there
}

// Until is the last day on which what was filed on a day is kept; the zero date is no end.
func (r Retention) Until(filed clock.Date) clock.Date {
	if r.LongTerm || r.Years <= 0 || filed.IsZero() {
		return clock.Date{}
	}
	return filed.AddMonths(12 * r.Years)
}

// Keeps is how long a volume is kept: of several rules the longest wins.
func (p Policy) Keeps(volume int) (r Retention) {
	for _, rule := range p.Archive.Retention {
		if !slices.Contains(rule.Volumes, volume) || r.LongTerm || !rule.LongTerm && rule.Years <= r.Years {
			continue
		}
		from := p.Sources[rule.SourceKey]
		r = Retention{Rule: rule.ID, Years: rule.Years, LongTerm: rule.LongTerm, Source: from.Document, Verified: from.Verified}
	}
	return r
}

// archive checks the periods. A rule of no years, or for no volume, would keep nothing.
func (c *policyCheck) archive(name string, p ArchivePolicy) {
	seen := map[string]bool{}
	for i, r := range p.Retention {
		at := name + ".retention." + label(r.ID, i)
		c.That(r.ID != "" && !seen[r.ID], at+".id", "repeated", "编号缺失或重复")
		seen[r.ID] = true
		c.text(at+".text", r.Text)
		c.That(len(r.Volumes) > 0, at+".volumes", "missing", "缺少卷号")
		for _, v := range r.Volumes {
			c.That(v >= 1 && v <= ArchiveVolumes, at+".volumes", "range", fmt.Sprintf("卷号应为1至%d", ArchiveVolumes))
		}
		c.That((r.Years > 0) != r.LongTerm && r.Years >= 0 && r.Years <= 100, at+".years", "range", "保管年限应为1至100年，或者长期，只能填一项")
		c.source(at+".source", r.SourceKey)
	}
}
