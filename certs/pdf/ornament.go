package pdf

import "math"

// Measures of the ornaments, in mm, for the breadth of a border's band.
const (
	wavePeriod   = 2.0 // wanted length of a wave; each side is divided evenly
	waveStrands  = 6   // of the band, evenly out of phase
	cornerPetals = 12  // ellipses of a corner
	fineInset    = 1.7 // of the fine rule inside the band, in mm
	outerLine    = 0.7
	innerLine    = 0.35
	fineLine     = 0.2
	waveLine     = 0.14
	ringPetals   = 60 // ellipses of a rosette that is ringWidth wide; a smaller one has fewer
	ringWidth    = 178.0
	ringBreadth  = 0.74 // of an ellipse to its length: the ring's hole
	ringLine     = 0.16
	markLength   = 4.0 // of a cut or fold mark
	markGap      = 1.5 // from a mark to the corner it marks
	markLine     = 0.2
)

// drawShapes draws the ornaments of a side.
func drawShapes(k *ink, shapes []shape) {
	for _, s := range shapes {
		h, _ := hueOf(s.Colour)
		switch s.Kind {
		case shapeBorder:
			drawBorder(k, s, h.colour)
		case shapeRosette:
			drawRosette(k, s.box, h.colour)
		case shapeFlourish:
			drawFlourish(k, s, h.colour)
		case shapeCut:
			drawCutMarks(k, s.box, h.colour)
		case shapeFold:
			drawFoldMarks(k, s.box, h.colour)
		default:
			drawPlain(k, s, h.colour)
		}
	}
}

// drawPlain draws a line, an outline or a panel.
func drawPlain(k *ink, s shape, c colour) {
	if s.Kind == shapePanel {
		k.fill(c)
		k.rect(s.box)
		k.op("f")
		return
	}
	k.stroke(c, s.Thickness)
	if s.Kind == shapeBox {
		k.rect(s.box)
	} else {
		k.move(s.X, s.Y)
		k.line(s.X+s.W, s.Y+s.H)
	}
	k.op("S")
}

// drawRosette strokes its ellipses as one path.
func drawRosette(k *ink, b box, c colour) {
	k.shift(b.X+b.W/2, b.Y+b.H/2, 0)
	k.stroke(c, ringLine)
	k.coarse = true
	defer func() { k.coarse = false }()
	petals := int(min(ringPetals, max(ringPetals*b.W/ringWidth, 16)))
	for i := range petals {
		petal(k, b.W/2, b.H/2, float64(i)*math.Pi/float64(petals))
	}
	k.op("S")
	k.unshift()
}

// petal is an ellipse in a unit circle, turned by an angle in radians, stretched to half the width and height of a rosette.
func petal(k *ink, halfWidth, halfHeight, angle float64) {
	sin, cos := math.Sincos(angle)
	at := func(u, v float64) (x, y float64) {
		v *= ringBreadth
		return halfWidth * (u*cos - v*sin), halfHeight * (u*sin + v*cos)
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

// drawBorder fills the band inside a box with waves between two rules, and sets a fine golden rule inside.
func drawBorder(k *ink, s shape, c colour) {
	inner := func(inset float64) box { return box{s.X + inset, s.Y + inset, s.W - 2*inset, s.H - 2*inset} }
	b := inner(s.Band)
	for _, side := range []struct{ x, y, length, degrees float64 }{
		{b.X, b.Y + b.H, b.W, 0}, {b.X + b.W, b.Y + b.H, b.H, 90}, {b.X + b.W, b.Y, b.W, 180}, {b.X, b.Y, b.H, 270},
	} {
		k.shift(side.x, side.y, side.degrees)
		k.stroke(c, waveLine)
		drawBand(k, s.Band, side.length)
		k.unshift()
	}
	for _, rule := range []struct {
		at        box
		thickness float64
		colour    colour
	}{{s.box, outerLine, c}, {b, innerLine, c}, {inner(s.Band + fineInset), fineLine, goldColour}} {
		k.stroke(rule.colour, rule.thickness)
		k.rect(rule.at)
		k.op("S")
	}
}

// drawBand fills a band of the given breadth below the origin with waves, and puts a rosette on the corner before it. One
// wave is written once and repeated by moving, which deflate likes.
func drawBand(k *ink, breadth, length float64) {
	tiles := int(math.Round(length / (wavePeriod * breadth)))
	period := length / float64(tiles)
	tile := &ink{local: true}
	for i := range waveStrands {
		wave(tile, period, -breadth/2, breadth*0.40, float64(i)*period/waveStrands)
	}
	tile.op("S")
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
	for range cornerPetals {
		k.ellipse(0, 0, side*0.43, side*0.17)
		k.op("S")
		k.turn(180.0/cornerPetals, 0, 0)
	}
	k.op("Q")
}

// drawFlourish draws a rule to each side of the gap, ending in a diamond.
func drawFlourish(k *ink, s shape, c colour) {
	const diamond = 1.1
	middle := s.X + s.W/2
	k.stroke(c, max(s.Thickness, 0.1))
	k.fill(c)
	for _, side := range []float64{-1, 1} {
		k.move(middle+side*s.Gap/2, s.Y)
		k.line(middle+side*s.W/2, s.Y)
		k.op("S")
		x := middle + side*(s.Gap/2-2*diamond)
		k.move(x-diamond, s.Y)
		k.line(x, s.Y-diamond)
		k.line(x+diamond, s.Y)
		k.line(x, s.Y+diamond)
		k.op("f")
	}
}

// drawCutMarks marks the corners of a box outside it, so that no mark stays on what is cut out.
func drawCutMarks(k *ink, b box, c colour) {
	k.stroke(c, markLine)
	for _, x := range []struct{ at, out float64 }{{b.X, -1}, {b.X + b.W, 1}} {
		for _, y := range []struct{ at, out float64 }{{b.Y, -1}, {b.Y + b.H, 1}} {
			k.move(x.at+x.out*markGap, y.at)
			k.line(x.at+x.out*(markGap+markLength), y.at)
			k.move(x.at, y.at+y.out*markGap)
			k.line(x.at, y.at+y.out*(markGap+markLength))
		}
	}
	k.op("S")
}

// drawFoldMarks draws broken lines above and below the line to fold along.
func drawFoldMarks(k *ink, b box, c colour) {
	k.stroke(c, markLine)
	k.op("[2 1.5] 0 d")
	for _, y := range []struct{ at, out float64 }{{b.Y, -1}, {b.Y + b.H, 1}} {
		k.move(b.X, y.at+y.out*markGap)
		k.line(b.X, y.at+y.out*(markGap+markLength))
	}
	k.op("S")
	k.op("[] 0 d")
}
