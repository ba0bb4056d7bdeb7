package sqlite

import (
	"context"
	"database/sql/driver"
	"strconv"
	"time"
)

// OpenEager opens a store that files every line of a log as soon as it can.
func OpenEager(path string) (*Store, error) {
	return open(path, pace{after: 1, rest: time.Microsecond})
}

// OpenFilingAlong opens a store that files lines along with commits only, so that its writer rests in between.
func OpenFilingAlong(path string) (*Store, error) { return open(path, pace{after: 1, rest: time.Hour}) }

// DecodeLines reads a row of the journal and returns how many lines it has, and the row that they make.
func DecodeLines(row []byte) (lines int, again []byte, err error) {
	found, err := decodeLines(row, 1)
	for _, l := range found {
		again = appendLine(again, l.Key, l.op, l.body)
	}
	return len(found), again, err
}

// Pending is how many lines wait to be filed, in the memory of this store, and how many rows the journal has.
func (s *Store) Pending() (lines, rows int, err error) {
	_, lines = s.pending.known()
	err = s.reading(context.Background(), func(q *reader) error {
		stmt, err := q.prepare("SELECT count(*) FROM journal")
		if err != nil {
			return err
		}
		return stmt.query(func(row []driver.Value) error { rows = int(number(row[0])); return nil })
	})
	return lines, rows, err
}

// LimitPages makes the file as full as a disk: it may not grow beyond n pages of 4 KiB. 0 ends the limit.
func (s *Store) LimitPages(ctx context.Context, n int) error {
	if n == 0 {
		n = 1 << 30
	}
	_, err := s.pragma("max_page_count = " + strconv.Itoa(n))
	return err
}

// Pages is the size of the file.
func (s *Store) Pages(ctx context.Context) (n int, err error) {
	return s.pragma("page_count")
}

// pragma asks the writer's connection, while nothing is written.
func (s *Store) pragma(name string) (n int, err error) {
	stmt, err := s.writer.raw.prepare("PRAGMA " + name)
	if err != nil {
		return 0, err
	}
	err = stmt.query(func(row []driver.Value) error { n = int(number(row[0])); return nil })
	return n, err
}

// LeaveOpen begins a transaction that nobody ends, as after a rollback that failed.
func (s *Store) LeaveOpen() error {
	_, err := s.writer.begin.exec()
	return err
}

// Statements are those of the readers, with as many arguments as they have.
func Statements() map[string]int {
	return map[string]int{getDoc: 2, byID + " LIMIT ?": 4, byID + " DESC LIMIT ?": 4,
		byIndex + ", x.id LIMIT ?": 7, byIndex + " DESC, x.id DESC LIMIT ?": 7}
}
