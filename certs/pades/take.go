package pades

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"time"
)

// take splits a sealed file into the document that was sealed and what the seal added: the inverse of compose. It is
// lenient about the added values; composing again decides whether they account for every byte.
func take(pdf []byte) (*document, addition, error) {
	d, err := readDocument(pdf)
	if err != nil {
		return nil, addition{}, ErrForm
	}
	n := numbers{signature: reference(d.objects[d.root], "/Perms <</DocMDP "), widget: 0}
	if n.signature <= firstPage || n.signature >= d.size()-1 {
		return nil, addition{}, ErrForm
	}
	n = numbersOf(n.signature, max(0, d.size()-n.signature-3))
	a, err := d.readAddition(n)
	if err != nil {
		return nil, a, err
	}
	return d, a, d.strip(n)
}

// strip takes the seal's objects and entries off d.
func (d *document) strip(n numbers) (err error) {
	if d.root >= n.signature || d.info >= n.signature || len(d.order) < n.signature {
		return ErrForm
	}
	if d.objects[firstPage], err = withoutWidget(d.objects[firstPage], n.widget); err != nil {
		return err
	}
	if d.objects[d.root], err = withoutEntries(d.objects[d.root], catalogEntries(n)); err != nil {
		return err
	}
	d.objects, d.order = d.objects[:n.signature], d.order[:n.signature-1]
	for _, i := range d.order {
		if i >= n.signature {
			return ErrForm
		}
	}
	return nil
}

func (d *document) readAddition(n numbers) (a addition, err error) {
	dictionary := d.objects[n.signature]
	if at, err := time.Parse(timeForm, string(between(dictionary, "/M (D:", "+00'00')"))); err == nil {
		a.at = at
	}
	a.reason = parseTextString(between(dictionary, "/Reason <", ">"))
	if n.store == 0 {
		return a, nil
	}
	certs := bytes.Count(between(d.objects[n.store], "/Certs [", "]"), []byte(" 0 R"))
	for i := n.streams; i < n.store; i++ {
		content, err := d.plainStream(i)
		switch {
		case err != nil:
			return a, ErrForm
		case i-n.streams < certs:
			a.certs = append(a.certs, content)
		default:
			a.crls = append(a.crls, content)
		}
	}
	return a, nil
}

// plainStream returns the content of stream object n, which must have no filter and the length it states.
func (d *document) plainStream(n int) ([]byte, error) {
	if n <= 0 || n >= d.size() {
		return nil, ErrDocument
	}
	return plainStream(d.objects[n])
}

func plainStream(object []byte) ([]byte, error) {
	dictionary, content, ok := bytes.Cut(object, []byte("stream\n"))
	_, stated, found := bytes.Cut(dictionary, []byte("/Length "))
	length := leadingInt(stated)
	if !ok || !found || length > len(content) || bytes.Contains(dictionary, []byte("/Filter")) || bytes.Contains(dictionary, []byte("/F ")) {
		return nil, ErrDocument
	}
	if end := string(content[length:]); end != "\nendstream"+endObject && end != "endstream"+endObject {
		return nil, ErrDocument
	}
	return content[:length:length], nil
}

// Name and bounds of the file that a certificate carries.
const (
	attachmentName = "(credential.json)"
	maxAttachment  = 256 << 10 // bytes
)

// attachment returns the embedded file credential.json, nil when the catalog lists no associated file. The way is
// catalog /AF, file specification, /EF /F, stream; a document with another or a second file is refused, so that all
// readers find the same one.
func (d *document) attachment() ([]byte, error) {
	list := between(d.objects[d.root], "/AF [", "]")
	if list == nil {
		return nil, nil
	}
	n := leadingInt(bytes.TrimSpace(list))
	if string(bytes.TrimSpace(list)) != fmt.Sprintf("%d 0 R", n) {
		return nil, ErrAttachment
	}
	spec, err := d.object(n)
	if err != nil || !bytes.Contains(spec, []byte("/Type /Filespec")) || !bytes.Contains(spec, []byte("/F "+attachmentName)) {
		return nil, ErrAttachment
	}
	content, err := d.plainStream(reference(between(spec, "/EF", ">>"), "/F "))
	if err != nil || len(content) == 0 || len(content) > maxAttachment {
		return nil, ErrAttachment
	}
	return content, nil
}

// Attachment returns the embedded file credential.json of a PDF of our form, as Verify reports it, without asking who
// sealed the file; nil when there is none.
func Attachment(pdf []byte) ([]byte, error) {
	if len(pdf) > MaxFile {
		return nil, ErrTooLarge
	}
	d, err := readDocument(pdf)
	if err != nil {
		return nil, err
	}
	return d.attachment()
}

// Peek returns what a PDF claims to carry: its attachment when it is of our form, otherwise the first embedded file that
// is marked as one and not compressed; nil when there is none. It does not ask whether the file is whole: nobody vouches
// for what it finds.
func Peek(pdf []byte) []byte {
	if len(pdf) > MaxFile {
		return nil
	}
	if content, err := Attachment(pdf); err == nil && content != nil {
		return content
	}
	at := bytes.Index(pdf, []byte("/Type /EmbeddedFile"))
	if at < 0 {
		return nil
	}
	start := bytes.LastIndex(pdf[:at], []byte(" 0 obj\n"))
	end := bytes.Index(pdf[at:], []byte("endstream"+endObject))
	if start < 0 || end < 0 || end > maxAttachment+maxDictionary {
		return nil
	}
	content, err := plainStream(pdf[start : at+end+len("endstream"+endObject)])
	if err != nil {
		return nil
	}
	return content
}

// maxDictionary bounds the entries of a stream, in bytes.
const maxDictionary = 4 << 10

func hexBytes(digits []byte) []byte {
	if len(digits) == 0 {
		return nil
	}
	b, err := hex.AppendDecode(make([]byte, 0, len(digits)/2), digits)
	if err != nil {
		return nil
	}
	return b
}

// between returns what stands between the first open and the next closing mark, nil when either is missing.
func between(b []byte, open, closing string) []byte {
	_, after, found := bytes.Cut(b, []byte(open))
	inner, _, closed := bytes.Cut(after, []byte(closing))
	if !found || !closed {
		return nil
	}
	return inner
}
