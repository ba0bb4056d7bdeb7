package moodle

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/xmlnode"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// maxTag is how many characters of a tag Moodle keeps.
const maxTag = 50

// Write writes a file and names what it cannot hold.
func Write(out io.Writer, items []questionbank.ItemVersion, keep record.Keep) ([]record.Loss, error) {
	w := &writer{out: bufio.NewWriter(out), keep: keep}
	w.put("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<quiz>\n")
	for _, v := range items {
		if lost := record.Unwritable(v); lost != nil {
			w.losses = append(w.losses, *lost)
			continue
		}
		if err := w.question(v); err != nil {
			return nil, err
		}
	}
	w.put("</quiz>\n")
	if err := w.out.Flush(); err != nil {
		return nil, fmt.Errorf("write questions: %w", err)
	}
	return w.losses, nil
}

type writer struct {
	out    *bufio.Writer
	keep   record.Keep
	losses []record.Loss
}

// put writes; the writer remembers its first error for the flush at the end.
func (w *writer) put(s string) { _, _ = w.out.WriteString(s) }

func (w *writer) lose(v questionbank.ItemVersion, field, what string) {
	w.losses = append(w.losses, record.Loss{Item: v.Code, Field: field, What: what})
}

func (w *writer) question(v questionbank.ItemVersion) error {
	kind := "multichoice"
	if v.Type == questionbank.Judgement {
		kind = "truefalse"
	}
	w.put(`<question type="` + kind + `"><name><text>` + v.Code + "</text></name>\n")
	if err := w.text("questiontext", "", v.Stem); err != nil {
		return err
	}
	if err := w.text("generalfeedback", "", v.Explanation); err != nil {
		return err
	}
	w.put("<defaultgrade>1</defaultgrade><penalty>0</penalty><hidden>0</hidden><idnumber>" + v.Code + "</idnumber>\n")
	if kind == "multichoice" {
		w.put("<single>" + strconv.FormatBool(v.Type == questionbank.Single) +
			"</single><shuffleanswers>true</shuffleanswers><answernumbering>ABCD</answernumbering>\n")
	}
	if err := w.answers(v); err != nil {
		return err
	}
	w.tags(v)
	w.put("</question>\n")
	return nil
}

// text writes one element with the images that it shows.
func (w *writer) text(element, attributes, fragment string) error {
	names := map[string]string{}
	var files strings.Builder
	for _, digest := range richtext.Images(fragment) {
		if names[digest] != "" {
			continue
		}
		if w.keep.Image == nil {
			return questionbank.ErrImage.With("%s", digest)
		}
		i, err := w.keep.Image(digest)
		if err != nil {
			return fmt.Errorf("image %s: %w", digest, err)
		}
		names[digest] = digest + "." + strings.TrimPrefix(i.Type, "image/")
		fmt.Fprintf(&files, `<file name="%s" path="/" encoding="base64">%s</file>`, names[digest], base64.StdEncoding.EncodeToString(i.Bytes))
	}
	html := record.Markup(fragment, func(digest string) string { return "@@PLUGINFILE@@/" + names[digest] })
	w.put("<" + element + attributes + ` format="html"><text>` + xmlnode.Escape(html) + "</text>" + files.String())
	if element == "answer" {
		w.put(`<feedback format="html"><text></text></feedback>`)
	}
	w.put("</" + element + ">\n")
	return nil
}

// fractions are the shares that Moodle knows for one of n right answers.
func fractions() []string {
	return []string{"0", "100", "50", "33.33333", "25", "20", "16.66667", "14.28571", "12.5"}
}

func (w *writer) answers(v questionbank.ItemVersion) error {
	right, wrong := fractions()[min(len(v.Key), questionbank.MaxOptions)], "0"
	if v.Type == questionbank.Multiple {
		wrong = "-100"
		w.lose(v, "key", "全对才得分：Moodle 的多选题按选项给部分分")
	}
	if v.Type == questionbank.Judgement {
		for n, word := range []string{"true", "false"} {
			share := []string{"0", "100"}[b2i(slices.Contains(v.Key, n))]
			w.put(`<answer fraction="` + share + `" format="moodle_auto_format"><text>` + word + `</text><feedback format="html"><text></text></feedback></answer>` + "\n")
		}
		return nil
	}
	for n, o := range v.Options {
		share := wrong
		if slices.Contains(v.Key, n) {
			share = right
		}
		if err := w.text("answer", ` fraction="`+share+`"`, o); err != nil {
			return err
		}
	}
	return nil
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (w *writer) tags(v questionbank.ItemVersion) {
	w.put("<tags>")
	for _, p := range record.Properties(v) {
		if p.Name == "type" {
			continue
		}
		if utf8.RuneCountInString(p.String()) > maxTag {
			w.lose(v, p.Name, "经 Moodle 转存时可能截短：标签限50字")
		}
		w.put("<tag><text>" + xmlnode.Escape(p.String()) + "</text></tag>")
	}
	w.put("</tags>\n")
}
