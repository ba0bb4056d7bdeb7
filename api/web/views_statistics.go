package web

import (
	"time"

	"github.com/skillcert/skillcert/engine"
)

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
