package sitting_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// crew is so many new members of staff with these roles.
func (w *world) crew(count int, roles ...authz.Role) []sitting.Colleague {
	var all []sitting.Colleague
	for i := range count {
		name := fmt.Sprint(roles[0], i)
		all = append(all, sitting.Colleague{Person: w.person("甘" + name), Name: name, Roles: roles})
	}
	return all
}

// TestAProposalIsLegalAndWhole: what is proposed can be assigned as it stands, everything that is needed is filled, and the
// applicant's sister, who has every role, is not in it.
// 系统拟的岗位方案可以原样采用：人够、合规，考生的姐妹不在其中。
func TestAProposalIsLegalAndWhole(t *testing.T) {
	w := open(t)
	n := w.session()
	people := w.candidates(n, 30)
	pool := slices.Concat(w.crew(1, everyDuty...), w.crew(5, authz.Invigilator), w.crew(7, authz.Examiner), w.crew(3, authz.Leader, authz.Marker, authz.Supervisor))
	sister := pool[0].Person
	w.kin(people[3], sister)
	got, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, pool)
	must(t, err)
	if len(got.Short) != 0 || len(got.Duties) != 4+6+3 {
		t.Fatalf("%d duties, short of %+v", len(got.Duties), got.Short)
	}
	for _, d := range got.Duties {
		if d.Person == sister {
			t.Error("the sister is proposed")
		}
		w.assign(n, d.Person, d.Role, d.Room)
	}
	again, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, pool)
	if err != nil || len(again.Duties)+len(again.Short) != 0 {
		t.Errorf("with everybody assigned: %+v, %v", again, err)
	}
}

// everyDuty are all roles that a session has duties for.
var everyDuty = []authz.Role{authz.Invigilator, authz.Examiner, authz.Leader, authz.Marker, authz.Supervisor}

// TestWhatIsShortIsSaidWithReasons: of five examiners one is tied, one serves elsewhere at the same time and one has served
// three times in a row; six are needed.
// 人手不够时说清差几人、各因何不能用。
func TestWhatIsShortIsSaidWithReasons(t *testing.T) {
	w := open(t)
	pool := w.crew(5, authz.Examiner)
	for i := range 3 {
		w.served(fmt.Sprint("第", i), 3*i, "", pool[2].Person)
	}
	n, elsewhere := w.served("本场", 9, ""), w.served("同时", 9, "河西", pool[1].Person)
	w.kin(w.candidates(n, 1)[0], pool[0].Person)
	got, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, pool)
	must(t, err)
	var examiners []sitting.Shortage
	filled := map[engine.PersonID]bool{}
	for _, s := range got.Short {
		if s.Role == authz.Examiner {
			examiners = append(examiners, s)
		}
	}
	for _, d := range got.Duties {
		filled[d.Person] = true
	}
	if len(filled) != 2 || !filled[pool[3].Person] || !filled[pool[4].Person] {
		t.Errorf("proposed %v", got.Duties)
	}
	missing := 0
	for _, s := range examiners {
		missing += s.Missing
		if s.Need != 3 || s.Holders != 5 || s.Busy != 1 || s.Served != 1 || s.Tied != 1 {
			t.Errorf("%+v", s)
		}
	}
	if missing != 4 {
		t.Errorf("%d missing of six", missing)
	}
	_, err = w.sittings.ProposeStaff(ctx, as(pool[3].Person, authz.Leader), []sitting.SessionID{n.ID}, pool)
	wantError(t, "a leader", err, authz.ErrForbidden)
	_, err = w.sittings.ProposeStaff(ctx, authz.Principal{Roles: office.Roles, Org: "elsewhere"}, []sitting.SessionID{elsewhere.ID}, pool)
	wantError(t, "another body", err, sitting.ErrSession)
}

// TestWhoWasThereLastTimeComesLast, so that a third of the group changes.
// 上次在场的人排在最后，好让小组更换三分之一。
func TestWhoWasThereLastTimeComesLast(t *testing.T) {
	w := open(t)
	pool := w.crew(7, authz.Examiner)
	w.served("上次", 0, "", pool[0].Person, pool[1].Person, pool[2].Person)
	n := w.served("本次", 3, "")
	got, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, pool)
	must(t, err)
	old := 0
	for _, d := range got.Duties {
		if slices.ContainsFunc(pool[:3], func(c sitting.Colleague) bool { return c.Person == d.Person }) {
			old++
		}
		w.assign(n, d.Person, d.Role, d.Room)
	}
	if old != 2 {
		t.Errorf("%d of six were there the last time, four others are at hand", old)
	}
	must(t, w.sittings.Renewed(ctx, w.get(n.ID)))
}
