package pdf

import (
	"bytes"
	"fmt"
	"time"

	"github.com/jung-kurt/gofpdf"
)

// bookFont is the one font of a book.
const bookFont = "F1"

// newDrawing begins a document of gofpdf for Fonts.finish: no compression, which finish does, and no font of gofpdf's own.
// It is told every date, for it would read the clock otherwise.
func newDrawing(width, height float64) *gofpdf.Fpdf {
	f := gofpdf.NewCustom(&gofpdf.InitType{OrientationStr: "P", UnitStr: "mm", Size: gofpdf.SizeType{Wd: width, Ht: height}})
	f.SetCatalogSort(true)
	f.SetCompression(false)
	f.SetCreationDate(time.Unix(0, 0).UTC())
	f.SetModificationDate(time.Unix(0, 0).UTC())
	f.SetAutoPageBreak(false, 0)
	return f
}

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
	font, err := b.set.objects(b.fonts)
	if err != nil {
		return nil, err
	}
	f := b.begin()
	for _, l := range b.leaves {
		l.draw(f)
	}
	var out bytes.Buffer
	if err := f.Output(&out); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRender, err)
	}
	return b.fonts.finish(out.Bytes(), finishing{about: about{title: b.about.Title, created: b.about.Created},
		groups: []group{{objects: font, fonts: []named{{bookFont, 0}}}}})
}

func (b *Book) begin() *gofpdf.Fpdf {
	f := newDrawing(BookWidth, BookHeight)
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
	texts := ink{height: BookHeight}
	for _, t := range l.texts {
		texts.text(t)
	}
	f.RawWriteStr(string(texts.b))
}

func (p placedPicture) draw(f *gofpdf.Fpdf) {
	cut := p.within != box{}
	if cut {
		f.ClipRect(p.within.X, p.within.Y, p.within.W, p.within.H, false)
	}
	f.ImageOptions(p.picture.name, p.at.X, p.at.Y, p.at.W, p.at.H, false, gofpdf.ImageOptions{ImageType: p.picture.kind}, 0, "")
	if cut {
		f.ClipEnd()
	}
}
