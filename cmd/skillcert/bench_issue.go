package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine/clock"
)

// How the issue is looked at.
const (
	issueLook    = 50 * time.Millisecond // how often its progress is asked for
	issueSamples = 200                   // files that are verified again, or all when there are fewer
)

func benchIssueCommand(con console) *cobra.Command {
	o := &officeOptions{certificates: 2000}
	cmd := officeCommand(con, o, load{use: "issue", short: "Measure issuing certificates: the press alone, and the whole way of a batch",
		long: "First a batch is issued by the worker of a server over a durable store: numbers, places in the status lists, log with proofs,\n" +
			"documents, seals, files. At the end every result must have one certificate, serials be without gaps, the log hold one leaf each\n" +
			"and be whole, and files be valid that are verified again. Percentiles are from a certificate's number to its seal, which it\n" +
			"waits for with the page of results it is in. Then the press alone makes documents of that batch again, on one core: rates are\n" +
			"by CPU time, garbage collection included. Seals take turns with raw signatures of the same kind of key."})
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return benchIssue(cmd.Context(), con, *o) }
	return cmd
}

// officeCommand is one subcommand of bench about certificates.
func officeCommand(con console, o *officeOptions, l load) *cobra.Command {
	cmd := loadCommand(con, &o.loadOptions, l)
	cmd.Flags().Lookup("data").Usage = "directory for the embedded store, made anew (default: a temporary one, removed afterwards)"
	if err := cmd.Flags().MarkHidden("candidates"); err != nil {
		cmd.Long += "\n" + err.Error()
	}
	cmd.Flags().IntVar(&o.certificates, "certificates", o.certificates, fmt.Sprintf("how many are issued, 1 to %d", officeMost))
	return cmd
}

// benchIssue issues, measures and accounts. A certificate that is lost or there twice makes the command fail.
func benchIssue(ctx context.Context, con console, o officeOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	h, err := buildOffice(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if failed := h.close(); err == nil {
			err = failed
		}
	}()
	if h.house, err = open(ctx, h.settings, clock.System{}, slog.New(slog.DiscardHandler)); err != nil {
		return err
	}
	r := &issueResult{Bench: "issue", Certificates: o.certificates}
	stop, err := o.watchCPU()
	if err == nil {
		err = errors.Join(h.issueAll(ctx, r), stop())
	}
	if err == nil {
		err = h.judge(ctx, r)
	}
	if err == nil {
		err = h.pressAgain(ctx, r)
	}
	if err = errors.Join(err, h.Close()); err != nil {
		return err
	}
	if err := r.print(con.out, o); err != nil {
		return err
	}
	if n := r.account.wrong(); n > 0 {
		return fmt.Errorf("%d certificates are not as they must be: %w", n, r.account.first)
	}
	return nil
}

// issueAll lets a worker issue for the session, as a server does, and watches memory on the way.
func (h *certOffice) issueAll(ctx context.Context, r *issueResult) error {
	runtime.GC() // what setting up left behind is none of the issue
	memory := watchMemory()
	defer memory()
	if _, err := h.Issuer.Start(ctx, h.registrar, officeSession); err != nil {
		return err
	}
	working, stop := context.WithCancel(ctx)
	defer stop()
	failed, ended := make(chan error, 1), make(chan struct{})
	wall, cpu := clock.Start(), startCPU()
	go func() {
		defer close(ended)
		h.Issuer.Work(working, func(err error) {
			select {
			case failed <- err:
			default: // one is enough to tell
			}
		})
	}()
	err := h.watchBatch(ctx, r, failed)
	took, spent := wall.Elapsed(), cpu.elapsed()
	stop()
	<-ended
	r.IssuedPerS = rounded(float64(h.n)/took.Seconds(), 1)
	r.IssueCPU = rounded(float64(spent)/float64(time.Millisecond)/float64(h.n), 3)
	r.RSSEnd, r.RSS = residentMB(), memory()
	return err
}

// watchBatch waits for the end of the batch.
func (h *certOffice) watchBatch(ctx context.Context, r *issueResult, failed <-chan error) error {
	for {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(issueLook):
		}
		b, err := h.Issuer.Batch(ctx, h.registrar, officeSession)
		if err != nil {
			return err
		}
		if r.RSSStart == 0 && b.Progress.Issued > 0 { // by now fonts and keys are there
			r.RSSStart = residentMB()
		}
		if r.RSSMiddle == 0 && 2*b.Progress.Seen >= h.n {
			r.RSSMiddle = residentMB()
		}
		if b.Waits() {
			continue
		}
		if len(b.Failures) > 0 {
			return fmt.Errorf("%d of %d failed, the first: %+v", b.Progress.Failed, h.n, b.Failures[0])
		}
		return nil
	}
}

// judge accounts for what was issued, and takes the times out of the records.
func (h *certOffice) judge(ctx context.Context, r *issueResult) (err error) {
	if r.account, err = h.account(ctx, h.n, max(1, h.n/issueSamples)); err != nil {
		return err
	}
	times := make([]time.Duration, 0, h.n)
	err = h.everyCertificate(ctx, func(c *certs.Certificate) error {
		times = append(times, c.Sealed.Sub(c.Made))
		return nil
	})
	slices.Sort(times)
	r.P50, r.P95, r.P99 = milliseconds(percentile(times, 50)), milliseconds(percentile(times, 95)), milliseconds(percentile(times, 99))
	r.Lost, r.Doubled, r.Bad, r.Verified, r.Leaves = r.account.lost, r.account.doubled, r.account.bad, r.account.verified, r.account.leaves
	return err
}
