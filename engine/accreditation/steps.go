package accreditation

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Every step is a change of one application. Each names the states that it starts from; everything else is ErrState.

// attach keeps what was handed in for a material, in the place of what was there.
func (c *Call) attach(a *Application, f File, today clock.Date) error {
	if err := c.editable(a, today); err != nil {
		return err
	}
	if !slices.ContainsFunc(c.Materials, func(m engine.Material) bool { return m.Key == f.Material }) {
		return ErrNoFile
	}
	if had, ok := a.File(f.Material); ok && had.Digest == f.Digest && had.Name == f.Name {
		return engine.ErrUnchanged
	}
	a.Files = append(slices.DeleteFunc(a.Files, func(g File) bool { return g.Material == f.Material }), f)
	return nil
}

func (c *Call) house(a *Application, p Premises, today clock.Date) error {
	if err := c.editable(a, today); err != nil {
		return err
	}
	if p.Address = strings.TrimSpace(p.Address); !p.Leased {
		p.From, p.To = clock.Date{}, clock.Date{}
	}
	if err := c.suits(p, today); err != nil {
		return err
	}
	a.Premises = p
	return nil
}

// state keeps who is behind the body; what is wrong with it was told before.
func (c *Call) state(a *Application, s separation.Control, today clock.Date) error {
	if err := c.editable(a, today); err != nil {
		return err
	}
	a.Control = &s
	return nil
}

// suits checks premises.
func (c *Call) suits(p Premises, today clock.Date) error {
	var k errs.Check
	c.judgePremises(&k, p, today)
	return k.Err(ErrInput)
}

// judgePremises notes what is wrong with premises: a lease runs for as many years as the call asks, at least.
func (c *Call) judgePremises(k *errs.Check, p Premises, today clock.Date) {
	k.That(p.Address != "" && utf8.RuneCountInString(p.Address) <= 100 && utf8.ValidString(p.Address), "address", "form", "请填写场地地址，不超过100个字")
	if p.Leased {
		k.That(!p.From.IsZero() && !p.To.IsZero() && !p.To.Before(p.From.AddMonths(12*c.LeaseYears)), "to", "lease",
			fmt.Sprintf("租期应在%d年以上", c.LeaseYears))
		k.That(p.To.IsZero() || today.Before(p.To), "to", "lapsed", "租期已满，请填写现行的租约")
	}
}

// Lacking is ErrMaterials with everything that the application lacks on the day, nil when it can be handed in.
func (c *Call) Lacking(a *Application, today clock.Date) error {
	var k errs.Check
	c.judgePremises(&k, a.Premises, today)
	k.That(a.Control != nil, "control", "missing", "请填写法定代表人和出资人")
	var lacking []string
	for _, m := range c.Materials {
		if _, ok := a.File(m.Key); !m.Optional && !ok {
			lacking = append(lacking, m.Name)
		}
	}
	k.That(len(lacking) == 0, "materials", "missing", "缺少："+strings.Join(lacking, "、"))
	return k.Err(ErrMaterials)
}

func (c *Call) editable(a *Application, today clock.Date) error {
	if err := a.in(Draft); err != nil {
		return err
	}
	return c.openOn(today)
}

func (c *Call) openOn(today clock.Date) error {
	if c.Closes.Before(today) {
		return ErrClosed.With("截止 %s", c.Closes)
	}
	return nil
}

// submit hands the application in: all required materials and who is behind the body are there, and the
// premises suit.
func (c *Call) submit(a *Application, today clock.Date) error {
	if a.State == Submitted {
		return engine.ErrUnchanged
	}
	if err := c.editable(a, today); err != nil {
		return err
	}
	if err := c.Lacking(a, today); err != nil {
		return err
	}
	a.State = Submitted
	return nil
}

// withdraw ends an application before it is in the public notice.
func (c *Call) withdraw(a *Application) error {
	if a.State == Withdrawn {
		return engine.ErrUnchanged
	}
	if err := a.in(Draft, Submitted, Reviewed, Chosen); err != nil {
		return err
	}
	a.State = Withdrawn
	return nil
}

func (c *Call) review(a *Application, o Opinion) error {
	if err := a.in(Submitted); err != nil {
		return err
	}
	a.Review, a.State = &o, Reviewed
	return nil
}

// decide chooses the body or not, once no other can apply any more, for there are only so many places. It is never by who reviewed,
// under whichever account or, where by is whole, document.
func (c *Call) decide(a *Application, o Opinion, by authz.Principal, today clock.Date) error {
	if err := a.in(Reviewed); err != nil {
		return err
	}
	switch r := a.Review; {
	case !c.Closes.Before(today):
		return ErrOpen.With("申报截止 %s，请在截止后再作决定", c.Closes)
	case r.By == o.By, by.Is(string(r.Person)):
		return ErrSamePerson
	case o.For && c.taken() >= c.Bodies:
		return ErrFull.With("%d家", c.Bodies)
	}
	if a.Decision, a.State = &o, Declined; o.For {
		a.State = Chosen
	}
	return nil
}

// publish begins the public notice of all that were chosen, after applications closed and every one of them was decided.
func (c *Call) publish(n Notice) error {
	if c.Notice != nil {
		return engine.ErrUnchanged
	}
	if !c.Closes.Before(n.From) || slices.ContainsFunc(c.Applications, Application.undecided) || c.taken() == 0 {
		return ErrUndecided
	}
	for i := range c.Applications {
		if a := &c.Applications[i]; a.State == Chosen {
			a.State = Noticed
		}
	}
	c.Notice = &n
	return nil
}

func (c *Call) object(a *Application, o Objection) error {
	if err := a.in(Noticed); err != nil {
		return err
	}
	if len(a.Objections) >= maxObjections {
		return ErrInput.With("异议过多")
	}
	o.No = len(a.Objections) + 1
	a.Objections = append(a.Objections, o)
	return nil
}

func (c *Call) answer(a *Application, no int, w Answer) error {
	if err := a.in(Noticed); err != nil {
		return err
	}
	switch {
	case no < 1 || no > len(a.Objections):
		return ErrApplication.With("没有第%d项异议", no)
	case a.Objections[no-1].Answer != nil:
		return ErrState.With("该异议已答复")
	}
	if a.Objections[no-1].Answer = &w; w.Upheld {
		a.State = Struck
	}
	return nil
}

// fileable returns nil when the notice is over and nothing stands against the body.
func (c *Call) fileable(a *Application, today clock.Date) error {
	if err := a.in(Noticed, Filed); err != nil {
		return err
	}
	switch {
	case !c.Notice.Last.Before(today):
		return ErrNoticeOpen.With("公示到 %s", c.Notice.Last)
	case a.Open():
		return ErrObjection
	}
	return nil
}

// eligible returns nil when the body may apply on the day: a filed 社会培训评价组织 of the province that nothing is ordered
// against (吉医保联〔2025〕12号 三).
func (c *Call) eligible(o *engine.Organisation, day clock.Date) error {
	switch {
	case o.Kind != engine.EvaluationBody || o.Category != engine.SocialBody:
		return ErrNotEligible.With("须是已备案的社会培训评价组织；类别登记有误的，请主管部门更正")
	case !o.Filed(day):
		return ErrNotEligible.With("备案须在有效期内")
	case o.Province != c.Province:
		return ErrNotEligible.With("只征集%s的机构", engine.Province(c.Province))
	}
	return o.Permits(engine.ActApply, day)
}

// opinion is what by says, written down whole.
func opinion(by authz.Principal, o Opinion) (Opinion, error) {
	o.Reason = strings.TrimSpace(o.Reason)
	o.By, o.Person, o.Name = by.Account, by.Person, by.Name
	return o, o.Check()
}

// Check says what is wrong with the text of an opinion.
func (o Opinion) Check() error { return texts(said{"reason", o.Reason, 500}) }

// Check says what is wrong with the texts of an objection.
func (o Objection) Check() error { return texts(said{"from", o.From, 100}, said{"text", o.Text, 1000}) }

// Check says what is wrong with the text of an answer.
func (w Answer) Check() error { return texts(said{"text", w.Text, 1000}) }

// said is what stands in a field, and how many characters there may be.
type said struct {
	field, text string
	most        int
}

// texts refuses those that are empty or too long.
func texts(all ...said) error {
	var k errs.Check
	for _, s := range all {
		t := strings.TrimSpace(s.text)
		k.That(t != "" && utf8.RuneCountInString(t) <= s.most && utf8.ValidString(t), s.field, "form", fmt.Sprintf("请填写，不超过%d个字", s.most))
	}
	return k.Err(ErrInput)
}

const maxObjections = 50
