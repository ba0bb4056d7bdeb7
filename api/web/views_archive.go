package web

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// ReportView is the report on a session (场次报告).
type ReportView struct {
	Session, Name string
	Level         engine.Level
	Body, Policy  string
	Sample        bool
	At            time.Time
	MayPrint      bool

	Applied, Accepted                    int
	Refused                              []KeyCount // by rule, under "report-rule."
	Seats, Present, Absent, Voided, Late int
	Outcome                              *ReportOutcome // nil before the join
	Staff                                []ReportStaff
	Findings                             []ReportFinding
	Incidents                            []KeyCount // under "line."
	Lines                                []ReportLine
	Draw                                 *ReportDraw
	Seals                                []ReportSeal
	Publicity                            *ReportPublicity
	Issued                               *ReportIssued
	Deviations                           []ReportDeviation // under "report-deviates."
}

// Turned is how many applications were refused.
func (v ReportView) Turned() int { return v.Applied - v.Accepted }

// KeyCount is how often something was.
type KeyCount struct {
	Key   string
	Count int
}

// ReportOutcome counts results.
type ReportOutcome struct {
	Parts      []ReportPart
	Passed, Of int
	Undecided  int // a case of misconduct is not decided or not opened
}

// ReportPart counts the results of one component.
type ReportPart struct {
	Component                      engine.Component
	Passed, Scored, Absent, Voided int
	Kept                           int // not taken here (成绩保留)
}

// ReportStaff is a duty: who, and how many there must be.
type ReportStaff struct {
	Role  authz.Role
	Room  string // empty: the whole session
	Names []string
	Need  int
	Short bool
}

// ReportFinding is a tie that forbids; Done under "report-done.".
type ReportFinding struct{ Path, Done string }

// ReportLine is a line of the proceedings.
type ReportLine struct {
	At            time.Time
	Kind          string // under "line."
	Room          string // empty: all
	Seat, Minutes int    // 0: none
	Text, By      string
}

// ReportDraw is how the forms were drawn.
type ReportDraw struct {
	Release, Digest, Blueprint, Commitment, Root, Stage string
	Custodians                                          int
}

// ReportSeal is who sealed a component.
type ReportSeal struct {
	Component           engine.Component
	No                  int // of a correction, 0 for the first seal
	Digest              string
	Leader, Witness     string
	SealedAt, Witnessed time.Time
	Whole               bool
}

// ReportPublicity is when the results were public.
type ReportPublicity struct {
	Public      bool
	From, Until clock.Date
	Count       int
}

// ReportIssued counts certificates.
type ReportIssued struct{ Passed, Sealed, Held, Waiting, Ended int }

// ReportDeviation is something that was otherwise than planned.
type ReportDeviation struct {
	Kind, Detail string
	Component    engine.Component // instead of Detail where it is one
	Count        int
}

// ArchiveView is the page of a session's archives (归档).
type ArchiveView struct {
	Session, Name string
	Level         engine.Level
	Final         bool // the results are: it can be asked for
	MayAsk        bool
	MayDecide     bool
	Rows          []ArchiveRow // the last first
	Reason        string       // that was typed
	Volumes       []ArchiveVolume
	Problem       *Problem
}

// Fetches reports whether the reader can fetch one of them now, which is then what the page is for.
func (v ArchiveView) Fetches() bool {
	return slices.ContainsFunc(v.Rows, func(r ArchiveRow) bool { return r.MayFetch })
}

// ArchiveRow is one archive that was asked for; State under "archive-state.".
type ArchiveRow struct {
	Number            int
	State             string
	Reason, Refusal   string
	AskedBy, By       string
	Asked, Decided    time.Time
	Until             time.Time // it can be fetched before
	Manifest, Earlier string
	Leaf              int64
	Logged            bool
	Files             int
	Megabytes         string
	Fetched           []ArchiveFetch
	MayFetch          bool // by the reader, now
	Waits             bool // for a decision that the reader may take
	OwnRequest        bool // the reader asked for it
}

// ArchiveFetch is one time that an archive was fetched.
type ArchiveFetch struct {
	At time.Time
	By string
}

// ArchiveVolume is a volume and how long it is kept.
type ArchiveVolume struct {
	Volume   int
	Folder   string
	Years    int
	LongTerm bool
	Source   string
	Verified bool
}

// RetentionView is the list of all archives of a body by when they end (保管期限).
type RetentionView struct {
	Due  int
	Rows []RetentionRow
}

// RetentionRow is one volume of one archive.
type RetentionRow struct {
	Session, Name  string
	Number         int
	Made           time.Time
	Folder, Source string
	Until          clock.Date // zero: no end
	Rule           bool       // one says so
	Due            bool
}
