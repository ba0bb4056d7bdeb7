package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
)

// raw is one connection below database/sql, used by one goroutine at a time. A response is saved by one insert, and what
// database/sql does around a statement takes about as long as the statement.
type raw struct {
	conn     driver.Conn
	prepared []driver.Stmt
	args     []driver.NamedValue // of the call under way
}

// connectRaw opens a connection of d's kind.
func connectRaw(d driver.Driver, name string) (*raw, error) {
	c, err := d.Open(name)
	if err != nil {
		return nil, err
	}
	return &raw{conn: c}, nil
}

// close ends the statements first: SQLite keeps a connection that still has some, and then no last one empties the log.
func (r *raw) close() (err error) {
	for _, s := range r.prepared {
		err = errors.Join(err, s.Close())
	}
	return errors.Join(err, r.conn.Close())
}

// statement is one that is prepared once and run often.
type statement struct {
	of   *raw
	stmt interface {
		driver.StmtExecContext
		driver.StmtQueryContext
	}
}

var errDriver = errors.New("the driver lacks what this program was written for")

func (r *raw) prepare(text string) (s statement, err error) {
	prepared, err := r.conn.Prepare(text)
	if err != nil {
		return s, err
	}
	r.prepared = append(r.prepared, prepared)
	var ok bool
	s.of = r
	s.stmt, ok = prepared.(interface {
		driver.StmtExecContext
		driver.StmtQueryContext
	})
	if !ok {
		return s, errDriver
	}
	return s, nil
}

// bind makes arguments of values: int64, string or []byte. They are used before the next call.
func (r *raw) bind(values []any) []driver.NamedValue {
	r.args = r.args[:0]
	for i, v := range values {
		r.args = append(r.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return r.args
}

// exec runs a statement that answers no rows and returns how many it changed.
func (s statement) exec(values ...any) (int64, error) {
	// The context never ends: the driver would watch one that can in a goroutine of its own, and no statement here takes long.
	done, err := s.stmt.ExecContext(context.Background(), s.of.bind(values))
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// query runs a statement and gives its rows to f one by one; the values of a row are f's to keep.
func (s statement) query(f func(row []driver.Value) error, values ...any) (err error) {
	rows, err := s.stmt.QueryContext(context.Background(), s.of.bind(values))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(row); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		if err := f(row); err != nil {
			return err
		}
	}
}

// text is a column of text.
func text(v driver.Value) string { s, _ := v.(string); return s }

// number is a column of whole numbers.
func number(v driver.Value) int64 { n, _ := v.(int64); return n }

// blob is a column of bytes, nil for an empty one.
func blob(v driver.Value) []byte { b, _ := v.([]byte); return b }
