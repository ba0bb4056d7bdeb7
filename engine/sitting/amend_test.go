package sitting_test

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

const ms = time.Millisecond

// later is a window so much later.
func later(w clock.Window, by time.Duration) *clock.Window {
	return &clock.Window{Opens: w.Opens.Add(by), Closes: w.Closes.Add(by)}
}

func window(opens, closes time.Time) *clock.Window {
	return &clock.Window{Opens: opens, Closes: closes}
}

func (w *world) amend(n *sitting.Session, a sitting.Amendment) (*sitting.Session, error) {
	if a.Reason == "" {
		a.Reason = "机房停电"
	}
	return w.sittings.Amend(ctx, office, n.ID, a)
}

// rooms are those of the session, changed.
func rooms(n *sitting.Session, change func([]sitting.Room) []sitting.Room) []sitting.Room {
	return change(slices.Clone(n.Rooms))
}

func TestAmend(t *testing.T) {
	w := open(t)
	n := w.session()
	w.assign(n, w.person("监考"), authz.Invigilator, "t1")
	day := 24 * time.Hour
	moved := rooms(n, func(r []sitting.Room) []sitting.Room {
		r[0].Name, r[0].Capacity, r[0].Reserve, r[0].Machines = "机房甲", 24, 2, []string{"A01", "A02"}
		return append(r[:1:1], r[2],
			sitting.Room{ID: "t3", Name: "机房三", Component: engine.Theory, Capacity: 12},
			sitting.Room{ID: "p3", Name: "考位三", Component: engine.Practical, Capacity: 12})
	})
	a := sitting.Amendment{Theory: later(n.Theory, day), Practical: later(n.Practical, day), Spread: new(30), Rooms: moved, Reason: " 机房停电，顺延一天 "}
	got, err := w.amend(n, a)
	must(t, err)
	want := *w.get(n.ID)
	if !reflect.DeepEqual(got.Rooms, want.Rooms) || !reflect.DeepEqual(want.Rooms, moved) ||
		want.Theory != *a.Theory || want.Practical != *a.Practical || want.Spread != 30 {
		t.Errorf("%+v", want)
	}
	if want.ID != n.ID || want.Plan != n.Plan || want.Name != n.Name || want.Level != n.Level || want.Digits != n.Digits || want.Code != n.Code ||
		want.Blueprint != n.Blueprint || want.Release != n.Release || want.Province != n.Province || len(want.Duties) != 1 {
		t.Errorf("what identifies it changed: %+v", want)
	}
	last := want.Trail[len(want.Trail)-1]
	if last.Action != "session.amended" || last.By != office.Account || want.Amended() != 1 {
		t.Errorf("trail %+v", last)
	}
	for _, part := range []string{"理论考试 2026-11-24 09:00 至 2026-11-24 10:30 → 2026-11-25 09:00 至 2026-11-25 10:30", "操作考核 2026-11-24 14:00",
		"开考错峰秒数 0 → 30",
		"考场 机房一（t1）、机房二（t2）、考位一（p1）、考位二（p2） → 机房甲（t1）、考位一（p1）、机房三（t3）、考位三（p3）", "机房甲 座位数 20 → 24", "机房甲 备用座位数 无 → 2",
		"机房甲 2号机器 无 → A02", "机房三 座位数 无 → 12", "；原因：机房停电，顺延一天"} {
		if !strings.Contains(last.Note, part) {
			t.Errorf("the trail does not say %q: %s", part, last.Note)
		}
	}
	if strings.Contains(last.Note, "考位一 座位数") || strings.Contains(last.Note, "每排") {
		t.Errorf("the trail says what did not change: %s", last.Note)
	}
	again, err := w.amend(n, a)
	if err != nil || again.Revision != want.Revision {
		t.Errorf("the same again: %v, %v", again, err)
	}
	w.candidates(n, 25)
	seats := w.seat(n)
	for _, seat := range seats {
		if seat.Room == "t2" || seat.Station == "p2" {
			t.Errorf("seated in a room that went: %+v", seat)
		}
	}
	if again, err = w.amend(n, a); err != nil || again.Amended() != 1 {
		t.Errorf("the same again, after the seating: %v, %v", again, err)
	}
	if len(seats) != 25 || !reflect.DeepEqual(w.get(n.ID).Rooms, moved) {
		t.Errorf("%d seats", len(seats))
	}
}

// What is left out of an amendment stays.
func TestAmendChangesOnePart(t *testing.T) {
	w := open(t)
	n := w.session()
	theory, practical, turned := later(n.Theory, time.Hour), later(n.Practical, time.Hour), []sitting.Room{n.Rooms[2], n.Rooms[0]}
	for name, c := range map[string]struct {
		a      sitting.Amendment
		change func(*sitting.Session)
	}{
		"theory":    {sitting.Amendment{Theory: theory}, func(o *sitting.Session) { o.Theory = *theory }},
		"practical": {sitting.Amendment{Practical: practical}, func(o *sitting.Session) { o.Practical = *practical }},
		"spread":    {sitting.Amendment{Spread: new(60)}, func(o *sitting.Session) { o.Spread = 60 }},
		"rooms":     {sitting.Amendment{Rooms: n.Rooms[1:3]}, func(o *sitting.Session) { o.Rooms = n.Rooms[1:3] }},
		"order":     {sitting.Amendment{Rooms: turned}, func(o *sitting.Session) { o.Rooms = turned }},
		"nothing":   {sitting.Amendment{}, func(*sitting.Session) {}},
	} {
		want := *w.get(n.ID)
		c.change(&want)
		got, err := w.amend(n, c.a)
		must(t, err)
		want.Trail, want.Revision = got.Trail, got.Revision
		if !reflect.DeepEqual(*got, want) || !reflect.DeepEqual(w.get(n.ID), got) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// Whatever is refused of a new session is refused of an amendment: both go through the same checks, of which these are
// one of each kind.
func TestAmendRefuses(t *testing.T) {
	w := open(t)
	n := w.session()
	invigilator, examiner := w.person("监考员"), w.person("考评员")
	w.assign(n, invigilator, authz.Invigilator, "t2")
	w.assign(n, examiner, authz.Examiner, "p1")
	w.candidates(n, 12)
	hall := w.draft("第二场")
	hall.Rooms[0].Hall, hall.Rooms[0].Parts, hall.Rooms[0].Part = "体育馆", 2, 1
	_, err := w.sittings.CreateSession(ctx, office, hall)
	must(t, err)
	year := opens.AddDate(1, 0, 0).Sub(opens)
	for name, c := range map[string]struct {
		a    sitting.Amendment
		want error
		says string
	}{
		"a reason too long": {sitting.Amendment{Spread: new(1), Reason: strings.Repeat("因", 301)}, sitting.ErrSessionInput, ""},
		"year not planned":  {sitting.Amendment{Theory: later(n.Theory, year), Practical: later(n.Practical, year)}, sitting.ErrSessionInput, "2026"},
		"not filed":         {sitting.Amendment{Practical: later(n.Practical, 2*year)}, engine.ErrNotFiled, ""},
		"a minute short":    {sitting.Amendment{Theory: window(n.Theory.Opens.Add(time.Minute), n.Theory.Closes)}, sitting.ErrSessionInput, ""},
		"at the same time":  {sitting.Amendment{Practical: later(n.Theory, time.Hour)}, sitting.ErrSessionInput, ""},
		"spread":            {sitting.Amendment{Spread: new(61)}, sitting.ErrSessionInput, ""},
		"no rooms":          {sitting.Amendment{Rooms: []sitting.Room{}}, sitting.ErrSessionInput, ""},
		"no station":        {sitting.Amendment{Rooms: n.Rooms[:2]}, sitting.ErrSessionInput, ""},
		"half of a hall": {sitting.Amendment{Rooms: rooms(n, func(r []sitting.Room) []sitting.Room {
			r[0].Hall, r[0].Parts, r[0].Part = "体育馆", 2, 1
			return r
		})}, sitting.ErrHall, "第二场"},
		"theory in the past":   {sitting.Amendment{Theory: window(w.clock.Now(), n.Theory.Closes)}, sitting.ErrSessionInput, ""},
		"practice in the past": {sitting.Amendment{Practical: window(w.clock.Now(), n.Theory.Opens)}, sitting.ErrSessionInput, ""},
		"a room with a duty":   {sitting.Amendment{Rooms: append(n.Rooms[:1:1], n.Rooms[2:]...)}, sitting.ErrAmendDuty, "监考员（监考员，机房二）"},
		"two rooms with duties": {sitting.Amendment{Rooms: []sitting.Room{n.Rooms[0], n.Rooms[3]}}, sitting.ErrAmendDuty,
			"监考员（监考员，机房二）、考评员（考评员，考位一）"},
		"a station of theory": {sitting.Amendment{Rooms: rooms(n, func(r []sitting.Room) []sitting.Room {
			r[2].Component = engine.Theory
			return r
		})}, sitting.ErrAmendDuty, "考位一"},
		"a place short": {sitting.Amendment{Rooms: rooms(n, func(r []sitting.Room) []sitting.Room {
			r[1].Capacity = 11
			return r[1:]
		})}, sitting.ErrAmendPlaces, "理论知识考场共11个座位，已有12人"},
		"a station short": {sitting.Amendment{Rooms: rooms(n, func(r []sitting.Room) []sitting.Room {
			r[2].Capacity = 11
			return r[:3]
		})}, sitting.ErrAmendPlaces, "操作技能考场共11个座位"},
		"somebody was quicker": {sitting.Amendment{Spread: new(1), Seen: new(1)}, engine.ErrStale, ""},
	} {
		_, err := w.amend(n, c.a)
		wantError(t, name, err, c.want)
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v does not say %s", name, err, c.says)
		}
	}
	_, err = w.sittings.Amend(ctx, office, n.ID, sitting.Amendment{Spread: new(1), Reason: " "})
	wantError(t, "no reason", err, sitting.ErrSessionInput)
	if got := w.get(n.ID); got.Amended() != 0 || got.Theory != n.Theory || !reflect.DeepEqual(got.Rooms, n.Rooms) {
		t.Errorf("refused and changed: %+v", got)
	}
	enough := rooms(n, func(r []sitting.Room) []sitting.Room { r[1].Capacity, r[2].Capacity = 12, 12; return r[1:3] })
	got, err := w.amend(n, sitting.Amendment{Theory: window(w.clock.Now().Add(ms), n.Theory.Closes), Rooms: enough, Seen: new(0),
		Reason: strings.Repeat("因", 300)})
	if err != nil || got.Amended() != 1 {
		t.Errorf("a place for everybody, a moment ahead: %v", err)
	}
}

func TestWhoMayAmend(t *testing.T) {
	w := open(t)
	n := w.session()
	for name, c := range map[string]struct {
		by   authz.Principal
		want error
	}{
		"another body's office": {authz.Principal{Roles: office.Roles, Org: "别处"}, sitting.ErrSession},
		"an office of no body":  {authz.Principal{Roles: office.Roles}, sitting.ErrSession},
		"an invigilator":        {as("x", authz.Invigilator), authz.ErrForbidden},
		"the authority":         {labour, authz.ErrForbidden},
	} {
		_, err := w.sittings.Amend(ctx, c.by, n.ID, sitting.Amendment{Spread: new(1), Reason: "试"})
		wantError(t, name, err, c.want)
	}
	_, err := w.sittings.Amend(ctx, office, "none", sitting.Amendment{Spread: new(1), Reason: "试"})
	wantError(t, "no session", err, sitting.ErrSession)
}

// An amendment is possible until the first component opens, the session is closed or the first seat is given.
// 场次只能在首科开考前、结束前、编排考位前更改。
func TestAmendUntil(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(w *world, n *sitting.Session)
		want    error
	}{
		"a moment before it opens": {func(w *world, n *sitting.Session) { w.clock.Set(n.Theory.Opens.Add(-ms)) }, nil},
		"as it opens":              {func(w *world, n *sitting.Session) { w.clock.Set(n.Theory.Opens) }, sitting.ErrAmendBegun},
		"closed":                   {func(w *world, n *sitting.Session) { must(w.t, w.sittings.Close(ctx, office, n.ID)) }, sitting.ErrAmendBegun},
		"applied for":              {func(w *world, n *sitting.Session) { w.candidates(n, 1) }, nil},
		"seated":                   {func(w *world, n *sitting.Session) { w.candidates(n, 1); w.seat(n) }, sitting.ErrAmendSeated},
		"seated for and broken off": {func(w *world, n *sitting.Session) {
			w.candidates(n, 1)
			cut := w.ports
			cut.Seats = &flaky{Seats: w.ports.Seats}
			if _, err := w.build(cut).SeatCandidates(ctx, office, n.ID); err == nil {
				w.t.Fatal("the seating was not broken off")
			}
		}, sitting.ErrAmendSeated},
	} {
		w := open(t)
		n := w.session()
		c.prepare(w, n)
		a := sitting.Amendment{Theory: later(n.Theory, time.Hour), Reason: "改"}
		_, err := w.amend(n, a)
		wantError(t, name, err, c.want)
		wantError(t, name+", as the page asks", w.get(n.ID).Amendable(w.clock.Now()), c.want)
	}
}

// Ages are counted on the day of the theory exam: a day on which somebody is too young is no day for the session.
// 改期后有考生在理论考试当天不满年龄的，不得改到那天。
func TestAmendKeepsEverybodyEligible(t *testing.T) {
	w := open(t)
	n := w.session()
	p, err := w.people.Register(ctx, office, engine.Person{Name: "十六岁", IDType: "999", IDNumber: "X1234567",
		Born: clock.Date{Year: 2010, Month: 11, Day: 24}, Sex: engine.Female})
	must(t, err)
	w.apply(n, p.ID, "")
	_, err = w.amend(n, sitting.Amendment{Theory: later(n.Theory, -24*time.Hour)})
	wantError(t, "the day before the birthday", err, sitting.ErrAmendApplicant)
	if err == nil || !strings.Contains(err.Error(), "十六岁") {
		t.Errorf("%v does not say who", err)
	}
	_, err = w.amend(n, sitting.Amendment{Theory: later(n.Theory, -time.Hour)})
	wantError(t, "an hour earlier on the birthday", err, nil)
	_, err = w.amend(n, sitting.Amendment{Theory: later(n.Theory, 24*time.Hour), Practical: later(n.Practical, 24*time.Hour)})
	wantError(t, "the day after", err, nil)
}

// agreed is a draw whose custodians agreed on a random value.
type agreed struct {
	due time.Time
	err error
}

func (a agreed) RandomDue(context.Context, sitting.SessionID) (time.Time, error) { return a.due, a.err }

func TestAmendWaitsForTheRandomValue(t *testing.T) {
	w := open(t)
	n := w.session()
	broken := errors.New("no answer")
	ask := func(draws agreed, by time.Duration) error {
		w.ports.Draws = draws
		_, err := w.build(w.ports).Amend(ctx, office, n.ID, sitting.Amendment{Theory: later(n.Theory, by), Reason: "改"})
		return err
	}
	wantError(t, "opens with the value", ask(agreed{due: opens.Add(-2 * time.Hour)}, -2*time.Hour), sitting.ErrAmendDraw)
	wantError(t, "nobody knows", ask(agreed{err: broken}, -2*time.Hour), broken)
	wantError(t, "opens after the value", ask(agreed{due: opens.Add(-2 * time.Hour)}, -2*time.Hour+ms), nil)
	wantError(t, "no value agreed on", ask(agreed{}, -3*time.Hour), nil)
	_, err := w.build(w.ports).Amend(ctx, office, n.ID, sitting.Amendment{Spread: new(9), Reason: "改"})
	wantError(t, "the window stays", err, nil)
}

// Of a seating and an amendment that comes in between, whichever is written second is refused or sees the first.
func TestASeatingDuringTheAmendment(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 12)
	between := w.ports
	between.Sessions = &late{Sessions: w.ports.Sessions, come: func() { w.seat(n) }}
	_, err := w.build(between).Amend(ctx, office, n.ID, sitting.Amendment{Rooms: n.Rooms[:3], Reason: "改"})
	wantError(t, "seated in between", err, sitting.ErrAmendSeated)
	if got := w.get(n.ID); len(got.Rooms) != 4 || len(got.Allotted) != 12 {
		t.Errorf("%+v", got)
	}
}

func TestAnAmendmentDuringTheSeating(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 12)
	left := []sitting.Room{n.Rooms[0], n.Rooms[2]}
	between := w.ports
	between.Sessions = &late{Sessions: w.ports.Sessions, come: func() {
		_, err := w.amend(n, sitting.Amendment{Rooms: left})
		must(t, err)
	}}
	seats, err := w.build(between).SeatCandidates(ctx, office, n.ID)
	must(t, err)
	for _, seat := range seats {
		if seat.Room != "t1" || seat.Station != "p1" {
			t.Errorf("a seat in a room that went: %+v", seat)
		}
	}
	if len(seats) != 12 {
		t.Errorf("%d seats", len(seats))
	}
}

// An assignment that comes in between keeps its room.
func TestAnAssignmentDuringTheAmendment(t *testing.T) {
	w := open(t)
	n := w.session()
	p := w.person("监考员")
	between := w.ports
	between.Sessions = &late{Sessions: w.ports.Sessions, come: func() { w.assign(n, p, authz.Invigilator, "t2") }}
	_, err := w.build(between).Amend(ctx, office, n.ID, sitting.Amendment{Rooms: append(n.Rooms[:1:1], n.Rooms[2:]...), Reason: "改"})
	wantError(t, "assigned in between", err, sitting.ErrAmendDuty)
}

func TestAmendAndSeatAtTheSameTime(t *testing.T) {
	for range 8 {
		w := open(t)
		n := w.session()
		w.candidates(n, 6)
		var work errgroup.Group
		var once sync.Once
		begin := make(chan struct{})
		var amendment error
		work.Go(func() error {
			<-begin
			_, amendment = w.amend(n, sitting.Amendment{Rooms: []sitting.Room{n.Rooms[1], n.Rooms[3]}})
			return nil
		})
		work.Go(func() error {
			once.Do(func() { close(begin) })
			_, err := w.sittings.SeatCandidates(ctx, office, n.ID)
			return err
		})
		must(t, work.Wait())
		got := w.get(n.ID)
		if amendment != nil && !errors.Is(amendment, sitting.ErrAmendSeated) || (amendment == nil) != (got.Amended() == 1) {
			t.Fatalf("amendment %v, amended %d times", amendment, got.Amended())
		}
		seats, err := w.sittings.Seats(ctx, office, n.ID)
		must(t, err)
		for _, seat := range seats {
			known := func(r sitting.Room) bool { return r.ID == seat.Room }
			if !slices.ContainsFunc(got.Rooms, known) {
				t.Errorf("seat %+v in a room that went", seat)
			}
		}
		if len(seats) != 6 {
			t.Errorf("%d seats", len(seats))
		}
	}
}

// TestTheSiteIsAmended: a sitting is moved to another site, with who did and why on record. Somebody on duty who has served
// there three times in a row keeps it from being moved there.
// 更换考点记明谁改的、为什么；换到某考点后有人员连续任职超过三次的，不得更换。
func TestTheSiteIsAmended(t *testing.T) {
	w := open(t)
	tired := w.person("甘棠")
	for i, name := range []string{"一", "二", "三"} {
		w.served(name, 3*i, "南开", tired)
	}
	d := w.draft("四")
	d.Site, d.Theory, d.Practical = "河西", daysOn(d.Theory, 9), daysOn(d.Practical, 9)
	n, err := w.sittings.CreateSession(ctx, office, d)
	must(t, err)
	w.assign(n, tired, authz.Examiner, "p1")
	_, err = w.amend(n, sitting.Amendment{Site: new("南开")})
	wantError(t, "a fourth turn in a row", err, sitting.ErrServedEnough)
	_, err = w.amend(n, sitting.Amendment{Site: new(strings.Repeat("很", 200))})
	wantError(t, "a long name", err, sitting.ErrSessionInput)
	got, err := w.amend(n, sitting.Amendment{Site: new(" 河东 ")})
	must(t, err)
	if e := got.Amendments(); got.Site != "河东" || len(e) != 1 || !strings.Contains(e[0].Note, "考点 河西 → 河东") {
		t.Errorf("%s, %+v", got.Site, e)
	}
	_, err = w.amend(n, sitting.Amendment{Site: new("河东")})
	must(t, err)
}
