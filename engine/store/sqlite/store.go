// Package sqlite keeps documents in one SQLite file: the embedded default of skillcert.
//
// Write-ahead log with synchronous=FULL: a Put is on the disk when it returns. One goroutine writes and commits
// whatever is waiting in one transaction, readers see the last commit and never wait for it. Lines of logs are noted in a
// journal first and filed later (journal.go, fold.go). A second process may read and write the file at the same time; it
// must lie on a local disk, never on a network file system. What such processes tell each other of their writes lies
// beside it (marks.go) and is of no worth without them.
package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "modernc.org/sqlite" // the database/sql driver "sqlite"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// format is the number of the table layout, kept in user_version. A file with a higher one is refused.
const format = 2

// Documents lie in a table of their own, found by an index of keys only. In one tree with the keys, as format 1 had them, a
// search reads every large document that it is compared with to its end.
const tables = `
CREATE TABLE IF NOT EXISTS doc(
	no INTEGER PRIMARY KEY,
	kind TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL,
	ops TEXT NOT NULL, ix TEXT NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS doc_key ON doc(kind, id);
CREATE TABLE IF NOT EXISTS ix(
	kind TEXT NOT NULL, name TEXT NOT NULL, val TEXT NOT NULL, id TEXT NOT NULL,
	PRIMARY KEY(kind, name, val, id)) WITHOUT ROWID;` + journalTable + `
PRAGMA user_version = 2;`

// From format 1.
const (
	beforeTables = `ALTER TABLE doc RENAME TO doc_1;`
	afterTables  = `
INSERT INTO doc(kind, id, rev, ops, ix, body) SELECT kind, id, rev, ops, ix, body FROM doc_1 ORDER BY kind, id;
DROP TABLE doc_1;`
)

// atOnce is how many connections read at once.
const atOnce = 4

// Store is a docs.Store in one file.
type Store struct {
	path    string
	writer  *writer
	pending *pending
	readers chan *reader // those that nobody uses now
	opened  int          // how many there are
	close   sync.Once
	marks   marks
}

var (
	_ docs.Loader   = (*Store)(nil)
	_ docs.Reviser  = (*Store)(nil)
	_ docs.Marker   = (*Store)(nil)
	_ docs.Gatherer = (*Store)(nil)
	_ docs.Counter  = (*Store)(nil)
)

// Open opens the file at path, or makes it readable by its owner only, with the directories that are missing.
func Open(path string) (*Store, error) { return open(path, usual) }

func open(path string, p pace) (*Store, error) {
	if err := prepare(path); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	s := &Store{path: path, pending: newPending(), readers: make(chan *reader, atOnce)}
	if err := s.marks.open(path); err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := s.connect(context.Background(), p); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), s.Close())
	}
	return s, nil
}

// prepare creates the file before SQLite does, so that its rights, which the log inherits, are ours.
func prepare(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Chmod(0o600), f.Close())
}

// logPages is how long the write-ahead log grows, 4 KiB each, before the writer copies it into the file, flushes that, and
// begins the log anew. It is short: nobody waits long for 6 MiB, and a log that is written over and over in the same
// place is flushed faster than one that grows. Copied by another connection while the writer goes on, the file is
// not flushed before the log ends somewhen, and what has gathered by then holds up a commit for a tenth of a second.
const logPages = "1500"

// source is the name of a connection. A writer waits 5 s for another process's lock. A log that grew, because somebody read
// for long, is cut back to 16 MiB.
func source(path string, pragmas ...string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: url.Values{"_pragma": pragmas}.Encode()}
	return u.String(), nil
}

func (s *Store) connect(ctx context.Context, p pace) error {
	name, err := source(s.path, "busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "journal_size_limit(16777216)",
		"cache_size(-32768)", "wal_autocheckpoint("+logPages+")")
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }() // the connections in use are opened below
	if err := layOut(ctx, db); err != nil {
		return err
	}
	if s.writer, err = startWriter(db.Driver(), name, s.pending, p, &s.marks); err != nil {
		return err
	}
	if name, err = source(s.path, "busy_timeout(5000)", "cache_size(-16384)", "query_only(1)"); err != nil {
		return err
	}
	for range atOnce {
		q, err := openReader(db.Driver(), name)
		if err != nil {
			return err
		}
		s.readers <- q
		s.opened++
	}
	return nil
}

// layOut makes the tables in a new file and refuses a file that this program may not understand.
func layOut(ctx context.Context, db *sql.DB) error {
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return classify(err)
	}
	if mode != "wal" {
		return fmt.Errorf("journal mode is %s: the file system does not support a write-ahead log", mode)
	}
	c, err := db.Conn(ctx)
	if err != nil {
		return classify(err)
	}
	have, err := formatOf(ctx, c)
	if err == nil && have < format {
		err = lift(ctx, c)
	}
	return errors.Join(err, c.Close())
}

// formatOf reads the format of a file, 0 when it is new.
func formatOf(ctx context.Context, c *sql.Conn) (have int, err error) {
	if err := c.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return 0, classify(err)
	}
	if have > format {
		return 0, fmt.Errorf("the file has format %d, this program knows %d", have, format)
	}
	return have, nil
}

// lift brings a file to the present format, or leaves it as it is. Of two processes at once the second finds it done.
func lift(ctx context.Context, c *sql.Conn) error {
	if _, err := c.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return classify(err)
	}
	have, err := formatOf(ctx, c)
	if err == nil && have < format {
		script := tables
		if have == 1 {
			script = beforeTables + tables + afterTables
		}
		_, err = c.ExecContext(ctx, script)
	}
	if err == nil {
		_, err = c.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, undone := c.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(classify(err), undone)
	}
	return nil
}

// Close waits for the reads and writes under way, then closes the file. Later calls are refused as ErrUnavailable.
func (s *Store) Close() (err error) {
	s.close.Do(func() {
		defer func() { err = errors.Join(err, s.marks.close()) }()
		if s.writer == nil {
			return
		}
		s.writer.stop()
		for range s.opened {
			err = errors.Join(err, (<-s.readers).close())
		}
		close(s.readers)
		err = errors.Join(err, s.writer.raw.close()) // the last connection empties the log
	})
	return err
}

// Get implements docs.Store.
func (s *Store) Get(ctx context.Context, k docs.Key) (docs.Doc, error) {
	if !k.Valid() {
		return docs.Doc{}, docs.ErrNotFound
	}
	var d docs.Doc
	err := s.reading(ctx, func(q *reader) (err error) { d, err = s.read(q, k); return err })
	if err == nil && d.Revision == 0 {
		err = docs.ErrNotFound
	}
	if err != nil {
		return docs.Doc{}, err
	}
	return d, nil
}

// read is the document at k, revision 0 when absent.
func (s *Store) read(q *reader, k docs.Key) (docs.Doc, error) {
	d := docs.Doc{Key: k}
	if l, ok := s.pending.get(k); ok {
		d = l.doc()
	}
	err := q.get.query(func(row []driver.Value) error {
		d.Revision, d.Body = number(row[0]), blob(row[2])
		return decodeIndex(text(row[1]), &d)
	}, k.Kind, k.ID)
	return d, err
}

// Gather implements docs.Gatherer: one reader is lent for all.
func (s *Store) Gather(ctx context.Context, kind string, ids []string) (found []docs.Doc, err error) {
	err = s.reading(ctx, func(q *reader) error {
		for _, id := range ids {
			k := docs.Key{Kind: kind, ID: id}
			if !k.Valid() {
				continue
			}
			d, err := s.read(q, k)
			if err != nil {
				return err
			}
			if d.Revision > 0 {
				found = append(found, d)
			}
		}
		return nil
	})
	return found, err
}

// Revision implements docs.Reviser.
func (s *Store) Revision(ctx context.Context, k docs.Key) (revision int64, err error) {
	if !k.Valid() {
		return 0, docs.ErrNotFound
	}
	err = s.reading(ctx, func(q *reader) error {
		if _, ok := s.pending.get(k); ok {
			revision = 1
		}
		return q.revision.query(func(row []driver.Value) error { revision = number(row[0]); return nil }, k.Kind, k.ID)
	})
	if err == nil && revision == 0 {
		err = docs.ErrNotFound
	}
	return revision, err
}

// Put implements docs.Store. A caller whose ctx ends while its write waits is told ErrUnavailable; while the write
// is being committed, ErrUnknown.
func (s *Store) Put(ctx context.Context, w docs.Write) (int64, error) {
	if err := w.Check(); err != nil {
		return 0, err
	}
	return s.writer.put(ctx, w, 0)
}

// Load implements docs.Loader.
func (s *Store) Load(ctx context.Context, d docs.Doc) error {
	w, err := d.Loading()
	if err != nil {
		return err
	}
	_, err = s.writer.put(ctx, w, d.Revision)
	return err
}

func decodeIndex(raw string, d *docs.Doc) error {
	if raw == "{}" {
		return nil
	}
	if err := json.Unmarshal([]byte(raw), &d.Index); err != nil {
		return fmt.Errorf("index of %s %s: %w", d.Kind, d.ID, err)
	}
	return nil
}
