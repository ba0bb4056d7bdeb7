//go:build !linux

package clock

import "time"

// Uptime is the time since the program started. On some systems it stands still while the machine sleeps.
func Uptime() time.Duration { return time.Since(started) }
