package gift

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/skillcert/skillcert/questionbank"
	"github.com/skillcert/skillcert/questionbank/exchange/record"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

// Read reads a file: questions are apart by blank lines. One that cannot be read is put aside, the others are read.
func Read(name string, data []byte, o record.Options) (record.Batch, error) {
	text, encoding, err := table.Decode(data)
	if err != nil {
		return record.Batch{}, err
	}
	r := &reader{Builder: record.NewBuilder(name, Format, o), name: name}
	r.Batch.Encoding = encoding
	var lines []string
	start, number := 0, 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) != "" {
			if len(lines) == 0 {
				start = number
			}
			lines = append(lines, line)
			continue
		}
		r.add(start, lines)
		lines = nil
	}
	r.add(start, lines)
	return r.Batch, nil
}

type reader struct {
	*record.Builder
	name string
}

// block is one question while it is read.
type block struct {
	*reader
	record.Draft
	ours     bool
	format   string
	problems []record.Problem
}

func (r *reader) add(line int, lines []string) {
	q := &block{reader: r, Draft: record.Draft{At: record.Place{File: r.name, Row: line}}}
	var rest []string
	for _, l := range lines {
		if comment, ok := strings.CutPrefix(strings.TrimSpace(l), "//"); ok {
			q.comment(comment)
			continue
		}
		rest = append(rest, l)
	}
	body := strings.TrimSpace(strings.Join(rest, "\n"))
	switch {
	case body == "":
		return
	case strings.HasPrefix(body, "$CATEGORY:"):
		r.Drop(q.At, record.Found(body), "题库按鉴定点归类")
		return
	}
	if !q.read(body) {
		return
	}
	if len(q.problems) > 0 {
		r.Refuse(q.problems...)
		return
	}
	r.Take(q.Draft)
}

var bracketed = regexp.MustCompile(`\[(id|tag):((?:[^\[\]\\]|\\.)*)\]`)

// comment takes identity and metadata out of a comment.
func (q *block) comment(s string) {
	for _, m := range bracketed.FindAllStringSubmatch(s, -1) {
		value := unbracket(m[2])
		if m[1] == "id" {
			if value = strings.TrimSpace(value); record.IsCode(value) {
				q.Code, q.At.Item = value, value
			}
			continue
		}
		if p, ours := record.Prefixed(value); ours && record.SetProperty(&q.ItemVersion, p) {
			q.ours = true
			continue
		}
		q.Drop(q.At, "tag "+record.Found(value), "题库没有对应的内容")
	}
}

func (q *block) problem(field, code, want string) {
	q.problems = append(q.problems, record.Problem{Place: q.At, Field: field, Want: want, Code: code})
}

// read takes a question apart; false says that it was named as dropped.
func (q *block) read(body string) bool {
	if rest, ok := strings.CutPrefix(body, "::"); ok {
		name, after, ended := cutBare(rest, "::")
		if name = strings.TrimSpace(unescape(name)); ended {
			if body = after; q.Code == "" && record.IsCode(name) {
				q.Code, q.At.Item = name, name
			}
		}
	}
	before, rest, open := cutBare(body, "{")
	inner, after, shut := cutBare(rest, "}")
	switch {
	case !open && !strings.Contains(before, "}"):
		q.Drop(q.At, "说明文字", "没有作答部分，不是试题")
		return false
	case !shut, strings.TrimSpace(after) != "" && strings.ContainsAny(strings.ReplaceAll(after, `\{`, ""), "{"):
		q.problem("key", record.CodeKind, "成对的 { }，且只有一处")
		return true
	}
	if strings.TrimSpace(after) != "" {
		before += "_____" + after
	}
	q.Stem, q.format = q.text(before, "stem"), ""
	if m := format.FindStringSubmatch(strings.TrimSpace(before)); m != nil {
		q.format = m[1]
	}
	if at := lastBare(inner, "####"); at >= 0 {
		q.Explanation = q.text(inner[at+4:], "explanation")
		inner = inner[:at]
	}
	return q.answers(strings.TrimSpace(inner))
}

// lastBare is the place of the last mark that no backslash takes the meaning of, -1 for none.
func lastBare(s, mark string) int {
	at := -1
	for n := 0; n < len(s); n++ {
		if s[n] == '\\' {
			n++
			continue
		}
		if strings.HasPrefix(s[n:], mark) {
			at = n
			n += len(mark) - 1
		}
	}
	return at
}

func (q *block) text(s, field string) string {
	fragment, dropped, _ := read(s, q.format, q.ours)
	media := record.Media(dropped)
	for _, d := range media {
		q.problem(field, record.CodeMedia, "题库能显示的内容，而不是 "+record.Found(d))
	}
	for _, d := range dropped {
		if !slices.Contains(media, d) {
			q.Drop(q.At, d, "题库不保留该格式")
		}
	}
	return fragment
}

// answers tells the kinds of questions apart as Moodle does.
func (q *block) answers(s string) bool {
	verdict, comment, _ := cutBare(s, "#")
	_, _, tilde := cutBare(s, "~")
	kind := ""
	switch verdict = strings.ToUpper(strings.TrimSpace(verdict)); {
	case s == "":
		kind = "essay"
	case s[0] == '#':
		kind = "numerical"
	case tilde:
		q.choices(s)
		return true
	case verdict == "T" || verdict == "TRUE" || verdict == "F" || verdict == "FALSE":
		q.Type, q.Options, q.Key = questionbank.Judgement, questionbank.Judged(), []int{0}
		if verdict[0] == 'F' {
			q.Key[0] = 1
		}
		if strings.Trim(comment, "# \n\t") != "" {
			q.Drop(q.At, "feedback", "题库不保留选项反馈")
		}
		return true
	case strings.Contains(s, "->"):
		kind = "matching"
	default:
		kind = "shortanswer"
	}
	q.Drop(q.At, "question "+kind, "题库没有这种题型")
	return false
}

var share = regexp.MustCompile(`^%(-?[0-9]{1,3}(?:\.[0-9]*)?)%`)

// choices reads options: = before the right one, or shares that say which are right.
func (q *block) choices(s string) {
	q.Type = questionbank.Multiple
	if _, _, one := cutBare(s, "="); one {
		q.Type = questionbank.Single
	}
	for s != "" {
		mark := s[0]
		if mark != '~' && mark != '=' {
			q.problem("options", record.CodeKind, "以 = 或 ~ 开头的选项")
			return
		}
		end := min(bareAt(s[1:], "~"), bareAt(s[1:], "=")) + 1
		q.choice(mark == '=', strings.TrimSpace(s[1:end]))
		s = s[end:]
	}
}

func bareAt(s, mark string) int {
	before, _, _ := cutBare(s, mark)
	return len(before)
}

func (q *block) choice(right bool, s string) {
	if m := share.FindStringSubmatch(s); m != nil && !right {
		s = s[len(m[0]):]
		f, err := strconv.ParseFloat(m[1], 64)
		right = err == nil && (q.Type == questionbank.Multiple && f > 0 || f >= 100)
		if q.Type == questionbank.Single && !right && f != 0 {
			q.Drop(q.At, "%"+m[1]+"%", "题库按全对得分，不给部分分、不倒扣")
		}
	}
	text, comment, _ := cutBare(s, "#")
	if strings.TrimSpace(comment) != "" {
		q.Drop(q.At, "feedback", "题库不保留选项反馈")
	}
	if right {
		q.Key = append(q.Key, len(q.Options))
	}
	q.Options = append(q.Options, q.text(text, "options"))
}
