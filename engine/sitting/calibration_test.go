package sitting_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/sitting"
)

// calibrated says of persons until when they are calibrated.
type calibrated map[engine.PersonID]clock.Date

func (c calibrated) Calibrated(context.Context, engine.OrgID, []engine.PersonID) (map[engine.PersonID]clock.Date, error) {
	return c, nil
}

// 规定考评员须先校准合格的，没有校准、校准在考核日之前到期的考评员不能安排，也不会被建议；校准到考核日当天为止的可以。监考员不受影响。
// 没有这项规定的（样例即如此），谁都不因校准被拒绝。
func TestAnExaminerIsCalibratedFirstWhereThePolicyRequiresIt(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 3)
	day := clock.DateOf(n.Practical.Opens, w.policy.Location())
	pool := w.crew(5, authz.Examiner)
	known := calibrated{pool[0].Person: day, pool[1].Person: day.AddDays(-1), pool[2].Person: day.AddDays(300)}
	station := sitting.RoomID("")
	for _, r := range n.Rooms {
		if r.Component == engine.Practical {
			station = r.ID
		}
	}
	w.assign(n, pool[4].Person, authz.Examiner, station) // the sample policy requires nothing
	w.ports.Calibrations, w.policy.Calibration.Required = known, true
	w.sittings = w.build(w.ports)
	for i, want := range []error{nil, sitting.ErrUncalibrated, nil, sitting.ErrUncalibrated} {
		_, err := w.sittings.Assign(ctx, office, n.ID, pool[i].Person, authz.Examiner, station)
		if !errors.Is(err, want) {
			t.Errorf("examiner %d: %v, want %v", i, err, want)
		}
		if want != nil && !strings.Contains(err.Error(), "校准") {
			t.Errorf("%v does not say what to do", err)
		}
	}
	w.assign(n, w.crew(1, authz.Invigilator)[0].Person, authz.Invigilator, "t1")
	more := w.crew(9, authz.Examiner)
	got, err := w.sittings.ProposeStaff(ctx, office, []sitting.SessionID{n.ID}, more)
	must(t, err)
	for _, d := range got.Duties {
		t.Errorf("%s is proposed without a calibration", d.Name)
	}
	counted := false
	for _, s := range got.Short {
		counted = counted || s.Role == authz.Examiner && s.Uncalibrated == len(more)
	}
	if !counted {
		t.Errorf("the proposal does not say why: %+v", got.Short)
	}
	free, err := w.sittings.Proposals(ctx, office, n.ID, authz.Examiner, station, able(authz.Examiner, pool[1].Person, pool[3].Person))
	if err != nil || len(free) != 0 {
		t.Errorf("offered in the place of another: %v, %v", free, err)
	}
}
