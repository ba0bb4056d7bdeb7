package readout

import (
	"image"
	"image/draw"
	"math"
	"slices"
	"unicode"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
)

// Page is one page as it is shown: upright, in points from its upper left corner.
type Page struct {
	Width, Height float64
	Chars         []Char   // that can be seen, in the order in which the file has them
	Notes         []string // texts that are attached without a picture of them: readers other than ours show them
	Pictures      []Box    // photos
	Image         *image.RGBA
	scale         float64 // pixels of Image in a point
}

// Char is a character that can be seen. Text is unknownChar where the file does not tell which it is.
type Char struct {
	Text string
	Box
}

// unknownChar stands for what a font does not tell.
const unknownChar = "\uFFFD"

// Box is a rectangle; Top is less than Bottom.
type Box struct{ Left, Top, Right, Bottom float64 }

func (b Box) middle() (x, y float64) { return (b.Left + b.Right) / 2, (b.Top + b.Bottom) / 2 }
func (b Box) height() float64        { return b.Bottom - b.Top }

func (b Box) holds(c Box) bool {
	x, y := c.middle()
	return x >= b.Left && x <= b.Right && y >= b.Top && y <= b.Bottom
}

func (b Box) and(c Box) Box {
	return Box{min(b.Left, c.Left), min(b.Top, c.Top), max(b.Right, c.Right), max(b.Bottom, c.Bottom)}
}

// overlaps reports whether a good part of the smaller of two lies in the other.
func (b Box) overlaps(c Box) bool {
	w, h := min(b.Right, c.Right)-max(b.Left, c.Left), min(b.Bottom, c.Bottom)-max(b.Top, c.Top)
	return w > 0 && h > 0 && w*h > min(b.area(), c.area())/5
}

func (b Box) area() float64 { return (b.Right - b.Left) * b.height() }

func (b Box) grown(by float64) Box { return Box{b.Left - by, b.Top - by, b.Right + by, b.Bottom + by} }

// pixels are the box in an image of a scale.
func (b Box) pixels(scale float64) image.Rectangle {
	return image.Rect(int(math.Floor(b.Left*scale)), int(math.Floor(b.Top*scale)), int(math.Ceil(b.Right*scale)), int(math.Ceil(b.Bottom*scale)))
}

// Pages are drawn with two pixels in a point, a large one with fewer.
const (
	usualScale = 2
	maxSide    = 2000 // pixels
)

func (s *session) page(n int) (p Page, err error) {
	loaded, err := s.FPDF_LoadPage(&requests.FPDF_LoadPage{Document: s.doc, Index: n})
	if err != nil {
		return p, err
	}
	v := &view{session: s, page: requests.Page{ByReference: &loaded.Page}}
	if p.Notes, err = v.notes(); err != nil {
		return p, err
	}
	if err = v.merge(); err != nil {
		return p, err
	}
	size, err := s.GetPageSize(&requests.GetPageSize{Page: v.page})
	if err != nil {
		return p, err
	}
	v.width, v.height = size.Width, size.Height
	if v.width < 1 || v.height < 1 {
		return p, ErrUnreadable
	}
	v.scale = min(usualScale, maxSide/max(v.width, v.height))
	p.Width, p.Height, p.scale = v.width, v.height, v.scale
	if p.Chars, p.Image, err = v.chars(); err != nil {
		return p, err
	}
	p.Pictures, err = v.pictures()
	return p, err
}

// view is one open page.
type view struct {
	*session
	page          requests.Page
	width, height float64
	scale         float64
}

// notes are the texts of annotations that no picture was made of (FreeText without /AP).
func (v *view) notes() (all []string, err error) {
	count, err := v.FPDFPage_GetAnnotCount(&requests.FPDFPage_GetAnnotCount{Page: v.page})
	if err != nil {
		return nil, err
	}
	if count.Count > maxNotes {
		return nil, ErrUnreadable
	}
	for n := range count.Count {
		a, err := v.FPDFPage_GetAnnot(&requests.FPDFPage_GetAnnot{Page: v.page, Index: n})
		if err != nil {
			return nil, err
		}
		kind, err := v.FPDFAnnot_GetSubtype(&requests.FPDFAnnot_GetSubtype{Annotation: a.Annotation})
		if err != nil || kind.Subtype != enums.FPDF_ANNOT_SUBTYPE_FREETEXT {
			continue
		}
		drawn, err := v.FPDFAnnot_GetAP(&requests.FPDFAnnot_GetAP{Annotation: a.Annotation, AppearanceMode: enums.FPDF_ANNOT_APPEARANCEMODE_NORMAL})
		if err == nil && len(drawn.Value) > 0 {
			continue
		}
		says, err := v.FPDFAnnot_GetStringValue(&requests.FPDFAnnot_GetStringValue{Annotation: a.Annotation, Key: "Contents"})
		if err == nil && says.Value != "" {
			all = append(all, says.Value)
		}
	}
	return all, nil
}

// merge makes annotations and form fields part of the page. What the page inherits of its size and turning is written to it
// before: PDFium would take it for one of the usual size.
func (v *view) merge() error {
	box, err := v.FPDF_GetPageBoundingBox(&requests.FPDF_GetPageBoundingBox{Page: v.page})
	if err != nil {
		return err
	}
	turned, err := v.FPDFPage_GetRotation(&requests.FPDFPage_GetRotation{Page: v.page})
	if err != nil {
		return err
	}
	b := box.Rect
	if _, err = v.FPDFPage_SetMediaBox(&requests.FPDFPage_SetMediaBox{Page: v.page, Left: b.Left, Bottom: b.Bottom, Right: b.Right, Top: b.Top}); err != nil {
		return err
	}
	if _, err = v.FPDFPage_SetCropBox(&requests.FPDFPage_SetCropBox{Page: v.page, Left: b.Left, Bottom: b.Bottom, Right: b.Right, Top: b.Top}); err != nil {
		return err
	}
	if _, err = v.FPDFPage_SetRotation(&requests.FPDFPage_SetRotation{Page: v.page, Rotate: turned.PageRotation}); err != nil {
		return err
	}
	_, err = v.FPDFPage_Flatten(&requests.FPDFPage_Flatten{Page: v.page})
	return err
}

// draw draws a part of the page.
func (v *view) draw(b Box) (*image.RGBA, error) {
	crop := &requests.RenderPageCrop{X: b.Left, Y: b.Top, Width: b.Right - b.Left, Height: b.height()}
	dots := b.pixels(v.scale)
	got, err := v.RenderPageInPixels(&requests.RenderPageInPixels{Page: v.page, Width: max(1, dots.Dx()), Height: max(1, dots.Dy()), Crop: crop})
	if err != nil {
		return nil, err
	}
	defer got.Cleanup()
	kept := image.NewRGBA(got.Result.RenderedImage.Bounds())
	draw.Draw(kept, kept.Bounds(), got.Result.RenderedImage, kept.Bounds().Min, draw.Src)
	return kept, nil
}

// fine is how many parts of a point places are told in.
const fine = 20

// place turns a rectangle of the file's own coordinates into one of the page as it is shown: they differ where a page is
// turned or does not begin at its origin.
func (v *view) place(left, bottom, right, top float64) (Box, error) {
	at := func(x, y float64) (float64, float64, error) {
		p, err := v.FPDF_PageToDevice(&requests.FPDF_PageToDevice{Page: v.page, SizeX: int(v.width * fine), SizeY: int(v.height * fine), PageX: x, PageY: y})
		if err != nil {
			return 0, 0, err
		}
		return float64(p.DeviceX) / fine, float64(p.DeviceY) / fine, nil
	}
	x, y, err := at(left, bottom)
	if err != nil {
		return Box{}, err
	}
	x2, y2, err := at(right, top)
	return Box{min(x, x2), min(y, y2), max(x, x2), max(y, y2)}, err
}

// run is text that the file draws at once.
type run struct {
	object references.FPDF_PAGEOBJECT
	chars  []Char
}

// chars returns the characters that can be seen, and the page as it is shown.
func (v *view) chars() (seen []Char, shown *image.RGBA, err error) {
	text, err := v.FPDFText_LoadPage(&requests.FPDFText_LoadPage{Page: v.page})
	if err != nil {
		return nil, nil, err
	}
	count, err := v.FPDFText_CountChars(&requests.FPDFText_CountChars{TextPage: text.TextPage})
	if err != nil {
		return nil, nil, err
	}
	if count.Count > maxChars {
		return nil, nil, ErrUnreadable
	}
	runs, err := v.runs(text.TextPage, count.Count)
	if err != nil {
		return nil, nil, err
	}
	if shown, err = v.unhidden(runs); err != nil {
		return nil, nil, err
	}
	if err = v.untangle(runs); err != nil {
		return nil, nil, err
	}
	for _, r := range runs {
		seen = append(seen, r.chars...)
	}
	return seen, shown, nil
}

// runs gathers characters by what draws them. Whether two are of one object PDFium does not say: so the object that the
// last one belongs to is switched off, and the next is asked whether its object is.
func (v *view) runs(text references.FPDF_TEXTPAGE, count int) (all []run, err error) {
	for n := 0; n < count; n++ {
		c, units, err := v.char(text, n)
		if err != nil {
			return nil, err
		}
		object, err := v.FPDFText_GetTextObject(&requests.FPDFText_GetTextObject{TextPage: text, Index: n})
		n += units - 1
		if err != nil || c.Text == "" {
			continue // PDFium put it in: a line's end
		}
		active, err := v.FPDFPageObj_GetIsActive(&requests.FPDFPageObj_GetIsActive{PageObject: object.TextObject})
		if err != nil {
			return nil, err
		}
		if active.Active {
			all = append(all, run{object: object.TextObject})
			if err := v.show(all[max(0, len(all)-2):len(all)-1], true); err != nil {
				return nil, err
			}
			if err := v.show(all[len(all)-1:], false); err != nil {
				return nil, err
			}
		}
		all[len(all)-1].chars = append(all[len(all)-1].chars, c)
	}
	return all, v.show(all[max(0, len(all)-1):], true)
}

// show switches runs on or off.
func (v *view) show(runs []run, on bool) error {
	for _, r := range runs {
		if _, err := v.FPDFPageObj_SetIsActive(&requests.FPDFPageObj_SetIsActive{PageObject: r.object, Active: on}); err != nil {
			return err
		}
	}
	return nil
}

// char is a character with its place, and how many numbers PDFium has for it: two beyond the BMP. One without a text takes
// no place, a space above all.
func (v *view) char(text references.FPDF_TEXTPAGE, n int) (c Char, units int, err error) {
	r, err := v.unit(text, n)
	if err != nil {
		return c, 1, err
	}
	if units = 1; utf16.IsSurrogate(r) {
		if second, err := v.unit(text, n+1); err == nil && utf16.DecodeRune(r, second) != unicode.ReplacementChar {
			r, units = utf16.DecodeRune(r, second), 2
		}
	}
	if unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
		return c, units, nil
	}
	at, err := v.FPDFText_GetCharBox(&requests.FPDFText_GetCharBox{TextPage: text, Index: n})
	if err != nil {
		return c, units, nil // it has no place
	}
	if c.Box, err = v.place(at.Left, at.Bottom, at.Right, at.Top); err != nil || c.Right <= c.Left || c.height() <= 0 {
		return c, units, err
	}
	if c.Text = string(r); r == 0 || !unicode.IsPrint(r) {
		c.Text = unknownChar
	}
	return c, units, nil
}

func (v *view) unit(text references.FPDF_TEXTPAGE, n int) (rune, error) {
	code, err := v.FPDFText_GetUnicode(&requests.FPDFText_GetUnicode{TextPage: text, Index: n})
	if err != nil {
		return 0, err
	}
	return rune(code.Unicode), nil
}

// unhidden drops the characters at whose place the page looks the same without any text, and returns the page with it.
func (v *view) unhidden(runs []run) (*image.RGBA, error) {
	page := Box{0, 0, v.width, v.height}
	with, err := v.draw(page)
	if err != nil {
		return nil, err
	}
	if err = v.show(runs, false); err != nil {
		return nil, err
	}
	without, err := v.draw(page)
	if err != nil {
		return nil, err
	}
	for n := range runs {
		runs[n].chars = slices.DeleteFunc(runs[n].chars, func(c Char) bool { return !differing(with, without, c.pixels(v.scale)) })
	}
	return with, v.show(runs, true)
}

// untangle looks anew at characters that stand in one place with others: whether it is they that are seen there.
func (v *view) untangle(runs []run) error {
	for n := range runs {
		var among []Char
		for _, c := range runs[n].chars {
			if tangled(runs, n, c) {
				among = append(among, c)
			}
		}
		if len(among) == 0 {
			continue
		}
		hidden, err := v.hidden(runs[n:n+1], among)
		if err != nil {
			return err
		}
		runs[n].chars = slices.DeleteFunc(runs[n].chars, func(c Char) bool { return slices.Contains(hidden, c) })
	}
	return nil
}

// muchLarger is from where on a character is the ground that others stand on, like the veil of a demo.
const muchLarger = 4

func tangled(runs []run, own int, c Char) bool {
	for n := range runs {
		if n == own {
			continue
		}
		for _, d := range runs[n].chars {
			if c.overlaps(d.Box) && c.height() < muchLarger*d.height() && d.height() < muchLarger*c.height() {
				return true
			}
		}
	}
	return false
}

// hidden returns those of some characters of one run at whose place the page looks the same without it.
func (v *view) hidden(r []run, among []Char) (hidden []Char, err error) {
	all := among[0].Box
	for _, c := range among {
		all = all.and(c.Box)
	}
	all = all.grown(1)
	all = Box{max(all.Left, 0), max(all.Top, 0), min(all.Right, v.width), min(all.Bottom, v.height)}
	if all.Right-all.Left < 1 || all.height() < 1 {
		return among, nil
	}
	with, err := v.draw(all)
	if err != nil {
		return nil, err
	}
	if err = v.show(r, false); err != nil {
		return nil, err
	}
	without, err := v.draw(all)
	if err != nil {
		return nil, err
	}
	for _, c := range among {
		at := Box{c.Left - all.Left, c.Top - all.Top, c.Right - all.Left, c.Bottom - all.Top}
		if !differing(with, without, at.pixels(v.scale)) {
			hidden = append(hidden, c)
		}
	}
	return hidden, v.show(r, true)
}

// pictures are the places of the page's images.
func (v *view) pictures() (all []Box, err error) {
	count, err := v.FPDFPage_CountObjects(&requests.FPDFPage_CountObjects{Page: v.page})
	if err != nil {
		return nil, err
	}
	for n := range min(count.Count, maxRuns) {
		o, err := v.FPDFPage_GetObject(&requests.FPDFPage_GetObject{Page: v.page, Index: n})
		if err != nil {
			return nil, err
		}
		kind, err := v.FPDFPageObj_GetType(&requests.FPDFPageObj_GetType{PageObject: o.PageObject})
		if err != nil || kind.Type != enums.FPDF_PAGEOBJ_IMAGE {
			continue
		}
		at, err := v.FPDFPageObj_GetBounds(&requests.FPDFPageObj_GetBounds{PageObject: o.PageObject})
		if err != nil {
			return nil, err
		}
		b, err := v.place(float64(at.Left), float64(at.Bottom), float64(at.Right), float64(at.Top))
		if err != nil {
			return nil, err
		}
		all = append(all, b)
	}
	return all, nil
}
