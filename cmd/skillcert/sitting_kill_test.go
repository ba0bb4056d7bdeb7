package main

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"
)

// What the server goes through in TestSittingKilled.
const (
	killed      = 50 // times
	killedSeats = 20

	// How many times as long as a start after an orderly stop a start after a kill may take: the median shows what the program
	// does, the slowest has room for one that meets a compiler or a browser and is there to find a start that hangs, as on a
	// lock or a log that it reads through. Both are measured in the same minutes, so that others on the machine weigh on
	// both alike. How long that is in seconds is for a bench to print.
	killRatio = 2
	killMost  = 10
)

// TestSittingKilled kills the server fifty times with SIGKILL while everybody saves as fast as they are answered, each time
// at another moment. What was acknowledged is there, once, and the next server takes up where the last one was cut off.
func TestSittingKilled(t *testing.T) {
	h := builtHall(t, killedSeats)
	calm := calmStart(t, h.settings.Data)
	all := h.crowd()
	p := serveIn(t, h.settings.Data)
	all.goTo(p.address)
	all.begin(t)
	k := &killing{t: t, all: all, random: rand.New(rand.NewPCG(11, 26))}
	for range killed {
		k.life(p)
		p = serveIn(t, h.settings.Data)
		k.starts = append(k.starts, p.took)
		all.goTo(p.address)
	}
	k.finish()
	p.stop(t)
	all.hold(t, h)
	t.Logf("%d kills met %d saves on their way; %d acknowledged", killed, k.met, all.saved())
	if k.met < killed {
		t.Errorf("the kills met %d saves: that proves little", k.met)
	}
	k.startedSoon(max(calm, calmStart(t, h.settings.Data)))
}

// startedSoon asks that the server was there again in time, each time.
func (k *killing) startedSoon(calm time.Duration) {
	k.t.Helper()
	slices.Sort(k.starts)
	median, slowest := k.starts[killed/2], k.starts[killed-1]
	k.t.Logf("start after a kill: median %v, slowest %v; after a stop: median %v",
		median.Round(time.Millisecond), slowest.Round(time.Millisecond), calm.Round(time.Millisecond))
	if median > killRatio*calm || slowest > killMost*calm {
		k.t.Errorf("a start after a kill takes %v, the slowest %v; after a stop %v", median, slowest, calm)
	}
}

// calmStart is the median of starts that follow an orderly stop.
func calmStart(t *testing.T, dir string) time.Duration {
	t.Helper()
	var took []time.Duration
	for range 5 {
		p := serveIn(t, dir)
		took = append(took, p.took)
		p.stop(t)
	}
	slices.Sort(took)
	return took[2]
}

// killing is the course of the test.
type killing struct {
	t      *testing.T
	all    crowd
	random *rand.Rand
	starts []time.Duration
	met    int // saves on their way when a kill came
}

// life lets everybody save until the program is killed: at a random moment after the first of them was acknowledged.
func (k *killing) life(p *program) {
	k.t.Helper()
	before, first, done := k.all.saved(), make(chan struct{}), make(chan struct{})
	var once sync.Once
	go func() {
		defer close(done)
		k.all.each(func(s *sitter) {
			if err := s.saveOn(k.t, func() { once.Do(func() { close(first) }) }); !brokeOff(err) {
				k.t.Errorf("candidate %s: %v", s.ticket, err)
			}
		})
	}()
	select {
	case <-first:
	case <-done:
	}
	pause(k.t.Context(), time.Duration(k.random.IntN(200))*time.Millisecond)
	p.kill(k.t)
	<-done
	for _, s := range k.all {
		if s.waiting {
			k.met++
		}
	}
	if k.t.Failed() || k.all.saved() == before {
		k.t.Fatalf("%d saves acknowledged before, %d after", before, k.all.saved())
	}
}

// saveOn saves one response after the other until something goes wrong. It begins with the one that was not
// acknowledged: a server that had lost any before would find a gap.
func (s *sitter) saveOn(t *testing.T, acknowledged func()) error {
	for {
		if err := s.answer(t.Context()); err != nil {
			return err
		}
		acknowledged()
	}
}

// finish lets everybody send what is left, and hand in.
func (k *killing) finish() {
	k.t.Helper()
	k.all.each(func(s *sitter) {
		if err := s.answer(k.t.Context()); err != nil {
			k.t.Errorf("candidate %s: %v", s.ticket, err)
		}
		if err := s.handIn(k.t.Context()); err != nil {
			k.t.Errorf("candidate %s: %v", s.ticket, err)
		}
	})
}
