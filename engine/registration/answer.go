package registration

import (
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// Answer is until when a request that is sent back may be handed in again.
type Answer struct {
	By clock.Date // the last day
	To time.Time  // the instant on it at which registration ends; zero: the whole day
}

// AnswerUntil is until when a request for o that is sent back at now may be handed in again: the policy's working days, but
// neither after registration has ended nor on the day of the sitting.
func AnswerUntil(p engine.Policy, o Offer, now time.Time) (a Answer, err error) {
	zone := p.Location()
	closes := o.Opening.Window.Closes
	if u := o.Target.Until; !u.IsZero() && u.Before(closes) {
		closes = u
	}
	switch {
	case !o.Target.Until.IsZero() && !now.Before(o.Target.Until):
		return a, ErrEnded
	case !now.Before(closes):
		return a, ErrNoTime
	}
	today, end := clock.DateOf(now, zone), clock.DateOf(closes.Add(-time.Millisecond), zone)
	a.By = p.Calendar.AddWorkingDays(today, p.Registration.AnswerDays)
	if !a.By.Before(end) {
		a.By = end
	}
	if eve := o.Target.Day.AddDays(-1); eve.Before(a.By) {
		a.By = eve
	}
	if a.By == end && closes.Before(end.AddDays(1).In(zone)) {
		a.To = closes
	}
	if a.By.Before(today) {
		return Answer{}, ErrNoTime
	}
	return a, nil
}
