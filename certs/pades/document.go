package pades

import (
	"bytes"
	"fmt"
	"strconv"
)

// Marks of a classic PDF file as gofpdf writes it.
const (
	startMark = "startxref\n"
	endMark   = "%%EOF\n"
	rangeMark = "/ByteRange "
)

// firstPage is the object number of the first page in every gofpdf document.
const firstPage = 3

// maxObjects bounds the cross-reference table that is read.
const maxObjects = 10_000

// document is an unsealed PDF as gofpdf writes it: one revision with one classic cross-reference table.
type document struct {
	pdf              []byte
	offsets          []int // by object number
	table            int   // offset of the cross-reference table
	root, info, size int
}

// readDocument indexes pdf, which must end with its own end mark.
func readDocument(pdf []byte) (*document, error) {
	at := bytes.Index(pdf, []byte(startMark))
	if !bytes.HasPrefix(pdf, []byte("%PDF-1.")) || at < 0 || bytes.Contains(pdf, []byte(rangeMark)) {
		return nil, ErrDocument
	}
	d := &document{pdf: pdf, table: leadingInt(pdf[at+len(startMark):])}
	if string(pdf[at:]) != fmt.Sprintf("%s%d\n%s", startMark, d.table, endMark) || d.table >= at {
		return nil, ErrDocument
	}
	if err := d.readTable(pdf[d.table:at]); err != nil {
		return nil, err
	}
	return d, nil
}

// readTable reads "xref", the one subsection "0 n", its entries of 20 bytes, and the trailer.
func (d *document) readTable(b []byte) error {
	rest, ok := bytes.CutPrefix(b, []byte("xref\n0 "))
	d.size = leadingInt(rest)
	head := fmt.Sprintf("xref\n0 %d\n", d.size)
	if !ok || !bytes.HasPrefix(b, []byte(head)) || d.size <= firstPage || d.size > maxObjects || len(b) < len(head)+20*d.size {
		return ErrDocument
	}
	entries, trailer := b[len(head):len(head)+20*d.size], b[len(head)+20*d.size:]
	d.offsets = make([]int, d.size)
	for n := range d.offsets {
		d.offsets[n] = leadingInt(entries[20*n : 20*n+10])
	}
	d.root, d.info = reference(trailer, "/Root "), reference(trailer, "/Info ")
	if !bytes.HasPrefix(trailer, []byte("trailer\n")) || d.root <= 0 || d.info <= 0 {
		return ErrDocument
	}
	return nil
}

// object returns what stands between "obj" and "endobj" of object n, which must not be a stream.
func (d *document) object(n int) ([]byte, error) {
	if n <= 0 || n >= d.size || d.offsets[n] >= d.table {
		return nil, ErrDocument
	}
	b, ok := bytes.CutPrefix(d.pdf[d.offsets[n]:d.table], fmt.Appendf(nil, "%d 0 obj\n", n))
	end := bytes.Index(b, []byte("endobj"))
	if !ok || end < 0 {
		return nil, ErrDocument
	}
	return bytes.TrimSpace(b[:end]), nil
}

// dictionary returns object n with extra entries at its end.
func (d *document) dictionary(n int, kind, extra string) ([]byte, error) {
	b, err := d.object(n)
	if err != nil {
		return nil, err
	}
	inner, ok := bytes.CutSuffix(b, []byte(">>"))
	if !ok || !bytes.Contains(b, []byte(kind)) {
		return nil, ErrDocument
	}
	return bytes.Join([][]byte{inner, []byte(extra), []byte(">>")}, nil), nil
}

// page returns the first page with the widget among its annotations.
func (d *document) page(widget string) ([]byte, error) {
	b, err := d.object(firstPage)
	if err != nil {
		return nil, err
	}
	if before, after, ok := bytes.Cut(b, []byte("/Annots [")); ok {
		return bytes.Join([][]byte{before, []byte("/Annots [" + widget + " "), after}, nil), nil
	}
	return d.dictionary(firstPage, "/Type /Page", "/Annots ["+widget+"]")
}

// characterMap returns the object number of the ToUnicode stream of the font drawn as name.
func (d *document) characterMap(name string) (int, error) {
	for _, base := range []string{"/BaseFont /" + name + "\n", "/BaseFont /utf8" + name + "\n"} {
		if _, after, ok := bytes.Cut(d.pdf, []byte("/Subtype /Type0\n"+base)); ok {
			font, _, _ := bytes.Cut(after, []byte("endobj"))
			if n := reference(font, "/ToUnicode "); n > 0 && n < d.size {
				return n, nil
			}
		}
	}
	return 0, ErrDocument.With("没有字体 %s", name)
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
	end := 0
	for end < len(b) && end < 10 && b[end] >= '0' && b[end] <= '9' {
		end++
	}
	n, err := strconv.Atoi(string(b[:end]))
	if err != nil {
		return 0
	}
	return n
}
