package pdf

import "math"

// srgbProfile builds a display profile of ICC.1:2001-04 for the colour space of IEC 61966-2-1 (sRGB): three colorants,
// already adapted to D50 as the profile connection space asks, and one tone curve that all three share. Every number comes
// from those two standards; the profile is this project's own and stands under its licence.
func srgbProfile() []byte {
	type tag struct {
		name string
		data []byte
	}
	curve := toneCurve()
	tags := []tag{
		{"desc", description("sRGB IEC61966-2.1")}, {"cprt", append([]byte("text\x00\x00\x00\x00"), "No copyright, use freely\x00"...)},
		{"wtpt", xyz(0.9505, 1, 1.0891)}, {"rXYZ", xyz(0.4360747, 0.2225045, 0.0139322)}, {"gXYZ", xyz(0.3850649, 0.7168786, 0.0971045)},
		{"bXYZ", xyz(0.1430804, 0.0606169, 0.7141733)}, {"rTRC", curve}, {"gTRC", curve}, {"bTRC", curve},
	}
	const header = 128
	table, data := be.AppendUint32(nil, uint32(len(tags))), []byte{}
	start, curveAt := header+4+12*len(tags), 0
	for _, t := range tags {
		at := start + len(data)
		switch {
		case t.name == "rTRC":
			curveAt = at
			fallthrough
		case t.name != "gTRC" && t.name != "bTRC":
			data = append(data, t.data...)
			data = append(data, make([]byte, -len(data)&3)...)
		default:
			at = curveAt
		}
		table = be.AppendUint32(be.AppendUint32(append(table, t.name...), uint32(at)), uint32(len(t.data)))
	}
	return append(append(profileHeader(start+len(data)), table...), data...)
}

// profileHeader is the header of a display profile, RGB to XYZ, perceptual, of the date of the standard.
func profileHeader(size int) []byte {
	h := make([]byte, 128)
	be.PutUint32(h, uint32(size))
	be.PutUint32(h[8:], 0x02100000) // version 2.1
	copy(h[12:], "mntrRGB XYZ ")
	for i, v := range []uint16{1999, 10, 18, 0, 0, 0} {
		be.PutUint16(h[24+2*i:], v)
	}
	copy(h[36:], "acsp")
	copy(h[68:], xyz(0.9642, 1, 0.8249)[8:]) // D50
	return h
}

func fixed16(b []byte, v float64) []byte {
	return be.AppendUint32(b, uint32(int32(math.Round(v*65536))))
}

func xyz(x, y, z float64) []byte {
	return fixed16(fixed16(fixed16([]byte("XYZ \x00\x00\x00\x00"), x), y), z)
}

// description is a textDescriptionType whose Unicode and script parts are empty.
func description(s string) []byte {
	b := be.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(s)+1))
	return append(append(append(b, s...), 0), make([]byte, 8+3+67)...)
}

// curvePoints gives each value of 8 bits its own point.
const curvePoints = 256

// toneCurve is the transfer function of IEC 61966-2-1 as a table.
func toneCurve() []byte {
	b := be.AppendUint32([]byte("curv\x00\x00\x00\x00"), curvePoints)
	for i := range curvePoints {
		v := float64(i) / (curvePoints - 1)
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		b = be.AppendUint16(b, uint16(math.Round(v*65535)))
	}
	return b
}
