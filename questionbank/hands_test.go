package questionbank_test

import (
	"fmt"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/questionbank"
)

// TestWhoHadAHandInARelease: who wrote, passed or consented to what a release holds, and nobody else; what became of the
// items afterwards changes nothing.
func TestWhoHadAHandInARelease(t *testing.T) {
	h := stocked(t)
	second := person("second", authz.Author, "")
	edited := single("N1", "")
	edited.Stem = "第二人改写，应先（ ）。"
	done(h.Edit(ctx, second, edited, "措辞"))(t)
	h.lead(t, "N1", questionbank.Reviewed)
	done(h.PublishRelease(ctx, keeper, "2026.1", "", "", false))(t)
	done(h.PublishRelease(ctx, keeper, "2026.1+120000", "2026.1", "12", false))(t)
	for code := range map[string]bool{"N1": true, "P1": true} {
		later := single(code, done(h.ports.Items.Item(ctx, code))(t).Current().Province)
		later.Stem = code + "发布以后又改写，应先（ ）。"
		done(h.Edit(ctx, person("third", authz.Author, ""), later, "措辞"))(t)
	}
	again := h.bank(h.ports) // reads all of it anew
	for release, want := range map[string]string{
		"2026.1":        "author:[author N1 author N2 author N3] reviewer:[reviewer N1 reviewer N2 reviewer N3] second:[author N1] ",
		"2026.1+120000": "author:[author N1 author N2 author N3 author P1 author P2] labour:[consenter P1 consenter P2] medical:[consenter P1 consenter P2] reviewer:[reviewer N1 reviewer N2 reviewer N3 reviewer P1 reviewer P2] second:[author N1] ",
	} {
		hands := done(again.Hands(ctx, release, engine.Level5))(t)
		got := ""
		for _, p := range []engine.PersonID{"author", "labour", "medical", "reviewer", "second", "third", ""} {
			if len(hands[p]) == 0 {
				continue
			}
			var all []string
			for _, one := range hands[p] {
				all = append(all, fmt.Sprint(one.Act, " ", one.Code))
			}
			got += fmt.Sprintf("%s:%v ", p, all)
		}
		if got != want {
			t.Errorf("%s: %s\nwant %s", release, got, want)
		}
		if other := done(again.Hands(ctx, release, engine.Level4))(t); len(other) != 0 {
			t.Errorf("of another level: %v", other)
		}
	}
	_, err := again.Hands(ctx, "2026.7", engine.Level5)
	wantError(t, "no release", err, questionbank.ErrRelease)
}
