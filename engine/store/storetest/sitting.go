package storetest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/store"
)

// Plans is the contract of sitting.Plans.
func Plans(t *testing.T, open func(t *testing.T) *store.Store) {
	plan := func(id string) *sitting.Plan {
		return &sitting.Plan{ID: sitting.PlanID(id), Org: "津衡评价", Name: "上半年", Year: 2026, Levels: engine.Levels(), State: sitting.PlanDraft, Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[sitting.Plan] {
		r := s.Plans()
		return Repository[sitting.Plan]{
			Get:    func(ctx context.Context, id string) (*sitting.Plan, error) { return r.Plan(ctx, sitting.PlanID(id)) },
			Create: r.CreatePlan, Update: r.UpdatePlan, Absent: sitting.ErrPlan, Exists: sitting.ErrPlanExists,
			Revision: func(p *sitting.Plan) *int64 { return &p.Revision }, Change: func(p *sitting.Plan) { p.Name += "一" }, Make: plan}
	})
	t.Run("list", func(t *testing.T) {
		r := open(t).Plans()
		for _, id := range []string{"b", "c", "a"} {
			mustDo(t, r.CreatePlan(context.Background(), plan(id)))
		}
		WantList(t, []string{"a", "b", "c"}, func(p *sitting.Plan) string { return string(p.ID) }, r.PlanList)
	})
}

// Sessions is the contract of sitting.Sessions.
func Sessions(t *testing.T, open func(t *testing.T) *store.Store) {
	session := func(id string) *sitting.Session {
		hour := clock.Window{Opens: morning, Closes: morning.Add(time.Hour)}
		return &sitting.Session{ID: sitting.SessionID(id), Plan: "p", Org: "津衡评价", Name: "第一场", Level: engine.Level5, Province: "12", Release: "2026.1",
			Blueprint: "b", Policy: "x", Theory: hour, Practical: hour, Rooms: []sitting.Room{{ID: "t", Name: "机房", Component: engine.Theory, Capacity: 30, Columns: 6,
				Reserve: 2, Machines: []string{"A01", ""}, Hall: "一号楼机房", Parts: 2, Part: 1}},
			Seating: map[sitting.RoomID][]int{"t": {2, 0, 1, -1}}, Beside: []sitting.Neighbours{{Room: "t", No: 1, Next: 3, Tie: "kin"}},
			Duties:   []sitting.Duty{{Person: "p", Name: "方国栋", Role: authz.Invigilator, Room: "t"}},
			Allotted: []engine.PersonID{"b", "a"}, Closed: morning, Only: sitting.OnlyTaken{"a": engine.Practical, "b": ""}, Findings: []separation.Finding{{Rule: "kin", Role: authz.Examiner, Staff: "p", Candidate: "q", Path: []string{"甲"}, Text: "乙", At: morning}},
			Digits: "000001", Code: "123456", Sample: true, Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[sitting.Session] {
		r := s.Sessions()
		return Repository[sitting.Session]{
			Get: func(ctx context.Context, id string) (*sitting.Session, error) {
				return r.Session(ctx, sitting.SessionID(id))
			},
			Create: r.CreateSession, Update: r.UpdateSession, Absent: sitting.ErrSession, Exists: sitting.ErrSessionExists,
			Revision: func(n *sitting.Session) *int64 { return &n.Revision }, Change: func(n *sitting.Session) { n.Code += "1" }, Make: session}
	})
	t.Run("list", func(t *testing.T) {
		r := open(t).Sessions()
		for _, id := range []string{"b", "c", "a"} {
			mustDo(t, r.CreateSession(context.Background(), session(id)))
		}
		WantList(t, []string{"a", "b", "c"}, func(n *sitting.Session) string { return string(n.ID) }, r.SessionList)
	})
	t.Run("looked at", func(t *testing.T) {
		r, ctx := open(t).Sessions(), context.Background()
		if _, err := r.LookAtSession(ctx, "a"); !errors.Is(err, sitting.ErrSession) {
			t.Fatalf("an absent one: %v", err)
		}
		mustDo(t, r.CreateSession(ctx, session("a")))
		before, err := r.LookAtSession(ctx, "a")
		mustDo(t, err)
		mine, err := r.Session(ctx, "a")
		mustDo(t, err)
		mine.Rooms[0].Machines[0], mine.Seating["t"][0], mine.Allotted[0] = "B99", 9, "c"
		again, err := r.LookAtSession(ctx, "a")
		mustDo(t, err)
		if want := session("a"); again.Rooms[0].Machines[0] != "A01" || !reflect.DeepEqual(again.Seating, want.Seating) || !slices.Equal(again.Allotted, want.Allotted) {
			t.Fatalf("what is somebody's own changed %+v", again)
		}
		mustDo(t, r.UpdateSession(ctx, mine))
		after, err := r.LookAtSession(ctx, "a")
		mustDo(t, err)
		if !reflect.DeepEqual(after, mine) || before.Allotted[0] != "b" {
			t.Fatalf("changed, it is %+v, and what was looked at before %+v", after, before)
		}
	})
}

// SessionsUntouched fails the test when somebody changed a session that was only to be looked at. fresh is over the same
// documents and has read nothing yet.
func SessionsUntouched(t testing.TB, s, fresh *store.Store) {
	t.Helper()
	all, err := engine.All(context.Background(), fresh.Sessions().SessionList)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range all {
		if got, err := s.Sessions().LookAtSession(context.Background(), want.ID); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("session %s was changed by who only looked:\n%+v, %v\nis %+v", want.ID, got, err, want)
		}
	}
}

// Seats is the contract of sitting.Seats.
func Seats(t *testing.T, open func(t *testing.T) *store.Store) {
	seat := func(id string) *sitting.Seat {
		return &sitting.Seat{Ticket: sitting.Ticket(id), Session: "s", Candidate: "p", Room: "t", No: 3, Station: "o", Admitted: morning, CheckedIn: morning,
			Released: morning.Add(time.Minute), Voided: morning.Add(time.Hour), Note: "夹带", Trail: trail()}
	}
	Aggregates(t, open, func(s *store.Store) Repository[sitting.Seat] {
		r := s.Seats()
		return Repository[sitting.Seat]{
			Get:    func(ctx context.Context, id string) (*sitting.Seat, error) { return r.Seat(ctx, sitting.Ticket(id)) },
			Create: r.CreateSeat, Update: r.UpdateSeat, Absent: sitting.ErrTicket, Exists: sitting.ErrTicketTaken,
			Revision: func(s *sitting.Seat) *int64 { return &s.Revision }, Change: func(s *sitting.Seat) { s.Note += "一" }, Make: seat}
	})
	t.Run("of a session", func(t *testing.T) {
		r := open(t).Seats()
		for _, n := range []int{2, 9, 1, 3} {
			v := seat(fmt.Sprintf("2612000001%04d", n))
			if n == 9 {
				v.Session = "s2"
			}
			mustDo(t, r.CreateSeat(context.Background(), v))
		}
		WantList(t, []string{"26120000010001", "26120000010002", "26120000010003"}, func(s *sitting.Seat) string { return string(s.Ticket) },
			func(ctx context.Context, c engine.Cursor) ([]*sitting.Seat, string, error) {
				return r.SeatsOf(ctx, "s", c)
			})
	})
	t.Run("one creates", func(t *testing.T) {
		r := open(t).Seats()
		OneCreates(t, sitting.ErrTicketTaken, func(n int) error {
			v := seat("26120000010001")
			v.No = n
			return r.CreateSeat(context.Background(), v)
		})
	})
}

// Proceedings is the contract of sitting.Proceedings.
func Proceedings(t *testing.T, open func(t *testing.T) *store.Store) {
	numbered(t, func(t *testing.T) numberedLog[sitting.Line] {
		r := open(t).Proceedings()
		return numberedLog[sitting.Line]{append: r.AppendLine, taken: sitting.ErrLineTaken, number: func(l *sitting.Line) int { return l.No },
			make: func(owner string, n int) *sitting.Line {
				return &sitting.Line{Session: sitting.SessionID(owner), No: n, Kind: sitting.Extended, Key: "k", Room: "r", Ticket: "26120000010001", Minutes: 5,
					Text: "停电", Account: "a", Name: "方国栋", Role: authz.Invigilator, At: morning}
			},
			list: func(ctx context.Context, owner string, c engine.Cursor) ([]*sitting.Line, string, error) {
				return r.Lines(ctx, sitting.SessionID(owner), c)
			}}
	})
}
