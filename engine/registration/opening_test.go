package registration_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/registration"
)

// 开放报名：只有本机构的考务员能开放；截止不能晚于开考；没有规定的政策数据不能开放；改时间记入记录。
func TestOpeningASession(t *testing.T) {
	k := openCounter(t)
	elsewhere := office
	elsewhere.Org = "elsewhere"
	late := k.terms()
	late.Window.Closes = day.In(time.UTC).Add(time.Millisecond)
	past := k.terms()
	past.Window = clock.Window{Opens: k.clock.Now().Add(-2 * time.Hour), Closes: k.clock.Now()}
	for name, c := range map[string]struct {
		by      authz.Principal
		session string
		terms   registration.OpeningTerms
		want    error
	}{
		"right":        {office, "session-4", k.terms(), nil},
		"another body": {elsewhere, "session-4", k.terms(), registration.ErrTarget},
		"no session":   {office, "none", k.terms(), registration.ErrTarget},
		"too late":     {office, "session-4", late, registration.ErrOpeningInput},
		"past":         {office, "session-4", past, registration.ErrOpeningInput},
		"nothing":      {office, "session-4", registration.OpeningTerms{}, registration.ErrOpeningInput},
		"the public":   {authz.Anonymous(), "session-4", k.terms(), authz.ErrUnauthenticated},
	} {
		if _, err := k.intake.Open(ctx, c.by, c.session, c.terms); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	terms := k.terms()
	terms.Window.Closes = terms.Window.Closes.AddDate(0, 0, 1)
	for range 2 {
		if o, err := k.intake.Open(ctx, office, hall, terms); err != nil || len(o.Trail) != 2 {
			t.Errorf("%+v, %v", o, err)
		}
	}
	if all, err := k.intake.Offers(ctx); err != nil || len(all) != 2 || !all[0].Now || all[0].Target.Level != 4 {
		t.Errorf("%+v, %v", all, err)
	}
}
