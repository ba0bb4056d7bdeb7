package clock

import (
	"time"

	"golang.org/x/sys/unix"
)

// Uptime is the time since the machine started, through sleep too; nobody can set it.
func Uptime() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &t); err != nil {
		return time.Since(started)
	}
	return time.Duration(t.Nano())
}
