package sqlite

import (
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"slices"
	"sync"

	"github.com/tidwall/btree"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// Lines of logs come by the thousand a second and no two of a commit lie beside each other: filed at once, each costs a page
// of the file in the write-ahead log. So the lines of one commit are written as one row of the journal, and are filed
// in the order of their keys later, when many share a page (fold.go). Until then they are pending: in memory, and in the
// journal for whoever opens the file next and for other processes. Every read looks at both.
//
// Rows are numbered upwards for ever, for the last one stays until there is a later one. So who knows all rows up to a number
// has only to ask whether there is a higher one.
const journalTable = `
CREATE TABLE IF NOT EXISTS journal(no INTEGER PRIMARY KEY, lines BLOB NOT NULL);`

const (
	lastRow   = "SELECT coalesce(max(no), 0) FROM journal"
	rowsAfter = "SELECT no, lines FROM journal WHERE no > ? ORDER BY no"
)

// line is one that is pending; its document has revision 1, no index, and was written by op.
type line struct {
	docs.Key
	op   string
	body []byte
	row  int64
}

func (l *line) doc() docs.Doc { return docs.Doc{Key: l.Key, Revision: 1, Body: slices.Clone(l.body)} }

func before(a, b line) bool {
	if a.Kind != b.Kind {
		return a.Kind < b.Kind
	}
	return a.ID < b.ID
}

// pending are the lines that are in the journal and not yet known to be filed, in the order of their keys. Who reads looks
// here first and into the table then: a line that was taken out in between is there, and what is in both counts as
// filed.
type pending struct {
	mu    sync.RWMutex
	lines *btree.BTreeG[line]
	last  int64 // the highest row that is known
}

func newPending() *pending {
	return &pending{lines: btree.NewBTreeGOptions(before, btree.Options{NoLocks: true})}
}

func (p *pending) get(k docs.Key) (line, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.lines.Get(line{Key: k})
}

func (p *pending) known() (last int64, lines int) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.last, p.lines.Len()
}

// add takes over the lines of rows up to last. Rows that are known already are left: what was filed of them since is gone
// from here for good.
func (p *pending) add(lines []line, last int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range lines {
		if l.row > p.last {
			p.lines.Set(l)
		}
	}
	p.last = max(p.last, last)
}

func (p *pending) remove(lines []line) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range lines {
		p.lines.Delete(l)
	}
}

// highest is the last ID of a log, whose lines are below end; empty when none is pending.
func (p *pending) highest(log docs.Key, end string) (id string) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	p.lines.Descend(line{Key: docs.Key{Kind: log.Kind, ID: end}}, func(l line) bool {
		if l.Kind == log.Kind && l.ID == end {
			return true
		}
		if l.Kind == log.Kind && l.ID >= log.ID {
			id = l.ID
		}
		return false
	})
	return id
}

// upTo lists the lines of a log up to the one at k.
func (p *pending) upTo(log, k docs.Key) (found []line) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	p.lines.Ascend(line{Key: log}, func(l line) bool {
		if l.Kind != k.Kind || l.ID > k.ID {
			return false
		}
		found = append(found, l)
		return true
	})
	return found
}

// from lists at most n lines of rows up to row, beginning after the key.
func (p *pending) from(after docs.Key, row int64, n int) (found []line) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	p.lines.Ascend(line{Key: after}, func(l line) bool {
		if l.row <= row && l.Key != after {
			found = append(found, l)
		}
		return len(found) < n
	})
	return found
}

// within lists the documents of a span by ID, as many as the span asks for and one more.
func (p *pending) within(s docs.Span) (found []docs.Doc) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	take := func(l line) bool {
		if l.Kind != s.Kind || l.ID < s.From.ID || l.ID > s.To.ID {
			return false
		}
		if l.ID != s.To.ID {
			found = append(found, l.doc())
		}
		return len(found) <= s.Limit
	}
	if s.Desc {
		p.lines.Descend(line{Key: docs.Key{Kind: s.Kind, ID: s.To.ID}}, take)
	} else {
		p.lines.Ascend(line{Key: docs.Key{Kind: s.Kind, ID: s.From.ID}}, take)
	}
	return found
}

// journalReader are the statements by which a connection learns of the rows of other processes, and of those that were
// there when the file was opened.
type journalReader struct{ last, rows statement }

func (j *journalReader) prepare(r *raw) (err error) {
	if j.last, err = r.prepare(lastRow); err != nil {
		return err
	}
	j.rows, err = r.prepare(rowsAfter)
	return err
}

// catchUp makes p know every row that was committed before.
func (j *journalReader) catchUp(p *pending) error {
	var last int64
	if err := j.last.query(func(row []driver.Value) error { last = number(row[0]); return nil }); err != nil {
		return err
	}
	known, _ := p.known()
	if last <= known {
		return nil
	}
	var lines []line
	err := j.rows.query(func(row []driver.Value) error {
		of, err := decodeLines(blob(row[1]), number(row[0]))
		lines, last = append(lines, of...), max(last, number(row[0]))
		return err
	}, known)
	if err == nil {
		p.add(lines, last)
	}
	return err
}

// merge is a span's documents of the table and those that are pending. What is in both has been filed, and may have been
// changed since.
func merge(s docs.Span, filed, waiting []docs.Doc) []docs.Doc {
	if len(waiting) == 0 {
		return filed
	}
	order := func(a, b docs.Doc) int {
		switch {
		case a.ID == b.ID:
			return 0
		case a.ID < b.ID != s.Desc:
			return -1
		}
		return 1
	}
	for _, d := range waiting {
		if at, both := slices.BinarySearchFunc(filed, d, order); !both {
			filed = slices.Insert(filed, at, d)
		}
	}
	return filed[:min(len(filed), s.Limit+1)]
}

var errJournal = errors.New("a row of the journal cannot be read")

// A row is its lines one behind the other, a line four byte strings, each behind its length.
func appendLine(b []byte, k docs.Key, op string, body []byte) []byte {
	for _, s := range []string{k.Kind, k.ID, op} {
		b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
	}
	return append(binary.AppendUvarint(b, uint64(len(body))), body...)
}

func decodeLines(b []byte, row int64) (lines []line, err error) {
	for len(b) > 0 {
		var part [4][]byte
		for i := range part {
			n, used := binary.Uvarint(b)
			if used <= 0 || n > uint64(len(b)-used) {
				return nil, errJournal
			}
			part[i], b = b[used:used+int(n)], b[used+int(n):]
		}
		lines = append(lines, line{Key: docs.Key{Kind: string(part[0]), ID: string(part[1])}, op: string(part[2]), body: part[3], row: row})
	}
	return lines, nil
}
