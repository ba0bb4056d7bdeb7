package engine

import (
	"time"

	"github.com/skillcert/skillcert/engine/authz"
)

// Event is one thing that was done to an aggregate, written inside its document by the command that did it.
type Event struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`     // account or ticket
	Action string    `json:"action"` // domain verb: item.consented, attempt.submitted
	Note   string    `json:"note,omitempty"`
	Name   string    `json:"name,omitempty"` // of the person, at that time; only where it is printed
}

// Trail is the history of one aggregate, oldest first. It is only ever added to.
type Trail []Event

// Add records an event.
func (t *Trail) Add(at time.Time, by, action, note string) {
	*t = append(*t, Event{At: at, By: by, Action: action, Note: note})
}

// AddBy records an event of which papers say who did it.
func (t *Trail) AddBy(at time.Time, by authz.Principal, action, note string) {
	*t = append(*t, Event{At: at, By: by.Account, Name: by.Name, Action: action, Note: note})
}
