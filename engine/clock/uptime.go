package clock

import "time"

// started carries the monotonic reading that a system without a clock of its uptime counts from.
var started = time.Now()
