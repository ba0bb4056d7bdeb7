package main

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/theory"
)

func serveCommand(con console) *cobra.Command {
	s := settings{Listen: defaultListen, Label: "skillcert"}
	cmd := &cobra.Command{Use: "serve --data DIR", Short: "Serve pages and API until stopped", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context(), con, s) }}
	s.flags(cmd, con)
	cmd.Flags().BoolVar(&s.Server.Secure, "secure", false, "the server is reached over HTTPS: cookies are Secure, HSTS is sent")
	cmd.Flags().StringVar(&s.Server.ProxyHeader, "proxy-header", "", "header in which a trusted proxy puts the client's address")
	cmd.Flags().BoolVar(&s.TrustClock, "trust-clock", false, "the machine's clock is right, though it lies behind what was recorded in a session")
	cmd.Flags().StringArrayVar(&s.Witnesses, "witness", nil, "witness of the transparency log, URL=VKEY, may be given again")
	cmd.Flags().StringSliceVar(&s.Server.Proxies, "proxy", nil, "address or network of a trusted proxy, may be given again")
	return cmd
}

// flags are those that every command on a data directory has. A connection string with a password in it is better kept
// in the environment, where other users of the machine do not see it.
func (s *settings) flags(cmd *cobra.Command, con console) {
	cmd.Flags().StringVar(&s.Data, "data", s.Data, "data directory: the embedded store, the keys, an optional policy.json")
	cmd.Flags().StringVar(&s.Mongo, "mongo", "", "MongoDB connection string instead of the embedded store (or SKILLCERT_MONGO)")
	cmd.PreRunE = func(*cobra.Command, []string) error {
		if s.Mongo == "" {
			s.Mongo = con.getenv("SKILLCERT_MONGO")
		}
		return nil
	}
	cmd.Flags().StringVar(&s.Database, "database", defaultDatabase, "database within MongoDB")
	cmd.Flags().StringVar(&s.Listen, "listen", s.Listen, "address to listen on")
	cmd.Flags().StringVar(&s.Label, "label", s.Label, "in whose name the root key speaks, when it is made at the first start")
	cmd.Flags().StringVar(&s.Base, "base-url", "", "public address, as printed in certificates and asked of lockdown browsers (default http://LISTEN)")
	cmd.Flags().StringVar(&s.Lookup, "lookup", "", "address of the authority's own lookup of certificates, printed beside ours")
}

func serve(ctx context.Context, con console, s settings) error {
	log := slog.New(slog.NewJSONHandler(con.err, nil))
	s.Server.Version, s.Server.MetricsToken = version(), con.getenv("SKILLCERT_METRICS_TOKEN")
	listener, err := net.Listen("tcp", s.Listen)
	if err != nil {
		return err
	}
	h, err := open(ctx, s, clock.NewSteady(clock.System{}, clock.Uptime), log)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	log.Info("serving", "address", listener.Addr().String(), "certificates carry", h.base(), "version", version())
	return h.serve(ctx, listener, log)
}

const (
	closeEvery   = 2 * time.Second  // how often attempts whose time is over are looked for
	countEvery   = time.Minute      // how often sessions that were sealed are looked for
	settleEvery  = time.Hour        // how often photos are looked for that a change which was cut off left behind, and drafts that are kept too long
	stopPatience = 20 * time.Second // how long requests under way may take once the server is told to stop
)

// serve answers until ctx ends, then stops in order: no new requests, those under way end, the workers stop, the store
// is closed.
func (h *house) serve(ctx context.Context, l net.Listener, log *slog.Logger) error {
	if err := h.goOn(ctx, log); err != nil {
		return errors.Join(err, l.Close(), h.Close())
	}
	h.renewSeals(ctx, log)
	failed := make(chan error, 1)
	go func() { failed <- h.server.Serve(l) }()
	workers, stopWorkers := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { h.closeDue(workers, log) })
	running.Go(func() { h.countSealed(workers, log) })
	running.Go(func() {
		every(workers, settleEvery, func() error { h.settlePhotos(workers, log); return nil }, func(error) {})
	})
	running.Go(func() { h.blankDrafts(workers, log) })
	running.Go(func() { h.settleStaff(workers, log) })
	running.Go(func() { h.watchClock(workers, log) })
	running.Go(func() { h.publishLog(workers, log) })
	running.Go(func() {
		h.Issuer.Work(workers, func(err error) { log.Error("certificates", "error", err.Error()) })
	})
	running.Go(func() {
		h.Imports.Work(workers, func(err error) { log.Error("import", "error", err.Error()) })
	})
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopPatience)
	defer cancel()
	err = errors.Join(err, h.server.Shutdown(patience))
	stopWorkers()
	running.Wait()
	return errors.Join(err, h.Close())
}

// closeDue ends attempts whose time is over, whoever's browser has gone, and makes the draw public. Any number of
// processes may do so at once.
func (h *house) closeDue(ctx context.Context, log *slog.Logger) {
	c := newCloser(h)
	every(ctx, closeEvery, func() error { return c.once(ctx) }, func(err error) { log.Error("close attempts", "error", err.Error()) })
}

// countSealed takes the sessions that were sealed lately into the item statistics, which nothing computes while
// somebody waits for a page.
func (h *house) countSealed(ctx context.Context, log *slog.Logger) {
	by := authz.Worker("statistics")
	rebuild := func() error {
		_, err := h.Statistics.Rebuild(ctx, by, theory.Scope{})
		return err
	}
	every(ctx, countEvery, rebuild, func(err error) { log.Error("item statistics", "error", err.Error()) })
}

// settleStaff records for 考培分离 who works where, of accounts of which that was cut off or which an earlier program made.
func (h *house) settleStaff(ctx context.Context, log *slog.Logger) {
	settle := func() error {
		done, err := h.Gate.Settle(ctx)
		if done > 0 {
			log.Info("employments recorded", "accounts", done)
		}
		return err
	}
	tell := func(err error) { log.Error("record employments", "error", err.Error()) }
	if err := settle(); err != nil && ctx.Err() == nil {
		tell(err)
	}
	every(ctx, countEvery, settle, tell)
}

// blankDrafts takes what people wrote out of applications that nobody handed in, when they were kept as long as the policy says.
func (h *house) blankDrafts(ctx context.Context, log *slog.Logger) {
	by := authz.Worker("drafts")
	blank := func() error {
		done, err := h.Intake.BlankDrafts(ctx, by)
		if done > 0 {
			log.Info("drafts blanked", "applications", done)
		}
		return err
	}
	tell := func(err error) { log.Error("blank drafts", "error", err.Error()) }
	if err := blank(); err != nil && ctx.Err() == nil {
		tell(err)
	}
	every(ctx, settleEvery, blank, tell)
}

// every does the work again and again until ctx ends, and tells of what failed before that.
func every(ctx context.Context, pause time.Duration, work func() error, tell func(error)) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := work(); err != nil && ctx.Err() == nil {
			tell(err)
		}
	}
}
