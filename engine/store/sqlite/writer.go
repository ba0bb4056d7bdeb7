package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// One group commit takes at most this many writes and about this many bytes: while those of one are answered the next is
// written. Before it, so many may wait without their callers being held up.
const (
	groupWrites = 512
	groupBytes  = 16 << 20
	waiting     = 4096
)

// job is one Put on its way through the writer. Whoever changes claimed first decides: the writer takes the job,
// or the caller gives it up.
type job struct {
	write    docs.Write
	loading  int64 // the revision to create at, instead of 1, when it is not 0
	claimed  atomic.Bool
	revision int64
	err      error
	done     chan struct{}
}

// writer owns the only connection that writes.
type writer struct {
	*raw
	begin, commit, rollback                           statement
	load, create, insert, update, addIndex, dropIndex statement
	highest, version, journal, forget                 statement

	rows     journalReader
	pending  *pending
	marks    *marks
	ceilings ceilings
	group    group // of the commit under way
	fold     fold

	jobs    chan *job
	quit    chan struct{} // closed by stop: take what waits, then end
	stopped chan struct{} // closed when the goroutine has ended
}

func startWriter(d driver.Driver, name string, p *pending, filing pace, m *marks) (*writer, error) {
	c, err := connectRaw(d, name)
	if err != nil {
		return nil, classify(err)
	}
	w := &writer{raw: c, pending: p, marks: m, fold: fold{pace: filing}, jobs: make(chan *job, waiting), quit: make(chan struct{}), stopped: make(chan struct{})}
	if err := errors.Join(w.prepare(), w.rows.prepare(c)); err != nil {
		return nil, errors.Join(classify(err), c.close())
	}
	if err := w.rows.catchUp(p); err != nil {
		return nil, errors.Join(classify(err), c.close())
	}
	go w.run()
	return w, nil
}

func (w *writer) prepare() (err error) {
	for _, p := range []struct {
		to   *statement
		text string
	}{
		{&w.begin, "BEGIN IMMEDIATE"},
		{&w.commit, "COMMIT"},
		{&w.rollback, "ROLLBACK"},
		{&w.load, "SELECT rev, ops, ix FROM doc WHERE kind = ? AND id = ?"},
		{&w.create, "INSERT INTO doc(rev, ops, ix, body, kind, id) VALUES(1, ?, '{}', ?, ?, ?) ON CONFLICT DO NOTHING"},
		{&w.insert, "INSERT INTO doc(rev, ops, ix, body, kind, id) VALUES(?, ?, ?, ?, ?, ?)"},
		{&w.update, "UPDATE doc SET rev = ?, ops = ?, ix = ?, body = ? WHERE kind = ? AND id = ?"},
		{&w.highest, highestOf},
		{&w.version, dataVersion},
		{&w.journal, "INSERT INTO journal(no, lines) VALUES(?, ?)"},
		{&w.forget, "DELETE FROM journal WHERE no <= ? AND no < (SELECT min(no) + 500 FROM journal) AND no < (SELECT max(no) FROM journal)"},
		{&w.addIndex, "INSERT INTO ix(kind, name, val, id) VALUES(?, ?, ?, ?)"},
		{&w.dropIndex, "DELETE FROM ix WHERE kind = ? AND name = ? AND val = ? AND id = ?"},
	} {
		if *p.to, err = w.raw.prepare(p.text); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) stop() {
	close(w.quit)
	<-w.stopped
}

// put hands a write over and waits for its commit. loading is 0, or the revision to create at.
func (w *writer) put(ctx context.Context, write docs.Write, loading int64) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, classify(err)
	}
	j := &job{write: write, loading: loading, done: make(chan struct{})}
	select {
	case w.jobs <- j: // there is room, but for a crowd
	default:
		select {
		case w.jobs <- j:
		case <-w.stopped:
			return 0, fmt.Errorf("%w: %w", docs.ErrUnavailable, errClosed)
		case <-ctx.Done():
			return 0, classify(ctx.Err())
		}
	}
	select {
	case <-j.done:
		return j.revision, j.err
	case <-w.stopped:
		return j.giveUp(errClosed)
	case <-ctx.Done():
		return j.giveUp(ctx.Err())
	}
}

var errClosed = errors.New("the store is closed")

// giveUp ends the wait for a job: it was never begun, or it has ended, or nobody can tell.
func (j *job) giveUp(cause error) (int64, error) {
	if j.claimed.CompareAndSwap(false, true) {
		return 0, fmt.Errorf("%w: %w", docs.ErrUnavailable, cause)
	}
	select {
	case <-j.done:
		return j.revision, j.err
	default:
		return 0, fmt.Errorf("%w: %w", docs.ErrUnknown, cause)
	}
}

func (w *writer) run() {
	defer close(w.stopped)
	for {
		select {
		case j := <-w.jobs:
			w.serve(j)
		case <-w.fold.due(w.pending):
			_ = w.foldSome(foldRun)
		case <-w.quit:
			w.drain()
			w.foldAll()
			return
		}
	}
}

func (w *writer) drain() {
	for {
		select {
		case j := <-w.jobs:
			w.serve(j)
		default:
			return
		}
	}
}

// serve commits first and what is waiting behind it as one group and answers all of it.
func (w *writer) serve(first *job) {
	jobs := w.gather(first)
	if len(jobs) == 0 {
		return
	}
	filing := w.withCommit()
	err := w.commitGroup(jobs, filing)
	if err != nil && filing > 0 && !errors.Is(err, docs.ErrUnknown) && code(err) != codeBusy {
		w.fold.stuck = clock.Start() // perhaps it was only what is filed along with it that did not fit
		err = w.commitGroup(jobs, 0)
	}
	for _, j := range jobs {
		if err != nil {
			j.revision, j.err = 0, err
		}
		close(j.done)
	}
}

func (w *writer) gather(j *job) (group []*job) {
	for size := 0; ; {
		if j.claimed.CompareAndSwap(false, true) {
			group = append(group, j)
			size += len(j.write.Body)
		}
		if len(group) == groupWrites || size >= groupBytes {
			return group
		}
		select {
		case j = <-w.jobs:
		default:
			return group
		}
	}
}

// commitGroup decides and writes each job in order, and files some pending lines. Each is checked before it writes, so a
// conflict leaves nothing to undo; any other failure undoes the group.
func (w *writer) commitGroup(jobs []*job, filing int) error {
	w.group = newGroup(len(w.group.row))
	defer w.marks.writing(jobs)()
	var filed chunk
	err := w.transact(func() (err error) {
		if err := errors.Join(w.rows.catchUp(w.pending), w.renew()); err != nil {
			return err
		}
		for _, j := range jobs {
			if err := w.apply(j); err != nil {
				return err
			}
		}
		if filing > 0 {
			if filed, err = w.chunk(filing); err != nil {
				return err
			}
		}
		return w.writeRow()
	})
	if err != nil {
		w.ceilings = ceilings{} // what was refused raised them
		return err
	}
	if len(w.group.lines) > 0 {
		w.pending.add(w.group.lines, w.group.lines[0].row)
	}
	if filing > 0 {
		w.folded(filed)
	}
	return nil
}

// transact commits what f does, or undoes it.
func (w *writer) transact(f func() error) error {
	_, err := w.begin.exec()
	if code(err) == codeError && w.undo() == nil { // one before could neither be ended nor undone
		_, err = w.begin.exec()
	}
	if err != nil {
		return classify(err)
	}
	if err := f(); err != nil {
		return errors.Join(classify(err), w.undo())
	}
	if _, err := w.commit.exec(); err != nil {
		return errors.Join(classifyCommit(err), w.undo())
	}
	return nil
}

// undo ends the transaction if SQLite has not already ended it by itself, as it does after some errors.
func (w *writer) undo() error {
	if _, err := w.rollback.exec(); err != nil && !strings.Contains(err.Error(), "no transaction is active") {
		return err
	}
	return nil
}

func (w *writer) apply(j *job) error {
	p := &j.write
	if noted, err := w.noted(j); noted || err != nil {
		return err
	}
	if err := w.file(p.Key); err != nil {
		return err
	}
	if made, err := w.created(j); made || err != nil {
		return err
	}
	current, ring, index, err := w.stored(p.Key)
	if err != nil {
		return err
	}
	revision, done, conflict := ring.Decide(*p, current)
	j.revision, j.err = revision, conflict
	if done || conflict != nil {
		return nil
	}
	if j.loading > 0 {
		revision, j.revision = j.loading, j.loading
	}
	ix, err := encodeIndex(p.Index)
	if err != nil {
		return err
	}
	stmt := w.update
	if current == 0 {
		stmt = w.insert
		w.ceilings.raise(p.Key)
	}
	if _, err := stmt.exec(revision, strings.Join(ring.Add(p.Op), "\n"), ix, bodyOf(p), p.Kind, p.ID); err != nil {
		return err
	}
	return w.reindex(p, index)
}

// stored returns what is known of the document at k, revision 0 when absent.
func (w *writer) stored(k docs.Key) (revision int64, ring docs.Ring, index map[string]string, err error) {
	d := docs.Doc{Key: k}
	var ops, ix string
	err = w.load.query(func(row []driver.Value) error {
		revision, ops, ix = number(row[0]), text(row[1]), text(row[2])
		return nil
	}, k.Kind, k.ID)
	if err != nil || revision == 0 {
		return 0, nil, nil, err
	}
	err = decodeIndex(ix, &d)
	return revision, strings.Split(ops, "\n"), d.Index, err
}

// created writes a new document without an index, as an entry of a response log is, in one statement. made is false when
// it is another kind of write, or when something has its place: then what is there decides.
func (w *writer) created(j *job) (made bool, err error) {
	p := &j.write
	if p.IfRevision != 0 || j.loading != 0 || len(p.Index) != 0 {
		return false, nil
	}
	w.ceilings.raise(p.Key)
	n, err := w.create.exec(p.Op, bodyOf(p), p.Kind, p.ID)
	if n == 1 {
		j.revision, j.err = 1, nil
	}
	return n == 1, err
}

// bodyOf is the body of a write, which the table wants not to be nil.
func bodyOf(p *docs.Write) []byte {
	if p.Body == nil {
		return []byte{}
	}
	return p.Body
}

// reindex replaces the entries that differ from those of the document before.
func (w *writer) reindex(p *docs.Write, old map[string]string) error {
	for name, value := range old {
		if now, ok := p.Index[name]; !ok || now != value {
			if _, err := w.dropIndex.exec(p.Kind, name, value, p.ID); err != nil {
				return err
			}
		}
	}
	for name, value := range p.Index {
		if was, ok := old[name]; !ok || was != value {
			if _, err := w.addIndex.exec(p.Kind, name, value, p.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func encodeIndex(index map[string]string) (string, error) {
	if len(index) == 0 {
		return "{}", nil
	}
	b, err := json.Marshal(index)
	return string(b), err
}
