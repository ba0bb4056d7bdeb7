package pdf

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/klauspost/compress/zlib"
)

// about is what a file says of itself. Information dictionary and XMP metadata say the same (ISO 19005-3 §6.6.3).
type about struct {
	title, english string // english may be empty
	created        time.Time
}

const producer = "skillcert"

// pdfDate is a date of ISO 32000-1 §7.9.4, in UTC.
func pdfDate(t time.Time) string { return t.UTC().Format("(D:20060102150405+00'00')") }

func (a about) info() string {
	date := pdfDate(a.created)
	return fmt.Sprintf("/Producer (%s) /Title %s /CreationDate %s /ModDate %s", producer, textString(a.title), date, date)
}

// xmp is the metadata packet (ISO 16684-1) that names the file PDF/A-3b. It stays uncompressed: programs that know nothing
// of PDF look for it.
func (a about) xmp() []byte {
	date := a.created.UTC().Format("2006-01-02T15:04:05Z")
	titles := item("x-default", a.title) + item("zh-CN", a.title)
	if a.english != "" {
		titles += item("en", a.english)
	}
	return []byte("<?xpacket begin=\"\uFEFF\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n" +
		`<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title><rdf:Alt>` + titles + `</rdf:Alt></dc:title></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"><xmp:CreateDate>` + date + `</xmp:CreateDate><xmp:ModifyDate>` + date +
		`</xmp:ModifyDate></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><pdf:Producer>` + producer + `</pdf:Producer></rdf:Description>
</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`)
}

// item is one language of a text in XMP.
func item(language, text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) //nolint:errcheck // a Builder takes everything
	return `<rdf:li xml:lang="` + language + `">` + b.String() + `</rdf:li>`
}

// archive are the metadata, the output intent and its profile: all colours of a document are meant as sRGB
// (ISO 19005-3 §6.2.3, §6.6.2).
func (fonts *Fonts) archive(a about) group {
	return group{objects: []object{
		{dict: func(int) string { return "/Type /Metadata /Subtype /XML" }, stream: a.xmp()},
		{dict: func(first int) string {
			return fmt.Sprintf("/Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /RegistryName (http://www.color.org) "+
				"/Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R", first+2)
		}},
		{dict: func(int) string { return "/N 3 /Filter /FlateDecode" }, stream: fonts.profile},
	}}
}

// Attachment is a file that travels inside a certificate.
type Attachment struct {
	Name        string    // credential.json; of letters, digits, dots and hyphens
	Description string    // shown by readers
	Data        []byte    // JSON
	Modified    time.Time // whole seconds count
}

// Bounds of an attachment.
const (
	MaxAttachment      = 64 << 10 // bytes
	maxAttachmentName  = 64       // bytes
	maxAttachmentWords = 120      // characters of the description
)

// problem is what is wrong with a, empty for nothing.
func (a *Attachment) problem() string {
	plainName := !strings.ContainsFunc(a.Name, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-')
	})
	switch {
	case a.Name == "" || len(a.Name) > maxAttachmentName || !plainName || a.Name[0] == '.':
		return "附件名不正确"
	case len(a.Data) == 0 || len(a.Data) > MaxAttachment:
		return fmt.Sprintf("附件为空或超过%dKB", MaxAttachment>>10)
	case !json.Valid(a.Data):
		return "附件不是JSON"
	case misleading(a.Data):
		return "附件中有PDF文件的结构标记"
	case !utf8.ValidString(a.Description) || utf8.RuneCountInString(a.Description) > maxAttachmentWords:
		return fmt.Sprintf("附件说明超过%d个字符", maxAttachmentWords)
	case a.Modified.IsZero():
		return "附件没有日期"
	}
	return ""
}

// objects are the file specification and the embedded file (ISO 32000-1 §7.11.4, ISO 19005-3 §6.8). The relationship is
// Data: the page shows what the file says in a form for programs. It is not Source, for the page was not converted from
// it, and not Alternative, for it lacks the picture. The data is not compressed, so that anything can find it.
func (a *Attachment) objects() []object {
	sum := md5.Sum(a.Data) // the check sum that the format knows; what vouches for the data is the seal
	return []object{
		{dict: func(first int) string {
			return fmt.Sprintf("/Type /Filespec /F (%s) /UF %s /Desc %s /AFRelationship /Data /EF <</F %d 0 R /UF %d 0 R>>",
				a.Name, textString(a.Name), textString(a.Description), first+1, first+1)
		}},
		{dict: func(int) string {
			return fmt.Sprintf("/Type /EmbeddedFile /Subtype /application#2Fjson /Params <</Size %d /CreationDate %s /ModDate %s /CheckSum <%x>>>",
				len(a.Data), pdfDate(a.Modified), pdfDate(a.Modified), sum)
		}, stream: a.Data},
	}
}

// packed is a deflated stream object.
func (fonts *Fonts) packed(dict string, plain []byte) object {
	return object{dict: func(int) string { return dict + " /Filter /FlateDecode" }, stream: fonts.deflate(plain)}
}

// deflate packs b for a FlateDecode stream. Writers are used again: a new one costs more than a page.
func (fonts *Fonts) deflate(b []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(b)/2 + 64)
	w, ok := fonts.packers.Get().(*zlib.Writer)
	if !ok {
		w = zlib.NewWriter(&out)
	}
	w.Reset(&out)
	w.Write(b) //nolint:errcheck // a Buffer takes everything
	w.Close()  //nolint:errcheck
	fonts.packers.Put(w)
	return out.Bytes()
}
