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
	codeBusy      = 5
	codeLocked    = 6
	codeNoMemory  = 7
	codeReadOnly  = 8
	codeInterrupt = 9
	codeIO        = 10
	codeFull      = 13
	codeCantOpen  = 14
	codeProtocol  = 15
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

// classifyCommit is classify for COMMIT: when the disk fails at the flush, the commit may be there after a restart.
func classifyCommit(err error) error {
	if code(err) == codeFull || code(err) == codeBusy {
		return classify(err)
	}
	return fmt.Errorf("%w: %w", docs.ErrUnknown, err)
}

func code(err error) int {
	var e *driver.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

// closed: database/sql has no sentinel for a pool or a statement that was closed.
func closed(err error) bool { return strings.HasSuffix(err.Error(), "is closed") }
