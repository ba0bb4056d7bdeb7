package main

import (
	"context"
	"fmt"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/certs/translog/audit"
	"github.com/skillcert/skillcert/engine/result"
)

// officeAccount is what became of an issue: who has a certificate, and what register, files and log say of it.
type officeAccount struct {
	lost     int   // results without a valid certificate
	doubled  int   // results with more than one number, and numbers that are passed over
	verified int   // files that were looked at and are valid
	bad      int   // files that are not, and certificates whose leaf is not theirs alone
	leaves   int64 // of the log, which was audited whole
	first    error // of what is wrong
}

func (a *officeAccount) fault(count *int, format string, args ...any) {
	if *count++; a.first == nil {
		a.first = fmt.Errorf(format, args...)
	}
}

// wrong is how much of it there is.
func (a *officeAccount) wrong() int { return a.lost + a.doubled + a.bad }

// account looks at all certificates and the whole log, and verifies the file of every so many-th.
func (h *house) account(ctx context.Context, n, sample int) (a officeAccount, err error) {
	owners, leaves, last := make(map[result.ID]certs.Number, n), make(map[int64]certs.Number, n), 0
	err = h.everyCertificate(ctx, func(c *certs.Certificate) error {
		if c.Number.Serial() != last+1 {
			a.fault(&a.doubled, "%s comes after serial %d", c.Number, last)
		}
		last = c.Number.Serial()
		if other, twice := owners[c.Result]; twice {
			a.fault(&a.doubled, "%s and %s are of one result", other, c.Number)
		}
		owners[c.Result] = c.Number
		if other, twice := leaves[c.Leaf]; twice {
			a.fault(&a.bad, "%s and %s are one leaf", other, c.Number)
		}
		leaves[c.Leaf] = c.Number
		if c.State != certs.Valid {
			a.fault(&a.lost, "%s is %s", c.Number, c.State)
			return nil
		}
		if (last-1)%sample != 0 {
			return nil
		}
		return h.verifyAgain(ctx, c, &a)
	})
	if err != nil {
		return a, err
	}
	for i := range n {
		if id := result.Of(officeTicket(i)); owners[id] == "" {
			a.fault(&a.lost, "result %s has no certificate", id)
		}
	}
	return a, h.auditLog(ctx, int64(n), &a)
}

// verifyAgain checks a file as whoever uploads it has it checked.
func (h *house) verifyAgain(ctx context.Context, c *certs.Certificate, a *officeAccount) error {
	f, err := h.store.Files().File(ctx, c.Number, c.Version)
	if err != nil {
		return err
	}
	got, err := h.Verifier.ByFile(ctx, f.PDF)
	if err != nil {
		return err
	}
	if got.Standing != certs.StandingValid || got.Certificate.Number != c.Number {
		a.fault(&a.bad, "the file of %s is %s: %+v", c.Number, got.Standing, got.Checks)
		return nil
	}
	a.verified++
	return nil
}

// auditLog checks the log as an auditor does who has nothing but what is published and the key. It must hold so many
// leaves, all of issues.
func (h *house) auditLog(ctx context.Context, want int64, a *officeAccount) error {
	if _, err := h.Translog.Publish(ctx); err != nil {
		return err
	}
	r, err := audit.Run(ctx, publishedLog{h.Translog}, audit.Options{Trust: h.Translog.Trust()})
	if err != nil {
		return err
	}
	a.leaves = r.Size
	if !r.Whole || !r.Signed || r.Size != want || r.Events[translog.Issued] != want {
		a.fault(&a.bad, "the log is not whole, or not of %d leaves: %+v", want, r)
	}
	return nil
}

// publishedLog is what is published of a log, without a network between.
type publishedLog struct{ log *translog.Log }

// Read implements audit.Source.
func (p publishedLog) Read(ctx context.Context, path string, most int64) (data []byte, err error) {
	if path == translog.CheckpointPath {
		c, err := p.log.Latest(ctx)
		return c.Note, err
	}
	data, _, err = p.log.Resource(ctx, path)
	if err == nil && int64(len(data)) > most {
		return nil, fmt.Errorf("%s has %d bytes, more than %d", path, len(data), most)
	}
	return data, err
}
