package api

import (
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/theory"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// ItemStatistics are those of one item over all sealed sessions of its level. Null is what is not defined.
type ItemStatistics struct {
	Code     string              `json:"code"`
	Level    engine.Level        `json:"level"`
	Sessions int                 `json:"sessions"`
	At       Instant             `json:"at"`
	Versions []VersionStatistics `json:"versions"`
}

// VersionStatistics are those of one version of an item.
type VersionStatistics struct {
	Code           string           `json:"code"`
	Version        int              `json:"version"`
	Attempts       int64            `json:"attempts"`
	Share          *float64         `json:"share" jsonschema:"description=Of the forms that held it: 0 to 1"`
	Facility       *float64         `json:"facility" jsonschema:"description=Mean mark over highest mark: 0 to 1"`
	SD             *float64         `json:"sd" jsonschema:"description=Standard deviation of the mark in points"`
	Guess          *float64         `json:"guess" jsonschema:"description=Facility that guessing would lead to"`
	Intended       *float64         `json:"intended" jsonschema:"description=Intended weight in per cent"`
	Effective      *float64         `json:"effective" jsonschema:"description=Effective weight in per cent"`
	Discrimination *float64         `json:"discrimination" jsonschema:"description=Correlation of the mark and the rest of the total in per cent"`
	Efficiency     *float64         `json:"efficiency" jsonschema:"description=Discriminative efficiency in per cent"`
	Covariances    Covariances      `json:"covariances"`
	Flags          []itemstats.Flag `json:"flags"`
	Options        []OptionCount    `json:"options,omitempty" jsonschema:"description=Only for those who may read the key"`
	Groups         []TotalGroup     `json:"groups,omitempty" jsonschema:"description=Lowest totals first"`
}

// Covariances are what the indexes are made of, in points squared.
type Covariances struct {
	Mark      *float64 `json:"mark" jsonschema:"description=Variance of the mark"`
	Rest      *float64 `json:"rest" jsonschema:"description=Variance of the rest of the total"`
	MarkRest  *float64 `json:"mark_rest"`
	Greatest  *float64 `json:"greatest" jsonschema:"description=Of the two lists each sorted"`
	MarkTotal *float64 `json:"mark_total"`
}

// OptionCount is one row of the distractor table.
type OptionCount struct {
	Key    bool     `json:"key"`
	Chosen int64    `json:"chosen"`
	Share  *float64 `json:"share"`
	Mean   *float64 `json:"mean" jsonschema:"description=Total in points of those who chose it"`
	Groups []int64  `json:"groups"`
}

// TotalGroup is a part of the attempts by their totals.
type TotalGroup struct {
	Attempts int64         `json:"attempts"`
	Least    engine.Points `json:"least" jsonschema:"description=In hundredths of a point"`
	Most     engine.Points `json:"most" jsonschema:"description=In hundredths of a point"`
	Open     int64         `json:"open" jsonschema:"description=Left open"`
	Facility *float64      `json:"facility"`
}

// LevelStatistics are those of one level of a release, items without their distractor tables.
type LevelStatistics struct {
	Release  string              `json:"release"`
	Level    engine.Level        `json:"level"`
	Sessions int                 `json:"sessions"`
	At       Instant             `json:"at"`
	Exam     ExamStatistics      `json:"exam"`
	Places   []PlaceStatistics   `json:"places"`
	Items    []VersionStatistics `json:"items"`
}

// ExamStatistics are those of the totals.
type ExamStatistics struct {
	Attempts  int64        `json:"attempts"`
	Positions int          `json:"positions"`
	Mean      *float64     `json:"mean"`
	Median    *float64     `json:"median"`
	SD        *float64     `json:"sd"`
	Skewness  *float64     `json:"skewness"`
	Kurtosis  *float64     `json:"kurtosis"`
	BySlot    Consistency  `json:"by_slot" jsonschema:"description=Each place of the forms taken for one question as in Moodle"`
	ByItem    Consistency  `json:"by_item" jsonschema:"description=With the variance pooled within item versions"`
	Totals    []TotalCount `json:"totals"`
}

// Consistency is Cronbach's alpha and what follows from it.
type Consistency struct {
	Alpha         *float64 `json:"alpha" jsonschema:"description=In per cent"`
	ErrorRatio    *float64 `json:"error_ratio" jsonschema:"description=In per cent"`
	StandardError *float64 `json:"standard_error" jsonschema:"description=In points"`
}

// TotalCount is how many attempts came to one total.
type TotalCount struct {
	Points   engine.Points `json:"points" jsonschema:"description=In hundredths of a point"`
	Attempts int64         `json:"attempts"`
}

// PlaceStatistics are those of one place of the forms, whatever item stood there.
type PlaceStatistics struct {
	No             int      `json:"no"`
	Attempts       int64    `json:"attempts"`
	Facility       *float64 `json:"facility"`
	SD             *float64 `json:"sd"`
	Intended       *float64 `json:"intended"`
	Effective      *float64 `json:"effective"`
	Discrimination *float64 `json:"discrimination"`
}

func viewItemStatistics(s *theory.ItemStatistics) ItemStatistics {
	return ItemStatistics{Code: s.Code, Level: s.Level, Sessions: s.Sessions, At: Instant(s.At), Versions: each(s.Versions, viewVersionStatistics)}
}

func viewVersionStatistics(s itemstats.Statistics) VersionStatistics {
	v := VersionStatistics{Code: s.Code, Version: s.Version, Attempts: s.Attempts, Share: s.Share, Facility: s.Facility, SD: s.SD, Guess: s.Guess,
		Intended: s.Intended, Effective: s.Effective, Discrimination: s.Discrimination, Efficiency: s.Efficiency,
		Covariances: Covariances{s.Variance, s.RestVariance, s.Covariance, s.CovarianceMax, s.CovarianceTotal},
		Options:     each(s.Options, func(o itemstats.Option) OptionCount { return OptionCount(o) }),
		Groups:      each(s.Groups, func(g itemstats.Group) TotalGroup { return TotalGroup(g) })}
	v.Flags = append([]itemstats.Flag{}, s.Flags...)
	return v
}

func viewLevelStatistics(s *theory.LevelStatistics) LevelStatistics {
	return LevelStatistics{Release: s.Release, Level: s.Level, Sessions: s.Sessions, At: Instant(s.At), Exam: viewExam(s.Exam),
		Places: each(s.Places, func(p itemstats.Place) PlaceStatistics { return PlaceStatistics(p) }), Items: each(s.Items, viewVersionStatistics)}
}

func viewExam(e itemstats.Exam) ExamStatistics {
	return ExamStatistics{Attempts: e.Attempts, Positions: e.Positions, Mean: e.Mean, Median: e.Median, SD: e.SD, Skewness: e.Skewness,
		Kurtosis: e.Kurtosis, BySlot: Consistency(e.BySlot), ByItem: Consistency(e.ByItem),
		Totals: each(e.Totals, func(t itemstats.Total) TotalCount { return TotalCount{t.Points, t.N} })}
}
