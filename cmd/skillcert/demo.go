package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/api"
	"github.com/skillcert/skillcert/engine/accounts"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store/mongo"
)

// demoOptions are the words of the command line.
type demoOptions struct {
	settings
	once       bool
	out        string
	candidates int
}

const (
	minCandidates = 10
	maxCandidates = 3000 // the yearly capacity of the demo's filing
)

func demoCommand(con console) *cobra.Command {
	o := demoOptions{settings: settings{Listen: defaultListen, Label: "技能等级认定", Demo: true}, candidates: 60}
	cmd := &cobra.Command{Use: "demo", Short: "Play a whole sitting, from the question bank to verified certificates, then keep serving", Args: cobra.NoArgs,
		Long: "Everything is real but the people: the store, the draw, the exam over HTTP, the seals and the signatures. Keys are made\n" +
			"for the occasion and marked 演示; the question bank is a sample (样题). Without --data everything is gone at the end;\n" +
			"with it a demo that was stopped goes on where it was.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.once && !cmd.Flags().Changed("listen") {
				o.Listen = "127.0.0.1:0"
			}
			return runDemo(cmd.Context(), con, o)
		}}
	o.flags(cmd, con)
	cmd.Flags().BoolVar(&o.once, "once", false, "stop after the story; the exit status says whether it went as it should")
	cmd.Flags().StringVar(&o.out, "out", "", "directory for report.json and certificates/*.pdf")
	cmd.Flags().IntVar(&o.candidates, "candidates", o.candidates, fmt.Sprintf("how many people apply, %d to %d", minCandidates, maxCandidates))
	return cmd
}

// demo is one run of the story.
type demo struct {
	*house
	*teller
	options demoOptions
	clock   *clock.Offset
	http    *client
	day     clock.Date // of the first session
	staff   map[string]authz.Principal
	levels  []*levelSession
	answers map[string][]string          // right options by question, as printed
	guests  atomic.Pointer[levelSession] // the session whose theory is left open, once there is one

	practice *levelSession // the session whose practice is left open
	undrawn  *levelSession // the session of tomorrow that is left to be drawn
	report   report
}

func runDemo(ctx context.Context, con console, o demoOptions) error {
	if o.candidates < minCandidates || o.candidates > maxCandidates {
		return fmt.Errorf("--candidates takes %d to %d", minCandidates, maxCandidates)
	}
	clean, err := o.prepare()
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := os.MkdirAll(filepath.Join(o.out, "certificates"), 0o755); err != nil {
			return errors.Join(err, clean())
		}
	}
	listener, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return errors.Join(err, clean())
	}
	o.Listen = listener.Addr().String()
	d, err := openDemo(ctx, con, o)
	if err != nil {
		return errors.Join(err, listener.Close(), clean())
	}
	return errors.Join(d.play(ctx, listener), clean())
}

// prepare finds a data directory and the limits that one machine playing everybody needs.
func (o *demoOptions) prepare() (clean func() error, err error) {
	clean = func() error { return nil }
	passing := o.Data == ""
	if passing {
		if o.Data, err = os.MkdirTemp("", "skillcert-demo-"); err != nil {
			return clean, err
		}
		clean = func() error { return os.RemoveAll(o.Data) }
	}
	if o.Mongo != "" {
		if o.Database, err = demoDatabase(o.Data); err != nil {
			return clean, errors.Join(err, clean())
		}
		if passing {
			clean = func() error { return errors.Join(dropDatabase(o.settings), os.RemoveAll(o.Data)) }
		}
	}
	o.Cost = accounts.Cost{KiB: 8 << 10, Passes: 1, Threads: 1} // the passwords are printed anyway
	o.Server = api.Config{Version: version(), Demo: true, Limits: api.Limits{SignIn: 100_000, Name: 100, Verify: 10_000, Upload: 1000}}
	return clean, nil
}

// demoDatabase is the name of the demo's own database in MongoDB, kept in the data directory: a demo never writes where
// something else lies.
func demoDatabase(dir string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	name := filepath.Join(dir, "database")
	if b, err := os.ReadFile(name); err == nil {
		return strings.TrimSpace(string(b)), nil
	}
	made := "skillcert_demo_" + ids.Random().New()
	return made, os.WriteFile(name, []byte(made+"\n"), 0o600)
}

func dropDatabase(s settings) error {
	m, err := mongo.Open(context.Background(), s.Mongo, s.Database, nil)
	if err != nil {
		return err
	}
	return errors.Join(m.Drop(context.Background()), m.Close())
}

func openDemo(ctx context.Context, con console, o demoOptions) (*demo, error) {
	now := clock.System{}.Now()
	d := &demo{options: o, teller: newTeller(con.out), clock: clock.NewOffset(clock.System{}, now.Add(-planAhead)), staff: map[string]authz.Principal{}}
	log := slog.New(slog.NewTextHandler(con.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var err error
	o.Offer = d.signIns
	if d.house, err = open(ctx, o.settings, d.clock, log); err != nil {
		return nil, err
	}
	d.http = newClient("http://" + o.Listen)
	d.day = d.firstDay(clock.DateOf(now, d.policy.Location()))
	return d, nil
}

// play serves, tells the story to that server, and keeps serving unless told to stop.
func (d *demo) play(ctx context.Context, l net.Listener) error {
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	served := make(chan error, 1)
	go func() { served <- d.house.serve(serving, l, slog.New(slog.DiscardHandler)) }()
	err := d.story(ctx)
	d.http.http.CloseIdleConnections()
	if err == nil && !d.options.once {
		d.welcome()
		select {
		case <-ctx.Done():
		case err = <-served:
			stop()
			return err
		}
	}
	stop()
	return errors.Join(err, <-served)
}

// story is the main job in order. Every chapter may be told again on the same data: what is done already stays. Once it was
// told to its end it is not told again.
func (d *demo) story(ctx context.Context) error {
	told, err := d.wasTold()
	if err != nil {
		return err
	}
	chapters := []func(context.Context) error{
		d.appoint, d.fillBank, d.publishBank, d.planSessions, d.register, d.assign, d.draw,
		d.sit, d.practise, d.seal, d.join, d.issue, d.verify, d.end,
	}
	if told {
		chapters = []func(context.Context) error{d.recall}
	}
	for _, chapter := range append(chapters, d.leaveOpen) {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return d.writeReport()
}

// end fails a story that did not show what it is there to show, and notes one that did.
func (d *demo) end(context.Context) error {
	d.report.Candidates = d.options.candidates
	if err := d.judge(); err != nil {
		return errors.Join(d.writeReport(), err)
	}
	return d.keepTold()
}

func (d *demo) writeReport() error {
	if d.options.out != "" {
		if err := d.report.write(d.options.out); err != nil {
			return err
		}
		d.say("报告写入 %s", filepath.Join(d.options.out, "report.json"))
	}
	return nil
}

// judge fails the demo when its story did not show what it is there to show.
func (d *demo) judge() error {
	for _, l := range d.levels {
		var passed, failed int
		for _, r := range d.report.Results {
			switch {
			case r.Level != l.Level:
			case r.Outcome == "pass":
				passed++
			default:
				failed++
			}
		}
		if passed == 0 || failed == 0 && d.options.candidates >= 60 {
			return fmt.Errorf("%s: %d passed, %d failed; both were to be shown", l.Level, passed, failed)
		}
	}
	for _, c := range d.report.Verification {
		if want := c.want; c.State != want {
			return fmt.Errorf("verification of %s answered %s, not %s", c.Case, c.State, want)
		}
	}
	return nil
}

// already turns refusals that say "done before" into success, so that a demo can go on after it was stopped.
func already(err error, done ...error) error {
	for _, d := range done {
		if errors.Is(err, d) {
			return nil
		}
	}
	return err
}
