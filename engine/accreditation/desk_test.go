package accreditation_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/accreditation"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/sqlite"
	"github.com/skillcert/skillcert/engine/store/storetest"
	"github.com/skillcert/skillcert/fixtures/demo"
	"github.com/skillcert/skillcert/fixtures/policy"
)

var (
	ctx      = context.Background()
	labour   = authz.Principal{Account: "renshe", Person: "p1", Name: "贾尚贤", Roles: []authz.Role{authz.Labour}, Province: "12"}
	second   = authz.Principal{Account: "renshe2", Person: "p2", Name: "韩秉公", Roles: []authz.Role{authz.Labour}, Province: "12"}
	medical  = authz.Principal{Account: "yibao", Person: "p3", Name: "蒋以宁", Roles: []authz.Role{authz.Medical}, Province: "12"}
	jilin    = authz.Principal{Account: "jilin", Person: "p4", Roles: []authz.Role{authz.Labour}, Province: "22"}
	pdf      = []byte("%PDF-1.7 x")
	calendar = time.FixedZone("CST", 8*60*60)
)

// holder is somebody whom the papers of a body name.
func holder(name string, no int) engine.Person {
	return engine.Person{Name: name, IDType: engine.ResidentCard, IDNumber: demo.IDNumber(clock.Date{Year: 1980, Month: 2, Day: 1}, no, engine.Male)}
}

func office(org engine.OrgID) authz.Principal {
	return authz.Principal{Account: "kaowu-" + string(org), Person: "o-" + string(org), Roles: []authz.Role{authz.ExamOffice}, Org: string(org)}
}

type world struct {
	t      *testing.T
	clock  *clock.Manual
	people *people.Registry
	store  *store.Store
	ties   separation.Ties
	judge  *separation.Judge
	desk   *accreditation.Desk
}

// open has two filed 社会培训评价组织; it is Monday, 7 September 2026, in the morning.
func open(t *testing.T) *world {
	t.Helper()
	db, err := sqlite.Open(filepath.Join(t.TempDir(), "x.db"))
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	pol, err := policy.Sample()
	must(t, err)
	s := store.New(db, ids.Seeded("accreditation"))
	w := &world{t: t, store: s, clock: clock.NewManual(time.Date(2026, 9, 7, 9, 0, 0, 0, calendar))}
	w.people = people.NewRegistry(s.People(), s.Organisations(), []byte("key"), w.clock)
	w.ties = s.Ties()
	w.judge = separation.NewJudge(w.ties, w.people, pol.Ties, w.clock)
	w.desk = accreditation.NewDesk(accreditation.Ports{Calls: s.Calls(), Files: s.MaterialFiles()}, w.judge, w.people, pol, w.clock)
	w.body("a", "91120000MYYYYYY1XC", nil)
	w.body("b", "91120000MYYYYYY28C", nil)
	return w
}

// body files a body that examines another occupation, as 吉医保联〔2025〕12号 三（一） expects.
func (w *world) body(id engine.OrgID, code string, change func(*engine.Organisation)) {
	w.t.Helper()
	o := engine.Organisation{ID: id, Kind: engine.EvaluationBody, Category: engine.SocialBody, Name: "评价机构" + string(id), CreditCode: code, Province: "12",
		Filings: []engine.Filing{{Number: "S000012000001", Occupation: "4-10-01-05", Levels: []engine.Level{engine.Level5}, Capacity: 100,
			From: clock.Date{Year: 2025, Month: 1, Day: 1}, To: clock.Date{Year: 2027, Month: 1, Day: 1}}}}
	if change != nil {
		change(&o)
	}
	_, err := w.people.FileOrganisation(ctx, authz.Principal{Account: "guanli", Roles: []authz.Role{authz.Operator}}, o)
	must(w.t, err)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// announce calls for one body, applications until Friday, 11 September.
func (w *world) announce() accreditation.CallID {
	w.t.Helper()
	c, err := w.desk.Announce(ctx, labour, accreditation.Call{Title: "长期照护师评价组织征集遴选", Document: "津人社〔2026〕1号", Levels: engine.Levels(), Bodies: 1,
		Closes: clock.Date{Year: 2026, Month: 9, Day: 11}})
	must(w.t, err)
	return c.ID
}

func (w *world) day(d int) { w.clock.Set(time.Date(2026, 9, d, 9, 0, 0, 0, calendar)) }

// prepare has a body fill its application in, not submit it.
func (w *world) prepare(id accreditation.CallID, org engine.OrgID) {
	w.t.Helper()
	c, err := w.desk.Apply(ctx, office(org), id)
	must(w.t, err)
	for _, m := range c.Materials {
		_, err := w.desk.Attach(ctx, office(org), id, m.Key, m.Name+".pdf", pdf)
		must(w.t, err)
	}
	_, err = w.desk.SetPremises(ctx, office(org), id, accreditation.Premises{Address: "某路1号"})
	must(w.t, err)
	_, err = w.desk.SetControl(ctx, office(org), id, behind)
	must(w.t, err)
}

var (
	yes    = accreditation.Opinion{For: true, Reason: "场地、人员、制度均符合"}
	no     = accreditation.Opinion{Reason: "专家队伍不足"}
	filing = accreditation.Papers{Filing: engine.Filing{Number: "S000012009999", Capacity: 3000, From: clock.Date{Year: 2026, Month: 10, Day: 1},
		To: clock.Date{Year: 2029, Month: 10, Day: 1}}}
	behind = separation.Control{Representative: holder("司马明", 311), Owners: []separation.Owner{{Name: "津康健康集团", CreditCode: "91120000MA0600060A", Percent: 60}}}
)

// bring has the application of body a come to a state by the whole way that leads there.
func (w *world) bring(id accreditation.CallID, to accreditation.State) {
	w.t.Helper()
	do := func(_ *accreditation.Call, err error) { w.t.Helper(); must(w.t, err) }
	w.prepare(id, "a")
	way := []accreditation.State{accreditation.Draft, accreditation.Submitted, accreditation.Reviewed, accreditation.Chosen, accreditation.Noticed, accreditation.Filed}
	last := slices.Index(way, to)
	switch to {
	case accreditation.Withdrawn:
		do(w.desk.Withdraw(ctx, office("a"), id))
		return
	case accreditation.Declined:
		last = 2
	case accreditation.Struck:
		last = 4
	}
	steps := []func(){func() {}, func() { do(w.desk.Submit(ctx, office("a"), id)) }, func() { do(w.desk.Review(ctx, medical, id, "a", yes)) },
		func() { w.day(12); do(w.desk.Decide(ctx, labour, id, "a", yes)) }, func() { w.day(14); do(w.desk.Publish(ctx, labour, id)) },
		func() { w.day(22); do(w.desk.File(ctx, labour, id, "a", filing)) }}
	for _, step := range steps[:last+1] {
		step()
	}
	switch to {
	case accreditation.Declined:
		w.day(12)
		do(w.desk.Decide(ctx, labour, id, "a", no))
	case accreditation.Struck:
		do(w.desk.Object(ctx, labour, id, "a", accreditation.Objection{From: "某单位", Text: "产权不实"}))
		do(w.desk.Answer(ctx, labour, id, "a", 1, accreditation.Answer{Upheld: true, Text: "查实"}))
	}
}

func (w *world) state(id accreditation.CallID, org engine.OrgID) accreditation.State {
	w.t.Helper()
	c, err := w.desk.Call(ctx, labour, id)
	must(w.t, err)
	for _, a := range c.Applications {
		if a.Org == org {
			return a.State
		}
	}
	return ""
}

// 每一种状态下，每一个动作：能办的办成，不能办的一律不能，申报不会倒退。
func TestStatesAndActions(t *testing.T) {
	actions := []struct {
		name string
		from map[accreditation.State]accreditation.State // where it leads, from each state that it may start in
		do   func(w *world, id accreditation.CallID) error
	}{
		{"attach", map[accreditation.State]accreditation.State{accreditation.Draft: accreditation.Draft}, func(w *world, id accreditation.CallID) error {
			_, err := w.desk.Attach(ctx, office("a"), id, "report", "新.pdf", []byte("%PDF-2"))
			return err
		}},
		{"premises", map[accreditation.State]accreditation.State{accreditation.Draft: accreditation.Draft}, func(w *world, id accreditation.CallID) error {
			_, err := w.desk.SetPremises(ctx, office("a"), id, accreditation.Premises{Address: "某路2号"})
			return err
		}},
		{"submit", map[accreditation.State]accreditation.State{accreditation.Draft: accreditation.Submitted, accreditation.Submitted: accreditation.Submitted},
			func(w *world, id accreditation.CallID) error {
				_, err := w.desk.Submit(ctx, office("a"), id)
				return err
			}},
		{"withdraw", map[accreditation.State]accreditation.State{accreditation.Draft: accreditation.Withdrawn, accreditation.Submitted: accreditation.Withdrawn,
			accreditation.Reviewed: accreditation.Withdrawn, accreditation.Chosen: accreditation.Withdrawn, accreditation.Withdrawn: accreditation.Withdrawn},
			func(w *world, id accreditation.CallID) error {
				_, err := w.desk.Withdraw(ctx, office("a"), id)
				return err
			}},
		{"review", map[accreditation.State]accreditation.State{accreditation.Submitted: accreditation.Reviewed}, func(w *world, id accreditation.CallID) error {
			_, err := w.desk.Review(ctx, medical, id, "a", yes)
			return err
		}},
		{"decide", map[accreditation.State]accreditation.State{accreditation.Reviewed: accreditation.Chosen}, func(w *world, id accreditation.CallID) error {
			w.day(12)
			_, err := w.desk.Decide(ctx, labour, id, "a", yes)
			return err
		}},
		{"object", map[accreditation.State]accreditation.State{accreditation.Noticed: accreditation.Noticed}, func(w *world, id accreditation.CallID) error {
			_, err := w.desk.Object(ctx, labour, id, "a", accreditation.Objection{From: "某单位", Text: "不实"})
			return err
		}},
		{"answer", map[accreditation.State]accreditation.State{}, func(w *world, id accreditation.CallID) error {
			_, err := w.desk.Answer(ctx, labour, id, "a", 1, accreditation.Answer{Text: "不属实"})
			return err
		}},
		{"file", map[accreditation.State]accreditation.State{accreditation.Noticed: accreditation.Filed, accreditation.Filed: accreditation.Filed},
			func(w *world, id accreditation.CallID) error {
				if w.state(id, "a") == accreditation.Noticed {
					w.day(22)
				}
				_, err := w.desk.File(ctx, labour, id, "a", filing)
				return err
			}},
	}
	for _, from := range accreditation.States() {
		for _, a := range actions {
			t.Run(fmt.Sprintf("%s/%s", from, a.name), func(t *testing.T) {
				w := open(t)
				id := w.announce()
				w.bring(id, from)
				err := a.do(w, id)
				want, may := a.from[from]
				if !may {
					want = from
				}
				if got := w.state(id, "a"); (err == nil) != may || got != want {
					t.Errorf("now %s, want %s; %v", got, want, err)
				}
			})
		}
	}
}

// 公示不少于5个工作日：9月14日（周一）公示，公示当日不算，9月21日（周一）期满，22日起可以备案。
func TestNoticeIsFiveWorkingDays(t *testing.T) {
	for d, want := range map[int]error{14: accreditation.ErrNoticeOpen, 18: accreditation.ErrNoticeOpen, 21: accreditation.ErrNoticeOpen, 22: nil} {
		w := open(t)
		id := w.announce()
		w.bring(id, accreditation.Noticed)
		w.day(d)
		_, err := w.desk.File(ctx, labour, id, "a", filing)
		wantError(t, fmt.Sprint("on the ", d), err, want)
	}
}

// 有异议未答复的不能备案；异议不成立的，答复后可以；异议成立的取消。
func TestObjections(t *testing.T) {
	for name, upheld := range map[string]bool{"not upheld": false, "upheld": true} {
		w := open(t)
		id := w.announce()
		w.bring(id, accreditation.Noticed)
		_, err := w.desk.Object(ctx, labour, id, "a", accreditation.Objection{From: "某单位", Text: "场地产权不实"})
		must(t, err)
		w.day(22)
		_, err = w.desk.File(ctx, labour, id, "a", filing)
		wantError(t, name+": open", err, accreditation.ErrObjection)
		_, err = w.desk.Answer(ctx, labour, id, "a", 1, accreditation.Answer{Upheld: upheld, Text: "经核查"})
		must(t, err)
		_, err = w.desk.Answer(ctx, labour, id, "a", 1, accreditation.Answer{Text: "再答"})
		wantError(t, name+": answered twice", err, accreditation.ErrState)
		_, err = w.desk.File(ctx, labour, id, "a", filing)
		want := error(nil)
		if upheld {
			want = accreditation.ErrState
		}
		wantError(t, name+": answered", err, want)
	}
}

// 备案后机构名录中就是新的备案：职业、等级按遴选公告，机构的履历里有依据。
func TestFilingReachesTheDirectory(t *testing.T) {
	w := open(t)
	id := w.announce()
	w.bring(id, accreditation.Filed)
	o, err := w.people.Organisation(ctx, "a")
	must(t, err)
	if len(o.Filings) != 2 || o.Filings[0].Occupation != "4-10-01-05" || o.Filings[0].Ended != nil {
		t.Fatalf("what was filed before: %+v", o.Filings)
	}
	if f := o.Filings[1]; f.Occupation != "4-14-01-03" || !slices.Equal(f.Levels, engine.Levels()) || f.Capacity != 3000 || f.Document == "" || len(o.Trail) != 2 {
		t.Errorf("%+v", o.Filings)
	}
	all, err := w.desk.Public(ctx)
	must(t, err)
	if a := all[0].Applications; len(a) != 1 || a[0].State != accreditation.Filed || a[0].Files != nil || a[0].Review != nil || a[0].Control != nil {
		t.Errorf("the public sees %+v", a)
	}
	for kind, want := range map[separation.Kind]string{separation.Represents: "机构备案材料中的法定代表人", separation.Owns: "机构备案材料中的出资人：津康健康集团"} {
		rows, _, err := w.ties.TiesTo(ctx, separation.OrgNode("a"), kind, engine.Cursor{})
		if err != nil || len(rows) != 1 || rows[0].Source != want {
			t.Errorf("%s: %+v %v", kind, rows, err)
		}
	}
}

// 备案时证件已登记在别人名下的，说明在哪一栏，什么都没有备案；主管部门核对后在备案时改正，备案和关系按改正的登记，
// 申报里留下改正后的内容。备案号、人数、日期和法定代表人的问题一次说完。
func TestTheAuthorityCorrectsWhoIsBehindABody(t *testing.T) {
	w := open(t)
	id := w.announce()
	w.bring(id, accreditation.Noticed)
	other := behind.Representative
	other.Name = "司马朗"
	_, err := w.people.Register(ctx, labour, other)
	must(t, err)
	w.day(22)
	_, err = w.desk.File(ctx, labour, id, "a", accreditation.Papers{Filing: engine.Filing{Number: "9"}})
	wantFields(t, err, engine.ErrOrgInput, "filing.number", "filing.capacity", "filing.to", "head_number")
	o, err := w.people.Organisation(ctx, "a")
	if err != nil || o.Filings[0].Occupation == engine.LongTermCare().Code || w.state(id, "a") != accreditation.Noticed {
		t.Errorf("%+v %v", o.Filings, err)
	}
	right := filing
	right.Control = &separation.Control{Representative: other}
	must(t, w.desk.CheckPapers(ctx, labour, id, "a", right))
	c, err := w.desk.File(ctx, labour, id, "a", right)
	must(t, err)
	if a := c.Applications[0]; a.State != accreditation.Filed || a.Control.Representative.Name != "司马朗" || a.Control.Owners != nil {
		t.Errorf("%+v", a)
	}
	wantError(t, "the medical authority checks papers", w.desk.CheckPapers(ctx, medical, id, "a", right), authz.ErrForbidden)
}

// wantFields wants a refusal that names just these fields.
func wantFields(t *testing.T, err, want error, names ...string) {
	t.Helper()
	var e *errs.Error
	if !errors.As(err, &e) || !errors.Is(err, want) {
		t.Errorf("%v, want %v", err, want)
		return
	}
	var got []string
	for _, f := range e.Fields {
		got = append(got, f.Name)
	}
	if !slices.Equal(got, names) {
		t.Errorf("%q, want %q", got, names)
	}
}

// 申报必须填写法定代表人和出资人；填错的逐栏说明，场地、材料、法定代表人还缺什么一次说完；主管部门不能替机构填。
func TestAnApplicationSaysWhoIsBehindTheBody(t *testing.T) {
	w := open(t)
	id := w.announce()
	_, err := w.desk.Apply(ctx, office("a"), id)
	must(t, err)
	_, err = w.desk.Submit(ctx, office("a"), id)
	wantFields(t, err, accreditation.ErrMaterials, "address", "control", "materials")
	_, err = w.desk.SetControl(ctx, office("a"), id, separation.Control{Owners: []separation.Owner{{Name: "甲", CreditCode: "91120000MYYYYYY1XC", Percent: 101}}})
	wantFields(t, err, separation.ErrControl, "head_name", "head_number", "owner1_percent", "owner1_number", "owners")
	_, err = w.desk.SetControl(ctx, labour, id, behind)
	wantError(t, "the authority fills in", err, authz.ErrForbidden)
	_, err = w.desk.SetControl(ctx, office("b"), id, behind)
	wantError(t, "who did not apply", err, accreditation.ErrApplication)
	c, err := w.desk.SetControl(ctx, office("a"), id, behind)
	must(t, err)
	if p := c.Applications[0].Control.Representative; p.Born.Year != 1980 || p.Sex != engine.Male {
		t.Errorf("%+v", p)
	}
	_, err = w.desk.Submit(ctx, office("a"), id)
	wantFields(t, err, accreditation.ErrMaterials, "address", "materials")
	w.prepare(id, "a")
	_, err = w.desk.Submit(ctx, office("a"), id)
	must(t, err)
	_, err = w.desk.SetControl(ctx, office("a"), id, behind)
	wantError(t, "after it was handed in", err, accreditation.ErrState)
}

// 公告、异议、答复里有几处不对，一次说完。
func TestAllFaultsOfAFormAreToldAtOnce(t *testing.T) {
	w := open(t)
	_, err := w.desk.Announce(ctx, labour, accreditation.Call{})
	wantFields(t, err, accreditation.ErrInput, "title", "document", "levels", "bodies", "closes")
	id := w.announce()
	w.bring(id, accreditation.Noticed)
	_, err = w.desk.Object(ctx, labour, id, "a", accreditation.Objection{})
	wantFields(t, err, accreditation.ErrInput, "from", "text")
	_, err = w.desk.Answer(ctx, labour, id, "a", 1, accreditation.Answer{})
	wantFields(t, err, accreditation.ErrInput, "text")
}

// 评审和决定须由两人作出：同一账号不行，同一人换一个账号也不行；申报截止以前，别的机构还可以申报，不作决定。
func TestTwoPersons(t *testing.T) {
	w := open(t)
	id := w.announce()
	w.prepare(id, "a")
	_, err := w.desk.Submit(ctx, office("a"), id)
	must(t, err)
	_, err = w.desk.Review(ctx, labour, id, "a", yes)
	must(t, err)
	_, err = w.desk.Decide(ctx, second, id, "a", yes)
	wantError(t, "on the last day, when others may still apply", err, accreditation.ErrOpen)
	w.day(12)
	other := labour
	other.Account = "renshe9"
	for _, by := range []authz.Principal{labour, other} {
		_, err = w.desk.Decide(ctx, by, id, "a", yes)
		wantError(t, by.Account, err, accreditation.ErrSamePerson)
	}
	_, err = w.desk.Decide(ctx, medical, id, "a", yes)
	wantError(t, "the medical authority reviews only", err, authz.ErrForbidden)
	// 评审人另有一个证件、另一个账号的，也不能决定。
	passport := second
	passport.Account, passport.Person = "renshe8", "passport"
	storetest.OneHuman(t, w.store.People(), engine.PersonID(labour.Person), "passport")
	_, err = w.desk.Decide(ctx, passport, id, "a", yes)
	wantError(t, "the reviewer's other document", err, accreditation.ErrSamePerson)
	_, err = w.desk.Decide(ctx, second, id, "a", yes)
	wantError(t, "another person", err, nil)
}

// 只遴选1家的，不能选第二家；还有申报未决定的、申报未截止的，不能公示。
func TestPlacesAndPublication(t *testing.T) {
	w := open(t)
	id := w.announce()
	w.prepare(id, "b")
	_, err := w.desk.Submit(ctx, office("b"), id)
	must(t, err)
	_, err = w.desk.Publish(ctx, labour, id)
	wantError(t, "applications are open", err, accreditation.ErrUndecided)
	w.bring(id, accreditation.Chosen)
	w.day(14)
	_, err = w.desk.Publish(ctx, labour, id)
	wantError(t, "one is not decided", err, accreditation.ErrUndecided)
	_, err = w.desk.Review(ctx, medical, id, "b", yes)
	must(t, err)
	_, err = w.desk.Decide(ctx, labour, id, "b", yes)
	wantError(t, "a second one", err, accreditation.ErrFull)
	_, err = w.desk.Decide(ctx, labour, id, "b", no)
	must(t, err)
	c, err := w.desk.Publish(ctx, labour, id)
	must(t, err)
	if want := (clock.Date{Year: 2026, Month: 9, Day: 21}); c.Notice.Last != want || w.state(id, "b") != accreditation.Declined {
		t.Errorf("until %s, b is %s", c.Notice.Last, w.state(id, "b"))
	}
}

// 谁能申报：本省已备案、备案有效、没有整改任务的社会培训评价组织；截止当天还可以，次日不行。
func TestWhoMayApply(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*engine.Organisation)
		day    int
		want   error
	}{
		"as it should be":   {nil, 7, nil},
		"on the last day":   {nil, 11, nil},
		"a day late":        {nil, 12, accreditation.ErrClosed},
		"a school":          {func(o *engine.Organisation) { o.Category = engine.SchoolBody }, 7, accreditation.ErrNotEligible},
		"no category":       {func(o *engine.Organisation) { o.Category = "" }, 7, accreditation.ErrNotEligible},
		"a training body":   {func(o *engine.Organisation) { o.Kind, o.Category, o.Filings = engine.TrainingBody, "", nil }, 7, accreditation.ErrNotEligible},
		"filing is over":    {func(o *engine.Organisation) { o.Filings[0].To = clock.Date{Year: 2026, Month: 9, Day: 7} }, 7, accreditation.ErrNotEligible},
		"filing's last day": {func(o *engine.Organisation) { o.Filings[0].To = clock.Date{Year: 2026, Month: 9, Day: 8} }, 7, nil},
		"another province":  {func(o *engine.Organisation) { o.Province = "22" }, 7, accreditation.ErrNotEligible},
	} {
		w := open(t)
		id := w.announce()
		w.body("c", "91350100M000100Y43", c.change)
		w.day(c.day)
		_, err := w.desk.Apply(ctx, office("c"), id)
		wantError(t, name, err, c.want)
	}
}

// 正在整改的机构不能申报；填报以后才被责令整改的，不能提交；解除当天可以。
func TestABodyUnderRectificationCannotApply(t *testing.T) {
	w := open(t)
	id := w.announce()
	w.prepare(id, "a")
	_, err := w.people.Measure(ctx, labour, "a", engine.Suspension{Measure: engine.Rectification, From: clock.Date{Year: 2026, Month: 9, Day: 8},
		To: clock.Date{Year: 2026, Month: 9, Day: 10}, Reason: "专项整治", Document: "津人社监〔2026〕5号"})
	must(t, err)
	for d, want := range map[int]error{8: engine.ErrSuspended, 9: engine.ErrSuspended} {
		w.day(d)
		_, err := w.desk.Submit(ctx, office("a"), id)
		wantError(t, fmt.Sprint("on the ", d), err, want)
		if got := w.state(id, "a"); got != accreditation.Draft {
			t.Errorf("now %s", got)
		}
	}
	w.day(10)
	_, err = w.desk.Submit(ctx, office("a"), id)
	wantError(t, "on the 10th", err, nil)
}

// 租用场地的租期应在5年以上：整五年可以，差一天不行。材料缺一项不能提交。
func TestPremisesAndMaterials(t *testing.T) {
	w := open(t)
	id := w.announce()
	_, err := w.desk.Apply(ctx, office("a"), id)
	must(t, err)
	from := clock.Date{Year: 2026, Month: 3, Day: 1}
	for to, want := range map[clock.Date]error{{Year: 2031, Month: 2, Day: 28}: accreditation.ErrInput, {Year: 2031, Month: 3, Day: 1}: nil, {}: accreditation.ErrInput} {
		_, err := w.desk.SetPremises(ctx, office("a"), id, accreditation.Premises{Address: "某路1号", Leased: true, From: from, To: to})
		wantError(t, "until "+to.String(), err, want)
	}
	past := accreditation.Premises{Address: "某路1号", Leased: true, From: clock.Date{Year: 2015, Month: 1, Day: 1}, To: clock.Date{Year: 2020, Month: 1, Day: 1}}
	_, err = w.desk.SetPremises(ctx, office("a"), id, past)
	wantError(t, "a lease of five years that ended long ago", err, accreditation.ErrInput)
	_, err = w.desk.Submit(ctx, office("a"), id)
	wantError(t, "no materials", err, accreditation.ErrMaterials)
	for name, data := range map[string][]byte{"a program": []byte("MZ x"), "too large": append([]byte("%PDF-"), make([]byte, accreditation.MaxFile)...), "nothing": nil} {
		_, err := w.desk.Attach(ctx, office("a"), id, "report", "x.pdf", data)
		wantError(t, name, err, accreditation.ErrFile)
	}
	_, err = w.desk.Attach(ctx, office("a"), id, "nothing-asked", "x.pdf", pdf)
	wantError(t, "a material that is not asked", err, accreditation.ErrNoFile)
	_, err = w.desk.Attach(ctx, office("a"), id, "report", `C:\文件\报告.pdf`, pdf)
	must(t, err)
	f, data, err := w.desk.Material(ctx, labour, id, "a", "report")
	if err != nil || string(data) != string(pdf) || f.Name != "报告.pdf" || f.Size != len(pdf) || len(f.Digest) != 64 {
		t.Errorf("%+v %q %v", f, data, err)
	}
	_, _, err = w.desk.Material(ctx, office("b"), id, "a", "report")
	wantError(t, "another body reads it", err, accreditation.ErrApplication)
}

// 各省只办本省的遴选；机构只看见自己的申报，看不见异议是谁提的。
func TestProvincesAndBodiesKeepApart(t *testing.T) {
	w := open(t)
	id := w.announce()
	w.bring(id, accreditation.Noticed)
	_, err := w.desk.Object(ctx, labour, id, "a", accreditation.Objection{From: "举报人", Text: "不实"})
	must(t, err)
	_, err = w.desk.Call(ctx, jilin, id)
	wantError(t, "another province looks", err, accreditation.ErrCall)
	_, err = w.desk.Object(ctx, jilin, id, "a", accreditation.Objection{From: "x", Text: "y"})
	wantError(t, "another province writes", err, accreditation.ErrCall)
	c, err := w.desk.Call(ctx, office("b"), id)
	if err != nil || len(c.Applications) != 0 {
		t.Errorf("b sees %+v, %v", c, err)
	}
	c, err = w.desk.Call(ctx, office("a"), id)
	if err != nil || len(c.Applications) != 1 || c.Applications[0].Objections[0].From != "" || c.Trail != nil {
		t.Errorf("a sees %+v, %v", c, err)
	}
	_, err = w.desk.Announce(ctx, office("a"), accreditation.Call{})
	wantError(t, "a body calls", err, authz.ErrForbidden)
	_, err = w.desk.Announce(ctx, labour, accreditation.Call{Bodies: 0})
	wantError(t, "an empty call", err, accreditation.ErrInput)
}

// 同一公告再发一次不变；同一文号内容不同的，不收。
func TestAnnounceTwice(t *testing.T) {
	w := open(t)
	id := w.announce()
	if again := w.announce(); again != id {
		t.Errorf("%s and %s", id, again)
	}
	_, err := w.desk.Announce(ctx, labour, accreditation.Call{Title: "长期照护师评价组织征集遴选", Document: "津人社〔2026〕1号", Levels: engine.Levels(), Bodies: 3,
		Closes: clock.Date{Year: 2026, Month: 9, Day: 11}})
	wantError(t, "another content", err, accreditation.ErrCallExists)
}
