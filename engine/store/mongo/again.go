package mongo

import (
	"context"
	"errors"
	"time"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/x/mongo/driver/topology"

	"github.com/skillcert/skillcert/engine/store/docs"
)

// breath is the pause before a read is repeated on another connection.
const breath = 25 * time.Millisecond

// reading runs a read and repeats it while there is time: the driver gives up as soon as the connection that it repeats on
// is broken or refused as well, though the server may be back in a moment.
func reading(ctx context.Context, read func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		err := readError(read(ctx))
		if !broken(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(breath):
		}
	}
}

// broken reports whether a connection failed, not the time, the search for a server or the client itself.
func broken(err error) bool {
	var nobody topology.ServerSelectionError
	return errors.Is(err, docs.ErrUnavailable) && !driver.IsTimeout(err) && !errors.As(err, &nobody) &&
		!errors.Is(err, driver.ErrClientDisconnected) && !errors.Is(err, context.Canceled)
}
