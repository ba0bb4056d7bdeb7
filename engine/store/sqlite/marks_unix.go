//go:build unix

package sqlite

import (
	"errors"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// marksBytes are the counters of all slots.
const marksBytes = 2 * slots * 8

// open shares the memory with everybody who has the store open, and counts anew when that is nobody.
func (m *marks) open(path string) error {
	f, err := marksFile(path + "-marks")
	if err != nil {
		return err
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, marksBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	all := unsafe.Slice((*atomic.Uint64)(unsafe.Pointer(unsafe.SliceData(memory))), 2*slots) // a mapping begins at a page: counters are aligned
	m.begun, m.ended = all[:slots], all[slots:]
	m.unmap = func() error { return errors.Join(unix.Munmap(memory), leave(f)) }
	return nil
}

// marksFile opens the file and holds it, as everybody does who has the store open. The lock ends with the process, however that ends.
func marksFile(name string) (*os.File, error) {
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := held(f); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		ours, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if theirs, err := os.Stat(name); err == nil && os.SameFile(ours, theirs) {
			return f, nil
		}
		if err := f.Close(); err != nil { // the last one left and took it away meanwhile
			return nil, err
		}
	}
}

// held shares the file with others; who is alone counts anew first.
func held(f *os.File) error {
	err := flock(f, unix.LOCK_EX|unix.LOCK_NB)
	if err == nil { // written in full: a hole in the file would ask for its place on the disk when that is full
		_, err = f.WriteAt(make([]byte, marksBytes), 0)
	}
	if err == nil || errors.Is(err, unix.EWOULDBLOCK) {
		err = flock(f, unix.LOCK_SH)
	}
	return err
}

// leave takes the file away where nobody else holds it.
func leave(f *os.File) (err error) {
	if flock(f, unix.LOCK_EX|unix.LOCK_NB) == nil {
		err = os.Remove(f.Name())
	}
	return errors.Join(err, f.Close())
}

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
