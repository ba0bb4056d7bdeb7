package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/jung-kurt/gofpdf"

	"github.com/skillcert/skillcert/engine/errs"
)

// Bounds of a document's texts, in characters: what still reads well at the size it shrinks to.
const (
	maxText    = 60
	maxAddress = 300
	maxLookup  = 2
	maxOffline = 700
)

// maxShared bounds the layouts whose shared parts a renderer keeps.
const maxShared = 64

// Renderer sets certificates. Safe for concurrent use.
type Renderer struct {
	fonts   *Fonts
	layouts map[string]*Layout // built in
	mu      sync.Mutex
	shared  map[sharedKey]*shared
}

// sharedKey tells the shared parts of layouts apart.
type sharedKey struct {
	digest [sha256.Size]byte
	variant
}

// NewRenderer returns a renderer for the fonts, which must cover the words that every page and the built-in layouts have.
func NewRenderer(f *Fonts) (*Renderer, error) {
	own := []string{titleText, englishTitle, demoText, veilText, photoText, photoWord, scanText, scanWord, offlineText, offlineWord, sealFoot, sealDemo,
		sealDemoFoot, issueDate(&Document{}), editionText(&Document{Version: 1234567890})}
	if err := f.Covers(strings.Join(own, "")); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFont, err)
	}
	r := &Renderer{fonts: f, layouts: map[string]*Layout{}, shared: map[sharedKey]*shared{}}
	for _, name := range BuiltIn() {
		l, err := BuiltInLayout(name)
		if err == nil {
			err = r.Check(l)
		}
		if err != nil {
			return nil, fmt.Errorf("layout %s: %w", name, err)
		}
		r.layouts[name] = l
	}
	return r, nil
}

// Layout returns a built-in layout: ErrNoLayout when there is none of that name.
func (r *Renderer) Layout(name string) (*Layout, error) {
	l, ok := r.layouts[name]
	if !ok {
		return nil, ErrNoLayout
	}
	return l, nil
}

// Check answers ErrGlyph for a layout whose own words the fonts lack, so that it can be asked when a layout is handed in.
func (r *Renderer) Check(l *Layout) error {
	_, err := r.share(l, variant{offline: true})
	return err
}

// Render sets one certificate: a finished file in one revision, PDF/A-3b, ready to be sealed. A document that lacks
// something or holds what cannot be printed is ErrDocument with the fields, a character the fonts lack ErrGlyph with the
// code points, a bad photo ErrPhoto with the reason. The same layout and document give the same bytes.
func (r *Renderer) Render(l *Layout, d Document) (file []byte, err error) {
	defer func() {
		if p := recover(); p != nil {
			file, err = nil, fmt.Errorf("%w: %v", ErrRender, p)
		}
	}()
	if err := d.check(); err != nil {
		return nil, err
	}
	if err := r.fonts.Covers(d.words()); err != nil {
		return nil, err
	}
	var photo picture
	if len(d.Photo) > 0 {
		if photo, err = readPhoto(d.Photo); err != nil {
			return nil, err
		}
	}
	shared, err := r.share(l, variant{d.Demo, d.Offline != ""})
	if err != nil {
		return nil, err
	}
	p := &placer{typesetter: newTypesetter(r.fonts, ownFont)}
	p.shared = shared.letters
	drawing, err := p.draw(&l.data, &d, photo)
	if err != nil {
		return nil, err
	}
	font, err := p.objects(r.fonts)
	if err != nil {
		return nil, err
	}
	about := about{title: titleText + " " + d.Number, english: englishTitle + " " + d.Number, created: d.Created}
	return r.fonts.finish(drawing, finishing{about: about, links: l.data.links(d.VerifyURL), attached: d.Attachment,
		groups: []group{{objects: font, fonts: []named{{ownFont, 0}}}, shared.group}})
}

// share returns the shared part of a layout, made at the first certificate of it. When too many are kept all are let go:
// nobody prints by so many layouts, but somebody may try out one after the other.
func (r *Renderer) share(l *Layout, v variant) (*shared, error) {
	key := sharedKey{l.digest, v}
	r.mu.Lock()
	g, ok := r.shared[key]
	r.mu.Unlock()
	if ok {
		return g, nil
	}
	g, err := share(r.fonts, &l.data, v)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.shared) >= maxShared {
		clear(r.shared)
	}
	r.shared[key] = g
	return g, nil
}

// Printable answers ErrDocument, ErrGlyph or ErrPhoto for what Render would refuse, so that it can be asked before a
// number is given.
func (r *Renderer) Printable(d Document) error {
	if err := d.check(); err != nil {
		return err
	}
	words := d.words()
	if err := r.fonts.Covers(words); err != nil {
		return err
	}
	if misleading([]byte(words)) {
		return ErrDocument.With("文字中有PDF文件的结构标记")
	}
	if len(d.Photo) == 0 {
		return nil
	}
	return CheckPhoto(d.Photo)
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
	c.That(len(d.Offline) <= maxOffline && !strings.ContainsFunc(d.Offline, func(r rune) bool { return r < ' ' || r > '~' }), "offline", "invalid",
		fmt.Sprintf("须为不超过%d个可见字符", maxOffline))
	if d.Attachment != nil {
		problem := d.Attachment.problem()
		c.That(problem == "", "attachment", "invalid", problem)
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

// draw draws all sides with gofpdf.
func (p *placer) draw(l *layoutData, d *Document, photo picture) ([]byte, error) {
	f := newDrawing(l.Width, l.Height)
	for i := range l.Sides {
		s := &l.Sides[i]
		o, err := p.ownSide(s, l.Height, d)
		if err != nil {
			return nil, err
		}
		f.AddPage()
		f.RawWriteStr(fmt.Sprintf("/%s%d Do", sharedForm, i))
		if s.Photo != nil {
			drawPhoto(f, *s.Photo, photo)
		}
		f.RawWriteStr("q\n" + string(o.marks.b) + "Q")
		if s.Seal != nil {
			f.SetAlpha(sealOpacity, "Multiply")
			f.RawWriteStr(string(o.seal.b))
			f.SetAlpha(1, "Normal")
		}
	}
	var b bytes.Buffer
	if err := f.Output(&b); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRender, err)
	}
	return b.Bytes(), nil
}

// links make the codes of the address lead there when they are clicked.
func (l *layoutData) links(address string) []link {
	var all []link
	for i := range l.Sides {
		for _, c := range l.Sides[i].Codes {
			if c.Of == codeAddress {
				area := box{c.X * pointsPerMM, (l.Height - c.Y - c.Side) * pointsPerMM, c.Side * pointsPerMM, c.Side * pointsPerMM}
				all = append(all, link{i, area, address})
			}
		}
	}
	return all
}

// drawPhoto fills the frame with the middle of the picture, its proportions kept.
func drawPhoto(f *gofpdf.Fpdf, b box, p picture) {
	if len(p.jpeg) == 0 {
		return
	}
	scale := max(b.W/float64(p.width), b.H/float64(p.height))
	w, h := float64(p.width)*scale, float64(p.height)*scale
	kind := gofpdf.ImageOptions{ImageType: "JPG"}
	f.RegisterImageOptionsReader("photo", kind, bytes.NewReader(p.jpeg))
	f.ClipRect(b.X, b.Y, b.W, b.H, false)
	f.ImageOptions("photo", b.X-(w-b.W)/2, b.Y-(h-b.H)/2, w, h, false, kind, 0, "")
	f.ClipEnd()
}
