package clock

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"
)

// Date is a calendar date without a time zone, as printed on a certificate: 2026-11-24. The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

var errDate = errors.New("clock: not a date of the form 2006-01-02")

// ParseDate reads the form 2006-01-02 and refuses days that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, errDate
	}
	return DateOf(t, time.UTC), nil
}

// DateOf returns the calendar date of t in zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// In returns the first instant of d in zone.
func (d Date) In(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone).UTC()
}

// AddDays returns the date n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return DateOf(d.In(time.UTC).AddDate(0, 0, n), time.UTC) }

// AddMonths returns the date n months later; a day that the month lacks becomes its last day. So it is the last day of a period of n
// months that a day begins: the day itself is not counted, and the corresponding day of the month in which the period ends is its last
// one or, where that month has none, the end of the month (民法典第二百零一条第一款、第二百零二条).
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// Compare is negative when d comes before e, positive when it comes after, and 0 for the same day.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.In(time.UTC).Weekday() }

// YearsUntil returns the full years from d (a birth date) to on: on the birthday itself the year counts.
func (d Date) YearsUntil(on Date) int {
	n := on.Year - d.Year
	if on.Month < d.Month || on.Month == d.Month && on.Day < d.Day {
		n--
	}
	return n
}

func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.In(time.UTC).Format(time.DateOnly)
}

// MarshalJSON writes "2006-01-02", or "" for no date.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Date) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	if s == "" {
		*d = Date{}
		return nil
	}
	v, err := ParseDate(s)
	*d = v
	return err
}

// Calendar knows the working days of a jurisdiction. Weekends are free unless made up for (调休).
type Calendar struct {
	Source string `json:"source"` // the notice that sets the holidays
	Free   []Date `json:"free"`   // holidays, weekends included or not
	Worked []Date `json:"worked"` // weekend days that are worked
}

// Working reports whether d is a working day.
func (c Calendar) Working(d Date) bool {
	for _, w := range c.Worked {
		if w == d {
			return true
		}
	}
	for _, f := range c.Free {
		if f == d {
			return false
		}
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// AddWorkingDays returns the n-th working day after d; d itself does not count. n must not be negative.
func (c Calendar) AddWorkingDays(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.Working(d) {
			n--
		}
	}
	return d
}
