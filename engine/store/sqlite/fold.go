package sqlite

import (
	"time"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// pace is when pending lines are filed: a chunk after every commit when there are so many, or one after the other when
// nobody has written for a while. A chunk takes some milliseconds, in which whoever saves waits.
type pace struct {
	after int
	rest  time.Duration
}

var usual = pace{after: 30000, rest: time.Second}

const (
	foldChunk = 256              // lines at least
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

// noted takes a line into the group, unless a document has its place.
func (w *writer) noted(j *job) (made bool, err error) {
	free, err := w.free(j.write.Key)
	if !free || err != nil {
		return false, err
	}
	last, _ := w.pending.known()
	w.group.add(&j.write, last+1)
	j.revision = 1
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
func (w *writer) file(k docs.Key) error {
	l, ok := w.pending.get(k)
	if at, mine := w.group.at[k]; mine {
		l, ok = w.group.lines[at], true
	}
	if !ok {
		return nil
	}
	return w.fileLine(&l)
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
	next  time.Time // no chunk is begun before
}

// due answers when a chunk is to be written though nobody saves; never while nothing is pending.
func (f *fold) due(p *pending) <-chan time.Time {
	if _, lines := p.known(); lines == 0 && f.row == 0 {
		return nil
	}
	wait := max(0, time.Until(f.next))
	if f.row == 0 {
		wait = max(wait, f.pace.rest)
	}
	return time.After(wait)
}

// foldBetween writes a chunk after a commit when there are many lines, as large as it takes to become fewer.
func (w *writer) foldBetween() {
	_, lines := w.pending.known()
	if (w.fold.row > 0 || lines >= w.fold.pace.after) && time.Now().After(w.fold.next) {
		_ = w.foldSome(max(foldChunk, 2*len(w.group.lines)))
	}
}

// foldSome files at most n lines, or takes some rows away when there are none left to file, in a transaction of its own. What
// cannot be written stays in the journal, where it is as durable; the next save tells of a disk that is full.
func (w *writer) foldSome(n int) error {
	if w.fold.row == 0 {
		w.fold.row, _ = w.pending.known()
	}
	lines := w.pending.from(w.fold.after, w.fold.row, n)
	done := false
	err := w.transact(func() (err error) {
		for i := range lines {
			if err := w.fileLine(&lines[i]); err != nil {
				return err
			}
		}
		if len(lines) == 0 {
			gone, err := w.forget.exec(w.fold.row)
			done = gone == 0
			return err
		}
		return nil
	})
	switch {
	case err != nil:
		w.fold.next = time.Now().Add(foldStuck)
	case done:
		w.fold = fold{pace: w.fold.pace}
	case len(lines) > 0:
		w.pending.remove(lines)
		w.fold.after = lines[len(lines)-1].Key
	}
	w.wrote(len(lines)/8 + 1)
	return err
}

// foldAll files what is pending before the file is closed.
func (w *writer) foldAll() {
	for {
		if _, lines := w.pending.known(); lines == 0 && w.fold.row == 0 {
			return
		}
		if w.foldSome(8*foldChunk) != nil {
			return
		}
	}
}
