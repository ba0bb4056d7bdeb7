package web

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// RetakesView is who takes one component of a session only (补考).
type RetakesView struct {
	Session, SessionName string
	Level                engine.Level
	Open                 bool // it may still be changed
	Ticket               string
	Only                 engine.Component // what was chosen in a form that was refused
	Asked                *RetakeRow       // of the ticket; nil: none was asked for
	Rows                 []RetakeRow      // by ticket
	Problem              *Problem
}

// RetakeRow is one candidate, what they take, and what they passed before.
type RetakeRow struct {
	Ticket, Name string
	Only         engine.Component // empty: both
	Passes       []PassRow
}

// PassRow is a component that was passed alone (单科成绩保留), without points.
type PassRow struct {
	Level     engine.Level
	Component engine.Component
	Session   string // name
	On, Until clock.Date
	Left      int    // retakes that it may still stand in
	Lapse     string // why it does not stand, under "lapse."; "" while it is kept
}
