package pdf

import "rsc.io/qr"

// drawQR fills the code of address into a box.
func drawQR(k *ink, address string, b box) error {
	code, err := qr.Encode(address, qr.M)
	if err != nil {
		return ErrDocument.With("核验地址不能编成二维码")
	}
	drawCode(k, code, b, inkColour)
	return nil
}

// drawCode fills a code into the inner part of a white box: every row's runs of dark modules as rectangles of one path,
// so that no seams show between them.
func drawCode(k *ink, code *qr.Code, b box, dark colour) {
	k.fill(white)
	k.rect(b)
	k.op("f")
	k.fill(dark)
	module := b.w / float64(code.Size+2*qrQuiet)
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				k.rect(box{b.x + module*float64(from+qrQuiet), b.y + module*float64(y+qrQuiet), module * float64(x-from), module})
			}
		}
	}
	k.op("f")
}
