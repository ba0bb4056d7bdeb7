package intake_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/intake"
)

// benchRows is what a national bank may send at once.
const benchRows = 100_000

// syntheticItems are n items of words of two characters, from a seed. Running text repeats itself about as much.
func syntheticItems(n int) []questionbank.ItemVersion {
	r := rand.New(rand.NewChaCha8([32]byte{1}))
	words := make([]string, 300)
	for i := range words {
		words[i] = string([]rune{rune(0x4E00 + r.Uint64N(2500)), rune(0x4E00 + r.Uint64N(2500))})
	}
	text := func(least, most int) string {
		s := ""
		for range least + int(r.Uint64N(uint64(most-least))) {
			s += words[r.Uint64N(uint64(len(words)))]
		}
		return s
	}
	all := make([]questionbank.ItemVersion, n)
	for i := range all {
		v := questionbank.ItemVersion{Code: fmt.Sprintf("S%06d", i), Level: engine.Level5, Type: questionbank.Single, Stem: text(8, 20) + "（　　）。",
			Point: []string{"A-001", "B-001"}[i%2], Difficulty: 1 + i%5, Seconds: 40, Explanation: text(6, 20), Key: []int{i % 4}}
		for _, mark := range "一二三四" {
			v.Options = append(v.Options, text(2, 6)+string(mark))
		}
		all[i] = v
	}
	return all
}

// BenchmarkImport reads a workbook of 100,000 rows and brings it into a bank on the embedded store, then reads and
// compares it once more against the bank that holds it all.
func BenchmarkImport(b *testing.B) {
	var file bytes.Buffer
	if _, err := exchange.Write(&file, exchange.Workbook, syntheticItems(benchRows), exchange.Keep{}); err != nil {
		b.Fatal(err)
	}
	b.Logf("workbook of %d rows, %.1f MB", benchRows, float64(file.Len())/1e6)
	for b.Loop() {
		h := open(b, b.TempDir())
		read, err := exchange.Read("题.xlsx", file.Bytes(), exchange.Options{})
		if err != nil || len(read.Drafts) != benchRows {
			b.Fatalf("%d rows, %v", len(read.Drafts), err)
		}
		after(b, "read")
		if p, err := h.imports.Commit(ctx, author, read, intake.Decisions{}, nil); err != nil || p.Added != benchRows {
			b.Fatalf("%d of %d, %v", p.Added, benchRows, err)
		}
		after(b, "commit")
		for n := range read.Drafts {
			read.Drafts[n].Code = "T" + read.Drafts[n].Code
		}
		if p, err := h.imports.Plan(ctx, author, read, intake.Decisions{}); err != nil || p.Skipped != benchRows {
			b.Fatalf("%d of %d, %v", p.Skipped, benchRows, err)
		}
		after(b, "compare")
	}
}

// after reports how long the benchmark runs, and the memory it took from the system so far.
func after(b *testing.B, what string) {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(b.Elapsed().Seconds(), "s-"+what)
	b.ReportMetric(float64(m.Sys)/1e6, "MB-"+what)
}
