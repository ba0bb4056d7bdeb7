package jobs

import "time"

// Renewing says how often a worker renews the lease of its job.
func (d *Desk) Renewing(every time.Duration) { d.renew = every }
