package sqlite

import (
	"time"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// pace is when pending lines are filed: a chunk along with every commit when there are so many, or one after the other when
// nobody has written for a while.
type pace struct {
	after int
	rest  time.Duration
}

var usual = pace{after: 30000, rest: time.Second}

const (
	foldChunk = 64               // lines
	foldRun   = 4 * foldChunk    // of a chunk that nobody waits for
	foldFar   = 4                // times as many lines as begin a pass are too many
	foldStuck = 10 * time.Second // after a chunk that could not be written, as on a full disk
)

// group is what becomes a row of the journal when its commit ends.
type group struct {
	lines []line
	row   []byte
	at    map[docs.Key]int // where each is among the lines
}

// newGroup has a buffer of its own: the lines that become pending point into it.
func newGroup(bytes int) group { return group{row: make([]byte, 0, bytes), at: map[docs.Key]int{}} }

func (g *group) add(p *docs.Write, row int64) {
	g.row = appendLine(g.row, p.Key, p.Op, p.Body)
	g.at[p.Key] = len(g.lines)
	g.lines = append(g.lines, line{Key: p.Key, op: p.Op, body: g.row[len(g.row)-len(p.Body):], row: row})
}

// noted takes a line into the group when it is above its log. made is false for any other write, and for a line below: then
// its place is looked at.
func (w *writer) noted(j *job) (made bool, err error) {
	p := &j.write
	if !p.Log || j.loading != 0 {
		return false, nil
	}
	if free, err := w.above(p.Key); !free || err != nil {
		return false, err
	}
	last, _ := w.pending.known()
	w.group.add(p, last+1)
	w.ceilings.raise(p.Key)
	j.revision, j.err = 1, nil
	return true, nil
}

// writeRow makes the group's lines a row of the journal.
func (w *writer) writeRow() error {
	if len(w.group.lines) == 0 {
		return nil
	}
	_, err := w.journal.exec(w.group.lines[0].row, w.group.row)
	return err
}

// file puts the line at k into the table if it is pending or of this group: another write of the document is decided there.
// All lines of its log before it go along: who reads what is pending and then the table never finds a gap.
func (w *writer) file(k docs.Key) error {
	_, waits := w.pending.get(k)
	if _, mine := w.group.at[k]; !mine && !waits {
		return nil
	}
	log, _ := logOf(k)
	for _, l := range append(w.pending.upTo(log, k), w.group.lines...) {
		if of, _ := logOf(l.Key); of != log || l.ID > k.ID {
			continue
		}
		if err := w.fileLine(&l); err != nil {
			return err
		}
	}
	return nil
}

// fileLine leaves a document that is there already as it is: it is this one, perhaps changed since.
func (w *writer) fileLine(l *line) error {
	w.ceilings.raise(l.Key)
	_, err := w.create.exec(l.op, l.body, l.Kind, l.ID)
	return err
}

// fold is a pass over the pending lines of the rows up to one, in the order of their keys. When all are filed it takes the
// rows away, too.
type fold struct {
	pace  pace
	row   int64 // 0 while there is no pass
	after docs.Key
	stuck clock.Stopwatch // since a chunk could not be written; zero when the last one could
}

// rest is how long no chunk is begun after one that could not be written.
func (f *fold) rest() time.Duration {
	if f.stuck == (clock.Stopwatch{}) {
		return 0
	}
	return foldStuck - f.stuck.Elapsed()
}

// due answers when a chunk is to be written though nobody saves; never while nothing is pending.
func (f *fold) due(p *pending) <-chan time.Time {
	if _, lines := p.known(); lines == 0 && f.row == 0 {
		return nil
	}
	rest := f.pace.rest
	if f.row > 0 {
		rest /= 50 // between two chunks, for somebody who writes after all
	}
	return time.After(max(rest, f.rest()))
}

// withCommit is how many lines are filed along with a commit: few, so that nobody waits long, unless they are far too many.
func (w *writer) withCommit() int {
	_, lines := w.pending.known()
	switch {
	case w.fold.row == 0 && lines < w.fold.pace.after || w.fold.rest() > 0:
		return 0
	case lines < foldFar*w.fold.pace.after:
		return foldChunk
	}
	return foldChunk + 2*len(w.group.lines)
}

// chunk files at most n lines, or takes some rows away when there are none left to file, within the transaction under way.
func (w *writer) chunk(n int) (c chunk, err error) {
	if w.fold.row == 0 {
		w.fold.row, _ = w.pending.known()
	}
	c.lines = w.pending.from(w.fold.after, w.fold.row, n)
	for i := range c.lines {
		if err := w.fileLine(&c.lines[i]); err != nil {
			return c, err
		}
	}
	if len(c.lines) == 0 {
		gone, err := w.forget.exec(w.fold.row)
		c.last = gone == 0
		return c, err
	}
	return c, nil
}

// chunk is a part of a pass; the last one has nothing left to do.
type chunk struct {
	lines []line
	last  bool
}

// folded notes that a chunk was committed.
func (w *writer) folded(c chunk) {
	switch {
	case c.last:
		w.fold = fold{pace: w.fold.pace}
	case len(c.lines) > 0:
		w.fold.stuck = clock.Stopwatch{}
		w.pending.remove(c.lines)
		w.fold.after = c.lines[len(c.lines)-1].Key
	}
}

// foldSome writes a chunk in a transaction of its own. What cannot be written stays in the journal, where it is as durable; the
// next save tells of a disk that is full.
func (w *writer) foldSome(n int) (err error) {
	var c chunk
	err = w.transact(func() error {
		c, err = w.chunk(n)
		return err
	})
	if err != nil {
		w.fold.stuck = clock.Start()
		return err
	}
	w.folded(c)
	return nil
}

// foldAll files what is pending before the file is closed.
func (w *writer) foldAll() {
	for {
		if _, lines := w.pending.known(); lines == 0 && w.fold.row == 0 {
			return
		}
		if w.foldSome(foldRun) != nil {
			return
		}
	}
}
