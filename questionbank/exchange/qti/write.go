package qti

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/archive"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
)

// ErrTooMany refuses what would make a package that Read refuses. Nothing has been written then.
var ErrTooMany = errs.New(errs.TooLarge, "qti.too_many", "试题过多，请分成几个压缩包导出")

// Write writes a package. The same items give the same bytes.
func Write(w io.Writer, format string, items []questionbank.ItemVersion, keep record.Keep) ([]record.Loss, error) {
	d, ok := dialectOf(format)
	if !ok {
		return nil, ErrManifest.With("%s", format)
	}
	var out bytes.Buffer
	p := &writer{dialect: d, out: &out, zip: zip.NewWriter(&out), keep: keep, images: map[string]string{}}
	for _, v := range items {
		if err := p.add(v); err != nil {
			return nil, err
		}
	}
	if err := p.file(manifestName, p.list(), maxManifest); err != nil {
		return nil, err
	}
	if err := p.zip.Close(); err != nil {
		return nil, fmt.Errorf("write package: %w", err)
	}
	if _, err := archive.Open(out.Bytes()); err != nil {
		return nil, ErrTooMany.With("%v", err)
	}
	if _, err := w.Write(out.Bytes()); err != nil {
		return nil, fmt.Errorf("write package: %w", err)
	}
	return p.losses, nil
}

type writer struct {
	dialect
	out       *bytes.Buffer
	zip       *zip.Writer
	keep      record.Keep
	images    map[string]string // digest to file
	resources []string
	files     int
	size      int // of what the files hold
	pixels    int // of the images
	losses    []record.Loss
}

// file adds a file within the bounds that Read has for one like it and for all of them.
func (p *writer) file(name, content string, limit int) error {
	p.files++
	p.size += len(content)
	switch {
	case p.files > archive.MaxFiles:
		return ErrTooMany.With("最多 %d 个文件", archive.MaxFiles)
	case len(content) > limit:
		return ErrTooMany.With("%s 超过 %d MB", name, limit>>20)
	case p.size > archive.MaxTotal:
		return ErrTooMany.With("展开后超过 %d MB", archive.MaxTotal>>20)
	case p.out.Len() > archive.MaxBytes:
		return ErrTooMany.With("压缩包超过 %d MB", archive.MaxBytes>>20)
	}
	f, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate})
	if err == nil {
		_, err = io.WriteString(f, content)
	}
	if err != nil {
		return fmt.Errorf("write package: %w", err)
	}
	return nil
}

func (p *writer) add(v questionbank.ItemVersion) error {
	if lost := record.Unwritable(v); lost != nil {
		p.losses = append(p.losses, *lost)
		return nil
	}
	var files []string
	for _, digest := range record.ImagesOf(v) {
		name, err := p.image(digest)
		if err != nil {
			return err
		}
		files = append(files, name)
	}
	name := fmt.Sprintf("items/%05d.xml", len(p.resources)+1)
	p.resources = append(p.resources, p.resource(name, v, files))
	return p.file(name, p.itemFile(v), maxItem)
}

// image writes a picture once and answers its file.
func (p *writer) image(digest string) (string, error) {
	if name := p.images[digest]; name != "" {
		return name, nil
	}
	if p.keep.Image == nil {
		return "", questionbank.ErrImage.With("%s", digest)
	}
	i, err := p.keep.Image(digest)
	if err != nil {
		return "", fmt.Errorf("image %s: %w", digest, err)
	}
	name := "images/" + digest + "." + strings.TrimPrefix(i.Type, "image/")
	p.images[digest] = name
	if p.pixels += i.Width * i.Height; p.pixels > record.MaxPixels {
		return "", ErrTooMany.With("图片过多")
	}
	return name, p.file(name, string(i.Bytes), questionbank.MaxImage)
}

// tag writes one element; attributes come in pairs.
func (d dialect) tag(name, content string, attributes ...string) string {
	var b strings.Builder
	b.WriteString("<" + d.element(name))
	for n := 0; n+1 < len(attributes); n += 2 {
		b.WriteString(" " + d.attribute(attributes[n]) + `="` + xmlnode.Escape(attributes[n+1]) + `"`)
	}
	if content == "" {
		b.WriteString("/>")
		return b.String()
	}
	b.WriteString(">" + content + "</" + d.element(name) + ">")
	return b.String()
}

// feedback is the outcome that shows the explanation, whatever was answered.
const feedback = "EXPLANATION"

func (p *writer) itemFile(v questionbank.ItemVersion) string {
	ids := identifiers(v)
	cardinality := "single"
	if v.Type == questionbank.Multiple {
		cardinality = "multiple"
	}
	var right strings.Builder
	for _, k := range v.Key {
		right.WriteString(p.tag("value", ids[k]))
	}
	float := []string{"identifier", "SCORE", "cardinality", "single", "baseType", "float"}
	parts := []string{
		p.tag("responseDeclaration", p.tag("correctResponse", right.String()), "identifier", "RESPONSE", "cardinality", cardinality, "baseType", "identifier"),
		p.tag("outcomeDeclaration", p.tag("defaultValue", p.tag("value", "0")), float...)}
	if v.Explanation != "" {
		parts = append(parts, p.tag("outcomeDeclaration", p.tag("defaultValue", p.tag("value", feedback)), "identifier", "FEEDBACK", "cardinality", "single", "baseType", "identifier"))
	}
	parts = append(parts, p.body(v, ids), p.tag("responseProcessing", "", "template", p.template))
	if v.Explanation != "" {
		text := p.markup(v.Explanation)
		if p.kebab {
			text = p.tag("contentBody", text)
		}
		parts = append(parts, p.tag("modalFeedback", text, "outcomeIdentifier", "FEEDBACK", "identifier", feedback, "showHide", "show"))
	}
	head := fmt.Sprintf(`<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<%s xmlns="%s" identifier="%s" title="%s" xml:lang="zh-CN" adaptive="false" %s="false" %s="%s" %s="1">`+"\n",
		p.element("assessmentItem"), p.item, "i-"+strings.ReplaceAll(v.Code, "+", "-"), v.Code, p.attribute("timeDependent"),
		p.attribute("toolName"), tool, p.attribute("toolVersion"))
	return head + strings.Join(parts, "\n") + "\n</" + p.element("assessmentItem") + ">\n"
}

// identifiers names the choices: A, B, C, and true and false for a judgement.
func identifiers(v questionbank.ItemVersion) []string {
	if v.Type == questionbank.Judgement {
		return []string{"true", "false"}
	}
	ids := make([]string, len(v.Options))
	for n := range ids {
		ids[n] = string(rune('A' + n))
	}
	return ids
}

// body holds the interaction with the stem as its prompt, or before it where the stem has paragraphs or lists, which a
// prompt may not have.
func (p *writer) body(v questionbank.ItemVersion, ids []string) string {
	var choices strings.Builder
	for n, o := range v.Options {
		choices.WriteString("\n" + p.tag("simpleChoice", p.markup(o), "identifier", ids[n]))
	}
	limit := "1"
	if v.Type == questionbank.Multiple {
		limit = "0"
	}
	stem, before := p.tag("prompt", p.markup(v.Stem)), ""
	if strings.Contains(v.Stem, "<p>") || strings.Contains(v.Stem, "<ul>") || strings.Contains(v.Stem, "<ol>") {
		stem, before = "", "<div>"+p.markup(v.Stem)+"</div>"
	}
	return p.tag("itemBody", before+p.tag("choiceInteraction", stem+choices.String(), "responseIdentifier", "RESPONSE",
		"shuffle", fmt.Sprint(v.Type != questionbank.Judgement), "maxChoices", limit))
}

// markup writes a fragment; images lie beside the folder of the items, underlines have no element of their own.
func (p *writer) markup(fragment string) string {
	s := record.Markup(fragment, func(digest string) string { return "../" + p.images[digest] })
	return strings.NewReplacer("<u>", `<span class="`+underline+`">`, "</u>", "</span>").Replace(s)
}

func (p *writer) list() string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<manifest xmlns="` + p.manifest + `" identifier="skillcert-items">` + "\n<metadata><schema>" +
		p.schema + "</schema><schemaversion>" + p.schemaVersion + "</schemaversion></metadata>\n<organizations/>\n<resources>\n" +
		strings.Join(p.resources, "\n") + "\n" + p.pictures() + "</resources>\n</manifest>\n"
}

func (p *writer) pictures() string {
	var all []string
	for digest, name := range p.images {
		all = append(all, fmt.Sprintf(`<resource identifier="img-%s" type="webcontent" href="%s"><file href="%s"/></resource>`+"\n", digest, name, name))
	}
	slices.Sort(all)
	return strings.Join(all, "")
}

// resource is the manifest's entry of an item.
func (p *writer) resource(name string, v questionbank.ItemVersion, images []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<resource identifier="item-%05d" type="%s" href="%s"><metadata>%s</metadata><file href="%s"/>`,
		len(p.resources)+1, p.dialect.resource, name, p.lom(v), name)
	for _, i := range images {
		fmt.Fprintf(&b, `<dependency identifierref="img-%s"/>`, strings.TrimSuffix(strings.TrimPrefix(i, "images/"), i[strings.LastIndexByte(i, '.'):]))
	}
	b.WriteString("</resource>")
	return b.String()
}

func (p *writer) lom(v questionbank.ItemVersion) string {
	var b strings.Builder
	b.WriteString(`<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general><identifier><catalog>skillcert</catalog><entry>` + v.Code +
		`</entry></identifier></general><educational>`)
	if v.Difficulty >= 1 && v.Difficulty <= 5 {
		b.WriteString(`<difficulty><source>LOMv1.0</source><value>` + record.Difficulties()[v.Difficulty-1] + `</value></difficulty>`)
	}
	if v.Seconds > 0 {
		fmt.Fprintf(&b, `<typicalLearningTime><duration>PT%dS</duration></typicalLearningTime>`, v.Seconds)
	}
	b.WriteString(`</educational><classification><purpose><source>LOMv1.0</source><value>discipline</value></purpose>`)
	for _, t := range record.Properties(v) {
		if t.Name != "type" && t.Name != "difficulty" && t.Name != "seconds" {
			b.WriteString(`<taxonPath><source><string language="x-none">` + tool + ":" + t.Name + `</string></source><taxon><entry><string language="x-none">` +
				xmlnode.Escape(t.Value) + `</string></entry></taxon></taxonPath>`)
		}
	}
	kind := "none"
	if v.Explanation != "" {
		kind = "nonadaptive"
	}
	b.WriteString(`</classification></lom><qtiMetadata xmlns="` + p.metadata + `"><interactionType>choiceInteraction</interactionType><feedbackType>` +
		kind + `</feedbackType><solutionAvailable>true</solutionAvailable></qtiMetadata>`)
	return b.String()
}
