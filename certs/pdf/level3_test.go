package pdf_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs/pdf"
)

// level3 are the ideographs of GB 18030-2022 implementation level 3: the URO to U+9FEF, the twelve unified ideographs among
// the compatibility ones, and Extensions A to F.
func level3(t testing.TB) []rune {
	t.Helper()
	var all []rune
	for _, block := range [][2]rune{{0x3400, 0x4DB5}, {0x4E00, 0x9FEF}, {0xFA0E, 0xFA0F}, {0xFA11, 0xFA11}, {0xFA13, 0xFA14}, {0xFA1F, 0xFA1F},
		{0xFA21, 0xFA21}, {0xFA23, 0xFA24}, {0xFA27, 0xFA29}, {0x20000, 0x2A6D6}, {0x2A700, 0x2B734}, {0x2B740, 0x2B81D},
		{0x2B820, 0x2CEA1}, {0x2CEB0, 0x2EBE0}} {
		for r := block[0]; r <= block[1]; r++ {
			all = append(all, r)
		}
	}
	if len(all) != 87887 {
		t.Fatalf("%d ideographs", len(all))
	}
	return all
}

// TestLevel3IsCopiedAndFound draws all 87,887 in the font path of certificates, each in its place of a long text, and takes
// the text out of the files by two programs that know nothing of each other. Poppler's text is what its readers search.
func TestLevel3IsCopiedAndFound(t *testing.T) {
	all := level3(t)
	if err := openFonts(t).Covers(string(all)); err != nil {
		t.Fatal(err)
	}
	const perLine, perLeaf, perBook = 50, 80 * 50, 11000
	dir := t.TempDir()
	var byPoppler, byMuPDF []rune
	for i := 0; i < len(all); i += perBook {
		b := newBook(t)
		var l *pdf.Leaf
		for k, chunk := range slices.Collect(slices.Chunk(all[i:min(len(all), i+perBook)], perLine)) {
			if k*perLine%perLeaf == 0 {
				l = b.Add()
			}
			bold := k%2 == 1 // the rare ones have no bold face: they must be found in the plain one
			if err := l.Text(string(chunk), pdf.Text{X: 20, Y: 15 + 3.4*float64(k%(perLeaf/perLine)), Size: 9, Bold: bold}); err != nil {
				t.Fatal(err)
			}
		}
		path := write(t, dir, fmt.Sprint(i, ".pdf"), bound(t, b))
		byPoppler = append(byPoppler, ideographs(tool(t, "pdftotext", "-raw", path, "-"))...)
		tool(t, "mutool", "draw", "-q", "-F", "txt", "-o", filepath.Join(dir, "out.txt"), path)
		byMuPDF = append(byMuPDF, ideographs(string(read(t, filepath.Join(dir, "out.txt"))))...)
	}
	for program, got := range map[string][]rune{"pdftotext": byPoppler, "mutool": byMuPDF} {
		if slices.Equal(got, all) {
			continue
		}
		at := 0
		for at < min(len(got), len(all)) && got[at] == all[at] {
			at++
		}
		t.Errorf("%s: %d of %d characters, the first wrong one is number %d: %U", program, len(got), len(all), at, all[min(at, len(all)-1)])
	}
}

// ideographs is text without what programs put between lines and pages.
func ideographs(s string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return r
	}, s))
}

// TestEveryBlockOnACertificate: characters of every block stand on the page itself, in each field and weight, and are copied
// right.
func TestEveryBlockOnACertificate(t *testing.T) {
	r, all := newRenderer(t), level3(t)
	next := 0
	take := func(n int) string {
		var s []rune
		for range n {
			s = append(s, all[next%len(all)])
			next += 347 // prime: meets all blocks in turn
		}
		return string(s)
	}
	for range 4 {
		d := sample(t)
		d.Name, d.Occupation, d.WorkType, d.Remark, d.Body = take(60), take(25), take(25), take(50), take(40)
		path := written(t, r, d)
		tool(t, "mutool", "draw", "-q", "-F", "txt", "-o", path+".txt", path)
		for program, text := range map[string]string{"pdftotext": tool(t, "pdftotext", "-raw", path, "-"), "mutool": string(read(t, path+".txt"))} {
			text := string(ideographs(text))
			for _, want := range []string{d.Name, d.Occupation, d.WorkType, d.Remark, d.Body} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: no %q in %s", program, want, text)
				}
			}
		}
	}
}

// TestCharactersThatStopAnIssue: each is refused by its code point, in every field, before anything is drawn.
func TestCharactersThatStopAnIssue(t *testing.T) {
	r := newRenderer(t)
	for _, c := range []rune{0x2EBF0, 0x30000, 0xE000, 0xF8FF, 0xF0000, 0x202A, 0x202E, 0x2066, 0x2069,
		0x200B, 0x200D, 0xFEFF, 0xFFFE, 0xFE0F, 0xE0100, 0x7, 0x7F, 0x85} {
		for field, set := range map[string]func(*pdf.Document, string){
			"name": func(d *pdf.Document, s string) { d.Name = s }, "body": func(d *pdf.Document, s string) { d.Body = s },
			"occupation": func(d *pdf.Document, s string) { d.Occupation = s }, "remark": func(d *pdf.Document, s string) { d.Remark = s },
			"id": func(d *pdf.Document, s string) { d.IDNumber = s },
		} {
			d := sample(t)
			set(&d, "王"+string(c)+"芳")
			file, err := r.Render(layout(t, pdf.A4), d)
			if !errors.Is(err, pdf.ErrGlyph) || !strings.HasSuffix(err.Error(), fmt.Sprintf("：%U", c)) || file != nil {
				t.Errorf("%U in %s: %v", c, field, err)
			}
		}
		d := sample(t)
		d.Name = "王" + string(c)
		if err := r.Printable(d); !errors.Is(err, pdf.ErrGlyph) {
			t.Errorf("%U is called printable: %v", c, err)
		}
	}
}

// TestLongName: forty characters with middle dots stand whole on one line of the page and on two of the card, in a size that
// is read without a glass.
func TestLongName(t *testing.T) {
	r, d := newRenderer(t), sample(t)
	d.Name = "阿卜杜热合曼·买买提江·托合提尼亚孜·阿布都克里木·艾合买提江·吐尔逊·玉素甫江"
	if n := len([]rune(d.Name)); n != 40 {
		t.Fatalf("%d characters", n)
	}
	for name, least := range map[string]float64{pdf.A4: 9, pdf.Pocket: 7} {
		path := write(t, t.TempDir(), "page.pdf", renderAs(t, r, name, d))
		if text := string(ideographs(tool(t, "pdftotext", "-raw", path, "-"))); !strings.Contains(text, d.Name) {
			t.Errorf("%s: not whole in %s", name, text)
		}
		for _, m := range box.FindAllStringSubmatch(tool(t, "pdftotext", "-bbox", path, "-"), -1) {
			if strings.Contains(m[3], "托合提尼亚孜") {
				if size := (number(t, m[2]) - number(t, m[1])) / float64(len([]rune(m[3]))); size < least {
					t.Errorf("%s: characters of %.1f points", name, size)
				}
			}
		}
	}
}
