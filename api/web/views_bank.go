package web

import (
	"html/template"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
)

// Rich text (stems, options, explanations) reaches the pages as template.HTML that package richtext made: it is the one
// source of markup that no template writes.

// BankView is the bank's overview.
type BankView struct {
	Sample   bool
	Counts   []BankCount
	Releases []ReleaseRow
	Gaps     []TableGap
}

// BankCount is how many items of one level, type and state there are.
type BankCount struct {
	Level engine.Level
	Type  string // questionbank.ItemType
	State string // questionbank.State
	Count int
}

// TableGap sums the coverage of one level's element table up.
type TableGap struct {
	Level        engine.Level
	Points, Bare int // points of the table, and those without a usable item
	Items        int
}

// ReleaseRow is one published content of the bank. Province is a name.
type ReleaseRow struct {
	ID, Base, Province, Digest, State string
	Items                             int
	Published                         time.Time
	Sample                            bool
}

// ItemsView is the item list with its filters, which all stand in its address.
type ItemsView struct {
	ItemFilter
	Rows      []ItemRow
	More      string // address of the next page, "" at the end
	Export    string // address of the workbook with these items, "" for those who may not have the keys
	Sample    bool
	Provinces []Choice
}

// ItemFilter is what a list of items is narrowed by; zero fields ask for nothing.
type ItemFilter struct {
	Query, Type, State, Province, Point string
	Level                               engine.Level
	Difficulty                          int
}

// Empty reports whether the list shows everything.
func (f ItemFilter) Empty() bool { return f == ItemFilter{} }

// ItemRow is one item, current version, without its key. Stem is its reading text.
type ItemRow struct {
	Code        string
	Version     int
	Level       engine.Level
	Type, State string
	Province    string // name, "" national
	Stem, Point string
	Difficulty  int
	Own         bool   // the reader wrote a version of it
	Returned    string // why it was sent back, "" when it was not or was edited since
}

// CandidateView is one item as the candidate sees it.
type CandidateView struct {
	Type    string
	Stem    template.HTML
	Options []template.HTML
}

// ItemText is everything in one version of an item, for those who may see its key.
type ItemText struct {
	Seen                CandidateView
	Code, Type          string
	Version             int
	Level               engine.Level
	Province            string // name, "" national
	Key                 []int  // indexes into Seen.Options; nil for those who may not see it
	Point, PointName    string
	Importance          string // X, Y, Z; "" where the table does not know the point
	Difficulty, Seconds int
	Enemy, Source       string
	Explanation         template.HTML
	Author              string
	Sample              bool
}

// ItemView is one item with its history and what the reader may do to it.
type ItemView struct {
	ItemText
	State    string
	Returned string // why it was sent back, "" when it was not or was edited since
	HasKey   bool   // the reader may see keys
	Versions []VersionRow
	From, To int         // versions compared, 0 while there is only one
	Changes  []ChangeRow // from From to To
	Consents []ConsentRow
	Filings  []FilingRow
	In       []AdmissionRow
	Trail    []TrailRow
	May      ItemRights
	Problem  *Problem
	Typed    ItemTyped     // kept when something was refused
	Numbers  []ItemNumbers // newest version first

	Corrections []CorrectionRow // of keys, oldest first
	Correct     *CorrectionForm // nil: the reader proposes none
}

// ItemRights are the steps that the reader may take now.
type ItemRights struct {
	Edit, Review, Refuse, Consent, Suspend, Retire bool
	Resume, ResumeByOther                          bool     // ResumeByOther: only their having suspended it keeps the reader from it
	File                                           []string // authorities whose number may be recorded: medical, labour
	Refile                                         bool     // such a number is there already and is corrected
	Own                                            bool     // only their being the author keeps the reader from judging
}

// Any reports whether there is a step, or a word on why there is none. Editing has a page of its own.
func (r ItemRights) Any() bool {
	return r.Review || r.Refuse || r.Consent || r.Suspend || r.Resume || r.ResumeByOther || r.Retire || r.Own || len(r.File) > 0
}

// ItemTyped is what was typed into the form that was refused; Form is the last part of its address.
type ItemTyped struct{ Form, Reason, Authority, Number string }

// VersionRow is one version of an item.
type VersionRow struct {
	Version        int
	Author, Reason string
	At             time.Time
	Releases       []string // that hold it
}

// ChangeRow is one field that differs. Runs are set for running text; Before and After for everything else.
type ChangeRow struct {
	Field, Before, After string // Field under "change." in the locales; options.2 is the third option
	Runs                 []TextRun
}

// TextRun is a piece of text: Kind is same, removed or added.
type TextRun struct{ Kind, Text string }

// ConsentRow is the word of one authority.
type ConsentRow struct {
	Authority, By string
	At            time.Time
}

// FilingRow is one national filing number.
type FilingRow struct {
	Authority, Number string
	At                time.Time
}

// AdmissionRow says which version a release holds.
type AdmissionRow struct {
	Release string
	Version int
	At      time.Time
}

// TrailRow is one step: Action under "trail." in the locales, Authority under "authority.", "" where none spoke.
type TrailRow struct {
	At                          time.Time
	By, Action, Authority, Note string
}

// EditorView is the form of an item: a new one (Version 0) or the next version of Code.
type EditorView struct {
	Code, Province  string // Province: its code, "" national
	ProvinceName    string
	Level           engine.Level // 0: level and province are chosen first
	Version         int
	Type            string
	Stem            string // fragments, as typed
	Options         []string
	Key             []int
	Point           string
	Difficulty      int
	Seconds         int
	Enemy, Source   string
	Explanation     string
	Reason          string
	Sample          bool
	Points          []PointGroup
	Seen            *CandidateView // nil until there is something to see
	SeenExplanation template.HTML
	ImageAlt        string
	ImageInto       string
	Levels          []engine.Level // with an element table
	Provinces       []Choice
	MaxOptions      int
	Problem         *Problem
}

// Filled is how many rows of options the form shows.
func (v EditorView) Filled() int { return max(v.MaxOptions, len(v.Options)) }

// Option is what was typed for the option at i.
func (v EditorView) Option(i int) string {
	if i < len(v.Options) {
		return v.Options[i]
	}
	return ""
}

// PointGroup is one range with its points, for the select.
type PointGroup struct {
	Label  string
	Points []Choice
}

// ReviewView is the reviewer's queue of drafts.
type ReviewView struct {
	Items   []QueueItem
	Cursor  string
	Next    string
	Level   engine.Level
	Problem *Problem
	At      string
}

// QueueView is an authority's consent queue.
type QueueView struct {
	Authority authz.Role // Medical or Labour
	Province  string     // name
	Items     []QueueItem
	Cursor    string // of this page, "" for the first
	Next      string // of the next page, "" at the end
	Problem   *Problem
	At        string // code of the item the problem belongs to
}

// QueueItem is one item that waits for a word. Own items are shown but cannot be decided.
type QueueItem struct {
	ItemText
	Own      bool
	SentBack bool   // by the reader, and not edited since
	Other    string // the other authority's decision: "waiting", "consented"; "" where there is no other
	Reason   string // refusal being typed, kept on an error
	Last     string // why it was sent back last, "" for never
	Since    int    // version that is compared with, 0: none was judged before
	Changes  []ChangeRow
}

// ReleasesView is the list of releases and, for the keeper, the builder of the next one.
type ReleasesView struct {
	Rows      []ReleaseRow
	MayBuild  bool
	Build     ReleaseTyped
	Bases     []string // national releases that a provincial one may stand on
	Provinces []Choice
	Preview   *ReleasePreview // nil before it was asked for
	Problem   *Problem
}

// ReleaseTyped is what the builder's form holds.
type ReleaseTyped struct {
	ID, Base, Province string
	Sample             bool
}

// ReleasePreview says what publishing would freeze now.
type ReleasePreview struct {
	Items        int
	Sample       bool
	Against      string
	Difference   ReleaseDifference
	Feasible     []FeasibilityRow
	Refusals     []string
	Short        int // blueprints that cannot be met
	ProvinceName string
}

// ReleaseDifference is what is new, gone and changed against another release.
type ReleaseDifference struct {
	Added, Removed []string // codes
	Changed        []VersionChange
	Tables         []engine.Level // whose element table differs
}

// VersionChange is one item in two versions.
type VersionChange struct {
	Code     string
	From, To int
}

// FeasibilityRow is whether a form can be drawn by a blueprint in a province; Report is the shortage in words.
type FeasibilityRow struct {
	Blueprint, Province string
	OK                  bool
	Report              string
}

// ReleaseView is one release, compared with another.
type ReleaseView struct {
	ReleaseRow
	Against     string
	Others      []string
	Difference  *ReleaseDifference
	Levels      []LevelCount
	Trail       []TrailRow
	MayWithdraw bool
	Reason      string
	Problem     *Problem
}

// LevelCount is how many points the element table of one level has.
type LevelCount struct {
	Level engine.Level
	Count int
}

// TableView is one level's element table as a tree, with how many usable items each point has.
type TableView struct {
	Level   engine.Level
	Type    string // counts only items of this type, "" for all
	Edition string
	Sample  bool
	Levels  []engine.Level
	Nodes   []TableNode // parents before their children
	Points  int
	Bare    int
	Items   int
}

// TableNode is one range; Points are set where it has no range below it.
type TableNode struct {
	Code, Name          string
	Depth               int // 0 for a root
	Weight              engine.Points
	X, Y, Z             int
	Points, Items, Bare int
	Cells               []PointCoverage
}

// PointCoverage is one 鉴定点: Importance X, Y or Z.
type PointCoverage struct {
	Code, Name, Importance string
	Items                  int
}
