package registration

import (
	"context"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// Undecided counts the requests of a session that nobody has decided on yet.
type Undecided struct {
	Waiting  int // for the office
	Returned int // with their applicants, who may still hand them in again
}

// All is how many they are.
func (u Undecided) All() int { return u.Waiting + u.Returned }

// QueueOf tells the sittings how many requests wait: a sitting knows of no request.
func QueueOf(r Requests, p engine.Policy) Line { return Line{r, p} }

// Line is what waits for the office.
type Line struct {
	requests Requests
	policy   engine.Policy
}

// Undecided counts those of a session at an instant at which it still takes people.
func (q Line) Undecided(ctx context.Context, session string, now time.Time) (u Undecided, err error) {
	for c := (engine.Cursor{}); ; {
		rows, next, err := q.requests.Queued(ctx, session, c)
		if err != nil {
			return Undecided{}, err
		}
		for _, r := range rows {
			if r.Part() == PartOver { // and so is everything after it
				return u, nil
			}
			switch r.StateAt(now, q.policy.Location()) {
			case Submitted:
				u.Waiting++
			case Returned:
				u.Returned++
			}
		}
		if c.After = next; next == "" {
			return u, nil
		}
	}
}
