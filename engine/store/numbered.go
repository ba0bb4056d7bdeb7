package store

import (
	"context"
	"strconv"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/store/docs"
)

// maxSeq bounds a log, so that the byte order of IDs is the order of numbers.
const maxSeq = 999999

// numbered is the ID of entry n of the log that belongs to owner.
func numbered(owner string, n int) string {
	digits := strconv.Itoa(n)
	return owner + "/" + "000000"[:max(0, 6-len(digits))] + digits
}

// walkNumbered lists the log of owner in the order of numbers. A cursor goes on after a number, in decimal.
func walkNumbered[T any](ctx context.Context, t docs.Table[T], owner string, c engine.Cursor, number func(*T) int) ([]*T, string, error) {
	from := 1
	if c.After != "" {
		after, err := strconv.Atoi(c.After)
		if err != nil || after < 0 || after > maxSeq {
			return nil, "", errSeq
		}
		from = after + 1
	}
	if from > maxSeq {
		return nil, "", nil
	}
	rows, next, err := t.Walk(ctx, docs.Range{From: numbered(owner, from), To: owner + "0", Limit: c.Rows()}) // '0' follows '/'
	if next != "" {
		next = strconv.Itoa(number(rows[len(rows)-1]))
	}
	return rows, next, err
}
