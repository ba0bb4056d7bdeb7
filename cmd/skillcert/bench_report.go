package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/theory"
)

// loadResult is what a load shows. Only these fields are printed as JSON.
type loadResult struct {
	Bench      string  `json:"bench"`
	Candidates int     `json:"candidates"`
	PerS       float64 `json:"per_s"`       // what the bench counts, a second
	EmptyPerS  float64 `json:"empty_per_s"` // requests that do nothing, of the same server in the same run
	Ratio      float64 `json:"ratio"`
	P50        float64 `json:"p50_ms"`
	P95        float64 `json:"p95_ms"`
	P99        float64 `json:"p99_ms"`
	Errors     int     `json:"errors"`
	Lost       int     `json:"lost"` // acknowledged and not there afterwards, or there otherwise
	RSS        int     `json:"rss_mb"`

	counted    string // what PerS counts
	conditions []string
	notes      []string
	took       [actionCount][]time.Duration
	judged     action // whose times P50, P95 and P99 are
	first      error
}

// load is one way of loading a hall, and what the command line says of it.
type load struct {
	use, short, long string
	run              func(context.Context, *examHall) (*loadResult, error)
}

// loadCommand is one subcommand of bench that loads a hall.
func loadCommand(con console, o *loadOptions, l load) *cobra.Command {
	cmd := &cobra.Command{Use: l.use, Short: l.short, Long: l.long, Args: cobra.NoArgs}
	o.flags(cmd, con)
	cmd.Flags().Lookup("data").Usage = "directory for the embedded store of the hall, made anew (default: a temporary one, removed afterwards)"
	for _, name := range []string{"listen", "label", "base-url", "database"} {
		if err := cmd.Flags().MarkHidden(name); err != nil {
			cmd.Long += "\n" + err.Error()
		}
	}
	cmd.Flags().IntVar(&o.candidates, "candidates", o.candidates, fmt.Sprintf("how many sit in the hall, 1 to %d", hallMost))
	cmd.Flags().BoolVar(&o.asJSON, "json", false, "print one JSON object instead of the table")
	cmd.Flags().StringVar(&o.profile, "profile", "", "file for a CPU profile of the load, as go tool pprof reads it")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return runLoad(cmd.Context(), con.out, *o, l.run) }
	return cmd
}

// runLoad sets a hall up, loads it and prints what came out. A lost answer makes the command fail.
func runLoad(ctx context.Context, out io.Writer, o loadOptions, run func(context.Context, *examHall) (*loadResult, error)) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	h, err := openHall(ctx, o)
	if err != nil {
		return err
	}
	defer func() {
		if failed := h.close(); err == nil {
			err = failed
		}
	}()
	runtime.GC() // what setting up left behind is none of the load
	memory := watchMemory()
	stop, err := o.watchCPU()
	if err != nil {
		return err
	}
	r, err := run(ctx, h)
	if err = errors.Join(err, stop()); err != nil {
		return err
	}
	r.RSS = memory()
	if err := r.print(out, o, h); err != nil {
		return err
	}
	if r.Lost > 0 {
		return fmt.Errorf("%d acknowledged answers are lost", r.Lost)
	}
	return nil
}

// watchCPU begins a profile, where one is asked for, and returns what ends it.
func (o loadOptions) watchCPU() (stop func() error, err error) {
	if o.profile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(o.profile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}

// watchMemory looks at the memory of the process until the function that it returns is called, which tells the most.
func watchMemory() (most func() int) {
	stop, done, peak := make(chan struct{}), make(chan struct{}), residentMB()
	go func() {
		defer close(done)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, residentMB())
			}
		}
	}()
	return sync.OnceValue(func() int {
		close(stop)
		<-done
		return max(peak, residentMB())
	})
}

// collect takes the times and the errors of everybody over.
func (r *loadResult) collect(c crowd) {
	for _, s := range c {
		for a, times := range s.took {
			r.took[a] = append(r.took[a], times...)
		}
	}
	for a := range r.took {
		slices.Sort(r.took[a])
	}
	r.Errors, r.first = c.errors()
	times := r.took[r.judged]
	r.P50, r.P95, r.P99 = milliseconds(percentile(times, 50)), milliseconds(percentile(times, 95)), milliseconds(percentile(times, 99))
	if r.EmptyPerS > 0 {
		r.Ratio = rounded(r.PerS/r.EmptyPerS, 4)
	}
	r.PerS, r.EmptyPerS = rounded(r.PerS, 1), rounded(r.EmptyPerS, 1)
}

// percentile is the least of the sorted times that p of a hundred do not exceed.
func percentile(sorted []time.Duration, p int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)*p+99)/100-1]
}

func milliseconds(d time.Duration) float64 { return rounded(float64(d)/float64(time.Millisecond), 3) }

func rounded(x float64, digits int) float64 {
	unit := math.Pow10(digits)
	return math.Round(x*unit) / unit
}

func (r *loadResult) print(out io.Writer, o loadOptions, h *examHall) error {
	if o.asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	var b strings.Builder
	_, _ = fmt.Fprintf(&b, "压力测试 %s benchmark\n", r.Bench)
	line := func(name, format string, args ...any) {
		_, _ = fmt.Fprintf(&b, "  %s"+format+"\n", append([]any{padded(name)}, args...)...)
	}
	line("机器 machine", "%s; the loader runs in the same process", thisMachine())
	line("条件 conditions", "%d candidates, a TCP connection each, HTTP/1.1, signed tokens; %d rooms, forms of %d items; %s", r.Candidates,
		len(h.session.Rooms)-1, hallQuestions, o.storeName())
	for _, c := range r.conditions {
		line("", "%s", c)
	}
	line("速率 rate", "%.0f %s a second; empty handler %.0f requests a second; ratio %.3f", r.PerS, r.counted, r.EmptyPerS, r.Ratio)
	for a, times := range r.took {
		if len(times) > 0 {
			line(action(a).String(), "%8d   p50 %8.2f   p95 %8.2f   p99 %8.2f   max %8.2f ms", len(times), milliseconds(percentile(times, 50)),
				milliseconds(percentile(times, 95)), milliseconds(percentile(times, 99)), milliseconds(times[len(times)-1]))
		}
	}
	for _, n := range r.notes {
		line("", "%s", n)
	}
	line("错误、丢失 errors, lost", "%d errors, %d lost", r.Errors, r.Lost)
	if r.first != nil {
		line("首个错误 first error", "%v", r.first)
	}
	line("内存 memory", "%d MB resident at most, loader included", r.RSS)
	_, err := io.WriteString(out, b.String())
	return err
}

// hallQuestions is the length of the forms of the hall.
const hallQuestions = 100

// padded is a name of a line, as wide as the others on a terminal, where a Chinese character is two wide.
func padded(name string) string {
	width := 0
	for _, r := range name {
		if width++; r > 0x2000 {
			width++
		}
	}
	return name + strings.Repeat(" ", max(1, 28-width))
}

// emptyRate is how many requests a second the server answers that do nothing, while everybody sends one after the
// other for so long.
func (c crowd) emptyRate(ctx context.Context, long time.Duration) float64 {
	return c.closedLoop(ctx, long, func(s *sitter) error {
		s.body = append(s.body[:0], `{"seq":1,"item":1,"chosen":[1],"flag":false,"kind":"response","client_at":"2026-01-01T00:00:00.000Z","window":"`...)
		s.body = append(append(s.body, s.window...), `"}`...)
		_, err := s.do(ctx, s.withBody(s.idleHead()))
		return err
	})
}

// idleHead is a request like one that saves, to the route that does nothing.
func (s *sitter) idleHead() []byte {
	if s.idle == nil {
		s.idle = []byte("POST " + idlePath + " HTTP/1.1\r\nHost: " + s.address + "\r\nAuthorization: Bearer " + s.token +
			"\r\nContent-Type: application/json\r\nContent-Length: ")
	}
	return s.idle
}

// closedLoop lets everybody do one thing after the other for so long and returns how many were done a second. What ends
// later counts for nothing.
func (c crowd) closedLoop(ctx context.Context, long time.Duration, do func(*sitter) error) float64 {
	var done atomic.Int64
	watch := clock.Start()
	c.each(func(s *sitter) {
		for watch.Elapsed() < long && ctx.Err() == nil {
			if err := do(s); err != nil {
				s.failed(err)
				pause(ctx, 100*time.Millisecond)
				continue
			}
			if watch.Elapsed() <= long {
				done.Add(1)
			}
		}
	})
	return float64(done.Load()) / long.Seconds()
}

// lost reads everything that was acknowledged back from the store, opened again, and counts what is not there, or is
// there otherwise. Of those who handed in, the receipt must be that of the log.
func (h *examHall) lost(ctx context.Context, c crowd) (lost int, err error) {
	again, err := h.reopen(ctx)
	if err != nil {
		return 0, err
	}
	var gone atomic.Int64
	err = atATime(ctx, len(c), func(ctx context.Context, i int) error {
		n, err := missing(ctx, again, c[i])
		gone.Add(int64(n))
		return err
	})
	if failed := again.Close(); err == nil {
		err = failed
	}
	return int(gone.Load()), err
}

func missing(ctx context.Context, h *house, s *sitter) (n int, err error) {
	log, err := entriesOf(ctx, h, theory.AttemptID(s.attempt))
	if err != nil {
		return 0, err
	}
	for i, m := range s.kept {
		i += s.before
		if i >= len(log) || log[i].Kind != theory.Response || log[i].Question != int(m.question)+1 || !slices.Equal(log[i].Chosen, []int{int(m.chosen)}) {
			n++
		}
	}
	if s.receipt != "" && theory.Receipt(theory.AttemptID(s.attempt), log) != s.receipt {
		n++
	}
	return n, nil
}

func entriesOf(ctx context.Context, h *house, id theory.AttemptID) (log []*theory.Entry, err error) {
	return engine.All(ctx, func(ctx context.Context, c engine.Cursor) ([]*theory.Entry, string, error) {
		return h.store.Log().Entries(ctx, id, c)
	})
}
