package theory

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/itemstats"
)

// Counted is what was counted over the sealed attempts of one session: all that statistics need, and nobody's name. A
// session of very many items is kept in several parts.
type Counted struct {
	Session sitting.SessionID `json:"session"`
	Part    int               `json:"part"` // from 1
	Tally   itemstats.Tally   `json:"tally"`

	Revision int64 `json:"-"`
}

// Coverage is what the statistics of the house were computed from. There is one.
type Coverage struct {
	Sessions   []Covered            `json:"sessions"`   // by ID
	Thresholds itemstats.Thresholds `json:"thresholds"` // of the flags that are shown

	Revision int64 `json:"-"`
}

// Covered is one session that was counted.
type Covered struct {
	Session sitting.SessionID `json:"session"`
	Release string            `json:"release"`
	Level   engine.Level      `json:"level"`
	Parts   int               `json:"parts"`
	At      time.Time         `json:"at"`
	Shown   bool              `json:"shown"` // the statistics that people read hold it
}

// ItemStatistics are those of one item over all sessions of its level.
type ItemStatistics struct {
	Code     string                 `json:"code"`
	Level    engine.Level           `json:"level"`
	Sessions int                    `json:"sessions"` // of the level
	At       time.Time              `json:"at"`
	Versions []itemstats.Statistics `json:"versions"` // oldest first; those that nobody met are missing

	Revision int64 `json:"-"`
}

// LevelStatistics are those of one level of a release. Items come without their distractor tables, see ItemStatistics.
type LevelStatistics struct {
	Release  string                 `json:"release"`
	Level    engine.Level           `json:"level"`
	Part     int                    `json:"part"`  // from 1; exam and places stand in the first
	Parts    int                    `json:"parts"` // of the items
	Sessions int                    `json:"sessions"`
	At       time.Time              `json:"at"`
	Exam     itemstats.Exam         `json:"exam"`
	Places   []itemstats.Place      `json:"places"`
	Items    []itemstats.Statistics `json:"items"` // by code and version

	Revision int64 `json:"-"`
}

// Refusals of statistics.
var (
	ErrNoStatistics = errs.New(errs.NotFound, "statistics.none", "尚无作答统计")
	ErrCovered      = errs.New(errs.Conflict, "statistics.exists", "作答统计已存在")
)

// Tallies keeps what was counted. Safe for concurrent use; must pass storetest.Tallies.
//   - Absent: ErrNoStatistics. PutCounted replaces what is there.
//   - The coverage is created once, otherwise ErrCovered; UpdateCoverage writes only at its Revision, otherwise
//     engine.ErrStale.
type Tallies interface {
	Counted(ctx context.Context, s sitting.SessionID, part int) (*Counted, error)
	PutCounted(ctx context.Context, c *Counted) error
	Coverage(ctx context.Context) (*Coverage, error)
	CreateCoverage(ctx context.Context, c *Coverage) error
	UpdateCoverage(ctx context.Context, c *Coverage) error
}

// Findings keeps the statistics that people read. Absent: ErrNoStatistics. A Put replaces what is there, unless that
// was computed from more sessions: a process that began earlier and ends later does no harm. Safe for concurrent use;
// must pass storetest.Findings.
type Findings interface {
	ItemStatistics(ctx context.Context, code string) (*ItemStatistics, error)
	PutItemStatistics(ctx context.Context, s *ItemStatistics) error
	LevelStatistics(ctx context.Context, release string, l engine.Level, part int) (*LevelStatistics, error)
	PutLevelStatistics(ctx context.Context, s *LevelStatistics) error
}

// StatisticsPorts are what statistics are kept in, and where sessions are listed.
type StatisticsPorts struct {
	Tallies  Tallies
	Findings Findings
	Sessions sitting.Sessions
}

// Statistics measures items by the responses of sealed sessions. What people read was computed before: nothing is
// computed when it is asked for. Safe for concurrent use, and any number of processes may rebuild over one store.
type Statistics struct {
	ports      StatisticsPorts
	exams      *Exams
	thresholds itemstats.Thresholds
}

// NewStatistics returns Statistics over the attempts of e. th must be Valid; other thresholds than the last time take
// effect with the next Rebuild.
func NewStatistics(p StatisticsPorts, e *Exams, th itemstats.Thresholds) *Statistics {
	return &Statistics{ports: p, exams: e, thresholds: th}
}

// ItemStatistics returns those of one item. The distractor table shows which options are right, so it is there only for
// those who may read keys.
func (s *Statistics) ItemStatistics(ctx context.Context, by authz.Principal, code string) (*ItemStatistics, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, err
	}
	got, err := s.ports.Findings.ItemStatistics(ctx, code)
	if err == nil && !readsKeys(by) {
		got.Versions = withoutTables(got.Versions)
	}
	return got, err
}

// readsKeys reports whether by may read the keys of items: who writes, reviews or files them.
func readsKeys(by authz.Principal) bool {
	return slices.ContainsFunc([]authz.Action{authz.BankEdit, authz.BankReview, authz.BankFile},
		func(a authz.Action) bool { return by.Require(a) == nil })
}

func withoutTables(all []itemstats.Statistics) []itemstats.Statistics {
	rows := slices.Clone(all)
	for n := range rows {
		rows[n].Options, rows[n].Groups = nil, nil
	}
	return rows
}

// ReleaseStatistics returns those of a release, level by level, lowest first; a level that was never sat is missing.
func (s *Statistics) ReleaseStatistics(ctx context.Context, by authz.Principal, release string) ([]*LevelStatistics, error) {
	if err := by.Require(authz.BankRead); err != nil {
		return nil, err
	}
	if release == "" || strings.Contains(release, "/") {
		return nil, ErrNoStatistics
	}
	var all []*LevelStatistics
	for _, l := range engine.Levels() {
		switch got, err := s.level(ctx, release, l); {
		case err == nil:
			all = append(all, got)
		case !errors.Is(err, ErrNoStatistics):
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, ErrNoStatistics
	}
	return all, nil
}

// level puts the parts together. engine.ErrStale when they are being replaced at this moment.
func (s *Statistics) level(ctx context.Context, release string, l engine.Level) (*LevelStatistics, error) {
	all, err := s.ports.Findings.LevelStatistics(ctx, release, l, 1)
	for part := 2; err == nil && part <= all.Parts; part++ {
		var more *LevelStatistics
		if more, err = s.ports.Findings.LevelStatistics(ctx, release, l, part); err != nil {
			break
		}
		if !more.At.Equal(all.At) || more.Sessions != all.Sessions {
			return nil, engine.ErrStale
		}
		all.Items = append(all.Items, more.Items...)
	}
	return all, err
}
