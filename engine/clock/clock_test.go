package clock_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine/clock"
)

func TestWindowIsHalfOpen(t *testing.T) {
	open := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	w := clock.Window{Opens: open, Closes: open.Add(90 * time.Minute)}
	for _, c := range []struct {
		at   time.Time
		want bool
	}{{open.Add(-time.Millisecond), false}, {open, true}, {w.Closes.Add(-time.Millisecond), true}, {w.Closes, false}} {
		if w.Contains(c.at) != c.want {
			t.Errorf("Contains(%v) = %v", c.at, !c.want)
		}
	}
	if next := (clock.Window{Opens: w.Closes, Closes: w.Closes.Add(time.Hour)}); w.Overlaps(next) {
		t.Error("two windows that only touch overlap")
	}
}

func date(t *testing.T, s string) clock.Date {
	t.Helper()
	d, err := clock.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDates(t *testing.T) {
	for _, bad := range []string{"", "2026-02-29", "2026-13-01", "2026-1-1", "26-01-01", "2026-01-01 "} {
		if _, err := clock.ParseDate(bad); err == nil {
			t.Errorf("%q was read as a date", bad)
		}
	}
	for _, c := range []struct {
		born, on string
		want     int
	}{{"2010-11-24", "2026-11-23", 15}, {"2010-11-24", "2026-11-24", 16}, {"2008-02-29", "2024-02-28", 15}, {"2008-02-29", "2024-02-29", 16}} {
		if got := date(t, c.born).YearsUntil(date(t, c.on)); got != c.want {
			t.Errorf("born %s, on %s: %d years, want %d", c.born, c.on, got, c.want)
		}
	}
	if got := date(t, "2026-01-31").AddMonths(1); got != date(t, "2026-02-28") {
		t.Errorf("a month after the last of January: %s", got)
	}
	if got := date(t, "2026-12-15").AddMonths(2); got != date(t, "2027-02-15") {
		t.Errorf("over the year's end: %s", got)
	}
}

func TestDateJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := clock.Date{Year: 2026, Month: 1, Day: 1}.AddDays(rapid.IntRange(-50000, 50000).Draw(t, "days"))
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var got clock.Date
		if err := json.Unmarshal(b, &got); err != nil || got != d {
			t.Fatalf("%s came back as %s, %v", d, got, err)
		}
	})
}

func TestWorkingDays(t *testing.T) {
	c := clock.Calendar{Free: []clock.Date{date(t, "2026-10-01"), date(t, "2026-10-02")}, Worked: []clock.Date{date(t, "2026-10-10")}}
	for _, s := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-09-30", 0, "2026-09-30"},
		{"2026-09-30", 1, "2026-10-05"}, // two holidays and a weekend in between
		{"2026-10-08", 2, "2026-10-10"}, // a Saturday that is worked
		{"2026-10-10", 1, "2026-10-12"},
	} {
		if got := c.AddWorkingDays(date(t, s.from), s.n); got != date(t, s.want) {
			t.Errorf("%d working days after %s: %s, want %s", s.n, s.from, got, s.want)
		}
	}
}

func TestWorkingDaysAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := clock.Calendar{}
		d := clock.Date{Year: 2026, Month: 6, Day: 1}
		for range rapid.IntRange(0, 10).Draw(t, "holidays") {
			c.Free = append(c.Free, d.AddDays(rapid.IntRange(0, 60).Draw(t, "free")))
		}
		a, b := rapid.IntRange(0, 15).Draw(t, "a"), rapid.IntRange(0, 15).Draw(t, "b")
		if x, y := c.AddWorkingDays(c.AddWorkingDays(d, a), b), c.AddWorkingDays(d, a+b); x != y {
			t.Fatalf("%d and then %d days lead to %s, together to %s", a, b, x, y)
		}
	})
}

func TestOffsetRunsOn(t *testing.T) {
	base := clock.NewManual(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC))
	start := time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)
	o := clock.NewOffset(base, start)
	base.Advance(90 * time.Second)
	if got := o.Now(); !got.Equal(start.Add(90 * time.Second)) {
		t.Fatalf("after 90 s: %v", got)
	}
	o.JumpTo(base.Now())
	if !o.Now().Equal(base.Now()) {
		t.Fatal("back in the present, the clocks differ")
	}
}

// 按月计算的期间，当天不算，到期月的对应日是最后一天；没有对应日的，是那个月的最后一天（民法典第二百零一条、第二百零二条）。
func TestTheLastDayOfMonths(t *testing.T) {
	for _, c := range []struct {
		from   string
		months int
		want   string
	}{
		{"2026-08-30", 6, "2027-02-28"}, {"2026-08-31", 6, "2027-02-28"}, {"2026-09-01", 6, "2027-03-01"},
		{"2026-02-28", 6, "2026-08-28"}, {"2027-08-31", 6, "2028-02-29"}, {"2026-01-31", 3, "2026-04-30"},
		{"2026-03-02", 12, "2027-03-02"}, {"2028-02-29", 12, "2029-02-28"}, {"2028-02-29", 60, "2033-02-28"}, {"2026-12-31", 60, "2031-12-31"},
	} {
		if got := date(t, c.from).AddMonths(c.months); got != date(t, c.want) {
			t.Errorf("%d months from %s: %s, want %s", c.months, c.from, got, c.want)
		}
	}
}
