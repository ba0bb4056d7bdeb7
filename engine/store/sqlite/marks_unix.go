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

// open shares the memory with everybody who has the store open, and counts anew when that is nobody. The lock ends with
// the process, however that ends.
func (m *marks) open(path string) error {
	f, err := os.OpenFile(path+"-marks", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == nil { // written in full: a hole in the file would take its place on the disk when that is full
		_, err = f.WriteAt(make([]byte, marksBytes), 0)
	} else if errors.Is(err, unix.EWOULDBLOCK) {
		err = nil
	}
	if err == nil {
		err = shared(f)
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, marksBytes, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return errors.Join(err, f.Close())
	}
	all := unsafe.Slice((*atomic.Uint64)(unsafe.Pointer(unsafe.SliceData(memory))), 2*slots) // a mapping begins at a page, so counters are aligned
	m.begun, m.ended = all[:slots], all[slots:]
	m.unmap = func() error { return errors.Join(unix.Munmap(memory), f.Close()) }
	return nil
}

// shared waits for whoever counts anew.
func shared(f *os.File) error {
	for {
		if err := unix.Flock(int(f.Fd()), unix.LOCK_SH); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}
