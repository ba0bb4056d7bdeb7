package record

import (
	"strings"
	"unicode/utf8"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Unwritable names an item that XML cannot hold: the bank allows no such character, older content may have one.
func Unwritable(v questionbank.ItemVersion) *Loss {
	for _, s := range append(TextsOf(v), v.Source, v.Enemy) {
		if !utf8.ValidString(s) || strings.ContainsFunc(s, notXML) {
			return &Loss{Item: v.Code, Field: "stem", What: "含有 XML 不能表示的字符，整题未写出", Whole: true}
		}
	}
	return nil
}

// notXML reports characters outside those of XML 1.0, section 2.2, and the carriage return, which XML readers change.
func notXML(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF
}

// Trimmed names the parts of an item with blanks around them, for formats whose readers cut those off.
func Trimmed(v questionbank.ItemVersion) (losses []Loss) {
	fields := append([]string{"stem"}, make([]string, len(v.Options))...)
	for n := range v.Options {
		fields[n+1] = "options"
	}
	for n, s := range append(TextsOf(v), v.Source, v.Enemy) {
		field := append(fields, "explanation", "source", "enemy")[n]
		if strings.TrimSpace(s) != s {
			losses = append(losses, Loss{Item: v.Code, Field: field, What: "首尾的空白"})
		}
	}
	return losses
}

// Flat is an item with its fragments as reading text, and what is lost by that.
func Flat(v questionbank.ItemVersion) (questionbank.ItemVersion, []Loss) {
	var losses []Loss
	flat := func(field, fragment string) string {
		if !Marked(fragment) {
			return richtext.Plain(fragment)
		}
		what := "文字格式"
		if len(richtext.Images(fragment)) > 0 {
			what = "图片（只留说明文字）"
		}
		losses = append(losses, Loss{Item: v.Code, Field: field, What: what})
		return richtext.Plain(fragment)
	}
	v.Stem, v.Explanation = flat("stem", v.Stem), flat("explanation", v.Explanation)
	options := make([]string, len(v.Options))
	for n, o := range v.Options {
		options[n] = flat("options", o)
	}
	v.Options = options
	return v, losses
}

// Reduced adds to the losses that an item is left out when the bank would refuse what is left of it: two options that
// differ by an image or a format only are the same without it.
func Reduced(v questionbank.ItemVersion, losses []Loss) []Loss {
	if len(losses) == 0 {
		return losses
	}
	v.Stem, v.Explanation, v.Options = strings.TrimSpace(v.Stem), strings.TrimSpace(v.Explanation), trimmed(v.Options)
	if err := v.Validate(); err != nil {
		return []Loss{{Item: v.Code, Field: "options", What: "去掉该格式不能保留的内容后选项相同或为空，整题未写出", Whole: true}}
	}
	return losses
}

func trimmed(all []string) []string {
	out := make([]string, len(all))
	for n, s := range all {
		out[n] = strings.TrimSpace(s)
	}
	return out
}

// Left reports whether the losses say that an item was left out.
func Left(losses []Loss) bool { return len(losses) > 0 && losses[len(losses)-1].Whole }
