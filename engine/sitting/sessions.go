package sitting

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/ids"
)

// maxSeats is what four digits of a ticket number can count.
const maxSeats = 9999

// MaxSpread bounds the spread of starts in seconds: longer, and neighbours would notice.
const MaxSpread = 60

// CreateSession plans a session under a published plan of the same body, within its filing on the days of both
// components. It needs a theory and a practical room, a theory window of at least the policy's minutes, and a
// blueprint of the session's level and release. ID, Digits, Code and Policy are filled in; Release and Province when
// they are empty. A session is known by plan, level and name: the same one again is harmless, another one under that
// name is ErrSessionExists.
func (s *Sittings) CreateSession(ctx context.Context, by authz.Principal, n Session) (*Session, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	n.ID = ""
	n, err := s.fit(ctx, by, n)
	if err != nil {
		return nil, err
	}
	if err := s.hasPlaces(ctx, n); err != nil {
		return nil, err
	}
	n.Duties, n.Relieved, n.Findings, n.Waivers, n.Allotted, n.Closed, n.Leaving, n.Trail, n.Revision = nil, nil, nil, nil, nil, time.Time{}, 0, nil, 0
	n.Seating, n.Beside, n.Only = nil, nil, nil
	n.Lockdown, n.Relocked = Lockdown{}, Relock{}
	n.Code = fmt.Sprintf("%06d", binary.BigEndian.Uint32(s.ids.Bytes(4))%1_000_000)
	n.Trail.Add(s.clock.Now(), by.Account, "session.created", "")
	return s.create(ctx, n)
}

// fit returns a session as it can be sat by what it says of times and rooms: everything that is asked of a new one and of
// one that is amended. What is wrong besides is told with the rest. Its Policy is then the one that it was checked by.
func (s *Sittings) fit(ctx context.Context, by authz.Principal, n Session, wrong ...errs.Field) (Session, error) {
	n, err := s.planned(ctx, by, n)
	if err != nil {
		return n, err
	}
	if n, err = s.withBlueprint(ctx, n); err != nil {
		return n, err
	}
	if err = n.check(s.policy, wrong); err != nil {
		return n, err
	}
	n.Policy = s.policy.ID
	return n, s.halls(ctx, &n)
}

// planned checks a session against its plan and its body's filing.
func (s *Sittings) planned(ctx context.Context, by authz.Principal, n Session) (Session, error) {
	p, err := s.ports.Plans.Plan(ctx, n.Plan)
	switch {
	case err != nil:
		return n, err
	case !actsFor(by, p.Org):
		return n, ErrPlan
	case p.State != PlanPublished:
		return n, ErrPlanState.With("计划须先公布")
	case n.Org != "" && n.Org != p.Org:
		return n, ErrSessionInput.With("场次与计划不属于同一机构")
	case !slices.Contains(p.Levels, n.Level):
		return n, ErrSessionInput.With("计划不包括%s", n.Level)
	case s.day(n.Theory.Opens).Year != p.Year:
		return n, ErrSessionInput.With("计划只到%d年度", p.Year)
	}
	body, err := s.people.Organisation(ctx, p.Org)
	if err != nil {
		return n, err
	}
	n.Site = strings.TrimSpace(n.Site)
	if n.Org, n.Name = p.Org, strings.TrimSpace(n.Name); n.Province == "" {
		n.Province = body.Province
	}
	if engine.Province(n.Province) == "" {
		return n, ErrSessionInput.With("没有“%s”这个省份", n.Province)
	}
	for _, w := range []clock.Window{n.Theory, n.Practical} {
		held, today := s.day(w.Opens), s.today()
		if n.ID != "" { // one that stands may be moved out of a measure's way
			today = held
		}
		if err := body.May(engine.ActSession, engine.CareWork(n.Level, n.Province, held), today); err != nil {
			return n, err
		}
	}
	n.Theory, n.Practical, n.Rooms = whole(n.Theory), whole(n.Practical), slices.Clone(n.Rooms)
	return n, nil
}

// day is the calendar date of an instant in the policy's zone.
func (s *Sittings) day(t time.Time) clock.Date { return clock.DateOf(t, s.policy.Location()) }

func whole(w clock.Window) clock.Window {
	return clock.Window{Opens: clock.Instant(w.Opens), Closes: clock.Instant(w.Closes)}
}

func (s *Sittings) withBlueprint(ctx context.Context, n Session) (Session, error) {
	bp, err := s.bank.Blueprint(ctx, n.Blueprint)
	if err != nil {
		return n, err
	}
	if n.Release == "" {
		n.Release = bp.Release
	}
	if bp.Level != n.Level || bp.Release != n.Release {
		return n, ErrSessionInput.With("组卷方案属于%s、题库版本 %s", bp.Level, bp.Release)
	}
	n.Sample = bp.Sample
	return n, nil
}

func (n Session) check(p engine.Policy, wrong []errs.Field) error {
	var c errs.Check
	for _, f := range wrong {
		c.That(false, f.Name, f.Code, f.Msg)
	}
	minutes := p.Levels[n.Level].TheoryMinutes
	c.That(n.Name != "" && len(n.Name) <= maxName, "name", "form", "缺少名称或名称过长")
	c.That(len(n.Site) <= maxName && !strings.ContainsFunc(n.Site, unicode.IsControl), "site", "form", "考点名称过长或含有控制字符")
	c.That(engine.Province(n.Province) != "", "province", "unknown", "省份代码不存在")
	c.That(n.Theory.Closes.Sub(n.Theory.Opens) >= time.Duration(minutes)*time.Minute, "theory", "short", fmt.Sprintf("理论知识考试不少于%d分钟", minutes))
	c.That(n.Spread >= 0 && n.Spread <= MaxSpread, "spread", "range", fmt.Sprintf("开考错峰应为0至%d秒", MaxSpread))
	c.That(n.Practical.Valid(), "practical", "order", "操作技能考核的起止时间不正确")
	c.That(!n.Theory.Overlaps(n.Practical), "practical", "overlap", "两个科目的时间不能重叠")
	c.That(n.seats(engine.Theory), "rooms", "theory", "至少一个理论考场")
	c.That(n.seats(engine.Practical), "rooms", "practical", "至少一个操作技能考场")
	for i, r := range n.Rooms {
		at := fmt.Sprintf("rooms.%d", i+1)
		c.That(len(r.ID) <= maxID && printable(string(r.ID)), at, "id", "考场编号应为不超过60位的字母、数字")
		c.That(!slices.ContainsFunc(n.Rooms[:i], func(o Room) bool { return o.ID == r.ID }), at, "twice", "考场编号重复")
		c.That(r.Name != "" && len(r.Name) <= maxName, at, "name", "缺少考场名称或名称过长")
		c.That(r.Component == engine.Theory || r.Component == engine.Practical, at, "component", "考场的科目不正确")
		c.That(r.Capacity > 0 && r.Capacity <= maxSeats, at, "capacity", "座位数不正确")
		if r.Capacity <= 0 {
			r.Capacity = maxSeats // told already: nothing else is measured by it
		}
		c.That(r.Columns >= 0 && r.Columns <= r.Capacity, at, "columns", "每排座位数不正确")
		c.That(!slices.ContainsFunc(n.Rooms[:i], r.shares), at, "hall_twice", "一个场次在共用考场中只占一部分")
		r.checkSeats(&c, at)
	}
	return c.Err(ErrSessionInput)
}

// seats reports whether a component has places. Of a room whose capacity is wrong that is said, and not that none is there.
func (n *Session) seats(c engine.Component) bool {
	return n.places(c) > 0 || slices.ContainsFunc(n.Rooms, func(r Room) bool { return r.Component == c && r.Capacity <= 0 })
}

// Faults is everything that is wrong with a session as it was typed: what its reader noted already, because it could not
// be read at all, and what can be said of the rest. It is nil where there is nothing.
func (s *Sittings) Faults(n Session, noted []errs.Field) error {
	n.Province, n.Name = "11", strings.TrimSpace(n.Name) // the body's own, which nobody types
	var rest *errs.Error
	if !errors.As(n.check(s.policy, nil), &rest) {
		rest = ErrSessionInput
	}
	all := slices.Clone(noted)
	for _, f := range rest.Fields {
		said := func(o errs.Field) bool {
			ofSeats := o.Code == "capacity" && slices.Contains([]string{"columns", "reserve", "machines"}, f.Code) // measured by it
			return o.Name == f.Name && (o.Code == f.Code || ofSeats || !strings.HasPrefix(f.Name, "rooms."))
		}
		if !slices.ContainsFunc(noted, said) {
			all = append(all, f)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return ErrSessionInput.WithFields(all...)
}

// places counts the candidates that the rooms of a component hold.
func (n *Session) places(c engine.Component) (sum int) {
	for _, r := range n.Rooms {
		if r.Component == c {
			sum += r.Places()
		}
	}
	return sum
}

// room finds a room by its id.
func (n *Session) room(id RoomID) (Room, error) {
	for _, r := range n.Rooms {
		if r.ID == id {
			return r, nil
		}
	}
	return Room{}, ErrRoom
}

// create gives the session its digits: the first free ones from a place that its name sets. The ID is derived from
// them, so that no two sessions of a year and province share digits, and the same session always comes to its own.
func (s *Sittings) create(ctx context.Context, n Session) (*Session, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(ids.Derive("digits", string(n.Plan), n.Level.String(), n.Name))) // never fails
	year := fmt.Sprintf("%02d", s.day(n.Theory.Opens).Year%100)
	for i := range uint32(1_000_000) {
		n.Digits = fmt.Sprintf("%06d", (h.Sum32()+i)%1_000_000)
		n.ID = SessionID(ids.Derive("session", year, n.Province, n.Digits))
		err := s.ports.Sessions.CreateSession(ctx, &n)
		if !errors.Is(err, ErrSessionExists) {
			return &n, err
		}
		old, err := s.ports.Sessions.Session(ctx, n.ID)
		if err != nil {
			return nil, err
		}
		if old.Plan == n.Plan && old.Level == n.Level && old.Name == n.Name {
			return old.unless(n)
		}
	}
	return nil, ErrSessionExists.With("本年度场次号已用完")
}

// unless returns old when n asks for the same session.
func (n *Session) unless(o Session) (*Session, error) {
	if !n.plannedAs(o) || n.Blueprint != o.Blueprint || n.Release != o.Release {
		return nil, ErrSessionExists
	}
	return n, nil
}

// plannedAs reports whether two sessions have the same times, rooms and site.
func (n *Session) plannedAs(o Session) bool {
	return n.Site == o.Site && n.Theory == o.Theory && n.Spread == o.Spread && n.Practical == o.Practical && slices.EqualFunc(n.Rooms, o.Rooms, Room.same)
}

// Session returns a session that by may see.
func (s *Sittings) Session(ctx context.Context, by authz.Principal, id SessionID) (*Session, error) {
	if err := by.Require(authz.PlanRead); err != nil {
		return nil, err
	}
	n, err := s.own(ctx, by, id)
	if err != nil {
		return nil, err
	}
	return n.shownTo(by), nil
}

// shownTo leaves out what says who is whose relative, pupil or colleague for those who have no business with it.
func (n *Session) shownTo(by authz.Principal) *Session {
	if !by.Can(authz.TieRead) {
		n.Findings, n.Waivers, n.Relieved = nil, nil, nil
	}
	return n
}

// own loads a session of the body that by acts for; of others nobody learns that they exist.
func (s *Sittings) own(ctx context.Context, by authz.Principal, id SessionID) (*Session, error) {
	n, err := s.ports.Sessions.Session(ctx, id)
	if err != nil {
		return nil, err
	}
	if !actsFor(by, n.Org) {
		return nil, ErrSession
	}
	return n, nil
}

// Sessions lists the sessions that by may see.
func (s *Sittings) Sessions(ctx context.Context, by authz.Principal) ([]*Session, error) {
	if err := by.Require(authz.PlanRead); err != nil {
		return nil, err
	}
	all, err := engine.All(ctx, s.ports.Sessions.SessionList)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(n *Session) bool { return !actsFor(by, n.Org) })
	for _, n := range all {
		n.shownTo(by)
	}
	return all, nil
}

// Get returns a session to another room, which only looks: others hold the same one. It asks for no role: the room has.
func (s *Sittings) Get(ctx context.Context, id SessionID) (*Session, error) {
	return s.ports.Sessions.LookAtSession(ctx, id)
}

// change is one command on a session of by's body.
func (s *Sittings) change(ctx context.Context, by authz.Principal, id SessionID, f func(*Session) error) (*Session, error) {
	return engine.Modify(ctx, func(ctx context.Context) (*Session, error) { return s.own(ctx, by, id) }, s.ports.Sessions.UpdateSession, f)
}
