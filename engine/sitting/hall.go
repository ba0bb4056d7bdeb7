package sitting

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
)

// ErrHall refuses a session whose part of a shared hall another session has at the same time.
var ErrHall = errs.New(errs.Conflict, "session.hall", "同一考场同一时段的另一场次与本场次安排冲突")

// maxParts bounds the sessions that share a hall.
const maxParts = 9

// Row and Column say where a seat stands, from 0, the first seat of the front row being number 1. A room that does not
// say how wide it is, is one row.
func (r Room) Row(no int) int { return (no - 1) / r.width() }

// Column is beside Row.
func (r Room) Column(no int) int { return (no - 1) % r.width() }

func (r Room) width() int {
	if r.Columns > 0 {
		return r.Columns
	}
	return max(r.Capacity, 1)
}

// Has reports whether the room has a seat of that number for this session. Of a hall that sessions share each has the
// seats of every so-manyth diagonal: whoever sits beside, before or behind one is then of another session.
func (r Room) Has(no int) bool {
	if no < 1 || no > r.Capacity {
		return false
	}
	return r.Parts < 2 || (r.Row(no)+r.Column(no))%r.Parts == r.Part-1
}

// Numbers are the seats that a plan may give, in order: all of the session's but the last so many, which are kept in
// reserve (备用座位) and only ever moved to.
func (r Room) Numbers() []int {
	all := r.all()
	return all[:max(0, len(all)-r.Reserve)]
}

// Kept reports whether a seat is kept in reserve.
func (r Room) Kept(no int) bool { return r.Has(no) && !slices.Contains(r.Numbers(), no) }

func (r Room) all() (all []int) {
	for no := 1; no <= min(r.Capacity, maxSeats); no++ {
		if r.Has(no) {
			all = append(all, no)
		}
	}
	return all
}

// Places is how many candidates a plan puts into the room.
func (r Room) Places() int { return len(r.Numbers()) }

// Machine is the name of the computer at a seat, "" where none was given.
func (r Room) Machine(no int) string {
	if no < 1 || no > len(r.Machines) {
		return ""
	}
	return r.Machines[no-1]
}

// same reports whether two rooms were planned alike.
func (r Room) same(o Room) bool {
	machines := slices.Equal(r.Machines, o.Machines)
	r.Machines, o.Machines = nil, nil
	return machines && reflect.DeepEqual(r, o)
}

// checkSeats checks what a room says of its seats.
func (r Room) checkSeats(c *errs.Check, at string) {
	theory := r.Component == engine.Theory
	says := map[bool][3]string{true: {"备用座位数应少于座位数", "机器编号多于座位数", "共用考场的场次数应为2至9，第几个场次不能更大"},
		false: {"只有理论考场可留备用座位", "只有理论考场有机器编号", "只有理论考场可以共用"}}[theory]
	c.That(r.Reserve >= 0 && (r.Reserve == 0 || theory && r.Reserve < len(r.all())), at, "reserve", says[0])
	c.That(len(r.Machines) <= r.Capacity && (theory || len(r.Machines) == 0), at, "machines", says[1])
	seen := map[string]bool{}
	for _, m := range r.Machines {
		c.That(len(m) <= maxID && strings.TrimSpace(m) == m, at, "machine", "机器编号过长或前后有空格")
		c.That(m == "" || !seen[m], at, "machine_twice", "机器编号重复")
		seen[m] = true
	}
	shared := r.Hall != ""
	c.That(len(r.Hall) <= maxName && shared == (r.Parts > 0), at, "hall", "共用考场须写明考场和场次数")
	c.That(!shared || theory && r.Parts >= 2 && r.Parts <= maxParts && r.Part >= 1 && r.Part <= r.Parts, at, "part", says[2])
}

// halls returns nil when no other session has the seats of n in a shared hall at the same time. It holds when a session
// is made and again when it is seated: of two that were made at the same moment, whichever is seated sees the other.
func (s *Sittings) halls(ctx context.Context, n *Session) error {
	others, err := s.beside(ctx, n)
	if err != nil {
		return err
	}
	for _, o := range others {
		for _, r := range n.Rooms {
			at := slices.IndexFunc(o.Rooms, func(q Room) bool { return q.shares(r) })
			if at < 0 {
				continue
			}
			switch q := o.Rooms[at]; {
			case q.Capacity != r.Capacity || q.Columns != r.Columns || q.Parts != r.Parts:
				return ErrHall.With("%s在“%s”中的座位数、每排座位数或共用场次数不同", r.Hall, o.Name)
			case q.Part == r.Part:
				return ErrHall.With("%s的第%d部分座位已属于“%s”", r.Hall, r.Part, o.Name)
			}
		}
	}
	return nil
}

// shares reports whether two rooms are parts of one hall.
func (r Room) shares(o Room) bool { return r.Hall != "" && r.Hall == o.Hall }

// beside lists the other sessions that share a hall with n at the same time, spread starts included. What invigilators
// add to a time is not known when seats are planned.
func (s *Sittings) beside(ctx context.Context, n *Session) ([]*Session, error) {
	if !slices.ContainsFunc(n.Rooms, func(r Room) bool { return r.Hall != "" }) {
		return nil, nil
	}
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(o *Session) bool {
		itself := o.ID == n.ID || o.Plan == n.Plan && o.Level == n.Level && o.Name == n.Name
		return itself || o.Org != n.Org || !o.WindowOf("").Overlaps(n.WindowOf("")) || !sharing(o.Rooms, n.Rooms)
	}), nil
}

func sharing(rooms, others []Room) bool {
	return slices.ContainsFunc(rooms, func(r Room) bool { return slices.ContainsFunc(others, r.shares) })
}
