package theory

import (
	"context"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly/protocol"
)

// StoppedItem is an item that forms of a session hold though the bank took it out of use; see Replace.
type StoppedItem struct {
	questionbank.Stopped
	Forms    int // of candidates, that have it
	Started  int // of these, those that were opened: they keep it
	Reserves int // that have it
}

// Stopped lists what Replace is still to be asked for: items of a drawn session's forms that are out of use, and those
// whose replacement was cut off, though they may be in use again. Forms of reserves are derived only for an item that was
// not replaced yet.
func (e *Exams) Stopped(ctx context.Context, by authz.Principal, id sitting.SessionID) (list []StoppedItem, err error) {
	if err := by.Require(authz.FormsDraw); err != nil {
		return nil, err
	}
	s, err := e.toRun(ctx, by, id)
	if err != nil {
		return nil, err
	}
	d, err := e.ports.Draws.Draw(ctx, id)
	if err != nil || d.Root == "" || d.Old() || !e.clock.Now().Before(s.Theory.Closes) {
		return nil, err
	}
	release, err := e.bank.Snapshot(ctx, d.Release)
	if err != nil {
		return nil, err
	}
	stopped, err := e.bank.Stopped(ctx, release, s.Level)
	if err != nil {
		return nil, err
	}
	replaced := d.replaced(release, s.Level)
	if len(stopped)+len(replaced) == 0 {
		return nil, nil
	}
	attempts, err := e.attemptsOf(ctx, s.ID)
	if err != nil {
		return nil, err
	}
	if list, err = e.unreplaced(ctx, s, d, stopped, replaced); err != nil {
		return nil, err
	}
	for code := range replaced {
		state, err := e.bank.StateOf(ctx, code)
		if err != nil {
			return nil, err
		}
		list = append(list, StoppedItem{Stopped: questionbank.Stopped{Code: code, State: state}})
	}
	for i := range list {
		list[i].count(attempts)
	}
	list = slices.DeleteFunc(list, func(x StoppedItem) bool {
		return x.Forms+x.Reserves == 0 || replaced[x.Code] && x.Forms == x.Started
	})
	slices.SortFunc(list, func(a, b StoppedItem) int { return strings.Compare(a.Code, b.Code) })
	return list, nil
}

// unreplaced are the stopped items that no withdrawal in the log takes out, with the reserves that have them.
func (e *Exams) unreplaced(ctx context.Context, s *sitting.Session, d *Draw, stopped []questionbank.Stopped, replaced map[string]bool) (list []StoppedItem, err error) {
	for _, x := range stopped {
		if !replaced[x.Code] {
			list = append(list, StoppedItem{Stopped: x})
		}
	}
	if len(list) == 0 || !slices.Contains(d.Tickets, "") {
		return list, nil
	}
	r, err := e.rerun(ctx, s, d)
	if err != nil {
		return nil, err
	}
	for slot, ticket := range d.Tickets {
		if ticket != "" {
			continue
		}
		f, err := r.form(slot)
		if err != nil {
			return nil, err
		}
		for i := range list {
			if holds(f, list[i].Code) {
				list[i].Reserves++
			}
		}
	}
	return list, nil
}

// count counts the forms of candidates that have the item.
func (x *StoppedItem) count(attempts []*Attempt) {
	for _, a := range attempts {
		if !holds(a.Form, x.Code) {
			continue
		}
		if x.Forms++; a.State != Scheduled {
			x.Started++
		}
	}
}

// replaced are the codes of a level's items that the log takes out of the forms.
func (d *Draw) replaced(release *questionbank.Snapshot, l engine.Level) map[string]bool {
	handles, codes := map[string]bool{}, map[string]bool{}
	for _, entry := range d.Log {
		if v, ok := entry.Event.(protocol.Withdrawal); ok {
			handles[v.Handle] = true
		}
	}
	if len(handles) == 0 {
		return codes
	}
	key := protocol.Key(d.Held.Key)
	for _, v := range release.Items {
		if v.Level == l && handles[key.Handle(v.Code, v.Version)] {
			codes[v.Code] = true
		}
	}
	return codes
}
