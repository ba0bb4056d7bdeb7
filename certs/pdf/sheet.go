package pdf

import "fmt"

// Names that content streams call things by: the font of what varies, the font of what all certificates of a layout share,
// and the form of each side.
const (
	ownFont    = "F1"
	sharedFont = "F2"
	sharedForm = "S"
)

// placer places text in one font. The first error stops it.
type placer struct {
	*typesetter
	err error
}

func (p *placer) encoded(text string, in weight) run {
	r, err := p.encode(text, in.style())
	if err != nil && p.err == nil {
		p.err = err
	}
	return r
}

// leading is the distance of lines, in sizes.
const leading = 1.18

// readable is how far text is made smaller before it takes another line, where it may; heightMost is how high all lines
// together may stand, in sizes, so that they keep clear of what is above.
const (
	readable   = 0.8
	heightMost = 1.75
)

// fit finds the lines, the size and the left ends of text that stays within at: on one line when that keeps the text
// readable, else on as many as make it largest.
func (p *placer) fit(at place, text string) []line {
	var best []run
	size := 0.0
	for n := 1; n <= max(at.Lines, 1) && size < at.Size*readable; n++ {
		var runs []run
		widest := 0.0
		for _, part := range broken(text, n) {
			r := p.encoded(part, at.Weight)
			runs, widest = append(runs, r), max(widest, r.width)
		}
		most := at.Size * min(1, heightMost/(leading*float64(n)))
		if s := min(most, at.Width*pointsPerMM/max(widest, 1e-9)); s > size {
			best, size = runs, s
		}
	}
	lines := make([]line, len(best))
	for i, r := range best {
		l := line{run: r, x: at.X, y: at.Y - float64(len(best)-1-i)*size*leading/pointsPerMM, size: size, colour: at.colour()}
		switch width := r.width * size / pointsPerMM; at.Align {
		case centre:
			l.x -= width / 2
		case right:
			l.x -= width
		}
		lines[i] = l
	}
	return lines
}

// set places text and returns where it ends.
func (p *placer) set(k *ink, at place, text string) (end float64) {
	for _, l := range p.fit(at, text) {
		k.text(l)
		end = max(end, l.end())
	}
	return end
}

// broken cuts text into n parts of about equal length, behind a sign that parts words where one is near. Fewer parts come
// back when there are not enough characters.
func broken(text string, n int) []string {
	var parts []string
	rest := []rune(text)
	for ; n > 1 && len(rest) > n; n-- {
		cut := (len(rest) + n - 1) / n
		for _, near := range []int{0, 1, -1, 2, -2, 3, -3, 4, -4} {
			if at := cut + near; at > 0 && at < len(rest) && parting(rest[at-1]) {
				cut = at
				break
			}
		}
		parts, rest = append(parts, string(rest[:cut])), rest[cut:]
	}
	return append(parts, string(rest))
}

func parting(r rune) bool {
	switch r {
	case '·', '•', ' ', '　', '、', '，', '-', '（', '/', '／':
		return true
	}
	return false
}

// Measures of a row in mm for a label of usualLabel points; all follow the label.
const (
	usualLabel   = 10.5
	englishDrop  = 3.7 // from the Chinese label down to the English one
	ruleDrop     = 2.4 // from the baseline down to the rule
	labelRaise   = 0.6 // of the Chinese label above the baseline of the value
	asideGap     = 4.0
	valueInset   = 1.5 // of the value from the beginning of its rule
	labelRoom    = 2.0 // kept free between label and rule
	ruleLine     = 0.25
	frameLine    = 0.3
	englishScale = 0.6 // of the English label
	asideScale   = 0.905
)

func (r row) scale() float64 { return r.Label / usualLabel }

// label sets the words of a row in both languages and its rule.
func (p *placer) label(k *ink, r row) {
	room, s := r.Value-r.X-labelRoom*r.scale(), r.scale()
	p.set(k, place{X: r.X, Y: r.Y - labelRaise*s, Size: r.Label, Width: room, Colour: "soft"}, r.Chinese)
	p.set(k, place{X: r.X, Y: r.Y + (englishDrop-labelRaise)*s, Size: r.Label * englishScale, Width: room, Colour: "soft"}, r.English)
	k.stroke(ruleColour, ruleLine)
	k.move(r.Value, r.Y+ruleDrop*s)
	k.line(r.End, r.Y+ruleDrop*s)
	k.op("S")
}

// value sets the value of a row and the aside behind it. The aside has its size; the value gets what is left.
func (p *placer) value(k *ink, r row, d *Document) {
	s := r.scale()
	at := place{X: r.Value + valueInset*s, Y: r.Y, Size: r.Size, Width: r.End - r.Value - 2*valueInset*s, Weight: r.Weight, Lines: r.Lines}
	text, _ := fieldText(d, r.Field)
	aside, _ := fieldText(d, r.Aside)
	if aside == "" {
		p.set(k, at, text)
		return
	}
	small := place{Y: r.Y, Size: r.Label * asideScale, Width: at.Width / 2, Colour: "soft"}
	lines := p.fit(small, aside)
	at.Width -= lines[0].end() + asideGap*s
	end := p.set(k, at, text)
	lines[0].x = end + asideGap*s
	k.text(lines[0])
}

// Measures of a code's words for a Chinese size of usualScan points.
const (
	usualScan   = 9.0
	scanDrop    = 4.0 // from the code down to the Chinese baseline
	scanEnglish = 3.9 // from there down to the English one
	scanScale   = 0.72
)

// labelDrop is the height of a code's words.
func labelDrop(size float64) float64 { return (scanDrop + scanEnglish + 0.6) * size / usualScan }

// scanWords sets the words below a code.
func (p *placer) scanWords(k *ink, c code) {
	chinese, english := scanText, scanWord
	if c.Of == codeOffline {
		chinese, english = offlineText, offlineWord
	}
	s := c.Label / usualScan
	at := place{X: c.X + c.Side/2, Y: c.Y + c.Side + scanDrop*s, Size: c.Label, Width: c.Side, Align: centre}
	p.set(k, at, chinese)
	at.Y, at.Size, at.Colour = at.Y+scanEnglish*s, c.Label*scanScale, "soft"
	p.set(k, at, english)
}

// variant is what makes the shared part of a layout differ.
type variant struct{ demo, offline bool }

// shared is what all certificates of a layout and variant have alike, ready to be put into a file: a font, and a form for
// each side. Certificates draw their own text with it where it has the letters.
type shared struct {
	group
	letters *typesetter
}

// share makes the shared part of a layout.
func share(f *Fonts, l *layoutData, v variant) (*shared, error) {
	p := &placer{typesetter: newTypesetter(f, sharedFont)}
	var sheets [][]byte
	for i := range l.Sides {
		sheets = append(sheets, p.sharedSide(&l.Sides[i], l.Height, v))
	}
	if p.err != nil {
		return nil, p.err
	}
	objects, err := p.objects(f)
	if err != nil {
		return nil, err
	}
	g := group{objects: objects, fonts: []named{{sharedFont, 0}}}
	for i, content := range sheets {
		stream := f.deflate(content)
		g.forms = append(g.forms, named{fmt.Sprintf("%s%d", sharedForm, i), len(g.objects)})
		g.objects = append(g.objects, object{dict: func(first int) string {
			return fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 %.2f %.2f] /Resources <</Font <</%s %d 0 R>>>> /Filter /FlateDecode",
				l.Width*pointsPerMM, l.Height*pointsPerMM, sharedFont, first)
		}, stream: stream})
	}
	return &shared{g, p.typesetter}, nil
}

func (p *placer) sharedSide(s *side, height float64, v variant) []byte {
	k := &ink{height: height}
	drawShapes(k, s.Shapes)
	if v.demo && s.Veil != nil {
		p.set(k, *s.Veil, veilText)
	}
	if v.demo && s.Demo != nil {
		p.set(k, *s.Demo, demoText)
	}
	for _, w := range s.Texts {
		p.set(k, w.place, w.Text)
	}
	for _, r := range s.Rows {
		p.label(k, r)
	}
	for _, c := range s.Codes {
		if c.Of == codeAddress || v.offline {
			p.scanWords(k, c)
		}
	}
	return k.b
}

// own is what one certificate has on a side beside the shared part and the photo: marks lies over both, seal over all and
// lets it through.
type own struct{ marks, seal ink }

// ownSide sets what is on side s for d alone.
func (p *placer) ownSide(s *side, height float64, d *Document) (*own, error) {
	o := &own{marks: ink{height: height}, seal: ink{height: height}}
	k := &o.marks
	if s.Photo != nil {
		p.frame(k, *s.Photo, len(d.Photo) > 0)
	}
	for _, c := range s.Codes {
		content := d.VerifyURL
		if c.Of == codeOffline {
			content = d.Offline
		}
		if content == "" {
			continue
		}
		if err := drawQR(k, content, box{c.X, c.Y, c.Side, c.Side}); err != nil {
			return nil, err
		}
	}
	for _, r := range s.Rows {
		p.value(k, r, d)
	}
	for _, f := range s.Fields {
		if text, _ := fieldText(d, f.Field); text != "" {
			p.set(k, f.place, f.Before+text+f.After)
		}
	}
	if s.Seal != nil {
		p.stamp(&o.seal, *s.Seal, d)
	}
	return o, p.err
}

// frame draws the frame of the photo, and names it where there is none.
func (p *placer) frame(k *ink, b box, present bool) {
	if !present {
		k.fill(white)
		k.rect(b)
		k.op("f")
		size := b.W * 11 / 35
		at := place{X: b.X + b.W/2, Y: b.Y + b.H/2 + size*0.1, Size: size, Width: b.W, Align: centre, Colour: "soft"}
		p.set(k, at, photoText)
		at.Y, at.Size = at.Y+size*0.45, size*0.64
		p.set(k, at, photoWord)
	}
	k.stroke(ruleColour, frameLine)
	k.rect(b)
	k.op("S")
}
