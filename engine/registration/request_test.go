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
	if all, _, err := k.intake.Queue(ctx, office, hall, engine.Cursor{}); err != nil || len(all) != 2 {
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
