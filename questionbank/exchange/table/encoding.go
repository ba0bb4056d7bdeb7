package table

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Decode returns the text of a file and the encoding it was in, utf-8, utf-16 or gb18030, or ErrEncoding.
func Decode(data []byte) (text, encoding string, err error) { return decode(data) }

// decode returns the text of a csv file and the encoding it was in.
//
// The order matters: bytes that are valid UTF-8 are UTF-8, because running Chinese text in GB18030 is practically
// never valid UTF-8, while most UTF-8 text decodes as some GB18030. What is left must decode as GB18030 without a
// single replacement, encode back to the same bytes, and look like Chinese; everything else is refused.
func decode(data []byte) (text, encoding string, err error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")):
		data = data[3:]
		if !utf8.Valid(data) {
			return "", "", ErrEncoding.With("标明为 UTF-8，但第 %d 行有不合法的字节", badLine(data, utf8.Valid))
		}
		return string(data), "utf-8", nil
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		text, err = decodeUTF16(data[2:], binary.LittleEndian)
		return text, "utf-16", err
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		text, err = decodeUTF16(data[2:], binary.BigEndian)
		return text, "utf-16", err
	case utf8.Valid(data):
		return string(data), "utf-8", nil
	}
	text, err = decodeGB18030(data)
	return text, "gb18030", err
}

func decodeUTF16(data []byte, order binary.ByteOrder) (string, error) {
	if len(data)%2 != 0 {
		return "", ErrEncoding.With("标明为 UTF-16，但字节数为奇数")
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	for i := 0; i < len(units); i++ {
		if !utf16.IsSurrogate(rune(units[i])) {
			continue
		}
		if i+1 == len(units) || utf16.DecodeRune(rune(units[i]), rune(units[i+1])) == utf8.RuneError {
			return "", ErrEncoding.With("标明为 UTF-16，但代理对不完整")
		}
		i++
	}
	return string(utf16.Decode(units)), nil
}

func decodeGB18030(data []byte) (string, error) {
	out, ok := asGB18030(data)
	switch {
	case !ok:
		return "", neither(data)
	case !plausible(data):
		return "", ErrEncoding.With("按 GB18030 读出的不像中文")
	}
	return string(out), nil
}

// asGB18030 decodes data if encoding the text again gives the same bytes.
func asGB18030(data []byte) (text []byte, ok bool) {
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return nil, false
	}
	back, err := simplifiedchinese.GB18030.NewEncoder().Bytes(out)
	return out, err == nil && bytes.Equal(back, data)
}

// neither names the line that stops the encoding which goes further: of a long file a single byte may be broken.
func neither(data []byte) error {
	line, meant := badLine(data, utf8.Valid), "UTF-8"
	if n := badLine(data, func(line []byte) bool { _, ok := asGB18030(line); return ok }); n >= line {
		line, meant = n, "GB18030"
	}
	return ErrEncoding.With("按 %s 读，第 %d 行有不合法的字节", meant, line)
}

// badLine is the first line, from 1, that is not valid. Neither encoding uses the byte of a line end within a character.
func badLine(data []byte, valid func([]byte) bool) int {
	n := 0
	for line := range bytes.Lines(data) {
		if n++; !valid(line) {
			break
		}
	}
	return n
}

// plausible reports whether bytes that decode as GB18030 are likely to be meant so. Text in Big5, Shift JIS, Latin-1
// or Windows code pages often decodes too, but into the rare parts of the table; Chinese text lives almost entirely in
// the characters of GB 2312 (both bytes of a pair at or above A1, the first at most F7, outside the rows A4 to AF of
// other scripts). Seven in ten is far below what names with rare characters need and far above what other encodings
// reach.
func plausible(data []byte) bool {
	common, all := 0, 0
	for i := 0; i < len(data); {
		switch b := data[i]; {
		case b < 0x80:
			i++
			continue
		case i+1 < len(data) && data[i+1] >= 0x30 && data[i+1] <= 0x39:
			i += 4 // a rare character of a name; no other encoding writes such a sequence, so it speaks neither for nor against
			continue
		default:
			if i+1 < len(data) && data[i+1] >= 0xA1 && (b >= 0xB0 && b <= 0xF7 || b >= 0xA1 && b <= 0xA3) {
				common++
			}
			i += 2
		}
		all++
	}
	return common*10 >= all*7
}

// badRune reports characters that no honest cell holds: controls other than line ends and tabs, private use (自造字),
// unassigned and replaced characters.
func badRune(r rune) bool {
	switch {
	case r == '\n', r == '\r', r == '\t':
		return false
	case r == utf8.RuneError, unicode.IsControl(r), unicode.Is(unicode.Co, r):
		return true
	}
	return r&0xFFFE == 0xFFFE || r >= 0xFDD0 && r <= 0xFDEF // noncharacters
}

// imprecise reports a number of twelve digits or more in scientific notation, which is how spreadsheets show and keep
// an 18-digit identity number that was typed into a numeric cell: only 15 digits survive.
func imprecise(s string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(strings.TrimSpace(s)), "E+")
	power, err := strconv.Atoi(exponent)
	return ok && err == nil && power >= 11 && bareNumber(mantissa)
}
