package exchange

import (
	"regexp"
	"slices"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// shape is one form of an item workbook: what its columns are called, and how it names points and keys.
type shape struct {
	names    map[string]string // canonical column to the shape's name, where they differ
	required []string
	optional []string
	aliases  map[string][]string
	numbers  bool // keys may be option numbers
	point    func(*reader) string
}

func (s shape) name(column string) string {
	if n, ok := s.names[column]; ok {
		return n
	}
	return column
}

// format is the name of the format of a file in this shape.
func (s shape) format(encoding string) string {
	name := Workbook
	switch {
	case s.numbers && encoding == "xlsx":
		return Field
	case s.numbers:
		return FieldCSV
	case encoding != "xlsx":
		name = CSV
	}
	return name
}

// without lets columns be absent that something stands for.
func (s shape) without(absent map[string]string) shape {
	for column, stands := range absent {
		name := s.name(column)
		if n := slices.Index(s.required, name); n >= 0 && stands != "" {
			s.required, s.optional = slices.Delete(s.required, n, n+1), append(s.optional, name)
		}
	}
	return s
}

// knows reports whether a column, by its canonical name, is read.
func (s shape) knows(title string) bool {
	return slices.Contains(s.required, title) || slices.Contains(s.optional, title) && title != "一致性" && title != "分数"
}

func (s shape) options() table.Options {
	return table.Options{Required: s.required, Optional: s.optional, Aliases: s.aliases, MaxBytes: MaxBytes}
}

// Columns are the columns that are written and read: code to enemy as in the sample bank, then those of supplements,
// then how the texts are meant (markup: html for fragments of package richtext, else plain text) and the sample mark.
func Columns() []string {
	return []string{"code", "type", "stem", "key", "A", "B", "C", "D", "E", "F", "G", "H", "point", "difficulty", "seconds",
		"explanation", "enemy", "level", "range2", "province", "source", "markup", "sample"}
}

// own is the product's shape. Its columns may have Chinese names.
func own() shape {
	aliases := map[string][]string{"code": {"试题编号", "编号", "题号"}, "type": {"题型"}, "stem": {"题干"}, "key": {"答案", "正确答案", "正确项"},
		"point": {"鉴定点", "鉴定点代码"}, "difficulty": {"难度"}, "seconds": {"答题秒数"}, "explanation": {"解析"}, "enemy": {"相斥组"},
		"level": {"等级", "认定等级"}, "range2": {"鉴定范围"}, "province": {"省份"}, "source": {"出处"},
		"markup": {"文字格式"}, "sample": {"样题"}}
	for n := range questionbank.MaxOptions {
		aliases[letter(n)] = []string{"选项" + letter(n)}
	}
	required := []string{"code", "type", "stem", "key", "difficulty"}
	return shape{required: required, optional: Columns(), aliases: aliases, point: ownPoint}
}

func ownPoint(r *reader) string {
	point, within := r.cell("point"), r.cell("range2")
	switch {
	case point == "" && within == "":
		r.problem("point", table.CodeMissing, "鉴定点代码")
	case point == "" && !questionbank.IsRange(within):
		r.problem("range2", CodePath, "鉴定范围代码，形如 A-B")
	case point != "" && !questionbank.IsPoint(point):
		r.problem("point", CodePath, "鉴定点代码，形如 A-A-B-002")
	case point == "":
		return within
	case within != "" && !questionbank.Within(point, within):
		r.problem("point", CodePath, "鉴定范围 "+within+" 之内的鉴定点")
	}
	return point
}

// paths are the field's columns that lead to a point.
func paths() []string {
	return []string{"知识点一级", "知识点二级", "知识点三级", "知识点四级", "知识点五级", "知识点六级"}
}

// field is the workbook of twenty columns in use nationally (domain facts §5.2). Keys are letters or option numbers.
func field() shape {
	s := shape{numbers: true, point: fieldPoint,
		names: map[string]string{"code": "试题GUID", "type": "题型", "stem": "题干", "key": "答案", "difficulty": "难度",
			"point": "知识点一级", "explanation": "解析", "source": "出处"},
		required: []string{"试题GUID", "题型", "题干", "答案", "知识点一级"},
		optional: append(paths()[1:], "难度", "一致性", "分数", "解析", "出处"),
	}
	for n := range questionbank.MaxOptions {
		s.names[letter(n)] = "选项" + letter(n)
		s.optional = append(s.optional, "选项"+letter(n))
	}
	return s
}

// step is the code at the head of one cell of a path: of a whole range or point, or only its last part.
var step = regexp.MustCompile(`^([A-Z](-[A-Z])*(-[0-9]{3})?|[0-9]{3})([^A-Za-z0-9-]|$)`)

// fieldPoint follows the codes of a path to the point. Names are not compared: in the field they differ by punctuation
// and spacing, so the codes are the key.
func fieldPoint(r *reader) string {
	at, ended := "", false
	for _, column := range paths() {
		if r.told(column) {
			return ""
		}
		cell := r.cell(column)
		if cell == "" {
			ended = true
			continue
		}
		m := step.FindStringSubmatch(cell)
		whole := m != nil && strings.Contains(m[1], "-") // a whole code must go on from where the path is
		if ended || m == nil || whole && at != "" && !strings.HasPrefix(m[1], at+"-") {
			r.problem(column, CodePath, "自上而下不间断、以代码开头的鉴定范围和鉴定点")
			return ""
		}
		if whole || at == "" {
			at = m[1]
		} else {
			at += "-" + m[1]
		}
	}
	if given := r.absent["point"]; at == "" && given != "" {
		return given
	}
	if !questionbank.IsPoint(at) {
		r.problem("知识点一级", CodePath, "逐级到鉴定点（三位数字代码）的路径")
		return ""
	}
	return at
}
