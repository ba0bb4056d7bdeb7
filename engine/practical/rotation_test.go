package practical_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

func window(from, to time.Duration) clock.Window {
	return clock.Window{Opens: opens.Add(from), Closes: opens.Add(to)}
}

func overlap(a, b practical.Turn) bool { return a.At.Before(b.Until) && b.At.Before(a.Until) }

// 任意场次：一个考位同一时间只有一名考生，两人之间留足布置时间；理论考试时间内没有人在考位；放不下的说明差多少。
func TestTurnsNeverClash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minute := func(name string, most int) time.Duration {
			return time.Duration(rapid.IntRange(0, most).Draw(t, name)) * time.Minute
		}
		w := window(0, time.Hour+minute("window", 400))
		from := minute("theory from", 500) - time.Hour
		theory, setup, call := window(from, from+minute("theory", 90)), minute("setup", 10), minute("call", 20)
		r := practical.NewRotation(w, theory, setup, call)
		for i := range rapid.IntRange(1, 40).Draw(t, "candidates") {
			station := sitting.RoomID(fmt.Sprint("p", rapid.IntRange(1, 4).Draw(t, "station")))
			r.Add(practical.Assessment{Ticket: ticket(i), Station: station}, rapid.IntRange(1, 60).Draw(t, "minutes"))
		}
		turns, over := r.Turns(), map[sitting.RoomID]int{}
		for i, a := range turns {
			if a.At.Before(w.Opens) || !a.Call.Equal(a.At.Add(-call)) {
				t.Fatalf("%+v begins before the window, or is not called in time", a)
			}
			if a.At.Before(theory.Closes) && theory.Opens.Before(a.Until) {
				t.Fatalf("%+v during theory %v", a, theory)
			}
			if a.Until.After(w.Closes) {
				over[a.Station]++
			}
			for _, b := range turns[i+1:] {
				b.Until = b.Until.Add(setup)
				if a.Station == b.Station && overlap(practical.Turn{At: a.At, Until: a.Until.Add(setup)}, b) {
					t.Fatalf("%+v and %+v at one station", a, b)
				}
			}
		}
		short := r.Shortages()
		if len(short) != len(over) {
			t.Fatalf("%+v, but %v are over", short, over)
		}
		for _, s := range short {
			if s.Turns != over[s.Station] || s.Minutes < 1 || s.Clashes != 0 {
				t.Fatalf("%+v, %d are over", s, over[s.Station])
			}
		}
	})
}

// 考位时间不够：说明哪个考位、几个人、超出多少分钟。
func TestAShortageIsSaidInMinutes(t *testing.T) {
	r := practical.NewRotation(window(0, time.Hour), clock.Window{}, 5*time.Minute, 0)
	for i := range 4 {
		r.Add(practical.Assessment{Ticket: ticket(i), Station: "p1"}, 20)
	}
	r.Add(practical.Assessment{Ticket: ticket(9), Station: "p2"}, 60) // to the last minute
	if got := fmt.Sprint(r.Shortages()); got != "[{p1 35 2 0}]" {
		t.Fatal(got)
	}
}

// 以前按另一种办法排的场次，重叠之处会说出来。
func TestOlderPlansThatOverlapAreTold(t *testing.T) {
	r := practical.NewRotation(window(0, 3*time.Hour), clock.Window{}, 0, 0)
	for i := range 3 {
		r.Add(practical.Assessment{Ticket: ticket(i), Station: "p1", At: opens.Add(time.Duration(i) * 10 * time.Minute)}, 16)
	}
	if got := fmt.Sprint(r.Shortages()); got != "[{p1 0 0 2}]" {
		t.Fatal(got)
	}
}

// 后到的考生排在已经排好的人后面，已经通知的时间不变。
func TestLateSeatsComeAfterThoseThatAreThere(t *testing.T) {
	w := newWorld(t, func(p *engine.Policy) { p.Practical.SetupMinutes, p.Practical.CallMinutes = 4, 15 }).drawn()
	before, err := w.desk.Schedule(t.Context(), office, session)
	w.must(err)
	w.seat(4, "r1")
	w.drawn()
	after, err := w.desk.Schedule(t.Context(), leader, session)
	w.must(err)
	last := after.Turns[len(after.Turns)-1]
	if len(before.Turns) != 3 || len(after.Turns) != 4 || last.Ticket != ticket(4) || !last.At.Equal(opens.Add(40*time.Minute)) ||
		!last.Call.Equal(opens.Add(25*time.Minute)) || after.Names[ticket(4)] != "名c4" {
		t.Fatalf("%+v, then %+v", before, after)
	}
	for i, turn := range before.Turns {
		if after.Turns[i] != turn {
			t.Errorf("%+v became %+v", turn, after.Turns[i])
		}
	}
}

func TestWhoSeesTheSchedule(t *testing.T) {
	w := newWorld(t)
	if _, err := w.desk.Schedule(t.Context(), office, session); !errors.Is(err, practical.ErrNotDrawn) {
		t.Fatal(err)
	}
	w.drawn()
	for _, c := range []struct {
		by   authz.Principal
		want error
	}{{examiner("e1"), authz.ErrForbidden}, {who("m", authz.Marker), authz.ErrForbidden}, {who("another", authz.Leader), sitting.ErrNotOnDuty},
		{authz.Principal{Account: "x", Roles: office.Roles, Org: "another"}, sitting.ErrSession}} {
		if _, err := w.desk.Schedule(t.Context(), c.by, session); !errors.Is(err, c.want) {
			t.Errorf("%v: %v, want %v", c.by, err, c.want)
		}
	}
}
