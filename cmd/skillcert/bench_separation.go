package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/separation"
	"github.com/skillcert/skillcert/engine/sitting"
)

// separationResult is what a bench of separation shows. Only these fields are printed as JSON.
type separationResult struct {
	Bench      string  `json:"bench"`
	People     int     `json:"people"`
	Ties       int     `json:"ties"`
	Candidates int     `json:"candidates"`
	Staff      int     `json:"staff"`
	Findings   int     `json:"findings"`
	Seconds    float64 `json:"seconds"`     // median of the rounds, for all findings of the batch
	CPUSeconds float64 `json:"cpu_seconds"` // the same in CPU time
	Missed     int     `json:"missed"`      // found by a plain walk over all ties in memory, and not by the judge
	Extra      int     `json:"extra"`       // the other way round
	RSS        int     `json:"rss_mb"`
}

const separationRounds = 5

type separationOptions struct {
	loadOptions
	people, ties, batch int
	seed                uint64
}

func benchSeparationCommand(con console) *cobra.Command {
	o := &separationOptions{people: 100_000, ties: 1_000_000, batch: 3000, seed: 1}
	cmd := loadCommand(con, &o.loadOptions, load{use: "separation", short: "Measure what keeps trainers from examining",
		long: "Fills a store of its own with people, bodies, classes and ties between them that are made from a seed, and asks for all findings of\n" +
			"one sitting: the body and everybody on duty, one invigilator for fifteen candidates and three examiners for each station of\n" +
			"twenty-five, toward every candidate, on the day of theory and on that of practice a fortnight later; all of these people have\n" +
			"photos of 30 to 150 KB. Every round is a new question to the store. What is found is compared, pair by pair and rule\n" +
			"by rule, with a plain walk over all ties in memory."})
	if err := cmd.Flags().MarkHidden("candidates"); err != nil {
		cmd.Long += "\n" + err.Error()
	}
	cmd.Flags().IntVar(&o.people, "people", o.people, "how many people there are, 100 and more")
	cmd.Flags().IntVar(&o.ties, "ties", o.ties, "how many ties there are between them and bodies, classes, addresses")
	cmd.Flags().IntVar(&o.batch, "batch", o.batch, "how many of the people are candidates, up to half")
	cmd.Flags().Uint64Var(&o.seed, "seed", o.seed, "of people and ties")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return benchSeparation(cmd.Context(), con, *o) }
	return cmd
}

func (o *separationOptions) check() error {
	switch {
	case o.people < 100 || o.people > 1_000_000:
		return errors.New("--people takes 100 to 1000000")
	case o.ties < o.people || o.ties > 5_000_000:
		return errors.New("--ties takes as many as there are people, to 5000000")
	case o.batch < 1 || o.batch > o.people/2:
		return errors.New("--batch takes 1 to half of the people")
	}
	o.Listen, o.Base, o.Label, o.Demo = "127.0.0.1:0", officeAddress, "技能等级认定", true
	return nil
}

func benchSeparation(ctx context.Context, con console, o separationOptions) (err error) {
	if err := o.check(); err != nil {
		return err
	}
	clean, err := o.prepare()
	if err != nil {
		return err
	}
	h, err := open(ctx, o.settings, clock.System{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return errors.Join(err, clean())
	}
	defer func() { err = errors.Join(err, h.Close(), clean()) }()
	town := newTown(o, clock.DateOf(h.clock.Now(), h.policy.Location()))
	if err := town.settle(ctx, h); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	r, err := town.measure(ctx, h, o.loadOptions)
	if err != nil {
		return err
	}
	if err := r.print(con.out, o); err != nil {
		return err
	}
	if r.Missed+r.Extra > 0 {
		return fmt.Errorf("%d findings missed, %d too many", r.Missed, r.Extra)
	}
	return nil
}

// session is the sitting that is asked about.
func (t *town) session() *sitting.Session {
	n := &sitting.Session{ID: "s", Org: t.body, Province: "12", Theory: clock.Window{Opens: t.days[0].In(time.UTC)},
		Practical: clock.Window{Opens: t.days[1].In(time.UTC)}, Allotted: t.candidates}
	for i, p := range t.staff {
		role := authz.Examiner
		switch {
		case i == 0:
			role = authz.Leader
		case i == 1:
			role = authz.Marker
		case i == 2:
			role = authz.Supervisor
		case i < 3+t.invigilators:
			role = authz.Invigilator
		}
		n.Duties = append(n.Duties, sitting.Duty{Person: p, Role: role, Room: "r"})
	}
	return n
}

func (t *town) measure(ctx context.Context, h *house, o loadOptions) (*separationResult, error) {
	r := &separationResult{Bench: "separation", People: len(t.people), Ties: len(t.ties), Candidates: len(t.candidates), Staff: len(t.staff)}
	n := t.session()
	runtime.GC()
	memory := watchMemory()
	stop, err := o.watchCPU()
	if err != nil {
		return nil, err
	}
	var found []separation.Finding
	var wall, cpu []time.Duration
	for range separationRounds {
		began, watch := h.clock.Now(), startCPU()
		if found, err = h.Sittings.Separated(ctx, n, n.Allotted); err != nil {
			return nil, err
		}
		wall, cpu = append(wall, h.clock.Now().Sub(began)), append(cpu, watch.elapsed())
	}
	r.RSS = memory()
	if err := stop(); err != nil {
		return nil, err
	}
	slices.Sort(wall)
	slices.Sort(cpu)
	r.Findings, r.Seconds, r.CPUSeconds = len(found), rounded(percentile(wall, 50).Seconds(), 3), rounded(percentile(cpu, 50).Seconds(), 3)
	r.Missed, r.Extra = compare(t.plainly(n, h.policy.Ties.Rules), found)
	return r, nil
}

// compare counts the pairs that only one side has.
func compare(want map[string]bool, got []separation.Finding) (missed, extra int) {
	seen := map[string]bool{}
	for _, f := range got {
		seen[f.Pair()] = true
		if !want[f.Pair()] {
			extra++
		}
	}
	for pair := range want {
		if !seen[pair] {
			missed++
		}
	}
	return missed, extra
}

func (r *separationResult) print(out io.Writer, o separationOptions) error {
	if o.asJSON {
		return json.NewEncoder(out).Encode(r)
	}
	_, err := fmt.Fprintf(out, "考培分离测试 separation benchmark\n"+
		"  机器 machine     %s, %s/%s, %d CPU, %s\n"+
		"  条件 conditions  %d people, %d ties in the store, the sample policy's rules, one body and %d on duty toward %d candidates, seed %d\n"+
		"  结果 findings    %d, of which %d missed and %d too many against a plain walk\n"+
		"  用时 time        %.3f s, %.3f s of CPU, median of %d rounds (goal 2)\n"+
		"  内存 memory      %d MB at most, the ties of the plain walk among it\n",
		processor(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), r.People, r.Ties, r.Staff, r.Candidates, o.seed,
		r.Findings, r.Missed, r.Extra, r.Seconds, r.CPUSeconds, separationRounds, r.RSS)
	return err
}
