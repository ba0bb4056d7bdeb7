package readout

import "image"

// What the eye tells apart, as the difference of one colour, of 255.
const (
	leastShade = 24 // of a mark from its ground
	otherShade = 60 // of one picture's place from another's
)

// differing reports whether two pictures of one size differ in a part.
func differing(a, b *image.RGBA, in image.Rectangle) bool {
	in = in.Intersect(a.Bounds()).Intersect(b.Bounds())
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if shade(a, b, x, y, x, y) > leastShade {
				return true
			}
		}
	}
	return false
}

// shade is how far the colours of a pixel of a and one of b are apart.
func shade(a, b *image.RGBA, xa, ya, xb, yb int) (most int) {
	i, j := a.PixOffset(xa, ya), b.PixOffset(xb, yb)
	for k := range 3 {
		d := int(a.Pix[i+k]) - int(b.Pix[j+k])
		most = max(most, d, -d)
	}
	return most
}

// slack is how far an edge may be drawn elsewhere, in pixels: programs round places.
const slack = 1

// changed is the share of a part's pixels for which b has nothing alike nearby, or the other way round, whichever is more.
func changed(a, b *image.RGBA, in image.Rectangle) float64 {
	in = in.Intersect(a.Bounds()).Intersect(b.Bounds())
	if in.Empty() {
		return 0
	}
	return float64(max(foreign(a, b, in), foreign(b, a, in))) / float64(in.Dx()*in.Dy())
}

func foreign(a, b *image.RGBA, in image.Rectangle) (dots int) {
	for y := in.Min.Y; y < in.Max.Y; y++ {
		for x := in.Min.X; x < in.Max.X; x++ {
			if shade(a, b, x, y, x, y) > otherShade && !nearby(a, b, x, y) {
				dots++
			}
		}
	}
	return dots
}

func nearby(a, b *image.RGBA, x, y int) bool {
	for v := max(y-slack, b.Rect.Min.Y); v <= min(y+slack, b.Rect.Max.Y-1); v++ {
		for u := max(x-slack, b.Rect.Min.X); u <= min(x+slack, b.Rect.Max.X-1); u++ {
			if shade(a, b, x, y, u, v) <= otherShade {
				return true
			}
		}
	}
	return false
}

// From which share of its pixels on a part looks otherwise.
const (
	otherChar    = 0.12
	otherPicture = 0.04
	otherCell    = 0.25
)

// cell is the side of the squares in which drawings are compared, in points; fewCells of them are chance.
const (
	cell     = 6.0
	fewCells = 2
)

// look compares the pictures of the pages, where they are of one size: characters that read alike, photos, and the rest.
func (c *comparison) look(r *Report, file, recorded *File) {
	other := 0
	for n := range min(len(file.Pages), len(recorded.Pages)) {
		a, b := &recorded.Pages[n], &file.Pages[n]
		if !a.sized(b) {
			continue
		}
		c.lookAtFields(r, n, a, b)
		for _, photo := range a.Pictures {
			r.Photo = r.Photo || changed(a.Image, b.Image, photo.pixels(a.scale)) > otherPicture
		}
		other += c.otherCells(n, a, b)
	}
	r.Drawing = other > fewCells
}

// lookAtFields finds values that read alike and look otherwise: fonts may call a sign what it is not.
func (c *comparison) lookAtFields(r *Report, n int, a, b *Page) {
	for m, f := range c.fields {
		for _, p := range f.places {
			if p.page != n || r.Rows[m].State != Same {
				continue
			}
			for _, i := range p.chars {
				if changed(a.Image, b.Image, c.recorded[i].pixels(a.scale)) > otherChar {
					r.Rows[m].State = Unclear
				}
			}
		}
	}
}

// otherCells counts the squares of a page that look otherwise and hold neither text nor photo.
func (c *comparison) otherCells(n int, a, b *Page) (count int) {
	taken := []Box{}
	for _, all := range [][]spot{c.recorded, c.file} {
		for _, s := range all {
			if s.page == n && s.height() < cell*muchLarger*2 {
				taken = append(taken, s.grown(cell/2))
			}
		}
	}
	for _, photo := range a.Pictures {
		taken = append(taken, photo.grown(cell/2))
	}
	for y := 0.0; y < a.Height; y += cell {
		for x := 0.0; x < a.Width; x += cell {
			at := Box{x, y, x + cell, y + cell}
			if changed(a.Image, b.Image, at.pixels(a.scale)) > otherCell && !at.touches(taken) {
				count++
			}
		}
	}
	return count
}

func (b Box) touches(all []Box) bool {
	for _, c := range all {
		if b.Left < c.Right && c.Left < b.Right && b.Top < c.Bottom && c.Top < b.Bottom {
			return true
		}
	}
	return false
}
