package practical_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

// pool has mandatory tasks M01… and others P01…, last code first.
func pool(mandatory, others int) (all []*questionbank.Task) {
	for i := mandatory; i > 0; i-- {
		t := task(fmt.Sprintf("M%02d", i), 100)
		t.Mandatory = true
		all = append(all, t)
	}
	for i := others; i > 0; i-- {
		all = append(all, task(fmt.Sprintf("P%02d", i), 100))
	}
	return all
}

func newDraw(t rapid.TB, seed string, tasks []*questionbank.Task, each int) *practical.Draw {
	d, err := practical.NewDraw("s", ids.Seeded(seed).Bytes(32), tasks, each)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func pick(t rapid.TB, d *practical.Draw, ticket string) []string {
	codes, err := d.Pick(sitting.Ticket(ticket))
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

func TestPick(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, o := rapid.IntRange(0, 5).Draw(t, "mandatory"), rapid.IntRange(0, 8).Draw(t, "others")
		if m+o == 0 {
			return
		}
		each, seed := rapid.IntRange(1, m+o).Draw(t, "each"), rapid.String().Draw(t, "seed")
		tasks, ticket := pool(m, o), rapid.StringMatching(`[0-9]{14}`).Draw(t, "ticket")
		got := pick(t, newDraw(t, seed, tasks, each), ticket)
		if len(got) != each || len(slices.Compact(slices.Sorted(slices.Values(got)))) != each {
			t.Fatalf("%v are not %d different tasks", got, each)
		}
		for i, code := range got {
			if mandatory := code[0] == 'M'; mandatory != (i < min(m, each)) || mandatory && m <= each && code != fmt.Sprintf("M%02d", i+1) {
				t.Fatalf("%v of %d mandatory", got, m)
			}
		}
		slices.Reverse(tasks)
		if again := pick(t, newDraw(t, seed, tasks, each), ticket); !slices.Equal(again, got) {
			t.Fatalf("%v, then %v", got, again)
		}
	})
}

// 每道任务被抽到的机会相同。
func TestTasksHaveEqualChances(t *testing.T) {
	const tickets = 6000
	for _, c := range []struct{ mandatory, others, each, among int }{{0, 8, 3, 8}, {2, 5, 3, 5}, {4, 5, 2, 4}} {
		d, count := newDraw(t, "chances", pool(c.mandatory, c.others), c.each), map[string]int{}
		drawn := c.each
		if c.mandatory <= c.each {
			drawn -= c.mandatory
		}
		for i := range tickets {
			codes := pick(t, d, fmt.Sprint(i))
			for _, code := range codes[c.each-drawn:] {
				count[code]++
			}
		}
		want := tickets * drawn / c.among
		for code, n := range count {
			if n < want*9/10 || n > want*11/10 { // more than five standard deviations away
				t.Errorf("%+v: %s drawn %d times, want about %d", c, code, n, want)
			}
		}
		if len(count) != c.among {
			t.Errorf("%+v: %d tasks were ever drawn", c, len(count))
		}
	}
}

// The tasks of a recorded draw must stay what they are: these were computed by the first version. The commitment
// is of the second, which binds what is drawn from, too.
func TestPickStaysAsItIs(t *testing.T) {
	d := newDraw(t, "frozen", pool(1, 7), 3)
	for ticket, want := range map[string]string{"26120000010001": "[M01 P06 P02]", "26120000010002": "[M01 P02 P04]"} {
		if got := fmt.Sprint(pick(t, d, ticket)); got != want {
			t.Errorf("%s: %s, want %s", ticket, got, want)
		}
	}
	if want := "24b2d7df66f44925df7e87a87960f89b0244a4bf7aca3cd4dbc1418255b30427"; d.Commitment != want {
		t.Errorf("commitment %s", d.Commitment)
	}
}

// 题库任务不足的，不得抽取。
func TestDrawNeedsEnoughTasks(t *testing.T) {
	for n, ok := range map[int]bool{0: false, 3: true, 4: false} {
		if _, err := practical.NewDraw("s", make([]byte, 32), pool(1, 2), n); errors.Is(err, practical.ErrNoTasks) == ok {
			t.Errorf("%d of 3 tasks: %v", n, err)
		}
	}
}
