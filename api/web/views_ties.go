package web

import (
	"github.com/skillcert/skillcert/engine/separation"
)

// TiesView is the page of a person's or a body's ties.
type TiesView struct {
	Name  string
	Here  string // address of the page
	Back  string // where the reader came from: the person's page or the directory; "" for none
	Graph TieEnd
	Rows  []TieRow
	Next  string // cursor of the next rows, "" for none

	MayRecord bool
	Ways      []TieWay // of which the form offers one
	Do        string   // the form that was refused: "new", "control", "end/ID", "contest/ID"
	Control   string   // address of the form that states who is behind a body; "" for who may not
	Owners    []int    // that it takes, from 1
	Typed     Typed
	Problem   *Problem
}

// TieWay is one kind of tie seen from this page, as the form names it; under "tie-way." for people.
type TieWay struct{ Value string }

// TieRow is one tie of the list.
type TieRow struct {
	ID, Other, OtherHref string
	Kind                 separation.Kind
	Back                 bool
	Percent              int
	Span, Source         string
	Contested            bool
	Over, Never          bool
	Said                 []TrailRow // what was said against it, and why it was ended
	MayEnd, MayContest   bool
}
