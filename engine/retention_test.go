package engine_test

import (
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
)

// 归档保管期限：多条规定同时适用时取最长；长期的没有期满日；没有规定的不得当作期满。
func TestTheLongestPeriodWins(t *testing.T) {
	filed := clock.Date{Year: 2028, Month: 2, Day: 29}
	p := engine.Policy{Sources: map[string]engine.Source{"a": {Document: "甲"}, "b": {Document: "乙", Verified: true}},
		Archive: engine.ArchivePolicy{Retention: []engine.RetentionRule{
			{ID: "paper", Volumes: []int{1, 2, 3}, Years: 3, SourceKey: "a"},
			{ID: "electronic", Volumes: []int{1, 2}, Years: 5, SourceKey: "b"},
			{ID: "rosters", Volumes: []int{1}, LongTerm: true, SourceKey: "a"},
			{ID: "short", Volumes: []int{1, 2, 3}, Years: 1, SourceKey: "b"}}}}
	for _, c := range []struct {
		volume int
		rule   string
		until  clock.Date
	}{
		{1, "rosters", clock.Date{}},
		{2, "electronic", clock.Date{Year: 2033, Month: 2, Day: 28}},
		{3, "paper", clock.Date{Year: 2031, Month: 2, Day: 28}},
		{4, "", clock.Date{}},
	} {
		got := p.Keeps(c.volume)
		if got.Rule != c.rule || got.Until(filed) != c.until {
			t.Errorf("volume %d: %+v until %s, want %s until %s", c.volume, got, got.Until(filed), c.rule, c.until)
		}
	}
	if got := p.Keeps(2); got.Source != "乙" || !got.Verified {
		t.Errorf("source of volume 2: %+v", got)
	}
	if got := (engine.Policy{}).Keeps(1); !got.Until(filed).IsZero() {
		t.Error("a policy without periods lets something be destroyed")
	}
}
