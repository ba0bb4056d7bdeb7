package web

import (
	"slices"

	"github.com/skillcert/skillcert/engine"
)

// BlueprintsView is the list of blueprints (组卷方案) and, for the keeper, the form that publishes the next one.
type BlueprintsView struct {
	Rows       []BlueprintRow
	MayPublish bool
	ReadsBank  bool // and not blueprints only
	MaxKiB     int  // of a file
	Problem    *Problem
}

// BlueprintRow is one blueprint: what it is for and whether forms can still be drawn by it.
type BlueprintRow struct {
	ID, Release, Occupation, Edition string
	Level                            engine.Level
	Items, Minutes                   int
	Points                           engine.Points // of a whole form
	Usable                           bool          // its release is not withdrawn
	Sample                           bool
}

// BlueprintView is one blueprint to be read, a published one or one that is about to be.
type BlueprintView struct {
	BlueprintRow
	Ranges       []BlueprintRange // of the element table, outer ones before those inside
	Uniform      bool             // every item earns the same, so that ranges have points of their own
	Types        []BlueprintType
	Difficulties []BlueprintGrade // none: free
	Importance   []BlueprintBounds
	Seconds      BlueprintBounds
	PerPoint     int
	Supplement   BlueprintSupplement
	OverLeast    int // per cent of the least possible peak
	Share        int // per cent of the forms, 0: no limit
	Any          int // items that two forms may share, below 0: no limit
	Neighbour    int // likewise of two side by side
	SkipMet      bool
	Credit       string // questionbank.Credit: what an incomplete answer to a multiple item earns
	AB           bool   // two forms in a room, not one for everybody

	ReadsBank bool // and not blueprints only

	Releases []string // that can be tried
	Tried    string   // the one that was, "" for none
	Outlooks []BlueprintOutlook
	Trail    []TrailRow
	Draft    string // the file of one that is not published yet
	Possible bool   // that one can be published
	Problem  *Problem
}

// Undecided reports whether nothing is known to be short, but not everything was proved either.
func (v BlueprintView) Undecided() bool {
	short := func(o BlueprintOutlook) bool { return !o.OK && !o.Undecided }
	undecided := func(o BlueprintOutlook) bool { return o.Undecided }
	return slices.ContainsFunc(v.Outlooks, undecided) && !slices.ContainsFunc(v.Outlooks, short)
}

// BlueprintRange is one range with the items that a form takes of it. Kind says how they are known: "set" by the
// blueprint, "sum" of what is set inside it, "open" when only a range around it is set, "none".
type BlueprintRange struct {
	Code, Name, Kind string
	Depth            int
	Weight           engine.Points // by the element table
	Items            int
	Points           engine.Points
}

// BlueprintType is the items of one type and what one of them earns.
type BlueprintType struct {
	Type             string
	Items            int
	Points, Together engine.Points
}

// BlueprintGrade is the items of one difficulty.
type BlueprintGrade struct{ Difficulty, Items int }

// BlueprintBounds are the least and the most of something; a Max of zero sets no upper end.
type BlueprintBounds struct {
	Name     string // X, Y or Z; "" for the time
	Min, Max int
}

// MinMinutes is the least time in minutes, rounded.
func (b BlueprintBounds) MinMinutes() int { return (b.Min + 30) / 60 }

// MaxMinutes is the most time in minutes, rounded.
func (b BlueprintBounds) MaxMinutes() int { return (b.Max + 30) / 60 }

// BlueprintSupplement is the most items of a province's own supplement, and what the policy allows.
type BlueprintSupplement struct {
	Cap, Most          int
	Province, Document string
	Verified           bool // somebody has read it in the document
}

// BlueprintOutlook says whether candidates of a province get a form. Lines tell what is short and Fixes changes after
// each of which there is a form; Stock are the tightest margins, Bounds those of what has bounds.
type BlueprintOutlook struct {
	Province      string // name, "" for national items only
	OK            bool
	Undecided     bool // it took too long to find out
	Short         int  // items
	Lines, Fixes  []string
	Faults        []FieldProblem // parts of the blueprint that the release does not allow
	Stock, Bounds []BlueprintMargin
	Peak          int // per cent of the forms that the most used item is in at least
}

// BlueprintMargin is how near one constraint is. Kind under "margin" in the locales; Name is a code with its name, a
// type, a difficulty or an importance.
type BlueprintMargin struct {
	Kind, Name         string
	Limit, Best, Slack int
}
