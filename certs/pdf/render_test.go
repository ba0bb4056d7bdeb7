package pdf_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
)

func TestSameDocumentSameBytes(t *testing.T) {
	r, d := newRenderer(t), sample(t)
	first := render(t, r, d)
	if again := render(t, newRenderer(t), d); !bytes.Equal(first, again) {
		t.Error("two renderers disagree")
	}
	d.Created = d.Created.In(time.FixedZone("east", 8*3600))
	if again := render(t, r, d); !bytes.Equal(first, again) {
		t.Error("the zone of the instant shows")
	}
	d.Name = "王桂芬"
	if other := render(t, r, d); bytes.Equal(first, other) {
		t.Error("another name, the same page")
	}
}

func TestConcurrentRendersAreEqual(t *testing.T) {
	r := newRenderer(t)
	names := []string{"王桂芳", "𠮷永安", "阿卜杜热合曼·买买提江·托合提"}
	var want [3][]byte
	for i, n := range names {
		d := sample(t)
		d.Name = n
		want[i] = render(t, r, d)
	}
	d, l := sample(t), layout(t, pdf.A4)
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			d := d
			d.Name = names[i%3]
			if got, err := r.Render(l, d); err != nil || !bytes.Equal(got, want[i%3]) {
				t.Errorf("render %d differs: %v", i, err)
			}
		})
	}
	wg.Wait()
}

func TestMissingGlyphRefuses(t *testing.T) {
	r := newRenderer(t)
	for field, set := range map[string]func(*pdf.Document){
		"name": func(d *pdf.Document) { d.Name = "王𰀀" }, "body": func(d *pdf.Document) { d.Body = "𰀀中心" },
		"remark": func(d *pdf.Document) { d.Remark = "𰀀" }, "lookup": func(d *pdf.Document) { d.Lookup = []string{"𰀀"} },
	} {
		d := sample(t)
		set(&d)
		if page, err := r.Render(layout(t, pdf.A4), d); !errors.Is(err, pdf.ErrGlyph) || !strings.Contains(err.Error(), "U+30000") || page != nil {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestPrintableAsksForTheAttachmentToo: what would stop the document is said before a number is given.
func TestPrintableAsksForTheAttachmentToo(t *testing.T) {
	r := newRenderer(t)
	for name, want := range map[string]error{"王桂芳": nil, "王桂芳startxref": pdf.ErrDocument, "王𰀀": pdf.ErrGlyph} {
		d := sample(t)
		d.Name = name
		if err := r.Printable(d); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDocumentFieldsAreChecked(t *testing.T) {
	r := newRenderer(t)
	long := strings.Repeat("长", 61)
	for _, c := range []struct {
		field string // empty: the document is good
		set   func(*pdf.Document)
	}{
		{"", func(*pdf.Document) {}},
		{"", func(d *pdf.Document) { d.WorkType, d.LevelEnglish, d.Lookup, d.Photo = "", "", nil, nil }},
		{"", func(d *pdf.Document) { d.Name, d.Body, d.Occupation, d.Remark = long[3:], long[3:], long[3:], long[3:] }},
		{"name", func(d *pdf.Document) { d.Name = "" }},
		{"name", func(d *pdf.Document) { d.Name = " 　" }},
		{"name", func(d *pdf.Document) { d.Name = long }},
		{"name", func(d *pdf.Document) { d.Name = "王\xff" }},
		{"number", func(d *pdf.Document) { d.Number = "" }},
		{"id_type", func(d *pdf.Document) { d.IDType = "" }},
		{"id_number", func(d *pdf.Document) { d.IDNumber = "" }},
		{"occupation", func(d *pdf.Document) { d.Occupation = "" }},
		{"work_type", func(d *pdf.Document) { d.WorkType = long }},
		{"level_name", func(d *pdf.Document) { d.LevelName = "" }},
		{"body", func(d *pdf.Document) { d.Body = "" }},
		{"issue_date", func(d *pdf.Document) { d.IssueDate = clock.Date{} }},
		{"created", func(d *pdf.Document) { d.Created = time.Time{} }},
		{"version", func(d *pdf.Document) { d.Version = 0 }},
		{"verify_url", func(d *pdf.Document) { d.VerifyURL = "" }},
		{"verify_url", func(d *pdf.Document) { d.VerifyURL = "javascript:alert(1)" }},
		{"verify_url", func(d *pdf.Document) { d.VerifyURL = "https://例.cn/" }},
		{"verify_url", func(d *pdf.Document) { d.VerifyURL = "https://a.cn/" + strings.Repeat("x", 300) }},
		{"lookup", func(d *pdf.Document) { d.Lookup = []string{"a", "b", "c"} }},
		{"lookup", func(d *pdf.Document) { d.Lookup = []string{""} }},
		{"", func(d *pdf.Document) { d.Offline, d.Attachment = "", nil }},
		{"offline", func(d *pdf.Document) { d.Offline = "离线" }},
		{"offline", func(d *pdf.Document) { d.Offline = strings.Repeat("A", 701) }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Name = "../a.json" }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Name = "" }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Data = nil }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Data = []byte("startxref\n0\n%%EOF\n") }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Data = []byte(`{"remark":"/ByteRange [0 1 2 3]"}`) }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Data = make([]byte, pdf.MaxAttachment+1) }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Description = long + long }},
		{"attachment", func(d *pdf.Document) { d.Attachment.Modified = time.Time{} }},
	} {
		d := sample(t)
		c.set(&d)
		_, err := r.Render(layout(t, pdf.A4), d)
		for _, err := range []error{err, r.Printable(d)} {
			var e *errs.Error
			if c.field == "" && err != nil || c.field != "" && (!errors.As(err, &e) || !errors.Is(err, pdf.ErrDocument) || e.Fields[0].Name != c.field) {
				t.Errorf("%q: %v", c.field, err)
			}
		}
	}
}

// jpegHeader is a file up to its frame header: 8 bits, h by w, n components.
func jpegHeader(w, h, n int) []byte {
	b := []byte{0xFF, 0xD8, 0xFF, 0xC0, 0, byte(8 + 3*n), 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(n)}
	for i := range n {
		b = append(b, byte(i+1), 0x11, 0)
	}
	return append(b, 0xFF, 0xDA, 0, 2, 0xFF, 0xD9)
}

// withExif puts a camera's metadata with an orientation into a picture.
func withExif(photo []byte, orientation byte) []byte {
	exif := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" +
		string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00")
	return slices.Concat(photo[:2], []byte{0xFF, 0xE1, 0, byte(2 + len(exif))}, exif, photo[2:])
}

// inTables is a quantisation table, not used by the picture before which it stands, that reads as a text of up to 64 bytes.
func inTables(text string) []byte {
	table := make([]byte, 64)
	for i := range table {
		table[i] = 1
	}
	copy(table, text)
	return append([]byte{0xFF, 0xDB, 0, 67, 3}, table...)
}

func TestPhotos(t *testing.T) {
	r, good := newRenderer(t), portrait(t, 358, 441)
	for _, c := range []struct {
		name  string
		photo []byte
		why   string // part of the message, empty for a good one
	}{
		{"good", good, ""},
		{"wide", portrait(t, 400, 200), ""},
		{"smallest", portrait(t, 80, 80), ""},
		{"too small", portrait(t, 79, 200), "边长"},
		{"too wide", jpegHeader(3001, 400, 3), "边长"},
		{"20,000 wide, never decoded", jpegHeader(20000, 20000, 3), "边长"},
		{"shown turned", withExif(good, 6), "旋转"},
		{"shown mirrored", withExif(good, 2), "旋转"},
		{"shown as it is", withExif(good, 1), ""},
		{"too many bytes", append(slices.Clone(good), make([]byte, pdf.MaxPhoto)...), "512KB"},
		{"four colours", jpegHeader(400, 400, 4), "颜色"},
		{"text", []byte("a photo, honestly"), "JPEG"},
		{"png", []byte("\x89PNG\r\n\x1a\n0000"), "JPEG"},
		{"cut short", good[:len(good)-100], "不完整"},
		{"only a start", good[:2], "JPEG"},
		{"something behind", append(slices.Clone(good), "<script>"...), ""},
		{"no scan", slices.Concat(good[:bytes.Index(good, []byte{0xFF, 0xDA})], good[len(good)-2:]), "JPEG"},
		{"a segment of another kind", slices.Concat(good[:2], []byte{0xFF, 0xF0, 0, 4, 1, 2}, good[2:]), "不"},
		{"words of a PDF behind the last line", slices.Concat(good[:len(good)-2], []byte("\nendobj\n"), good[len(good)-2:]), "其他内容"},
		{"words of a PDF in a table", slices.Concat(good[:2], inTables("startxref\n0\n"), good[2:]), "其他内容"},
	} {
		d := sample(t)
		d.Photo = c.photo
		_, err := r.Render(layout(t, pdf.A4), d)
		for _, err := range []error{err, pdf.CheckPhoto(c.photo)} {
			if c.why == "" && err != nil || c.why != "" && (!errors.Is(err, pdf.ErrPhoto) || !strings.Contains(err.Error(), c.why)) {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	}
	broken := slices.Clone(good)
	copy(broken[len(broken)/2:], []byte{0xFF, 0xD9})
	if err := pdf.CheckPhoto(broken); !errors.Is(err, pdf.ErrPhoto) {
		t.Errorf("a picture that ends in the middle: %v", err)
	}
}

// TestPhotoMetadataStaysOut: a phone writes where a picture was taken, before, between and behind the scans; the
// certificate does not pass it on, and nothing that a photo carries along misleads a reader of the file.
func TestPhotoMetadataStaysOut(t *testing.T) {
	secret := "GPS 39.0842N 117.2009E"
	segment := func(marker byte, text string) []byte {
		return append([]byte{0xFF, marker, 0, byte(2 + len(text))}, text...)
	}
	photo := sample(t).Photo
	scan, end := bytes.Index(photo, []byte{0xFF, 0xDA}), len(photo)-2
	plain := render(t, newRenderer(t), sample(t))
	for name, with := range map[string][]byte{
		"in front":         slices.Concat(photo[:2], segment(0xE1, "Exif\x00\x00"+secret), photo[2:]),
		"a comment":        slices.Concat(photo[:2], segment(0xFE, "startxref\n"), photo[2:]),
		"before the scan":  slices.Concat(photo[:scan], segment(0xE2, secret), photo[scan:]),
		"behind the scan":  slices.Concat(photo[:end], segment(0xE2, secret+"/ByteRange [0 1 2 3]"), photo[end:]),
		"fill bytes":       slices.Concat(photo[:2], []byte{0xFF, 0xFF}, photo[2:scan], []byte{0xFF}, photo[scan:end], []byte{0xFF}, photo[end:]),
		"behind the end":   slices.Concat(photo, []byte(secret+"/ByteRange [0 1 2 3]\xff\xd9")),
		"another picture":  slices.Concat(photo, photo),
		"an end of a file": slices.Concat(photo, []byte("startxref\n0\n%%EOF\n\xff\xd9")),
		"a file within":    slices.Concat(photo, []byte("\n9 0 obj\n<</Type /EmbeddedFile /Length 2>>\nstream\n{}\nendstream\nendobj\n\xff\xd9")),
	} {
		d := sample(t)
		d.Photo = with
		if err := pdf.CheckPhoto(with); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !bytes.Equal(render(t, newRenderer(t), d), plain) {
			t.Errorf("%s: what stands beside the picture changes the page", name)
		}
	}
}

// TestAdobesSegment stays as far as it says how the colours are coded.
func TestAdobesSegment(t *testing.T) {
	says := append([]byte{0xFF, 0xEE, 0, 14}, "Adobe\x00\x64\x00\x00\x00\x00\x01"...)
	more := append([]byte{0xFF, 0xEE, 0, 14 + 7}, "Adobe\x00\x64\x00\x00\x00\x00\x01endobj\n"...)
	d := sample(t)
	photo := d.Photo
	var pages [][]byte
	for _, segment := range [][]byte{says, more} {
		d.Photo = slices.Concat(photo[:2], segment, photo[2:])
		pages = append(pages, render(t, newRenderer(t), d))
	}
	if !bytes.Contains(pages[0], says) || !bytes.Equal(pages[0], pages[1]) {
		t.Error("Adobe's segment is lost, or carries more along")
	}
}

// FuzzPhoto: no photo makes the renderer panic or fail without a reason.
func FuzzPhoto(f *testing.F) {
	r, d := newRenderer(f), sample(f)
	f.Add(portrait(f, 80, 80))
	f.Add(jpegHeader(100, 100, 3))
	f.Fuzz(func(t *testing.T, b []byte) {
		d := d
		d.Photo = b
		if _, err := r.Render(layout(t, pdf.A4), d); err != nil && !errors.Is(err, pdf.ErrPhoto) {
			t.Fatal(err)
		}
	})
}
