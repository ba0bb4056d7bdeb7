package pdf_test

import (
	"bytes"
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

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/fixtures/fonts"
)

// open unpacks and parses the fonts once for all tests of the package.
var open = sync.OnceValues(func() (*pdf.Fonts, error) {
	return pdf.OpenFiles(fonts.New())
})

func openFonts(t testing.TB) *pdf.Fonts {
	t.Helper()
	f, err := open()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func newRenderer(t testing.TB) *pdf.Renderer {
	t.Helper()
	r, err := pdf.NewRenderer(openFonts(t))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func noon() time.Time { return time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC) }

const body = "天津津衡职业技能评价中心"

func sample(t testing.TB) pdf.Document {
	t.Helper()
	return pdf.Document{
		Number: "S000012009999265000001", Name: "王桂芳", IDType: "居民身份证", IDNumber: "990101********1234",
		Occupation: "健康照护师", WorkType: "长期照护师", LevelName: "五级/初级工", LevelEnglish: "Level 5 · Junior",
		IssueDate: clock.Date{Year: 2026, Month: 11, Day: 30}, Body: body,
		VerifyURL: "https://cert.example.cn/v/8JkP2mQx7Rw0aZ5tUe1nYg", Lookup: []string{"https://cert.example.cn/verify", "https://zscx.osta.org.cn"},
		Photo: portrait(t, 358, 441), Version: 1, Created: noon(), Offline: offline(),
		Attachment: &pdf.Attachment{Name: "credential.json", Description: "证书数据 Credential",
			Data: []byte(`{"type":["VerifiableCredential"]}`), Modified: noon()},
	}
}

// offline is a text of the length and alphabet of an offline token.
func offline() string {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
	b := make([]byte, 300)
	for i := range b {
		b[i] = alphabet[(i*i+7*i)%len(alphabet)]
	}
	return string(b)
}

// portrait draws a head and shoulders on white.
func portrait(t testing.TB, w, h int) []byte {
	t.Helper()
	im := image.NewRGBA(image.Rect(0, 0, w, h))
	inside := func(x, y, cx, cy, rx, ry float64) bool {
		dx, dy := (x/float64(w)-cx)/rx, (y/float64(h)-cy)/ry
		return dx*dx+dy*dy < 1
	}
	for y := range h {
		for x := range w {
			c := color.RGBA{252, 252, 252, 255}
			fx, fy := float64(x), float64(y)
			switch {
			case inside(fx, fy, 0.5, 0.44, 0.19, 0.2):
				c = color.RGBA{226, 188, 160, 255}
			case inside(fx, fy, 0.5, 0.38, 0.23, 0.24):
				c = color.RGBA{52, 48, 50, 255}
			case inside(fx, fy, 0.5, 1.02, 0.44, 0.34):
				c = color.RGBA{70, 96, 122, 255}
			case inside(fx, fy, 0.5, 0.65, 0.1, 0.12):
				c = color.RGBA{214, 174, 146, 255}
			}
			im.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, &jpeg.Options{Quality: 88}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func render(t testing.TB, r *pdf.Renderer, d pdf.Document) []byte {
	t.Helper()
	return renderAs(t, r, pdf.A4, d)
}

func layout(t testing.TB, name string) *pdf.Layout {
	t.Helper()
	l, err := pdf.BuiltInLayout(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func renderAs(t testing.TB, r *pdf.Renderer, name string, d pdf.Document) []byte {
	t.Helper()
	file, err := r.Render(layout(t, name), d)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// written renders d as A4 and returns the file's path.
func written(t testing.TB, r *pdf.Renderer, d pdf.Document) string {
	t.Helper()
	return write(t, t.TempDir(), "certificate.pdf", render(t, r, d))
}

func write(t testing.TB, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tool runs a program that the tests need; a machine without it fails the test.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is missing: install poppler-utils, mupdf-tools, libnss3-tools, qpdf, zbar-tools and chromium", name)
	}
	b, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, b)
	}
	return strings.ToValidUTF8(string(b), "?")
}
