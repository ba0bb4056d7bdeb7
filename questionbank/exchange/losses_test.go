package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange"
	"github.com/skillcert/skillcert/questionbank/exchange/archive"
	"github.com/skillcert/skillcert/questionbank/exchange/qti"
)

func plainItem(code string) questionbank.ItemVersion {
	return questionbank.ItemVersion{Code: code, Level: engine.Level5, Type: questionbank.Single, Stem: code + "，先做什么？",
		Options: []string{"核对", "离开"}, Key: []int{0}, Point: "A-A-A-001", Difficulty: 2}
}

// TestLossesAreNamed: what a format cannot hold is said item by item, and an item that would come back as another one is
// left out whole.
func TestLossesAreNamed(t *testing.T) {
	pictures := aShelf(t)
	digest := picture(t, 1).Digest
	img := func(alt string) string { return fmt.Sprintf(`<img src="image:%s" alt="%s"/>`, digest, alt) }
	with := func(change func(*questionbank.ItemVersion)) questionbank.ItemVersion {
		v := plainItem("Q1")
		change(&v)
		return v
	}
	for name, s := range map[string]struct {
		item    questionbank.ItemVersion
		formats []string
		want    string // field of the loss, with ! when the item is left out
	}{
		"nothing": {plainItem("Q1"), []string{"workbook", "csv", "gb18030", "gbk", "qti2.1", "qti2.2", "qti3.0", "moodle", "gift"}, ""},
		"level":   {plainItem("Q1"), []string{"field", "field-csv", "field-gbk"}, "level"},
		"marks":   {with(func(v *questionbank.ItemVersion) { v.Stem = "H<sub>2</sub>O 是什么？" }), []string{"field"}, "level stem"},
		"marks are held": {with(func(v *questionbank.ItemVersion) { v.Stem = "H<sub>2</sub>O 是什么？" }),
			[]string{"workbook", "csv", "qti2.1", "moodle", "gift"}, ""},
		"image":         {with(func(v *questionbank.ItemVersion) { v.Stem += img("腕带") }), []string{"workbook", "gift"}, "stem"},
		"image is held": {with(func(v *questionbank.ItemVersion) { v.Stem += img("腕带") }), []string{"qti2.1", "qti3.0", "moodle"}, ""},
		"options differ by their image": {with(func(v *questionbank.ItemVersion) {
			v.Options = []string{img("图"), "<strong>［图：图］</strong>"}
		}),
			[]string{"field"}, "options!"},
		"a character that GBK lacks": {with(func(v *questionbank.ItemVersion) { v.Stem = "𠮷姓老人如何称呼？" }), []string{"gbk", "field-gbk"}, "stem!"},
		"an error value":             {with(func(v *questionbank.ItemVersion) { v.Options[0] = "#N/A" }), []string{"workbook", "csv", "field"}, "stem!"},
		"no character of XML":        {with(func(v *questionbank.ItemVersion) { v.Stem += "\uffff" }), []string{"qti2.1", "moodle"}, "stem!"},
		"blanks around":              {with(func(v *questionbank.ItemVersion) { v.Stem += " " }), []string{"workbook", "gift"}, "stem"},
		"all or nothing": {with(func(v *questionbank.ItemVersion) {
			v.Type, v.Options, v.Key = questionbank.Multiple, []string{"甲", "乙", "丙"}, []int{0, 1}
		}), []string{"moodle", "gift"}, "key"},
		"long tag":    {with(func(v *questionbank.ItemVersion) { v.Source = strings.Repeat("长", 60) }), []string{"moodle"}, "source"},
		"six options": {with(func(v *questionbank.ItemVersion) { v.Options = []string{"一", "二", "三", "四", "五", "六"} }), []string{"field"}, "level options"},
	} {
		for _, format := range s.formats {
			var file bytes.Buffer
			losses, err := exchange.Write(&file, format, []questionbank.ItemVersion{s.item, plainItem("Q2")}, exchange.Keep{Image: pictures.image})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range losses {
				if l.Item != "Q1" {
					continue
				}
				if got = append(got, l.Field+map[bool]string{true: "!"}[l.Whole]); l.What == "" {
					t.Errorf("%s, %s: %+v", name, format, l)
				}
			}
			if strings.Join(got, " ") != s.want {
				t.Errorf("%s, %s: %q, want %q", name, format, got, s.want)
			}
			left := slices.ContainsFunc(losses, func(l exchange.Loss) bool { return l.Whole })
			if b := readFile(t, file.Bytes(), exchange.Options{Level: engine.Level5}); len(b.Drafts) != map[bool]int{true: 1, false: 2}[left] {
				t.Errorf("%s, %s: %d items, %v", name, format, len(b.Drafts), b.Problems)
			}
		}
	}
}

func TestWhatCannotBeWritten(t *testing.T) {
	v := plainItem("Q1")
	v.Stem += `<img src="image:` + picture(t, 2).Digest + `" alt="图"/>`
	for _, format := range []string{"qti2.1", "moodle"} {
		var file bytes.Buffer
		if _, err := exchange.Write(&file, format, []questionbank.ItemVersion{v}, exchange.Keep{Image: shelf{}.image}); !errors.Is(err, questionbank.ErrImage) {
			t.Errorf("%s: %v", format, err)
		}
	}
	if _, err := exchange.Write(&bytes.Buffer{}, "docx", nil, exchange.Keep{}); !errors.Is(err, exchange.ErrFormat) {
		t.Errorf("%v", err)
	}
	many := make([]questionbank.ItemVersion, archive.MaxFiles)
	for n := range many {
		many[n] = plainItem(fmt.Sprint("Q", n))
	}
	if _, err := exchange.Write(&bytes.Buffer{}, "qti2.1", many, exchange.Keep{}); !errors.Is(err, qti.ErrTooMany) {
		t.Errorf("%v", err)
	}
}

// TestTheSameItemsGiveTheSameFile: an export can be compared byte by byte.
func TestTheSameItemsGiveTheSameFile(t *testing.T) {
	pictures := aShelf(t)
	v, w := plainItem("Q1"), plainItem("Q2")
	for d := range pictures {
		v.Explanation += `<img src="image:` + d + `" alt="图"/>`
	}
	for _, format := range []string{"csv", "gift", "moodle", "qti2.1", "qti2.2", "qti3.0"} {
		var one, two bytes.Buffer
		for _, to := range []*bytes.Buffer{&one, &two} {
			if _, err := exchange.Write(to, format, []questionbank.ItemVersion{v, w}, exchange.Keep{Image: pictures.image}); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Errorf("%s differs", format)
		}
	}
}
