package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

// HandInView is the page of a room that takes hand-in files (应急文件), and what became of one.
type HandInView struct {
	Base        string // address of the room's pages
	SessionName string
	Room        string
	Level       engine.Level
	Until       time.Time // from when none is taken; zero: none is
	Open        bool      // one is taken now
	MaxKiB      int
	Code        string // that was typed
	Reason      string
	Problem     *Problem
	Result      *HandInResult
	Brought     []HandInLine // oldest first
}

// HandInResult is what became of a file.
type HandInResult struct {
	Name, Ticket   string
	Code           string
	Receipt        string // made anew, "" while the candidate works on
	Line           int    // of the proceedings
	Taken, Refused []HandInAnswer
	Held           int  // answers that were here already
	Repeated       bool // the file was brought before
}

// HandInAnswer is one change of an answer: Kind under "handin-kind.", Why under "handin-why.".
type HandInAnswer struct {
	Question int
	Kind     string
	At       time.Time
	Why      string
}

// HandInLine is a file that was brought, as the proceedings have it.
type HandInLine struct {
	No     int
	At     time.Time
	Ticket string
	Code   string // its check code
	Text   string
	Name   string // who brought it
}
