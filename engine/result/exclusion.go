package result

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/sitting"
)

// components are both, theory first.
var components = []engine.Component{engine.Theory, engine.Practical}

// ErrNoExclusion refuses to open a case over an exclusion that there is none of.
var ErrNoExclusion = errs.New(errs.NotFound, "misconduct.no_exclusion", "该考生没有被取消资格，或者取消资格一事已经立案；请重新打开页面查看")

// Uncased (待立案) is a candidate who was excluded by one person's word while no case is opened over it: they fail nothing until
// somebody has heard them and ruled.
type Uncased struct {
	Ticket     sitting.Ticket
	Candidate  engine.PersonID
	Components []engine.Component  // that are void, or that the exclusion concerns
	Said       []sitting.Exclusion // oldest first; empty where a corrected seal voids a component and nobody excluded the candidate
	Other      bool                // a case about something else is not decided yet: it is first
}

// Report is what a case begins with that is opened over the exclusion.
func (u *Uncased) Report(zone *time.Location) Report {
	r := Report{Facts: "更正成绩时改为违纪取消（" + u.parts() + "）", Evidence: []string{"成绩更正的封存记录"}}
	if len(u.Said) > 0 {
		r = Report{}
	}
	var facts []string
	for _, e := range u.Said {
		who, place := "监考员", e.Place
		if e.Component == engine.Practical {
			who = "考评组长"
		}
		at := e.At.In(zone).Format("2006-01-02 15:04")
		facts = append(facts, fmt.Sprintf("%s，%s%s%s取消考生资格：%s", at, place, who, e.Name, e.Words))
		r.Evidence = append(r.Evidence, shortened(fmt.Sprintf("%s%s的取消资格记录（%s）：%s", who, e.Name, at, e.Words)))
	}
	if len(facts) > 0 {
		r.Facts = shortened(strings.Join(facts, "；"))
	}
	return r
}

// shortened cuts text to what one matter may hold.
func shortened(text string) string {
	if all := []rune(text); len(all) > maxWords {
		return string(all[:maxWords-1]) + "…"
	}
	return text
}

func (u *Uncased) parts() string {
	var names []string
	for _, c := range u.Components {
		names = append(names, c.String())
	}
	return strings.Join(names, "、")
}

// lastWord is when the candidate of a ticket was last excluded from the component; zero: never.
func lastWord(all []sitting.Exclusion, t sitting.Ticket, c engine.Component) (at time.Time) {
	for _, e := range all {
		if e.Ticket == t && e.Of(c) && e.At.After(at) {
			at = e.At
		}
	}
	return at
}

// awaitCase adds that the result waits for a case where a component is void by no ruling and no other case is on its way.
func (r *Result) awaitCase(cases []*Case) {
	ruling := slices.ContainsFunc(r.Awaits, func(a Await) bool { return a.Kind == AwaitsRuling })
	if !ruling && slices.ContainsFunc(components, func(c engine.Component) bool { return r.unruled(c, cases) }) {
		r.Awaits = append(r.Awaits, Await{Kind: AwaitsCase, Since: r.At})
	}
}

// unruled reports whether a component is void by somebody's word alone.
func (r *Result) unruled(c engine.Component, cases []*Case) bool {
	at := r.component(c)
	return at.Standing == engine.Voided && at.Case == "" && !slices.ContainsFunc(cases, func(k *Case) bool { return k.Voids(c) })
}

// Unruled reports whether the component is void by somebody's word alone, and no ruling was made yet.
func (r *Result) Unruled(c engine.Component) bool {
	at := r.component(c)
	return at.Standing == engine.Voided && at.Case == "" && r.Disciplined()
}

// Disciplined reports whether the result waits for a case of misconduct: to be opened, or to be decided.
func (r *Result) Disciplined() bool {
	return slices.ContainsFunc(r.Awaits, func(a Await) bool { return a.Kind == AwaitsCase || a.Kind == AwaitsRuling })
}

// Uncased lists the candidates of a session who were excluded while no case is opened over it, in the order of tickets.
func (b *Board) Uncased(ctx context.Context, by authz.Principal, id sitting.SessionID) ([]Uncased, error) {
	if err := by.Require(authz.CaseRead); err != nil {
		return nil, err
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	return b.uncased(ctx, id)
}

// UncasedTickets lists the same candidates of one component to whoever signs its seal, and, with no component, of all to those
// who read results: who they are, not what was written about them.
func (b *Board) UncasedTickets(ctx context.Context, by authz.Principal, id sitting.SessionID, c engine.Component) ([]sitting.Ticket, error) {
	if d := charges[c]; !by.Can(authz.ResultRead) {
		if err := by.Require(d.action); err != nil {
			return nil, err
		}
		if err := b.sittings.OnDuty(ctx, id, by, d.role, ""); err != nil {
			return nil, err
		}
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := b.uncased(ctx, id)
	var tickets []sitting.Ticket
	for _, u := range all {
		if c == "" || slices.Contains(u.Components, c) {
			tickets = append(tickets, u.Ticket)
		}
	}
	return tickets, err
}

// OpenFromRoom opens the case over what an invigilator or a leader excluded the candidate for, with what they wrote. Once is
// enough: when a case is opened over it already, that one is the answer.
func (b *Board) OpenFromRoom(ctx context.Context, by authz.Principal, id sitting.SessionID, t sitting.Ticket) (*Case, error) {
	if err := by.Require(authz.CaseOpen); err != nil {
		return nil, err
	}
	if _, err := b.ownSession(ctx, by, id); err != nil {
		return nil, err
	}
	all, err := b.uncased(ctx, id)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(u Uncased) bool { return u.Ticket == t })
	if i < 0 {
		return b.openedOver(ctx, id, t)
	}
	k, err := b.OpenCase(ctx, by, id, t, all[i].Report(b.policy.Location()))
	if errors.Is(err, ErrCaseExists) && !all[i].Other { // somebody else opened it at the same time
		return b.openedOver(ctx, id, t)
	}
	return k, err
}

// openedOver is the newest case that was opened over an exclusion of the ticket.
func (b *Board) openedOver(ctx context.Context, id sitting.SessionID, t sitting.Ticket) (found *Case, err error) {
	cases, err := b.casesOf(ctx, id)
	for _, k := range cases {
		if k.Ticket == t && (k.FromRoom || len(k.Over) > 0) && (found == nil || k.No > found.No) {
			found = k
		}
	}
	if err == nil && found == nil {
		err = ErrNoExclusion
	}
	return found, err
}

// uncased finds who is excluded from what without a case: by the records of rooms and stations, and by the seals as they are now.
func (b *Board) uncased(ctx context.Context, id sitting.SessionID) (all []Uncased, err error) {
	said, err := b.sittings.Exclusions(ctx, id)
	if err != nil {
		return nil, err
	}
	seats, err := b.sittings.SeatsOf(ctx, id)
	if errors.Is(err, sitting.ErrSeating) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	cases, err := b.casesOf(ctx, id)
	if err != nil {
		return nil, err
	}
	sealed, err := b.sealedVoid(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, seat := range seats {
		own := slices.DeleteFunc(slices.Clone(cases), func(k *Case) bool { return k.Ticket != seat.Ticket })
		if u := uncasedOf(seat, said, sealed, own); len(u.Components) > 0 {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b Uncased) int { return strings.Compare(string(a.Ticket), string(b.Ticket)) })
	return all, nil
}

// sealedVoid is who is void in which component's seal, signed by both or by its leader only.
func (b *Board) sealedVoid(ctx context.Context, id sitting.SessionID) (map[engine.Component]map[engine.PersonID]bool, error) {
	void := map[engine.Component]map[engine.PersonID]bool{}
	for _, c := range components {
		s, err := engine.CurrentSeal(ctx, b.ports.Seals, string(id), c)
		if errors.Is(err, engine.ErrNoSeal) {
			continue
		}
		if err != nil {
			return nil, err
		}
		void[c] = map[engine.PersonID]bool{}
		for _, score := range s.Scores {
			void[c][score.Candidate] = score.Standing == engine.Voided
		}
	}
	return void, nil
}

// uncasedOf is what of one seat no case was opened over. Components is empty when there is nothing.
func uncasedOf(seat *sitting.Seat, said []sitting.Exclusion, void map[engine.Component]map[engine.PersonID]bool, cases []*Case) Uncased {
	u := Uncased{Ticket: seat.Ticket, Candidate: seat.Candidate, Other: slices.ContainsFunc(cases, (*Case).Undecided)}
	for _, c := range components {
		since := lastWord(said, seat.Ticket, c)
		if !seat.Takes(c) || since.IsZero() && !void[c][seat.Candidate] {
			continue
		}
		if !slices.ContainsFunc(cases, func(k *Case) bool { return k.covers(c, since) || k.Voids(c) }) {
			u.Components = append(u.Components, c)
		}
	}
	for _, e := range said {
		if e.Ticket == seat.Ticket && slices.ContainsFunc(u.Components, e.Of) {
			u.Said = append(u.Said, e)
		}
	}
	return u
}

// fromRoom says in a case that is being opened what it is opened over, and who reported it.
func (b *Board) fromRoom(ctx context.Context, by authz.Principal, n *sitting.Session, k *Case) error {
	all, err := b.uncased(ctx, n.ID)
	if err != nil {
		return err
	}
	seat, err := b.sittings.SeatOf(ctx, k.Ticket)
	if err != nil {
		return err
	}
	said, err := b.sittings.Exclusions(ctx, n.ID)
	if err != nil {
		return err
	}
	for _, u := range all {
		if u.Ticket == k.Ticket {
			k.Over, k.FromRoom = u.Components, len(u.Said) > 0
		}
	}
	k.Reporters = reporters(by, n, seat, slices.DeleteFunc(said, func(e sitting.Exclusion) bool { return e.Ticket != k.Ticket }))
	return nil
}

// reporters are who opens the case and, where the candidate was excluded, the account that did it and everybody on duty whose
// charge that was: the invigilators of the room, the leaders of practice. One of them saw it, and a person may have two accounts.
func reporters(by authz.Principal, n *sitting.Session, seat *sitting.Seat, said []sitting.Exclusion) []Actor {
	all := []Actor{actor(by)}
	for _, e := range said {
		if e.By != "" && e.By != by.Account {
			all = append(all, Actor{Account: e.By, Name: e.Name})
		}
		role := authz.Invigilator
		if e.Component == engine.Practical {
			role = authz.Leader
		}
		for _, d := range n.Duties {
			if d.Role == role && (role == authz.Leader || d.Room == seat.Room) && string(d.Person) != by.Person {
				all = append(all, Actor{Person: d.Person, Name: d.Name})
			}
		}
	}
	return all
}
