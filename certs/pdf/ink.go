package pdf

import (
	"fmt"
	"math"
	"strconv"
)

// pointsPerMM converts the page's measures to those of PDF.
const pointsPerMM = 72 / 25.4

// ink writes the path operators of a content stream (ISO 32000-1 §8.5). Lengths are in mm; y runs down from the top of
// the sheet, or up from the origin between shift and unshift.
type ink struct {
	b      []byte
	local  bool
	height float64 // of the sheet
	coarse bool    // numbers to a tenth of a point, for fine lines of which there are many
}

func (k *ink) number(v float64) {
	per := 100.0
	if k.coarse {
		per = 10
	}
	k.b = strconv.AppendFloat(k.b, math.Round(v*per)/per, 'f', -1, 64)
	k.b = append(k.b, ' ')
}

func (k *ink) point(x, y float64) {
	if !k.local {
		y = k.height - y
	}
	k.number(x * pointsPerMM)
	k.number(y * pointsPerMM)
}

func (k *ink) op(s string) { k.b = append(append(k.b, s...), '\n') }

func (k *ink) colour(c colour, op string) {
	k.b = fmt.Appendf(k.b, "%.3f %.3f %.3f %s\n", float64(c.r)/255, float64(c.g)/255, float64(c.b)/255, op)
}

func (k *ink) fill(c colour) { k.colour(c, "rg") }

// stroke sets colour and thickness of lines.
func (k *ink) stroke(c colour, thickness float64) {
	k.colour(c, "RG")
	k.number(thickness * pointsPerMM)
	k.op("w")
}

func (k *ink) move(x, y float64) { k.point(x, y); k.op("m") }
func (k *ink) line(x, y float64) { k.point(x, y); k.op("l") }

func (k *ink) curve(x1, y1, x2, y2, x3, y3 float64) {
	k.point(x1, y1)
	k.point(x2, y2)
	k.point(x3, y3)
	k.op("c")
}

func (k *ink) rect(b box) {
	lower := b.Y
	if !k.local {
		lower += b.H
	}
	k.point(b.X, lower)
	k.number(b.W * pointsPerMM)
	k.number(b.H * pointsPerMM)
	k.op("re")
}

// arcHandle is how far the handles of a quarter circle reach, as a part of the radius.
const arcHandle = 0.5522848

func (k *ink) ellipse(x, y, rx, ry float64) {
	hx, hy := rx*arcHandle, ry*arcHandle
	k.move(x+rx, y)
	k.curve(x+rx, y+hy, x+hx, y+ry, x, y+ry)
	k.curve(x-hx, y+ry, x-rx, y+hy, x-rx, y)
	k.curve(x-rx, y-hy, x-hx, y-ry, x, y-ry)
	k.curve(x+hx, y-ry, x+rx, y-hy, x+rx, y)
	k.op("h")
}

// shift moves the origin to x, y, turned by degrees against the clock, until unshift.
func (k *ink) shift(x, y, degrees float64) {
	k.op("q")
	k.turn(degrees, x*pointsPerMM, (k.height-y)*pointsPerMM)
	k.local = true
}

func (k *ink) unshift() {
	k.op("Q")
	k.local = false
}

// turn turns the drawing by degrees and moves it by so many points.
func (k *ink) turn(degrees, x, y float64) {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	k.b = fmt.Appendf(k.b, "%.5f %.5f %.5f %.5f %.2f %.2f cm\n", cos, sin, -sin, cos, x, y)
}

// line is text with its place found.
type line struct {
	run    run
	x, y   float64 // left end of the baseline
	size   float64 // points
	turn   float64 // degrees against the clock, about x, y
	slant  float64 // degrees
	colour colour
}

func (l line) end() float64 { return l.x + l.run.width*l.size/pointsPerMM }

// text shows a line (ISO 32000-1 §9.4). An empty one leaves no mark.
func (k *ink) text(l line) {
	if len(l.run.parts) == 0 {
		return
	}
	k.fill(l.colour)
	k.op("BT")
	if l.turn == 0 && l.slant == 0 {
		k.point(l.x, l.y)
		k.op("Td")
	} else {
		sin, cos := math.Sincos(l.turn * math.Pi / 180)
		lean := math.Tan(l.slant * math.Pi / 180)
		k.b = fmt.Appendf(k.b, "%.5f %.5f %.5f %.5f ", cos, sin, cos*lean-sin, sin*lean+cos)
		k.point(l.x, l.y)
		k.op("Tm")
	}
	for _, p := range l.run.parts {
		k.b = append(append(append(k.b, '/'), p.font...), ' ')
		k.number(l.size)
		k.b = append(append(append(k.b, "Tf <"...), p.codes...), "> Tj\n"...)
	}
	k.op("ET")
}
