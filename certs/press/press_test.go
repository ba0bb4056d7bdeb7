package press_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/certs/press"
	"github.com/skillcert/skillcert/certs/translog"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/fonts"
)

var _ certs.Sealer = (*press.Press)(nil)

func noon() time.Time { return time.Date(2026, 3, 2, 4, 0, 0, 0, time.UTC) }

// renderer is opened once: parsing the fonts takes longer than all tests.
var renderer = sync.OnceValues(func() (*pdf.Renderer, error) {
	f, err := pdf.OpenFiles(fonts.New())
	if err != nil {
		return nil, err
	}
	return pdf.NewRenderer(f)
})

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newPress(t testing.TB, demo bool) (*press.Press, *keys.Ring) {
	t.Helper()
	r, err := renderer()
	check(t, err)
	ring, err := keys.Init(t.TempDir(), "技能等级认定", demo, noon())
	check(t, err)
	return press.NewPress(r, ring, "https://example.org/", "example.org/verify", press.National), ring
}

func certificate() *certs.Certificate {
	return &certs.Certificate{Number: "S000012009999264000012", Filing: "S000012009999", Token: "0123456789abcdefghjkmnpqrs", State: certs.Reserved,
		Edition: certs.Edition{Version: 1, Kind: translog.Issued, Name: "古丽·𠮷明", IDType: engine.ResidentCard, IDMasked: "1101************14",
			Occupation: engine.LongTermCare(), Level: engine.Level4, Issued: clock.Date{Year: 2026, Month: 3, Day: 2}, OrgName: "津门照护技能评价中心",
			Salt: "00112233445566778899aabbccddeeff", Slot: certs.Slot{List: 3, Index: 77}, List: "https://example.org/status/3"}}
}

// draft is what a press makes the document of c from.
func draft(t testing.TB, c *certs.Certificate, photo []byte, at time.Time) certs.Draft {
	t.Helper()
	c.Photo = certs.PhotoDigest(photo)
	text, err := c.Credential(&c.Edition).Encode()
	check(t, err)
	return certs.Draft{Certificate: c, Edition: &c.Edition, Photo: photo, Credential: text, At: at}
}

func photo(t testing.TB) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 295, 413))
	for x := range 295 {
		for y := range 413 {
			m.Set(x, y, color.RGBA{uint8(x), uint8(y), 128, 255})
		}
	}
	var b bytes.Buffer
	check(t, jpeg.Encode(&b, m, nil))
	return b.Bytes()
}

// tool runs a program that the tests need; a machine without it fails the test.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

func write(t *testing.T, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "certificate.pdf")
	check(t, os.WriteFile(path, b, 0o600))
	return path
}

// TestDocument reads a sealed certificate as a person and as a program would.
func TestDocument(t *testing.T) {
	p, ring := newPress(t, false)
	c := certificate()
	out, err := p.Seal(draft(t, c, photo(t), noon()))
	check(t, err)
	got, err := certs.VerifyOffline(out, certs.Trusted{Roots: ring.Trust()}, pades.Options{Now: noon()}, nil)
	check(t, err)
	if got.Credential.Number != c.Number || got.Credential.Name != c.Name || got.Credential.Photo != c.Photo || !got.Sealed.Equal(noon()) || got.Signer != "津门照护技能评价中心 证书专用章 2026" {
		t.Errorf("offline: %+v", got)
	}
	path := write(t, out)
	text := tool(t, "pdftotext", "-layout", path, "-")
	for _, want := range []string{string(c.Number), c.Name, c.IDMasked, "居民身份证", "健康照护师", "长期照护师", "四级/中级工", "Level 4, Intermediate",
		"2026年3月2日", c.OrgName, "example.org/verify", press.National} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	for _, unwanted := range []string{"110101190001010014", c.Token, "演示"} {
		if strings.Contains(text, unwanted) {
			t.Errorf("%q is printed", unwanted)
		}
	}
	if links := tool(t, "pdfinfo", "-url", path); !strings.Contains(links, "https://example.org/v/"+c.Token) {
		t.Errorf("the code leads to %s", links)
	}
	if seal := tool(t, "pdfsig", path); !strings.Contains(seal, "Signature is Valid") || !strings.Contains(seal, "Total document signed") {
		t.Errorf("pdfsig: %s", seal)
	}
	tool(t, "qpdf", "--check", path)
}

func TestDemoDocumentSaysSo(t *testing.T) {
	p, _ := newPress(t, true)
	out, err := p.Seal(draft(t, certificate(), nil, noon()))
	check(t, err)
	if text := tool(t, "pdftotext", write(t, out), "-"); !p.Demo() || !strings.Contains(text, "演示") {
		t.Errorf("not marked:\n%s", text)
	}
	if earnest, _ := newPress(t, false); earnest.Demo() {
		t.Error("a press in earnest calls itself a demo")
	}
}

// TestSealedInTheNextYear: the date printed is that of issue, the seal is the one that holds when it is set.
func TestSealedInTheNextYear(t *testing.T) {
	p, ring := newPress(t, false)
	c := certificate()
	c.Issued = clock.Date{Year: 2026, Month: 12, Day: 31}
	for at, want := range map[time.Time]string{
		time.Date(2026, 12, 31, 15, 59, 59, 999e6, time.UTC): "津门照护技能评价中心 证书专用章 2026",
		time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC):       "津门照护技能评价中心 证书专用章 2027",
	} {
		out, err := p.Seal(draft(t, c, nil, at))
		check(t, err)
		got, err := certs.VerifyOffline(out, certs.Trusted{Roots: ring.Trust()}, pades.Options{Now: at}, nil)
		if err != nil || got.Signer != want || got.Credential.Issued != c.Issued {
			t.Errorf("%v: %+v, %v", at, got, err)
		}
	}
}

func TestWhatCannotBePrinted(t *testing.T) {
	p, _ := newPress(t, false)
	edited := func(edit func(*certs.Certificate)) *certs.Certificate {
		c := certificate()
		edit(c)
		return c
	}
	for name, c := range map[string]struct {
		of    *certs.Certificate
		photo []byte
		at    time.Time
		want  error
	}{
		"no glyph":          {edited(func(c *certs.Certificate) { c.Name = "李\U000323af" }), nil, noon(), pdf.ErrGlyph},
		"no name":           {edited(func(c *certs.Certificate) { c.Name = "" }), nil, noon(), offline.ErrClaims},
		"no photo":          {certificate(), []byte("no photo"), noon(), pdf.ErrPhoto},
		"no filing":         {edited(func(c *certs.Certificate) { c.Filing = "" }), nil, noon(), keys.ErrIdentity},
		"before the keys":   {certificate(), nil, noon().AddDate(0, 0, -2), keys.ErrPeriod},
		"after the issuing": {certificate(), nil, noon().AddDate(10, 0, 1), keys.ErrPeriod},
	} {
		if _, err := p.Seal(draft(t, c.of, c.photo, c.at)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPressesTogether: documents made at the same time do not mix.
func TestPressesTogether(t *testing.T) {
	p, ring := newPress(t, false)
	var all sync.WaitGroup
	for n := range 16 {
		all.Go(func() {
			c := certificate()
			c.Name = "李" + string('一'+rune(n))
			out, err := p.Seal(draft(t, c, nil, noon()))
			if err != nil {
				t.Error(err)
				return
			}
			if got, err := certs.VerifyOffline(out, certs.Trusted{Roots: ring.Trust()}, pades.Options{Now: noon()}, nil); err != nil || got.Credential.Name != c.Name {
				t.Errorf("%s: %+v, %v", c.Name, got, err)
			}
		})
	}
	all.Wait()
}

func BenchmarkSeal(b *testing.B) {
	p, ring := newPress(b, false)
	d := draft(b, certificate(), photo(b), noon())
	out, err := p.Seal(d)
	check(b, err)
	if _, err := pades.Verify(out, ring.Trust(), pades.Options{}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := p.Seal(d); err != nil {
			b.Fatal(err)
		}
	}
}
