package web

import (
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
)

// AwardsView is what a body has of prizes in skills contests: those that wait for somebody first, then what was decided,
// the rules, and the form to enter one.
type AwardsView struct {
	Org, OrgName string
	Orgs         []Choice // nil for those who act for one body
	Groups       []AwardGroup
	Rules        []AwardRule // of the body's province
	Source       AwardSource
	MayEnter     bool
	Given        bool // the authority gives the numbers, and the reader takes them in
	Years        []int
	Typed        AwardTyped
	Do           string // what was refused: AwardEntry, or the ID of an award
	Problem      *Problem
}

// AwardEntry is the form that writes an award down.
const AwardEntry = "entry"

// AwardFields are the fields of that form, which say beside them what is wrong.
func AwardFields() []string {
	return []string{"id_number", "contest", "class", "year", "place", "of", "group", "holds", "holds_no", "evidence"}
}

// Entry is what was refused of the form, nil where something else was.
func (v AwardsView) Entry() *Problem {
	if v.Do != AwardEntry {
		return nil
	}
	return v.Problem
}

// Head is what the head of the form says of it.
func (v AwardsView) Head() *Problem { return v.Entry().Beside(AwardFields()...) }

// Classes are the classes of contests that the rules know, each once.
func (v AwardsView) Classes() (all []string) {
	for _, r := range v.Rules {
		if !slices.Contains(all, r.Class) {
			all = append(all, r.Class)
		}
	}
	return all
}

// Query keeps the chosen body in the addresses of forms, "" where there is no choice.
func (v AwardsView) Query() string {
	if v.Orgs == nil {
		return ""
	}
	return "?org=" + v.Org
}

// AwardStates are the states in the order of the page.
func AwardStates() []string { return []string{"held", "entered", "granted", "issued", "refused"} }

// AwardGroup are the awards in one state: granted ones that are issued are a group of their own. More were left out.
type AwardGroup struct {
	State string
	Rows  []AwardRow
	More  int
}

// AwardRow is one award.
type AwardRow struct {
	ID, Name, IDMasked       string
	Year, Place, Of          int
	Contest, Class, Group    string
	Holds                    engine.Level // 0 for none
	HoldsNo, Evidence        string
	To                       engine.Level // 0 while nothing says which
	Rule                     *AwardRule   // that decided; nil for one that the policy has no more
	By                       string
	At                       time.Time
	Decided                  time.Time // zero while it waits
	DecidedBy, Reason        string
	Number                   string // of the certificate, "" before
	Exports                  []HandoverRow
	Own                      bool   // the reader entered it and cannot decide on it
	Mine                     bool   // the reader won it: others decide on it and certify it
	Mark                     string // what the forms that decide on it send as seen
	NoPhoto                  bool   // its certificate would have none
	Levels                   []engine.Level
	Confirm, Ruling, Issuing bool // what the reader may do
}

// AwardRule promotes who won a place: the first so many, or the first so many in a hundred.
type AwardRule struct {
	Class, Group    string
	Places, Percent int
	Holds           []engine.Level // 0 is none
	To              engine.Level   // 0: beyond the levels that are certified here
}

// AwardSource is where the rules come from.
type AwardSource struct {
	Document, Note string
	Verified       bool
}

// AwardTyped is what the form held.
type AwardTyped struct {
	IDType, IDNumber, Contest, Class, Year, Place, Of, Group, Holds, HoldsNo, Evidence string
}
