package engine

import (
	"context"
	"errors"

	"github.com/skillcert/skillcert/engine/errs"
)

// ErrStale is what every Update of a port answers when somebody else wrote the aggregate in between.
var ErrStale = errs.New(errs.Conflict, "store.stale", "内容已被他人修改，请重新载入后再试")

// modifyTries bounds the retries of Modify: two people rarely collide twice, a busy worker sometimes does.
const modifyTries = 8

// Modify loads one aggregate, changes it and saves it; when the save is stale it rereads and tries again, a bounded
// number of times. change may run more than once, so it only edits the value it is given. A change that returns
// ErrUnchanged ends Modify without a write and without an error.
func Modify[T any](ctx context.Context, load func(context.Context) (*T, error), save func(context.Context, *T) error,
	change func(*T) error) (*T, error) {
	for try := 1; ; try++ {
		v, err := load(ctx)
		if err != nil {
			return nil, err
		}
		if err = change(v); err != nil {
			if errors.Is(err, ErrUnchanged) {
				return v, nil
			}
			return nil, err
		}
		if err = save(ctx, v); err == nil {
			return v, nil
		}
		if !errors.Is(err, ErrStale) || try == modifyTries {
			return nil, err
		}
	}
}

// ErrUnchanged is returned by a change function that found its work already done.
var ErrUnchanged = errors.New("engine: nothing to change")

// Cursor asks for a part of a list: what follows After (empty for the start), at most Limit rows.
type Cursor struct {
	After string
	Limit int
}

// MaxPage bounds the rows of one answer.
const MaxPage = 1000

// Rows returns the limit to use: Limit within 1 to MaxPage, MaxPage when it is zero.
func (c Cursor) Rows() int {
	if c.Limit <= 0 || c.Limit > MaxPage {
		return MaxPage
	}
	return c.Limit
}

// All collects a whole list by following its cursor.
func All[T any](ctx context.Context, page func(context.Context, Cursor) (rows []T, next string, err error)) ([]T, error) {
	var all []T
	for c := (Cursor{}); ; {
		rows, next, err := page(ctx, c)
		if err != nil {
			return nil, err
		}
		if all = append(all, rows...); next == "" {
			return all, nil
		}
		c.After = next
	}
}
