package exchange_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/aiken"
	"github.com/skillcert/skillcert/questionbank/exchange/gift"
	"github.com/skillcert/skillcert/questionbank/exchange/moodle"
	"github.com/skillcert/skillcert/questionbank/exchange/qti"
)

// soundly reads a file with one reader: whatever it holds, the answer is a refusal, or items that the bank accepts and a
// place for everything else.
func soundly(f *testing.F, read func(string, []byte, exchange.Options) (exchange.Batch, error), seeds ...[]byte) {
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := read("来文", data, given)
		if err != nil {
			return
		}
		codes := map[string]bool{}
		for _, d := range b.Drafts {
			if err := d.Validate(); err != nil && !questionbank.IsRange(d.Point) || codes[d.Code] {
				t.Fatalf("%+v: %v", d.ItemVersion, err)
			}
			codes[d.Code] = true
		}
		for _, p := range b.Problems {
			if p.Want == "" || p.Code == "" || p.File == "" {
				t.Fatalf("%+v", p)
			}
		}
		for _, d := range b.Dropped {
			if d.What == "" || d.File == "" {
				t.Fatalf("%+v", d)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	soundly(f, exchange.Read, sample(f, "choice-3.0.xml"), sample(f, "moodle.xml"), sample(f, "questions.gift"), sample(f, "questions.aiken"),
		[]byte(head+sound))
}

func FuzzQTI(f *testing.F) {
	soundly(f, qti.Read, sample(f, "choice-2.1.xml"), sample(f, "choice-3.0.xml"))
}

func FuzzPackage(f *testing.F) {
	manifest := `<manifest><resources><resource type="imsqti_item_xmlv2p1" href="a.xml"/></resources></manifest>`
	soundly(f, qti.Read, zipped(f, "item.xml", string(sample(f, "choice-2.1.xml"))), zipped(f, "imsmanifest.xml", manifest, "a.xml", string(sample(f, "choice-3.0.xml"))))
}

func FuzzMoodle(f *testing.F) { soundly(f, moodle.Read, sample(f, "moodle.xml")) }

func FuzzGIFT(f *testing.F) {
	soundly(f, gift.Read, sample(f, "questions.gift"), []byte("// [id:Q1] [tag:skillcert:level:5]\n::Q1::[html]a{~%50%b\n~%-50%c ~d}\n"))
}

func FuzzAiken(f *testing.F) { soundly(f, aiken.Read, sample(f, "questions.aiken")) }

// FuzzText: any text in the place of a stem and an option comes back from GIFT and Moodle XML as it was written.
func FuzzText(f *testing.F) {
	f.Add("题干", "甲")
	f.Add("a{b}~=#\\:", "%50%x")
	f.Add("[html]<p>", "// ::x:: ####")
	f.Fuzz(func(t *testing.T, stem, option string) {
		v := questionbank.ItemVersion{Code: "Q1", Level: engine.Level5, Type: questionbank.Single, Stem: stem, Options: []string{option, option + "二"},
			Key: []int{0}, Point: "A-001", Difficulty: 1}
		if v.Validate() != nil || strings.TrimSpace(stem) != stem || strings.TrimSpace(option) != option || strings.ContainsAny(stem+option, "<&") {
			return
		}
		for _, format := range []string{"gift", "moodle", "qti2.2", "qti3.0"} {
			var file bytes.Buffer
			losses, err := exchange.Write(&file, format, []questionbank.ItemVersion{v}, exchange.Keep{})
			if err != nil || len(losses) > 0 && losses[0].Whole {
				continue
			}
			b, err := exchange.Read("来文", file.Bytes(), exchange.Options{})
			if err != nil || len(b.Drafts) != 1 || b.Drafts[0].Digest() != v.Digest() {
				t.Fatalf("%s: %+v, %v\n%s", format, b, err, file.String())
			}
		}
	})
}
