package engine

import "time"

// Employment (聘用) is one stay of a person with a body, as an account of theirs shows it. It leaves a tie for 考培分离, and
// what became of that is kept with it: what was cut off is seen and completed.
type Employment struct {
	Person PersonID  `json:"person"`
	Org    OrgID     `json:"org"`
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // zero while it goes on
	Tie    string    `json:"tie,omitempty"`  // empty until it is recorded
	Closed bool      `json:"closed,omitempty"`
}

// Owes reports whether the tie is still to be recorded, or to be ended.
func (e Employment) Owes() bool { return e.Tie == "" || !e.Until.IsZero() && !e.Closed }
