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
// or behind the picture (place, device, preview).
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
	case misleading(bare):
		return picture{}, ErrPhoto.With("JPEG文件中夹有其他内容，请另存后再上传")
	case turned(b):
		return picture{}, ErrPhoto.With("照片带有旋转标记，请转正后另存再上传")
	}
	return picture{bare, config.Width, config.Height}, nil
}

// Markers of a JPEG file (ITU-T T.81, table B.1).
const (
	markerSOF0  = 0xC0 // baseline
	markerSOF1  = 0xC1 // extended
	markerSOF2  = 0xC2 // progressive
	markerDHT   = 0xC4
	markerRST0  = 0xD0
	markerRST7  = 0xD7
	markerSOI   = 0xD8
	markerEOI   = 0xD9
	markerSOS   = 0xDA
	markerDQT   = 0xDB
	markerDRI   = 0xDD
	markerAPP0  = 0xE0
	markerAPP1  = 0xE1 // Exif
	markerAdobe = 0xEE // APP14, which says how the colours are coded
	markerAPP15 = 0xEF
	markerCOM   = 0xFE
)

// turned reports whether a camera marked the picture to be shown turned or mirrored (tag Orientation of Exif, JEITA CP-3451
// §4.6.4). The mark goes with the other metadata, so such a picture would stand on its side.
func turned(b []byte) bool {
	for at := 2; ; {
		s, ok := segmentAt(b, at)
		if !ok || s.marker == markerSOS || s.marker == markerEOI {
			return false
		}
		if tiff, ok := bytes.CutPrefix(s.body[2:], []byte("Exif\x00\x00")); ok && s.marker == markerAPP1 && orientation(tiff) > 1 {
			return true
		}
		at = s.end
	}
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

// withoutMetadata keeps what draws the picture, down to its end marker: frame, tables, scans, and what Adobe's segment
// says of the colours. Comments, other application segments, between scans too, and whatever stands behind the end are
// dropped. ok is false when b is no sequence of such segments with a scan that comes to its end.
func withoutMetadata(b []byte) (bare []byte, ok bool) {
	if !bytes.HasPrefix(b, []byte{0xFF, markerSOI}) {
		return nil, false
	}
	bare = append(make([]byte, 0, len(b)), b[:2]...)
	drawn := false
	for at := 2; ; {
		s, ok := segmentAt(b, at)
		switch {
		case !ok:
			return nil, false
		case s.marker == markerEOI:
			return append(bare, 0xFF, markerEOI), drawn
		}
		if bare, ok = s.appendTo(bare); !ok {
			return nil, false
		}
		at = s.end
		if s.marker == markerSOS {
			at += scanLength(b[at:])
			bare, drawn = append(bare, b[s.end:at]...), true
		}
	}
}

// jpegSegment is a marker of a JPEG file with the length and parameters that follow it; the end marker has none.
type jpegSegment struct {
	marker byte
	body   []byte // from the length on
	end    int
}

// segmentAt reads the segment at an offset, in front of which any number of fill bytes may stand.
func segmentAt(b []byte, at int) (jpegSegment, bool) {
	for at+1 < len(b) && b[at] == 0xFF && b[at+1] == 0xFF {
		at++
	}
	switch {
	case at+2 > len(b) || b[at] != 0xFF:
		return jpegSegment{}, false
	case b[at+1] == markerEOI:
		return jpegSegment{marker: markerEOI, end: at + 2}, true
	case at+4 > len(b):
		return jpegSegment{}, false
	}
	end := at + 2 + int(be.Uint16(b[at+2:]))
	if end < at+4 || end > len(b) {
		return jpegSegment{}, false
	}
	return jpegSegment{b[at+1], b[at+2 : end], end}, true
}

// adobeLength is that of Adobe's segment: its length, its name, versions, flags and the transform of the colours.
const adobeLength = 14

// appendTo keeps a segment that the picture needs. ok is false for one that baseline and progressive pictures have not.
func (s jpegSegment) appendTo(bare []byte) (_ []byte, ok bool) {
	switch {
	case s.marker == markerAdobe && len(s.body) >= adobeLength && string(s.body[2:7]) == "Adobe":
		return append(append(bare, 0xFF, markerAdobe, 0, adobeLength), s.body[2:adobeLength]...), true
	case s.marker == markerCOM, s.marker >= markerAPP0 && s.marker <= markerAPP15:
		return bare, true
	case bytes.IndexByte([]byte{markerSOF0, markerSOF1, markerSOF2, markerDHT, markerDQT, markerDRI, markerSOS}, s.marker) < 0:
		return nil, false
	}
	return append(append(bare, 0xFF, s.marker), s.body...), true
}

// scanLength is how many bytes of a scan's data come before the next marker. A byte FF of the data is followed by 00,
// and restart markers are part of it.
func scanLength(b []byte) int {
	for at := 0; ; at += 2 {
		found := bytes.IndexByte(b[at:], 0xFF)
		if found < 0 || at+found+1 >= len(b) {
			return len(b)
		}
		at += found
		if next := b[at+1]; next != 0 && (next < markerRST0 || next > markerRST7) {
			return at
		}
	}
}

// misleading reports whether b holds a word by which a program that reads a PDF without its table finds objects, files,
// signatures or the end. A picture and the attachment stand in the file as they are, so nothing of the kind may be in
// them; that a picture holds one by chance happens less than once in a million million.
func misleading(b []byte) bool {
	return slices.ContainsFunc([]string{"startxref", "endobj", "endstream", "%%EOF", "/ByteRange", "/EmbeddedFile"},
		func(mark string) bool { return bytes.Contains(b, []byte(mark)) })
}
