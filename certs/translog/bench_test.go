package translog_test

import (
	"fmt"
	"runtime"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine/ids"
	"github.com/skillcert/skillcert/engine/store"
	"github.com/skillcert/skillcert/engine/store/storetest"
)

// BenchmarkAppend logs batches of 64 in the embedded store and publishes each, as issuing does.
func BenchmarkAppend(b *testing.B) {
	const batch = 64
	l := open(b, store.New(storetest.OpenSQLite(b), ids.Random()).Translog())
	n := 0
	for b.Loop() {
		_, err := l.Append(b.Context(), entries(n, batch))
		noError(b, err)
		_, err = l.Publish(b.Context())
		noError(b, err)
		n += batch
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkProof builds and checks proofs in a log of a million entries, and tells what the log holds in memory then.
func BenchmarkProof(b *testing.B) {
	const size = 1_000_000
	ports := million(b)
	before := heap()
	l := open(b, ports)
	c, err := l.Publish(b.Context())
	noError(b, err)
	if c.Size != size {
		b.Fatalf("%d entries", c.Size)
	}
	step := int64(0)
	index := func() int64 { step += 7919; return step * 127 % size }
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			_, err := l.Prove(b.Context(), index(), size)
			noError(b, err)
		}
		b.ReportMetric(float64(max(heap()-before, 0))/(1<<20), "MiB-held")
	})
	p, err := l.Prove(b.Context(), 777_777, size)
	noError(b, err)
	_, key := logKey(b, origin)
	leaf := entries(777_777, 1)[0].Data
	trust := translog.Trust{Log: []note.Verifier{key}}
	b.Run("check", func(b *testing.B) {
		for b.Loop() {
			opened, err := trust.Open(c.Note)
			noError(b, err)
			noError(b, p.Check(leaf, opened))
		}
		b.ReportMetric(float64(len(p.String())), "B-proof")
		b.ReportMetric(float64(len(c.Note)), "B-checkpoint")
	})
	b.Run("check under a trusted checkpoint", func(b *testing.B) {
		opened, err := trust.Open(c.Note)
		noError(b, err)
		for b.Loop() {
			noError(b, p.Check(leaf, opened))
		}
	})
}

// million writes the bundles of a million entries as they would be, to the embedded store.
func million(b *testing.B) translog.Ports {
	b.Helper()
	ports := store.New(storetest.OpenSQLite(b), ids.Random()).Translog()
	for n := range 1_000_000/translog.Width + 1 {
		bundle := &translog.Bundle{Number: int64(n)}
		for i := n * translog.Width; i < min(1_000_000, (n+1)*translog.Width); i++ {
			bundle.IDs = append(bundle.IDs, fmt.Sprint(i))
			bundle.Data = translog.AppendLeaf(bundle.Data, entries(i, 1)[0].Data)
		}
		noError(b, ports.Bundles.CreateBundle(b.Context(), bundle))
	}
	return ports
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
