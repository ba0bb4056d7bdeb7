package pdf_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/certs/pdf"
)

func newBook(t testing.TB) *pdf.Book {
	return pdf.NewBook(openFonts(t), pdf.About{Title: "样张", Created: noon()})
}

func bound(t testing.TB, b *pdf.Book) []byte {
	t.Helper()
	file, err := b.File()
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// TestBookIsCopiedAsWritten: bold, rare and turned characters stand under codes of their own and still read right.
func TestBookIsCopiedAsWritten(t *testing.T) {
	b := newBook(t)
	for n, s := range []string{"健康照护师，第一页", "𠮷永安𪛖䶮㐀", "plain and bold 加粗"} {
		l := b.Add()
		for i, bold := range []bool{false, true} {
			if err := l.Text(s, pdf.Text{X: 20, Y: 30 + float64(20*i), Size: 12, Bold: bold, Slant: n == 2}); err != nil {
				t.Fatal(err)
			}
		}
	}
	path := write(t, t.TempDir(), "book.pdf", bound(t, b))
	text := tool(t, "pdftotext", "-raw", path, "-")
	for _, s := range []string{"健康照护师，第一页\n健康照护师，第一页", "𠮷永安𪛖䶮㐀\n𠮷永安𪛖䶮㐀", "plain and bold 加粗\nplain and bold 加粗"} {
		if !strings.Contains(text, s) {
			t.Errorf("no %q in\n%s", s, text)
		}
	}
	if out := tool(t, "qpdf", "--check", path); strings.Contains(strings.ToLower(out), "warning") {
		t.Error(out)
	}
}

func TestBookNamesWhatItCannotDraw(t *testing.T) {
	l := newBook(t).Add()
	if err := l.Text("张𰀀三", pdf.Text{X: 20, Y: 20, Size: 12}); !errors.Is(err, pdf.ErrGlyph) || !strings.HasSuffix(err.Error(), "U+30000") {
		t.Errorf("%v", err)
	}
	if _, err := openFonts(t).Width("\x00", false); !errors.Is(err, pdf.ErrGlyph) {
		t.Errorf("a control character has a width: %v", err)
	}
}

func TestWidth(t *testing.T) {
	f := openFonts(t)
	for s, want := range map[string]float64{"": 0, "安": 1, "安𠮷": 2, "　": 1} {
		if got, err := f.Width(s, false); err != nil || got != want {
			t.Errorf("%q: %v %v, want %v", s, got, err, want)
		}
	}
}

// squares is a picture of the given size and colour model.
func squares(w, h int, deep bool) image.Image {
	if deep {
		im := image.NewRGBA64(image.Rect(0, 0, w, h))
		for x := range w {
			im.Set(x, x%h, color.RGBA64{R: uint16(x) << 4, A: 0xFFFF})
		}
		return im
	}
	im := image.NewNRGBA(image.Rect(0, 0, w, h))
	for x := range w {
		im.Set(x, x%h, color.NRGBA{B: uint8(x), A: 180})
	}
	return im
}

func encodedPNG(t testing.TB, im image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestPictures: of whatever kind and however alike, pictures are drawn, and the same book is the same file.
func TestPictures(t *testing.T) {
	var jpegs bytes.Buffer
	if err := jpeg.Encode(&jpegs, squares(200, 100, false), nil); err != nil {
		t.Fatal(err)
	}
	files := [][]byte{encodedPNG(t, squares(200, 100, false)), encodedPNG(t, squares(200, 100, true)), jpegs.Bytes(), jpegs.Bytes(),
		encodedPNG(t, image.NewGray(image.Rect(0, 0, 200, 90))), encodedPNG(t, image.NewNRGBA(image.Rect(0, 0, 1, 1)))}
	draw := func() []byte {
		b := newBook(t)
		l := b.Add()
		for n, file := range files {
			p, err := b.Picture(file)
			if err != nil {
				t.Fatalf("picture %d: %v", n, err)
			}
			l.Picture(p, 20, 20+float64(40*n), 40, 20)
		}
		return bound(t, b)
	}
	first := draw()
	for range 8 {
		if !bytes.Equal(first, draw()) {
			t.Fatal("the same book, another file")
		}
	}
	if out := tool(t, "pdfimages", "-list", write(t, t.TempDir(), "book.pdf", first)); strings.Count(out, "\n") != len(files)+2 {
		t.Errorf("not %d pictures:\n%s", len(files), out)
	}
}

func TestPicturesRefused(t *testing.T) {
	good := encodedPNG(t, squares(400, 400, false))
	for name, file := range map[string][]byte{
		"empty": nil, "text": []byte("not a picture"), "half": good[:len(good)/2], "too wide": encodedPNG(t, image.NewGray(image.Rect(0, 0, 4001, 1))),
		"too large": slices.Concat(good, make([]byte, pdf.MaxPicture)), "gif": []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
	} {
		if _, err := newBook(t).Picture(file); !errors.Is(err, pdf.ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBookHasAnEnd(t *testing.T) {
	b := newBook(t)
	for range 501 {
		b.Add()
	}
	if _, err := b.File(); !errors.Is(err, pdf.ErrBook) {
		t.Errorf("%v", err)
	}
}
