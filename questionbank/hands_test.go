package questionbank_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// TestWhoHadAHandInARelease: who wrote, passed or consented to what a release holds, and nobody else; what became of the
// items afterwards changes nothing.
func TestWhoHadAHandInARelease(t *testing.T) {
	h := stocked(t)
	second := person("second", authz.Author, "")
	edited := single("N1", "")
	edited.Stem = "第二人改写，应先（ ）。"
	done(h.Edit(ctx, second, edited, "措辞"))(t)
	h.lead(t, "N1", questionbank.Reviewed)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	for code := range map[string]bool{"N1": true, "P1": true} {
		later := single(code, done(h.ports.Items.Item(ctx, code))(t).Current().Province)
		later.Stem = code + "发布以后又改写，应先（ ）。"
		done(h.Edit(ctx, person("third", authz.Author, ""), later, "措辞"))(t)
	}
	again := h.bank(h.ports) // reads all of it anew
	for release, want := range map[string]string{
		"2026.1":        "author:[author N1 author N2 author N3] reviewer:[reviewer N1 reviewer N2 reviewer N3] second:[author N1] ",
		"2026.1+120000": "author:[author N1 author N2 author N3 author P1 author P2] labour:[consenter P1 consenter P2] medical:[consenter P1 consenter P2] reviewer:[reviewer N1 reviewer N2 reviewer N3 reviewer P1 reviewer P2] second:[author N1] ",
	} {
		hands := done(again.Hands(ctx, release, engine.Level5))(t)
		got := ""
		for _, p := range []engine.PersonID{"author", "labour", "medical", "reviewer", "second", "third", ""} {
			if len(hands[p]) == 0 {
				continue
			}
			var all []string
			for _, one := range hands[p] {
				all = append(all, fmt.Sprint(one.Act, " ", one.Code))
			}
			got += fmt.Sprintf("%s:%v ", p, all)
		}
		if got != want {
			t.Errorf("%s: %s\nwant %s", release, got, want)
		}
		if other := done(again.Hands(ctx, release, engine.Level4))(t); len(other) != 0 {
			t.Errorf("of another level: %v", other)
		}
	}
	_, err := again.Hands(ctx, "2026.7", engine.Level5)
	wantError(t, "no release", err, questionbank.ErrRelease)
}

// register knows these people.
type register map[engine.PersonID]bool

func (r register) Named(_ context.Context, id engine.PersonID) (*engine.Person, error) {
	if !r[id] {
		return nil, engine.ErrPerson
	}
	return &engine.Person{ID: id}, nil
}

func (r register) Whole(_ context.Context, by authz.Principal) (authz.Principal, error) {
	return by, nil
}

// 操作技能试题的经手人：导入的人是命题人，文件可以写明其他命题人、审题人和同意入库的人；试题改写以后，以前的经手人仍然记着。
func TestWhoHadAHandInAPracticalTask(t *testing.T) {
	h := furnished(t)
	h.ports.People = register{"wang": true, "shen": true, "ju": true}
	b := h.bank(h.ports)
	first, second := task("P1"), task("P1")
	first.Authors, first.Reviewers, first.Consenters = []engine.PersonID{"wang"}, []engine.PersonID{"shen"}, []engine.PersonID{"ju"}
	must(t, b.ImportTasks(ctx, keeper, []questionbank.Task{first, task("P2")}))
	second.Scenario = "坐位"
	must(t, b.ImportTasks(ctx, person("second", authz.Author, ""), []questionbank.Task{second}))
	must(t, b.ImportTasks(ctx, person("second", authz.Author, ""), []questionbank.Task{second})) // the answer was lost
	hands := done(b.TaskHands(ctx, engine.Level5))(t)
	for p, want := range map[engine.PersonID]string{"keeper": "[{author P1} {author P2}]", "wang": "[{author P1}]", "shen": "[{reviewer P1}]",
		"ju": "[{consenter P1}]", "second": "[{author P1}]", "nobody": "[]"} {
		if got := fmt.Sprint(hands[p]); got != want {
			t.Errorf("%s: %s, want %s", p, got, want)
		}
	}
	if got := done(b.Task(ctx, "P1"))(t); got.Scenario != "坐位" || len(got.Trail) != 3 {
		t.Errorf("%+v", got)
	}
	if other := done(b.TaskHands(ctx, engine.Level4))(t); len(other) != 0 {
		t.Errorf("of another level: %v", other)
	}
}

// 文件写错人员编号、把命题人写成审题人、导入账号没有登记人员：都不导入，以免有人该回避而不回避。
func TestMakersOfATaskAreRealPeople(t *testing.T) {
	h := furnished(t)
	h.ports.People = register{"wang": true}
	b := h.bank(h.ports)
	for name, c := range map[string]struct {
		makers questionbank.TaskMakers
		want   string
	}{
		"known":              {questionbank.TaskMakers{Authors: []engine.PersonID{"wang"}}, ""},
		"unknown":            {questionbank.TaskMakers{Reviewers: []engine.PersonID{"wong"}}, "tasks.0.people unknown"},
		"no id":              {questionbank.TaskMakers{Consenters: []engine.PersonID{"王 五"}}, "tasks.0.consenters form"},
		"too many":           {questionbank.TaskMakers{Authors: slices.Repeat([]engine.PersonID{"wang"}, 51)}, "tasks.0.authors form"},
		"reviewed their own": {questionbank.TaskMakers{Authors: []engine.PersonID{"wang"}, Reviewers: []engine.PersonID{"wang"}}, "tasks.0.reviewers own"},
	} {
		in := task("P1")
		in.TaskMakers = c.makers
		err := b.ImportTasks(ctx, keeper, []questionbank.Task{in})
		if c.want == "" && err != nil || c.want != "" && !strings.Contains(fields(err), c.want) {
			t.Errorf("%s: %v, %s", name, err, fields(err))
		}
	}
	err := b.ImportTasks(ctx, person("", authz.BankKeeper, ""), []questionbank.Task{task("P1")})
	wantError(t, "an account that is nobody's", err, authz.ErrForbidden)
}

// 导入的人、以前各版的命题人都算命题人：写成本题审题人的不导入，以前审过的人也不能来导入；同一批别的试题也不写。
func TestNobodyReviewsATaskByTheirOwnHand(t *testing.T) {
	h := furnished(t)
	h.ports.People = register{"wang": true, "li": true, "keeper": true}
	b := h.bank(h.ports)
	first := task("P2")
	first.Authors, first.Reviewers = []engine.PersonID{"wang"}, []engine.PersonID{"li"}
	must(t, b.ImportTasks(ctx, keeper, []questionbank.Task{first}))
	for name, c := range map[string]struct {
		code   string
		by     string
		makers questionbank.TaskMakers
	}{
		"the importer":            {"P1", keeper.Person, questionbank.TaskMakers{Reviewers: []engine.PersonID{"keeper"}}},
		"an author of before":     {"P2", keeper.Person, questionbank.TaskMakers{Reviewers: []engine.PersonID{"wang"}}},
		"a reviewer brings it in": {"P2", "li", questionbank.TaskMakers{}},
		"a reviewer writes":       {"P2", keeper.Person, questionbank.TaskMakers{Authors: []engine.PersonID{"li"}}},
	} {
		in := task(c.code)
		in.TaskMakers = c.makers
		err := b.ImportTasks(ctx, person(c.by, authz.BankKeeper, ""), []questionbank.Task{task("P3"), in})
		if !strings.Contains(fields(err), "tasks.1.reviewers own") {
			t.Errorf("%s: %v, %s", name, err, fields(err))
		}
		if _, err := b.Task(ctx, "P3"); !errors.Is(err, questionbank.ErrTask) {
			t.Errorf("%s: the other task: %v", name, err)
		}
	}
	must(t, b.ImportTasks(ctx, keeper, []questionbank.Task{first}))
	if got := done(b.Task(ctx, "P2"))(t); !slices.Equal(got.Reviewers, []engine.PersonID{"li"}) || slices.Contains(got.Authors, "li") {
		t.Errorf("%+v", got.TaskMakers)
	}
}

// 两人同时导入同一编号的试题：先后都算，两人都是命题人。
func TestTwoBringTheSameTaskInAtOnce(t *testing.T) {
	h := furnished(t)
	var work sync.WaitGroup
	for _, name := range []string{"a", "b", "c", "d"} {
		work.Go(func() {
			if err := h.ImportTasks(ctx, person(name, authz.Author, ""), []questionbank.Task{task("P1")}); err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if got := done(h.Task(ctx, "P1"))(t); len(got.Authors) != 4 || len(got.Trail) != 4 {
		t.Errorf("%v, %v", got.Authors, got.Trail)
	}
}
