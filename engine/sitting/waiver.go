package sitting

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/separation"
)

// Waiver (豁免) lets a duty stand that a soft rule forbids toward one candidate. The exam office asks for it with a
// reason, and somebody else decides: the body's quality supervisor or the labour authority of the province. What was
// granted stands on the public record of the sitting. For a hard rule there is none.
type Waiver struct {
	Finding separation.Finding `json:"finding"` // as it stood
	Reason  string             `json:"reason"`
	Asker   engine.PersonID    `json:"asker,omitempty"` // the person behind the account that asked
	Asked   engine.Event       `json:"asked"`
	Decided engine.Event       `json:"decided,omitzero"` // zero while it is open
	Granted bool               `json:"granted"`
}

// Open reports whether somebody still has to decide.
func (w Waiver) Open() bool { return w.Decided.At.IsZero() }

// Refusals of waivers.
var (
	ErrHardRule    = errs.New(errs.Conflict, "waiver.hard", "这条规则不允许豁免，请安排其他人员")
	ErrNoFinding   = errs.New(errs.NotFound, "waiver.no_finding", "本场次没有这条考培分离记录")
	ErrWaiver      = errs.New(errs.Invalid, "waiver.invalid", "豁免申请不正确")
	ErrWaiverState = errs.New(errs.Conflict, "waiver.decided", "这项豁免已经作出决定")
	ErrWaiverOwn   = errs.New(errs.Forbidden, "waiver.own", "申请人和有关联的本人不能决定这项豁免")
)

// maxWaiverReason bounds a reason in characters: it is printed in public.
const maxWaiverReason = 200

// AskWaiver asks that a finding of the session, named by its Key, be waived. A refused request may be made again, with
// another reason; asking again while it is open is harmless. A tie may come to light long after the sitting, so that one may ask
// until everything is settled and the certificates are out: ErrWaiverOver.
func (s *Sittings) AskWaiver(ctx context.Context, by authz.Principal, id SessionID, key, reason string) (*Session, error) {
	if err := by.Require(authz.StaffAssign); err != nil {
		return nil, err
	}
	reason, err := waiverReason(reason)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	return s.change(ctx, by, id, func(n *Session) error {
		at := slices.IndexFunc(n.Findings, func(f separation.Finding) bool { return f.Key() == key })
		switch {
		case at < 0:
			return ErrNoFinding
		case !n.Findings[at].Soft:
			return ErrHardRule
		}
		if w := n.waiver(key); w != nil && (w.Open() || w.Granted) {
			return engine.ErrUnchanged
		}
		over, err := s.settled(ctx, n)
		switch {
		case err != nil:
			return err
		case over:
			return ErrWaiverOver
		}
		w := Waiver{Finding: n.Findings[at], Reason: reason, Asker: engine.PersonID(by.Person), Asked: engine.Event{At: now, By: by.Account, Name: by.Name, Action: "waiver.asked"}}
		n.Waivers = append(n.Waivers, w)
		n.Trail.AddBy(now, by, "waiver.asked", w.Finding.String()+"："+reason)
		return nil
	})
}

func waiverReason(reason string) (string, error) {
	reason = strings.TrimSpace(reason)
	n := utf8.RuneCountInString(reason)
	var c errs.Check
	c.That(n > 0 && n <= maxWaiverReason && utf8.ValidString(reason), "reason", "form", "请写明理由，不超过200个字，理由会公示")
	return reason, c.Err(ErrWaiver)
}

// DecideWaiver grants or refuses what was asked for, by a second person: not the one who asked, nor one whom the finding
// is about. Deciding the same way twice is harmless.
func (s *Sittings) DecideWaiver(ctx context.Context, by authz.Principal, id SessionID, key string, grant bool) (*Session, error) {
	if err := by.Require(authz.WaiverDecide); err != nil {
		return nil, err
	}
	by, err := s.people.Whole(ctx, by)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	return s.change(ctx, by, id, func(n *Session) error {
		w := n.waiver(key)
		switch {
		case w == nil:
			return ErrNoFinding
		case by.IsAuthority() && !by.ActsIn(n.Province):
			return ErrSession
		case w.concerns(by):
			return ErrWaiverOwn
		case !w.Open() && w.Granted == grant && w.Decided.By == by.Account:
			return engine.ErrUnchanged
		case !w.Open():
			return ErrWaiverState
		}
		action := "waiver.refused"
		if grant {
			action = "waiver.granted"
		}
		w.Granted, w.Decided = grant, engine.Event{At: now, By: by.Account, Name: by.Name, Action: action}
		n.Trail.AddBy(now, by, action, w.Finding.String())
		return nil
	})
}

// WaiversFor counts the waivers of the session that wait for a decision and that by may decide.
func (n *Session) WaiversFor(by authz.Principal) (count int) {
	if !by.Can(authz.WaiverDecide) || by.IsAuthority() && !by.ActsIn(n.Province) {
		return 0
	}
	for i := range n.Waivers {
		if w := &n.Waivers[i]; w.Open() && !w.concerns(by) {
			count++
		}
	}
	return count
}

// concerns reports whether by, who is whole, asked for the waiver, under whichever account, or is who it is about.
func (w *Waiver) concerns(by authz.Principal) bool {
	return w.Asked.By == by.Account || by.Is(string(w.Asker)) || by.Is(string(w.Finding.Staff)) || by.Is(string(w.Finding.Candidate))
}

// waiver is the last request about a finding, nil when there is none.
func (n *Session) waiver(key string) *Waiver {
	for i := len(n.Waivers) - 1; i >= 0; i-- {
		if n.Waivers[i].Finding.Key() == key {
			return &n.Waivers[i]
		}
	}
	return nil
}

// WaiverState is how far a waiver of a finding is.
type WaiverState string

// The states of a waiver; one that nobody asked for has none.
const (
	WaiverAsked   WaiverState = "asked"
	WaiverGranted WaiverState = "granted"
	WaiverRefused WaiverState = "refused"
)

// WaiverState is how far the last request to waive a finding is, "" when there is none.
func (n *Session) WaiverState(f separation.Finding) WaiverState {
	switch w := n.waiver(f.Key()); {
	case w == nil:
		return ""
	case w.Open():
		return WaiverAsked
	case w.Granted:
		return WaiverGranted
	}
	return WaiverRefused
}

// waived reports whether a finding was waived: that chain of ties, as the two persons saw it. A rule that has become hard
// meanwhile no longer is.
func (n *Session) waived(f separation.Finding) bool {
	w := n.waiver(f.Key())
	return f.Soft && w != nil && w.Granted
}

// PublicWaiver is a waiver as everybody reads it.
type PublicWaiver struct {
	Role             authz.Role
	Staff, Candidate string // names, masked
	Rule, Reason     string
	At               time.Time // granted
}

// PublicWaivers lists what was waived in a session. Everybody may read it.
func (s *Sittings) PublicWaivers(ctx context.Context, id SessionID) ([]PublicWaiver, error) {
	n, err := s.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	var rows []PublicWaiver
	for _, w := range n.Waivers {
		if !w.Granted {
			continue
		}
		row := PublicWaiver{Role: w.Finding.Role, Rule: w.Finding.Text, Reason: w.Reason, At: w.Decided.At}
		if row.Staff, err = s.masked(ctx, w.Finding.Staff); err != nil {
			return nil, err
		}
		if row.Candidate, err = s.masked(ctx, w.Finding.Candidate); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func (s *Sittings) masked(ctx context.Context, id engine.PersonID) (string, error) {
	p, err := s.people.Named(ctx, id)
	if err != nil {
		return "", err
	}
	return engine.MaskName(p.Name), nil
}
