package sitting_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
)

func TestPlan(t *testing.T) {
	w := open(t)
	p := w.plan()
	again := w.plan()
	if again.ID != p.ID || again.Revision != 2 || again.State != sitting.PlanPublished || len(again.Trail) != 2 {
		t.Fatalf("made twice: %+v", again)
	}
	for name, c := range map[string]struct {
		plan sitting.Plan
		by   authz.Principal
		want error
	}{
		"another under its id":  {sitting.Plan{ID: p.ID, Org: body, Name: "别的", Year: 2026, Levels: p.Levels}, office, sitting.ErrPlanExists},
		"no name":               {sitting.Plan{Org: body, Year: 2026, Levels: p.Levels}, office, sitting.ErrPlanInput},
		"no levels":             {sitting.Plan{Org: body, Name: "n", Year: 2026}, office, sitting.ErrPlanInput},
		"a level twice":         {sitting.Plan{Org: body, Name: "n", Year: 2026, Levels: []engine.Level{5, 5}}, office, sitting.ErrPlanInput},
		"Chinese id":            {sitting.Plan{ID: "计划", Org: body, Name: "n", Year: 2026, Levels: p.Levels}, office, sitting.ErrPlanInput},
		"level not filed":       {sitting.Plan{Org: body, Name: "n", Year: 2026, Levels: []engine.Level{3}}, office, engine.ErrNotFiled},
		"year before filing":    {sitting.Plan{Org: body, Name: "n", Year: 2025, Levels: p.Levels}, office, engine.ErrNotFiled},
		"last year of filing":   {sitting.Plan{Org: body, Name: "n", Year: 2027, Levels: p.Levels}, office, nil},
		"year after filing":     {sitting.Plan{Org: body, Name: "n", Year: 2028, Levels: p.Levels}, office, engine.ErrNotFiled},
		"unknown body":          {sitting.Plan{Org: "无", Name: "n", Year: 2026, Levels: p.Levels}, authz.Principal{Roles: office.Roles, Org: "无"}, engine.ErrOrg},
		"an office of no body":  {sitting.Plan{Org: body, Name: "n", Year: 2026, Levels: p.Levels}, authz.Principal{Roles: office.Roles}, authz.ErrForbidden},
		"another body's office": {sitting.Plan{Org: body, Name: "n", Year: 2026, Levels: p.Levels}, authz.Principal{Roles: office.Roles, Org: "别处"}, authz.ErrForbidden},
		"an examiner":           {sitting.Plan{Org: body, Name: "n", Year: 2026, Levels: p.Levels}, as("x", authz.Examiner), authz.ErrForbidden},
	} {
		_, err := w.sittings.CreatePlan(ctx, c.by, c.plan)
		wantError(t, name, err, c.want)
	}
	all, err := w.sittings.Plans(ctx, office)
	if err != nil || len(all) != 2 {
		t.Errorf("%d plans, %v", len(all), err)
	}
	if all, err = w.sittings.Plans(ctx, authz.Principal{Roles: office.Roles, Org: "别处"}); err != nil || len(all) != 0 {
		t.Errorf("another body sees %d plans, %v", len(all), err)
	}
	if all, err = w.sittings.Plans(ctx, authz.Principal{Roles: labour.Roles, Org: "人社局"}); err != nil || len(all) != 2 {
		t.Errorf("the authority sees %d plans, %v", len(all), err)
	}
	_, err = w.sittings.PublishPlan(ctx, office, "none")
	wantError(t, "no plan", err, sitting.ErrPlan)
}

func TestCreateSession(t *testing.T) {
	w := open(t)
	n := w.session()
	if len(n.Digits) != 6 || len(n.Code) != 6 || n.ID == "" || n.Policy != "sample-2026" || n.Org != body || n.Province != "12" || n.Release != "2026.1" || !n.Sample {
		t.Fatalf("%+v", n)
	}
	if again := w.session(); again.ID != n.ID || again.Code != n.Code || again.Revision != 1 {
		t.Errorf("made twice: %+v", again)
	}
	moved := w.draft("第一场")
	moved.Theory.Closes = moved.Theory.Closes.Add(time.Minute)
	_, err := w.sittings.CreateSession(ctx, office, moved)
	wantError(t, "another under its name", err, sitting.ErrSessionExists)
	second, err := w.sittings.CreateSession(ctx, office, w.draft("第二场"))
	if err != nil || second.ID == n.ID || second.Digits == n.Digits {
		t.Errorf("another: %+v, %v", second, err)
	}
	_, err = w.sittings.Session(ctx, authz.Principal{Roles: office.Roles, Org: "别处"}, n.ID)
	wantError(t, "another body's office", err, sitting.ErrSession)
	all, err := w.sittings.Sessions(ctx, office)
	if err != nil || len(all) != 2 {
		t.Errorf("%d sessions, %v", len(all), err)
	}
}

func TestCreateSessionRefuses(t *testing.T) {
	w := open(t)
	draftPlan, err := w.sittings.CreatePlan(ctx, office, sitting.Plan{Org: body, Name: "未公布", Year: 2026, Levels: []engine.Level{5}})
	must(t, err)
	year := opens.AddDate(1, 0, 0).Sub(opens)
	for name, c := range map[string]struct {
		change func(*sitting.Session)
		want   error
	}{
		"no plan":            {func(n *sitting.Session) { n.Plan = "none" }, sitting.ErrPlan},
		"plan not published": {func(n *sitting.Session) { n.Plan = draftPlan.ID }, sitting.ErrPlanState},
		"another body":       {func(n *sitting.Session) { n.Org = "别处" }, sitting.ErrSessionInput},
		"level not planned":  {func(n *sitting.Session) { n.Level = 3 }, sitting.ErrSessionInput},
		"year not planned": {func(n *sitting.Session) {
			n.Theory.Opens, n.Theory.Closes = n.Theory.Opens.Add(year), n.Theory.Closes.Add(year)
		}, sitting.ErrSessionInput},
		"practice not filed": {func(n *sitting.Session) {
			n.Practical.Opens, n.Practical.Closes = n.Practical.Opens.Add(2*year), n.Practical.Closes.Add(2*year)
		}, engine.ErrNotFiled},
		"no blueprint":         {func(n *sitting.Session) { n.Blueprint = "none" }, questionbank.ErrBlueprint},
		"blueprint of another": {func(n *sitting.Session) { n.Level = 4 }, sitting.ErrSessionInput},
		"another release":      {func(n *sitting.Session) { n.Release = "2025.1" }, sitting.ErrSessionInput},
		"no name":              {func(n *sitting.Session) { n.Name = " " }, sitting.ErrSessionInput},
		"province":             {func(n *sitting.Session) { n.Province = "66" }, sitting.ErrSessionInput},
		"a minute short":       {func(n *sitting.Session) { n.Theory.Closes = n.Theory.Closes.Add(-time.Minute) }, sitting.ErrSessionInput},
		"no practice":          {func(n *sitting.Session) { n.Practical.Closes = n.Practical.Opens }, sitting.ErrSessionInput},
		"at the same time":     {func(n *sitting.Session) { n.Practical.Opens = n.Theory.Closes.Add(-time.Millisecond) }, sitting.ErrSessionInput},
		"no theory room":       {func(n *sitting.Session) { n.Rooms = n.Rooms[2:] }, sitting.ErrSessionInput},
		"no station":           {func(n *sitting.Session) { n.Rooms = n.Rooms[:2] }, sitting.ErrSessionInput},
		"room twice":           {func(n *sitting.Session) { n.Rooms[1].ID = n.Rooms[0].ID }, sitting.ErrSessionInput},
		"room without seats":   {func(n *sitting.Session) { n.Rooms[1].Capacity = 0 }, sitting.ErrSessionInput},
		"room of nothing":      {func(n *sitting.Session) { n.Rooms[1].Component = "x" }, sitting.ErrSessionInput},
	} {
		n := w.draft("第一场")
		c.change(&n)
		_, err := w.sittings.CreateSession(ctx, office, n)
		wantError(t, name, err, c.want)
	}
	touching := w.draft("相接")
	touching.Practical.Opens = touching.Theory.Closes
	_, err = w.sittings.CreateSession(ctx, office, touching)
	wantError(t, "one right after the other", err, nil)
}

// Two sessions never share digits, however their names fall: what is taken is passed over.
func TestDigitsAreUnique(t *testing.T) {
	w := open(t)
	taken := map[string]bool{}
	for i := range 20 {
		n, err := w.sittings.CreateSession(ctx, office, w.draft("第"+strings.Repeat("一", i+1)+"场"))
		must(t, err)
		if taken[n.Digits] {
			t.Fatalf("digits %s twice", n.Digits)
		}
		taken[n.Digits] = true
	}
	n := w.session()
	// The same draft under another plan falls on other digits; here the place is taken by hand instead.
	stored := w.get(n.ID)
	stored.Name = "改名"
	must(t, w.ports.Sessions.UpdateSession(ctx, stored))
	next := w.session()
	if next.ID == n.ID || next.Digits == n.Digits {
		t.Errorf("digits %s given twice", next.Digits)
	}
	if again := w.session(); again.ID != next.ID {
		t.Error("the session was not found again behind the taken place")
	}
	if !reflect.DeepEqual(next.Rooms, n.Rooms) {
		t.Error("rooms differ")
	}
}
