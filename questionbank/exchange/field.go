package exchange

import (
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// fieldOptions is how many options the field's template has columns for.
const fieldOptions = 5

// fieldColumns are the twenty columns of the field (domain facts §5.2), with more options only where an item has them:
// files in use have up to eight.
func fieldColumns(items []questionbank.ItemVersion) []string {
	head := []string{"试题GUID", "题型(必填）", "题干（必填）", "答案"}
	for n := range optionColumns(items) {
		head = append(head, "选项"+letter(n))
	}
	return append(append(head, paths()...), "难度", "一致性", "分数", "解析", "出处")
}

func optionColumns(items []questionbank.ItemVersion) int {
	most := fieldOptions
	for _, v := range items {
		most = max(most, min(len(v.Options), questionbank.MaxOptions))
	}
	return most
}

// field is a row in the columns of the field, which know text only.
func (t *tableWriter) field(v questionbank.ItemVersion) ([]string, []Loss) {
	losses := append(record.Trimmed(v), unheld(v)...)
	flat, more := record.Flat(v)
	if more = record.Reduced(escaped(flat), more); record.Left(more) {
		return nil, more
	}
	losses = append(losses, more...)
	row := []string{v.Code, typeWord(v.Type), flat.Stem, fieldKey(v)}
	for n := range t.options {
		option := ""
		if v.Type != questionbank.Judgement && n < len(v.Options) {
			option = flat.Options[n]
		}
		row = append(row, option)
	}
	row = append(row, t.path(v)...)
	return append(row, grade(v.Difficulty), "", "", flat.Explanation, v.Source), losses
}

// escaped is a flat item as it is read again.
func escaped(v questionbank.ItemVersion) questionbank.ItemVersion {
	v.Stem, v.Explanation = richtext.Escape(v.Stem), richtext.Escape(v.Explanation)
	options := make([]string, len(v.Options))
	for n, o := range v.Options {
		options[n] = richtext.Escape(o)
	}
	v.Options = options
	return v
}

// unheld names what the columns have no place for.
func unheld(v questionbank.ItemVersion) (losses []Loss) {
	for _, f := range []struct {
		field, what string
		lost        bool
	}{
		{"level", "等级（读入时须指定）", v.Level != 0}, {"province", "省份", v.Province != ""}, {"seconds", "预计答题时间", v.Seconds != 0},
		{"enemy", "相斥组", v.Enemy != ""}, {"sample", "样题标记", v.Sample},
		{"options", "模板只有5个选项列，文件中已增加", len(v.Options) > fieldOptions},
	} {
		if f.lost {
			losses = append(losses, Loss{Item: v.Code, Field: f.field, What: f.what})
		}
	}
	return losses
}

func typeWord(t questionbank.ItemType) string {
	switch t {
	case questionbank.Multiple:
		return "多选"
	case questionbank.Judgement:
		return "判断"
	}
	return "单选"
}

func fieldKey(v questionbank.ItemVersion) string {
	if v.Type == questionbank.Judgement && len(v.Key) == 1 {
		return questionbank.Judged()[v.Key[0]&1]
	}
	return keyOf(v)
}

func grade(difficulty int) string {
	if difficulty < 1 || difficulty > 5 {
		return ""
	}
	return record.Grades()[difficulty-1]
}

// path leads from the range at the top to the point, with names where the element table is known. A point in the sixth
// level of ranges has one step more than there are columns; the first cell then names the second level.
func (t *tableWriter) path(v questionbank.ItemVersion) []string {
	var steps []string
	for code := v.Point; code != ""; code = questionbank.Parent(code) {
		steps = append([]string{t.named(v, code)}, steps...)
	}
	columns := len(paths())
	if len(steps) > columns {
		steps = steps[len(steps)-columns:]
	}
	return append(steps, make([]string, columns-len(steps))...)
}

func (t *tableWriter) named(v questionbank.ItemVersion, code string) string {
	table := t.keep.Tables[v.Level]
	if table == nil {
		return code
	}
	name := ""
	if p, ok := table.Point(code); ok {
		name = p.Name
	} else if r, ok := table.Range(code); ok {
		name = r.Name
	}
	return strings.TrimSpace(code + " " + name)
}
