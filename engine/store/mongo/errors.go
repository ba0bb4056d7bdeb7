package mongo

import (
	"errors"
	"fmt"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// outOfDisk is the code OutOfDiskSpace of MongoDB.
const outOfDisk = 14031

// readError is the answer of docs.Store to a read that failed. Only a plain answer of the server stays internal.
func readError(err error) error {
	if err == nil || refused(err) {
		return err
	}
	return fmt.Errorf("%w: %w", docs.ErrUnavailable, err)
}

// writeError is the answer of docs.Store to a write that failed: unless the server plainly said no, or nothing was
// sent because no server was found, nobody knows.
func writeError(err error) error {
	var nobody topology.ServerSelectionError
	switch {
	case err == nil:
		return nil
	case refused(err):
		if has(err, outOfDisk) {
			return fmt.Errorf("%w: %w", docs.ErrFull, err)
		}
		return err
	case errors.As(err, &nobody), errors.Is(err, driver.ErrClientDisconnected):
		return fmt.Errorf("%w: %w", docs.ErrUnavailable, err)
	}
	return fmt.Errorf("%w: %w", docs.ErrUnknown, err)
}

// lookError is the answer to a write whose document could not be read: sent says whether something was written before.
func lookError(err error, sent bool) error {
	if sent {
		return fmt.Errorf("%w: %w", docs.ErrUnknown, err)
	}
	return readError(err)
}

// refused reports whether the server answered and did nothing. A network error arrives as a server error too, so the
// labels decide; a label that allows a retry means the command may have run before; a write that was not confirmed by
// a majority may still be rolled back or kept.
func refused(err error) bool {
	var answer driver.ServerError
	if !errors.As(err, &answer) || driver.IsTimeout(err) || halfDone(err) {
		return false
	}
	for _, label := range []string{"NetworkError", "RetryableWriteError", "TransientTransactionError"} {
		if answer.HasErrorLabel(label) {
			return false
		}
	}
	return true
}

// halfDone reports whether the primary did its part and a majority did not confirm it.
func halfDone(err error) bool {
	var e driver.WriteException
	return errors.As(err, &e) && e.WriteConcernError != nil
}

func has(err error, code int) bool {
	var answer driver.ServerError
	return errors.As(err, &answer) && answer.HasErrorCode(code)
}
