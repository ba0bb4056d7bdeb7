package pdf

import "math"

// paper draws what all pages share: the rosette behind the text, the border, and the rules beside the title.
func paper() []byte {
	k := &ink{}
	k.op("q")
	drawRosette(k)
	drawBorder(k)
	drawTitleRules(k)
	k.op("Q")
	return k.b
}

// drawRosette strokes its ellipses as one path.
func drawRosette(k *ink) {
	k.shift(rosette.x, rosette.y, 0)
	k.stroke(paleColour, rosette.thickness)
	for i := range rosette.petals {
		petal(k, float64(i)*math.Pi/float64(rosette.petals))
	}
	k.op("S")
	k.unshift()
}

// petal is an ellipse in a unit circle, turned by an angle in radians, stretched to the size of the rosette.
func petal(k *ink, angle float64) {
	sin, cos := math.Sincos(angle)
	at := func(u, v float64) (x, y float64) {
		v *= rosette.breadth
		return rosette.halfWidth * (u*cos - v*sin), rosette.halfHeight * (u*sin + v*cos)
	}
	quarters := [][2]float64{{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {1, 0}}
	k.move(at(1, 0))
	for i, to := range quarters[1:] {
		from := quarters[i]
		x1, y1 := at(from[0]+arcHandle*to[0], from[1]+arcHandle*to[1])
		x2, y2 := at(to[0]+arcHandle*from[0], to[1]+arcHandle*from[1])
		x3, y3 := at(to[0], to[1])
		k.curve(x1, y1, x2, y2, x3, y3)
	}
}

func drawBorder(k *ink) {
	b := border
	for _, side := range []struct{ x, y, length, degrees float64 }{
		{b.inner, pageHeight - b.inner, pageWidth - 2*b.inner, 0},
		{pageWidth - b.inner, pageHeight - b.inner, pageHeight - 2*b.inner, 90},
		{pageWidth - b.inner, b.inner, pageWidth - 2*b.inner, 180},
		{b.inner, b.inner, pageHeight - 2*b.inner, 270},
	} {
		drawBand(k, side.x, side.y, side.length, side.degrees)
	}
	frame := func(inset float64) box { return box{inset, inset, pageWidth - 2*inset, pageHeight - 2*inset} }
	k.stroke(tealColour, b.outerLine)
	k.rect(frame(b.outer))
	k.op("S")
	k.stroke(tealColour, b.innerLine)
	k.rect(frame(b.inner))
	k.op("S")
	k.stroke(goldColour, b.fineLine)
	k.rect(frame(b.fine))
	k.op("S")
}

// drawBand fills the band outside the inner rule, from x, y along degrees, with waves, and puts a rosette on the corner
// before it. One wave is written once and repeated by moving, which deflate likes.
func drawBand(k *ink, x, y, length, degrees float64) {
	b := border
	breadth := b.inner - b.outer
	tiles := int(math.Round(length / b.period))
	period := length / float64(tiles)
	tile := &ink{local: true}
	for i := range b.waves {
		wave(tile, period, -breadth/2, breadth*0.40, float64(i)*period/float64(b.waves))
	}
	tile.op("S")
	k.shift(x, y, degrees)
	k.stroke(tealColour, b.waveLine)
	drawCorner(k, -breadth/2, -breadth/2, breadth)
	k.op("q")
	k.rect(box{0, -breadth, length, breadth})
	k.op("W n")
	k.turn(0, -period*pointsPerMM, 0) // waves begin out of phase: one more on the left
	for range tiles + 1 {
		k.b = append(k.b, tile.b...)
		k.turn(0, period*pointsPerMM, 0)
	}
	k.op("Q")
	k.unshift()
}

// wave is one period of a sine about y, as two curves: a handle at 4/3 of the height gives the height, and the slope is
// that of the sine at its root.
func wave(k *ink, period, y, height, from float64) {
	half := period / 2
	reach := half * 4 / 3 / math.Pi
	k.move(from, y)
	k.curve(from+reach, y+height*4/3, from+half-reach, y+height*4/3, from+half, y)
	k.curve(from+half+reach, y-height*4/3, from+period-reach, y-height*4/3, from+period, y)
}

// drawCorner is a small rosette in a square.
func drawCorner(k *ink, x, y, side float64) {
	k.op("q")
	k.turn(0, x*pointsPerMM, y*pointsPerMM)
	for range border.petals {
		k.ellipse(0, 0, side*0.43, side*0.17)
		k.op("S")
		k.turn(180/float64(border.petals), 0, 0)
	}
	k.op("Q")
}

func drawTitleRules(k *ink) {
	r := titleRule
	k.stroke(goldColour, 0.3)
	k.fill(goldColour)
	for _, side := range []float64{-1, 1} {
		k.move(middle+side*r.inner, r.y)
		k.line(middle+side*r.outer, r.y)
		k.op("S")
		x := middle + side*(r.inner-2*r.diamond)
		k.move(x-r.diamond, r.y)
		k.line(x, r.y-r.diamond)
		k.line(x+r.diamond, r.y)
		k.line(x, r.y+r.diamond)
		k.op("f")
	}
}
