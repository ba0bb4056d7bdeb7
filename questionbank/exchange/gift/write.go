package gift

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Write writes a file and names what it cannot hold.
func Write(out io.Writer, items []questionbank.ItemVersion) ([]record.Loss, error) {
	w := bufio.NewWriter(out)
	var losses []record.Loss
	for _, v := range items {
		v, lost := withoutImages(v)
		lost = record.Reduced(v, append(lost, record.Trimmed(v)...))
		if losses = append(losses, lost...); record.Left(lost) {
			continue
		}
		if v.Type == questionbank.Multiple {
			losses = append(losses, record.Loss{Item: v.Code, Field: "key", What: "全对才得分：Moodle 的多选题按选项给部分分"})
		}
		_, _ = w.WriteString(question(v)) // the writer remembers its first error for the flush
	}
	if err := w.Flush(); err != nil {
		return nil, fmt.Errorf("write questions: %w", err)
	}
	return losses, nil
}

var picture = regexp.MustCompile(`<img [^>]*>`)

// withoutImages puts the alt of every image in its place.
func withoutImages(v questionbank.ItemVersion) (questionbank.ItemVersion, []record.Loss) {
	var losses []record.Loss
	described := func(field, fragment string) string {
		if !strings.Contains(fragment, "<img ") {
			return fragment
		}
		losses = append(losses, record.Loss{Item: v.Code, Field: field, What: "图片（只留说明文字）"})
		return record.Canonical(picture.ReplaceAllStringFunc(fragment, func(tag string) string { return richtext.Escape(richtext.Plain(tag)) }))
	}
	v.Stem, v.Explanation = described("stem", v.Stem), described("explanation", v.Explanation)
	v.Options = slices.Clone(v.Options)
	for n := range v.Options {
		v.Options[n] = described("options", v.Options[n])
	}
	return v, losses
}

func question(v questionbank.ItemVersion) string {
	var b strings.Builder
	b.WriteString("// [id:" + bracket(v.Code) + "]")
	for _, p := range record.Properties(v) {
		b.WriteString(" [tag:" + bracket(p.String()) + "]")
	}
	b.WriteString("\n::" + escape(v.Code) + "::" + write(v.Stem) + "{\n")
	if v.Type == questionbank.Judgement {
		b.WriteString([]string{"TRUE", "FALSE"}[v.Key[0]&1] + "\n")
	} else {
		for n, o := range v.Options {
			b.WriteString("\t" + mark(v, n) + write(o) + "\n")
		}
	}
	if v.Explanation != "" {
		b.WriteString("\t####" + write(v.Explanation) + "\n")
	}
	b.WriteString("}\n\n")
	return b.String()
}

// mark says whether an option is right. Of several, each gives its share and each wrong one takes as much; Moodle reads
// shares of two digits only.
func mark(v questionbank.ItemVersion, n int) string {
	right := slices.Contains(v.Key, n)
	share := []string{"0", "99", "50", "33.33333", "25", "20", "16.66667", "14.28571", "12.5"}[min(len(v.Key), questionbank.MaxOptions)]
	switch {
	case v.Type == questionbank.Single && right:
		return "="
	case v.Type == questionbank.Single && strings.HasPrefix(v.Options[n], "%"):
		return "~%0%"
	case v.Type == questionbank.Single:
		return "~"
	case right:
		return "~%" + share + "%"
	}
	return "~%-" + share + "%"
}

// bracket writes text for use in square brackets on one line of a comment.
func bracket(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, "\n", `\n`).Replace(s)
}

// unbracket reads what bracket writes.
func unbracket(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\[`, "[", `\]`, "]", `\n`, "\n").Replace(s)
}
