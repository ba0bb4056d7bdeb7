package people_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// wantPair fails unless err is the refusal that is wanted.
func wantPair(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// 考务员说明是两人，同一个人用另一证件的账号来决定：不行。证件持有人的第三个证件也不行。
func TestWhoAskedDecidesUnderNoDocument(t *testing.T) {
	w := openTwice(t)
	must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("两人到场")))
	storetest.OneHuman(t, w.store.People(), engine.PersonID(counter.Person), engine.PersonID(supervisor.Person))
	_, err := w.DecideApart(ctx, supervisor, w.pair(), true, originals("看过"))
	wantPair(t, "the asker's other document", err, people.ErrPairOwn)
	third := supervisor
	third.Account, third.Person = "disan", "third"
	storetest.OneHuman(t, w.store.People(), w.card, "third")
	_, err = w.DecideApart(ctx, third, w.pair(), true, originals("看过"))
	wantPair(t, "a third document of one of the two", err, people.ErrPairOwn)
	if p := must[people.Paired](t)(w.Pair(ctx, supervisor, w.pair())); p.MayDecide {
		t.Error("it is offered to the asker's other document")
	}
	w.want("still", w.passport, "third")
}

// 账号没有登记本人是谁的，既不能说明也不能决定；收回只会更严，可以办理。人社局不用先说明，直接决定。
func TestAnAccountOfNobodyHasNoWord(t *testing.T) {
	w := openTwice(t)
	nobody, decider, bureau := counter, supervisor, labour
	nobody.Person, decider.Person, bureau.Person = "", "", ""
	_, err := w.AskApart(ctx, nobody, w.pair(), originals("两人到场"))
	wantPair(t, "asks", err, people.ErrPairNobody)
	_, err = w.DecideApart(ctx, bureau, w.pair(), true, originals("看过"))
	wantPair(t, "an authority of nobody decides", err, people.ErrPairNobody)
	_, err = w.AskApart(ctx, labour, w.pair(), originals("看过"))
	wantPair(t, "an authority asks", err, authz.ErrForbidden)
	must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("两人到场")))
	_, err = w.DecideApart(ctx, decider, w.pair(), true, originals("看过"))
	wantPair(t, "decides", err, people.ErrPairNobody)
	must[*people.Pair](t)(w.TakeBack(ctx, nobody, w.pair(), "看错了"))
	w.want("taken back", w.passport)
}

// 本省机构说明过的，外省人社局不能先收回、再自己决定；本省人社局可以。
func TestAnotherProvinceLeavesAPairAlone(t *testing.T) {
	w := openTwice(t)
	must[*people.Pair](t)(w.AskApart(ctx, counter, w.pair(), originals("两人到场")))
	_, err := w.TakeBack(ctx, jilin, w.pair(), "收回")
	wantPair(t, "another province takes it back", err, authz.ErrForbidden)
	must[*people.Pair](t)(w.TakeBack(ctx, labour, w.pair(), "收回"))
	_, err = w.DecideApart(ctx, jilin, w.pair(), true, originals("看过"))
	wantPair(t, "another province decides what was taken back", err, authz.ErrForbidden)
	if p := must[people.Paired](t)(w.Pair(ctx, jilin, w.pair())); p.MayDecide || p.MayTakeBack {
		t.Errorf("it is offered: %+v", p)
	}
	must[*people.Pair](t)(w.DecideApart(ctx, labour, w.pair(), true, originals("看过")))
	w.want("decided by its own")
}

// 只与其中一人有关的机构：另一人的姓名、号码遮盖，电话不给；别家说明的理由和经办人也不给看。
func TestWhoKnowsOneIsToldNoMore(t *testing.T) {
	w := openTwice(t)
	third := must[*engine.Person](t)(w.Register(ctx, elsewhere, engine.Person{Name: "李明", IDType: engine.HKMacaoPermit, IDNumber: "H12345678",
		Born: clock.Date{Year: 1900, Month: 1, Day: 1}, Sex: engine.Female, Phone: "19900000001"}))
	pair := people.PairOf(third.ID, w.card)
	must[*people.Pair](t)(w.DecideApart(ctx, labour, pair, true, originals("公安部门函复为两人")))
	got := must[people.Paired](t)(w.Pair(ctx, elsewhere, pair))
	if got.Ruled != nil || got.Asked != nil || len(got.Trail) > 0 || got.State != people.PairTwo {
		t.Errorf("words of others: %+v", got.Pair)
	}
	for i, p := range got.Persons {
		if whole := p.ID == third.ID; got.Known[i] != whole || (p.Name == "李明") != whole || (p.Phone != "") != whole || (p.IDNumber != engine.MaskID(p.IDNumber)) != whole {
			t.Errorf("%+v, known %v", p, got.Known[i])
		}
	}
	if all := must[people.Paired](t)(w.Pair(ctx, labour, pair)); all.Ruled == nil || len(all.Trail) == 0 || slices.Contains([]string{all.Persons[0].Phone, all.Persons[1].Phone}, "") {
		t.Errorf("the authority: %+v", all)
	}
}
