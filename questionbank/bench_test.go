package questionbank_test

import (
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/questionbank"
)

// batch is how many drafts an importer hands over at once.
const batch = 500

func drafts(from int) []questionbank.ItemVersion {
	all := make([]questionbank.ItemVersion, batch)
	for n := range all {
		all[n] = single(fmt.Sprintf("N%07d", from+n), "")
		all[n].Stem = fmt.Sprintf("第%d题：照护对象卧床多日，骶尾部皮肤发红，首先应做的是（ ）。", from+n)
	}
	return all
}

// BenchmarkImportItems is of one batch into a bank that grows.
func BenchmarkImportItems(b *testing.B) {
	h := furnished(b)
	for n := 0; b.Loop(); n += batch {
		h.imported(b, drafts(n)...)
	}
	b.ReportMetric(float64(b.N*batch)/b.Elapsed().Seconds(), "items/s")
}

// BenchmarkSnapshot is of loading a release of 2,000 items for the first time.
func BenchmarkSnapshot(b *testing.B) {
	h := furnished(b)
	for n := 0; n < 4*batch; n += batch {
		for _, i := range done(h.ImportItems(ctx, author, drafts(n)))(b) {
			done(h.Review(ctx, reviewer, i.Code, 1))(b)
		}
	}
	r := done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(b)
	for b.Loop() {
		done(h.bank(h.ports).Snapshot(ctx, r.ID))(b)
	}
}
