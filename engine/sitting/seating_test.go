package sitting_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/registration"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// check is what holds for the seats of a session whatever happened: everybody of want has one, no ticket, place or
// person comes twice, and no room holds more than it can.
func check(t testing.TB, n *sitting.Session, seats []*sitting.Seat, want int) {
	t.Helper()
	if len(seats) != want {
		t.Fatalf("%d seats, want %d", len(seats), want)
	}
	seen, filled := map[string]bool{}, map[sitting.RoomID]int{}
	for i, s := range seats {
		if ticket := fmt.Sprintf("2612%s%04d", n.Digits, i+1); string(s.Ticket) != ticket {
			t.Errorf("ticket %s, want %s", s.Ticket, ticket)
		}
		for _, key := range []string{string(s.Candidate), fmt.Sprint(s.Room, s.No)} {
			if seen[key] {
				t.Errorf("%s twice", key)
			}
			seen[key] = true
		}
		filled[s.Room]++
		filled[s.Station]++
	}
	for _, r := range n.Rooms {
		if filled[r.ID] > r.Capacity {
			t.Errorf("%d people in %s", filled[r.ID], r.Name)
		}
	}
}

func TestSeatCandidates(t *testing.T) {
	w := open(t)
	n := w.session()
	if seats := w.seat(n); len(seats) != 0 {
		t.Fatalf("%d seats for nobody", len(seats))
	}
	if got := w.get(n.ID); got.Revision != 1 {
		t.Error("seating nobody wrote the session")
	}
	w.candidates(n, 9)
	first := w.seat(n)
	check(t, n, first, 9)
	perRoom := map[sitting.RoomID]int{}
	for _, s := range first {
		perRoom[s.Room]++
		perRoom[s.Station]++
	}
	if perRoom["t1"] != 6 || perRoom["t2"] != 3 || perRoom["p1"] != 5 || perRoom["p2"] != 4 {
		t.Errorf("spread %v", perRoom)
	}
	w.seat(n)
	if got := w.get(n.ID); got.Revision != 2 {
		t.Errorf("seated again, the session is at revision %d", got.Revision)
	}
	w.candidates(n, 12)
	all := w.seat(n)
	check(t, n, all, 21)
	for i, s := range first {
		if all[i].Candidate != s.Candidate || all[i].Room != s.Room || all[i].No != s.No || all[i].Station != s.Station {
			t.Errorf("seat %d moved", i+1)
		}
	}
}

// 考位不超过考场容量和机构备案的年度规模。
func TestCapacity(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 31)
	_, err := w.sittings.SeatCandidates(ctx, office, n.ID)
	wantError(t, "one more than the rooms hold", err, sitting.ErrFull)
	if got := w.get(n.ID); len(got.Allotted) != 0 {
		t.Errorf("%d allotted although they do not all fit", len(got.Allotted))
	}
	second, err := w.sittings.CreateSession(ctx, office, w.draft("第二场"))
	must(t, err)
	w.candidates(second, 6)
	third, err := w.sittings.CreateSession(ctx, office, w.draft("第三场"))
	must(t, err)
	w.candidates(third, 5)
	w.file(10)
	w.seat(second)
	_, err = w.sittings.SeatCandidates(ctx, office, third.ID)
	wantError(t, "one more than the filing allows", err, sitting.ErrFull)
	w.file(11)
	check(t, third, w.seat(third), 5)
}

// flaky fails the first time that a seat is made: of three seats one before it is stored, one after, one not at all.
type flaky struct {
	sitting.Seats
	tried sync.Map
}

var errFlaky = errors.New("the line is down")

func (f *flaky) CreateSeat(ctx context.Context, s *sitting.Seat) error {
	_, again := f.tried.LoadOrStore(s.Ticket, true)
	kind := s.Ticket[len(s.Ticket)-1] % 3
	if !again && kind == 0 {
		return errFlaky
	}
	if err := f.Seats.CreateSeat(ctx, s); err != nil {
		return err
	}
	if !again && kind == 1 {
		return errFlaky
	}
	return nil
}

// Killed anywhere between, seating goes on where it was: nobody gets two seats, and no ticket is given twice.
func TestSeatingIsResumed(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 24)
	ports := w.ports
	ports.Seats = &flaky{Seats: w.ports.Seats}
	broken := w.build(ports)
	for tries := 0; ; tries++ {
		_, err := broken.SeatCandidates(ctx, office, n.ID)
		if err == nil {
			break
		}
		if !errors.Is(err, errFlaky) || tries > 30 {
			t.Fatal(err)
		}
		if _, err := w.sittings.SeatsOf(ctx, n.ID); !errors.Is(err, sitting.ErrSeating) {
			t.Errorf("half seated: %v", err)
		}
		if tries == 0 {
			w.candidates(n, 3) // late applications while seats are missing
		}
	}
	check(t, n, w.seat(n), 27)
}

func TestSeatingAtTheSameTime(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 20)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if _, err := w.sittings.SeatCandidates(ctx, office, n.ID); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	check(t, n, w.seat(n), 20)
}

// 与在岗人员有关系的考生，编不上考位，并说明是哪种关系。
func TestWhoIsTiedToStaffGetsNoSeat(t *testing.T) {
	w := open(t)
	n := w.session()
	examiner, people := w.person("甘棠"), w.candidates(n, 3)
	w.assign(n, examiner, authz.Examiner, "p1")
	w.assign(n, examiner, authz.Examiner, "p2")
	w.kin(people[1], examiner)
	for range 2 {
		check(t, n, w.seat(n), 2)
		got := w.get(n.ID)
		if len(got.Findings) != 1 || got.Findings[0].Candidate != people[1] || got.Findings[0].Rule != "kin" || got.Revision != 4 {
			t.Fatalf("revision %d, findings %+v", got.Revision, got.Findings)
		}
	}
}

// What applicants say of their training weighs as much as an enrolment list.
// 考生自己填写的培训班级，与培训机构的名册同样算数。
func TestStatedClassesCount(t *testing.T) {
	w := open(t)
	n := w.session()
	teacher, pupil := w.person("甘棠"), w.person("钟离雪")
	_, err := w.judge.Record(ctx, office, separation.Tie{Kind: separation.Teaches, From: separation.PersonNode(teacher), To: separation.ClassNode("护理2603班"), Source: "课表"})
	must(t, err)
	w.apply(n, pupil, "护理2603班")
	w.assign(n, teacher, authz.Examiner, "p1")
	check(t, n, w.seat(n), 0)
	if got := w.get(n.ID); len(got.Findings) != 1 || !strings.Contains(got.Findings[0].String(), "考评员甘棠 → 任教 → 护理2603班 → 学员钟离雪") {
		t.Errorf("%v", got.Findings)
	}
}

// A relative who has applied keeps the examiner out, seated or not, and gets a seat, whoever comes first.
// 派岗与编位同时进行，亲属与考评员也碰不到一起。
func TestAssignAndSeatAtTheSameTime(t *testing.T) {
	w := open(t)
	for round := range 12 {
		n, err := w.sittings.CreateSession(ctx, office, w.draft(fmt.Sprint("第", round, "场")))
		must(t, err)
		people := w.candidates(n, 2)
		examiner := w.person("甘棠")
		w.kin(people[0], examiner)
		var both sync.WaitGroup
		both.Go(func() {
			if _, err := w.sittings.Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1"); err != nil && !errors.Is(err, separation.ErrSeparated) {
				t.Error(err)
			}
		})
		both.Go(func() {
			if _, err := w.sittings.SeatCandidates(ctx, office, n.ID); err != nil {
				t.Error(err)
			}
		})
		both.Wait()
		got := w.get(n.ID)
		if len(got.Duties) != 0 {
			t.Errorf("round %d: assigned although a relative had applied", round)
		}
		check(t, n, w.seat(n), 2)
	}
}

// late lets an application come in between the reading and the writing of a session.
type late struct {
	sitting.Sessions
	once sync.Once
	come func()
}

func (l *late) UpdateSession(ctx context.Context, n *sitting.Session) error {
	l.once.Do(l.come)
	return l.Sessions.UpdateSession(ctx, n)
}

// The worst case: the relative applies and is seated while the assignment, having seen nobody, is being written.
// 正在派岗时亲属编进了考位：查得出来，不得考评。
func TestARelativeSeatedDuringTheAssignment(t *testing.T) {
	w := open(t)
	n := w.session()
	examiner, relative := w.person("甘棠"), w.person("甘露")
	w.kin(examiner, relative)
	ports := w.ports
	ports.Sessions = &late{Sessions: w.ports.Sessions, come: func() { w.apply(n, relative, ""); w.seat(n) }}
	_, err := w.build(ports).Assign(ctx, office, n.ID, examiner, authz.Examiner, "p1")
	wantError(t, "assigned", err, separation.ErrSeparated)
	if got := w.get(n.ID); len(got.Duties) != 0 || len(got.Allotted) != 1 {
		t.Errorf("%d duties, %d seats", len(got.Duties), len(got.Allotted))
	}
}

// The other way round: the assignment is written while a seating, having seen nobody on duty, is being written.
// 正在编位时派了亲属上岗：查得出来，不得考评。
func TestAnAssignmentDuringTheSeating(t *testing.T) {
	w := open(t)
	n := w.session()
	examiner, relative := w.person("甘棠"), w.person("甘露")
	w.apply(n, relative, "")
	ports := w.ports
	ports.Sessions = &late{Sessions: w.ports.Sessions, come: func() {
		w.assign(n, examiner, authz.Examiner, "p1")
		w.kin(examiner, relative) // known only now
	}}
	seats, err := w.build(ports).SeatCandidates(ctx, office, n.ID)
	must(t, err)
	if got := w.get(n.ID); len(seats) != 0 || len(got.Findings) != 1 {
		t.Errorf("%d seats, findings %v", len(seats), got.Findings)
	}
}

func TestWhoMaySeat(t *testing.T) {
	w := open(t)
	n := w.session()
	for _, role := range authz.Roles() {
		by := authz.Principal{Account: "a", Roles: []authz.Role{role}, Org: string(body)}
		_, err := w.sittings.SeatCandidates(ctx, by, n.ID)
		if (err == nil) != authz.Allowed(role, authz.PlanWrite) {
			t.Errorf("%s seats: %v", role, err)
		}
		_, err = w.sittings.Seats(ctx, by, n.ID)
		if (err == nil) != (authz.Allowed(role, authz.PlanRead) || authz.Allowed(role, authz.RoomRead)) {
			t.Errorf("%s reads seats: %v", role, err)
		}
	}
	_, err := w.sittings.SeatCandidates(ctx, authz.Principal{Roles: office.Roles, Org: "别处"}, n.ID)
	wantError(t, "another body's office", err, sitting.ErrSession)
	_, err = w.sittings.SeatOf(ctx, "26120000000001")
	wantError(t, "no ticket", err, sitting.ErrTicket)
	if seats, err := w.sittings.SeatsOf(ctx, n.ID); err != nil || len(seats) != 0 {
		t.Errorf("%d seats, %v", len(seats), err)
	}
	_, err = w.sittings.Seats(ctx, office, "none")
	wantError(t, "no session", err, sitting.ErrSession)
}

// 同一人用两种证件报名都受理了，事后才认定是同一人：排座只给先报的一个座位，后报的一份退为不受理并写明原因；核定是两个人的，再报就有座位。
func TestOneHumanGetsOneSeat(t *testing.T) {
	w := open(t)
	n := w.session()
	w.candidates(n, 1)
	first, second := w.person("甘棠"), w.person("甘棠")
	w.apply(n, first, "")
	w.clock.Advance(time.Minute)
	w.apply(n, second, "")
	pair := &people.Pair{ID: people.PairOf(first, second), First: min(first, second), Second: max(first, second), State: people.PairOne}
	must(t, w.store.People().CreatePair(ctx, pair))
	for range 2 {
		if seats := w.seat(n); len(seats) != 2 || !slices.Contains(w.get(n.ID).Allotted, first) || slices.Contains(w.get(n.ID).Allotted, second) {
			t.Fatalf("%d seats, %v", len(seats), w.get(n.ID).Allotted)
		}
	}
	refused, err := w.store.Applications().Application(ctx, registration.ApplicationOf(string(n.ID), second))
	must(t, err)
	if len(refused.Refusals) != 1 || refused.Refusals[0].Rule != registration.RuleDouble || !strings.Contains(refused.Refusals[0].Reason, "居民身份证") {
		t.Errorf("%+v", refused.Refusals)
	}
	pair, err = w.store.People().Pair(ctx, pair.ID)
	must(t, err)
	pair.State = people.PairTwo
	must(t, w.store.People().UpdatePair(ctx, pair))
	w.apply(n, second, "")
	if seats := w.seat(n); len(seats) != 3 {
		t.Errorf("told apart: %d seats", len(seats))
	}
}

// 先报的一份还没有排，后报的一份已经有了座位：座位不动，先报的不再给。
func TestWhoHasASeatKeepsItFromTheOtherDocument(t *testing.T) {
	w := open(t)
	n := w.session()
	first, second := w.person("甘棠"), w.person("甘棠")
	w.apply(n, second, "")
	w.seat(n)
	w.clock.Set(w.clock.Now().Add(-time.Minute))
	w.apply(n, first, "")
	must(t, w.store.People().CreatePair(ctx, &people.Pair{ID: people.PairOf(first, second), First: min(first, second), Second: max(first, second), State: people.PairOne}))
	if seats := w.seat(n); len(seats) != 1 || seats[0].Candidate != second {
		t.Errorf("%+v", seats)
	}
}
