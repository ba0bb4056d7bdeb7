package registration_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
)

// keeper is the server's own worker.
var keeper = authz.Worker("drafts")

// unsent begins a form that is not handed in, and signs its applicant in.
func (k *counter) unsent() (*registration.Request, authz.Principal) {
	k.t.Helper()
	r, code, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), k.entry(), false)
	if err != nil {
		k.t.Fatal(err)
	}
	p, err := k.intake.Recognise(ctx, string(r.ID), code)
	if err != nil {
		k.t.Fatal(err)
	}
	return r, p
}

func (k *counter) blank() int {
	k.t.Helper()
	done, err := k.intake.BlankDrafts(ctx, keeper)
	if err != nil {
		k.t.Fatal(err)
	}
	return done
}

// 没有提交的报名表，报名截止后满规定日数清除所填内容：第30日还在，第31日清除，姓名、证件号码、电话和撤回的理由都不再保存；
// 已提交的一份不动。申请人仍能用编号和恢复码看到结果，考务员看不到这份报名表。
func TestADraftThatNobodyHandedInIsBlanked(t *testing.T) {
	k := openCounter(t)
	_, mine := k.unsent()
	_, taken := k.unsent()
	sent, _ := k.apply(k.entry())
	if _, err := k.intake.Withdraw(ctx, taken, "家里有事，王秀兰"); err != nil {
		t.Fatal(err)
	}
	days := k.policy.Registration.Drafts.Days
	k.clock.Set(k.terms().Window.Closes.AddDate(0, 0, days)) // the window closes 30 days on
	if done := k.blank(); done != 0 {
		t.Fatalf("%d blanked on the last day", done)
	}
	if r, _, err := k.intake.Own(ctx, mine); err != nil || r.Row.Name == "" {
		t.Fatalf("%+v, %v", r, err)
	}
	k.clock.Advance(24 * time.Hour)
	if first, second := k.blank(), k.blank(); first != 2 || second != 0 {
		t.Errorf("blanked %d, then %d", first, second)
	}
	for name, by := range map[string]authz.Principal{"draft": mine, "withdrawn draft": taken} {
		r, _, err := k.intake.Own(ctx, by)
		if err != nil || r.State != registration.Blanked || r.Reason != "" || r.Row.Name+r.Row.IDNumber+r.Row.Phone+r.Row.Employer != "" || r.Row.Claims.Evidence != nil {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
		for _, e := range r.Trail[:len(r.Trail)-1] {
			if e.Note != "" {
				t.Errorf("%s: the trail still says %q", name, e.Note)
			}
		}
		_, amend := k.intake.Amend(ctx, by, k.entry(), true)
		_, withdraw := k.intake.Withdraw(ctx, by, "不考了")
		_, _, look := k.intake.Look(ctx, office, r.ID)
		if !errors.Is(amend, registration.ErrLapsed) || !errors.Is(withdraw, registration.ErrLapsed) || !errors.Is(look, registration.ErrRequest) {
			t.Errorf("%s: amend %v, withdraw %v, look %v", name, amend, withdraw, look)
		}
	}
	if r, _, err := k.intake.Look(ctx, office, sent.ID); err != nil || r.Row.Name != sent.Row.Name {
		t.Errorf("handed in: %+v, %v", r, err)
	}
}

// 抽题使报名提前结束的，从那一天算起；报名时间延长的，草稿随着保留；旧政策数据没有规定期限的，一直保留。只有系统自己清除，考务员不能。
func TestHowLongADraftIsKept(t *testing.T) {
	p := samplePolicy(t)
	o := registration.Offer{Opening: registration.Opening{Window: openCounter(t).terms().Window}}
	if got := registration.DraftsUntil(p, o); got != date("2026-12-01") { // the window closes on 1 November
		t.Errorf("by the window: %s", got)
	}
	o.Until = date("2026-10-20").In(p.Location())
	if got := registration.DraftsUntil(p, o); got != date("2026-11-19") {
		t.Errorf("by the draw: %s", got)
	}
	p.Registration.Drafts = engine.DraftPolicy{}
	if got := registration.DraftsUntil(p, o); !got.IsZero() {
		t.Errorf("without a period: %s", got)
	}

	k := openCounter(t)
	k.unsent()
	k.policy.Registration.Drafts = engine.DraftPolicy{}
	k.clock.Advance(10 * 365 * 24 * time.Hour)
	ports := registration.IntakePorts{Openings: k.store.Openings(), Requests: k.store.Requests(), Sessions: k.halls}
	old := registration.NewIntake(ports, registration.NewDesk(k.store.Applications(), k.world.people, k.policy, k.clock))
	if done, err := old.BlankDrafts(ctx, keeper); err != nil || done != 0 {
		t.Errorf("without a period %d blanked, %v", done, err)
	}
	if _, err := k.intake.BlankDrafts(ctx, office); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("the office: %v", err)
	}
	if done := k.blank(); done != 1 {
		t.Errorf("%d blanked", done)
	}
}

// TestNoDraftIsBlankedTooEarly: whatever the days, of a draft in an open window, or within its days after it, nothing is lost.
func TestNoDraftIsBlankedTooEarly(t *testing.T) {
	p := samplePolicy(t)
	rapid.Check(t, func(r *rapid.T) {
		p.Registration.Drafts.Days = rapid.IntRange(1, 4000).Draw(r, "days")
		closes := day.In(p.Location()).AddDate(0, 0, rapid.IntRange(-400, 400).Draw(r, "closes"))
		o := registration.Offer{}
		o.Window.Closes = closes
		if rapid.Bool().Draw(r, "drawn") {
			o.Until = closes.AddDate(0, 0, rapid.IntRange(-40, 40).Draw(r, "until"))
		}
		last := registration.DraftsUntil(p, o)
		if kept := last.In(p.Location()).Sub(o.Ends()).Hours(); kept <= float64(24*(p.Registration.Drafts.Days-1)) || o.Ends().After(closes) {
			r.Errorf("kept for %v hours of %d days; ends %v", kept, p.Registration.Drafts.Days, o.Ends())
		}
	})
}
