package pdf

import (
	"math"
	"unicode/utf8"
)

// Parts of the drawn seal, in mm for a radius of sealRadius. The seal is a picture only: what vouches for the file is the
// signature that package pades sets.
const (
	sealRadius    = 20.0
	sealRim       = 1.1  // thickness of the rim
	sealText      = 15.3 // radius of the middle of the letters
	sealLetter    = 4.6  // height of a letter, at most
	sealArc       = 270  // degrees the name may take, at most
	sealStep      = 24   // degrees from letter to letter, at most
	sealStar      = 6.0  // radius of the star
	sealFootDrop  = 10.8 // from the middle down to the foot's baseline
	sealFootSize  = 7.6  // points
	sealFootWidth = 17.0
	sealDemoSize  = 25.0 // points
	sealOpacity   = 0.86
)

// letterCentre is how far the middle of a Chinese character is above its baseline, in ems.
const letterCentre = 0.37

// stamp draws the seal. Readers that honour ActualText copy the rim as one text.
func (p *placer) stamp(k *ink, c circle, d *Document) {
	s := c.Radius / sealRadius
	k.op("q")
	drawSealRings(k, c, d.Demo)
	k.op("/Span <</ActualText " + textString(d.Body) + ">> BDC")
	p.rim(k, c, d.Body)
	k.op("EMC")
	foot := sealFoot
	if d.Demo {
		foot = sealDemoFoot
		p.inSeal(k, place{X: c.X, Y: c.Y + s*sealDemoSize/pointsPerMM*letterCentre, Size: s * sealDemoSize, Width: 2 * c.Radius}, sealDemo)
	}
	p.inSeal(k, place{X: c.X, Y: c.Y + s*sealFootDrop, Size: s * sealFootSize, Width: s * sealFootWidth}, foot)
	k.op("Q")
}

func (p *placer) inSeal(k *ink, at place, text string) {
	at.Align, at.Weight = centre, bold
	for _, l := range p.fit(at, text) {
		l.colour = sealColour
		k.text(l)
	}
}

// rim sets name along the upper arc of the seal, clockwise, with the middle at the top. Long names stand closer and
// smaller.
func (p *placer) rim(k *ink, c circle, name string) {
	s := c.Radius / sealRadius
	n := utf8.RuneCountInString(name)
	step := min(sealStep, sealArc/float64(max(n, 1)))
	height := min(sealLetter, 0.94*step*math.Pi/180*(sealText-sealLetter/2)) * s
	foot := s*sealText - height*letterCentre // radius of the baseline
	i := 0
	for _, r := range name {
		run := p.encoded(string(r), bold)
		degrees := step * (float64(n-1)/2 - float64(i))
		turn := degrees * math.Pi / 180
		half := run.width * height / 2 // the letter stands on the circle with the middle of its foot
		sin, cos := math.Sincos(turn)
		k.text(line{run: run, x: c.X - foot*sin - half*cos, y: c.Y - foot*cos + half*sin, turn: degrees, size: height * pointsPerMM, colour: sealColour})
		i++
	}
}

// drawSealRings draws the rims, and the star that stands in the middle of a body's seal. A demo has no star: its word
// stands there.
func drawSealRings(k *ink, c circle, demo bool) {
	s := c.Radius / sealRadius
	k.stroke(sealColour, s*sealRim)
	k.ellipse(c.X, c.Y, c.Radius-s*sealRim/2, c.Radius-s*sealRim/2)
	k.op("S")
	k.stroke(sealColour, s*0.25)
	k.ellipse(c.X, c.Y, c.Radius-s*(sealRim+0.7), c.Radius-s*(sealRim+0.7))
	k.op("S")
	if !demo {
		k.fill(sealColour)
		drawStar(k, c.X, c.Y, s*sealStar)
	}
}

// drawStar fills a five-pointed star whose points lie on the radius.
func drawStar(k *ink, x, y, radius float64) {
	for i := range 5 {
		sin, cos := math.Sincos(float64(2*i) * 72 * math.Pi / 180)
		if i == 0 {
			k.move(x+radius*sin, y-radius*cos)
		} else {
			k.line(x+radius*sin, y-radius*cos)
		}
	}
	k.op("h f") // nonzero winding fills the middle as well
}
