package sitting_test

import (
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// twice registers somebody under two documents, who count as one human.
func (w *world) twice(name string) (card, passport engine.PersonID) {
	w.t.Helper()
	card, passport = w.person(name), w.person(name)
	storetest.OneHuman(w.t, w.store.People(), card, passport)
	return card, passport
}

// 同一个人用身份证当考评员，不能再用护照当质量督导员，也不能用护照在同一考场再当一名考评员。
func TestOneHumanHasOneDutyUnderWhicheverDocument(t *testing.T) {
	w := open(t)
	n := w.session()
	card, passport := w.twice("甘棠")
	w.assign(n, card, authz.Examiner, "p1")
	for role, room := range map[authz.Role]sitting.RoomID{authz.Supervisor: "", authz.Examiner: "p1"} {
		_, err := w.sittings.Assign(ctx, office, n.ID, passport, role, room)
		wantError(t, "the other document as "+string(role), err, sitting.ErrDuty)
	}
	w.assign(n, card, authz.Examiner, "p1") // 同一证件再派一次，没有变化
	if d := w.get(n.ID).Duties; len(d) != 1 {
		t.Errorf("%+v", d)
	}
	got, err := w.sittings.Proposals(ctx, office, n.ID, authz.Supervisor, "", able(authz.Supervisor, passport))
	if err != nil || len(got) > 0 {
		t.Errorf("proposed: %v, %v", got, err)
	}
}

// 一键安排时，同一个人有两个账号（两个证件）的，只安排一次。
func TestAProposalTakesOneHumanOnce(t *testing.T) {
	w := open(t)
	n := w.session()
	pool := w.crew(3, authz.Examiner)
	storetest.OneHuman(t, w.store.People(), pool[1].Person, pool[2].Person)
	got, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, pool)
	must(t, err)
	if len(got.Duties) != 2 {
		t.Errorf("%d duties for two humans: %+v", len(got.Duties), got.Duties)
	}
}

// 在同一考点用身份证连续任职三次的，第四次换用护照也不行。
func TestRotationCountsOneHumanUnderTwoDocuments(t *testing.T) {
	w := open(t)
	card, passport := w.twice("甘棠")
	for i, p := range []engine.PersonID{card, passport, card} {
		w.served(fmt.Sprint("第", i), 4*i, "南开", p)
	}
	fourth := w.served("四", 12, "南开")
	_, err := w.sittings.Assign(ctx, office, fourth.ID, passport, authz.Examiner, "p1")
	wantError(t, "the fourth turn under the other document", err, sitting.ErrServedEnough)
}

// 考评组三人须更换一人：上次在场的人换一个证件再来，不算更换。
func TestAnotherDocumentRenewsNoGroup(t *testing.T) {
	w := open(t)
	a, b := w.person("钟离雪"), w.person("闻人月")
	card, passport := w.twice("甘棠")
	w.served("一", 0, "", a, b, card)
	wantError(t, "the same three humans", w.sittings.Renewed(ctx, w.served("二", 3, "", a, b, passport)), sitting.ErrSameGroup)
}

// 豁免由一人申请、另一人决定：申请人和当事考评员换一个证件也不能决定。
func TestAWaiverIsNotDecidedUnderTheOtherDocument(t *testing.T) {
	w, n, examiner, candidate, key := shared(t)
	asker := w.person("韦清和")
	by := office
	by.Person = string(asker)
	_, err := w.sittings.AskWaiver(ctx, by, n.ID, key, "同一部办公电话")
	must(t, err)
	for what, p := range map[string]engine.PersonID{"asked": asker, "examines": examiner, "sits": candidate} {
		other := w.person("另一证件" + what)
		storetest.OneHuman(t, w.store.People(), p, other)
		_, err := w.sittings.DecideWaiver(ctx, as(other, authz.Supervisor), n.ID, key, true)
		wantError(t, "the other document of who "+what, err, sitting.ErrWaiverOwn)
	}
	_, err = w.sittings.DecideWaiver(ctx, as(w.person("尚和"), authz.Supervisor), n.ID, key, true)
	must(t, err)
}
