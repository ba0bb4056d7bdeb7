package sitting

import (
	"context"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

// Calibrations knows until when examiners are calibrated on control performances (考评员校准); control.Register does. It returns of
// each of the persons the last day on which the calibration holds for work for a body; who has none is left out.
type Calibrations interface {
	Calibrated(ctx context.Context, body engine.OrgID, persons []engine.PersonID) (map[engine.PersonID]clock.Date, error)
}

// ErrUncalibrated refuses an examiner whom the policy wants calibrated first.
var ErrUncalibrated = errs.New(errs.Conflict, "duty.uncalibrated", "规定考评员须先经校准合格：请安排其在“考评员校准”中完成样例评分，合格后再安排")

// uncalibrated are those of the persons who may not examine in a session: no calibration of theirs holds on the day of its
// practical part. Nobody is while the policy does not require it.
func (s *Sittings) uncalibrated(ctx context.Context, n *Session, role authz.Role, persons []engine.PersonID) (map[engine.PersonID]clock.Date, error) {
	if role != authz.Examiner || !s.policy.Calibration.Required || len(persons) == 0 {
		return nil, nil
	}
	var until map[engine.PersonID]clock.Date
	if s.ports.Calibrations != nil {
		var err error
		if until, err = s.ports.Calibrations.Calibrated(ctx, n.Org, persons); err != nil {
			return nil, err
		}
	}
	not, day := map[engine.PersonID]clock.Date{}, clock.DateOf(n.Practical.Opens, s.policy.Location())
	for _, p := range persons {
		if last, ever := until[p]; !ever || last.Before(day) {
			not[p] = last
		}
	}
	return not, nil
}

// calibrated returns nil when the duty is none that asks for a calibration, or one holds.
func (s *Sittings) calibrated(ctx context.Context, n *Session, d Duty) error {
	not, err := s.uncalibrated(ctx, n, d.Role, []engine.PersonID{d.Person})
	if err != nil {
		return err
	}
	last, found := not[d.Person]
	switch {
	case !found:
		return nil
	case last.IsZero():
		return ErrUncalibrated.With("%s没有有效的校准", d.Name)
	}
	return ErrUncalibrated.With("%s的校准有效期至%s，早于考核日", d.Name, last)
}
