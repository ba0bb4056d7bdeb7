package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/skillcert/skillcert/engine/store/docs"
)

var _ docs.Scrubber = (*Store)(nil)

var errStillRead = errors.New("the log cannot be emptied: somebody reads the file")

// Scrub implements docs.Scrubber: it writes the whole file anew and empties the write-ahead log, so that neither holds what
// was replaced. Meanwhile nobody can write; the disk needs room for a second copy.
func (s *Store) Scrub(ctx context.Context) error {
	name, err := source(s.path, "busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)")
	if err != nil {
		return err
	}
	return onConnection(ctx, name, func(db *sql.DB) error {
		if _, err := db.ExecContext(ctx, "VACUUM"); err != nil {
			return err
		}
		var busy, log, moved int
		if err := db.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &log, &moved); err != nil {
			return err
		}
		if busy != 0 {
			return errStillRead
		}
		return nil
	})
}
