package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/clock"
)

// saveRounds is how often saves and empty requests take turns: the machine has other things to do now and then, and a
// median of rounds that alternate is hurt little by that.
const saveRounds = 5

type autosaveOptions struct {
	seconds int
	offered int
}

func benchAutosaveCommand(con console) *cobra.Command {
	o, a := &loadOptions{candidates: 2000}, autosaveOptions{seconds: 20, offered: 5000}
	cmd := loadCommand(con, o, load{use: "autosave", short: "Measure saving responses, durable before the answer",
		long: "First everybody saves as fast as they are answered, in rounds that take turns with requests to a route of the same server that does\n" +
			"nothing: per_s and empty_per_s are the medians. That route is reached through the same middleware but for the account, with the same\n" +
			"request, and answers as much. Then saves are offered at a set rate, whether the last is answered or not, and waiting counts from the\n" +
			"moment at which each was due: the percentiles are of these. At the end every save that was acknowledged is read back from the store.",
		run: func(ctx context.Context, h *examHall) (*loadResult, error) { return autosave(ctx, h, a) }})
	cmd.Flags().IntVar(&a.seconds, "seconds", a.seconds, "how long each of the two parts takes")
	cmd.Flags().IntVar(&a.offered, "offered", a.offered, "saves a second that are offered in the second part")
	return cmd
}

func autosave(ctx context.Context, h *examHall, a autosaveOptions) (*loadResult, error) {
	if a.seconds < 1 || a.offered < 1 {
		return nil, fmt.Errorf("--seconds and --offered take 1 and more")
	}
	all := h.crowd()
	defer all.hangUp()
	r := &loadResult{Bench: "autosave", Candidates: len(all), judged: saving, counted: "durable saves"}
	long := time.Duration(a.seconds) * time.Second
	all.arrive(ctx, long/2)
	r.inTurns(ctx, all, long)
	achieved := all.offer(ctx, long, a.offered)
	for _, s := range all { // these were made ready, and are not measured here
		s.took[signingIn], s.took[openingPaper], s.took[fetchingImage], s.took[starting] = nil, nil, nil, nil
	}
	r.collect(all)
	r.conditions = []string{fmt.Sprintf("%d rounds of %v as fast as answered, in turn with empty requests; then %d saves a second offered for %v, %.0f taken",
		saveRounds, long/(2*saveRounds), a.offered, long, achieved)}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	saved := 0
	for _, s := range all {
		saved += len(s.kept)
	}
	r.notes = append(r.notes, fmt.Sprintf("%d acknowledged saves were read back from the store after it was closed", saved))
	var err error
	r.Lost, err = h.lost(ctx, all)
	return r, err
}

// inTurns measures saves and empty requests in rounds, and notes the medians.
func (r *loadResult) inTurns(ctx context.Context, c crowd, long time.Duration) {
	var saves, empties []float64
	var saving, idling time.Duration
	round, before := long/(2*saveRounds), c.saved()
	for range saveRounds {
		watch := startCPU()
		saves = append(saves, c.closedLoop(ctx, round, func(s *sitter) error { return s.answer(ctx) }))
		saving += watch.elapsed()
		watch = startCPU()
		empties = append(empties, c.emptyRate(ctx, round))
		idling += watch.elapsed()
	}
	emptied := 0.0
	for _, e := range empties {
		emptied += e * round.Seconds()
	}
	r.notes = append(r.notes, fmt.Sprintf("saves a second by round %.0f; empty %.0f", saves, empties),
		fmt.Sprintf("CPU time, loader included: %.1f µs a save, %.1f µs an empty request",
			float64(saving.Microseconds())/float64(max(1, c.saved()-before)), float64(idling.Microseconds())/max(1, emptied)))
	slices.Sort(saves)
	slices.Sort(empties)
	r.PerS, r.EmptyPerS = saves[saveRounds/2], empties[saveRounds/2]
}

// offer lets everybody save at moments that are set beforehand, so many a second in all, and returns how many a second
// were acknowledged. Who is kept waiting sends the next save late, and its wait counts from when it was due.
func (c crowd) offer(ctx context.Context, long time.Duration, perSecond int) float64 {
	every := time.Duration(len(c)) * time.Second / time.Duration(perSecond)
	before := c.saved()
	watch := clock.Start()
	c.each(func(s *sitter) {
		for due := time.Duration(s.next(int(every))); due < long && ctx.Err() == nil; due += every {
			pause(ctx, due-watch.Elapsed())
			if err := s.answer(ctx); err != nil {
				s.failed(err)
				continue
			}
			s.took[saving] = append(s.took[saving], watch.Elapsed()-due)
		}
	})
	return float64(c.saved()-before) / max(long, watch.Elapsed()).Seconds()
}

func (c crowd) saved() (n int) {
	for _, s := range c {
		n += len(s.kept)
	}
	return n
}
