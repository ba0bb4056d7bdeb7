package pdf

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/jung-kurt/gofpdf"
)

// bookFont is the one font of a book. gofpdf puts "utf8" before it.
const bookFont = "book"

// File draws all pages and returns the document. The book may grow afterwards and be drawn again.
func (b *Book) File() (file []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = nil, fmt.Errorf("%w: %v", ErrRender, p)
		}
	}()
	if len(b.leaves) > maxLeaves {
		return nil, ErrBook.With("%d页", len(b.leaves))
	}
	font, err := b.set.cutter.font()
	if err != nil {
		return nil, err
	}
	f := b.begin(font)
	for _, l := range b.leaves {
		l.draw(f)
	}
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRender, err)
	}
	return withCharacters(out.Bytes(), b.set.toUnicode())
}

func (b *Book) begin(font []byte) *gofpdf.Fpdf {
	f := gofpdf.New("P", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(b.about.Created.UTC())
	f.SetModificationDate(b.about.Created.UTC())
	f.SetProducer("skillcert", false)
	f.SetTitle(b.about.Title, true)
	f.SetAutoPageBreak(false, 0)
	f.AddUTF8FontFromBytes(bookFont, "", font)
	for _, p := range b.pictures {
		f.RegisterImageOptionsReader(p.name, gofpdf.ImageOptions{ImageType: p.kind}, bytes.NewReader(p.data))
	}
	return f
}

func (l *Leaf) draw(f *gofpdf.Fpdf) {
	f.AddPage()
	f.RawWriteStr("q\n" + string(l.marks.b) + "Q\n")
	for _, p := range l.pictures {
		p.draw(f)
	}
	for _, t := range l.texts {
		t.draw(f)
	}
}

func (p placedPicture) draw(f *gofpdf.Fpdf) {
	cut := p.within != box{}
	if cut {
		f.ClipRect(p.within.x, p.within.y, p.within.w, p.within.h, false)
	}
	f.ImageOptions(p.picture.name, p.at.x, p.at.y, p.at.w, p.at.h, false, gofpdf.ImageOptions{ImageType: p.picture.kind}, 0, "")
	if cut {
		f.ClipEnd()
	}
}

func (t placedText) draw(f *gofpdf.Fpdf) {
	grey := int(t.at.Grey)
	f.SetTextColor(grey, grey, grey)
	f.SetFont(bookFont, "", t.at.Size)
	if t.at.Turn == 0 && !t.at.Slant {
		f.Text(t.at.X, t.at.Y, t.run.codes)
		return
	}
	f.TransformBegin()
	if t.at.Turn != 0 {
		f.TransformRotate(t.at.Turn, t.at.X, t.at.Y)
	}
	if t.at.Slant {
		f.TransformSkewX(slant, t.at.X, t.at.Y)
	}
	f.Text(t.at.X, t.at.Y, t.run.codes)
	f.TransformEnd()
}

// withCharacters puts a character map in the place of the constant one that gofpdf writes for the document's only font,
// and moves the cross-reference table along (ISO 32000-1 §7.5.4). The document must be as gofpdf writes it: one table
// "0 n" with entries of 20 bytes behind all objects.
func withCharacters(file, characters []byte) ([]byte, error) {
	from := bytes.Index(file, []byte("<</Length "))
	for from >= 0 && !bytes.Contains(streamHead(file[from:]), []byte("begincmap")) {
		next := bytes.Index(file[from+1:], []byte("<</Length "))
		if next < 0 {
			return nil, fmt.Errorf("%w: no character map", ErrRender)
		}
		from += 1 + next
	}
	const closing = "endstream\n"
	length := bytes.Index(file[max(from, 0):], []byte(closing))
	table := bytes.LastIndex(file, []byte("\nxref\n0 "))
	if from < 0 || length < 0 || table < from {
		return nil, fmt.Errorf("%w: no character map", ErrRender)
	}
	end := from + length + len(closing)
	stream := fmt.Appendf(nil, "<</Length %d>>\nstream\n%s\n%s", len(characters), characters, closing)
	shift := len(stream) - (end - from)
	out := bytes.Join([][]byte{file[:from], stream, file[end : table+1]}, nil)
	return appendTable(out, file[table+1:], from, shift)
}

// streamHead is the beginning of a stream object: enough to tell a character map from data.
func streamHead(b []byte) []byte { return b[:min(len(b), 200)] }

// appendTable writes the table and trailer again, with every offset behind from moved by shift.
func appendTable(out, tail []byte, from, shift int) ([]byte, error) {
	start := len(out)
	lines := bytes.SplitAfter(tail, []byte("\n"))
	for i, line := range lines {
		switch offset, err := strconv.Atoi(string(line[:min(len(line), 10)])); {
		case err == nil && len(line) == 20 && bytes.HasSuffix(line, []byte(" n \n")) && offset > from:
			line = fmt.Appendf(nil, "%010d%s", offset+shift, line[10:])
		case i > 0 && string(lines[i-1]) == "startxref\n":
			line = fmt.Appendf(nil, "%d\n", start)
		}
		out = append(out, line...)
	}
	return out, nil
}
