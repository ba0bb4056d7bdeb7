package table

import (
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// Day reads the forms that dates have in sheets that people send; nothing is no day. Two-digit years, orders that could mean
// another day, and the bare count of days that a spreadsheet keeps are not read.
func Day(s string) (clock.Date, bool) {
	if s == "" {
		return clock.Date{}, true
	}
	for _, form := range []string{time.DateOnly, "2006/1/2", "2006-1-2", "2006.1.2", "2006年1月2日", "20060102"} {
		if t, err := time.Parse(form, s); err == nil {
			return clock.DateOf(t, time.UTC), true
		}
	}
	return clock.Date{}, false
}
