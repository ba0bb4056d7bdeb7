package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Filing (备案) is one thing that an evaluation body may examine. Its number is the first 13 characters of every certificate number
// that is given out under it. A body may hold several, for other occupations, levels or regions, and one after another.
type Filing struct {
	Number     string     `json:"number"` // 13 characters, for example S000012009999
	Occupation string     `json:"occupation"`
	Levels     []Level    `json:"levels"`
	Capacity   int        `json:"capacity"` // candidates a year
	From       clock.Date `json:"from"`
	To         clock.Date `json:"to"`               // the first day on which it no longer holds
	Region     string     `json:"region,omitempty"` // where it may examine: two or six digits of GB/T 2260; empty: its province

	No       int       `json:"no,omitempty"`       // from 1, in the order of the body's record; zero before it is recorded
	Document string    `json:"document,omitempty"` // what it was filed by; those from before there were several have none
	Succeeds bool      `json:"succeeds,omitempty"` // on its first day it ends what was filed for the same work
	At       time.Time `json:"at,omitzero"`        // when it was recorded, By and Name by whom
	By       string    `json:"by,omitempty"`       // account
	Name     string    `json:"name,omitempty"`
	Ended    *Ending   `json:"ended,omitempty"`
}

// Ending (终止) ends a filing before its time. What was done under it stays as it is.
type Ending struct {
	On       clock.Date `json:"on"` // the first day on which the filing no longer holds
	Reason   string     `json:"reason"`
	Document string     `json:"document"`
	At       time.Time  `json:"at"`
	By       string     `json:"by"` // account
	Name     string     `json:"name"`
}

// Work is what a body wants to do under a filing.
type Work struct {
	Occupation string
	Level      Level
	Province   string // of the place, two digits of GB/T 2260; empty: wherever the filing is for
	Day        clock.Date
}

// CareWork is work in the one occupation that is examined here.
func CareWork(l Level, province string, day clock.Date) Work {
	return Work{Occupation: LongTermCare().Code, Level: l, Province: province, Day: day}
}

// Refusals about filings.
var (
	ErrFiling        = errs.New(errs.NotFound, "org.filing_not_found", "没有此项备案")
	ErrFilingOver    = errs.New(errs.Conflict, "org.filing_over", "此项备案已经到期或终止，不需要再终止")
	ErrFilingOverlap = errs.New(errs.Conflict, "org.filing_overlap", "同一职业、地区和等级在同一时间只能有一项备案")
	ErrFilingInput   = errs.New(errs.Invalid, "org.filing_invalid", "备案的内容不完整，请补充后再提交")
)

const maxFilings = 200 // on one body's record

// Until is the first day on which the filing no longer holds.
func (f *Filing) Until() clock.Date {
	if f.Ended != nil && f.Ended.On.Before(f.To) {
		return f.Ended.On
	}
	return f.To
}

// InForce reports whether the filing holds on day.
func (f *Filing) InForce(day clock.Date) bool { return !day.Before(f.From) && day.Before(f.Until()) }

// FilingFor returns the filing that covers the work, the first on record where several regions of a province do. It is the one
// place that says what a body may examine. A district in a filing is not held against the place of a session, which names a province.
func (o *Organisation) FilingFor(w Work) (*Filing, error) {
	nearest, refusal := 0, error(ErrNotFiled.With("未备案"))
	for i := range o.Filings {
		f := &o.Filings[i]
		fits, err := o.covers(f, w)
		if err == nil {
			return f, nil
		}
		if fits > nearest { // the refusal tells of the filing that lacks least
			nearest, refusal = fits, err
		}
	}
	return nil, refusal
}

// covers says how much of the work a filing fits, and what it lacks.
func (o *Organisation) covers(f *Filing, w Work) (fits int, err error) {
	switch {
	case f.Occupation != w.Occupation:
		return 1, ErrNotFiled.With("职业 %s", w.Occupation)
	case !slices.Contains(f.Levels, w.Level):
		return 2, ErrNotFiled.With("%s", w.Level)
	case !o.reaches(f, w.Province):
		region := o.province(f)
		return 3, ErrNotFiled.With("备案地区为%s，不包括%s", Province(region), Province(w.Province))
	case !f.InForce(w.Day):
		return 4, ErrNotFiled.With("%s 不在备案有效期内", w.Day)
	}
	return 5, nil
}

func (o *Organisation) reaches(f *Filing, province string) bool {
	return province == "" || o.province(f) == province
}

// province is that of the filing's region, the body's own where it names none.
func (o *Organisation) province(f *Filing) string {
	if f.Region == "" {
		return o.Province
	}
	return f.Region[:2]
}

// Filed reports whether any filing holds on day.
func (o *Organisation) Filed(day clock.Date) bool {
	return slices.ContainsFunc(o.Filings, func(f Filing) bool { return f.InForce(day) })
}

// FiledIn returns nil when the body may do such work on some day of the year: on the first of January, or on a day in it on which
// a filing begins.
func (o *Organisation) FiledIn(year int, w Work) error {
	w.Day = clock.Date{Year: year, Month: 1, Day: 1}
	_, first := o.FilingFor(w)
	for _, f := range o.Filings {
		if first == nil {
			return nil
		}
		if w.Day = f.From; f.From.Year == year {
			if _, err := o.FilingFor(w); err == nil {
				return nil
			}
		}
	}
	return first
}

// YearCapacity is how many candidates the body may examine in a year in all: what its filings allow together on that day of the year
// on which they allow most. One that takes another's place within the year adds nothing.
func (o *Organisation) YearCapacity(year int) (most int) {
	days := []clock.Date{{Year: year, Month: 1, Day: 1}}
	for _, f := range o.Filings {
		if f.From.Year == year {
			days = append(days, f.From)
		}
	}
	for _, day := range days {
		sum := 0
		for _, f := range o.Filings {
			if f.InForce(day) {
				sum += f.Capacity
			}
		}
		most = max(most, sum)
	}
	return most
}

// HasNumber reports whether the body was ever filed under a number.
func (o *Organisation) HasNumber(number string) bool {
	return slices.Contains(o.FilingNumbers(), number)
}

// FilingNumbers are the numbers that the body was ever filed under, each once, oldest first.
func (o *Organisation) FilingNumbers() (all []string) {
	for _, f := range o.Filings {
		if !slices.Contains(all, f.Number) {
			all = append(all, f.Number)
		}
	}
	return all
}

// LastFiling is what was filed last, nil for nothing.
func (o *Organisation) LastFiling() *Filing {
	if len(o.Filings) == 0 {
		return nil
	}
	return &o.Filings[len(o.Filings)-1]
}

// Allowance is how many candidates a year a body may examine in some work, and which of its other sessions count against it.
type Allowance struct {
	Capacity int
	body     *Organisation
	by       []*Filing
}

// Allowance adds up the filings that cover the work: several do where regions of one province are filed apart.
func (o *Organisation) Allowance(w Work) (Allowance, error) {
	a := Allowance{body: o}
	for i := range o.Filings {
		f := &o.Filings[i]
		if _, err := o.covers(f, w); err == nil {
			a.Capacity, a.by = a.Capacity+f.Capacity, append(a.by, f)
		}
	}
	_, err := o.FilingFor(w)
	return a, err
}

// Takes reports whether a session of that level and place counts against the allowance, whichever filing it was held under: one
// that takes another's place within a year does not begin a new year.
func (a Allowance) Takes(l Level, province string) bool {
	return slices.ContainsFunc(a.by, func(f *Filing) bool { return slices.Contains(f.Levels, l) && a.body.reaches(f, province) })
}

// File records a filing. The same again is engine.ErrUnchanged. One for the same occupation and region that begins on the same day
// puts the record right in its place; any other is added, and none may be for work that another is filed for on the same days: that
// is ErrFilingOverlap, unless it succeeds it, which ends the other on the day on which it begins.
func (o *Organisation) File(f Filing) error {
	for i := range o.Filings {
		switch had := &o.Filings[i]; {
		case had.says(&f):
			return ErrUnchanged
		case had.Ended == nil && had.Occupation == f.Occupation && had.Region == f.Region && had.From == f.From:
			return o.correct(i, f)
		}
	}
	if len(o.Filings) >= maxFilings {
		return ErrFilingInput.With("同一机构最多记录%d项", maxFilings)
	}
	met := o.meeting(&f, -1)
	for _, had := range met {
		if !f.Succeeds || had.Ended != nil || !had.From.Before(f.From) {
			return had.stands()
		}
	}
	f.No, f.Ended = len(o.Filings)+1, nil
	for _, had := range met {
		had.Ended = &Ending{On: f.From, Reason: fmt.Sprintf("由第%d项备案代替", f.No), Document: f.Document, At: f.At, By: f.By, Name: f.Name}
	}
	o.Filings = append(o.Filings, f)
	return nil
}

// correct puts record i right.
func (o *Organisation) correct(i int, f Filing) error {
	if met := o.meeting(&f, i); len(met) > 0 {
		return met[0].stands()
	}
	had := o.Filings[i]
	f.No, f.Succeeds, f.At, f.By, f.Name, f.Ended = had.No, had.Succeeds, had.At, had.By, had.Name, nil
	if f.Document == "" {
		f.Document = had.Document
	}
	o.Filings[i] = f
	return nil
}

// meeting are the filings, without record i, that are for the same work as f on a day of f's.
func (o *Organisation) meeting(f *Filing, i int) (all []*Filing) {
	for n := range o.Filings {
		if had := &o.Filings[n]; n != i && had.meets(f) {
			all = append(all, had)
		}
	}
	return all
}

// meets reports whether some work on some day is filed in both.
func (f *Filing) meets(g *Filing) bool {
	same := func(l Level) bool { return slices.Contains(g.Levels, l) }
	near := strings.HasPrefix(f.Region, g.Region) || strings.HasPrefix(g.Region, f.Region) || len(f.Region) == 2 || len(g.Region) == 2
	return f.Occupation == g.Occupation && near && slices.ContainsFunc(f.Levels, same) && f.From.Before(g.Until()) && g.From.Before(f.Until())
}

// stands refuses another filing for what f is for.
func (f *Filing) stands() error {
	return ErrFilingOverlap.With("与第%d项备案（%s，%s 起，%s 前有效）重叠：请先终止该项，或改为在其后开始，或注明从开始之日起代替原备案（须晚于原备案的开始日期）",
		f.No, f.Number, f.From, f.Until())
}

// says reports whether the record says what g does.
func (f *Filing) says(g *Filing) bool {
	return f.Number == g.Number && f.Occupation == g.Occupation && slices.Equal(f.Levels, g.Levels) && f.Capacity == g.Capacity && f.From == g.From &&
		f.To == g.To && f.Region == g.Region && (g.Document == "" || f.Document == g.Document)
}

// EndFiling ends filing no of the record. The same again is engine.ErrUnchanged; one that is over is ErrFilingOver. It may end on the
// day on which it would begin, and has never held then.
func (o *Organisation) EndFiling(no int, e Ending) error {
	if no < 1 || no > len(o.Filings) {
		return ErrFiling
	}
	f := &o.Filings[no-1]
	switch had := f.Ended; {
	case had != nil && had.On == e.On && had.Reason == e.Reason && had.Document == e.Document:
		return ErrUnchanged
	case had != nil, !e.On.Before(f.To):
		return ErrFilingOver
	case e.On.Before(f.From):
		return ErrFilingInput.WithFields(errs.Field{Name: "on", Code: "order", Msg: fmt.Sprintf("不能早于备案开始的 %s", f.From)})
	}
	f.Ended = &e
	return nil
}
