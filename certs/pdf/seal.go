package pdf

import (
	"math"
	"unicode/utf8"
)

// Parts of the drawn seal, in mm for the radius of sealCircle. The seal is a picture only: what vouches for the file is
// the signature that package pades sets.
const (
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

// rimLetter is one letter of the seal's rim: the middle of its baseline, and its turn against the clock.
type rimLetter struct {
	run           run
	x, y, degrees float64
	size          float64 // points
}

// rim sets name along the upper arc of the seal, clockwise, with the middle at the top. Long names stand closer and
// smaller.
func (t *typesetter) rim(name string) ([]rimLetter, error) {
	n := utf8.RuneCountInString(name)
	step := min(sealStep, sealArc/float64(max(n, 1)))
	height := min(sealLetter, 0.94*step*math.Pi/180*(sealText-sealLetter/2))
	foot := sealText - height*letterCentre // radius of the baseline
	letters := make([]rimLetter, 0, n)
	for _, r := range name {
		run, err := t.encode(string(r), heavy)
		if err != nil {
			return nil, err
		}
		degrees := step * (float64(n-1)/2 - float64(len(letters)))
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		letters = append(letters, rimLetter{run: run, degrees: degrees, size: height * pointsPerMM,
			x: sealCircle.x - foot*sin, y: sealCircle.y - foot*cos})
	}
	return letters, nil
}

// drawSealRings draws the rims, and the star that stands in the middle of a body's seal. A demo has no star: its word
// stands there.
func drawSealRings(k *ink, demo bool) {
	c := sealCircle
	k.stroke(sealColour, sealRim)
	k.ellipse(c.x, c.y, c.radius-sealRim/2, c.radius-sealRim/2)
	k.op("S")
	k.stroke(sealColour, 0.25)
	k.ellipse(c.x, c.y, c.radius-sealRim-0.7, c.radius-sealRim-0.7)
	k.op("S")
	if !demo {
		k.fill(sealColour)
		drawStar(k, c.x, c.y, sealStar)
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
