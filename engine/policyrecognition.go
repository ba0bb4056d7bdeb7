package engine

import (
	"fmt"
	"maps"
	"slices"
)

// RecognitionPolicy rules direct recognition (直接认定): an employer with a filing certifies its own staff on the strength of
// their records, without a sitting. It is closed in every province that Open does not name, and so is the zero value.
type RecognitionPolicy struct {
	Open       []string      `json:"open"`       // provinces that chose to have it, two digits of GB/T 2260
	Categories []Category    `json:"categories"` // of evaluation bodies that may
	Terms      []string      `json:"terms"`      // of employment that count, of EmploymentTerms
	Years      map[Level]int `json:"years"`      // in the body's service, at least; a level that is not here is not recognised
	Materials  []Material    `json:"materials"`  // evidence of an application, each named by its document
	Percent    int           `json:"percent,omitempty"`
	Most       int           `json:"most,omitempty"` // people a year; or Percent in a hundred of the staff on record
	NoticeDays int           `json:"notice_days"`    // working days of public notice
	SourceKey  string        `json:"source"`
}

// Terms on which somebody works for a body (渝人社发〔2020〕124号: 含劳务派遣、劳务外包等各类用工人员).
const (
	TermsContract   = "contract"   // 劳动合同
	TermsDispatched = "dispatched" // 劳务派遣
	TermsOutsourced = "outsourced" // 劳务外包
)

// EmploymentTerms lists them.
func EmploymentTerms() []string { return []string{TermsContract, TermsDispatched, TermsOutsourced} }

// OpenIn reports whether the province chose to have direct recognition.
func (p RecognitionPolicy) OpenIn(province string) bool { return slices.Contains(p.Open, province) }

// Quota is how many people a body with so many staff may recognise in a year.
func (p RecognitionPolicy) Quota(staff int) int {
	if p.Percent > 0 {
		return staff * p.Percent / 100
	}
	return p.Most
}

// recognition checks the terms of direct recognition, where there are any, also of one that is open nowhere.
func (c *policyCheck) recognition(name string, p RecognitionPolicy) {
	if len(p.Open) == 0 && len(p.Years) == 0 && p.SourceKey == "" {
		return
	}
	for _, province := range p.Open {
		c.That(Province(province) != "", name+".open", "unknown", "没有这个省份代码")
	}
	c.That(len(p.Categories) > 0, name+".categories", "missing", "缺少可以直接认定的机构类别")
	for _, k := range p.Categories {
		c.That(slices.Contains(Categories(), k), name+".categories", "unknown", "没有这个机构类别")
	}
	c.That(len(p.Terms) > 0, name+".terms", "missing", "缺少用工形式")
	for _, t := range p.Terms {
		c.word(name+".terms", t, EmploymentTerms())
	}
	c.That(len(p.Years) > 0, name+".years", "missing", "缺少可以认定的等级和服务年限")
	for _, l := range slices.Sorted(maps.Keys(p.Years)) {
		at := fmt.Sprintf("%s.years.%d", name, int(l))
		c.That(l.Valid(), at, "unknown", "没有这个等级")
		c.atLeast(at, p.Years[l], 1)
	}
	c.That((p.Percent > 0) != (p.Most > 0) && p.Percent >= 0 && p.Percent <= 100 && p.Most >= 0, name+".percent", "range", "比例与人数须且只能填一项，比例不超过100")
	c.atLeast(name+".notice_days", p.NoticeDays, 1)
	c.materials(name+".materials", p.Materials)
	c.source(name+".source", p.SourceKey)
}

// materials checks the list of what an application hands in.
func (c *policyCheck) materials(name string, all []Material) {
	c.That(len(all) > 0, name, "missing", "缺少申报材料")
	seen := map[string]bool{}
	for i, m := range all {
		at := name + "." + label(m.Key, i)
		c.text(at+".id", m.Key)
		c.text(at+".name", m.Name)
		c.text(at+".clause", m.Clause)
		c.That(!seen[m.Key], at+".id", "duplicate", "编号重复")
		seen[m.Key] = true
	}
}
