package theory

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// ActivityKind is what a candidate's page observed.
type ActivityKind string

// The kinds of activities. None of them is misconduct by itself: a message of the system takes the focus, a cleaner
// pulls a plug. They are there to be read by people; nothing is ever decided by them.
const (
	FocusLost      ActivityKind = "focus-lost"
	FocusBack      ActivityKind = "focus-back"
	Copied         ActivityKind = "copy"
	Pasted         ActivityKind = "paste"
	Printed        ActivityKind = "print"
	SecondDisplay  ActivityKind = "second-display"
	FullscreenLeft ActivityKind = "fullscreen-left"
	WentOffline    ActivityKind = "offline"
	WentOnline     ActivityKind = "online"
)

// ActivityKinds lists the kinds.
func ActivityKinds() []ActivityKind {
	return []ActivityKind{FocusLost, FocusBack, Copied, Pasted, Printed, SecondDisplay, FullscreenLeft, WentOffline, WentOnline}
}

// Activity is one thing that a candidate's page observed. Its key is (attempt, window, number): inserted once, never
// changed. It is no part of the response log: losing it costs no answer, and no answer waits for it.
type Activity struct {
	Attempt  AttemptID         `json:"attempt"`
	Session  sitting.SessionID `json:"session"`
	Ticket   sitting.Ticket    `json:"ticket"`
	Window   string            `json:"window"` // names one loading of the page, by itself
	No       int               `json:"no"`     // within the window, from 1
	Kind     ActivityKind      `json:"kind"`
	ClientAt time.Time         `json:"client_at"` // the page's clock
	At       time.Time         `json:"at"`        // the server's clock when it came: a page that was cut off tells late
}

// Refusals about activities.
var (
	ErrActivity      = errs.New(errs.Invalid, "activity.invalid", "页面活动记录不正确")
	ErrActivityTaken = errs.New(errs.Conflict, "activity.taken", "该序号已有活动记录")
)

// Activities keeps what pages observed. Safe for concurrent use; must pass storetest.Activities.
//   - AppendActivity inserts under attempt, window and number; when the place is taken it returns ErrActivityTaken and
//     changes nothing. nil means durable.
//   - ActivitiesOf lists one attempt's in the byte order of windows, then of numbers.
//   - ActivitiesSince lists those of one session that came at or after an instant by the server's clock, in that order.
type Activities interface {
	AppendActivity(ctx context.Context, a *Activity) error
	ActivitiesOf(ctx context.Context, a AttemptID, c engine.Cursor) (rows []*Activity, next string, err error)
	ActivitiesSince(ctx context.Context, s sitting.SessionID, since time.Time, c engine.Cursor) (rows []*Activity, next string, err error)
}

// Bounds of what one candidate's pages may tell.
const (
	maxActivities = 500     // stored of one attempt; further ones are only counted
	maxBatch      = 50      // in one message
	maxActivityNo = 999_999 // in one window
)

var windowName = regexp.MustCompile(`^[A-Za-z0-9-]{1,40}$`)

// ObserveActivities takes what the candidate's own page observed. Telling the same again is harmless. Of one attempt so many are
// stored; further ones are counted by the process that hears of them, until it ends.
func (e *Exams) ObserveActivities(ctx context.Context, by authz.Principal, id AttemptID, seen []Activity) (ActivityCount, error) {
	if _, err := e.own(ctx, by, id); err != nil {
		return ActivityCount{}, err
	}
	if err := checkActivities(seen); err != nil {
		return ActivityCount{}, err
	}
	a, err := e.ports.Attempts.Attempt(ctx, id)
	if err != nil {
		return ActivityCount{}, err
	}
	now := e.clock.Now()
	book := e.observed.of(a.Session, now)
	if err = book.read(ctx, e.ports.Activities, a.Session, now, false); err != nil {
		return ActivityCount{}, err
	}
	for _, one := range seen {
		one.Attempt, one.Session, one.Ticket, one.At, one.ClientAt = id, a.Session, a.Ticket, now, clock.Instant(one.ClientAt)
		if err = e.observe(ctx, book, one); err != nil {
			return ActivityCount{}, err
		}
	}
	return book.count(a.Ticket), nil
}

func checkActivities(seen []Activity) error {
	var c errs.Check
	c.That(len(seen) > 0 && len(seen) <= maxBatch, "activities", "count", fmt.Sprintf("每次1至%d条", maxBatch))
	for i, a := range seen[:min(len(seen), maxBatch)] {
		at := fmt.Sprintf("activities.%d", i+1)
		c.That(slices.Contains(ActivityKinds(), a.Kind), at, "kind", "没有这种活动")
		c.That(windowName.MatchString(a.Window), at, "window", "窗口名应为不超过40位的字母、数字")
		c.That(a.No >= 1 && a.No <= maxActivityNo, at, "no", "序号不正确")
		c.That(!a.ClientAt.IsZero(), at, "client_at", "缺少时间")
	}
	return c.Err(ErrActivity)
}

func (e *Exams) observe(ctx context.Context, book *observedSession, a Activity) error {
	if !book.room(&a) {
		return nil
	}
	err := e.ports.Activities.AppendActivity(ctx, &a)
	if err != nil && !errors.Is(err, ErrActivityTaken) {
		return fmt.Errorf("keep activity of attempt %s: %w", a.Attempt, err)
	}
	book.take(&a)
	return nil
}

// Activities tells everything that one candidate's pages observed, in the order in which it came.
func (e *Exams) Activities(ctx context.Context, by authz.Principal, id sitting.SessionID, t sitting.Ticket) ([]*Activity, error) {
	if err := by.Require(authz.RoomRead); err != nil {
		return nil, err
	}
	n, err := e.sittings.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	seat, err := e.sittings.SeatOf(ctx, t)
	if err != nil {
		return nil, err
	}
	if seat.Session != id {
		return nil, sitting.ErrTicket
	}
	if err := n.Watches(by, seat.Room); err != nil {
		return nil, err
	}
	rows, err := engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*Activity, string, error) {
		return e.ports.Activities.ActivitiesOf(ctx, AttemptOf(t), c)
	})
	slices.SortStableFunc(rows, func(a, b *Activity) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return a.ClientAt.Compare(b.ClientAt)
	})
	return rows, err
}

// ActivityCounts tells how much the pages of each candidate of the rooms that by watches observed; who is not in it,
// nothing.
func (e *Exams) ActivityCounts(ctx context.Context, by authz.Principal, id sitting.SessionID) (map[sitting.Ticket]ActivityCount, error) {
	if err := by.Require(authz.RoomRead); err != nil {
		return nil, err
	}
	n, err := e.sittings.Session(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if err := n.Watches(by, ""); err != nil {
		return nil, err
	}
	counts, err := e.CountActivities(ctx, id)
	if err != nil {
		return nil, err
	}
	seats, err := e.sittings.SeatsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, t := range seats {
		if n.Watches(by, t.Room) != nil {
			delete(counts, t.Ticket)
		}
	}
	return counts, nil
}

// CountActivities is ActivityCounts of all of a session, to another room: it asks for no role. It costs the store one short
// read, however many candidates there are.
func (e *Exams) CountActivities(ctx context.Context, id sitting.SessionID) (map[sitting.Ticket]ActivityCount, error) {
	now := e.clock.Now()
	book := e.observed.of(id, now)
	if err := book.read(ctx, e.ports.Activities, id, now, true); err != nil {
		return nil, err
	}
	return book.counts(), nil
}
