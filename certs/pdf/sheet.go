package pdf

// line is text with its place found.
type line struct {
	run    run
	x, y   float64
	size   float64
	colour colour
}

// sheet is a page with everything placed and nothing drawn: what it needs of the fonts is known when it is complete.
// The first error stops it.
type sheet struct {
	*typesetter
	behind, lines []line // behind: what the other text stands on
	seal          []rimLetter
	inSeal        []line
	marks         ink // rules, frames and the code
	err           error
}

// compose places all of d.
func compose(f *Fonts, d *Document) (*sheet, error) {
	s := &sheet{typesetter: newTypesetter(f)}
	if d.Demo {
		s.behind = append(s.behind, s.fit(veilPlace, veilText))
	}
	s.set(titlePlace, titleText)
	s.set(englishPlace, englishTitle)
	if d.Demo {
		s.set(demoPlace, demoText)
	}
	for _, r := range rows {
		s.row(r, d)
	}
	s.set(statementPlace, statementText)
	s.photo(len(d.Photo) > 0)
	s.set(qrChinese, scanText)
	s.set(qrEnglish, scanWord)
	s.set(remarkPlace, d.Remark)
	s.set(lookupPlace, lookupText(d))
	s.stamp(d)
	if err := drawQR(&s.marks, d.VerifyURL, qrBox); err != nil {
		return nil, err
	}
	return s, s.err
}

// fit finds the size and the left end of text that stays within p.
func (s *sheet) fit(p place, text string) line {
	run, err := s.encode(text, p.in)
	if err != nil && s.err == nil {
		s.err = err
	}
	size := p.size
	width := run.width * size / pointsPerMM
	if p.width > 0 && width > p.width {
		size *= p.width / width
		width = p.width
	}
	l := line{run: run, x: p.x, y: p.y, size: size, colour: p.ink}
	if p.at == centre {
		l.x -= width / 2
	}
	return l
}

func (s *sheet) set(p place, text string) line {
	l := s.fit(p, text)
	if text != "" {
		s.lines = append(s.lines, l)
	}
	return l
}

func (l line) end() float64 { return l.x + l.run.width*l.size/pointsPerMM }

// row sets a label in both languages, the rule, the value on it and the aside behind. The aside has its size; the value
// gets what is left.
func (s *sheet) row(r row, d *Document) {
	room := r.value - r.x - labelToMargin
	s.set(place{x: r.x, y: r.y - 0.6, size: labelSize, width: room, ink: softColour}, r.chinese)
	start, width := r.value+valueInset, r.end-r.value-2*valueInset
	var aside line
	beside := ""
	if r.aside != nil {
		if beside = r.aside(d); beside != "" {
			aside = s.fit(place{y: r.y, size: asideSize, width: width / 2, ink: softColour}, beside)
			width -= aside.end() + asideGap
		}
	}
	value := s.set(place{x: start, y: r.y, size: r.size, width: width, in: r.in, ink: inkColour}, r.text(d))
	if beside != "" {
		aside.x = value.end() + asideGap
		s.lines = append(s.lines, aside)
	}
	s.set(place{x: r.x, y: r.y + englishDrop - 0.6, size: englishSize, width: room, ink: softColour}, r.english)
	s.marks.stroke(ruleColour, 0.25)
	s.marks.move(r.value, r.y+ruleDrop)
	s.marks.line(r.end, r.y+ruleDrop)
	s.marks.op("S")
}

// photo frames the picture, and names it where there is none.
func (s *sheet) photo(present bool) {
	if !present {
		s.marks.fill(white)
		s.marks.rect(photoBox)
		s.marks.op("f")
		s.set(photoChinese, photoText)
		s.set(photoEnglish, photoWord)
	}
	s.marks.stroke(ruleColour, 0.3)
	s.marks.rect(photoBox)
	s.marks.op("S")
}

// stamp sets the words of the seal.
func (s *sheet) stamp(d *Document) {
	letters, err := s.rim(d.Body)
	if err != nil && s.err == nil {
		s.err = err
	}
	s.seal = letters
	c := sealCircle
	foot := sealFoot
	if d.Demo {
		foot = sealDemoFoot
		drop := sealDemoSize / pointsPerMM * letterCentre
		s.inSeal = append(s.inSeal, s.fit(place{x: c.x, y: c.y + drop, size: sealDemoSize, at: centre, in: heavy, ink: sealColour}, sealDemo))
	}
	s.inSeal = append(s.inSeal, s.fit(place{x: c.x, y: c.y + sealFootDrop, size: sealFootSize, width: sealFootWidth, at: centre, in: heavy, ink: sealColour}, foot))
}
