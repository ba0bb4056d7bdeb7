package sqlite

import (
	"database/sql/driver"
	"errors"
)

// A checkpoint copies what was committed from the log into the file and flushes it there, which takes as long as some
// commits. The writer would do it in between and keep everybody waiting, so a connection of its own does most of it while
// the writer goes on, after every checkpointAfter writes. The log begins anew only when nothing is left to copy: that last
// part is the writer's, once the log has logPages pages, and is small by then.
//
// SQLite before 3.51.3 could lose a page when two connections checkpoint; the driver carries a later one.
const (
	checkpointAfter = 15000
	logPages        = "32768" // 128 MiB; the file of the log is cut back to half of it
)

// checkpointer copies the log into the file in the background.
type checkpointer struct {
	*raw
	run     statement
	due     chan struct{} // room for one
	stopped chan struct{}
}

func startCheckpointer(d driver.Driver, name string) (*checkpointer, error) {
	c, err := connectRaw(d, name)
	if err != nil {
		return nil, classify(err)
	}
	k := &checkpointer{raw: c, due: make(chan struct{}, 1), stopped: make(chan struct{})}
	if k.run, err = c.prepare("PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		return nil, errors.Join(classify(err), c.close())
	}
	go k.work()
	return k, nil
}

// ask makes a checkpoint due, unless one is already.
func (k *checkpointer) ask() {
	select {
	case k.due <- struct{}{}:
	default:
	}
}

func (k *checkpointer) work() {
	defer close(k.stopped)
	for range k.due {
		// What cannot be copied now, because the disk is full or another process copies, stays in the log, where it is
		// as durable; the writer tells of a disk that is full.
		_ = k.run.query(func([]driver.Value) error { return nil })
	}
}

// stop waits for a checkpoint under way and closes the connection. Nobody asks after it.
func (k *checkpointer) stop() error {
	close(k.due)
	<-k.stopped
	return k.close()
}
