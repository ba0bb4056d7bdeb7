package press_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/keys"
	"github.com/skillcert/skillcert/certs/offline"
	"github.com/skillcert/skillcert/certs/pades"
	"github.com/skillcert/skillcert/certs/pades/tsp"
	"github.com/skillcert/skillcert/certs/pades/tsp/tsatest"
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

// TestWhatCannotBePrinted: what stops the seal is told before there is a number.
func TestWhatCannotBePrinted(t *testing.T) {
	p, ring := newPress(t, false)
	revoked := func(c *certs.Certificate) {
		c.Filing = "S000012008888"
		_, err := ring.Sealer(keys.Body{Name: c.OrgName, Filing: c.Filing}, 2026, noon())
		check(t, err)
		all, err := ring.List(noon())
		check(t, err)
		lost := slices.IndexFunc(all, func(l keys.Listed) bool { return strings.Contains(l.Name, c.Filing) })
		_, err = ring.Revoke(all[lost].Serial, "key-compromise", noon(), noon())
		check(t, err)
	}
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
		"no glyph":            {edited(func(c *certs.Certificate) { c.Name = "李\U000323af" }), nil, noon(), pdf.ErrGlyph},
		"no name":             {edited(func(c *certs.Certificate) { c.Name = "" }), nil, noon(), pdf.ErrDocument},
		"a short number":      {edited(func(c *certs.Certificate) { c.IDType, c.IDMasked = engine.OtherDoc, engine.MaskID("A123") }), nil, noon(), nil},
		"a long body":         {edited(func(c *certs.Certificate) { c.OrgName = strings.Repeat("长", 61) }), nil, noon(), pdf.ErrDocument},
		"a body of 204 bytes": {edited(func(c *certs.Certificate) { c.OrgName = strings.Repeat("𠮷", 51) }), nil, noon(), offline.ErrClaims},
		"no photo":            {certificate(), []byte("no photo"), noon(), pdf.ErrPhoto},
		"no filing":           {edited(func(c *certs.Certificate) { c.Filing = "" }), nil, noon(), keys.ErrIdentity},
		"a seal that is lost": {edited(revoked), nil, noon(), keys.ErrRevoked},
		"before the keys":     {certificate(), nil, noon().AddDate(0, 0, -2), keys.ErrPeriod},
		"the issuing's last":  {certificate(), nil, noon().AddDate(10, 0, 0), nil},
		"after the issuing":   {certificate(), nil, noon().AddDate(10, 0, 1), keys.ErrPeriod},
	} {
		d := draft(t, c.of, c.photo, c.at)
		_, err := p.Seal(d)
		first := *c.of
		first.Number, first.Token, first.Issued, first.Slot, first.List = "", "", clock.Date{}, certs.Slot{}, ""
		d.Certificate, d.Edition, d.Credential = &first, &first.Edition, nil
		if before := p.Check(d); !errors.Is(before, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s: %v, sealed %v", name, before, err)
		}
	}
}

// TestPhotoThatReadsAsAFile: what stands behind a photo is neither in the document nor taken for its credential.
func TestPhotoThatReadsAsAFile(t *testing.T) {
	p, ring := newPress(t, false)
	forged := `{"level":3}`
	with := func(words string) []byte { return append(photo(t), words+"\xff\xd9"...) }
	for _, b := range [][]byte{
		with(fmt.Sprintf("\n9 0 obj\n<</Type /EmbeddedFile /Length %d>>\nstream\n%s\nendstream\nendobj\n", len(forged), forged)),
		with("/ByteRange [0 1 2 3]"), with("startxref\n0\n%%EOF\n"),
	} {
		d := draft(t, certificate(), b, noon())
		check(t, p.Check(d))
		out, err := p.Seal(d)
		check(t, err)
		r, err := pades.Verify(out, ring.Trust(), pades.Options{Now: noon()})
		if err != nil || !bytes.Equal(r.Attachment, d.Credential) || !bytes.Equal(pades.Peek(out), d.Credential) || bytes.Contains(out, []byte(forged)) {
			t.Errorf("%q: %v, %s", b[len(b)-20:], err, pades.Peek(out))
		}
	}
}

// TestSealsThatDoNotHoldStay: what our verifier would refuse is not given out, here for an authority's clock that is
// wrong.
func TestSealsThatDoNotHoldStay(t *testing.T) {
	for late, want := range map[time.Duration]error{0: nil, -time.Hour: press.ErrSealed} {
		p, ring := newPress(t, false)
		a := tsatest.New(t, noon().Add(late))
		s := httptest.NewServer(a)
		roots := x509.NewCertPool()
		roots.AddCert(a.Root)
		client, err := tsp.NewClient(tsp.Config{URL: s.URL, Roots: roots, Random: rand.Reader})
		check(t, err)
		ring.UseStamper(client, pades.Evidence{})
		out, err := p.Seal(draft(t, certificate(), nil, noon()))
		s.Close()
		if !errors.Is(err, want) || (out == nil) != (want != nil) {
			t.Errorf("a stamp %v off: %v", late, err)
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
