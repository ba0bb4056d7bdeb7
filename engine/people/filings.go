package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
)

// AddFiling records one more filing of an evaluation body of by's province, by the document that it was filed by. Recording the same
// one again is harmless. No, At, By, Name and Ended are filled in.
func (r *Registry) AddFiling(ctx context.Context, by authz.Principal, id engine.OrgID, f engine.Filing) (*engine.Organisation, error) {
	if err := by.Require(authz.OrgFile); err != nil {
		return nil, err
	}
	f.Document = strings.TrimSpace(f.Document)
	f.At, f.By, f.Name = r.clock.Now(), by.Account, by.Name
	return r.filing(ctx, by, id, func(o *engine.Organisation) error {
		if err := faultsOfFiling(f, o.Province); err != nil {
			return err
		}
		if err := o.File(f); err != nil {
			return err
		}
		o.Trail.AddBy(f.At, by, "org.filing_added", sayFiling(f)+"，"+f.Document)
		return nil
	})
}

// FilingFaults reports at once what AddFiling would refuse of the fields of f: what a form needs that is filled in by hand.
func (r *Registry) FilingFaults(ctx context.Context, id engine.OrgID, f engine.Filing) error {
	o, err := r.bodies.Organisation(ctx, id)
	if err != nil {
		return err
	}
	f.Document = strings.TrimSpace(f.Document)
	return faultsOfFiling(f, o.Province)
}

func faultsOfFiling(f engine.Filing, province string) error {
	var c errs.Check
	checkFiling(&c, "", f, province)
	checkDocument(&c, f.Document)
	return c.Err(engine.ErrFilingInput)
}

// EndFiling ends filing no of a body of by's province from a day on. Ending it again in the same words is harmless. What was done
// under it stays as it is, and so does the record.
func (r *Registry) EndFiling(ctx context.Context, by authz.Principal, id engine.OrgID, no int, e engine.Ending) (*engine.Organisation, error) {
	if err := by.Require(authz.OrgFile); err != nil {
		return nil, err
	}
	e.Reason, e.Document = strings.TrimSpace(e.Reason), strings.TrimSpace(e.Document)
	if err := EndingFaults(e); err != nil {
		return nil, err
	}
	e.At, e.By, e.Name = r.clock.Now(), by.Account, by.Name
	return r.filing(ctx, by, id, func(o *engine.Organisation) error {
		if err := o.EndFiling(no, e); err != nil {
			return err
		}
		o.Trail.AddBy(e.At, by, "org.filing_ended", fmt.Sprintf("第%d项备案自 %s 起终止，%s；%s", no, e.On, e.Document, e.Reason))
		return nil
	})
}

// EndingFaults reports at once what EndFiling would refuse of the fields of e.
func EndingFaults(e engine.Ending) error {
	var c errs.Check
	c.That(!e.On.IsZero(), "on", "missing", "请填写终止的日期")
	checkWords(&c, e.Reason, e.Document)
	return c.Err(engine.ErrFilingInput)
}

// filing changes the filings of an evaluation body that by may file.
func (r *Registry) filing(ctx context.Context, by authz.Principal, id engine.OrgID, change func(*engine.Organisation) error) (*engine.Organisation, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*engine.Organisation, error) { return r.bodies.Organisation(ctx, id) },
		r.bodies.UpdateOrganisation, func(o *engine.Organisation) error {
			switch {
			case !by.ActsIn(o.Province):
				return authz.ErrForbidden.With("只能办理本省的机构")
			case o.Kind != engine.EvaluationBody:
				return engine.ErrFilingInput.With("只有评价机构有备案")
			}
			return change(o)
		})
}

// noteFiling writes down when, and by whom, what is filed with a body was recorded.
func (r *Registry) noteFiling(by authz.Principal, o *engine.Organisation) {
	o.Filings = slices.Clone(o.Filings)
	for i := range o.Filings {
		f := &o.Filings[i]
		f.No, f.Ended = i+1, nil
		f.At, f.By, f.Name = r.clock.Now(), by.Account, by.Name
	}
}

// refiled records in old what is filed with o, and reports whether that was on record already.
func refiled(old *engine.Organisation, o engine.Organisation) (same bool, err error) {
	same = true
	for _, f := range o.Filings {
		switch err := old.File(f); {
		case err == nil:
			same = false
		case !errors.Is(err, engine.ErrUnchanged):
			return false, err
		}
	}
	return same, nil
}

// checkFiling notes everything that is wrong with a filing in a body of the province; the names of the fields begin with at.
func checkFiling(c *errs.Check, at string, f engine.Filing, province string) {
	c.That(f.Region == "" || regionCode.MatchString(f.Region) && f.Region[:2] == province, at+"region", "form", "备案地区应为本省的两位或六位行政区划代码")
	c.That(filingNumber.MatchString(f.Number), at+"number", "form", "备案号应为Y或S和12位数字")
	c.That(f.Occupation != "" && len(f.Occupation) <= maxDocumentName, at+"occupation", "missing", "缺少备案职业")
	c.That(len(f.Levels) > 0 && !slices.ContainsFunc(f.Levels, func(l engine.Level) bool { return !l.Valid() }), at+"levels", "unknown", "备案等级不正确")
	c.That(f.Capacity > 0, at+"capacity", "missing", "缺少年度评价人数")
	c.That(!f.From.IsZero() && f.From.Before(f.To), at+"to", "order", "有效期不正确")
}

func checkDocument(c *errs.Check, document string) {
	c.That(document != "" && len(document) <= maxDocumentName && utf8.ValidString(document), "document", "form", "请填写决定的文号，不超过40个字")
}

// sayFiling is a filing in the words of the trail.
func sayFiling(f engine.Filing) string {
	said := fmt.Sprintf("%s %s 至 %s %s%v 每年%d人", f.Number, f.From, f.To, f.Occupation, f.Levels, f.Capacity)
	if f.Succeeds {
		said += "，代替原备案"
	}
	return said
}
