package sqlite

import (
	"context"
	"strconv"
)

// LimitPages makes the file as full as a disk: it may not grow beyond n pages of 4 KiB. 0 ends the limit.
func (s *Store) LimitPages(ctx context.Context, n int) error {
	if n == 0 {
		n = 1 << 30
	}
	var now int
	return s.writer.conn.QueryRowContext(ctx, "PRAGMA max_page_count = "+strconv.Itoa(n)).Scan(&now)
}

// Pages is the size of the file.
func (s *Store) Pages(ctx context.Context) (n int, err error) {
	err = s.writer.conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&n)
	return n, err
}

// Statements are those of the readers, with as many arguments as they have.
func Statements() map[string]int {
	return map[string]int{getDoc: 2, byID + " LIMIT ?": 4, byID + " DESC LIMIT ?": 4,
		byIndex + ", x.id LIMIT ?": 7, byIndex + " DESC, x.id DESC LIMIT ?": 7}
}
