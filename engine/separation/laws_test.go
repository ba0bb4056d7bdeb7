package separation_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
)

// family is one examiner, three candidates and the classes and bodies around them. A law is tried on a new family of
// the same store each time, so that earlier ties are out of reach.
type family struct {
	persons []string // the examiner first
	ties    []separation.Tie
}

func (f family) staff() engine.PersonID { return engine.PersonID(f.persons[0]) }

func (f family) candidates() []engine.PersonID {
	var out []engine.PersonID
	for _, p := range f.persons[1:] {
		out = append(out, engine.PersonID(p))
	}
	return out
}

func drawFamily(t *rapid.T, n int) family {
	f := family{}
	for _, p := range []string{"x", "a", "b", "c"} {
		f.persons = append(f.persons, fmt.Sprintf("%d-%s", n, p))
	}
	classes := []string{fmt.Sprint(n, "一"), fmt.Sprint(n, "二")}
	bodies := []string{fmt.Sprint(n, "甲"), fmt.Sprint(n, "乙"), fmt.Sprint(n, "丙")}
	one := rapid.Custom(func(t *rapid.T) separation.Tie {
		p := person(rapid.SampledFrom(f.persons).Draw(t, "person"))
		c := separation.ClassNode(rapid.SampledFrom(classes).Draw(t, "class"))
		o := separation.OrgNode(engine.OrgID(rapid.SampledFrom(bodies).Draw(t, "body")))
		tie := separation.Tie{Since: day.AddMonths(-rapid.IntRange(-2, 60).Draw(t, "since")), Source: "课表"}
		if rapid.Bool().Draw(t, "ended") {
			tie.Until = tie.Since.AddDays(rapid.IntRange(0, 900).Draw(t, "days"))
		}
		other := separation.OrgNode(engine.OrgID(rapid.SampledFrom(bodies).Draw(t, "other")))
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0:
			tie.Kind, tie.From, tie.To = separation.Teaches, p, c
		case 1:
			tie.Kind, tie.From, tie.To = separation.Attends, p, c
		case 2:
			tie.Kind, tie.From, tie.To = separation.Trains, o, c
		case 3:
			tie.Kind, tie.From, tie.To = separation.Employs, o, p
		case 4:
			tie.Kind, tie.From, tie.To = separation.Represents, p, o
		case 5, 6:
			if tie.Kind, tie.From, tie.To, tie.Percent = separation.Owns, o, other, rapid.IntRange(0, 100).Draw(t, "share"); o == other {
				tie.From = p
			}
		default:
			tie.Kind, tie.From, tie.To = separation.Kin, person(f.persons[0]), person(rapid.SampledFrom(f.persons[1:]).Draw(t, "kin"))
		}
		return tie
	})
	f.ties = rapid.SliceOfNDistinct(one, 1, 16, func(t separation.Tie) string { return fmt.Sprint(t.Kind, t.From, t.To, t.Since, t.Percent) }).Draw(t, "ties")
	return f
}

// settle registers the family and records its ties, all at the same time.
func (w *world) settle(f family) {
	w.t.Helper()
	var work errgroup.Group
	for _, p := range f.persons {
		work.Go(func() error {
			return w.store.People().CreatePerson(ctx, &engine.Person{ID: engine.PersonID(p), Name: "甘" + p})
		})
	}
	if err := work.Wait(); err != nil {
		w.t.Fatal(err)
	}
	for _, t := range f.ties {
		work.Go(func() error { _, err := w.judge.Record(ctx, office, t); return err })
	}
	if err := work.Wait(); err != nil {
		w.t.Fatal(err)
	}
}

// lines lists what forbids the examiner to supervise the candidates, each finding in one line.
func (w *world) lines(f family, candidates ...engine.PersonID) []string {
	w.t.Helper()
	findings, err := w.of(f.staff(), authz.Supervisor, candidates, day)
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, f := range findings {
		out = append(out, f.Rule+" "+f.String())
	}
	return out
}

// What is found depends on the ties alone: not on the order in which they were recorded, nor on whether candidates
// are asked about together or one by one, which walks the chains from other ends.
// 查出的结果只看有哪些关系，与登记的先后、逐个查还是成批查无关。
func TestOrderIsIrrelevant(t *testing.T) {
	one, other, n := open(t), open(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		f := drawFamily(rt, n)
		one.settle(f)
		together := one.lines(f, f.candidates()...)
		var single []string
		for _, c := range f.candidates() {
			single = append(single, one.lines(f, c)...)
		}
		if !slices.Equal(single, together) {
			rt.Fatalf("one by one:\n%v\n%v", single, together)
		}
		f.ties = rapid.Permutation(f.ties).Draw(rt, "order")
		other.settle(f)
		if got := other.lines(f, f.candidates()...); !slices.Equal(got, together) {
			rt.Fatalf("in another order:\n%v\n%v", got, together)
		}
	})
}

// Ending a tie never adds a finding.
// 终止一条关系，只会少查出，不会多查出。
func TestEndingNeverAdds(t *testing.T) {
	w, n := open(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		f := drawFamily(rt, n)
		w.settle(f)
		before, err := w.of(f.staff(), authz.Supervisor, f.candidates(), day)
		if err != nil {
			rt.Fatal(err)
		}
		tie, err := w.judge.Record(ctx, office, rapid.SampledFrom(f.ties).Draw(rt, "tie"))
		if err != nil {
			rt.Fatal(err)
		}
		until := tie.Since.AddDays(rapid.IntRange(-1, 900).Draw(rt, "until"))
		if _, err := w.judge.End(ctx, supervisor, tie.ID, until, "更正"); err != nil && !errors.Is(err, separation.ErrTie) {
			rt.Fatal(err)
		}
		after, err := w.of(f.staff(), authz.Supervisor, f.candidates(), day)
		if err != nil {
			rt.Fatal(err)
		}
		for _, a := range after {
			if !slices.ContainsFunc(before, func(b separation.Finding) bool { return a.Rule == b.Rule && a.Candidate == b.Candidate }) {
				rt.Fatalf("only after the end: %s", a)
			}
		}
	})
}

// A sitting that is asked about at once is answered as everybody on duty is alone: how far chains are walked from the
// candidates' side, and what was read before, changes nothing.
func TestASittingIsItsPeople(t *testing.T) {
	w, n := open(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		f := drawFamily(rt, n)
		w.settle(f)
		subjects := []separation.Subject{{Body: engine.OrgID(fmt.Sprint(n, "甲"))}}
		for i, role := range []authz.Role{authz.Supervisor, authz.Examiner, authz.Leader} {
			subjects = append(subjects, separation.Subject{Person: engine.PersonID(f.persons[i]), Role: role})
		}
		together, err := w.judge.On(day).Findings(ctx, subjects, f.candidates())
		if err != nil {
			rt.Fatal(err)
		}
		var single []separation.Finding
		for _, s := range subjects {
			for _, c := range f.candidates() {
				found, err := w.judge.On(day).Findings(ctx, []separation.Subject{s}, []engine.PersonID{c})
				if err != nil {
					rt.Fatal(err)
				}
				single = append(single, found...)
			}
		}
		if a, b := fmt.Sprint(together), fmt.Sprint(single); a != b {
			rt.Fatalf("together\n%s\nalone\n%s", a, b)
		}
	})
}

// Theory and practice on two days: what forbids a duty on one of them forbids it, once, in whichever order they are given.
// 理论和实操不在同一天的，两天都要查，哪一天有关系都不行。
func TestTwoDaysAreBothAsked(t *testing.T) {
	w, n := open(t), 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		f := drawFamily(rt, n)
		w.settle(f)
		later := day.AddDays(rapid.IntRange(0, 400).Draw(rt, "gap"))
		subjects := []separation.Subject{{Person: f.staff(), Role: authz.Supervisor}}
		keys := func(q *separation.Question) []string {
			found, err := q.Findings(ctx, subjects, f.candidates())
			if err != nil {
				rt.Fatal(err)
			}
			var out []string
			for _, f := range found {
				out = append(out, f.Key())
			}
			slices.Sort(out)
			return out
		}
		first, last := keys(w.judge.On(day)), keys(w.judge.On(later))
		want := slices.Concat(first, last)
		slices.Sort(want)
		want = slices.Compact(want)
		if got := keys(w.judge.On(later, day)); !slices.Equal(got, want) {
			rt.Fatalf("both days find\n%s\nthe first\n%s\nthe last\n%s", got, first, last)
		}
	})
}

// 理论那天已过回溯期、实操那天又到单位上班的，只有第二天查得出来，问两天也要查出来；反过来，只在第一天有关系的也一样。
func TestWhatOnlyOneOfTwoDaysForbids(t *testing.T) {
	later := day.AddDays(10)
	for name, c := range map[string]struct {
		since, until string
		first, last  int
	}{
		"begins in between": {day.AddDays(5).String(), "", 0, 1},
		"too old by then":   {"2020-01-01", day.AddMonths(-36).AddDays(5).String(), 1, 0},
	} {
		w := open(t)
		w.school(tie(separation.Employs, body, person("x"), c.since, c.until))
		asked := func(days ...clock.Date) int {
			found, err := w.judge.On(days...).Findings(ctx, []separation.Subject{{Person: "x", Role: authz.Examiner}}, []engine.PersonID{"a"})
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		if asked(day) != c.first || asked(later) != c.last || asked(day, later) != 1 || asked(later, day) != 1 {
			t.Errorf("%s: %d on the first day, %d on the last, %d and %d on both", name, asked(day), asked(later), asked(day, later), asked(later, day))
		}
	}
}
