package certs

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
)

// batchRows is how many results of a session are in hand at once: a batch of any size takes the same memory.
const batchRows = 64

// Failure is a result that was not issued for, and why.
type Failure struct {
	Ticket sitting.Ticket `json:"ticket"`
	Code   string         `json:"code"`
	Msg    string         `json:"msg"`
}

// Progress is how far the issue for a session has come.
type Progress struct {
	Seen   int `json:"seen"`   // results looked at
	Issued int `json:"issued"` // certificates that are there now
	Failed int `json:"failed"`
}

// eachPage issues for every result of a session that is a pass, in the order of tickets, and tells after each page of
// them what came of it. One certificate that fails keeps no other back.
func (i *Issuer) eachPage(ctx context.Context, by authz.Principal, id sitting.SessionID, after string, tell func(page) error) error {
	w, err := i.window(ctx, by, id)
	if err != nil {
		return err
	}
	for c := (engine.Cursor{After: after, Limit: batchRows}); ; {
		rows, next, err := i.board.FinalPage(ctx, by, id, c)
		if err != nil {
			return notFinal(err)
		}
		p := page{seen: len(rows), next: next}
		if err := i.issuePage(ctx, by, w, passed(rows), &p); err != nil {
			return err
		}
		if err := tell(p); err != nil || next == "" {
			return err
		}
		c.After = next
	}
}

// page is what came of some results.
type page struct {
	seen   int
	issued []*Certificate
	failed []failure
	next   string // cursor behind it, empty at the end
}

type failure struct {
	ticket sitting.Ticket
	err    error
}

// issuePage gives numbers in the order of tickets, and makes the documents a few at once.
func (i *Issuer) issuePage(ctx context.Context, by authz.Principal, w *window, rows []*result.Result, p *page) error {
	if err := w.obstacles(ctx, rows); err != nil {
		return err
	}
	var whose []sitting.Ticket
	var reserved []*Certificate
	for _, r := range rows {
		c, err := i.reserve(ctx, by, w, groundsOf(r))
		if err != nil {
			p.failed = append(p.failed, failure{r.Ticket, err})
			continue
		}
		whose, reserved = append(whose, r.Ticket), append(reserved, c)
	}
	done, failed := i.finish(ctx, by, reserved)
	for n, c := range done {
		if failed[n] != nil {
			p.failed = append(p.failed, failure{whose[n], failed[n]})
			continue
		}
		p.issued = append(p.issued, c)
	}
	return ctx.Err()
}

// IssueSession issues for every result of a session that is a pass, at once: done, when not nil, is told after every few.
// What was issued is returned with the errors of the rest; calling again completes them. A session of thousands is
// better left to Start, whose work outlives the request.
func (i *Issuer) IssueSession(ctx context.Context, by authz.Principal, id sitting.SessionID, done func(Progress)) ([]*Certificate, error) {
	if err := by.Require(authz.CertIssue); err != nil {
		return nil, err
	}
	var issued []*Certificate
	var failed []error
	var sum Progress
	err := i.eachPage(ctx, by, id, "", func(p page) error {
		issued = append(issued, p.issued...)
		for _, f := range p.failed {
			failed = append(failed, fmt.Errorf("issue for ticket %s: %w", f.ticket, f.err))
		}
		sum = sum.add(p)
		if done != nil {
			done(sum)
		}
		return nil
	})
	return issued, errors.Join(err, errors.Join(failed...))
}

func (p Progress) add(more page) Progress {
	return Progress{Seen: p.Seen + more.seen, Issued: p.Issued + len(more.issued), Failed: p.Failed + len(more.failed)}
}
