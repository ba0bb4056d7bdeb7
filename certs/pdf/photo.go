package pdf

import (
	"bytes"
	"encoding/binary"
	"image/color"
	"image/jpeg"
	"slices"
)

// MaxPhoto bounds the photo file, in bytes. Bodies ask for 40 to 200 kB.
const MaxPhoto = 512 << 10

// Bounds of a photo's sides, in pixels.
const (
	minSide = 80
	maxSide = 3000
)

// picture is a photo that may be embedded, with its size in pixels.
type picture struct {
	jpeg          []byte
	width, height int
}

// CheckPhoto answers ErrPhoto with the reason when b cannot be printed on a certificate. It decodes the whole picture,
// which costs as much as half a page, so it belongs where a photo is handed in. Render looks at the file's structure.
func CheckPhoto(b []byte) error {
	p, err := readPhoto(b)
	if err != nil {
		return err
	}
	if _, err := jpeg.Decode(bytes.NewReader(p.jpeg)); err != nil {
		return ErrPhoto.With("JPEG文件已损坏")
	}
	return nil
}

// readPhoto accepts a baseline or progressive JPEG in grey or colour, and returns it without what a camera writes beside
// the picture (place, device, preview).
func readPhoto(b []byte) (picture, error) {
	if len(b) > MaxPhoto {
		return picture{}, ErrPhoto.With("超过%dKB", MaxPhoto>>10)
	}
	config, err := jpeg.DecodeConfig(bytes.NewReader(b))
	switch {
	case err != nil:
		return picture{}, ErrPhoto.With("不是可识别的JPEG文件")
	case config.ColorModel != color.YCbCrModel && config.ColorModel != color.GrayModel:
		return picture{}, ErrPhoto.With("颜色模式须为彩色YCbCr或灰度")
	case min(config.Width, config.Height) < minSide || max(config.Width, config.Height) > maxSide:
		return picture{}, ErrPhoto.With("边长须在%d至%d像素之间", minSide, maxSide)
	}
	bare, ok := withoutMetadata(b)
	switch {
	case !ok:
		return picture{}, ErrPhoto.With("JPEG文件不完整")
	case turned(b):
		return picture{}, ErrPhoto.With("照片带有旋转标记，请转正后另存再上传")
	}
	return picture{bare, config.Width, config.Height}, nil
}

// Markers of a JPEG file (ITU-T T.81, table B.1).
const (
	markerSOI   = 0xD8
	markerEOI   = 0xD9
	markerSOS   = 0xDA
	markerAPP0  = 0xE0
	markerAPP1  = 0xE1 // Exif
	markerAdobe = 0xEE // APP14, which says how the colours are coded
	markerAPP15 = 0xEF
	markerCOM   = 0xFE
)

// turned reports whether a camera marked the picture to be shown turned or mirrored (tag Orientation of Exif, JEITA CP-3451
// §4.6.4). The mark goes with the other metadata, so such a picture would stand on its side.
func turned(b []byte) bool {
	for at := 2; at+4 <= len(b) && b[at+1] != markerSOS; at += 2 + int(be.Uint16(b[at+2:])) {
		end := min(at+2+int(be.Uint16(b[at+2:])), len(b))
		if b[at+1] != markerAPP1 || end < at+4 {
			continue
		}
		if tiff, ok := bytes.CutPrefix(b[at+4:end], []byte("Exif\x00\x00")); ok && orientation(tiff) > 1 {
			return true
		}
	}
	return false
}

// orientation is the value of tag 0x0112 in the first directory of a TIFF file, 0 when there is none.
func orientation(tiff []byte) uint16 {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 0
	}
	entries := tiff[at+2:]
	for range int(order.Uint16(tiff[at:])) {
		if len(entries) < 12 {
			return 0
		}
		if order.Uint16(entries) == 0x0112 {
			return order.Uint16(entries[8:])
		}
		entries = entries[12:]
	}
	return 0
}

// withoutMetadata drops comments and application segments, all but Adobe's, from in front of the first scan. ok is
// false when b is not a sequence of segments that closes with its end marker.
func withoutMetadata(b []byte) (bare []byte, ok bool) {
	if !bytes.HasPrefix(b, []byte{0xFF, markerSOI}) || !bytes.HasSuffix(b, []byte{0xFF, markerEOI}) {
		return nil, false
	}
	bare = slices.Clone(b[:2])
	for at := 2; at+4 <= len(b); {
		marker, end := b[at+1], at+2+int(be.Uint16(b[at+2:]))
		if b[at] != 0xFF || end > len(b) || end < at+4 {
			return nil, false
		}
		if marker == markerSOS {
			return append(bare, b[at:]...), true
		}
		if marker != markerCOM && (marker < markerAPP0 || marker > markerAPP15 || marker == markerAdobe) {
			bare = append(bare, b[at:end]...)
		}
		at = end
	}
	return nil, false
}
