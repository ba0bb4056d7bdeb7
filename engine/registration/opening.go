package registration

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Opening (报名公告) opens one session to candidates who apply by themselves. Its id is the session's.
type Opening struct {
	Session string       `json:"session"`
	Org     engine.OrgID `json:"org"`
	Window  clock.Window `json:"window"` // when applications are begun and handed in
	Place   string       `json:"place"`  // where originals are shown and fees are paid, with its hours
	Contact string       `json:"contact"`

	Trail    engine.Trail `json:"trail"`
	Revision int64        `json:"-"`
}

// Refusals about openings.
var (
	ErrOpening       = errs.New(errs.NotFound, "opening.not_found", "本场次没有开放网上报名")
	ErrOpeningExists = errs.New(errs.Conflict, "opening.exists", "本场次已开放网上报名")
	ErrOpeningInput  = errs.New(errs.Invalid, "opening.invalid", "网上报名的设置不正确")
	ErrNotOpen       = errs.New(errs.Conflict, "opening.closed", "现在不在报名时间内")
	ErrNoPolicy      = errs.New(errs.Conflict, "opening.no_policy", "现行政策数据没有网上报名的规定，不能开放。请用名册报名，或先补充政策数据")
)

// Openings keeps openings. Safe for concurrent use; must pass storetest.Openings.
//   - Absent: ErrOpening. A session already taken: CreateOpening returns ErrOpeningExists.
//   - UpdateOpening writes only at the opening's Revision, otherwise engine.ErrStale.
//   - OpeningsAfter lists those that close after the instant, in the order of closing.
type Openings interface {
	Opening(ctx context.Context, session string) (*Opening, error)
	CreateOpening(ctx context.Context, o *Opening) error
	UpdateOpening(ctx context.Context, o *Opening) error
	OpeningsAfter(ctx context.Context, t time.Time, c engine.Cursor) (rows []*Opening, next string, err error)
}

// open returns nil while applications are taken, afterwards and before ErrNotOpen, which says when.
func (o *Opening) open(t Target, now time.Time, zone *time.Location) error {
	const form = "2006-01-02 15:04"
	switch {
	case now.Before(o.Window.Opens):
		return ErrNotOpen.With("%s 开始", o.Window.Opens.In(zone).Format(form))
	case !now.Before(o.Window.Closes), !t.Until.IsZero() && !now.Before(t.Until):
		return ErrNotOpen.With("已于 %s 截止。请另选场次，或向报名点询问", o.Window.Closes.In(zone).Format(form))
	}
	return nil
}

// Refusal says why nobody applies now, nil while they may.
func (k *Intake) Refusal(o Offer) error {
	if o.Halted != nil {
		return o.Halted.Refuse(engine.ActEnrol)
	}
	return o.open(o.Target, k.clock.Now(), k.policy.Location())
}

// OpeningTerms are what the office sets.
type OpeningTerms struct {
	Window         clock.Window
	Place, Contact string
}

func (o OpeningTerms) check(t Target, now time.Time) error {
	var c errs.Check
	c.That(o.Window.Valid(), "window", "order", "截止时间应晚于开始时间")
	c.That(now.Before(o.Window.Closes), "window", "past", "截止时间已过")
	c.That(t.Until.IsZero() || !t.Until.Before(o.Window.Closes), "window", "late", "截止时间不能晚于开考或抽取试卷的时间")
	for name, text := range map[string]string{"place": o.Place, "contact": o.Contact} {
		c.That(text != "", name, "missing", "请填写，考生要按它办理")
		c.That(utf8.RuneCountInString(text) <= maxText, name, "long", fmt.Sprintf("最多%d个字", maxText))
	}
	return c.Err(ErrOpeningInput)
}

// Open opens a session to candidates, or changes when and where: the office of the session's body, until nobody is taken any
// more. The same again is harmless.
func (k *Intake) Open(ctx context.Context, by authz.Principal, session string, terms OpeningTerms) (*Opening, error) {
	if err := by.Require(authz.Register); err != nil {
		return nil, err
	}
	t, err := k.sessions.TargetOf(ctx, session)
	if err != nil {
		return nil, err
	}
	now := k.clock.Now()
	if err := t.admits(ctx, by, now); err != nil {
		return nil, err
	}
	if !k.policy.Registration.Takes() {
		return nil, ErrNoPolicy
	}
	terms.Place, terms.Contact = strings.TrimSpace(terms.Place), strings.TrimSpace(terms.Contact)
	if err := terms.check(t, now); err != nil {
		return nil, err
	}
	return k.keepOpening(ctx, by, t, terms, now)
}

func (k *Intake) keepOpening(ctx context.Context, by authz.Principal, t Target, terms OpeningTerms, now time.Time) (*Opening, error) {
	o := &Opening{Session: t.Session, Org: t.Org, Window: terms.Window, Place: terms.Place, Contact: terms.Contact}
	zone := k.policy.Location()
	note := fmt.Sprintf("%s 至 %s", terms.Window.Opens.In(zone).Format(time.DateTime), terms.Window.Closes.In(zone).Format(time.DateTime))
	o.Trail.AddBy(now, by, "opening.set", note)
	err := k.openings.CreateOpening(ctx, o)
	if err == nil || errs.KindOf(err) != errs.Conflict {
		return o, err
	}
	return engine.Modify(ctx, func(ctx context.Context) (*Opening, error) { return k.openings.Opening(ctx, t.Session) }, k.openings.UpdateOpening,
		func(old *Opening) error {
			if old.Window == o.Window && old.Place == o.Place && old.Contact == o.Contact {
				return engine.ErrUnchanged
			}
			old.Window, old.Place, old.Contact = o.Window, o.Place, o.Contact
			old.Trail = append(old.Trail, o.Trail...)
			return nil
		})
}

// Offer is an opening with the session that it is for.
type Offer struct {
	Opening
	Target
	Now    bool               // applications are taken at this moment
	Halted *engine.Suspension // the measure for which the body takes nobody now; nil for none
}

// offered is the opening of t.
func (k *Intake) offered(ctx context.Context, o *Opening, t Target) (Offer, error) {
	halted, err := t.Halting(ctx)
	return Offer{*o, t, halted == nil && o.open(t, k.clock.Now(), k.policy.Location()) == nil, halted}, err
}

// Offers lists what is open now or will be, the first to close first. What a body may take nobody for is not there. It is public.
func (k *Intake) Offers(ctx context.Context) (all []Offer, err error) {
	now := k.clock.Now()
	rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Opening, string, error) {
		return k.openings.OpeningsAfter(ctx, now, c)
	})
	for _, o := range rows {
		t, err := k.sessions.TargetOf(ctx, o.Session)
		if err != nil {
			return nil, err
		}
		offer, err := k.offered(ctx, o, t)
		if err != nil {
			return nil, err
		}
		if offer.Halted == nil && (t.Until.IsZero() || now.Before(t.Until)) {
			all = append(all, offer)
		}
	}
	return all, err
}

// Offer returns the opening of a session, over or not. It is public.
func (k *Intake) Offer(ctx context.Context, session string) (Offer, error) {
	o, err := k.openings.Opening(ctx, session)
	if err != nil {
		return Offer{}, err
	}
	t, err := k.sessions.TargetOf(ctx, session)
	if err != nil {
		return Offer{}, err
	}
	return k.offered(ctx, o, t)
}
