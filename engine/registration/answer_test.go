package registration_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
)

// 退回以后过了改正期限，申请失效；期限最后一天还可以交。
func TestAReturnedApplicationLapses(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	r, by := k.apply(e)
	r, err := k.intake.Return(ctx, office, r.ID, []registration.Fault{{Field: "phone", Text: "打不通"}})
	if err != nil {
		t.Fatal(err)
	}
	end := r.AnswerBy.AddDays(1).In(k.policy.Location())
	k.clock.Set(end)
	if _, err := k.intake.Amend(ctx, by, e, true); !errors.Is(err, registration.ErrLapsed) || r.StateAt(end, k.policy.Location()) != registration.Lapsed {
		t.Errorf("the day after: %v", err)
	}
	k.clock.Set(end.Add(-time.Millisecond))
	if _, err := k.intake.Amend(ctx, by, e, true); err != nil {
		t.Errorf("on the last day: %v", err)
	}
}

// 退回改正的最后一天：政策规定的工作日、报名截止、考试前一天，三者取最早；一天也不剩的不能退回。
func TestTheLastDayOfACorrection(t *testing.T) {
	p := samplePolicy(t)
	at := func(s string) time.Time {
		i, err := time.ParseInLocation("2006-01-02 15:04", s, p.Location())
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	now := at("2026-11-02 10:00") // Monday; five working days on is the 9th
	for name, c := range map[string]struct {
		closes, until, day string
		by                 string
		to                 string
		want               error
	}{
		"the policy":                        {"2026-11-30 00:00", "2026-12-10 09:00", "2026-12-10", "2026-11-09", "", nil},
		"registration ends at noon":         {"2026-11-05 12:00", "2026-12-10 09:00", "2026-12-10", "2026-11-05", "2026-11-05 12:00", nil},
		"registration ends with a day":      {"2026-11-06 00:00", "2026-12-10 09:00", "2026-12-10", "2026-11-05", "", nil},
		"it ends on the policy's last day":  {"2026-11-09 12:00", "2026-12-10 09:00", "2026-12-10", "2026-11-09", "2026-11-09 12:00", nil},
		"the sitting is on the policy's":    {"2026-11-09 08:00", "2026-11-09 09:00", "2026-11-09", "2026-11-08", "", nil},
		"the sitting is tomorrow":           {"2026-11-03 08:00", "2026-11-03 09:00", "2026-11-03", "2026-11-02", "", nil},
		"the sitting is today":              {"2026-11-02 13:00", "2026-11-02 14:00", "2026-11-02", "", "", registration.ErrNoTime},
		"registration is over":              {"2026-11-02 10:00", "2026-12-10 09:00", "2026-12-10", "", "", registration.ErrNoTime},
		"the session takes nobody any more": {"2026-11-30 00:00", "2026-11-02 10:00", "2026-12-10", "", "", registration.ErrEnded},
	} {
		o := registration.Offer{Opening: registration.Opening{Window: clock.Window{Closes: at(c.closes)}}, Target: registration.Target{Until: at(c.until), Day: date(c.day)}}
		got, err := registration.AnswerUntil(p, o, now)
		var want registration.Answer
		if c.by != "" {
			want.By = date(c.by)
		}
		if c.to != "" {
			want.To = at(c.to)
		}
		if !errors.Is(err, c.want) || got.By != want.By || !got.To.Equal(want.To) {
			t.Errorf("%s: %+v, %v; want %+v, %v", name, got, err, want, c.want)
		}
	}
}

// 退回以后报名先截止的：截止的那一刻起不能再交，前一刻还可以。
func TestACorrectionEndsWithRegistration(t *testing.T) {
	k := openCounter(t)
	e := k.entry()
	closes := k.clock.Now().Add(time.Hour)
	terms := k.terms()
	terms.Window.Closes = closes
	r, by := k.apply(e)
	if _, err := k.intake.Open(ctx, office, hall, terms); err != nil {
		t.Fatal(err)
	}
	r, err := k.intake.Return(ctx, office, r.ID, []registration.Fault{{Field: "phone", Text: "打不通"}})
	if err != nil || !r.AnswerTo.Equal(closes) {
		t.Fatalf("%+v, %v", r, err)
	}
	k.clock.Set(closes)
	if _, err := k.intake.Amend(ctx, by, e, true); !errors.Is(err, registration.ErrLapsed) {
		t.Errorf("as registration ends: %v", err)
	}
	k.clock.Set(closes.Add(-time.Millisecond))
	if _, err := k.intake.Amend(ctx, by, e, true); err != nil {
		t.Errorf("just before: %v", err)
	}
}
