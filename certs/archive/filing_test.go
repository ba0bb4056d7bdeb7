package archive_test

import (
	"errors"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

func asked() *archive.Filing {
	return &archive.Filing{State: archive.Asked, Asked: archive.Signature{Person: "p1", At: made()}}
}

func supervisor(at time.Time) archive.Signature {
	return archive.Signature{Person: "p2", Name: "严守正", At: at}
}

// 申请与批准须是两个人；批准只有一次，退回须有理由。
func TestTwoPersons(t *testing.T) {
	f := asked()
	if err := f.ApproveBy(archive.Signature{Person: "p1"}); !errors.Is(err, archive.ErrOnePerson) {
		t.Errorf("approved by who asked: %v", err)
	}
	if err := f.ApproveAs(supervisor(made()), authz.Principal{Person: "p2"}.Also("p1")); !errors.Is(err, archive.ErrOnePerson) {
		t.Errorf("approved by the asker's other document: %v", err)
	}
	if err := f.RefuseBy(supervisor(made()), ""); !errors.Is(err, archive.ErrReason) {
		t.Errorf("sent back without a reason: %v", err)
	}
	check(t, f.ApproveBy(supervisor(made())))
	if err := f.ApproveBy(supervisor(made())); !errors.Is(err, engine.ErrUnchanged) {
		t.Errorf("approved twice: %v", err)
	}
	if err := f.ApproveBy(archive.Signature{Person: "p3"}); !errors.Is(err, archive.ErrDecided) {
		t.Errorf("approved by a third: %v", err)
	}
	if err := f.RefuseBy(supervisor(made()), "重复"); !errors.Is(err, archive.ErrDecided) {
		t.Errorf("approved and sent back: %v", err)
	}
	f = asked()
	check(t, f.RefuseBy(supervisor(made()), "事由不清"))
	if err := f.ApproveBy(supervisor(made())); !errors.Is(err, archive.ErrDecided) || f.Fetchable(made()) {
		t.Errorf("sent back and approved: %v", err)
	}
}

// 批准后72小时内可以领取，到时为止。
func TestAnApprovalEnds(t *testing.T) {
	f := asked()
	if f.Fetchable(made()) {
		t.Error("fetched before it is approved")
	}
	check(t, f.ApproveBy(supervisor(made())))
	last := made().Add(archive.ApprovalHolds - time.Millisecond)
	if !f.Fetchable(last) || f.StateAt(last) != archive.Approved {
		t.Error("not to be fetched in the last moment")
	}
	if over := last.Add(time.Millisecond); f.Fetchable(over) || f.StateAt(over) != archive.Lapsed {
		t.Error("to be fetched when the time is over")
	}
}

// 保管期限：到期日当天仍须保管，次日才列为到期；期限后来延长的按延长后的，缩短的不缩短；长期的永不到期。
func TestNothingIsDueTooEarly(t *testing.T) {
	day := func(year int, month time.Month, d int) clock.Date {
		return clock.Date{Year: year, Month: month, Day: d}
	}
	years := func(n int) engine.Policy {
		return engine.Policy{Zone: "Asia/Shanghai", Archive: engine.ArchivePolicy{Retention: []engine.RetentionRule{{ID: "r", Volumes: []int{2}, Years: n}, {ID: "long", Volumes: []int{1}, LongTerm: true}}}}
	}
	f := &archive.Filing{Began: made(), Volumes: []archive.VolumeInfo{{Volume: archive.Registration, Retention: engine.Retention{Rule: "long", LongTerm: true}},
		{Volume: archive.Plans, Retention: engine.Retention{Rule: "r", Years: 5}, Until: day(2031, 1, 5)}}}
	for _, c := range []struct {
		name  string
		years int
		today clock.Date
		until clock.Date
		due   bool
	}{
		{"on the last day", 5, day(2031, 1, 5), day(2031, 1, 5), false},
		{"on the day after", 5, day(2031, 1, 6), day(2031, 1, 5), true},
		{"made longer", 10, day(2031, 1, 6), day(2036, 1, 5), false},
		{"made shorter", 1, day(2028, 1, 6), day(2031, 1, 5), false},
		{"no rule any more", 0, day(2031, 1, 6), clock.Date{}, false},
	} {
		kept := f.KeptOn(years(c.years), c.today)
		if kept[0].Due || !kept[0].Until.IsZero() {
			t.Errorf("%s: the roster is due on %s", c.name, kept[0].Until)
		}
		if kept[1].Until != c.until || kept[1].Due != c.due {
			t.Errorf("%s: until %s, due %v", c.name, kept[1].Until, kept[1].Due)
		}
	}
	f.Volumes[0].Until = day(2031, 1, 5) // of a policy that knew no better
	if kept := f.KeptOn(years(5), day(2040, 1, 1)); kept[0].Due || !kept[0].Until.IsZero() {
		t.Error("what is kept for good by now is due")
	}
}
