package pades

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
	"unicode/utf16"
)

// update is every free value of the one incremental update that a seal adds.
type update struct {
	mapObject  int    // object number of the replaced ToUnicode stream, 0 when none is replaced
	characters []byte // its new content
	at         time.Time
	reason     string
	claims     []byte
	reserve    int // bytes of the hole for the CMS
}

// sealed is a composed file whose hole still holds zeros. The hole is out[from:to], angle brackets included; the seal
// covers all that is before and behind it.
type sealed struct {
	out      []byte
	from, to int
}

func (s *sealed) covered() (before, behind []byte) { return s.out[:s.from], s.out[s.to:] }

// rangeWidth is the room for the /ByteRange array; what it does not fill stays blank.
const rangeWidth = 48

// timeForm is the time of /M in Go's notation, always UTC.
const timeForm = "20060102150405"

// claimsKey is our own entry of the signature dictionary, a second-class name after ISO 32000-1 Annex E: what the
// certificate says in a form that programs read, covered by the seal.
const claimsKey = "/SKCT_Claims "

// composer writes the objects of an update behind a document.
type composer struct {
	bytes.Buffer
	numbers, offsets []int
}

func (c *composer) open(n int) {
	c.numbers, c.offsets = append(c.numbers, n), append(c.offsets, c.Len())
	fmt.Fprintf(c, "%d 0 obj\n", n)
}

func (c *composer) object(n int, body []byte) {
	c.open(n)
	c.Write(body)
	c.WriteString("\nendobj\n")
}

// compose writes d with the update u behind it. The same d and u always give the same bytes.
func (d *document) compose(u update) (*sealed, error) {
	signature, widget := d.size, d.size+1
	page, err := d.page(fmt.Sprintf("%d 0 R", widget))
	if err != nil {
		return nil, err
	}
	catalog, err := d.dictionary(d.root, "/Type /Catalog", catalogEntries(signature, widget))
	if err != nil {
		return nil, err
	}
	c := &composer{}
	c.Grow(len(d.pdf) + len(u.characters) + 2*u.reserve + 2*len(u.claims) + 4096)
	c.Write(d.pdf)
	if u.mapObject != 0 {
		c.object(u.mapObject, fmt.Appendf(nil, "<</Length %d>>\nstream\n%s\nendstream", len(u.characters), u.characters))
	}
	c.object(firstPage, page)
	c.object(widget, fmt.Appendf(nil, "<</Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /F 132 /Rect [0 0 0 0] /P %d 0 R /V %d 0 R>>", firstPage, signature))
	c.object(d.root, catalog)
	c.open(signature)
	s := &sealed{}
	rangeAt := c.signature(u, s)
	c.finish(d)
	s.out = c.Bytes()
	copy(s.out[rangeAt:], fmt.Sprintf("[0 %d %d %d]", s.from, s.to, len(s.out)-s.to))
	return s, nil
}

// catalogEntries certify the document with no changes allowed. ESIC 2 announces ETSI.CAdES.detached to readers of
// PDF 1.7.
func catalogEntries(signature, widget int) string {
	return fmt.Sprintf("/Version /1.7 /AcroForm <</Fields [%d 0 R] /SigFlags 3>> /Perms <</DocMDP %d 0 R>> "+
		"/Extensions <</ESIC <</BaseVersion /1.7 /ExtensionLevel 2>>>>\n", widget, signature)
}

// signature writes the signature dictionary with an empty hole, notes the hole in s and returns where the byte range
// goes.
func (c *composer) signature(u update, s *sealed) (rangeAt int) {
	c.WriteString("<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached ")
	fmt.Fprintf(c, "/M (D:%s+00'00') ", u.at.UTC().Format(timeForm))
	if u.reason != "" {
		fmt.Fprintf(c, "/Reason <%s> ", textString(u.reason))
	}
	if len(u.claims) > 0 {
		fmt.Fprintf(c, "%s<%x> ", claimsKey, u.claims)
	}
	c.WriteString("/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>] ")
	c.WriteString(rangeMark)
	rangeAt = c.Len()
	c.Write(bytes.Repeat([]byte(" "), rangeWidth))
	c.WriteString("/Contents ")
	s.from = c.Len()
	c.WriteByte('<')
	c.Write(bytes.Repeat([]byte("0"), 2*u.reserve))
	c.WriteByte('>')
	s.to = c.Len()
	c.WriteString(">>\nendobj\n")
	return rangeAt
}

// finish writes the cross-reference table of the update, one subsection an object, and the trailer. The file
// identifier that gofpdf leaves out is taken from the document's digest.
func (c *composer) finish(d *document) {
	table := c.Len()
	c.WriteString("xref\n")
	order := make([]int, len(c.numbers))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return c.numbers[a] - c.numbers[b] })
	for _, i := range order {
		fmt.Fprintf(c, "%d 1\n%010d 00000 n \n", c.numbers[i], c.offsets[i])
	}
	id := sha256.Sum256(d.pdf)
	fmt.Fprintf(c, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /Prev %d /ID [<%x> <%x>]>>\n%s%d\n%s",
		d.size+2, d.root, d.info, d.table, id[:16], id[:16], startMark, table, endMark)
}

// fill writes cms into the hole; it must fit.
func (s *sealed) fill(cms []byte) error {
	if 2*len(cms) > s.to-s.from-2 {
		return ErrKey.With("签名数据 %d 字节，超过预留", len(cms))
	}
	hex.Encode(s.out[s.from+1:], cms)
	return nil
}

// textString is a PDF text string in UTF-16, as hexadecimal digits.
func textString(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return hex.EncodeToString(b)
}

// parseTextString reads what textString writes; anything else gives "".
func parseTextString(digits []byte) string {
	b := make([]byte, hex.DecodedLen(len(digits)))
	if _, err := hex.Decode(b, digits); err != nil || len(b) < 2 || len(b)%2 != 0 {
		return ""
	}
	units := make([]uint16, 0, len(b)/2-1)
	for i := 2; i < len(b); i += 2 {
		units = append(units, uint16(b[i])<<8|uint16(b[i+1]))
	}
	return string(utf16.Decode(units))
}
