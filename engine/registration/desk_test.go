package registration_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/registration"
)

func TestApply(t *testing.T) {
	w := open(t)
	p, claims := w.person("1980-01-01", 1), met()["5-2"]
	claims.Condition, claims.Evidence = " 5－2 ", []string{" 从业承诺书 ", "", "从业承诺书"}
	a, err := w.desk.Apply(ctx, office, target(5), p.ID, claims, " 护理院 ", "")
	if err != nil || !a.Accepted() || a.Claims.Condition != "5-2" || len(a.Claims.Evidence) != 1 || a.Employer != "护理院" || a.Policy != "sample-2026" {
		t.Fatalf("%+v, %v", a, err)
	}
	again, err := w.desk.Apply(ctx, office, target(5), p.ID, claims, "护理院", "")
	if err != nil || again.ID != a.ID || again.Revision != 1 || len(again.Trail) != 1 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	claims.Condition = "5-1"
	if _, err = w.desk.Apply(ctx, office, target(5), p.ID, claims, "护理院", ""); !errors.Is(err, registration.ErrRepeated) {
		t.Errorf("with other claims: %v", err)
	}
	if other, err := w.desk.Apply(ctx, office, registration.Target{Session: "next", Org: "body", Level: 5, Day: day}, p.ID, claims, "", ""); err != nil || other.ID == a.ID {
		t.Errorf("for another session: %v", err)
	}
}

// 不符合条件的报名写明原因、留存，补正后可再报。
func TestARefusedApplicationIsKeptAndMayBeMended(t *testing.T) {
	w := open(t)
	p, claims := w.person("1980-01-01", 1), met()["4-1"]
	claims.Condition, claims.Evidence = "4-1", nil
	for range 2 {
		a, err := w.desk.Apply(ctx, office, target(4), p.ID, claims, "", "")
		if err != nil || a.Accepted() || a.Revision != 1 {
			t.Fatalf("%+v, %v", a, err)
		}
	}
	if accepted, err := w.desk.Accepted(ctx, target(4).Session); err != nil || len(accepted) != 0 {
		t.Errorf("%d accepted, %v", len(accepted), err)
	}
	claims.Evidence = []string{"工作年限证明"}
	a, err := w.desk.Apply(ctx, office, target(4), p.ID, claims, "", "")
	if err != nil || !a.Accepted() || len(a.Trail) != 2 {
		t.Fatalf("mended: %+v, %v", a, err)
	}
	all, err := w.desk.Applications(ctx, office, target(4).Session)
	if err != nil || len(all) != 1 || !all[0].Accepted() {
		t.Errorf("%d applications, %v", len(all), err)
	}
}

func TestApplyRefusesWhatItCannotJudge(t *testing.T) {
	w := open(t)
	p := w.person("1980-01-01", 1)
	long := make([]rune, 101)
	for i := range long {
		long[i] = '长'
	}
	for name, c := range map[string]struct {
		target   registration.Target
		years    int
		employer string
	}{
		"no session":     {registration.Target{Org: "body", Level: 5, Day: day}, 0, ""},
		"no level":       {registration.Target{Org: "body", Session: "s", Day: day}, 0, ""},
		"no day":         {registration.Target{Org: "body", Session: "s", Level: 5}, 0, ""},
		"negative years": {target(5), -1, ""},
		"long employer":  {target(5), 0, string(long)},
	} {
		if _, err := w.desk.Apply(ctx, office, c.target, p.ID, registration.Claims{Condition: "5-2", Years: c.years}, c.employer, ""); !errors.Is(err, registration.ErrInput) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := w.desk.Apply(ctx, office, target(5), "nobody", registration.Claims{}, "", ""); !errors.Is(err, engine.ErrPerson) {
		t.Errorf("nobody: %v", err)
	}
	if _, err := w.desk.Apply(ctx, authz.Anonymous(), target(5), p.ID, registration.Claims{}, "", ""); !errors.Is(err, authz.ErrUnauthenticated) {
		t.Errorf("the public: %v", err)
	}
	if _, err := w.desk.Applications(ctx, authz.Principal{Roles: []authz.Role{authz.Examiner}}, "s"); !errors.Is(err, authz.ErrForbidden) {
		t.Errorf("an examiner reads: %v", err)
	}
}

func TestApplyAtTheSameTime(t *testing.T) {
	w := open(t)
	p, claims := w.person("1980-01-01", 1), met()["5-2"]
	claims.Condition = "5-2"
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if a, err := w.desk.Apply(ctx, office, target(5), p.ID, claims, "", ""); err != nil || !a.Accepted() {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got, err := w.desk.Accepted(ctx, target(5).Session); err != nil || len(got) != 1 || !slices.Equal(got[0].Claims.Evidence, claims.Evidence) {
		t.Errorf("%d applications, %v", len(got), err)
	}
}

// Applications are taken until the target's instant, and only by those who act for its body.
// 报名在截止时刻之前受理，由本机构的人录入。
func TestWhoAppliesWhen(t *testing.T) {
	w := open(t)
	until := w.clock.Now().Add(time.Hour)
	elsewhere := authz.Principal{Account: "office2", Roles: office.Roles, Org: "elsewhere"}
	for i, c := range []struct {
		name  string
		by    authz.Principal
		now   time.Time
		until time.Time
		org   engine.OrgID
		want  error
	}{
		{"in the last millisecond", office, until.Add(-time.Millisecond), until, "body", nil},
		{"at the instant", office, until, until, "body", registration.ErrClosed},
		{"afterwards", office, until.Add(time.Millisecond), until, "body", registration.ErrClosed},
		{"without a limit", office, until.Add(time.Millisecond), time.Time{}, "body", nil},
		{"for another body", elsewhere, until.Add(-time.Millisecond), until, "body", registration.ErrTarget},
		{"for another body, closed", elsewhere, until, until, "body", registration.ErrTarget},
		{"for no body", office, until.Add(-time.Millisecond), until, "", registration.ErrTarget},
		{"by an office of no body", authz.Principal{Roles: office.Roles}, until.Add(-time.Millisecond), until, "body", registration.ErrTarget},
	} {
		w.clock.Set(c.now)
		at, claims := target(5), met()["5-2"]
		at.Session, at.Until, at.Org, claims.Condition = fmt.Sprint("s", i), c.until, c.org, "5-2"
		p := w.person("1980-01-01", 2*i)
		if _, err := w.desk.Apply(ctx, c.by, at, p.ID, claims, "", ""); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
		data := []byte(head + line(2*i+1, "五级,5-2,从业承诺书,,,,女,"))
		r, err := w.desk.ImportRoster(ctx, c.by, []registration.Target{target(4), at}, "名册", data)
		if !errors.Is(err, c.want) && (c.want != nil || len(r.Accepted) != 1) {
			t.Errorf("roster %s: %+v, %v, want %v", c.name, r, err, c.want)
		}
		want := map[bool]int{true: 2, false: 0}[c.want == nil]
		if all, err := w.desk.Accepted(ctx, at.Session); err != nil || len(all) != want {
			t.Errorf("%s: %d applications, %v, want %d", c.name, len(all), err, want)
		}
	}
}

// One body's applications are to another like none, and are not taken over under another's name.
func TestApplicationsBelongToABody(t *testing.T) {
	w := open(t)
	p, claims := w.person("1980-01-01", 1), met()["5-2"]
	claims.Condition = "5-2"
	if _, err := w.desk.Apply(ctx, office, target(5), p.ID, claims, "", ""); err != nil {
		t.Fatal(err)
	}
	in := func(org string, role authz.Role) authz.Principal {
		return authz.Principal{Roles: []authz.Role{role}, Org: org}
	}
	for _, c := range []struct {
		by   authz.Principal
		want int
	}{{office, 1}, {in("body", authz.Supervisor), 1}, {in("elsewhere", authz.ExamOffice), 0}, {in("elsewhere", authz.Supervisor), 0},
		{in("", authz.ExamOffice), 0}, {in("", authz.Labour), 1}, {in("局", authz.Medical), 1}} {
		if all, err := w.desk.Applications(ctx, c.by, target(5).Session); err != nil || len(all) != c.want {
			t.Errorf("%v of %q sees %d, %v", c.by.Roles, c.by.Org, len(all), err)
		}
	}
	at := target(5)
	at.Org = "elsewhere"
	if _, err := w.desk.Apply(ctx, in("elsewhere", authz.ExamOffice), at, p.ID, claims, "", ""); !errors.Is(err, registration.ErrTarget) {
		t.Errorf("the same session as another body's: %v", err)
	}
}
