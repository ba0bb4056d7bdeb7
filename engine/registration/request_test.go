package registration_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// halls are the sessions of these tests.
type halls struct {
	targets map[string]registration.Target
	seated  map[engine.PersonID]bool
	all     registration.Applications
}

func (h *halls) TargetOf(_ context.Context, session string) (registration.Target, error) {
	t, ok := h.targets[session]
	if !ok {
		return t, registration.ErrTarget
	}
	return t, nil
}

func (h *halls) HasSeat(_ context.Context, _ string, p engine.PersonID) (bool, error) {
	return h.seated[p], nil
}

func (h *halls) Leave(ctx context.Context, _ authz.Principal, id registration.ApplicationID) error {
	a, err := h.all.Application(ctx, id)
	if err == nil && h.seated[a.Person] {
		return registration.ErrSeated
	}
	return err
}

// counter is a world with an intake whose 五级 session is open.
type counter struct {
	*world
	intake *registration.Intake
	halls  *halls
	keys   *ids.Source
	people int
}

const hall = "session-5"

func openCounter(t *testing.T) *counter {
	w := open(t)
	h := &halls{targets: map[string]registration.Target{}, seated: map[engine.PersonID]bool{}, all: w.store.Applications()}
	for _, at := range targets() {
		at.Name, at.Until = "认定", day.In(time.UTC)
		h.targets[at.Session] = at
	}
	k := &counter{world: w, halls: h, keys: ids.Seeded("keys")}
	k.intake = registration.NewIntake(registration.IntakePorts{Openings: w.store.Openings(), Requests: w.store.Requests(), Sessions: h}, w.desk)
	if _, err := k.intake.Open(ctx, office, hall, k.terms()); err != nil {
		t.Fatal(err)
	}
	return k
}

func (k *counter) terms() registration.OpeningTerms {
	return registration.OpeningTerms{Window: clock.Window{Opens: k.clock.Now(), Closes: k.clock.Now().AddDate(0, 0, 30)}, Place: "某路1号，周一至周五9:00至17:00", Contact: "022-00000000"}
}

// entry is a right form of somebody who has not applied before.
func (k *counter) entry() registration.Entry {
	k.people++
	return registration.Entry{Stands: true, Row: registration.RosterRow{Name: "王秀兰", IDType: engine.ResidentCard, IDNumber: demo.IDNumber(date("1970-05-01"), k.people, engine.Female),
		Phone: "1990000000" + string('0'+rune(k.people)), Employer: "护理院", Claims: registration.Claims{Condition: "5-2", Evidence: []string{"从业承诺书"}}}}
}

// apply hands a form in and signs its applicant in.
func (k *counter) apply(e registration.Entry) (*registration.Request, authz.Principal) {
	k.t.Helper()
	r, code, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), e, true)
	if err != nil {
		k.t.Fatal(err)
	}
	p, err := k.intake.Recognise(ctx, string(r.ID), code)
	if err != nil {
		k.t.Fatal(err)
	}
	return r, p
}

func (k *counter) accept(r *registration.Request) (*registration.Request, error) {
	return k.intake.Accept(ctx, office, r.ID, r.Row.IDNumber, []string{"从业承诺书"})
}

// 一位考生的报名从头到尾：先存草稿，再提交，报名点退回一次，改好再交，看过原件后受理；受理以后与名册上的考生一样等待排座。
func TestAnApplicationFromDraftToAcceptance(t *testing.T) {
	k := openCounter(t)
	key, e := k.keys.New(), k.entry()
	half := registration.Entry{Row: registration.RosterRow{Name: "王秀兰"}}
	draft, code, err := k.intake.Apply(ctx, authz.Anonymous(), hall, key, half, false)
	if err != nil || draft.State != registration.Draft || len(draft.ID) != 12 {
		t.Fatalf("%+v, %v", draft, err)
	}
	by, err := k.intake.Recognise(ctx, string(draft.ID), strings.ToUpper(code[:4])+"-"+code[4:])
	if err != nil {
		t.Fatal(err)
	}
	if r, err := k.intake.Amend(ctx, by, e, true); err != nil || r.State != registration.Submitted || len(r.Fees) != 2 || r.Due(k.clock.Now(), k.policy.Location()) != 170_00 {
		t.Fatalf("%+v, %v", r, err)
	}
	fault := []registration.Fault{{Field: "employer", Text: "单位名称请写全称"}}
	r, err := k.intake.Return(ctx, office, draft.ID, fault)
	if err != nil || r.State != registration.Returned || r.AnswerBy != date("2026-10-14") || r.Rounds != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	e.Row.Employer = "某某区护理院"
	if r, err = k.intake.Amend(ctx, by, e, true); err != nil || r.State != registration.Submitted || r.Faults != nil {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err = k.accept(r); err != nil || r.State != registration.Accepted {
		t.Fatalf("%+v, %v", r, err)
	}
	again, err := k.accept(r)
	if err != nil || again.Revision != r.Revision {
		t.Errorf("accepted twice: %+v, %v", again, err)
	}
	taken, err := k.desk.Accepted(ctx, hall)
	if err != nil || len(taken) != 1 || taken[0].ID != r.Application || taken[0].Request != r.ID || taken[0].Employer != "某某区护理院" {
		t.Errorf("%+v, %v", taken, err)
	}
	var steps []string
	for _, e := range r.Trail {
		steps = append(steps, strings.TrimPrefix(e.Action, "request."))
	}
	if want := []string{"begun", "submitted", "returned", "submitted", "accepting", "accepted"}; !slices.Equal(steps, want) {
		t.Errorf("trail %v", steps)
	}
}

// 报名表有错的，一次说清所有要改的地方，什么也不收：校验位对而日期不存在的证件、考核当天未满16周岁、没有联系电话、没有确认属实等。
func TestWhatAFormMayHaveWrong(t *testing.T) {
	k := openCounter(t)
	impossible := withCheckDigit("11010119700230001")
	for name, c := range map[string]struct {
		change func(*registration.Entry)
		want   []string
	}{
		"nothing":                   {func(*registration.Entry) {}, nil},
		"an impossible birth date":  {func(e *registration.Entry) { e.Row.IDNumber = impossible }, []string{"id_number"}},
		"a wrong check digit":       {func(e *registration.Entry) { e.Row.IDNumber = e.Row.IDNumber[:17] + "A" }, []string{"id_number"}},
		"under 16 on the day":       {func(e *registration.Entry) { e.Row.IDNumber = demo.IDNumber(date("2010-11-25"), 9, engine.Female) }, []string{"born"}},
		"16 on the day":             {func(e *registration.Entry) { e.Row.IDNumber = demo.IDNumber(date("2010-11-24"), 9, engine.Female) }, nil},
		"no telephone":              {func(e *registration.Entry) { e.Row.Phone = " " }, []string{"phone"}},
		"no name":                   {func(e *registration.Entry) { e.Row.Name = "" }, []string{"name"}},
		"a condition of 四级":         {func(e *registration.Entry) { e.Row.Claims.Condition = "4-1" }, []string{"condition"}},
		"without its material":      {func(e *registration.Entry) { e.Row.Claims.Evidence = nil }, []string{"materials"}},
		"not declared true":         {func(e *registration.Entry) { e.Stands = false }, []string{"stands"}},
		"a passport with no date":   {func(e *registration.Entry) { e.Row.IDType, e.Row.IDNumber = engine.Passport, "E12345678" }, []string{"born", "sex"}},
		"another date than on card": {func(e *registration.Entry) { e.Row.Born = date("1971-05-01") }, []string{"born"}},
		"too much":                  {func(e *registration.Entry) { e.Row.Employer = strings.Repeat("长", 101) }, []string{"employer"}},
		"everything": {func(e *registration.Entry) {
			*e = registration.Entry{Row: registration.RosterRow{IDType: engine.ResidentCard, IDNumber: impossible}}
		},
			[]string{"condition", "id_number", "name", "phone", "stands"}},
	} {
		e := k.entry()
		c.change(&e)
		_, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), e, true)
		var refused *errs.Error
		var got []string
		if errors.As(err, &refused) {
			for _, f := range refused.Fields {
				got = append(got, f.Name)
			}
		}
		if slices.Sort(got); !slices.Equal(got, c.want) || err != nil && !errors.Is(err, registration.ErrRequestInput) {
			t.Errorf("%s: %v, want %v (%v)", name, got, c.want, err)
		}
		k.people = 0
	}
	if all, _, err := k.intake.Queue(ctx, office, hall); err != nil || len(all) != 2 {
		t.Errorf("%d kept, %v", len(all), err)
	}
}

// withCheckDigit ends seventeen digits with the check character of GB 11643.
func withCheckDigit(s string) string {
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + "10X98765432"[sum%11:][:1]
}

// 同一张报名表因网络中断重发，还是同一份申请、同一个恢复码；编号或恢复码错一个字符都进不去，看不出哪个错。
func TestTheSameFormAgainAndTheRecoveryCode(t *testing.T) {
	k := openCounter(t)
	key, e := k.keys.New(), k.entry()
	first, code, err := k.intake.Apply(ctx, authz.Anonymous(), hall, key, e, true)
	if err != nil {
		t.Fatal(err)
	}
	again, code2, err := k.intake.Apply(ctx, authz.Anonymous(), hall, key, e, true)
	if err != nil || again.ID != first.ID || code2 != code || again.Revision != 1 {
		t.Errorf("again %+v %v", again, err)
	}
	k.clock.Advance(31 * 24 * time.Hour)
	if late, code3, err := k.intake.Apply(ctx, authz.Anonymous(), hall, key, e, true); err != nil || late.ID != first.ID || code3 != code {
		t.Errorf("again after the window: %v", err)
	}
	if _, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, k.keys.New(), k.entry(), true); !errors.Is(err, registration.ErrNotOpen) {
		t.Errorf("another after the window: %v", err)
	}
	for _, c := range [][2]string{{string(first.ID), code[:15]}, {string(first.ID), ""}, {"000000000000", code}, {"", ""}, {"", code}} {
		if _, err := k.intake.Recognise(ctx, c[0], c[1]); !errors.Is(err, registration.ErrRequestProof) {
			t.Errorf("%q %q: %v", c[0], c[1], err)
		}
	}
	for _, key := range []string{"", "short", strings.Repeat("u", 26)} {
		if _, _, err := k.intake.Apply(ctx, authz.Anonymous(), hall, key, k.entry(), true); !errors.Is(err, registration.ErrKey) {
			t.Errorf("key %q: %v", key, err)
		}
	}
}

// 同一个人用两种证件各报一次，或同一证件报了两份：报名点只能受理一份，另一份说明原因，申请还在。
func TestOnePersonIsAcceptedOnce(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	first, _ := k.apply(e)
	same, _ := k.apply(e)
	e.Row.IDType, e.Row.IDNumber, e.Row.Born, e.Row.Sex = engine.Passport, "E12345678", date("1970-05-01"), engine.Female
	other, _ := k.apply(e)
	_, others, err := k.intake.Look(ctx, office, first.ID)
	if err != nil || !slices.Equal(others, []registration.RequestID{same.ID}) {
		t.Errorf("the office is told of %v, %v", others, err)
	}
	if _, err := k.accept(first); err != nil {
		t.Fatal(err)
	}
	if _, err := k.accept(same); !errors.Is(err, registration.ErrRepeated) {
		t.Errorf("the same document: %v", err)
	}
	if _, err := k.accept(other); !errors.Is(err, registration.ErrNotEligible) || !strings.Contains(err.Error(), "not_eligible") {
		t.Errorf("the passport: %v", err)
	}
	for _, r := range []*registration.Request{same, other} {
		if now, _, err := k.intake.Look(ctx, office, r.ID); err != nil || now.State != registration.Submitted || now.Accepting != nil {
			t.Errorf("%+v, %v", now, err)
		}
		if _, err := k.intake.Reject(ctx, office, r.ID, "同一人已受理"); err != nil {
			t.Error(err)
		}
	}
	if all, err := k.desk.Accepted(ctx, hall); err != nil || len(all) != 1 {
		t.Errorf("%d accepted, %v", len(all), err)
	}
}

// 审核的规矩：不能审自己的申请（换一种证件也不行）；别的机构看不到；原件号码不一致、材料没看到的不能受理；退回次数有限。
func TestWhatTheOfficeMayNot(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, applicant := k.apply(e)
	me, err := k.world.people.Register(ctx, office, engine.Person{Name: e.Row.Name, IDType: engine.Passport, IDNumber: "E12345678", Born: date("1970-05-01"), Sex: engine.Female, Phone: e.Row.Phone})
	if err != nil {
		t.Fatal(err)
	}
	self, elsewhere := office, office
	self.Person, elsewhere.Org = string(me.ID), "elsewhere"
	fault := []registration.Fault{{Field: "phone", Text: "打不通"}}
	for name, c := range map[string]struct {
		by   authz.Principal
		want error
	}{"oneself": {self, registration.ErrOwnRequest}, "another body": {elsewhere, registration.ErrRequest}, "the applicant": {applicant, authz.ErrForbidden},
		"the public": {authz.Anonymous(), authz.ErrUnauthenticated}} {
		_, accept := k.intake.Accept(ctx, c.by, r.ID, r.Row.IDNumber, []string{"从业承诺书"})
		_, back := k.intake.Return(ctx, c.by, r.ID, fault)
		_, reject := k.intake.Reject(ctx, c.by, r.ID, "不符")
		_, fee := k.intake.Record(ctx, c.by, r.ID, "theory-5", registration.FeePaid, "票1")
		for _, err := range []error{accept, back, reject, fee} {
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
	}
	if _, err := k.intake.Accept(ctx, office, r.ID, demo.IDNumber(date("1970-05-01"), 8, engine.Female), []string{"从业承诺书"}); !errors.Is(err, registration.ErrReviewInput) {
		t.Errorf("another number: %v", err)
	}
	if _, err := k.intake.Accept(ctx, office, r.ID, r.Row.IDNumber, nil); !errors.Is(err, registration.ErrNotEligible) {
		t.Errorf("nothing seen: %v", err)
	}
	for _, bad := range [][]registration.Fault{nil, {{Field: "phone"}}, {{Field: "shoe", Text: "大"}}, {{Field: "phone", Text: strings.Repeat("长", 301)}}} {
		if _, err := k.intake.Return(ctx, office, r.ID, bad); !errors.Is(err, registration.ErrReviewInput) {
			t.Errorf("%v: %v", bad, err)
		}
	}
	for range k.policy.Registration.Rounds {
		if _, err := k.intake.Return(ctx, office, r.ID, fault); err != nil {
			t.Fatal(err)
		}
		if _, err := k.intake.Amend(ctx, applicant, e, true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := k.intake.Return(ctx, office, r.ID, fault); !errors.Is(err, registration.ErrRounds) {
		t.Errorf("once more: %v", err)
	}
}

// 退回以后过了改正期限，申请失效；期限最后一天还可以交。
func TestAReturnedApplicationLapses(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, by := k.apply(e)
	r, err := k.intake.Return(ctx, office, r.ID, []registration.Fault{{Field: "phone", Text: "打不通"}})
	if err != nil {
		t.Fatal(err)
	}
	end := r.AnswerBy.AddDays(1).In(k.policy.Location())
	k.clock.Set(end)
	if _, err := k.intake.Amend(ctx, by, e, true); !errors.Is(err, registration.ErrLapsed) || r.StateAt(end, k.policy.Location()) != registration.Lapsed {
		t.Errorf("the day after: %v", err)
	}
	k.clock.Set(end.Add(-time.Millisecond))
	if _, err := k.intake.Amend(ctx, by, e, true); err != nil {
		t.Errorf("on the last day: %v", err)
	}
}

// 撤回：受理以后、排座以前，考核日前三天以前，考生自己可以撤回，撤回后不再排座，还可以再报；排了座位的、过了期限的找报名点。
func TestWithdrawal(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, by := k.apply(e)
	r, err := k.accept(r)
	if err != nil {
		t.Fatal(err)
	}
	a, err := k.desk.Accepted(ctx, hall)
	if err != nil {
		t.Fatal(err)
	}
	k.halls.seated[a[0].Person] = true
	if _, err := k.intake.Withdraw(ctx, by, "有事"); !errors.Is(err, registration.ErrSeated) {
		t.Errorf("seated: %v", err)
	}
	k.halls.seated = nil
	if _, err := k.intake.Withdraw(ctx, by, " "); !errors.Is(err, registration.ErrReviewInput) {
		t.Errorf("without a reason: %v", err)
	}
	last := registration.LastWithdrawal(k.policy.Registration, k.halls.targets[hall])
	k.clock.Set(last.AddDays(1).In(k.policy.Location()))
	if _, err := k.intake.Withdraw(ctx, by, "有事"); !errors.Is(err, registration.ErrTooLate) {
		t.Errorf("too late: %v", err)
	}
	k.clock.Set(day.AddDays(-40).In(time.UTC))
	for range 2 {
		if r, err = k.intake.Withdraw(ctx, by, "有事"); err != nil || r.State != registration.Withdrawn {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if all, err := k.desk.Accepted(ctx, hall); err != nil || len(all) != 0 {
		t.Errorf("%d accepted, %v", len(all), err)
	}
	next, _ := k.apply(e)
	if next, err = k.accept(next); err != nil || next.Application != r.Application {
		t.Errorf("once more: %+v, %v", next, err)
	}
}

// 费用只登记不收款：应缴的登记缴纳或免缴，缴了的才能登记退费，都要写票据号或文号。
func TestFees(t *testing.T) {
	k := openCounter(t)
	r, by := k.apply(k.entry())
	for i, c := range []struct {
		item string
		to   registration.FeeState
		ref  string
		want error
	}{
		{"theory-5", registration.FeeRefunded, "退1", registration.ErrFeeState},
		{"theory-5", registration.FeePaid, " ", registration.ErrFeeInput},
		{"theory-5", "forgiven", "票1", registration.ErrFeeInput},
		{"theory-4", registration.FeePaid, "票1", registration.ErrFee},
		{"theory-5", registration.FeePaid, "票1", nil},
		{"theory-5", registration.FeePaid, "票1", nil},
		{"theory-5", registration.FeePaid, "票2", registration.ErrFeeState},
		{"practical-5", registration.FeeExempted, "文1", nil},
		{"practical-5", registration.FeeRefunded, "退1", registration.ErrFeeState},
	} {
		if _, err := k.intake.Record(ctx, office, r.ID, c.item, c.to, c.ref); !errors.Is(err, c.want) {
			t.Errorf("%d: %v, want %v", i, err, c.want)
		}
	}
	r, _, err := k.intake.Own(ctx, by)
	if err != nil || r.Due(k.clock.Now(), k.policy.Location()) != 0 || r.Fees[0].Reference != "票1" || r.Fees[1].State != registration.FeeExempted {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := k.intake.Withdraw(ctx, by, "有事"); err != nil {
		t.Fatal(err)
	}
	if r, err = k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeeRefunded, "退1"); err != nil || r.Fees[0].State != registration.FeeRefunded {
		t.Errorf("refund after the withdrawal: %v", err)
	}
}

// 开放报名：只有本机构的考务员能开放；截止不能晚于开考；没有规定的政策数据不能开放；改时间记入记录。
func TestOpeningASession(t *testing.T) {
	k := openCounter(t)
	elsewhere := office
	elsewhere.Org = "elsewhere"
	late := k.terms()
	late.Window.Closes = day.In(time.UTC).Add(time.Millisecond)
	past := k.terms()
	past.Window = clock.Window{Opens: k.clock.Now().Add(-2 * time.Hour), Closes: k.clock.Now()}
	for name, c := range map[string]struct {
		by      authz.Principal
		session string
		terms   registration.OpeningTerms
		want    error
	}{
		"right":        {office, "session-4", k.terms(), nil},
		"another body": {elsewhere, "session-4", k.terms(), registration.ErrTarget},
		"no session":   {office, "none", k.terms(), registration.ErrTarget},
		"too late":     {office, "session-4", late, registration.ErrOpeningInput},
		"past":         {office, "session-4", past, registration.ErrOpeningInput},
		"nothing":      {office, "session-4", registration.OpeningTerms{}, registration.ErrOpeningInput},
		"the public":   {authz.Anonymous(), "session-4", k.terms(), authz.ErrUnauthenticated},
	} {
		if _, err := k.intake.Open(ctx, c.by, c.session, c.terms); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	terms := k.terms()
	terms.Window.Closes = terms.Window.Closes.AddDate(0, 0, 1)
	for range 2 {
		if o, err := k.intake.Open(ctx, office, hall, terms); err != nil || len(o.Trail) != 2 {
			t.Errorf("%+v, %v", o, err)
		}
	}
	if all, err := k.intake.Offers(ctx); err != nil || len(all) != 2 || !all[0].Now || all[0].Target.Level != 4 {
		t.Errorf("%+v, %v", all, err)
	}
}

// 抽题以后本场次不再报名：没有审核的申请随即失效，不能再受理、退回或改正，考务员仍可写明理由不予受理；已缴费用照规定退，没缴的不用缴。
func TestAnApplicationThatNobodyReviewedInTime(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, by := k.apply(e)
	back, byBack := k.apply(k.entry())
	fault := []registration.Fault{{Field: "phone", Text: "打不通"}}
	if _, err := k.intake.Return(ctx, office, back.ID, fault); err != nil {
		t.Fatal(err)
	}
	if _, err := k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeePaid, "票1"); err != nil {
		t.Fatal(err)
	}
	line := registration.QueueOf(k.store.Requests(), k.policy)
	if u, err := line.Undecided(ctx, hall, k.clock.Now()); err != nil || u != (registration.Undecided{Waiting: 1, Returned: 1}) {
		t.Errorf("%+v, %v", u, err)
	}
	closed := k.halls.targets[hall]
	closed.Until = k.clock.Now()
	k.halls.targets[hall] = closed
	now, zone := k.clock.Now(), k.policy.Location()
	r, _, err := k.intake.Own(ctx, by)
	if err != nil || r.StateAt(now, zone) != registration.Lapsed || !r.Unreviewed(now, zone) || r.Due(now, zone) != 0 || !r.Refund(now, zone) {
		t.Errorf("%+v, %v", r, err)
	}
	_, accept := k.accept(r)
	_, again := k.intake.Return(ctx, office, r.ID, fault)
	_, amend := k.intake.Amend(ctx, byBack, e, true)
	_, withdraw := k.intake.Withdraw(ctx, by, "有事")
	_, pay := k.intake.Record(ctx, office, r.ID, "practical-5", registration.FeePaid, "票2")
	for name, c := range map[string][2]error{"accepted": {accept, registration.ErrEnded}, "sent back": {again, registration.ErrEnded}, "corrected": {amend, registration.ErrLapsed},
		"withdrawn": {withdraw, registration.ErrLapsed}, "paid": {pay, registration.ErrFeeState}} {
		if !errors.Is(c[0], c[1]) {
			t.Errorf("%s: %v, want %v", name, c[0], c[1])
		}
	}
	if r, err = k.intake.Record(ctx, office, r.ID, "theory-5", registration.FeeRefunded, "退1"); err != nil || r.Refund(now, zone) {
		t.Errorf("refund: %v", err)
	}
	if r, err = k.intake.Reject(ctx, office, r.ID, "报名已截止，请改报下一场"); err != nil || r.StateAt(now, zone) != registration.Rejected {
		t.Errorf("%+v, %v", r, err)
	}
}

// 退回改正的最后一天：政策规定的工作日、报名截止、考试前一天，三者取最早；一天也不剩的不能退回。
func TestTheLastDayOfACorrection(t *testing.T) {
	p := samplePolicy(t)
	at := func(s string) time.Time {
		i, err := time.ParseInLocation("2006-01-02 15:04", s, p.Location())
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	now := at("2026-11-02 10:00") // Monday; five working days on is the 9th
	for name, c := range map[string]struct {
		closes, until, day string
		by                 string
		to                 string
		want               error
	}{
		"the policy":                        {"2026-11-30 00:00", "2026-12-10 09:00", "2026-12-10", "2026-11-09", "", nil},
		"registration ends at noon":         {"2026-11-05 12:00", "2026-12-10 09:00", "2026-12-10", "2026-11-05", "2026-11-05 12:00", nil},
		"registration ends with a day":      {"2026-11-06 00:00", "2026-12-10 09:00", "2026-12-10", "2026-11-05", "", nil},
		"it ends on the policy's last day":  {"2026-11-09 12:00", "2026-12-10 09:00", "2026-12-10", "2026-11-09", "2026-11-09 12:00", nil},
		"the sitting is on the policy's":    {"2026-11-09 08:00", "2026-11-09 09:00", "2026-11-09", "2026-11-08", "", nil},
		"the sitting is tomorrow":           {"2026-11-03 08:00", "2026-11-03 09:00", "2026-11-03", "2026-11-02", "", nil},
		"the sitting is today":              {"2026-11-02 13:00", "2026-11-02 14:00", "2026-11-02", "", "", registration.ErrNoTime},
		"registration is over":              {"2026-11-02 10:00", "2026-12-10 09:00", "2026-12-10", "", "", registration.ErrNoTime},
		"the session takes nobody any more": {"2026-11-30 00:00", "2026-11-02 10:00", "2026-12-10", "", "", registration.ErrEnded},
	} {
		o := registration.Offer{Opening: registration.Opening{Window: clock.Window{Closes: at(c.closes)}}, Target: registration.Target{Until: at(c.until), Day: date(c.day)}}
		got, err := registration.AnswerUntil(p, o, now)
		var want registration.Answer
		if c.by != "" {
			want.By = date(c.by)
		}
		if c.to != "" {
			want.To = at(c.to)
		}
		if !errors.Is(err, c.want) || got.By != want.By || !got.To.Equal(want.To) {
			t.Errorf("%s: %+v, %v; want %+v, %v", name, got, err, want, c.want)
		}
	}
}

// 退回以后报名先截止的：截止的那一刻起不能再交，前一刻还可以。
func TestACorrectionEndsWithRegistration(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	closes := k.clock.Now().Add(time.Hour)
	terms := k.terms()
	terms.Window.Closes = closes
	r, by := k.apply(e)
	if _, err := k.intake.Open(ctx, office, hall, terms); err != nil {
		t.Fatal(err)
	}
	r, err := k.intake.Return(ctx, office, r.ID, []registration.Fault{{Field: "phone", Text: "打不通"}})
	if err != nil || !r.AnswerTo.Equal(closes) {
		t.Fatalf("%+v, %v", r, err)
	}
	k.clock.Set(closes)
	if _, err := k.intake.Amend(ctx, by, e, true); !errors.Is(err, registration.ErrLapsed) {
		t.Errorf("as registration ends: %v", err)
	}
	k.clock.Set(closes.Add(-time.Millisecond))
	if _, err := k.intake.Amend(ctx, by, e, true); err != nil {
		t.Errorf("just before: %v", err)
	}
}
