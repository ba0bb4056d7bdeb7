package sitting_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

func browserKey(n int) string { return fmt.Sprintf("%064x", n) }

func browserKeys(n int) (keys []string) {
	for i := range n {
		keys = append(keys, browserKey(i))
	}
	return keys
}

func TestLockdownFields(t *testing.T) {
	w := open(t)
	n := w.session()
	for name, s := range map[string]struct {
		l    sitting.Lockdown
		code string // of the field at fault, "" for none
	}{
		"nothing":                {sitting.Lockdown{}, ""},
		"required":               {sitting.Lockdown{Required: true}, ""},
		"one key":                {sitting.Lockdown{Required: true, BrowserKeys: browserKeys(1)}, ""},
		"fifty keys":             {sitting.Lockdown{Required: true, BrowserKeys: browserKeys(50)}, ""},
		"fifty-one keys":         {sitting.Lockdown{Required: true, BrowserKeys: browserKeys(51)}, "many"},
		"keys without":           {sitting.Lockdown{BrowserKeys: browserKeys(1)}, "without"},
		"63 digits":              {sitting.Lockdown{Required: true, BrowserKeys: []string{browserKey(1)[1:]}}, "form"},
		"65 digits":              {sitting.Lockdown{Required: true, BrowserKeys: []string{browserKey(1) + "0"}}, "form"},
		"no digits":              {sitting.Lockdown{Required: true, BrowserKeys: []string{strings.Repeat("g", 64)}}, "form"},
		"empty":                  {sitting.Lockdown{Required: true, BrowserKeys: []string{""}}, "form"},
		"twice":                  {sitting.Lockdown{Required: true, BrowserKeys: []string{browserKey(10), browserKey(10)}}, "twice"},
		"twice but for the case": {sitting.Lockdown{Required: true, BrowserKeys: []string{browserKey(10), strings.ToUpper(browserKey(10))}}, "twice"},
	} {
		got, err := w.sittings.SetLockdown(ctx, office, n.ID, s.l, "")
		if s.code == "" {
			if err != nil || got.Lockdown.Required != s.l.Required || !slices.Equal(got.Lockdown.BrowserKeys, s.l.BrowserKeys) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		var refusal *errs.Error
		if !errors.As(err, &refusal) || !errors.Is(err, sitting.ErrLockdown) ||
			refusal.Fields[0].Name != "browser_keys" || refusal.Fields[0].Code != s.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLockdownIsSetByTheOfficeOfTheBody(t *testing.T) {
	w := open(t)
	n := w.session()
	on := sitting.Lockdown{Required: true}
	_, err := w.sittings.SetLockdown(ctx, as("i", authz.Invigilator), n.ID, on, "")
	wantError(t, "an invigilator", err, authz.ErrForbidden)
	elsewhere := office
	elsewhere.Org = "other"
	_, err = w.sittings.SetLockdown(ctx, elsewhere, n.ID, on, "")
	wantError(t, "another body", err, sitting.ErrSession)
	if w.get(n.ID).Lockdown.Required {
		t.Error("a refusal changed something")
	}
	upper := strings.ToUpper(browserKey(0xabc))
	got, err := w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: true, BrowserKeys: []string{" " + upper + "\r"}}, "")
	if err != nil || got.Lockdown.BrowserKeys[0] != browserKey(0xabc) {
		t.Errorf("%v %v", got, err)
	}
	again, err := w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: true, BrowserKeys: []string{browserKey(0xabc)}}, "")
	if err != nil || again.Revision != got.Revision || len(again.Trail) != len(got.Trail) {
		t.Errorf("the same again is written: %v", err)
	}
	if last := again.Trail[len(again.Trail)-1]; last.Action != "session.lockdown" || !strings.Contains(last.Note, browserKey(0xabc)) {
		t.Errorf("trail %+v", last)
	}
}

func TestLockdownUntilTheEnd(t *testing.T) {
	w := open(t)
	n := w.session()
	for _, s := range []struct {
		at   time.Duration
		on   bool
		want error
	}{{-time.Hour, true, nil}, {0, false, nil}, {90*time.Minute + w.sittings.Grace() - time.Millisecond, true, nil},
		{90*time.Minute + w.sittings.Grace(), false, sitting.ErrLockdownLate}, {91 * time.Minute, true, nil}} {
		w.clock.Set(opens.Add(s.at))
		_, err := w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: s.on}, "停电后换了电脑")
		wantError(t, s.at.String(), err, s.want)
	}
	if !w.get(n.ID).Lockdown.Required {
		t.Error("changed after the end")
	}
}

// TestLockdownWhileExtended: the end that counts is the one with what was added to it.
func TestLockdownWhileExtended(t *testing.T) {
	w := open(t)
	n := w.session()
	w.clock.Set(opens.Add(80 * time.Minute))
	_, err := w.sittings.Extend(ctx, office, sitting.Order{Session: n.ID, Minutes: 10, Text: "停电"})
	must(t, err)
	grace := w.sittings.Grace()
	for _, s := range []struct {
		at   time.Duration
		on   bool
		want error
	}{{90 * time.Minute, true, nil}, {100*time.Minute + grace - time.Millisecond, false, nil}, {100*time.Minute + grace, true, sitting.ErrLockdownLate}} {
		w.clock.Set(opens.Add(s.at))
		_, err := w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: s.on}, "考场的锁定浏览器打不开")
		wantError(t, s.at.String(), err, s.want)
	}
}

// TestLockdownWhilePeopleSitIsOnRecord: from the opening on a change takes a reason and stands in the proceedings, once.
func TestLockdownWhilePeopleSitIsOnRecord(t *testing.T) {
	w := open(t)
	n := w.session()
	set := func(l sitting.Lockdown, reason string) error {
		_, err := w.sittings.SetLockdown(ctx, office, n.ID, l, reason)
		return err
	}
	w.clock.Set(opens.Add(-time.Millisecond))
	must(t, set(sitting.Lockdown{Required: true}, ""))
	w.recorded(n.ID)
	w.clock.Set(opens)
	must(t, set(sitting.Lockdown{Required: true}, "")) // changes nothing
	w.recorded(n.ID)
	wantError(t, "without a reason", set(sitting.Lockdown{}, " "), sitting.ErrLockdown)
	wantError(t, "a long reason", set(sitting.Lockdown{}, strings.Repeat("长", 301)), sitting.ErrLockdown)
	w.recorded(n.ID)
	if !w.get(n.ID).Lockdown.Required {
		t.Error("a refusal changed something")
	}
	must(t, set(sitting.Lockdown{}, "打不开"))
	must(t, set(sitting.Lockdown{}, "再按一次"))
	w.recorded(n.ID, "lockdown-off 打不开")
	must(t, set(sitting.Lockdown{Required: true}, strings.Repeat("长", 300)))
	must(t, set(sitting.Lockdown{Required: true, BrowserKeys: browserKeys(1)}, "换了版本"))
	w.recorded(n.ID, "lockdown-off 打不开", "lockdown-on "+strings.Repeat("长", 300), "lockdown-keys 换了版本")
}

// recorded compares the proceedings with what they should say.
func (w *world) recorded(id sitting.SessionID, want ...string) {
	w.t.Helper()
	lines, err := w.sittings.Record(ctx, office, id, "")
	must(w.t, err)
	var got []string
	for _, l := range lines {
		got = append(got, string(l.Kind)+" "+l.Text)
		if l.Room != "" || l.Ticket != "" || l.Account != office.Account || l.Role != authz.ExamOffice {
			w.t.Errorf("%+v", l)
		}
	}
	if !slices.Equal(got, want) {
		w.t.Errorf("the proceedings say %q, want %q", got, want)
	}
}

// deaf is a store that cannot write proceedings.
type deaf struct{ sitting.Proceedings }

func (deaf) AppendLine(context.Context, *sitting.Line) error { return errFlaky }

// TestALockdownThatWasCutOffIsCompleted: the line follows with the next command, whoever gives it.
func TestALockdownThatWasCutOffIsCompleted(t *testing.T) {
	w := open(t)
	n := w.session()
	w.clock.Set(opens.Add(time.Minute))
	ports := w.ports
	ports.Proceedings = deaf{ports.Proceedings}
	_, err := w.build(ports).SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: true}, "试行")
	wantError(t, "no line", err, errFlaky)
	w.recorded(n.ID)
	_, err = w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{}, "不试了")
	must(t, err)
	w.recorded(n.ID, "lockdown-on 试行", "lockdown-off 不试了")
}

// reader is a store of sessions in which something happens after the first time that one is read.
type reader struct {
	sitting.Sessions
	then func()
}

func (r *reader) Session(ctx context.Context, id sitting.SessionID) (*sitting.Session, error) {
	n, err := r.Sessions.Session(ctx, id)
	if then := r.then; then != nil {
		r.then = nil
		then()
	}
	return n, err
}

// TestALockdownThatWasCutOffMeanwhile: what another changed between reading and writing is told before it is overwritten.
func TestALockdownThatWasCutOffMeanwhile(t *testing.T) {
	w := open(t)
	n := w.session()
	w.clock.Set(opens.Add(time.Minute))
	cut := w.ports
	cut.Proceedings = deaf{cut.Proceedings}
	ports := w.ports
	ports.Sessions = &reader{ports.Sessions, func() {
		_, err := w.build(cut).SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: true}, "试行")
		wantError(t, "no line", err, errFlaky)
	}}
	_, err := w.build(ports).SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: true, BrowserKeys: []string{browserKey(1)}}, "换版本")
	must(t, err)
	w.recorded(n.ID, "lockdown-on 试行", "lockdown-keys 换版本")
}
