package sqlite

import (
	"database/sql/driver"
	"strings"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// A log's lines are numbered upwards, so a new line is almost always above all that there is of its log, filed or pending:
// whoever remembers the highest does not have to look for the line's own place. A log is what the ID is before its last slash.
//
// What is remembered is never too low: this process's writes raise it, and another process's commit makes it void.
type ceilings struct {
	version int64 // of the file, as SQLite counts the commits of other connections
	highest map[docs.Key]string
}

const (
	dataVersion = "PRAGMA data_version"
	highestOf   = "SELECT coalesce(max(id), '') FROM doc WHERE kind = ? AND id >= ? AND id < ?"
	mostLogs    = 50000 // that are remembered
)

// logOf is the log of a line, and the ID above all of its lines. An ID without a slash is a log of one line.
func logOf(k docs.Key) (log docs.Key, above string) {
	end := strings.LastIndexByte(k.ID, '/')
	if end < 0 {
		return k, k.ID + "\x00"
	}
	return docs.Key{Kind: k.Kind, ID: k.ID[:end+1]}, k.ID[:end] + "0" // '0' follows '/'
}

func (c *ceilings) raise(k docs.Key) {
	log, _ := logOf(k)
	if top, known := c.highest[log]; known && top < k.ID {
		c.highest[log] = k.ID
	}
}

// renew forgets everything when another connection has committed.
func (w *writer) renew() error {
	return w.version.query(func(row []driver.Value) error {
		if now := number(row[0]); now != w.ceilings.version || w.ceilings.highest == nil || len(w.ceilings.highest) > mostLogs {
			w.ceilings = ceilings{now, map[docs.Key]string{}}
		}
		return nil
	})
}

// above reports whether k is above everything that there is of its log.
func (w *writer) above(k docs.Key) (bool, error) {
	log, end := logOf(k)
	top, known := w.ceilings.highest[log]
	if !known {
		top = w.pending.highest(log, end)
		err := w.highest.query(func(row []driver.Value) error { top = max(top, text(row[0])); return nil }, log.Kind, log.ID, end)
		if err != nil {
			return false, err
		}
		w.ceilings.highest[log] = top
	}
	return k.ID > top, nil
}
