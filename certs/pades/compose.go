package pades

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
	"unicode/utf16"
)

// addition is every free value of what a seal adds to a document.
type addition struct {
	at      time.Time
	reason  string
	certs   [][]byte // DER, for the document security store
	crls    [][]byte
	reserve int // bytes of the hole for the CMS
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

// numbers of the objects that a seal adds. The signature comes first by number and last in the file.
type numbers struct{ signature, widget, streams, store int }

func numbersOf(size, streams int) numbers {
	n := numbers{signature: size, widget: size + 1, streams: size + 2}
	if streams > 0 {
		n.store = n.streams + streams
	}
	return n
}

// composer writes the objects of a file and notes where they stand.
type composer struct {
	bytes.Buffer
	offsets []int // by number
}

func (c *composer) copy(n int, object []byte) {
	c.offsets[n] = c.Len()
	c.Write(object)
}

func (c *composer) object(n int, body string) {
	c.offsets[n] = c.Len()
	c.Write(openObject(n))
	c.WriteString(body + endObject)
}

func (c *composer) stream(n int, content []byte) {
	c.offsets[n] = c.Len()
	c.Write(openObject(n))
	fmt.Fprintf(c, "<</Length %d>>\nstream\n", len(content))
	c.Write(content)
	c.WriteString("\nendstream" + endObject)
}

// compose writes d with the addition a as one file of one revision: the objects of d in their order, page and catalog
// with the seal's entries, then widget, security store and signature. The same d and a always give the same bytes.
func (d *document) compose(a addition) (*sealed, error) {
	if err := d.unsealed(); err != nil {
		return nil, err
	}
	n := numbersOf(d.size(), len(a.certs)+len(a.crls))
	page, err := withWidget(d.objects[firstPage], n.widget)
	if err != nil {
		return nil, err
	}
	catalog, err := withEntries(d.objects[d.root], catalogEntries(n))
	if err != nil {
		return nil, err
	}
	c := &composer{offsets: make([]int, max(n.widget, n.store)+1)}
	c.Grow(d.length() + 2*a.reserve + a.storeLength() + 4096)
	c.Write(d.header)
	for _, i := range d.order {
		switch i {
		case firstPage:
			c.copy(i, page)
		case d.root:
			c.copy(i, catalog)
		default:
			c.copy(i, d.objects[i])
		}
	}
	return c.seal(d, a, n), nil
}

// seal writes what is new and the end of the file.
func (c *composer) seal(d *document, a addition, n numbers) *sealed {
	c.object(n.widget, fmt.Sprintf("<</Type /Annot /Subtype /Widget /FT /Sig /T (Seal) /F 132 /Rect [0 0 0 0] /P %d 0 R /V %d 0 R>>", firstPage, n.signature))
	c.store(a, n)
	s := &sealed{}
	rangeAt := c.signature(a, n.signature, s)
	c.finish(d)
	s.out = c.Bytes()
	copy(s.out[rangeAt:], fmt.Sprintf("[0 %d %d %d]", s.from, s.to, len(s.out)-s.to))
	return s
}

func (d *document) length() int {
	total := len(d.header) + entrySize*len(d.objects)
	for _, o := range d.objects {
		total += len(o)
	}
	return total
}

func (a *addition) storeLength() int {
	total := 0
	for _, b := range slices.Concat(a.certs, a.crls) {
		total += len(b) + 100
	}
	return total
}

// catalogEntries certify the document with no changes allowed. ESIC announces ETSI.CAdES.detached (level 2) and the
// security store (level 5) to readers of PDF 1.7.
func catalogEntries(n numbers) string {
	store, level := "", 2
	if n.store > 0 {
		store, level = fmt.Sprintf("/DSS %d 0 R ", n.store), 5
	}
	return fmt.Sprintf("/Version /1.7 /AcroForm <</Fields [%d 0 R] /SigFlags 3>> /Perms <</DocMDP %d 0 R>> %s"+
		"/Extensions <</ESIC <</BaseVersion /1.7 /ExtensionLevel %d>>>>\n", n.widget, n.signature, store, level)
}

// store writes the document security store (EN 319 142-1 §5.4.2.2), when there is anything to keep in it.
func (c *composer) store(a addition, n numbers) {
	if n.store == 0 {
		return
	}
	next := n.streams
	list := func(key string, contents [][]byte) string {
		var refs []byte
		for _, b := range contents {
			c.stream(next, b)
			refs = fmt.Appendf(refs, " %d 0 R", next)
			next++
		}
		return fmt.Sprintf("/%s [%s ]", key, refs)
	}
	certs := list("Certs", a.certs)
	c.object(n.store, "<</Type /DSS "+certs+" "+list("CRLs", a.crls)+">>")
}

// signature writes the signature dictionary with an empty hole, notes the hole in s and returns where the byte range
// goes.
func (c *composer) signature(a addition, n int, s *sealed) (rangeAt int) {
	c.offsets[n] = c.Len()
	c.Write(openObject(n))
	c.WriteString("<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached ")
	fmt.Fprintf(c, "/M (D:%s+00'00') ", a.at.UTC().Format(timeForm))
	if a.reason != "" {
		fmt.Fprintf(c, "/Reason <%s> ", textString(a.reason))
	}
	c.WriteString("/Reference [<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>] ")
	c.WriteString(rangeMark)
	rangeAt = c.Len()
	c.Write(bytes.Repeat([]byte(" "), rangeWidth))
	c.WriteString("/Contents ")
	s.from = c.Len()
	c.WriteByte('<')
	c.Write(bytes.Repeat([]byte("0"), 2*a.reserve))
	c.WriteByte('>')
	s.to = c.Len()
	c.WriteString(dictionaryEnd)
	return rangeAt
}

// finish writes the one cross-reference table and the trailer.
func (c *composer) finish(d *document) {
	table := c.Len()
	fmt.Fprintf(c, "xref\n0 %d\n%s", len(c.offsets), freeEntry)
	entry := []byte("0000000000 00000 n \n")
	for _, at := range c.offsets[1:] {
		for i := range 10 {
			entry[9-i] = byte('0' + at%10)
			at /= 10
		}
		c.Write(entry)
	}
	trailer := d.identified()
	c.Write(trailer[:d.sizeAt])
	fmt.Fprintf(c, "/Size %d\n", len(c.offsets))
	c.Write(trailer[d.sizeAt:])
	c.WriteString(startOf(table))
}

// fill writes cms into the hole; it must fit.
func (s *sealed) fill(cms []byte) error {
	if 2*len(cms) > s.to-s.from-2 {
		return errReserve
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
