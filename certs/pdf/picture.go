package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
)

// Bounds of a picture in a book.
const (
	MaxPicture     = 1 << 20 // bytes of the file
	maxPictureSide = 4000    // pixels
)

// pictureQuality is that of a JPEG which had to be written again.
const pictureQuality = 92

// Picture is an image that a book can draw.
type Picture struct {
	Width, Height int // in pixels
	own           int // of the width, without the white at the right that Picture may have added
	name, kind    string
	data          []byte
}

type placedPicture struct {
	picture Picture
	at      box
	within  box // what is drawn of it; zero for all
}

// Picture takes a PNG or JPEG file into the book; ErrPicture says why not. What is transparent becomes white.
func (b *Book) Picture(file []byte) (Picture, error) {
	if len(file) > MaxPicture {
		return Picture{}, ErrPicture.With("超过%dKB", MaxPicture>>10)
	}
	config, kind, err := image.DecodeConfig(bytes.NewReader(file))
	switch {
	case err != nil, kind != "png" && kind != "jpeg":
		return Picture{}, ErrPicture.With("不是可识别的PNG或JPEG文件")
	case min(config.Width, config.Height) < 1 || max(config.Width, config.Height) > maxPictureSide:
		return Picture{}, ErrPicture.With("边长须在1至%d像素之间", maxPictureSide)
	}
	width := config.Width
	for b.widths[width] {
		width++
	}
	p := Picture{Width: width, own: config.Width, Height: config.Height, name: fmt.Sprintf("picture%d", len(b.pictures))}
	if p.kind, p.data, err = printed(file, kind, config, width); err != nil {
		return Picture{}, err
	}
	b.widths[width] = true
	b.pictures = append(b.pictures, p)
	return p, nil
}

// printed returns a file that gofpdf takes, of the wanted width: a JPEG as it stands without what a camera writes beside
// it, where that serves; all else drawn on white and written again. gofpdf knows no interlaced or 16-bit PNG.
func printed(file []byte, kind string, config image.Config, width int) (string, []byte, error) {
	im, _, err := image.Decode(bytes.NewReader(file))
	if err != nil {
		return "", nil, ErrPicture.With("文件已损坏")
	}
	usual := config.ColorModel == color.YCbCrModel || config.ColorModel == color.GrayModel
	if bare, ok := withoutMetadata(file); kind == "jpeg" && ok && !misleading(bare) && usual && width == config.Width {
		return "JPG", bare, nil
	}
	var out bytes.Buffer
	sheet := onWhite(im, width)
	if kind == "jpeg" {
		err = jpeg.Encode(&out, sheet, &jpeg.Options{Quality: pictureQuality})
		return "JPG", out.Bytes(), err
	}
	err = png.Encode(&out, sheet)
	return "PNG", out.Bytes(), err
}

// onWhite draws im at the left of a white sheet of the given width and its own height.
func onWhite(im image.Image, width int) draw.Image {
	var sheet draw.Image = image.NewNRGBA(image.Rect(0, 0, width, im.Bounds().Dy()))
	if m := im.ColorModel(); m == color.GrayModel || m == color.Gray16Model {
		sheet = image.NewGray(sheet.Bounds())
	}
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(sheet, im.Bounds().Sub(im.Bounds().Min), im, im.Bounds().Min, draw.Over)
	return sheet
}
