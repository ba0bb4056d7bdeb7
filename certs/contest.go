package certs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/result"
)

// Award (竞赛获奖晋升) is a prize in a skills contest, which the policy's rules turn into a level without an examination. A
// person has at most one a year: its ID is made of both.
type Award struct {
	ID       string          `json:"id"`
	Person   engine.PersonID `json:"person"`
	Org      engine.OrgID    `json:"org"` // the evaluation body that certifies
	Year     int             `json:"year"`
	Contest  string          `json:"contest"` // its name
	Class    string          `json:"class"`   // as the rules name it: city-1
	Place    int             `json:"place"`   // from 1
	Of       int             `json:"of"`      // who took part
	Group    string          `json:"group"`   // worker or student
	Holds    engine.Level    `json:"holds"`   // level held before, 0 for none
	HoldsNo  string          `json:"holds_no,omitempty"`
	Evidence string          `json:"evidence"` // the published list of prizes, by its number

	Rule  string       `json:"rule"` // that decided
	To    engine.Level `json:"to"`   // level to be certified; 0: held for a ruling
	State AwardState   `json:"state"`
	By    string       `json:"by"`        // account that entered it
	Who   string       `json:"person_by"` // person behind that account
	At    time.Time    `json:"at"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// AwardState is how far an award has come.
type AwardState string

// The states. Entered goes to Granted or Refused by a second person; Held, whose target no rule gives, to Granted or
// Refused by the ruling of the authority.
const (
	AwardEntered AwardState = "entered"
	AwardHeld    AwardState = "held" // the rules promote beyond what is certified here (技师): a ruling is needed
	AwardGranted AwardState = "granted"
	AwardRefused AwardState = "refused"
)

// AwardHandedOver is the event of an award's trail when its certificate was given out for the national register.
const AwardHandedOver = "award.handed-over"

// Decision is the event of the trail that decided on the award as it was entered last, nil while none has.
func (a *Award) Decision() *engine.Event {
	for n := len(a.Trail) - 1; n >= 0; n-- {
		switch a.Trail[n].Action {
		case awardEntered:
			return nil
		case awardGranted, awardRuled, awardRefused:
			return &a.Trail[n]
		}
	}
	return nil
}

// The events of an award's trail that decide on it, and the one before them.
const (
	awardEntered = "award.entered"
	awardGranted = "award.granted"
	awardRuled   = "award.ruled"
	awardRefused = "award.refused"
)

// Refusals about awards.
var (
	ErrAward      = errs.New(errs.NotFound, "award.not_found", "查无此竞赛获奖记录")
	ErrAwardTwice = errs.New(errs.Conflict, "award.exists", "每人每年只能通过竞赛晋升一次，本年度已有记录；记录有误的，由另一人不予后重新登记")
	ErrAwardInput = errs.New(errs.Invalid, "award.invalid", "竞赛获奖信息不正确")
	ErrAwardRule  = errs.New(errs.Conflict, "award.no_rule", "没有适用的竞赛晋升规定")
	ErrAwardState = errs.New(errs.Conflict, "award.state", "竞赛获奖记录当前的状态不允许此项操作")
	ErrAwardTwo   = errs.New(errs.Forbidden, "award.oneself", "竞赛获奖须由录入人以外的另一人决定")
	ErrAwardHeld  = errs.New(errs.Conflict, "award.held", "晋升等级超出本系统颁发的等级，须先由主管部门裁定")
	ErrAwardLevel = errs.New(errs.Conflict, "award.level", "裁定的等级应高于已持有的等级，并在本系统颁发的等级之内")
)

// Awards keeps awards. Absent: ErrAward; taken: ErrAwardTwice. UpdateAward writes only at its Revision, otherwise
// engine.ErrStale. AwardsOf lists those of one body in the byte order of IDs. Safe for concurrent use; must pass
// storetest.Awards.
type Awards interface {
	Award(ctx context.Context, id string) (*Award, error)
	CreateAward(ctx context.Context, a *Award) error
	UpdateAward(ctx context.Context, a *Award) error
	AwardsOf(ctx context.Context, org engine.OrgID, c engine.Cursor) (rows []*Award, next string, err error)
}

// Seen is the award as it was entered last. One that was refused is entered anew under the same ID, perhaps with other evidence.
func (a *Award) Seen() engine.Seen {
	n := strconv.Itoa
	return engine.Seen{ID: a.ID, Mark: ids.Derive("award-entry", strconv.FormatInt(a.At.UnixMilli(), 10), a.By, a.Who, string(a.Person), string(a.Org), n(a.Year),
		a.Contest, a.Class, n(a.Place), n(a.Of), a.Group, n(int(a.Holds)), a.HoldsNo, a.Evidence, a.Rule)}
}

// IsOf reports whether by won the award, on which others decide.
func (a *Award) IsOf(by authz.Principal) bool { return isOf(a.Person, by) }

// AwardID is the one award of a person in a year.
func AwardID(p engine.PersonID, year int) string {
	return ids.Derive("award", string(p), fmt.Sprint(year))
}

// EnterAward writes an award of somebody else down and judges it by the rules; it takes a second person to grant it. Entering the same again
// is harmless, another one of the same person and year is ErrAwardTwice. One that was refused may be entered anew, put right.
func (i *Issuer) EnterAward(ctx context.Context, by authz.Principal, a Award) (*Award, error) {
	if err := by.Require(authz.CertChange); err != nil {
		return nil, err
	}
	body, err := i.people.Organisation(ctx, engine.OrgID(by.Org))
	if err != nil {
		return nil, err
	}
	if _, err := i.people.Named(ctx, a.Person); err != nil {
		return nil, err
	}
	if by, err = i.people.Whole(ctx, by); err != nil {
		return nil, err
	}
	switch {
	case by.Person == "":
		return nil, ErrNobody
	case a.IsOf(by):
		return nil, ErrOwnMatter
	}
	a.Contest, a.Evidence, a.HoldsNo = strings.TrimSpace(a.Contest), strings.TrimSpace(a.Evidence), strings.TrimSpace(a.HoldsNo)
	if err := a.check(i.today().Year); err != nil {
		return nil, err
	}
	rule, ok := a.rule(i.policy.Contests, body.Province)
	if !ok {
		return nil, ErrAwardRule
	}
	now := i.clock.Now()
	a.ID, a.Org, a.Rule, a.To, a.State = AwardID(a.Person, a.Year), body.ID, rule.ID, rule.To, AwardEntered
	if rule.To == 0 {
		a.State = AwardHeld
	}
	a.By, a.Who, a.At, a.Trail, a.Revision = by.Account, by.Person, now, nil, 0
	a.Trail.AddBy(now, by, awardEntered, rule.ID)
	err = i.ports.Awards.CreateAward(ctx, &a)
	if errors.Is(err, ErrAwardTwice) {
		return i.enterAgain(ctx, &a)
	}
	return &a, err
}

// enterAgain is EnterAward for a person and a year that have an award: the same, or one in the place of what was refused. What
// the authority ruled on is not asked again in the same words.
func (i *Issuer) enterAgain(ctx context.Context, a *Award) (*Award, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Award, error) { return i.ports.Awards.Award(ctx, a.ID) }, i.ports.Awards.UpdateAward,
		func(had *Award) error {
			same := had.says(a)
			switch {
			case same && (had.State != AwardRefused || had.Decision().Action == awardRuled):
				return engine.ErrUnchanged
			case had.State != AwardRefused:
				return ErrAwardTwice
			}
			trail, revision := append(had.Trail, a.Trail...), had.Revision
			*had = *a
			had.Trail, had.Revision = trail, revision
			return nil
		})
}

// says reports whether a says what was entered as b.
func (a *Award) says(b *Award) bool {
	return a.Org == b.Org && a.Contest == b.Contest && a.Class == b.Class && a.Place == b.Place && a.Of == b.Of && a.Group == b.Group &&
		a.Holds == b.Holds && a.HoldsNo == b.HoldsNo && a.Evidence == b.Evidence
}

const maxContest = 100 // characters of a contest's name

func (a *Award) check(year int) error {
	var c errs.Check
	c.That(within(a.Contest, maxContest), "contest", "form", fmt.Sprintf("竞赛名称1至%d个字", maxContest))
	c.That(within(a.Evidence, maxEvidence), "evidence", "form", fmt.Sprintf("依据1至%d个字", maxEvidence))
	c.That(a.Place >= 1 && a.Place <= a.Of, "place", "range", "名次应在1至参赛人数之间")
	c.That(a.Group == "worker" || a.Group == "student", "group", "unknown", "组别应为职工或学生")
	c.That(a.Year >= year-1 && a.Year <= year, "year", "range", "获奖年份应为今年或去年")
	a.checkHeld(&c)
	return c.Err(ErrAwardInput)
}

// checkHeld asks that a level held is shown by a certificate of that level.
func (a *Award) checkHeld(c *errs.Check) {
	if a.Holds == 0 {
		c.That(a.HoldsNo == "", "holds_no", "unexpected", "没有已持有的等级时不填证书编号")
		return
	}
	number, shape, err := ParseEvidence(a.HoldsNo)
	c.That(a.Holds.Valid(), "holds", "unknown", "没有这个等级")
	c.That(err == nil, "holds_no", "form", "请填写已持有证书的编号")
	c.That(err != nil || shape != Current || Number(number).Level() == a.Holds, "holds_no", "level", "证书编号中的等级与已持有的等级不同")
}

// rule is the first rule that fits the award.
func (a *Award) rule(all []engine.ContestRule, province string) (engine.ContestRule, bool) {
	for _, r := range all {
		switch {
		case r.Province != province, r.Class != a.Class, r.Group != a.Group:
		case r.Places > 0 && a.Place > r.Places, r.Percent > 0 && 100*a.Place > r.Percent*a.Of:
		case !slices.Contains(r.Holds, a.Holds):
		default:
			return r, true
		}
	}
	return engine.ContestRule{}, false
}

// Grant lets a second person confirm an award that a rule gives a level to.
func (i *Issuer) Grant(ctx context.Context, by authz.Principal, seen engine.Seen) (*Award, error) {
	if err := by.Require(authz.CertConfirm); err != nil {
		return nil, err
	}
	return i.ruleOn(ctx, by, seen, func(a *Award) error {
		switch {
		case a.State == AwardGranted:
			return engine.ErrUnchanged
		case a.State != AwardEntered:
			return ErrAwardState
		}
		a.State = AwardGranted
		return nil
	}, awardGranted, "")
}

// RuleOnAward is the authority's word on an award that is held: the level to certify, or none. It is for the labour
// authority alone.
func (i *Issuer) RuleOnAward(ctx context.Context, by authz.Principal, seen engine.Seen, to engine.Level, reason string) (*Award, error) {
	if err := by.Require(authz.CertConfirm); err != nil {
		return nil, err
	}
	if !by.Has(authz.Labour) {
		return nil, authz.ErrForbidden.With("由人力资源和社会保障局裁定")
	}
	reason = strings.TrimSpace(reason)
	if err := reasoned("reason", reason); err != nil {
		return nil, err
	}
	return i.ruleOn(ctx, by, seen, func(a *Award) error {
		switch {
		case a.State != AwardHeld:
			return ErrAwardState
		case to == 0:
			a.State = AwardRefused
			return nil
		case !to.Valid() || a.Holds != 0 && !to.Above(a.Holds):
			return ErrAwardLevel
		}
		a.State, a.To = AwardGranted, to
		return nil
	}, awardRuled, reason)
}

// RefuseAward ends an award that was entered and not granted.
func (i *Issuer) RefuseAward(ctx context.Context, by authz.Principal, seen engine.Seen, reason string) (*Award, error) {
	if err := by.Require(authz.CertConfirm); err != nil {
		return nil, err
	}
	reason = strings.TrimSpace(reason)
	if err := reasoned("reason", reason); err != nil {
		return nil, err
	}
	return i.ruleOn(ctx, by, seen, func(a *Award) error {
		if a.State != AwardEntered {
			return ErrAwardState
		}
		a.State = AwardRefused
		return nil
	}, awardRefused, reason)
}

// ruleOn changes an award by somebody other than who entered it and who won it. One that was entered anew since it was seen is
// engine.ErrStale.
func (i *Issuer) ruleOn(ctx context.Context, by authz.Principal, seen engine.Seen, change func(*Award) error, action, note string) (*Award, error) {
	if by.Person == "" {
		return nil, ErrNobody
	}
	by, err := i.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := i.clock.Now()
	return engine.Modify(ctx, func(ctx context.Context) (*Award, error) { return i.ports.Awards.Award(ctx, seen.ID) }, i.ports.Awards.UpdateAward,
		func(a *Award) error {
			if err := i.mayDecide(ctx, by, a.Org, a.Person, ErrAward); err != nil {
				return err
			}
			switch {
			case by.Is(a.Who), a.By == by.Account:
				return ErrAwardTwo
			case a.Seen() != seen:
				return engine.ErrStale
			}
			if err := change(a); err != nil {
				return err
			}
			a.Trail.AddBy(now, by, action, note)
			return nil
		})
}

// AwardsOf lists the awards of the acting person's body.
func (i *Issuer) AwardsOf(ctx context.Context, by authz.Principal, org engine.OrgID, c engine.Cursor) ([]*Award, string, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, "", err
	}
	if !actsFor(by, org) {
		return nil, "", engine.ErrOrg
	}
	return i.ports.Awards.AwardsOf(ctx, org, c)
}

// IssueAward gives the certificate of a granted award, by the same way as for a result. An award that is held is
// refused until the authority has ruled.
func (i *Issuer) IssueAward(ctx context.Context, by authz.Principal, id string) (*Certificate, error) {
	if err := by.Require(authz.CertIssue); err != nil {
		return nil, err
	}
	a, err := i.ports.Awards.Award(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !actsFor(by, a.Org):
		return nil, ErrAward
	case a.IsOf(by):
		return nil, ErrOwnMatter
	case a.State == AwardHeld:
		return nil, ErrAwardHeld
	case a.State != AwardGranted:
		return nil, ErrAwardState
	}
	return i.issueFor(ctx, by, a.Org, a.grounds())
}

// ofAward begins the name of what a certificate of an award is issued for.
const ofAward = "award-"

// result is what the certificate of an award is issued for.
func (a *Award) result() result.ID { return result.ID(ofAward + a.ID) }

func (a *Award) grounds() grounds {
	return grounds{id: a.result(), holder: a.Person, level: a.To, route: RouteContest}
}

// AwardID is the award that c was issued for, "" when it was issued for a result.
func (c *Certificate) AwardID() string { return c.rests(ofAward) }

// AwardCertificate is the certificate that was given for an award, nil before. A number that was void was not.
func (i *Issuer) AwardCertificate(ctx context.Context, by authz.Principal, a *Award) (*Certificate, error) {
	if err := by.Require(authz.CertRead); err != nil {
		return nil, err
	}
	if !actsFor(by, a.Org) {
		return nil, ErrAward
	}
	return i.reserved(ctx, a.result())
}
