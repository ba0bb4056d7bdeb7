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

// ItemNumbers are the statistics of one version of an item, for the page of the item. What is not defined is nil.
type ItemNumbers struct {
	ItemStat
	Options []OptionNumbers // nil for those who may not see the key
	Open    int64           // attempts that left it open
	Groups  []GroupNumbers  // lowest totals first
}

// GroupNumbers are a part of the attempts by their totals.
type GroupNumbers struct {
	Attempts    int64
	Least, Most engine.Points
	Facility    *float64
}

// OptionNumbers is how often one option was chosen, over all and in each group.
type OptionNumbers struct {
	Letter, Text string // reading text
	Key          bool
	Chosen       int64
	Share, Mean  *float64 // Mean: total of those who chose it
	Groups       []int64
}

// ItemStat is one item version in numbers: shares from 0 to 1, indexes in per cent. Flags under "flag." in the locales.
type ItemStat struct {
	Code                       string
	Version                    int
	Attempts                   int64
	Share, Facility, SD, Guess *float64
	Intended, Effective        *float64
	Discrimination, Efficiency *float64
	Flags                      []string
}

// StatisticsView is how the items of one level of a release fared.
type StatisticsView struct {
	Release   string
	Releases  []string
	Level     engine.Level
	Levels    []engine.Level // that have statistics
	Sessions  int
	At        time.Time
	Exam      ExamNumbers
	Totals    []Bin // attempts by total
	Facility  []Bin // items by facility
	Items     []ItemStat
	Flagged   int
	MoreItems int   // that are neither plotted nor listed
	All       bool  // every plotted item is listed, not only the first
	Few       int64 // attempts below which nothing can be judged, 0 when there are as many
}

// firstItems is how many items a page lists at first: on a phone each takes half a screen.
const firstItems = 50

// Listed are the items in the table: those with flags come first.
func (v StatisticsView) Listed() []ItemStat {
	if v.All {
		return v.Items
	}
	return v.Items[:min(len(v.Items), firstItems)]
}

// Hidden is how many of the plotted items the table leaves out.
func (v StatisticsView) Hidden() int { return len(v.Items) - len(v.Listed()) }

// ExamNumbers are those of the totals.
type ExamNumbers struct {
	Attempts                         int64
	Mean, Median, SD                 *float64 // points
	Skewness, Kurtosis               *float64
	AlphaItem, AlphaSlot, ErrorRatio *float64 // per cent
	StandardError                    *float64 // points
}

// Bin is one column of a distribution.
type Bin struct {
	Label string
	Count int64
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

// ImportsView is where files of items are brought in: the form, and the imports so far.
type ImportsView struct {
	Jobs      []ImportRow
	Levels    []engine.Level
	Provinces []Choice
	Typed     ImportTyped
	Problem   *Problem
}

// ImportTyped is what the form says of every item of a file that does not say it itself.
type ImportTyped struct {
	Level           engine.Level
	Province, Point string
	Difficulty      int
}

// ImportRow is one import; State is planning, ready, importing, done or failed.
type ImportRow struct {
	ID, Name, State, By string
	Started             time.Time
	Added, Refused      int
}

// ImportView is one import: what it would do, is doing or did.
type ImportView struct {
	ImportRow
	Format, Encoding   string
	Replaced           int
	Unchanged, Skipped int
	Done, Total        int  // rows written, while importing
	Blocked            bool // all or nothing, and not all can
	Running            bool // a worker has something to do
	Whole              bool
	Exact, Near, Taken string       // decisions: add, replace, skip; Taken may be ""
	Decidable          bool         // other decisions can be taken
	KeepDays           int          // for which it waits for somebody to decide
	Expired            bool         // nobody did
	Shown              []ImportItem // the first of what goes in
	Rows               []ImportMatch
	Problems           []ImportProblem
	Dropped            []ImportDropped
	MoreRows           int // that are not listed
	MoreProblems       int
	MoreDropped        int
	Refusal            *Problem // why a file was refused whole
	Problem            *Problem
	MayReplace         bool
}

// Changes is how many items an import adds or gives a next version.
func (v ImportView) Changes() int { return v.Added + v.Replaced }

// ImportItem is an item that goes in, as text.
type ImportItem struct {
	Item, Stem, Key, Point string
	Options                []string
	Judgement              string // whose key is "true" or "false"; "" for the other types
}

// ImportMatch is a row that the bank, or an earlier row, has already.
type ImportMatch struct {
	Item, Outcome, Target string
	At                    ImportPlace
	Matches               []ImportLike
	Decision              string // exception of this row, "" for the rule
}

// ImportLike is what a row is like: Kind is conflict, exact or near.
type ImportLike struct {
	Kind, Item string
	InBank     bool
	Percent    int
}

// ImportProblem is one row that was put aside.
type ImportProblem struct {
	At                       ImportPlace
	Field, Found, Want, Code string
}

// ImportPlace is where something stands in a file: Row is 0 for the file as a whole.
type ImportPlace struct {
	File    string
	Row     int
	Element string
	Item    string
}

// ImportDropped is something that was left out of an item.
type ImportDropped struct {
	At        ImportPlace
	What, Why string
}
