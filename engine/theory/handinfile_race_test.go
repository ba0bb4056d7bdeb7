package theory_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/theory"
)

// hooked is a log that tells of what is appended, before and after.
type hooked struct {
	theory.Log
	before, after func(theory.EntryKind)
}

func (h hooked) Append(ctx context.Context, e *theory.Entry) error {
	if h.before != nil {
		h.before(e.Kind)
	}
	err := h.Log.Append(ctx, e)
	if h.after != nil {
		h.after(e.Kind)
	}
	return err
}

// One process closed the log and is slow to write the attempt's document; meanwhile another begins to take a file in, and
// is slow as well; the marker marks. Whatever is marked is what the log says, and what the file brought too late is not in it.
func TestSlowCloserMeetsAFile(t *testing.T) {
	w := newWorld(t, 2)
	file := w.fileOf(w.open(0), at(time.Minute, 1, 0))
	w.clock.Set(closes)
	begun, marked, done := make(chan bool), make(chan bool), make(chan error, 1)
	taking := w.ports()
	var once sync.Once
	taking.Log = hooked{Log: taking.Log, before: func(theory.EntryKind) {
		once.Do(func() {
			close(begun)
			<-marked
		})
	}}
	closing := w.ports()
	closing.Log = hooked{Log: closing.Log, after: func(theory.EntryKind) {
		by, id := w.sitter(0)
		_, err := w.exams.Attempt(ctx, by, id) // somebody else writes the document
		must(t, err)
		go func() {
			_, err := w.over(taking).HandInFile(ctx, invigilator, w.handIn(file))
			done <- err
		}()
		<-begun
	}}
	_, err := w.over(closing).CloseDue(ctx, worker, w.id)
	must(t, err)
	w.mark()
	close(marked)
	wantErr(t, <-done, theory.ErrFileMarked)
	if a := w.attempt(0); a.State != theory.Marked || a.Answered != 0 || a.Receipt != theory.Receipt(a.ID, w.log(0)) {
		t.Fatalf("attempt %+v", a)
	}
}

// Killed between the two halves, the closer brings the attempt to its end without the file, and the file comes in later.
func TestKilledWhileTakingAFile(t *testing.T) {
	for name, stored := range map[string]bool{"not stored": false, "stored, reply lost": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 2)
			p := w.open(0)
			file := w.fileOf(p, at(time.Minute, 1, w.right(p.Attempt.Form, 1)...))
			w.clock.Set(closes)
			w.wantClosed(1)
			ports, broken := w.ports(), errors.New("power cut")
			ports.Log = &faulty{Log: ports.Log, next: broken, stored: stored}
			_, err := w.over(ports).HandInFile(ctx, invigilator, w.handIn(file))
			wantErr(t, err, broken)
			if a := w.attempt(0); a.State != theory.InProgress {
				t.Fatalf("attempt %+v", a)
			}
			_, err = w.exams.CloseDue(ctx, worker, w.id)
			must(t, err)
			w.wantReceipt(0)
			if a := w.attempt(0); !a.ByClock || !a.Submitted.Equal(closes) || a.Answered != map[bool]int{false: 0, true: 1}[stored] {
				t.Fatalf("attempt %+v", a)
			}
			got, err := w.bring(file)
			must(t, err)
			w.wantReceipt(0)
			if a := w.attempt(0); got.Repeated != stored || a.Answered != 1 || !a.Submitted.Equal(closes) || w.filedLines() != 1 {
				t.Fatalf("handed in %+v, attempt %+v", got, a)
			}
			_, err = w.exams.Mark(ctx, marker, w.id, true)
			must(t, err)
			if a := w.attempt(0); a.Points != 1000 {
				t.Fatalf("attempt %+v", a)
			}
		})
	}
}

// Brought by many at once, to several processes, while the closer and the marker are at work: each file is in once, and
// what is marked is what the log says.
func TestHandInFileRaces(t *testing.T) {
	w := newWorld(t, 2)
	p := w.open(0)
	files := [][]byte{w.fileOf(p, at(time.Minute, 1, 0)), w.fileOf(p, at(time.Minute, 1, 0), at(2*time.Minute, 2, 0)), w.fileOf(p, at(3*time.Minute, 3, 0))}
	w.clock.Set(closes)
	w.wantClosed(1)
	var wg sync.WaitGroup
	errs := make(chan error, 100)
	for i := range 12 {
		exams := w.another()
		wg.Go(func() {
			if _, err := exams.HandInFile(ctx, invigilator, w.handIn(files[i%3])); err != nil {
				errs <- fmt.Errorf("file %d: %w", i%3, err)
			}
		})
		wg.Go(func() {
			if _, err := exams.CloseDue(ctx, worker, w.id); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	w.wantReceipt(0)
	if sheet := theory.Fold(w.log(0)); sheet.Answered() != 3 || w.filedLines() != 3 {
		t.Fatalf("sheet %+v, %d lines", sheet, w.filedLines())
	}
	marked, err := w.exams.Mark(ctx, marker, w.id, true)
	if err != nil || marked != 1 {
		t.Fatalf("marked %d: %v", marked, err)
	}
}
