package sqlite

import (
	"context"
	"database/sql/driver"
	"strconv"
)

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

// Statements are those of the readers, with as many arguments as they have.
func Statements() map[string]int {
	return map[string]int{getDoc: 2, byID + " LIMIT ?": 4, byID + " DESC LIMIT ?": 4,
		byIndex + ", x.id LIMIT ?": 7, byIndex + " DESC, x.id DESC LIMIT ?": 7}
}
