package web

import (
	"slices"
	"time"
)

// VerifyView is the certificate check: the form alone, or the form under an answer.
type VerifyView struct {
	Number, Name string // as typed, kept
	Problem      *Problem
	File         bool    // Problem is about a file
	Answer       *Answer // nil before anything was asked
	Lists        []int   // numbers of the status lists that are published
	Keys         bool    // the certificates of the keys are published
}

// Standing of a certificate, as the public is told. Altered is a file that differs from what was issued; Unknown is
// every case in which nothing can be said, alike in shape whatever the reason.
type Standing string

// The standings of a checked certificate.
const (
	Valid      Standing = "valid"
	Superseded Standing = "superseded"
	Revoked    Standing = "revoked"
	Altered    Standing = "altered"
	Unknown    Standing = "unknown"
)

// ByFile is the way to ask that needs the most words; the others are "number", "token" and "share".
const ByFile = "file"

// Answer is what a check found. Everything but Standing, By, Checked and, for a file, Proof is empty for Unknown.
type Answer struct {
	Standing Standing
	By       string
	Number   string
	Since    time.Time    // when the standing began: issue, supersession or revocation
	Edition  int          // that was asked about
	Route    string       // on which it was earned: exam, contest or direct
	Holds    *Holding     // the edition that holds, where that is another
	Fields   []Printed    // as they must stand on the paper, in the paper's order
	History  []StateEvent // oldest first
	Photo    string       // data:image/jpeg;base64,… of the photo on the certificate; "" where there is none to show
	Pictured bool         // the certificate has a photo
	OtherPic bool         // the file has another one
	Pages    *PageReadout // what the pages of an altered file show; nil where nobody read them
	Proof    []Proof      // what was checked, for a file: seal, trust, integrity
	Log      *LogPlace    // nil where there is no log
	Demo     bool         // issued under a demonstration key: never of legal effect
	Checked  time.Time
}

// Ended reports whether the certificate or its edition holds no more: however much of it is as recorded, it is worth nothing.
func (a *Answer) Ended() bool { return a.Standing == Superseded || a.Standing == Revoked }

// Unclear is what an answer is about that is Unknown: the way it was asked, or a seal whose key was withdrawn, which leaves
// open what a file is worth that may well be genuine.
func (a *Answer) Unclear() string {
	if slices.ContainsFunc(a.Proof, func(p Proof) bool { return p.Code == "seal.revoked" }) {
		return "seal"
	}
	return a.By
}

// Holding is the edition that holds now.
type Holding struct {
	Edition int
	Since   time.Time
	Reason  string // why it was made
}

// PageReadout is what the pages of an altered file show beside the recorded ones. Where they are not Readable there is
// nothing else.
type PageReadout struct {
	Readable bool
	Same     bool // nothing was found that differs
	Moved    bool // the page is laid out otherwise: only words were compared
	Rows     []PageRow
	Added    []string // text that the recorded pages do not have
	Missing  []string // text of the recorded pages besides the fields
	Photo    bool     // looks otherwise
	Drawing  bool     // codes, seal or lines look otherwise
}

// PageRow is one field as a page prints it: Key under "cert." in the locales, State under "page-state.".
type PageRow struct {
	Key, Found, Recorded, State string
}

// Printed is one field of a certificate: Key under "cert." in the locales. Found is set only where a file was checked
// and the data attached to it differ from the record, Now only where the edition that holds has another value.
type Printed struct {
	Key, Value, Found, Now string
}

// Differs are the fields of the data attached to a file that differ from the record.
func (a *Answer) Differs() (found []Printed) {
	for _, f := range a.Fields {
		if f.Found != "" {
			found = append(found, f)
		}
	}
	return found
}

// Telling are the fields that people change on paper, for a file that was altered where its own words do not show it.
func (a *Answer) Telling() (all []Printed) {
	for _, f := range a.Fields {
		if f.Key == "name" || f.Key == "level" || f.Key == "work_type" {
			all = append(all, f)
		}
	}
	return all
}

// PhotoUnseen reports whether nobody looked at the photo that the page of an altered file shows.
func (a *Answer) PhotoUnseen() bool {
	return a.Standing == Altered && (a.Pages == nil || !a.Pages.Readable || a.Pages.Moved)
}

// StateEvent is one change of a certificate: State under "event." in the locales.
type StateEvent struct {
	At      time.Time
	State   string
	Edition int // 0 where the event is about the certificate
	Reason  string
	Leaf    string // address of the proof that the event stands in the log, "" for none
}

// Proof is one technical check: Key under "proof." in the locales.
type Proof struct {
	Key    string
	OK     bool
	Detail string
	Code   string // under "problem." in the locales where Detail is why the check failed
}

// LogPlace is where an edition stands in the transparency log.
type LogPlace struct {
	Leaf      int64
	Size      int64 // of the log by its last checkpoint
	Published bool  // the checkpoint covers the leaf
	Cosigned  []Cosigned
	Proof     string // address of the proof
}

// Cosigned tells when a witness saw the log at its last checkpoint.
type Cosigned struct {
	Witness string
	At      time.Time
}

// BulkView is the check of a whole roster.
type BulkView struct {
	Problem *Problem
	Most    int      // rows
	Columns []string // of a roster, by the names that it must give them
	Minute  int      // rosters that an account may have checked in a minute
	Day     int      // and in 24 hours
}

// OfflineCheckView is the check of the second code without a network. It is the same for everybody.
type OfflineCheckView struct {
	Keys           string // hex SHA-256 of the list of keys that the page was loaded with
	Lists          int    // how many status lists there are
	English, Elder bool   // how the page is read, as its address says
}

// OtherLanguage and OtherSize are the addresses of the page as it is read otherwise. There are four, each written in one
// way only, for browsers keep them by their addresses.
func (v OfflineCheckView) OtherLanguage() string { return offlineCheck(!v.English, v.Elder) }

// OtherSize is the page in the other size of type.
func (v OfflineCheckView) OtherSize() string { return offlineCheck(v.English, !v.Elder) }

func offlineCheck(english, elder bool) string {
	switch {
	case english && elder:
		return CheckScope + "?lang=en&elder=on"
	case english:
		return CheckScope + "?lang=en"
	case elder:
		return CheckScope + "?elder=on"
	}
	return CheckScope
}
