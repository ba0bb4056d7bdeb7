package pades

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
)

// Marks of a classic PDF file as gofpdf writes it.
const (
	startMark = "startxref"
	endMark   = "%%EOF\n"
	rangeMark = "/ByteRange "
	endObject = "\nendobj\n"
	freeEntry = "0000000000 65535 f \n"
	entrySize = 20
)

// firstPage is the object number of the first page in every gofpdf document.
const firstPage = 3

// Bounds of what is read of a document.
const (
	maxObjects = 10_000
	maxHeader  = 64 // bytes
)

// document is a PDF of one revision: header lines, the objects one behind the other, one cross-reference table of one
// subsection, trailer. Nothing else stands anywhere in it.
type document struct {
	header     []byte
	objects    [][]byte // by number, from "n 0 obj" to "endobj"; 0 is none
	order      []int    // their numbers as they follow each other in the file
	trailer    []byte   // from "trailer" to startxref, the number of objects left out
	sizeAt     int      // where it belongs in trailer
	root, info int
}

func (d *document) size() int { return len(d.objects) }

// readDocument takes pdf apart. Every byte must belong to one of the parts named above: so there is no earlier
// revision, no replaced object and no room for anything that the table does not list.
func readDocument(pdf []byte) (*document, error) {
	at := bytes.Index(pdf, []byte(startMark))
	if at < 0 {
		return nil, ErrDocument
	}
	table := leadingInt(pdf[at+min(len(startMark)+1, len(pdf)-at):])
	if string(pdf[at:]) != startOf(table) || table >= at {
		return nil, ErrDocument
	}
	d := &document{}
	offsets, err := d.readTable(pdf[table:at])
	if err != nil {
		return nil, err
	}
	if err := d.readObjects(pdf[:table], offsets); err != nil {
		return nil, err
	}
	return d, nil
}

// startOf is the end of a file whose table stands at an offset.
func startOf(table int) string { return fmt.Sprintf("%s\n%d\n%s", startMark, table, endMark) }

// readTable reads "xref", the one subsection "0 n", its entries, all in use but the first, and the trailer.
func (d *document) readTable(b []byte) (offsets []int, err error) {
	rest, ok := bytes.CutPrefix(b, []byte("xref\n0 "))
	size := leadingInt(rest)
	head := fmt.Sprintf("xref\n0 %d\n", size)
	if !ok || !bytes.HasPrefix(b, []byte(head)) || size <= firstPage || size > maxObjects || len(b) < len(head)+entrySize*size {
		return nil, ErrDocument
	}
	entries := b[len(head) : len(head)+entrySize*size]
	if string(entries[:entrySize]) != freeEntry {
		return nil, ErrDocument
	}
	offsets = make([]int, size)
	for n := 1; n < size; n++ {
		entry := entries[entrySize*n : entrySize*(n+1)]
		if string(entry[10:]) != " 00000 n \n" {
			return nil, ErrDocument
		}
		offsets[n] = leadingInt(entry)
	}
	return offsets, d.readTrailer(b[len(head)+len(entries):], size)
}

// readTrailer keeps the trailer without its /Size. One that leads to another revision or needs a password is refused.
func (d *document) readTrailer(b []byte, size int) error {
	before, after, ok := bytes.Cut(b, fmt.Appendf(nil, "/Size %d\n", size))
	if !ok || !bytes.HasPrefix(b, []byte("trailer\n<<")) || !bytes.HasSuffix(b, []byte(">>\n")) {
		return ErrDocument
	}
	for _, foreign := range []string{"/Prev", "/XRefStm", "/Encrypt", "/Size"} {
		if bytes.Contains(before, []byte(foreign)) || bytes.Contains(after, []byte(foreign)) {
			return ErrDocument
		}
	}
	d.trailer = slices.Concat(before, after)
	d.sizeAt = len(before)
	d.root, d.info = reference(d.trailer, "/Root "), reference(d.trailer, "/Info ")
	if d.root <= 0 || d.root >= size || d.info <= 0 || d.info >= size || d.root == firstPage {
		return ErrDocument
	}
	return nil
}

// readObjects cuts the body at the offsets of the table.
func (d *document) readObjects(body []byte, offsets []int) error {
	d.objects, d.order = make([][]byte, len(offsets)), make([]int, len(offsets)-1)
	for i := range d.order {
		d.order[i] = i + 1
	}
	slices.SortFunc(d.order, func(a, b int) int { return offsets[a] - offsets[b] })
	for i, n := range d.order {
		end := len(body)
		if i+1 < len(d.order) {
			end = offsets[d.order[i+1]]
		}
		if offsets[n] > end || end > len(body) {
			return ErrDocument
		}
		o, open := body[offsets[n]:end], openObject(n)
		if len(o) < len(open)+len(endObject) || !bytes.HasPrefix(o, open) || !bytes.HasSuffix(o, []byte(endObject)) {
			return ErrDocument
		}
		d.objects[n] = o
	}
	d.header = body[:offsets[d.order[0]]]
	if !isHeader(d.header) {
		return ErrDocument
	}
	return nil
}

func openObject(n int) []byte { return append(strconv.AppendInt(nil, int64(n), 10), " 0 obj\n"...) }

// isHeader allows the version and comment lines.
func isHeader(b []byte) bool {
	if len(b) > maxHeader || !bytes.HasPrefix(b, []byte("%PDF-1.")) || b[len(b)-1] != '\n' {
		return false
	}
	for line := range bytes.Lines(b) {
		if line[0] != '%' {
			return false
		}
	}
	return true
}

// object returns what stands between "obj" and "endobj" of object n.
func (d *document) object(n int) ([]byte, error) {
	if n <= 0 || n >= d.size() {
		return nil, ErrDocument
	}
	o := d.objects[n]
	return bytes.TrimSpace(o[len(openObject(n)) : len(o)-len(endObject)]), nil
}

// unsealed checks what a document must not have yet, because the seal adds it.
func (d *document) unsealed() error {
	catalog := d.objects[d.root]
	if !bytes.Contains(catalog, []byte("/Type /Catalog")) || !bytes.Contains(d.objects[firstPage], []byte("/Type /Page")) {
		return ErrDocument
	}
	for _, key := range []string{"/AcroForm", "/Perms", "/DSS", "/Extensions"} {
		if bytes.Contains(catalog, []byte(key)) {
			return ErrDocument
		}
	}
	return nil
}

// Ends of the two objects that a seal adds to.
const (
	dictionaryEnd = ">>" + endObject
	annotations   = "/Annots ["
)

// withEntries is a dictionary object with entries at its end.
func withEntries(object []byte, entries string) ([]byte, error) {
	inner, ok := bytes.CutSuffix(object, []byte(dictionaryEnd))
	if !ok {
		return nil, ErrDocument
	}
	return slices.Concat(inner, []byte(entries), []byte(dictionaryEnd)), nil
}

// withoutEntries takes off what withEntries put on.
func withoutEntries(object []byte, entries string) ([]byte, error) {
	inner, ok := bytes.CutSuffix(object, []byte(entries+dictionaryEnd))
	if !ok {
		return nil, ErrForm
	}
	return slices.Concat(inner, []byte(dictionaryEnd)), nil
}

// withWidget is a page with the widget first among its annotations.
func withWidget(page []byte, widget int) ([]byte, error) {
	if before, after, ok := bytes.Cut(page, []byte(annotations)); ok {
		return slices.Concat(before, fmt.Appendf(nil, "%s%d 0 R ", annotations, widget), after), nil
	}
	return withEntries(page, fmt.Sprintf("%s%d 0 R]", annotations, widget))
}

// withoutWidget takes off what withWidget put on.
func withoutWidget(page []byte, widget int) ([]byte, error) {
	alone := fmt.Sprintf("%s%d 0 R]", annotations, widget)
	if bytes.HasSuffix(page, []byte(alone+dictionaryEnd)) {
		return withoutEntries(page, alone)
	}
	before, after, ok := bytes.Cut(page, fmt.Appendf(nil, "%s%d 0 R ", annotations, widget))
	if !ok {
		return nil, ErrForm
	}
	return slices.Concat(before, []byte(annotations), after), nil
}

// identified gives a trailer the file identifier that gofpdf leaves out, taken from the document itself.
func (d *document) identified() []byte {
	if bytes.Contains(d.trailer, []byte("/ID ")) {
		return d.trailer
	}
	h := sha256.New()
	for _, n := range d.order {
		h.Write(d.objects[n])
	}
	id := h.Sum(nil)[:16]
	inner := bytes.TrimSuffix(d.trailer, []byte(">>\n"))
	return slices.Concat(inner, fmt.Appendf(nil, "/ID [<%x> <%x>]\n>>\n", id, id))
}

// reference returns n of "key n 0 R" in b, 0 when there is none.
func reference(b []byte, key string) int {
	_, after, ok := bytes.Cut(b, []byte(key))
	n := leadingInt(after)
	if !ok || !bytes.HasPrefix(after, fmt.Appendf(nil, "%d 0 R", n)) {
		return 0
	}
	return n
}

// leadingInt reads the decimal digits at the start of b, at most ten of them; 0 when there are none.
func leadingInt(b []byte) int {
	n, end := 0, 0
	for ; end < len(b) && end < 10 && b[end] >= '0' && b[end] <= '9'; end++ {
		n = 10*n + int(b[end]-'0')
	}
	return n
}
