package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/skillcert/skillcert/engine/clock"
)

// A sitting in short: who sits saves so often, and everybody hands in at the very end.
const (
	saveEvery  = 15 * time.Second
	rushAtEnd  = 5 * time.Second
	gateSpread = 10 * time.Second
)

type sittingOptions struct{ minutes float64 }

func benchSittingCommand(con console) *cobra.Command {
	o, a := &loadOptions{candidates: 3000}, sittingOptions{minutes: 2}
	cmd := loadCommand(con, o, load{use: "sitting", short: "Measure a whole sitting: the start, saves every 15 seconds, everybody handing in in the last 5",
		long: "Everybody starts within ten seconds as in bench gate, saves a response every 15 seconds and hands in at a moment of the last five. Each page holds a\n" +
			"request for news open meanwhile, and the consoles of some rooms and of the office are refreshed every two seconds. Percentiles of the JSON\n" +
			"object are those of saves. per_s counts saves. What was acknowledged is read back, and receipts are compared with the stored logs.",
		run: func(ctx context.Context, h *examHall) (*loadResult, error) { return wholeSitting(ctx, h, a) }})
	cmd.Flags().Float64Var(&a.minutes, "minutes", a.minutes, "how long the sitting takes")
	return cmd
}

func wholeSitting(ctx context.Context, h *examHall, a sittingOptions) (*loadResult, error) {
	long := time.Duration(a.minutes * float64(time.Minute))
	if long < time.Second {
		return nil, fmt.Errorf("--minutes: %v is too short", long)
	}
	rush := min(rushAtEnd, long/4)
	spread, every := min(gateSpread, long/4), min(saveEvery, long/8)
	all := h.crowd()
	defer all.hangUp()
	r := &loadResult{Bench: "sitting", Candidates: len(all), judged: saving, counted: "durable saves",
		conditions: []string{fmt.Sprintf("%v in all: everybody starts within %v, saves every %v, hands in within the last %v", long, spread, every, rush)}}
	consoles, err := h.consoles(ctx)
	if err != nil {
		return nil, err
	}
	watch := clock.Start()
	watched := consoles.watch(ctx, long)
	all.each(func(s *sitter) { s.sit(ctx, watch, plan{spread, every, long - rush, rush}) })
	watched()
	r.PerS = float64(all.saved()) / (max(long, watch.Elapsed()) - rush).Seconds()
	r.EmptyPerS = all.emptyRate(ctx, 2*time.Second)
	r.collect(all)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	handed := len(r.took[handingIn])
	r.notes = append(r.notes, fmt.Sprintf("%d of %d handed in; %d saves and their receipts compared with the store after it was closed", handed, len(all), all.saved()))
	heard := 0
	for _, s := range all {
		heard += s.heard
	}
	r.notes = append(r.notes, fmt.Sprintf("%d requests for news were held open and answered; %d consoles, one of them with every room", heard, len(consoles)))
	consoles.report(r)
	r.Lost, err = h.lost(ctx, all)
	return r, err
}

// plan is when a candidate does what.
type plan struct {
	spread, every time.Duration
	end, rush     time.Duration // since the beginning; for handing in
}

// sit is one candidate's way through the sitting. Whatever it waits for counts from when it was due.
func (s *sitter) sit(ctx context.Context, watch clock.Stopwatch, p plan) {
	pause(ctx, time.Duration(s.next(int(p.spread)+1))-watch.Elapsed())
	if ctx.Err() != nil {
		return
	}
	if err := s.start(ctx); err != nil {
		s.failed(err)
		return
	}
	listening, end := context.WithCancel(ctx)
	var page sync.WaitGroup
	var unheard error
	page.Go(func() { s.heard, unheard = s.listen(listening) })
	defer func() {
		end()
		if page.Wait(); unheard != nil {
			s.failed(unheard)
		}
	}()
	for due := watch.Elapsed() + time.Duration(s.next(int(p.every))); due < p.end && ctx.Err() == nil; due += p.every {
		s.due(ctx, watch, due, saving, s.answer)
	}
	s.due(ctx, watch, p.end+time.Duration(s.next(int(p.rush))), handingIn, s.handIn)
}

// due does one thing at its moment and notes how long after that it was done.
func (s *sitter) due(ctx context.Context, watch clock.Stopwatch, at time.Duration, a action, do func(context.Context) error) {
	pause(ctx, at-watch.Elapsed())
	if err := do(ctx); err != nil {
		s.failed(fmt.Errorf("%s: %w", a, err))
		return
	}
	s.took[a] = append(s.took[a], watch.Elapsed()-at)
}
