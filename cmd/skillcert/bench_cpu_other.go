//go:build !unix

package main

import (
	"time"

	"github.com/skillcert/skillcert/engine/clock"
)

// cpuWatch measures wall time where the CPU time of the process is not to be had.
type cpuWatch struct{ watch clock.Stopwatch }

func startCPU() cpuWatch { return cpuWatch{clock.Start()} }

func (w cpuWatch) elapsed() time.Duration { return w.watch.Elapsed() }
