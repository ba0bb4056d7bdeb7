package pdf

import (
	"strconv"

	"rsc.io/qr"
)

// qrQuiet is the white around a code, in modules (ISO/IEC 18004).
const qrQuiet = 4

// maxModules bounds a code: version 15. Denser ones are not read off paper.
const maxModules = 77

// drawQR fills a code of content into a box.
func drawQR(k *ink, content string, b box) error {
	c, err := qr.Encode(content, qr.M)
	if err != nil || c.Size > maxModules {
		return ErrDocument.With("内容不能编成二维码")
	}
	drawCode(k, c, b, inkColour)
	return nil
}

// drawCode fills a code into the inner part of a white box: every row's runs of dark modules as rectangles of one path, so
// that no seams show between them. The path is in modules, which keeps its numbers small.
func drawCode(k *ink, c *qr.Code, b box, dark colour) {
	k.fill(white)
	k.rect(b)
	k.op("f")
	k.op("q")
	k.fill(dark)
	module := b.W / float64(c.Size+2*qrQuiet)
	k.b = strconv.AppendFloat(k.b, module*pointsPerMM, 'f', 5, 64)
	k.b = append(k.b, " 0 0 "...)
	k.b = strconv.AppendFloat(k.b, -module*pointsPerMM, 'f', 5, 64)
	k.b = append(k.b, ' ')
	k.point(b.X+qrQuiet*module, b.Y+qrQuiet*module)
	k.op("cm")
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x == from {
				continue
			}
			for _, v := range [...]int{from, y, x - from} {
				k.b = append(strconv.AppendInt(k.b, int64(v), 10), ' ')
			}
			k.b = append(k.b, "1 re\n"...)
		}
	}
	k.op("f")
	k.op("Q")
}
