package qti

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
)

// resource is one entry of a manifest.
type resource struct {
	kind string
	from string // the manifest
	raw  string // the reference to its file as it stands
	line int
	meta meta
}

// meta is what a manifest says of an item, and the names of what it says that the bank has no place for.
type meta struct {
	values  questionbank.ItemVersion // of which only what was said is set
	dropped []string
}

func (r resource) isItem() bool { return strings.HasPrefix(r.kind, "imsqti_item_") }

func readManifest(name string, data []byte) (all []resource, err error) {
	_, err = xmlnode.Walk(name, data, []string{"resource"}, func(n *xmlnode.Node) error {
		href := n.Attr("href")
		if href == "" {
			if f := n.First("file"); f != nil {
				href = f.Attr("href")
			}
		}
		all = append(all, resource{kind: n.Attr("type"), from: name, raw: href, line: n.Line, meta: readMeta(n.First("metadata"))})
		return nil
	})
	return all, err
}

// readMeta takes what it knows out of learning object metadata; schemas differ in prefixes and wrappers only.
func readMeta(n *xmlnode.Node) (m meta) {
	if n == nil {
		return m
	}
	for _, lom := range n.Find("lom") {
		for _, section := range lom.Elements() {
			for _, e := range section.Elements() {
				if !m.take(section.Name, e) && !(section.Name == "classification" && section.First("taxonPath") != nil) {
					m.drop("lom/" + section.Name + "/" + e.Name)
				}
			}
			if section.Name == "classification" {
				m.classify(section)
			}
		}
	}
	return m
}

func (m *meta) drop(name string) {
	if !slices.Contains(m.dropped, name) {
		m.dropped = append(m.dropped, name)
	}
}

// take reports whether the element was understood, or says nothing that matters.
func (m *meta) take(section string, e *xmlnode.Node) bool {
	text := strings.TrimSpace(e.Text())
	switch section + "/" + e.Name {
	case "general/identifier":
		if entry := strings.TrimSpace(e.First("entry").Text()); record.IsCode(entry) {
			m.values.Code = entry
		}
	case "educational/difficulty":
		m.values.Difficulty = slices.Index(record.Difficulties(), strings.TrimSpace(e.First("value").Text())) + 1
		return m.values.Difficulty > 0
	case "educational/typicalLearningTime":
		m.values.Seconds = seconds(strings.TrimSpace(e.First("duration").Text()))
		return m.values.Seconds > 0
	case "general/title", "general/language", "educational/learningResourceType", "technical/format":
	default:
		return text == "" && len(e.Elements()) == 0
	}
	return true
}

// classify reads one classification of ours.
func (m *meta) classify(section *xmlnode.Node) {
	for _, path := range section.Elements("taxonPath") {
		source := strings.TrimSpace(path.First("source").Text())
		name, ours := strings.CutPrefix(source, tool+":")
		value := path.At("taxon", "entry").Text()
		if !ours || !record.SetProperty(&m.values, record.Property{Name: name, Value: value}) {
			m.drop("lom/classification " + record.Found(source))
		}
	}
}

var duration = regexp.MustCompile(`^P(?:0D)?T(?:(\d{1,2})H)?(?:(\d{1,4})M)?(?:(\d{1,5})(?:\.\d+)?S)?$`)

// seconds reads an ISO 8601 duration of hours, minutes and seconds; 0 for anything else.
func seconds(s string) int {
	m := duration.FindStringSubmatch(s)
	if m == nil {
		return 0
	}
	total := 0
	for n, factor := range []int{3600, 60, 1} {
		v, _ := strconv.Atoi(m[n+1])
		total += v * factor
	}
	return total
}
