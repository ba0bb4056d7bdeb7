package sitting_test

import (
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// 备案每年60人，每场30个考位：两场正好，不提醒；再安排一场照样能安排，但提醒多出30个考位、该怎么办；
// 考完的场次只算实际排座的人数；次年的场次不算在内；别的机构看不到。
func TestPlannedPlacesBeyondTheYearsCapacityAreToldInWords(t *testing.T) {
	w := open(t)
	first := w.session()
	_, err := w.sittings.CreateSession(ctx, office, w.draft("第二场"))
	must(t, err)
	look := func(year int) sitting.Outlook {
		t.Helper()
		o, err := w.sittings.Outlook(ctx, office, body, year)
		must(t, err)
		return o
	}
	for _, c := range []struct{ filed, beyond int }{{61, 0}, {60, 0}, {59, 1}} {
		w.file(c.filed)
		if o := look(2026); o.Sessions != 2 || o.Places != 60 || o.Beyond() != c.beyond || (o.Words() == "") != (c.beyond == 0) {
			t.Errorf("%d filed: %+v, %q", c.filed, o, o.Words())
		}
	}
	w.file(60)
	_, err = w.sittings.CreateSession(ctx, office, w.draft("第三场"))
	wantError(t, "a session beyond the year's capacity", err, nil)
	if got := look(2026).Words(); !strings.Contains(got, "3场、90个考位") || !strings.Contains(got, "60人，多出30个") || !strings.Contains(got, "变更备案") {
		t.Errorf("%q", got)
	}
	w.candidates(first, 2)
	_, err = w.sittings.SeatCandidates(ctx, office, first.ID)
	must(t, err)
	if o := look(2026); o.Places != 90 {
		t.Errorf("with two seated: %+v", o)
	}
	if o := look(2027); o.Places != 0 || o.Words() != "" {
		t.Errorf("the next year: %+v", o)
	}
	w.clock.Set(opens.Add(24 * time.Hour))
	if o := look(2026); o.Sessions != 3 || o.Places != 2 {
		t.Errorf("when all is over: %+v", o)
	}
	_, err = w.sittings.Outlook(ctx, authz.Principal{Account: "other", Roles: []authz.Role{authz.ExamOffice}, Org: "another"}, body, 2026)
	wantError(t, "another body", err, sitting.ErrPlan)
	_, err = w.sittings.Outlook(ctx, authz.Anonymous(), body, 2026)
	wantError(t, "the public", err, authz.ErrUnauthenticated)
}
