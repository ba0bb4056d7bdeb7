package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/clock"
)

func benchGateCommand(con console) *cobra.Command {
	o := &loadOptions{candidates: 3000}
	spread := 10 * time.Second
	cmd := loadCommand(con, o, load{use: "gate", short: "Measure everybody signing in, opening the form and fetching its pictures at once",
		long: "Everybody arrives at a moment of their own within the spread, connects, signs in by ticket, opens the form for the first time and\n" +
			"fetches the pictures in it, one after the other. Percentiles of the JSON object are those of all this together. per_s counts starts.",
		run: func(ctx context.Context, h *examHall) (*loadResult, error) { return gate(ctx, h, spread) }})
	cmd.Flags().DurationVar(&spread, "spread", spread, "over how long the candidates arrive")
	return cmd
}

func gate(ctx context.Context, h *examHall, spread time.Duration) (*loadResult, error) {
	all := h.crowd()
	defer all.hangUp()
	r := &loadResult{Bench: "gate", Candidates: len(all), judged: starting, counted: "starts",
		conditions: []string{fmt.Sprintf("everybody starts within %v: connect, sign in, open the form, fetch %s", spread, "its pictures")}}
	watch := clock.Start()
	all.arrive(ctx, spread)
	took := max(spread, watch.Elapsed())
	started := len(r.collected(all, starting))
	r.PerS = float64(started) / took.Seconds()
	r.EmptyPerS = all.emptyRate(ctx, 2*time.Second)
	r.collect(all)
	if started != len(all) {
		r.notes = append(r.notes, fmt.Sprintf("%d of %d started", started, len(all)))
	}
	return r, ctx.Err()
}

// collected are the times that everybody waited for an action, in no order.
func (r *loadResult) collected(c crowd, a action) (times []time.Duration) {
	for _, s := range c {
		times = append(times, s.took[a]...)
	}
	return times
}
