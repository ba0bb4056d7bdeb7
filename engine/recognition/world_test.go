package recognition_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/recognition"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/fixtures/policy"
)

// world is a nursing home filed in 天津 for 五级 and 四级, with a member of staff who has worked there since 2020 and others.
type world struct {
	t      *testing.T
	store  *store.Store
	clock  *clock.Manual
	people *people.Registry
	judge  *separation.Judge
	policy engine.Policy
	*recognition.Desk
}

const home, other, far = engine.OrgID("home"), engine.OrgID("other"), engine.OrgID("far") // far is in 重庆

func date(s string) clock.Date {
	d, err := clock.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// people of the tests: 职工 is applied for, the others act.
var everybody = []engine.PersonID{"staff", "newcomer", "stranger", "office", "second", "head", "third", "labour", "labour2", "outside", "inside"}

func open(t *testing.T, edit func(*engine.Policy)) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	check(t, err)
	t.Cleanup(func() { check(t, db.Close()) })
	w := &world{t: t, store: store.New(db, ids.Seeded("recognition")), clock: clock.NewManual(time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC))}
	w.policy, err = policy.Sample()
	check(t, err)
	w.policy.Recognition.Open, w.policy.Recognition.Percent, w.policy.Recognition.Most = []string{"12"}, 0, 2
	if edit != nil {
		edit(&w.policy)
	}
	w.people = people.NewRegistry(w.store.People(), w.store.Organisations(), []byte("key"), w.clock)
	w.judge = separation.NewJudge(w.store.Ties(), w.people, w.policy.Ties, w.clock)
	w.Desk = recognition.NewDesk(recognition.Ports{Cases: w.store.Recognitions(), Quotas: w.store.RecognitionQuotas()}, w.people, w.judge,
		result.NewRecords(w.store.Cases(), w.people), w.policy, w.clock)
	for id, province := range map[engine.OrgID]string{home: "12", other: "12", far: "50"} {
		check(t, w.store.Organisations().CreateOrganisation(t.Context(), &engine.Organisation{ID: id, Kind: engine.EvaluationBody, Category: engine.EmployerBody,
			Name: "颐康养老院（" + string(id) + "）", Province: province, Filings: []engine.Filing{{Number: "S000012009999", Occupation: engine.LongTermCare().Code,
				Levels: []engine.Level{engine.Level5, engine.Level4}, From: date("2026-01-01"), To: date("2028-01-01")}}}))
	}
	for _, p := range everybody {
		check(t, w.store.People().CreatePerson(t.Context(), &engine.Person{ID: p, Name: "甘" + string(p), IDType: engine.OtherDoc, IDNumber: string(p)}))
	}
	w.employ(home, "staff", "2020-03-01")
	w.employ(home, "newcomer", "2023-11-24")
	w.employ(home, "head", "2015-01-01")
	w.employ(home, "inside", "2019-01-01")
	w.employ(home, "third", "2019-01-01")
	w.employ(other, "stranger", "2018-01-01")
	return w
}

func (w *world) employ(org engine.OrgID, p engine.PersonID, since string) *separation.Tie {
	return w.tie(separation.Tie{Kind: separation.Employs, From: separation.OrgNode(org), To: separation.PersonNode(p), Since: date(since), Source: "劳动合同"})
}

func (w *world) tie(t separation.Tie) *separation.Tie {
	w.t.Helper()
	if t.Source == "" {
		t.Source = "申报"
	}
	got, err := w.judge.Record(w.t.Context(), office(), t)
	check(w.t, err)
	return got
}

func acting(p string, org engine.OrgID, roles ...authz.Role) authz.Principal {
	return authz.Principal{Account: p, Person: p, Name: "甘" + p, Roles: roles, Org: string(org)}
}

func office() authz.Principal { return acting("office", home, authz.ExamOffice) }
func second() authz.Principal { return acting("second", home, authz.ExamOffice) }
func labour() authz.Principal {
	by := acting("labour", "", authz.Labour)
	by.Province = "12"
	return by
}

// second officer of the bureau, who answers the objections to what the first decided.
func labour2() authz.Principal {
	by := labour()
	by.Account, by.Person, by.Name = "labour2", "labour2", "甘labour2"
	return by
}

// outside is a quality supervisor of another body of the province; inside is of the body's staff.
func outside() authz.Principal { return acting("outside", other, authz.Supervisor) }
func inside() authz.Principal  { return acting("inside", home, authz.Supervisor) }

// application is for 四级 of somebody, as the sample policy asks for it.
func application(p engine.PersonID) recognition.Case {
	return recognition.Case{Person: p, Level: engine.Level4, Terms: engine.TermsContract, Evidence: []recognition.Evidence{
		{Material: "employment", Document: "劳动合同2020-17号"}, {Material: "theory-record", Document: "理论考核记录2025-3号"},
		{Material: "practice-record", Document: "操作考核记录2025-4号"}, {Material: "work-record", Document: "护理部工作记录2025年卷"}},
		Superior: recognition.Superior{Person: "head", Post: "护理部主任", Words: "独立完成重度失能老人照护两年以上，未出差错", On: date("2026-11-20")}}
}

func (w *world) applied(p engine.PersonID) *recognition.Case {
	w.t.Helper()
	c, err := w.Apply(w.t.Context(), office(), application(p))
	check(w.t, err)
	return c
}

func (w *world) reviewed(p engine.PersonID) *recognition.Case {
	w.t.Helper()
	c, err := w.Review(w.t.Context(), second(), w.applied(p).Seen(), true, "材料与原件一致")
	check(w.t, err)
	return c
}

func (w *world) public(p engine.PersonID) *recognition.Case {
	w.t.Helper()
	c, err := w.Decide(w.t.Context(), labour(), w.reviewed(p).Seen(), true, "符合规定")
	check(w.t, err)
	return c
}

// to sets the clock to ten in the morning of a day.
func (w *world) to(day string) {
	d := date(day)
	w.clock.Set(time.Date(d.Year, d.Month, d.Day, 2, 0, 0, 0, time.UTC))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func refused(t *testing.T, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
	}
}

// said is what the acting person reads of a refusal.
func said(err error) string {
	var refusal *errs.Error
	if errors.As(err, &refusal) {
		return refusal.Msg
	}
	return ""
}
