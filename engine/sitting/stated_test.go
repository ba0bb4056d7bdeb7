package sitting_test

import (
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/fixtures/demo"
)

// roster brings one person in by the 33-column intake sheet, and returns them.
func (w *world) roster(n *sitting.Session, name, employer, phone string) engine.PersonID {
	w.t.Helper()
	return w.row(n, registration.RosterRow{Name: name, Phone: phone, Employer: employer})
}

// row is roster of a row, whose number, level and claims are filled in.
func (w *world) row(n *sitting.Session, r registration.RosterRow) engine.PersonID {
	w.t.Helper()
	w.persons++
	number := demo.IDNumber(clock.Date{Year: 1980, Month: 1, Day: 1}, w.persons, engine.Female)
	r.IDNumber, r.Level, r.Claims = number, engine.Level5, claims()
	file, err := registration.WriteRoster([]registration.RosterRow{r})
	must(w.t, err)
	_, err = w.desk.ImportRoster(ctx, office, []registration.Target{w.sittings.Target(w.get(n.ID))}, "名册.xlsx", file)
	must(w.t, err)
	p, err := w.people.Find(ctx, engine.ResidentCard, number)
	must(w.t, err)
	return p.ID
}

// home is a body that people work for.
func (w *world) home(id engine.OrgID, name, code string) {
	w.t.Helper()
	_, err := w.people.FileOrganisation(ctx, labour, engine.Organisation{ID: id, Kind: engine.Employer, Name: name, CreditCode: code, Province: "12"})
	must(w.t, err)
}

func (w *world) employers(p engine.PersonID) (all []separation.Tie) {
	w.t.Helper()
	ties, _, err := w.judge.TiesOf(ctx, office, separation.PersonNode(p), engine.Cursor{})
	must(w.t, err)
	for _, t := range ties {
		if t.Kind == separation.Employs {
			all = append(all, *t)
		}
	}
	return all
}

// 报名表写明所在单位的，按单位全称或统一社会信用代码认定受聘关系，来源写明是报名表；质量督导员与考生同在这一单位的，考生不予排座。
// 同名单位有两家的，不认定，留待考务办公室核对；没有登记的单位不认定。
func TestTheEmployerThatARosterStates(t *testing.T) {
	w := open(t)
	w.home("kangning", "津康宁养老院（演示）", "91120000MYYYYYY28C")
	w.home("one", "同名护理院", "91120000MYYYYYY36D")
	w.home("two", "同名护理院", "91120000MYYYYYY44E")
	n := w.session()
	supervisor := w.person("严守正")
	w.tie(separation.Employs, separation.OrgNode("kangning"), separation.PersonNode(supervisor))
	w.assign(n, supervisor, authz.Supervisor, "")
	byName, byCode := w.roster(n, "钟离雪", "津康宁 养老院(演示)", ""), w.roster(n, "闻人月", "91120000myyyyyy28c", "")
	either, unknown, none := w.roster(n, "司空朗", "同名护理院", ""), w.roster(n, "东方晓", "某公司", ""), w.roster(n, "南宫雁", "其他", "")
	if seats := w.seat(n); len(seats) != 3 {
		t.Errorf("%d seats, want those of 司空朗, 东方晓, 南宫雁", len(seats))
	}
	for _, p := range []engine.PersonID{byName, byCode} {
		got := w.employers(p)
		if len(got) != 1 || got[0].From != separation.OrgNode("kangning") || got[0].Source != "报名表“所在单位”栏" || !got[0].Since.IsZero() || !got[0].Until.IsZero() {
			t.Errorf("%+v", got)
		}
	}
	for _, p := range []engine.PersonID{either, unknown, none} {
		if got := w.employers(p); len(got) != 0 {
			t.Errorf("%+v", got)
		}
	}
	s := w.get(n.ID)
	if len(s.Findings) != 2 || s.Findings[0].Rule != "colleague" {
		t.Errorf("%v", s.Findings)
	}
	if len(s.Unsure) != 1 || s.Unsure[0].Person != either || s.Unsure[0].Stated != "同名护理院" || len(s.Unsure[0].Bodies) != 2 {
		t.Errorf("left to the office: %+v", s.Unsure)
	}
	w.seat(n)
	if again := w.get(n.ID); again.Revision != s.Revision {
		t.Error("seating again wrote the same remark")
	}
}

// 后来的报名表写了另一单位，两条受聘关系并存，都有效，直到有人终止其中一条。
func TestALaterRosterContradicts(t *testing.T) {
	w := open(t)
	w.home("one", "甲养老院", "91120000MYYYYYY36D")
	w.home("two", "乙养老院", "91120000MYYYYYY44E")
	p := w.person("钟离雪")
	for i, employer := range []string{"甲养老院", "乙养老院"} {
		d := w.draft([]string{"第一场", "第二场"}[i])
		d.Theory, d.Practical = daysOn(d.Theory, i), daysOn(d.Practical, i)
		n, err := w.sittings.CreateSession(ctx, office, d)
		must(t, err)
		_, err = w.desk.Apply(ctx, office, w.sittings.Target(n), p, claims(), employer, "")
		must(t, err)
		w.seat(n)
	}
	got := w.employers(p)
	if len(got) != 2 || got[0].From == got[1].From {
		t.Errorf("%+v", got)
	}
}

// 报名表上写的单位，经核实从未在那里任职，由质量督导员作废：本场次重新排座不会恢复，考生有座位；下一场次的报名表又写了这个单位，受聘关系重新成立。
func TestAnEmployerStatedAgainTiesAgain(t *testing.T) {
	w := open(t)
	w.home("one", "甲养老院", "91120000MYYYYYY36D")
	p, watcher := w.person("钟离雪"), w.person("韦清和")
	void := func(id string) {
		_, err := w.judge.Void(ctx, as(watcher, authz.Supervisor), id, "从未在该单位任职")
		must(t, err)
	}
	holding := func() (ids []string) {
		for _, e := range w.employers(p) {
			if !e.Voided {
				ids = append(ids, e.ID)
			}
		}
		return ids
	}
	supervisor := w.person("严守正")
	w.tie(separation.Employs, separation.OrgNode("one"), separation.PersonNode(supervisor))
	for i, name := range []string{"第一场", "第二场"} {
		d := w.draft(name)
		d.Theory, d.Practical = daysOn(d.Theory, 3*i), daysOn(d.Practical, 3*i)
		n, err := w.sittings.CreateSession(ctx, office, d)
		must(t, err)
		w.assign(n, supervisor, authz.Supervisor, "")
		_, err = w.desk.Apply(ctx, office, w.sittings.Target(n), p, claims(), "甲养老院", "")
		must(t, err)
		if seats := w.seat(n); len(seats) != 0 || len(holding()) != 1 {
			t.Fatalf("%s: %d seats, %d ties", name, len(seats), len(holding()))
		}
		void(holding()[0])
		if seats := w.seat(n); len(seats) != 1 || len(holding()) != 0 {
			t.Errorf("%s: seating again brought back what was voided: %d seats, %d ties", name, len(seats), len(holding()))
		}
	}
}

// 考评员登记的电话与考生报名表上的相同，须先核实（可以豁免的规则），谁先登记都一样。
func TestTelephonesOfTheRoster(t *testing.T) {
	w := open(t)
	n := w.session()
	phone := "13800138000"
	examiner, err := w.people.Register(ctx, office, engine.Person{Name: "陆明远", IDType: engine.ResidentCard, Phone: phone,
		IDNumber: demo.IDNumber(clock.Date{Year: 1975, Month: 1, Day: 1}, 900, engine.Male)})
	must(t, err)
	w.assign(n, examiner.ID, authz.Examiner, "p1")
	p := w.roster(n, "钟离雪", "", phone)
	if seats := w.seat(n); len(seats) != 0 {
		t.Errorf("%d seats", len(seats))
	}
	got := w.get(n.ID).Findings
	if len(got) != 1 || got[0].Rule != "shared-contact" || got[0].Candidate != p || !got[0].Soft {
		t.Errorf("%v", got)
	}
}

// 监考员登记的住址与报名表“通讯地址”栏的相同，写法不同也一样，考生不予排座，须先核实；说明写“同一住址”，不显示地址。
// 只写到小区的、写“无”的，以及没有登记住址的，不算。谁先登记都一样。
func TestAddressesOfTheRoster(t *testing.T) {
	staff := func(w *world, name, address string) engine.PersonID {
		w.persons++
		p, err := w.people.Register(ctx, office, engine.Person{Name: name, IDType: engine.ResidentCard, Address: address,
			IDNumber: demo.IDNumber(clock.Date{Year: 1975, Month: 1, Day: 1}, 900+w.persons, engine.Male)})
		must(t, err)
		return p.ID
	}
	for name, assignedFirst := range map[string]bool{"先安排监考员": true, "先排座": false} {
		t.Run(name, func(t *testing.T) {
			w := open(t)
			n := w.session()
			watcher, other := staff(w, "陆明远", "天津市河西区友谊路1号2-301"), staff(w, "沈霁", "天津市河西区美满里")
			if assignedFirst {
				w.assign(n, watcher, authz.Invigilator, "t1")
			}
			p := w.row(n, registration.RosterRow{Name: "钟离雪", Address: "天津市 河西区友谊路１号２－３０１"})
			for i, address := range []string{"天津市河西区美满里", "无", ""} {
				w.row(n, registration.RosterRow{Name: []string{"闻人月", "司空朗", "东方晓"}[i], Address: address})
			}
			if seats := w.seat(n); assignedFirst && len(seats) != 3 || !assignedFirst && len(seats) != 4 {
				t.Errorf("%d seats", len(seats))
			}
			w.assign(n, other, authz.Invigilator, "t1")
			if !assignedFirst {
				_, err := w.sittings.Assign(ctx, office, n.ID, watcher, authz.Invigilator, "t1")
				wantError(t, "the same home", err, separation.ErrSeparated)
			}
			got := w.get(n.ID).Findings
			if len(got) != 1 || got[0].Rule != "shared-contact" || got[0].Candidate != p || !got[0].Soft {
				t.Fatalf("%v", got)
			}
			if path := got[0].String(); !strings.HasPrefix(path, "监考员陆明远 → 同一住址 → 钟离雪，") || strings.Contains(path, "友谊路") {
				t.Error(path)
			}
		})
	}
}
