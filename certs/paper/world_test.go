package paper_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/paper"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/fixtures/bank"
	"github.com/skillcert/skillcert/fixtures/fonts"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/assembly"
)

// open unpacks and parses the fonts once for all tests of the package.
var open = sync.OnceValues(func() (*pdf.Fonts, error) {
	return pdf.OpenFiles(fonts.New())
})

func newPrinter(t testing.TB) *paper.Printer {
	t.Helper()
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return paper.New(f)
}

// release is a bank of items by code with their pictures by digest.
type release struct {
	items    map[string]questionbank.ItemVersion
	pictures map[string][]byte
}

func (r release) item(code string) (questionbank.ItemVersion, bool) {
	v, ok := r.items[code]
	return v, ok
}

func (r release) image(digest string) (*questionbank.Image, error) {
	if b, ok := r.pictures[digest]; ok {
		return &questionbank.Image{Digest: digest, Bytes: b}, nil
	}
	return nil, questionbank.ErrImage
}

// paperOf is a paper that shows the given items in their order, every item's options turned by one more place than the
// item's before.
func paperOf(items []questionbank.ItemVersion, pictures map[string][]byte) paper.Paper {
	r := release{map[string]questionbank.ItemVersion{}, pictures}
	form := assembly.Form{Slot: 41}
	counts := map[questionbank.ItemType]int{}
	for n, v := range items {
		v.Version = max(v.Version, 1)
		r.items[v.Code] = v
		counts[v.Type]++
		line := assembly.FormItem{Code: v.Code, Version: v.Version, Type: v.Type}
		for k := range v.Options {
			turn := n
			if v.Type == questionbank.Judgement {
				turn = 0
			}
			line.Options = append(line.Options, (k+turn)%len(v.Options))
		}
		form.Items = append(form.Items, line)
	}
	return paper.Paper{
		Blueprint: questionbank.Blueprint{Level: engine.Level5, Counts: counts, ItemPoints: 1_00, Sample: true},
		Form:      form, Item: r.item, Image: r.image, Sitting: "2026年第一次认定　第2场", Minutes: 90,
		Created: time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC),
	}
}

// sample are so many items of the sample bank of a level, by type.
func sample(t testing.TB, level engine.Level, single, multiple, judgement int) (items []questionbank.ItemVersion) {
	t.Helper()
	content, err := bank.Content()
	if err != nil {
		t.Fatal(err)
	}
	want := map[questionbank.ItemType]int{questionbank.Single: single, questionbank.Multiple: multiple, questionbank.Judgement: judgement}
	for _, kind := range questionbank.ItemTypes() {
		for _, v := range content.National {
			if v.Type == kind && v.Level == level && want[kind] > 0 {
				items = append(items, v)
				want[kind]--
			}
		}
	}
	return items
}

func whole(t testing.TB) paper.Paper { return paperOf(sample(t, engine.Level5, 70, 10, 20), nil) }

// drawing is a PNG of a clock's face, w by h, partly transparent.
func drawing(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, rings(w, h)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, rings(w, h), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func rings(w, h int) image.Image {
	im := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			dx, dy := float64(2*x-w)/float64(w), float64(2*y-h)/float64(h)
			if d := dx*dx + dy*dy; d < 0.95 && int(d*12)%2 == 0 {
				im.Set(x, y, color.NRGBA{30, 110, 110, 255})
			}
		}
	}
	return im
}

func named(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func write(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// tool runs a program that the tests need; a machine without it fails the test.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: install poppler-utils, qpdf and zbar-tools", name)
	}
	b, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, b)
	}
	return strings.ToValidUTF8(string(b), "?")
}

// copied is the text of a file as a reader copies it, without blanks and line ends.
func copied(t testing.TB, file []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(tool(t, "pdftotext", "-raw", write(t, "file.pdf", file), "-")), "")
}
