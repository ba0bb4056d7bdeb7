package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/skillcert/skillcert/engine/clock"
)

// teller prints a story, a line a step, with a bar for what takes long. On a terminal the bar is redrawn in place; in
// a file only its end is written.
type teller struct {
	mu    sync.Mutex
	out   io.Writer
	live  bool
	watch clock.Stopwatch
	steps int
}

func newTeller(out io.Writer) *teller {
	t := &teller{out: out, watch: clock.Start()}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			t.live = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return t
}

// step begins a chapter of the story.
func (t *teller) step(title string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.steps++
	_, _ = fmt.Fprintf(t.out, "\n%2d  %s\n", t.steps, title)
}

// say adds a line to the chapter.
func (t *teller) say(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = fmt.Fprintf(t.out, "    "+format+"\n", args...)
}

const barWidth = 30

// bar counts work of a known size.
type bar struct {
	t     *teller
	unit  string
	total int
	done  int
	shown int
}

func (t *teller) bar(unit string, total int) *bar {
	return &bar{t: t, unit: unit, total: total, shown: -1}
}

// add counts n more pieces done. Safe for concurrent use.
func (b *bar) add(n int) {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	b.done += n
	filled := barWidth
	if b.total > 0 {
		filled = barWidth * b.done / b.total
	}
	if b.t.live && filled != b.shown && b.done < b.total {
		b.shown = filled
		_, _ = fmt.Fprintf(b.t.out, "\r    [%s%s] %d/%d %s", strings.Repeat("█", filled), strings.Repeat("·", barWidth-filled), b.done, b.total, b.unit)
	}
}

// end writes the full line.
func (b *bar) end() {
	b.t.mu.Lock()
	defer b.t.mu.Unlock()
	back := ""
	if b.t.live {
		back = "\r"
	}
	filled := barWidth
	if b.total > 0 {
		filled = barWidth * b.done / b.total
	}
	_, _ = fmt.Fprintf(b.t.out, "%s    [%s%s] %d/%d %s\n", back, strings.Repeat("█", filled), strings.Repeat("·", barWidth-filled), b.done, b.total, b.unit)
}
