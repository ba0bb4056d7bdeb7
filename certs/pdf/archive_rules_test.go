package pdf_test

import (
	"bytes"
	"crypto/md5"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// rule is one requirement of ISO 19005-3 as far as a program can see it. breaks is a replacement in the file that the rule
// must notice; where the new text is longer or shorter, the table is left wrong, which the parser must notice instead.
type rule struct {
	clause string
	holds  func(*parsed) error
	breaks [2]string
}

func want(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// rules are all of level B that touch what we write; those of other filters, colour spaces, font kinds and annotations are
// covered by the lists of what may be there at all.
func rules() []rule {
	return []rule{
		{"6.1.2 header", header, [2]string{"%PDF-1.7\n%\xE2", "%PDF-1.7\n% "}},
		{"6.1.3 trailer: ID, no encryption", trailer, [2]string{"/ID [<", "/IX [<"}},
		{"6.1.7 streams", streams, [2]string{"/Filter /FlateDecode", "/Filter /LZWDecode  "}},
		{"6.1.8, 6.1.13 limits", limits, [2]string{"/MediaBox [0 0 841.89", "/MediaBox [0 0 001.89"}},
		{"6.2.2 content and resources", content, [2]string{"/Resources 2 0 R", "/Resourcez 2 0 R"}},
		{"6.2.3 output intent", intent, [2]string{"/S /GTS_PDFA1", "/S /GTS_PDFX1"}},
		{"6.2.4 device colours", colours, [2]string{"/ColorSpace /DeviceRGB", "/ColorSpace /DeviceCMY"}},
		{"6.2.5, 6.2.10 graphics states and transparency", states, [2]string{"/BM /Multiply", "/BM /Multiple"}},
		{"6.2.8, 6.2.9 images and forms", objects, [2]string{"/BitsPerComponent 8", "/Interpolate true  "}},
		{"6.2.11 fonts", fontsEmbedded, [2]string{"/CIDToGIDMap /Identity", "/CIDToGIDMap /Identify"}},
		{"6.2.11.5 widths, 6.2.11.8 no .notdef, characters", glyphs, [2]string{"/DW 1000", "/DW 1020"}},
		{"6.3 annotations", annotations, [2]string{"/Subtype /Link /F 4", "/Subtype /Link /F 2"}},
		{"6.4, 6.5, 6.9, 6.10, 6.11 nothing that acts or hides", inert, [2]string{"/S /URI", "/S /Vox"}},
		{"6.6.2 metadata", metadata, [2]string{"<rdf:RDF ", "<rdf:RDF<"}},
		{"6.6.3 dates and titles agree", agree, [2]string{"<xmp:CreateDate>2026", "<xmp:CreateDate>2025"}},
		{"6.6.4 identification", identification, [2]string{"<pdfaid:part>3", "<pdfaid:part>2"}},
		{"6.8 embedded file", embedded, [2]string{"/AFRelationship /Data", "/AFRelationship /Dada"}},
	}
}

func header(p *parsed) error {
	b := p.raw
	return want(bytes.HasPrefix(b, []byte("%PDF-1.7\n%")) && min(b[10], b[11], b[12], b[13]) > 127 && b[14] == '\n', "header %q", b[:16])
}

func trailer(p *parsed) error {
	id, _ := p.trailer["ID"].([]any)
	one, _ := p.get(id, "0").(text)
	_, encrypted := p.trailer["Encrypt"]
	return want(len(id) == 2 && len(one) == 16 && !encrypted && p.trailer["Size"] == float64(len(p.objects)+1), "trailer %v", p.trailer)
}

func streams(p *parsed) error {
	var errs []error
	for n, o := range p.objects {
		s, ok := o.(stream)
		if !ok {
			continue
		}
		filter, filtered := s.dict["Filter"]
		_, f := s.dict["F"]
		_, parms := s.dict["DecodeParms"]
		good := !filtered || filter == name("FlateDecode") || filter == name("DCTDecode")
		errs = append(errs, want(good && !f && !parms, "stream %d: %v", n, s.dict), want(p.data(s) != nil, "stream %d does not inflate", n))
	}
	return errors.Join(errs...)
}

func limits(p *parsed) error {
	var errs []error
	for _, o := range p.objects {
		each(o, func(v any) {
			switch v := v.(type) {
			case float64:
				errs = append(errs, want(math.Abs(v) <= math.MaxInt32 && (v == 0 || math.Abs(v) > 1.2e-38), "number %v", v))
			case text:
				errs = append(errs, want(len(v) <= 32767, "string of %d", len(v)))
			case name:
				errs = append(errs, want(len(v) <= 127 && utf8.ValidString(string(v)), "name %q", v))
			}
		})
	}
	box, _ := p.get(p.catalog(), "Pages", "MediaBox").([]any)
	ok := len(box) == 4
	for _, v := range box {
		n, _ := v.(float64)
		ok = ok && n >= 0 && n <= 14400
	}
	return errors.Join(append(errs, want(ok && p.get(box, "2").(float64) >= 3, "page %v", box))...)
}

// operators are those that our content streams use, all of ISO 32000-1 annex A.
var operators = strings.Fields("q Q cm w d m l c h re S f W n rg RG g G gs Do BT ET Tf Td Tm Tj BDC EMC J j i M B b s y v")

// contents are the content streams with their resources.
func (p *parsed) contents() map[string][2]any {
	all := map[string][2]any{}
	for i, page := range p.pages() {
		all[fmt.Sprint("page ", i)] = [2]any{p.get(page, "Contents"), p.get(page, "Resources")}
	}
	for n, o := range p.objects {
		if p.get(o, "Subtype") == name("Form") {
			all[fmt.Sprint("form ", n)] = [2]any{o, p.get(o, "Resources")}
		}
	}
	return all
}

// run calls see with every operator of a content stream and its operands.
func (p *parsed) run(v any, see func(op word, operands []any)) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("content: %v", r)
		}
	}()
	l := &lexer{b: p.data(v)}
	var operands []any
	for v := l.value(); v != nil; v = l.value() {
		op, ok := v.(word)
		if !ok {
			operands = append(operands, v)
			continue
		}
		see(op, operands)
		operands = nil
	}
	return nil
}

func content(p *parsed) error {
	var errs []error
	for where, c := range p.contents() {
		depth := 0
		errs = append(errs, want(p.data(c[0]) != nil, "%s: no content", where), p.run(c[0], func(op word, operands []any) {
			switch op {
			case "q":
				depth++
			case "Q":
				depth--
			case "Tf", "gs", "Do":
				kind := map[word]string{"Tf": "Font", "gs": "ExtGState", "Do": "XObject"}[op]
				n, _ := operands[0].(name)
				errs = append(errs, want(p.get(c[1], kind, string(n)) != nil, "%s: no %s %s", where, kind, n))
			}
			errs = append(errs, want(depth >= 0 && depth <= 28, "%s: depth %d", where, depth),
				want(slices.Contains(operators, string(op)), "%s: operator %q", where, op))
		}), want(depth == 0, "%s: q without Q", where))
	}
	return errors.Join(errs...)
}

func intent(p *parsed) error {
	o := p.get(p.catalog(), "OutputIntents")
	all, _ := o.([]any)
	icc := p.data(p.get(o, "0", "DestOutputProfile"))
	ok := len(all) == 1 && p.get(o, "0", "S") == name("GTS_PDFA1") && p.get(o, "0", "DestOutputProfile", "N") == 3.0 && len(icc) > 128 &&
		int(binary.BigEndian.Uint32(icc)) == len(icc) && icc[8] == 2 && string(icc[12:20]) == "mntrRGB " && string(icc[36:40]) == "acsp"
	return want(ok, "output intent %v", p.get(o, "0"))
}

func colours(p *parsed) error {
	var errs []error
	for n, o := range p.objects {
		if cs := p.get(o, "ColorSpace"); p.get(o, "Subtype") == name("Image") {
			errs = append(errs, want(cs == name("DeviceRGB") || cs == name("DeviceGray"), "image %d: %v", n, cs))
		}
	}
	return errors.Join(errs...)
}

func states(p *parsed) error {
	var errs []error
	for n, o := range p.objects {
		d, ok := o.(dict)
		if !ok || d["Type"] != name("ExtGState") {
			continue
		}
		for k := range d {
			errs = append(errs, want(slices.Contains([]string{"Type", "ca", "CA", "BM"}, k), "state %d: %s", n, k))
		}
		errs = append(errs, want(d["BM"] == name("Normal") || d["BM"] == name("Multiply"), "state %d: %v", n, d["BM"]))
	}
	for _, page := range p.pages() {
		errs = append(errs, want(p.get(page, "Group", "CS") == name("DeviceRGB"), "group %v", p.get(page, "Group")))
	}
	return errors.Join(errs...)
}

func objects(p *parsed) error {
	allowed := map[name][]string{
		"Image": {"Type", "Subtype", "Width", "Height", "ColorSpace", "BitsPerComponent", "Filter", "Length"},
		"Form":  {"Type", "Subtype", "BBox", "Resources", "Filter", "Length"},
	}
	var errs []error
	for n, o := range p.objects {
		s, ok := o.(stream)
		if !ok || s.dict["Type"] != name("XObject") {
			continue
		}
		kind, _ := s.dict["Subtype"].(name)
		for k := range s.dict {
			errs = append(errs, want(slices.Contains(allowed[kind], k), "%s %d: %s", kind, n, k))
		}
	}
	return errors.Join(errs...)
}

func fontsEmbedded(p *parsed) error {
	var errs []error
	seen := map[any]bool{}
	for n, o := range p.objects {
		if p.get(o, "Type") != name("Font") || p.get(o, "Subtype") != name("Type0") {
			continue
		}
		cid, base := p.get(o, "DescendantFonts", "0"), p.get(o, "BaseFont")
		d := p.get(cid, "FontDescriptor")
		ok := p.get(o, "Encoding") == name("Identity-H") && p.get(cid, "Subtype") == name("CIDFontType2") &&
			p.get(cid, "CIDToGIDMap") == name("Identity") &&
			p.get(cid, "BaseFont") == base && p.get(d, "FontName") == base && p.get(d, "Flags") == 4.0 && p.get(d, "CIDSet") == nil
		program := p.data(p.get(d, "FontFile2"))
		length, _ := p.get(d, "FontFile2", "Length1").(float64)
		errs = append(errs, want(ok && !seen[base], "font %d: %v %v", n, o, cid),
			want(len(program) > 100 && int(length) == len(program), "font %d: program", n))
		seen[base] = true
	}
	return errors.Join(append(errs, want(len(seen) > 0, "no font"))...)
}

// program is a TrueType font as the check needs it.
type program struct {
	glyphs, metrics int
	unitsPerEm      int
	hmtx            []byte
	tables          []string
}

func readProgram(b []byte) (f program) {
	u16 := func(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }
	for i := range u16(b, 4) {
		r := b[12+16*i:]
		from, length := binary.BigEndian.Uint32(r[8:]), binary.BigEndian.Uint32(r[12:])
		t := b[from : from+length]
		f.tables = append(f.tables, string(r[:4]))
		switch string(r[:4]) {
		case "maxp":
			f.glyphs = u16(t, 4)
		case "hhea":
			f.metrics = u16(t, 34)
		case "head":
			f.unitsPerEm = u16(t, 18)
		case "hmtx":
			f.hmtx = t
		}
	}
	return f
}

func (f program) width(glyph int) float64 {
	return float64(binary.BigEndian.Uint16(f.hmtx[4*min(glyph, f.metrics-1):])) * 1000 / float64(f.unitsPerEm)
}

// widths reads /W and /DW: what a code is wide.
func (p *parsed) widths(cid any) func(int) float64 {
	usual, _ := p.get(cid, "DW").(float64)
	w, _ := p.get(cid, "W").([]any)
	of := map[int]float64{}
	for i := 0; i+1 < len(w); i += 2 {
		first, _ := w[i].(float64)
		list, _ := w[i+1].([]any)
		for k, v := range list {
			of[int(first)+k], _ = v.(float64)
		}
	}
	return func(code int) float64 {
		if v, ok := of[code]; ok {
			return v
		}
		return usual
	}
}

// characters reads the lines of a character map.
func (p *parsed) characters(font any) map[int]string {
	all := map[int]string{}
	for line := range strings.Lines(string(p.data(p.get(font, "ToUnicode")))) {
		var code int
		var digits string
		if n, _ := fmt.Sscanf(line, "<%x> <%s", &code, &digits); n == 2 {
			all[code] = digits
		}
	}
	return all
}

// glyphs: every code that is shown has a glyph other than .notdef, the width the dictionary says, and a character.
func glyphs(p *parsed) error {
	var errs []error
	for where, c := range p.contents() {
		var f program
		var width func(int) float64
		var means map[int]string
		errs = append(errs, p.run(c[0], func(op word, operands []any) {
			switch op {
			case "Tf":
				n, _ := operands[0].(name)
				font := p.get(c[1], "Font", string(n))
				cid := p.get(font, "DescendantFonts", "0")
				f, width, means = readProgram(p.data(p.get(cid, "FontDescriptor", "FontFile2"))), p.widths(cid), p.characters(font)
				errs = append(errs, want(slices.Equal(f.tables, []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"}), "%s: tables %v", where, f.tables))
			case "Tj":
				s, _ := operands[0].(text)
				for i := 0; i+1 < len(s); i += 2 {
					code := int(s[i])<<8 | int(s[i+1])
					ok := code > 0 && code < f.glyphs && math.Abs(width(code)-f.width(code)) < 1 && means[code] != ""
					errs = append(errs, want(ok, "%s: code %d of %d, width %v for %v, %q", where, code, f.glyphs, width(code), f.width(code), means[code]))
				}
			}
		}))
	}
	return errors.Join(errs...)
}

func annotations(p *parsed) error {
	var errs []error
	links := 0
	for _, page := range p.pages() {
		all, _ := p.get(page, "Annots").([]any)
		for _, a := range all {
			f, _ := p.get(a, "F").(float64)
			rect, _ := p.get(a, "Rect").([]any)
			seal := p.get(a, "Subtype") == name("Widget") && f == 132 && slices.Equal(rect, []any{0.0, 0.0, 0.0, 0.0})
			errs = append(errs, want(seal || p.get(a, "Subtype") == name("Link") && f == 4, "annotation %v", p.get(a)))
			links++
		}
	}
	return errors.Join(append(errs, want(links > 0, "no link"))...)
}

func inert(p *parsed) error {
	var errs []error
	forbidden := strings.Fields("AA OpenAction JavaScript JS XFA NeedsRendering OCProperties AlternatePresentations PresSteps Requirements " +
		"AcroForm Perms Threads")
	for n, o := range p.objects {
		each(o, func(v any) {
			d, ok := v.(dict)
			if !ok {
				return
			}
			for _, k := range slices.Sorted(maps.Keys(d)) {
				errs = append(errs, want(!slices.Contains(forbidden, k), "object %d: %s", n, k))
			}
			if a, ok := d["A"]; ok {
				errs = append(errs, want(p.get(a, "S") == name("URI"), "object %d: action %v", n, a))
			}
		})
	}
	return errors.Join(errs...)
}

// packet is the metadata as a tree of elements: text by path of local names.
func (p *parsed) packet() (map[string][]string, error) {
	d := xml.NewDecoder(bytes.NewReader(p.data(p.get(p.catalog(), "Metadata"))))
	var path []string
	all := map[string][]string{}
	for {
		switch t, err := d.Token(); v := t.(type) {
		case xml.StartElement:
			at := v.Name.Local
			for _, a := range v.Attr {
				if a.Name.Local == "lang" {
					at += "@" + a.Value
				}
			}
			path = append(path, at)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if s := strings.TrimSpace(string(v)); s != "" {
				key := strings.Join(path[min(3, len(path)):], "/")
				all[key] = append(all[key], s)
			}
		case nil:
			if err == io.EOF {
				return all, nil
			}
			return nil, err
		}
	}
}

func metadata(p *parsed) error {
	b := p.data(p.get(p.catalog(), "Metadata"))
	m := p.get(p.catalog(), "Metadata")
	_, err := p.packet()
	head, _, _ := bytes.Cut(b, []byte("?>"))
	plain := !bytes.Contains(head, []byte("bytes=")) && !bytes.Contains(head, []byte("encoding=")) && bytes.HasSuffix(b, []byte(`<?xpacket end="r"?>`))
	ok := p.get(m, "Type") == name("Metadata") && p.get(m, "Subtype") == name("XML") && utf8.Valid(b)
	return errors.Join(err, want(ok && plain, "packet %s", head))
}

func agree(p *parsed) error {
	m, err := p.packet()
	if err != nil {
		return err
	}
	info := func(k string) string { v, _ := p.get(p.trailer["Info"], k).(text); return string(v) }
	date := func(s string) string {
		return strings.NewReplacer("-", "", ":", "", "T", "", "Z", "+00'00'").Replace(s)
	}
	x := m["title/Alt/li@x-default"]
	ok := len(x) == 1 && info("Title") == "\xFE\xFF"+utf16be(x[0]) && "D:"+date(m["CreateDate"][0]) == info("CreationDate") &&
		"D:"+date(m["ModifyDate"][0]) == info("ModDate") && m["Producer"][0] == info("Producer")
	return want(ok, "%v and %v", m, p.get(p.trailer["Info"]))
}

func utf16be(s string) string {
	var b []byte
	for _, r := range s { // titles of certificates stay within the BMP
		b = append(b, byte(r>>8), byte(r))
	}
	return string(b)
}

func identification(p *parsed) error {
	m, err := p.packet()
	if err != nil {
		return err
	}
	return want(slices.Equal(m["part"], []string{"3"}) && slices.Equal(m["conformance"], []string{"B"}) &&
		bytes.Contains(p.data(p.get(p.catalog(), "Metadata")), []byte(`xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"`)), "%v", m)
}

func embedded(p *parsed) error {
	spec := p.get(p.catalog(), "AF", "0")
	file := p.get(spec, "EF", "F")
	data := p.data(file)
	sum := md5.Sum(data)
	ok := p.get(spec, "Type") == name("Filespec") && p.get(spec, "F") == text("credential.json") &&
		p.get(spec, "UF") == text("\xFE\xFF"+utf16be("credential.json")) &&
		p.get(spec, "AFRelationship") == name("Data") && p.get(spec, "Desc") != nil &&
		p.get(file, "Type") == name("EmbeddedFile") && p.get(file, "Subtype") == name("application/json") && p.get(file, "Filter") == nil &&
		p.get(file, "Params", "Size") == float64(len(data)) && p.get(file, "Params", "CheckSum") == text(sum[:]) && p.get(file, "Params", "ModDate") != nil
	tree, _ := p.get(p.catalog(), "Names", "EmbeddedFiles", "Names").([]any)
	af, _ := p.get(p.catalog(), "AF").([]any)
	return want(ok && len(tree) == 2 && len(af) == 1 && tree[1] == af[0], "attachment %v %v", spec, file)
}
