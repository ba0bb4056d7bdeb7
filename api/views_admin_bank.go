package api

import (
	"strconv"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// ElementTable is the tree of assessment ranges of one level, with the points as leaves.
type ElementTable struct {
	Occupation string       `json:"occupation"`
	Level      engine.Level `json:"level,omitempty" jsonschema:"description=Where given it is the one of the address"`
	Edition    string       `json:"edition"`
	Sample     bool         `json:"sample,omitempty"`
	Ranges     []Range      `json:"ranges"`
	Points     []Point      `json:"points"`
}

// Range is an inner node of an element table.
type Range struct {
	Code   string        `json:"code" jsonschema:"description=A-A"`
	Name   string        `json:"name"`
	Weight engine.Points `json:"weight" jsonschema:"description=In hundredths of a point: the whole table weighs 10000"`
	Ratio  string        `json:"ratio,omitempty" jsonschema:"description=Points below it by importance as printed: 11:02:00"`
}

// Point is the smallest testable element.
type Point struct {
	Code       string `json:"code" jsonschema:"description=A-A-001"`
	Name       string `json:"name"`
	Importance string `json:"importance" jsonschema:"enum=X,enum=Y,enum=Z"`
}

func (t ElementTable) table() questionbank.ElementTable {
	return questionbank.ElementTable{Occupation: t.Occupation, Level: t.Level, Edition: t.Edition, Sample: t.Sample,
		Ranges: each(t.Ranges, func(r Range) questionbank.Range { return questionbank.Range(r) }),
		Points: each(t.Points, func(p Point) questionbank.Point { return questionbank.Point(p) })}
}

func viewTable(t *questionbank.ElementTable) ElementTable {
	return ElementTable{Occupation: t.Occupation, Level: t.Level, Edition: t.Edition, Sample: t.Sample,
		Ranges: each(t.Ranges, func(r questionbank.Range) Range { return Range(r) }),
		Points: each(t.Points, func(p questionbank.Point) Point { return Point(p) })}
}

// TaskRow names a practical task. What is prepared for it and how it is scored is for its examiners.
type TaskRow struct {
	Code      string        `json:"code"`
	Level     engine.Level  `json:"level"`
	Name      string        `json:"name"`
	Range     string        `json:"range"`
	Mandatory bool          `json:"mandatory"`
	Minutes   int           `json:"minutes"`
	Points    engine.Points `json:"points" jsonschema:"description=In hundredths of a point"`
	Sample    bool          `json:"sample"`
}

func viewTaskRow(t *questionbank.Task) TaskRow {
	return TaskRow{Code: t.Code, Level: t.Level, Name: t.Name, Range: t.Range, Mandatory: t.Mandatory, Minutes: t.Minutes, Points: t.Points,
		Sample: t.Sample}
}

// Task is one practical task with everything in it.
type Task struct {
	Code         string        `json:"code"`
	Level        engine.Level  `json:"level"`
	Name         string        `json:"name"`
	Range        string        `json:"range"`
	Mandatory    bool          `json:"mandatory,omitempty" jsonschema:"description=Drawn for every candidate"`
	Minutes      int           `json:"minutes"`
	Points       engine.Points `json:"points" jsonschema:"description=Sum of the criteria in hundredths of a point"`
	Scenario     string        `json:"scenario"`
	Preparation  []string      `json:"preparation,omitempty"`
	Requirements []string      `json:"requirements,omitempty"`
	Criteria     []Criterion   `json:"criteria"`
	Vetoes       []TaskVeto    `json:"vetoes,omitempty"`
	Sample       bool          `json:"sample,omitempty"`

	// Beside whoever brings it in; never given out.
	Authors    []engine.PersonID `json:"authors,omitempty" jsonschema:"description=Who wrote it beside the acting person; only read"`
	Reviewers  []engine.PersonID `json:"reviewers,omitempty" jsonschema:"description=Who reviewed it; only read"`
	Consenters []engine.PersonID `json:"consenters,omitempty" jsonschema:"description=Who consented to it for an authority; only read"`
}

// Criterion is one line of a score sheet. Levels where given are the only points allowed.
type Criterion struct {
	No      string           `json:"no"`
	Section string           `json:"section,omitempty"`
	Text    string           `json:"text"`
	Points  engine.Points    `json:"points" jsonschema:"description=In hundredths of a point"`
	Levels  []CriterionLevel `json:"levels,omitempty"`
}

// CriterionLevel is one described performance.
type CriterionLevel struct {
	Points engine.Points `json:"points"`
	Text   string        `json:"text"`
}

// TaskVeto is a critical error.
type TaskVeto struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

func (t Task) task() questionbank.Task {
	return questionbank.Task{Code: t.Code, Level: t.Level, Name: t.Name, Range: t.Range, Mandatory: t.Mandatory, Minutes: t.Minutes, Points: t.Points,
		Scenario: t.Scenario, Preparation: t.Preparation, Requirements: t.Requirements, Sample: t.Sample,
		Criteria: each(t.Criteria, Criterion.criterion),
		Vetoes:   each(t.Vetoes, func(v TaskVeto) questionbank.Veto { return questionbank.Veto(v) }),

		TaskMakers: questionbank.TaskMakers{Authors: t.Authors, Reviewers: t.Reviewers, Consenters: t.Consenters}}
}

func (k Criterion) criterion() questionbank.Criterion {
	return questionbank.Criterion{No: k.No, Section: k.Section, Text: k.Text, Points: k.Points,
		Levels: each(k.Levels, func(l CriterionLevel) questionbank.CriterionLevel { return questionbank.CriterionLevel(l) })}
}

// ItemText is the current version of an item with its key and what was done to it, for those who write, review and keep
// items.
type ItemText struct {
	QueuedItem
	Seconds int         `json:"seconds"`
	Enemy   string      `json:"enemy,omitempty"`
	History []ItemEvent `json:"history"`
}

// ItemEvent is one thing that was done to an item; a refusal has its reason.
type ItemEvent struct {
	At     Instant `json:"at"`
	Action string  `json:"action"`
	Note   string  `json:"note,omitempty"`
}

func viewItemText(i *questionbank.Item) ItemText {
	v := i.Current()
	return ItemText{QueuedItem: viewQueued(i), Seconds: v.Seconds, Enemy: v.Enemy,
		History: each(i.Trail, func(e engine.Event) ItemEvent { return ItemEvent{At: Instant(e.At), Action: e.Action, Note: e.Note} })}
}

// ItemEdit is the next wording of an item. Level and province are those of the item.
type ItemEdit struct {
	Version     int                   `json:"version" jsonschema:"description=The version that was edited"`
	Level       engine.Level          `json:"level"`
	Province    string                `json:"province,omitempty"`
	Type        questionbank.ItemType `json:"type" jsonschema:"enum=single,enum=multiple,enum=judgement"`
	Stem        string                `json:"stem"`
	Options     []string              `json:"options"`
	Key         []int                 `json:"key" jsonschema:"description=Places in options from 0"`
	Point       string                `json:"point"`
	Difficulty  int                   `json:"difficulty"`
	Seconds     int                   `json:"seconds,omitempty"`
	Explanation string                `json:"explanation,omitempty"`
	Source      string                `json:"source,omitempty"`
	Enemy       string                `json:"enemy,omitempty"`
	Reason      string                `json:"reason"`
}

func (e ItemEdit) version(code string) questionbank.ItemVersion {
	return questionbank.ItemVersion{Code: code, Version: e.Version, Level: e.Level, Province: e.Province, Type: e.Type, Stem: e.Stem,
		Options: e.Options, Key: e.Key, Point: e.Point, Difficulty: e.Difficulty, Seconds: e.Seconds, Explanation: e.Explanation,
		Source: e.Source, Enemy: e.Enemy}
}

// ItemFiling is the number under which a national authority has an item on file.
type ItemFiling struct {
	Version   int        `json:"version" jsonschema:"description=The version that is on file"`
	Authority authz.Role `json:"authority" jsonschema:"enum=medical,enum=labour"`
	Number    string     `json:"number"`
}

// FilingCorrection is the right number in the place of a wrong one.
type FilingCorrection struct {
	ItemFiling
	Reason string `json:"reason"`
}

// Reason says why something ends or goes on.
type Reason struct {
	Reason string `json:"reason"`
}

// ReleaseEntry freezes a selection of items. With a base it adds the supplement of a province to it.
type ReleaseEntry struct {
	ID       string `json:"id"`
	Base     string `json:"base,omitempty"`
	Province string `json:"province,omitempty"`
	Sample   bool   `json:"sample,omitempty" jsonschema:"description=May hold sample items"`
}

// Blueprint says what a form of one level is made of. Of the optional parts what is absent asks for nothing.
type Blueprint struct {
	ID            string                                  `json:"id"`
	Level         engine.Level                            `json:"level"`
	Release       string                                  `json:"release"`
	Counts        map[questionbank.ItemType]int           `json:"counts" jsonschema:"description=Items by type"`
	Ranges        map[string]int                          `json:"ranges" jsonschema:"description=Items by range. Those of an inner range are part of those of the outer one"`
	MaxPerPoint   int                                     `json:"max_per_point,omitempty" jsonschema:"description=0 means 1"`
	Difficulties  map[string]int                          `json:"difficulties,omitempty" jsonschema:"description=Items by difficulty from 1 to 5"`
	Importance    map[string]Bounds                       `json:"importance,omitempty" jsonschema:"description=Items by the importance of their point: X or Y or Z"`
	Seconds       *Bounds                                 `json:"seconds,omitempty" jsonschema:"description=Of the expected answering times together"`
	SupplementCap int                                     `json:"supplement_cap,omitempty"`
	Exposure      *Exposure                               `json:"exposure,omitempty"`
	Overlap       *Overlap                                `json:"overlap,omitempty"`
	SkipMet       bool                                    `json:"skip_met,omitempty" jsonschema:"description=No item again that the candidate met in an earlier form"`
	Forms         questionbank.FormsMode                  `json:"forms,omitempty" jsonschema:"enum=individual,enum=ab"`
	ItemPoints    engine.Points                           `json:"item_points" jsonschema:"description=In hundredths of a point: a whole form earns 10000"`
	TypePoints    map[questionbank.ItemType]engine.Points `json:"type_points,omitempty" jsonschema:"description=Where a type earns other points than item_points"`
	// MultipleCredit is left out by default, so that a blueprint is sent back as it came.
	MultipleCredit questionbank.Credit `json:"multiple_credit,omitempty" jsonschema:"enum=all-or-nothing,enum=partial,description=What an incomplete answer to a multiple item earns. Absent means all-or-nothing"`
	Sample         bool                `json:"sample,omitempty"`
}

// Bounds are the least and the most of something. A max of 0 sets no upper end.
type Bounds struct {
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
}

// Exposure limits how often one item is used in one draw. Both are in thousandths.
type Exposure struct {
	OverLeast int `json:"over_least,omitempty" jsonschema:"description=Of the least possible peak: from 1000. 0 means 1050"`
	Share     int `json:"share,omitempty" jsonschema:"description=Of the forms that may hold the item. 0 sets no limit"`
}

// Overlap limits how many items two forms share. What is absent sets no limit.
type Overlap struct {
	Any       *int `json:"any,omitempty" jsonschema:"description=Any two forms of one draw"`
	Neighbour *int `json:"neighbour,omitempty" jsonschema:"description=Two forms side by side in one room"`
}

// whole gives what a request left out as what asks for nothing.
func whole[T any](v *T) (zero T) {
	if v != nil {
		return *v
	}
	return zero
}

// part leaves out of an answer what asks for nothing.
func part[T comparable](v T) *T {
	if v == *new(T) {
		return nil
	}
	return &v
}

func (b Blueprint) blueprint() questionbank.Blueprint {
	out := questionbank.Blueprint{ID: b.ID, Level: b.Level, Release: b.Release, Counts: b.Counts, Ranges: b.Ranges, MaxPerPoint: b.MaxPerPoint,
		Seconds: questionbank.Bounds(whole(b.Seconds)), SupplementCap: b.SupplementCap, Exposure: questionbank.Exposure(whole(b.Exposure)),
		Overlap: questionbank.Overlap(whole(b.Overlap)), SkipMet: b.SkipMet, Forms: b.Forms, ItemPoints: b.ItemPoints,
		TypePoints: b.TypePoints, MultipleCredit: b.MultipleCredit, Sample: b.Sample}
	for grade, n := range b.Difficulties {
		if out.Difficulties == nil {
			out.Difficulties = map[int]int{}
		}
		d, err := strconv.Atoi(grade)
		if err != nil || strconv.Itoa(d) != grade {
			d = -1 // which the bank refuses
		}
		out.Difficulties[d] = n
	}
	for class, bounds := range b.Importance {
		if out.Importance == nil {
			out.Importance = map[string]questionbank.Bounds{}
		}
		out.Importance[class] = questionbank.Bounds(bounds)
	}
	return out
}

func viewBlueprint(b *questionbank.Blueprint) Blueprint {
	out := Blueprint{ID: b.ID, Level: b.Level, Release: b.Release, Counts: b.Counts, Ranges: b.Ranges, MaxPerPoint: b.MaxPerPoint,
		Seconds: part(Bounds(b.Seconds)), SupplementCap: b.SupplementCap, Exposure: part(Exposure(b.Exposure)),
		Overlap: part(Overlap(b.Overlap)), SkipMet: b.SkipMet, Forms: b.Forms, ItemPoints: b.ItemPoints, TypePoints: b.TypePoints,
		MultipleCredit: b.MultipleCredit, Sample: b.Sample}
	for grade, n := range b.Difficulties {
		if out.Difficulties == nil {
			out.Difficulties = map[string]int{}
		}
		out.Difficulties[strconv.Itoa(grade)] = n
	}
	for class, bounds := range b.Importance {
		if out.Importance == nil {
			out.Importance = map[string]Bounds{}
		}
		out.Importance[class] = Bounds(bounds)
	}
	return out
}
