package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// object is one indirect object to be added: a dictionary, and a stream where there is one. Objects come in groups whose
// members refer to each other: first is the number that the first of the group gets.
type object struct {
	dict   func(first int) string // without angle brackets and, of a stream, without its length
	stream []byte                 // as it stands in the file; nil for none
}

// group is objects that are added together, with those of them that content streams call by a name.
type group struct {
	objects []object
	fonts   []named
	forms   []named
}

// named is an object of a group, counted from 0, under its name in the resources.
type named struct {
	name string
	at   int
}

// finishing is what a document gets beside what gofpdf drew.
type finishing struct {
	about    about
	groups   []group
	links    []link
	attached *Attachment
}

// link makes an area of a page lead to an address.
type link struct {
	page    int // counted from 0
	area    box // in points, from the lower left corner of the page to its upper right one
	address string
}

// object is the annotation, for print as an archive wants every annotation (ISO 19005-3 §6.3.2).
func (l link) object() object {
	return object{dict: func(int) string {
		return fmt.Sprintf("/Type /Annot /Subtype /Link /F 4 /Rect [%.2f %.2f %.2f %.2f] /Border [0 0 0] /A <</Type /Action /S /URI /URI <%x>>>",
			l.area.X, l.area.Y, l.area.X+l.area.W, l.area.Y+l.area.H, l.address)
	}}
}

// finish turns a document that gofpdf drew without compression into the file that goes out: PDF/A-3b (ISO 19005-3), in one
// revision and in the form gofpdf writes (one table "0 n" behind all objects), with the fonts, forms, links and attachment of
// f. gofpdf's own header, information dictionary and catalog are replaced: they lack what an archive asks for.
func (fonts *Fonts) finish(file []byte, f finishing) ([]byte, error) {
	d, err := readDrawn(file)
	if err != nil {
		return nil, err
	}
	w := newWriter(len(file), len(d.bodies))
	groups := slices.Concat(f.groups, []group{fonts.archive(f.about), f.linked()})
	if f.attached != nil {
		groups = append(groups, group{objects: f.attached.objects()})
	}
	first := make([]int, len(groups)+1) // by group; the last is that of none
	first[0] = len(d.bodies)
	for i, g := range groups {
		first[i+1] = first[i] + len(g.objects)
	}
	n := len(f.groups)
	archive, links, attached := first[n], first[n+1], first[n+2]
	d.name(groups, first)
	if err := fonts.finishPages(d, f.links, links); err != nil {
		return nil, err
	}
	info, catalog := len(d.bodies)-2, len(d.bodies)-1
	d.bodies[info] = []byte("<<" + f.about.info() + ">>\n")
	d.bodies[catalog] = []byte(f.catalog(archive, attached))
	for n, body := range d.bodies[1:] {
		w.raw(n+1, body)
	}
	for i, g := range groups {
		for k, o := range g.objects {
			w.object(first[i]+k, o, first[i])
		}
	}
	return w.close(catalog, info), nil
}

func (f *finishing) linked() (g group) {
	for _, l := range f.links {
		g.objects = append(g.objects, l.object())
	}
	return g
}

// name puts the fonts and forms of groups into the resources that all pages share.
func (d *drawn) name(groups []group, first []int) {
	var fonts, forms strings.Builder
	for i, g := range groups {
		for _, n := range g.fonts {
			fmt.Fprintf(&fonts, "/%s %d 0 R ", n.name, first[i]+n.at)
		}
		for _, n := range g.forms {
			fmt.Fprintf(&forms, "/%s %d 0 R ", n.name, first[i]+n.at)
		}
	}
	body := d.bodies[resourcesObject]
	body = bytes.Replace(body, []byte("/Font <<\n"), []byte("/Font <<\n"+fonts.String()), 1)
	d.bodies[resourcesObject] = bytes.Replace(body, []byte("/XObject <<\n"), []byte("/XObject <<\n"+forms.String()), 1)
}

// finishPages deflates the content of every page and puts its links in; number is that of the first link's object.
func (fonts *Fonts) finishPages(d *drawn, links []link, number int) error {
	for i, page := range d.pages {
		n, content, err := d.content(page)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		writeStream(&b, "/Filter /FlateDecode", fonts.deflate(content))
		d.bodies[n] = b.Bytes()
		var annotations strings.Builder
		for k, l := range links {
			if l.page == i {
				fmt.Fprintf(&annotations, "%d 0 R ", number+k)
			}
		}
		if annotations.Len() > 0 {
			entry := "\n/Annots [" + annotations.String() + "]\n/Contents "
			d.bodies[page] = bytes.Replace(d.bodies[page], []byte("\n/Contents "), []byte(entry), 1)
		}
	}
	return nil
}

// catalog is the document's catalog; archive is the number of the first object of Fonts.archive, attached that of the
// first of the attachment.
func (f *finishing) catalog(archive, attached int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<<\n/Type /Catalog\n/Pages 1 0 R\n/Lang (zh-CN)\n/ViewerPreferences <</DisplayDocTitle true>>\n/Metadata %d 0 R\n"+
		"/OutputIntents [%d 0 R]\n", archive, archive+1)
	if f.attached != nil {
		fmt.Fprintf(&b, "/AF [%d 0 R]\n/Names <</EmbeddedFiles <</Names [%s %d 0 R]>>>>\n", attached, textString(f.attached.Name), attached)
	}
	return b.String() + ">>\n"
}

// writer writes the objects of a file in ascending order, then its table.
type writer struct {
	bytes.Buffer
	offsets []int
}

// newWriter begins with the header of PDF 1.7 and the comment that tells programs of binary data (ISO 19005-3 §6.1.2).
func newWriter(size, objects int) *writer {
	w := &writer{offsets: make([]int, 1, objects+32)}
	w.Grow(size + 64<<10)
	w.WriteString("%PDF-1.7\n%\xE2\xE3\xCF\xD3\n")
	return w
}

func (w *writer) raw(n int, body []byte) {
	w.offsets = append(w.offsets, w.Len())
	fmt.Fprintf(w, "%d 0 obj\n", n)
	w.Write(body)
	w.WriteString("endobj\n")
}

func (w *writer) object(n int, o object, first int) {
	w.offsets = append(w.offsets, w.Len())
	fmt.Fprintf(w, "%d 0 obj\n", n)
	if o.stream == nil {
		w.WriteString("<<" + o.dict(first) + ">>\n")
	} else {
		writeStream(&w.Buffer, o.dict(first), o.stream)
	}
	w.WriteString("endobj\n")
}

func writeStream(b *bytes.Buffer, dict string, stream []byte) {
	fmt.Fprintf(b, "<<%s /Length %d>>\nstream\n", dict, len(stream))
	b.Write(stream)
	b.WriteString("\nendstream\n")
}

// close writes table and trailer. The file identifier is taken from the digest of all that is before it, so that the same
// document always has the same one (ISO 32000-1 §14.4).
func (w *writer) close(root, info int) []byte {
	id := sha256.Sum256(w.Bytes())
	table := w.Len()
	fmt.Fprintf(w, "xref\n0 %d\n0000000000 65535 f \n", len(w.offsets))
	for _, at := range w.offsets[1:] {
		fmt.Fprintf(w, "%010d 00000 n \n", at)
	}
	fmt.Fprintf(w, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%x> <%x>]\n>>\nstartxref\n%d\n%%%%EOF\n",
		len(w.offsets), root, info, id[:16], id[:16], table)
	return w.Bytes()
}
