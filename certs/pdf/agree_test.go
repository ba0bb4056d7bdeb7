package pdf_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs/pdf"
)

// What other programs say of a certificate.

func TestTextIsCopiedAsWritten(t *testing.T) {
	r := newRenderer(t)
	for _, name := range []string{"王桂芳", "𠮷永安", "欧阳𪛖䶮㐀", "阿卜杜热合曼·买买提江·托合提", "Анна-Мария O'Neil"} {
		d := sample(t)
		d.Name, d.Version, d.Remark = name, 2, "补发"
		path := written(t, r, d)
		text := tool(t, "pdftotext", path, "-")
		for _, want := range []string{name, d.Number, d.IDType, d.IDNumber, d.Occupation, d.WorkType, d.LevelName, d.LevelEnglish, d.Body, "2026年11月30日",
			"第2版", d.Remark, d.Lookup[0], d.Lookup[1], "职业技能等级证书"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q in\n%s", name, want, text)
			}
		}
		if strings.Contains(text, "演示") {
			t.Errorf("%s: says 演示", name)
		}
	}
}

func TestDemoSaysSo(t *testing.T) {
	d := sample(t)
	d.Demo, d.Photo = true, nil
	path := written(t, newRenderer(t), d)
	text := tool(t, "pdftotext", path, "-")
	for _, want := range []string{"演示证书", "NOT A VALID CERTIFICATE", "仅供演示", "照片"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestCodesAreRead: a reader finds the address and the offline text in the page as a screen shows it.
func TestCodesAreRead(t *testing.T) {
	r := newRenderer(t)
	for _, address := range []string{"https://a.cn/v/1", sample(t).VerifyURL, "https://cert.example.cn/v?" + strings.Repeat("x", 250)} {
		for name, page := range map[string]string{pdf.A4: "1", pdf.Pocket: "2"} {
			d := sample(t)
			d.VerifyURL, d.Demo = address, true
			dir := t.TempDir()
			image := filepath.Join(dir, "page")
			tool(t, "pdftoppm", "-f", page, "-r", "150", "-gray", "-singlefile", write(t, dir, "page.pdf", renderAs(t, r, name, d)), image)
			got := strings.Split(strings.TrimSpace(tool(t, "zbarimg", "--nodbus", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", image+".pgm")), "\n")
			slices.Sort(got)
			if want := []string{d.Offline, address}; !slices.Equal(got, want) {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	}
}

// TestProgressivePhoto: a JPEG of the kind that Go cannot write itself.
func TestProgressivePhoto(t *testing.T) {
	r, dir := newRenderer(t), t.TempDir()
	file := write(t, dir, "page.pdf", render(t, r, sample(t)))
	tool(t, "pdftoppm", "-r", "20", "-jpeg", "-jpegopt", "progressive=y", "-singlefile", file, filepath.Join(dir, "small"))
	d := sample(t)
	d.Photo = read(t, filepath.Join(dir, "small.jpg"))
	if err := pdf.CheckPhoto(d.Photo); err != nil {
		t.Fatal(err)
	}
	path := written(t, r, d)
	if out := tool(t, "pdfimages", "-list", path); !strings.Contains(out, "jpeg") {
		t.Errorf("no picture: %s", out)
	}
}

var box = regexp.MustCompile(`<word xMin="([0-9.]+)" yMin="[0-9.]+" xMax="([0-9.]+)" yMax="[0-9.]+">([^<]*)</word>`)

// TestNamesFit: names of every length stand whole between the beginning and the end of their rule.
func TestNamesFit(t *testing.T) {
	r := newRenderer(t)
	const from, to = 128 * 72 / 25.4, 263 * 72 / 25.4 // points
	for _, n := range []int{1, 2, 3, 13, 14, 15, 16, 20, 30, 45, 60} {
		d := sample(t)
		d.Name = strings.Repeat("永", n)
		path := written(t, r, d)
		found := false
		for _, m := range box.FindAllStringSubmatch(tool(t, "pdftotext", "-bbox", path, "-"), -1) {
			if m[3] != d.Name {
				continue
			}
			found = true
			left, right := number(t, m[1]), number(t, m[2])
			if left < from || right > to {
				t.Errorf("%d characters stand from %.1f to %.1f", n, left, right)
			}
			if size := (right - left) / float64(n); n <= 14 && size < 25.9 || size < 6 {
				t.Errorf("%d characters are %.1f points", n, size)
			}
		}
		if !found {
			t.Errorf("%d characters: not found whole", n)
		}
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestFontconfigReads: a cut font is one that a font system takes, with just its characters.
func TestFontconfigReads(t *testing.T) {
	cut, err := openFonts(t).Cut([]rune("安𠮷"))
	if err != nil {
		t.Fatal(err)
	}
	out := tool(t, "fc-query", "--format", "%{family}|%{charset}|%{fontformat}", write(t, t.TempDir(), "cut.ttf", cut))
	if want := fmt.Sprintf("skillcert cut|20 %x %x|TrueType", '安', '𠮷'); out != want {
		t.Errorf("%s, want %s", out, want)
	}
}
