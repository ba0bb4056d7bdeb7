package sitting_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

func (w *world) tie(k separation.Kind, from, to separation.Node) *separation.Tie {
	w.t.Helper()
	t, err := w.judge.Record(ctx, office, separation.Tie{Kind: k, From: from, To: to, Source: "登记"})
	must(w.t, err)
	return t
}

// TestABodyDoesNotEvaluateWhomItTrained: a candidate of a class that the evaluation body itself ran gets no seat from it,
// and neither does one of a class whose school is controlled by the body.
// 评价机构自己办班、或其控制的学校办班的学员，编不进本机构的考位。
func TestABodyDoesNotEvaluateWhomItTrained(t *testing.T) {
	for name, tie := range map[string]func(*world){
		"自己办班": func(w *world) {
			w.tie(separation.Trains, separation.OrgNode(body), separation.ClassNode("护理2603班"))
		},
		"控股的学校办班": func(w *world) {
			w.tie(separation.Owns, separation.OrgNode(body), separation.OrgNode("津慈培训"))
			w.tie(separation.Trains, separation.OrgNode("津慈培训"), separation.ClassNode("护理2603班"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.session()
			pupil, other := w.person("钟离雪"), w.person("甘棠")
			w.apply(n, pupil, "护理2603班")
			w.apply(n, other, "")
			tie(w)
			check(t, n, w.seat(n), 1)
			got := w.get(n.ID).Findings
			if len(got) != 1 || got[0].Rule != "body-trained" || got[0].Candidate != pupil || !strings.HasPrefix(got[0].String(), "评价机构评价中心 → ") {
				t.Errorf("%v", got)
			}
			if _, err := w.sittings.AskWaiver(ctx, office, n.ID, got[0].Key(), "只此一班"); !errors.Is(err, sitting.ErrHardRule) {
				t.Errorf("a waiver of a hard rule: %v", err)
			}
		})
	}
}

// shared has an examiner whose telephone number is a candidate's too: a soft rule stands between them.
func shared(t *testing.T) (w *world, n *sitting.Session, examiner, candidate engine.PersonID, key string) {
	w = open(t)
	n = w.session()
	examiner, candidate = w.person("甘棠"), w.person("钟离雪")
	w.apply(n, candidate, "")
	for _, p := range []engine.PersonID{examiner, candidate} {
		w.tie(separation.Reached, separation.PersonNode(p), "contact:13800138000")
	}
	_, err := w.sittings.Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1")
	wantError(t, "before a waiver", err, separation.ErrSeparated)
	f := w.get(n.ID).Findings
	if len(f) != 1 || !f[0].Soft {
		t.Fatalf("%+v", f)
	}
	return w, n, examiner, candidate, f[0].Key()
}

// TestWaiversNeedTwoPersons: the office asks with a reason, somebody else decides, who is neither of the two; only then
// may the duty be assigned and the candidate be seated, and everybody reads it.
// 豁免须一人申请并写明理由、另一人决定，两人都不是当事人；批准后才能派岗、编位，并对外公开。
func TestWaiversNeedTwoPersons(t *testing.T) {
	w, n, examiner, candidate, key := shared(t)
	_, err := w.sittings.AskWaiver(ctx, as(examiner, authz.Supervisor), n.ID, key, "同一部办公电话")
	wantError(t, "a supervisor asks", err, authz.ErrForbidden)
	_, err = w.sittings.AskWaiver(ctx, office, n.ID, key, " ")
	wantError(t, "without a reason", err, sitting.ErrWaiver)
	_, err = w.sittings.AskWaiver(ctx, office, n.ID, "kin examiner x y z", "没有这条")
	wantError(t, "nothing found", err, sitting.ErrNoFinding)
	for range 2 {
		_, err = w.sittings.AskWaiver(ctx, office, n.ID, key, "同一部办公电话")
		must(t, err)
	}
	_, err = w.sittings.Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1")
	wantError(t, "asked for and not decided", err, separation.ErrSeparated)

	both := office
	both.Roles = append(both.Roles, authz.Supervisor)
	for name, c := range map[string]struct {
		by   authz.Principal
		want error
	}{
		"the one who asked":        {both, sitting.ErrWaiverOwn},
		"the examiner":             {as(examiner, authz.Supervisor), sitting.ErrWaiverOwn},
		"the candidate":            {as(candidate, authz.Supervisor), sitting.ErrWaiverOwn},
		"an examiner":              {as("other", authz.Examiner), authz.ErrForbidden},
		"another body":             {authz.Principal{Account: "s", Roles: []authz.Role{authz.Supervisor}, Org: "elsewhere"}, sitting.ErrSession},
		"another province":         {authz.Principal{Account: "l", Roles: []authz.Role{authz.Labour}, Province: "50"}, sitting.ErrSession},
		"the medical authority":    {authz.Principal{Account: "m", Roles: []authz.Role{authz.Medical}, Province: "12"}, authz.ErrForbidden},
		"a body that is forgotten": {authz.Principal{Account: "s", Roles: []authz.Role{authz.Supervisor}}, sitting.ErrSession},
	} {
		_, err := w.sittings.DecideWaiver(ctx, c.by, n.ID, key, true)
		wantError(t, name, err, c.want)
	}
	if rows, err := w.sittings.PublicWaivers(ctx, n.ID); err != nil || len(rows) != 0 {
		t.Errorf("before the decision: %v, %v", rows, err)
	}
	for range 2 {
		_, err = w.sittings.DecideWaiver(ctx, labour, n.ID, key, true)
		must(t, err)
	}
	_, err = w.sittings.DecideWaiver(ctx, labour, n.ID, key, false)
	wantError(t, "decided the other way", err, sitting.ErrWaiverState)
	w.assign(n, examiner, authz.Examiner, "p1")
	check(t, n, w.seat(n), 1)
	must(t, w.sittings.Clear(ctx, n.ID, separation.Subject{Person: examiner, Role: authz.Examiner}, []engine.PersonID{candidate}, w.day()))
	rows, err := w.sittings.PublicWaivers(ctx, n.ID)
	must(t, err)
	if len(rows) != 1 || rows[0].Staff != "甘*" || rows[0].Candidate != "钟**" || rows[0].Reason != "同一部办公电话" || rows[0].At.IsZero() {
		t.Errorf("%+v", rows)
	}
	w.kin(examiner, candidate)
	err = w.sittings.Clear(ctx, n.ID, separation.Subject{Person: examiner, Role: authz.Examiner}, []engine.PersonID{candidate}, w.day())
	wantError(t, "kin, which no waiver covers", err, separation.ErrSeparated)
}

// TestARefusedWaiver changes nothing, and may be asked for again.
// 豁免未批准的，一切照旧，可以再次申请。
func TestARefusedWaiver(t *testing.T) {
	w, n, examiner, _, key := shared(t)
	_, err := w.sittings.DecideWaiver(ctx, labour, n.ID, key, true)
	wantError(t, "nobody asked", err, sitting.ErrNoFinding)
	for _, grant := range []bool{false, true} {
		_, err := w.sittings.AskWaiver(ctx, office, n.ID, key, fmt.Sprint("理由", grant))
		must(t, err)
		_, err = w.sittings.DecideWaiver(ctx, labour, n.ID, key, grant)
		must(t, err)
		_, err = w.sittings.Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1")
		if grant != (err == nil) {
			t.Errorf("granted %v: %v", grant, err)
		}
	}
	if got := w.get(n.ID).Waivers; len(got) != 2 || got[0].Granted || !got[1].Granted {
		t.Errorf("%+v", got)
	}
}

func (w *world) day() clock.Date { return clock.DateOf(opens, time.UTC) }

// TestWhoSignsForCandidates: a marker who turns out to be a candidate's mother signs for nobody.
// 阅卷人后来查明是考生母亲的，不得签署任何成绩。
func TestWhoSignsForCandidates(t *testing.T) {
	w := open(t)
	n := w.session()
	mother, people := w.person("甘棠"), w.candidates(n, 2)
	w.assign(n, mother, authz.Marker, "")
	w.seat(n)
	by := as(mother, authz.Marker)
	must(t, w.sittings.ClearToSign(ctx, by, n.ID, authz.Marker))
	w.kin(people[1], mother)
	wantError(t, "a tie that came late", w.sittings.ClearToSign(ctx, by, n.ID, authz.Marker), separation.ErrSeparated)
	wantError(t, "a candidate", w.sittings.ClearToSign(ctx, as(people[0], authz.Leader), n.ID, authz.Leader), separation.ErrSeparated)
}

// served makes a session so many days after the first one, with a candidate and these examiners.
func (w *world) served(name string, days int, site string, examiners ...engine.PersonID) *sitting.Session {
	w.t.Helper()
	d := w.draft(name)
	d.Site = site
	d.Theory, d.Practical = daysOn(d.Theory, days), daysOn(d.Practical, days)
	n, err := w.sittings.CreateSession(ctx, office, d)
	must(w.t, err)
	w.candidates(n, 1)
	for _, e := range examiners {
		w.assign(n, e, authz.Examiner, "p1")
	}
	w.seat(n)
	return w.get(n.ID)
}

func daysOn(c clock.Window, days int) clock.Window {
	return clock.Window{Opens: c.Opens.AddDate(0, 0, days), Closes: c.Closes.AddDate(0, 0, days)}
}

// TestNobodyServesFourTimesRunning at one site; a turn without them, or at another site, begins anew. Sittings within three
// days are one turn, which one group may do.
// 同一人在同一考点连续任职不超过三次；中间隔一次或换考点的，重新计算；三天内的几场算一次。
func TestNobodyServesFourTimesRunning(t *testing.T) {
	w := open(t)
	a, b := w.person("甘棠"), w.person("钟离雪")
	w.served("一", 0, "南开", a, b)
	w.served("一之次日", 1, "南开", a)
	w.served("一之三日", 2, "南开", a)
	w.served("二", 3, "南开", a, b)
	w.served("三", 6, "南开", a)
	elsewhere := w.served("别处", 9, "河西")
	w.assign(elsewhere, a, authz.Examiner, "p1")
	fourth := w.served("四", 9, "南开")
	_, err := w.sittings.Assign(ctx, office, fourth.ID, a, authz.Examiner, "p1")
	wantError(t, "the fourth turn in a row", err, sitting.ErrServedEnough)
	_, err = w.sittings.Assign(ctx, office, fourth.ID, a, authz.Leader, "")
	wantError(t, "as a leader", err, sitting.ErrServedEnough)
	w.assign(fourth, a, authz.Invigilator, "t1")
	w.assign(fourth, b, authz.Examiner, "p1")
	fifth := w.served("五", 12, "南开")
	w.assign(fifth, a, authz.Examiner, "p1")
}

// TestAThirdOfTheGroupChanges from one turn to the next: of three one, of four two.
// 考评小组每次至少更换三分之一：三人换一人，四人换两人。
func TestAThirdOfTheGroupChanges(t *testing.T) {
	w := open(t)
	var p []engine.PersonID
	for _, name := range []string{"甘棠", "钟离雪", "闻人月", "司空朗", "东方晓"} {
		p = append(p, w.person(name))
	}
	first := w.served("一", 0, "", p[0], p[1], p[2])
	must(t, w.sittings.Renewed(ctx, first))
	for i, c := range []struct {
		group []engine.PersonID
		want  error
	}{
		{[]engine.PersonID{p[0], p[1], p[2]}, sitting.ErrSameGroup},
		{[]engine.PersonID{p[0], p[1], p[3]}, nil},
		{[]engine.PersonID{p[0], p[1], p[2], p[3]}, sitting.ErrSameGroup},
		{[]engine.PersonID{p[0], p[1], p[3], p[4]}, nil},
	} {
		wantError(t, fmt.Sprint(c.group), w.sittings.Renewed(ctx, w.served(fmt.Sprint("二之", i), 3, "", c.group...)), c.want)
	}
}

// TestProposals: whom a refused assignment is answered with. Not the applicant's sister, not who has another duty, not who
// has served three times in a row; the stranger is.
// 派岗被拒时推荐替补：不推荐考生的亲属、已有岗位的人、已连续三次的人。
func TestProposals(t *testing.T) {
	w := open(t)
	sister, busy, tired, stranger := w.person("甘棠"), w.person("钟离雪"), w.person("闻人月"), w.person("司空朗")
	for i := range 3 {
		w.served(fmt.Sprint("第", i), 3*i, "", tired)
	}
	n := w.served("本场", 9, "")
	people := w.candidates(n, 2)
	w.kin(people[1], sister)
	w.assign(n, busy, authz.Invigilator, "t1")
	pool := append(able(authz.Examiner, sister, busy, stranger, tired, people[0]), able(authz.Invigilator, w.person("方国栋"))...)
	got, err := w.sittings.Proposals(ctx, office, n.ID, authz.Examiner, "p1", pool)
	if err != nil || !slices.Equal(persons(got), []engine.PersonID{stranger}) {
		t.Errorf("%v, %v", got, err)
	}
	_, err = w.sittings.Proposals(ctx, as(stranger, authz.Leader), n.ID, authz.Examiner, "p1", nil)
	wantError(t, "a leader", err, authz.ErrForbidden)
}

// able are members of staff whose sign-in has one role.
func able(role authz.Role, persons ...engine.PersonID) (all []sitting.Colleague) {
	for _, p := range persons {
		all = append(all, sitting.Colleague{Person: p, Roles: []authz.Role{role}})
	}
	return all
}

func persons(all []sitting.Colleague) (ids []engine.PersonID) {
	for _, c := range all {
		ids = append(ids, c.Person)
	}
	return ids
}

// 推荐替补考评员时，本机构唯一的质量督导员、已在本场另一考场考评的人先不推荐；没有别人可用时才推荐；已有督导员到岗的，不再为其留人。
func TestProposalsSpareWhoIsNeededElsewhere(t *testing.T) {
	w := open(t)
	n := w.session()
	watcher, there, other := w.person("严守正"), w.person("陆明远"), w.person("贺长青")
	both := sitting.Colleague{Person: watcher, Roles: []authz.Role{authz.Examiner, authz.Supervisor}}
	w.assign(n, there, authz.Examiner, "p1")
	ask := func(pool ...sitting.Colleague) []engine.PersonID {
		t.Helper()
		got, err := w.sittings.Proposals(ctx, office, n.ID, authz.Examiner, "p2", pool)
		must(t, err)
		return persons(got)
	}
	few := append(able(authz.Examiner, there), both)
	if got := ask(append(few, able(authz.Examiner, other)...)...); !slices.Equal(got, []engine.PersonID{other}) {
		t.Errorf("while others are free: %v", got)
	}
	if got := ask(few...); !slices.Equal(got, []engine.PersonID{there, watcher}) {
		t.Errorf("while nobody else is: %v", got)
	}
	w.assign(n, w.person("顾衡"), authz.Supervisor, "")
	if got := ask(few...); !slices.Equal(got, []engine.PersonID{watcher}) {
		t.Errorf("once there is a supervisor: %v", got)
	}
}

// called is training bodies that keep one class, by its name.
type called map[string][]string

func (c called) Named(_ context.Context, name string) ([]string, error) { return c[name], nil }

// TestAStatedClassIsTheRegisteredOne: who states the name of a class has attended the class that the training body keeps,
// and its teacher does not examine them.
// 报名表写的班级就是培训机构登记的那个班，班上的教师不得考评该考生。
func TestAStatedClassIsTheRegisteredOne(t *testing.T) {
	w := open(t)
	w.ports.Classes = called{"护理2603班": {"class-1", "class-2"}}
	w.sittings = w.build(w.ports)
	n := w.session()
	teacher, pupil := w.person("甘棠"), w.person("钟离雪")
	_, err := w.judge.Record(ctx, office, separation.Tie{Kind: separation.Teaches, From: separation.PersonNode(teacher), To: separation.ClassNode("class-2"), Label: "护理2603班", Source: "办班登记"})
	must(t, err)
	w.apply(n, pupil, "护理2603班")
	w.assign(n, teacher, authz.Examiner, "p1")
	check(t, n, w.seat(n), 0)
	if got := w.get(n.ID).Findings; len(got) != 1 || !strings.Contains(got[0].String(), "任教 → 护理2603班 → 学员钟离雪") {
		t.Errorf("%v", got)
	}
}
