package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// Primary result codes of SQLite (sqlite.org/rescode.html).
const (
	codeError     = 1
	codeBusy      = 5
	codeLocked    = 6
	codeNoMemory  = 7
	codeReadOnly  = 8
	codeInterrupt = 9
	codeIO        = 10
	codeFull      = 13
	codeCantOpen  = 14
	codeProtocol  = 15
	codeIOWrite   = codeIO | 3<<8 // an extended code: a page could not be written
)

// classify turns what SQLite says before a commit into an answer of docs.Store: nothing was written. What it does
// not know, such as a damaged file, stays internal.
func classify(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), closed(err):
		return fmt.Errorf("%w: %w", docs.ErrUnavailable, err)
	}
	switch code(err) {
	case codeFull:
		return fmt.Errorf("%w: %w", docs.ErrFull, err)
	case codeBusy, codeLocked, codeNoMemory, codeReadOnly, codeInterrupt, codeIO, codeCantOpen, codeProtocol:
		return fmt.Errorf("%w: %w", docs.ErrUnavailable, err)
	}
	return err
}

// classifyCommit is classify for COMMIT. A commit counts once its last page is in the log, so where the disk refuses
// a page nothing happened; where the flush fails, the commit may be there after a restart.
func classifyCommit(err error) error {
	if code(err) == codeFull || code(err) == codeBusy || extended(err) == codeIOWrite {
		return classify(err)
	}
	return fmt.Errorf("%w: %w", docs.ErrUnknown, err)
}

// code is the primary result code of SQLite, 0 when err is none of its errors.
func code(err error) int { return extended(err) & 0xff }

func extended(err error) int {
	var e *driver.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code()
}

// closed: database/sql has no sentinel for a pool or a statement that was closed.
func closed(err error) bool { return strings.HasSuffix(err.Error(), "is closed") }
