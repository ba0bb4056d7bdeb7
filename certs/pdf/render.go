package pdf

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/jung-kurt/gofpdf"

	"github.com/skillcert/skillcert/engine/errs"
)

// fontName is the one font of a page. gofpdf puts "utf8" before it.
const fontName = "certificate"

// Bounds of a document's texts, in characters: what still reads well at the size it shrinks to.
const (
	maxText    = 60
	maxAddress = 300
	maxLookup  = 2
)

// Renderer sets certificates. Safe for concurrent use.
type Renderer struct {
	fonts *Fonts
	paper []byte // content stream of what all pages share
}

// NewRenderer returns a renderer for the fonts, which must cover the page's own words.
func NewRenderer(f *Fonts) (*Renderer, error) {
	own := []string{titleText, englishTitle, statementText, demoText, veilText, photoText, photoWord, scanText, scanWord, sealFoot, sealDemo,
		sealDemoFoot, issueDate(&Document{}), lookupText(&Document{Lookup: []string{"-"}}), versionText(&Document{Version: 1234567890})}
	for _, r := range rows {
		own = append(own, r.chinese, r.english)
	}
	if err := f.Covers(strings.Join(own, "")); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFont, err)
	}
	return &Renderer{fonts: f, paper: paper()}, nil
}

// Render sets one certificate. A document that lacks something or holds what cannot be printed is ErrDocument with the
// fields, a character the fonts lack ErrGlyph with the code points, a bad photo ErrPhoto with the reason.
func (r *Renderer) Render(d Document) (page Page, err error) {
	defer func() {
		if p := recover(); p != nil {
			page, err = Page{}, fmt.Errorf("%w: %v", ErrRender, p)
		}
	}()
	if err := d.check(); err != nil {
		return Page{}, err
	}
	if err := r.fonts.Covers(d.words()); err != nil {
		return Page{}, err
	}
	var photo picture
	if len(d.Photo) > 0 {
		if photo, err = readPhoto(d.Photo); err != nil {
			return Page{}, err
		}
	}
	s, err := compose(r.fonts, &d)
	if err != nil {
		return Page{}, err
	}
	file, err := r.draw(s, &d, photo)
	if err != nil {
		return Page{}, err
	}
	return Page{PDF: file, ToUnicode: s.toUnicode(), FontName: fontName}, nil
}

// Printable answers ErrGlyph or ErrPhoto for what Render would refuse, so that it can be asked before a number is given.
func (r *Renderer) Printable(text string, photo []byte) error {
	if err := r.fonts.Covers(text); err != nil {
		return err
	}
	if len(photo) == 0 {
		return nil
	}
	return CheckPhoto(photo)
}

// words is every text of d that varies.
func (d *Document) words() string {
	return strings.Join(append([]string{d.Number, d.Name, d.IDType, d.IDNumber, d.Occupation, d.WorkType, d.LevelName, d.LevelEnglish, d.Body, d.Remark},
		d.Lookup...), "")
}

func (d *Document) check() error {
	var c errs.Check
	for _, f := range []struct {
		name, value string
		required    bool
	}{
		{"number", d.Number, true}, {"name", d.Name, true}, {"id_type", d.IDType, true}, {"id_number", d.IDNumber, true},
		{"occupation", d.Occupation, true}, {"work_type", d.WorkType, false}, {"level_name", d.LevelName, true},
		{"level_english", d.LevelEnglish, false}, {"body", d.Body, true}, {"remark", d.Remark, false},
	} {
		c.That(!f.required || strings.TrimSpace(f.value) != "", f.name, "missing", "未填写")
		c.That(utf8.RuneCountInString(f.value) <= maxText, f.name, "too_long", fmt.Sprintf("超过%d个字符", maxText))
		c.That(utf8.ValidString(f.value), f.name, "encoding", "不是UTF-8文字")
	}
	c.That(!d.IssueDate.IsZero(), "issue_date", "missing", "未填写")
	c.That(!d.Created.IsZero(), "created", "missing", "未填写")
	c.That(d.Version >= 1, "version", "invalid", "版次从1起")
	c.That(webAddress(d.VerifyURL), "verify_url", "invalid", "不是网址")
	c.That(len(d.Lookup) <= maxLookup, "lookup", "too_many", fmt.Sprintf("最多%d个查询网址", maxLookup))
	for _, l := range d.Lookup {
		c.That(l != "" && utf8.ValidString(l) && utf8.RuneCountInString(l) <= maxText, "lookup", "invalid", "查询网址为空或过长")
	}
	return c.Err(ErrDocument)
}

// webAddress reports whether s is an address for a QR code: http or https, in ASCII.
func webAddress(s string) bool {
	u, err := url.Parse(s)
	if err != nil || len(s) > maxAddress || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// draw writes the sheet with gofpdf.
func (r *Renderer) draw(s *sheet, d *Document, photo picture) ([]byte, error) {
	font, err := s.cutter.font()
	if err != nil {
		return nil, err
	}
	f := gofpdf.New("L", "mm", "A4", "")
	f.SetCatalogSort(true)
	f.SetCreationDate(d.Created.UTC())
	f.SetModificationDate(d.Created.UTC())
	f.SetProducer("skillcert", false)
	f.SetTitle(titleText+" "+d.Number, true)
	f.SetAutoPageBreak(false, 0)
	f.AddUTF8FontFromBytes(fontName, "", font)
	f.AddPage()
	f.RawWriteStr(string(r.paper))
	drawLines(f, s.behind)
	drawPhoto(f, photo)
	f.RawWriteStr("q\n" + string(s.marks.b) + "Q\n")
	drawLines(f, s.lines)
	drawSeal(f, s, d)
	f.LinkString(qrBox.x, qrBox.y, qrBox.w, qrBox.h, d.VerifyURL)
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRender, err)
	}
	return b.Bytes(), nil
}

func drawLines(f *gofpdf.Fpdf, lines []line) {
	for _, l := range lines {
		f.SetTextColor(l.colour.r, l.colour.g, l.colour.b)
		f.SetFont(fontName, "", l.size)
		f.Text(l.x, l.y, l.run.codes)
	}
}

// drawPhoto fills the frame with the middle of the picture, its proportions kept.
func drawPhoto(f *gofpdf.Fpdf, p picture) {
	if len(p.jpeg) == 0 {
		return
	}
	b := photoBox
	scale := max(b.w/float64(p.width), b.h/float64(p.height))
	w, h := float64(p.width)*scale, float64(p.height)*scale
	kind := gofpdf.ImageOptions{ImageType: "JPG"}
	f.RegisterImageOptionsReader("photo", kind, bytes.NewReader(p.jpeg))
	f.ClipRect(b.x, b.y, b.w, b.h, false)
	f.ImageOptions("photo", b.x-(w-b.w)/2, b.y-(h-b.h)/2, w, h, false, kind, 0, "")
	f.ClipEnd()
}

// drawSeal stamps the seal over whatever is under it. Readers that honour ActualText copy the rim as one text.
func drawSeal(f *gofpdf.Fpdf, s *sheet, d *Document) {
	k := &ink{}
	drawSealRings(k, d.Demo)
	f.SetAlpha(sealOpacity, "Multiply")
	f.RawWriteStr("q\n" + string(k.b) + "Q\n")
	f.SetTextColor(sealColour.r, sealColour.g, sealColour.b)
	f.RawWriteStr("/Span <</ActualText <FEFF" + utf16Hex(d.Body) + ">>> BDC")
	for _, l := range s.seal {
		f.SetFont(fontName, "", l.size)
		f.TransformBegin()
		f.TransformRotate(l.degrees, l.x, l.y)
		f.Text(l.x-l.run.width*l.size/pointsPerMM/2, l.y, l.run.codes)
		f.TransformEnd()
	}
	f.RawWriteStr("EMC")
	drawLines(f, s.inSeal)
	f.SetAlpha(1, "Normal")
}
