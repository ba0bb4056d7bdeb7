// Package qti reads and writes choice items of IMS/1EdTech Question and Test Interoperability 2.1, 2.2 and 3.0, as
// content packages with a manifest and, for reading, as single items.
//
// What an item asks stands in the item; what the bank knows of it stands in the manifest: difficulty and answering time
// as learning object metadata has them, the rest as classifications. Items are scored all or nothing: where a file
// gives points for parts, that is named and dropped.
package qti

import (
	"strings"

	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
)

// The formats.
const (
	V21 = "qti2.1"
	V22 = "qti2.2"
	V30 = "qti3.0"
)

// Formats lists them.
func Formats() []string { return []string{V21, V22, V30} }

// tool marks files of ours, in which white space stands as it was.
const tool = "skillcert"

// dialect is what differs between the versions.
type dialect struct {
	item, manifest, metadata string // namespaces
	resource                 string // type of an item in the manifest
	schema, schemaVersion    string // of the manifest
	template                 string // response processing by the correct response
	kebab                    bool   // qti-choice-interaction instead of choiceInteraction
}

func dialectOf(format string) (dialect, bool) {
	switch format {
	case V21:
		return dialect{item: "http://www.imsglobal.org/xsd/imsqti_v2p1", manifest: "http://www.imsglobal.org/xsd/imscp_v1p1",
			metadata: "http://www.imsglobal.org/xsd/imsqti_metadata_v2p1", resource: "imsqti_item_xmlv2p1",
			schema: "QTIv2.1 Package", schemaVersion: "1.0.0",
			template: "http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"}, true
	case V22:
		return dialect{item: "http://www.imsglobal.org/xsd/imsqti_v2p2", manifest: "http://www.imsglobal.org/xsd/imscp_v1p1",
			metadata: "http://www.imsglobal.org/xsd/imsqti_metadata_v2p2", resource: "imsqti_item_xmlv2p2",
			schema: "QTIv2.2 Package", schemaVersion: "1.0.0",
			template: "http://www.imsglobal.org/question/qti_v2p2/rptemplates/match_correct"}, true
	case V30:
		return dialect{item: "http://www.imsglobal.org/xsd/imsqtiasi_v3p0", manifest: "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1",
			metadata: "http://www.imsglobal.org/xsd/imsqti_metadata_v3p0", resource: "imsqti_item_xmlv3p0",
			schema: "QTI Package", schemaVersion: "3.0.0", kebab: true,
			template: "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct"}, true
	}
	return dialect{}, false
}

// formatOf tells the version of an item or a test by its root.
func formatOf(root *xmlnode.Node) string {
	switch {
	case strings.HasPrefix(root.Name, "qti-"):
		return V30
	case strings.Contains(root.Space, "v2p2"):
		return V22
	}
	return V21
}

// IsItem reports whether an XML file with that root is an item.
func IsItem(root *xmlnode.Node) bool {
	return root.Name == "assessmentItem" || root.Name == "qti-assessment-item"
}

// element is the name of an element in the dialect.
func (d dialect) element(name string) string {
	if !d.kebab {
		return name
	}
	return "qti-" + kebab(name)
}

func (d dialect) attribute(name string) string {
	if !d.kebab {
		return name
	}
	return kebab(name)
}

func kebab(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func camel(s string) string {
	parts := strings.Split(s, "-")
	for n, p := range parts[1:] {
		if p != "" {
			parts[n+1] = strings.ToUpper(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, "")
}

// plain renames the elements and attributes of version 3 as version 2 has them. Those of HTML stay.
func plain(n *xmlnode.Node) {
	if name, ok := strings.CutPrefix(n.Name, "qti-"); ok {
		n.Name = camel(name)
		for i, a := range n.Attrs {
			if a.Name.Space == "" {
				n.Attrs[i].Name.Local = camel(a.Name.Local)
			}
		}
	}
	if n.Name == "span" && n.Attr("class") == underline {
		n.Name, n.Attrs = "u", nil
	}
	for _, k := range n.Kids {
		if k.Node != nil {
			plain(k.Node)
		}
	}
}

// underline is the class for what version 2 has no element.
const underline = "qti-underline"
