package sitting_test

import (
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
		got, err := w.sittings.SetLockdown(ctx, office, n.ID, s.l)
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
	_, err := w.sittings.SetLockdown(ctx, as("i", authz.Invigilator), n.ID, on)
	wantError(t, "an invigilator", err, authz.ErrForbidden)
	elsewhere := office
	elsewhere.Org = "other"
	_, err = w.sittings.SetLockdown(ctx, elsewhere, n.ID, on)
	wantError(t, "another body", err, sitting.ErrSession)
	if w.get(n.ID).Lockdown.Required {
		t.Error("a refusal changed something")
	}
	upper := strings.ToUpper(browserKey(0xabc))
	got, err := w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: true, BrowserKeys: []string{" " + upper + "\r"}})
	if err != nil || got.Lockdown.BrowserKeys[0] != browserKey(0xabc) {
		t.Errorf("%v %v", got, err)
	}
	again, err := w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: true, BrowserKeys: []string{browserKey(0xabc)}})
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
	}{{-time.Hour, true, nil}, {0, false, nil}, {90*time.Minute - time.Millisecond, true, nil},
		{90 * time.Minute, false, sitting.ErrLockdownLate}, {91 * time.Minute, true, nil}} {
		w.clock.Set(opens.Add(s.at))
		_, err := w.sittings.SetLockdown(ctx, office, n.ID, sitting.Lockdown{Required: s.on})
		wantError(t, s.at.String(), err, s.want)
	}
	if !w.get(n.ID).Lockdown.Required {
		t.Error("changed after the end")
	}
}
