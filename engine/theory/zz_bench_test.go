package theory_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestZZThroughput(t *testing.T) {
	w := newWorld(t, 300)
	start := time.Now()
	var wg sync.WaitGroup
	for i := range w.tickets {
		wg.Go(func() { w.open(i) })
	}
	wg.Wait()
	t.Logf("open: %v each", time.Since(start)/300)
	var n atomic.Int64
	start = time.Now()
	for i := range w.tickets {
		wg.Go(func() {
			for seq := 1; seq <= 100; seq++ {
				if _, err := w.respond(i, seq, 1, seq%4); err != nil {
					t.Error(err)
				}
				n.Add(1)
			}
		})
	}
	wg.Wait()
	t.Logf("respond: %.0f/s", float64(n.Load())/time.Since(start).Seconds())
	start = time.Now()
	_, err := w.exams.Progress(ctx, office, w.id)
	t.Logf("progress first %v %v", time.Since(start), err)
	w.clock.Advance(time.Second)
	start = time.Now()
	_, err = w.exams.Progress(ctx, office, w.id)
	t.Logf("progress second %v %v", time.Since(start), err)
	start = time.Now()
	w.finish()
	t.Logf("close+mark %v each", time.Since(start)/300)
}
