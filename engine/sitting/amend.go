package sitting

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/registration"
)

// Draws says what the draw of a session's forms binds before anybody is seated.
type Draws interface {
	// RandomDue is when the public random value comes out on which the custodians of the session's draw agreed: it can
	// be recorded from then on, and before the theory window opens. Zero where none is agreed on, or no time for it.
	RandomDue(ctx context.Context, id SessionID) (time.Time, error)
}

// Amendment is what may be changed of a session that nobody has a seat in. What is nil stays as it is. Plan, level, name
// and digits identify a session, and its blueprint is what custodians are appointed for: these stay.
type Amendment struct {
	Theory    *clock.Window
	Practical *clock.Window
	Site      *string // 考点
	Spread    *int
	Rooms     []Room // all of them, known by their IDs
	Reason    string // needed, at most maxReason characters
	Seen      *int   // amendments that were made when this one was written, see Amended; another number is ErrStale
}

// Refusals of an amendment.
var (
	ErrAmendSeated    = errs.New(errs.Conflict, "session.amend_seated", "已有考生排座，时间和考场不能再改")
	ErrAmendBegun     = errs.New(errs.Conflict, "session.amend_begun", "考核时间已到或试卷已开始抽取，时间和考场不能再改")
	ErrAmendDuty      = errs.New(errs.Conflict, "session.amend_duty", "考场已安排工作人员，不能撤销或改作另一科目")
	ErrAmendPlaces    = errs.New(errs.Conflict, "session.amend_places", "座位少于已通过报名的人数")
	ErrAmendApplicant = errs.New(errs.Conflict, "session.amend_applicant", "有考生在新的考核日期不符合申报条件")
	ErrAmendDraw      = errs.New(errs.Conflict, "session.amend_draw", "理论考试须在组卷的公开随机数公布之后开始")
)

// Amend changes the times, rooms and site of a planned session, until the first seat is allotted, the session is closed or its
// first component opens. What is asked of a new session is asked of the amended one, and more: it lies ahead, it keeps
// every room that somebody has a duty in, nobody on duty serves too often in a row there, has a place for everybody whose application was accepted and a day on which
// they are eligible, and opens after the random value that its draw waits for. The same amendment again is harmless, at
// any time.
//
// Seats are allotted in the same document: of a seating and an amendment at the same time, either the seats are in the
// rooms of the amendment, or the amendment is ErrAmendSeated. Applications and draws are documents of their own. Of those
// that come at the very moment of an amendment, one application too many is met by the seating (ErrFull), one judged for
// the old day stands, and a draw that waits for a random value after the opening can be put aside.
func (s *Sittings) Amend(ctx context.Context, by authz.Principal, id SessionID, a Amendment) (*Session, error) {
	if err := by.Require(authz.PlanWrite); err != nil {
		return nil, err
	}
	a.Reason = strings.TrimSpace(a.Reason)
	now := s.clock.Now()
	return s.change(ctx, by, id, func(n *Session) error {
		to := a.of(*n)
		if to.plannedAs(*n) {
			return engine.ErrUnchanged
		}
		if err := n.Amendable(now); err != nil {
			return err
		}
		if a.Seen != nil && *a.Seen != n.Amended() {
			return engine.ErrStale
		}
		to, err := s.fit(ctx, by, to, a.wrong(to, now)...)
		if err != nil {
			return err
		}
		if err := s.suits(ctx, n, &to); err != nil {
			return err
		}
		to.Trail.Add(now, by.Account, amended, n.differences(&to, s.policy.Location())+"；原因："+a.Reason)
		*n = to
		return nil
	})
}

const amended = "session.amended"

// Amendments are what the trail says of them, the first one first.
func (n *Session) Amendments() (all []engine.Event) {
	for _, e := range n.Trail {
		if e.Action == amended {
			all = append(all, e)
		}
	}
	return all
}

// Amended counts the amendments.
func (n *Session) Amended() int { return len(n.Amendments()) }

// Amendable returns nil while times and rooms may be changed.
func (n *Session) Amendable(now time.Time) error {
	switch {
	case len(n.Allotted) > 0:
		return ErrAmendSeated
	case n.Open(now) != nil:
		return ErrAmendBegun
	}
	return nil
}

// of is n as amended.
func (a Amendment) of(n Session) Session {
	if a.Theory != nil {
		n.Theory = whole(*a.Theory)
	}
	if a.Practical != nil {
		n.Practical = whole(*a.Practical)
	}
	if a.Site != nil {
		n.Site = strings.TrimSpace(*a.Site)
	}
	if a.Spread != nil {
		n.Spread = *a.Spread
	}
	if a.Rooms != nil {
		n.Rooms = slices.Clone(a.Rooms)
	}
	return n
}

// wrong is what is asked of an amendment beyond what is asked of a new session.
func (a Amendment) wrong(to Session, now time.Time) (all []errs.Field) {
	if a.Reason == "" || utf8.RuneCountInString(a.Reason) > maxReason {
		all = append(all, errs.Field{Name: "reason", Code: "form", Msg: fmt.Sprintf("须写明修改的原因，不超过%d字", maxReason)})
	}
	if !to.Theory.Opens.After(now) {
		all = append(all, errs.Field{Name: "theory", Code: "past", Msg: "开始时间已过"})
	}
	if !to.Practical.Opens.After(now) {
		all = append(all, errs.Field{Name: "practical", Code: "past", Msg: "开始时间已过"})
	}
	return all
}

// suits returns nil when what hangs on n already can go on under to.
func (s *Sittings) suits(ctx context.Context, n, to *Session) error {
	if err := n.keptDuties(to); err != nil {
		return err
	}
	if err := s.stillRotates(ctx, to); err != nil {
		return err
	}
	accepted, err := s.desk.Accepted(ctx, string(n.ID))
	if err != nil {
		return err
	}
	for _, c := range []engine.Component{engine.Theory, engine.Practical} {
		if have := to.places(c); have < len(accepted) {
			return ErrAmendPlaces.With("%s考场共%d个座位，已有%d人报名通过", c, have, len(accepted))
		}
	}
	if err := s.stillEligible(ctx, n, to, accepted); err != nil {
		return err
	}
	return s.afterRandom(ctx, n, to)
}

// keptDuties returns nil when every duty of n still has its room in to.
func (n *Session) keptDuties(to *Session) error {
	var lost []string
	for _, d := range n.Duties {
		if r, err := to.room(d.Room); d.Room != "" && (err != nil || r.Component != dutyRooms[d.Role]) {
			old, _ := n.room(d.Room) // is there: Assign saw to it
			lost = append(lost, fmt.Sprintf("%s（%s，%s）", d.Name, dutyNames[d.Role], old.Name))
		}
	}
	if len(lost) > 0 {
		return ErrAmendDuty.With("%s", strings.Join(lost, "、"))
	}
	return nil
}

// stillRotates returns nil when everybody on duty may serve at the site on the day: both may be others than before.
func (s *Sittings) stillRotates(ctx context.Context, to *Session) error {
	rule := s.policy.Ties.Rotation
	at, err := s.turnsAt(ctx, to)
	if err != nil {
		return err
	}
	for _, d := range to.serving(rule) {
		if err := at.rotates(rule, d); err != nil {
			return err
		}
	}
	return nil
}

// stillEligible returns nil when everybody who was accepted for the day of n would be for that of to: ages and years are
// counted on the day of the theory exam.
func (s *Sittings) stillEligible(ctx context.Context, n, to *Session, accepted []*registration.Application) error {
	day := s.day(to.Theory.Opens)
	if day == s.day(n.Theory.Opens) {
		return nil
	}
	var out []string
	for _, a := range accepted {
		p, err := s.people.Named(ctx, a.Person)
		if err != nil {
			return err
		}
		for _, r := range registration.Judge(s.policy.Levels[a.Level], p.Born, a.Claims, day) {
			out = append(out, p.Name+"："+r.Reason)
		}
	}
	if len(out) > 0 {
		return ErrAmendApplicant.With("%s", strings.Join(out, "；"))
	}
	return nil
}

// afterRandom returns nil when a theory window that moves does not open before its draw can have its random value.
func (s *Sittings) afterRandom(ctx context.Context, n, to *Session) error {
	if s.ports.Draws == nil || to.Theory.Opens.Equal(n.Theory.Opens) {
		return nil
	}
	due, err := s.ports.Draws.RandomDue(ctx, n.ID)
	if err != nil || due.IsZero() || due.Before(to.Theory.Opens) {
		return err
	}
	return ErrAmendDraw.With("约定的公开随机数于 %s 公布；要改得更早，请先在组卷页搁置已开始的组卷，改好后重新任命保管人",
		due.In(s.policy.Location()).Format("2006-01-02 15:04"))
}

// differences says what an amendment changed, for the trail: old → new.
func (n *Session) differences(to *Session, zone *time.Location) string {
	var all []string
	note := func(what, old, now string) {
		if old != now {
			all = append(all, fmt.Sprintf("%s %s → %s", what, cmp.Or(old, "无"), cmp.Or(now, "无")))
		}
	}
	span := func(w clock.Window) string {
		return w.Opens.In(zone).Format("2006-01-02 15:04") + " 至 " + w.Closes.In(zone).Format("2006-01-02 15:04")
	}
	note("理论考试", span(n.Theory), span(to.Theory))
	note("操作考核", span(n.Practical), span(to.Practical))
	note("考点", n.Site, to.Site)
	note("开考错峰秒数", fmt.Sprint(n.Spread), fmt.Sprint(to.Spread))
	note("考场", n.roomList(), to.roomList())
	for _, r := range to.Rooms {
		old, _ := n.room(r.ID) // none: everything of it is new
		for _, f := range old.changes(r) {
			note(r.Name+" "+f.what, f.old, f.now)
		}
	}
	return strings.Join(all, "；")
}

func (n *Session) roomList() string {
	var all []string
	for _, r := range n.Rooms {
		all = append(all, fmt.Sprintf("%s（%s）", r.Name, r.ID))
	}
	return strings.Join(all, "、")
}

// fact is something that a room says of itself, before and after; "" where it says nothing.
type fact struct{ what, old, now string }

// changes are the facts of a room and of what becomes of it, those that stay among them.
func (r Room) changes(to Room) []fact {
	number := func(n int) string {
		if n == 0 {
			return ""
		}
		return fmt.Sprint(n)
	}
	component := func(r Room) string {
		if r.Component == "" {
			return ""
		}
		return r.Component.String()
	}
	part := func(r Room) string {
		if r.Hall == "" {
			return ""
		}
		return fmt.Sprintf("%s %d/%d", r.Hall, r.Part, r.Parts)
	}
	all := []fact{{"科目", component(r), component(to)}, {"座位数", number(r.Capacity), number(to.Capacity)},
		{"每排座位数", number(r.Columns), number(to.Columns)}, {"备用座位数", number(r.Reserve), number(to.Reserve)}, {"共用考场", part(r), part(to)}}
	for no := 1; no <= max(len(r.Machines), len(to.Machines)); no++ {
		all = append(all, fact{fmt.Sprintf("%d号机器", no), r.Machine(no), to.Machine(no)})
	}
	return all
}
