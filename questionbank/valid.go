package questionbank

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank/richtext"
)

// Bounds of an item. Eight options exist in the field (domain facts §5.2).
const (
	MaxOptions = 8
	maxStem    = 4000 // characters
	maxOption  = 1000
	maxSeconds = 3600
	maxCode    = 64
)

// Judged returns the options of every judgement item, in their order.
func Judged() []string { return []string{"正确", "错误"} }

// code is what stores and file names accept everywhere: letters, digits and a few marks, no blank in it.
var code = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]*$`)

func validCode(s string) bool { return len(s) <= maxCode && code.MatchString(s) }

// Validate returns nil or ErrItemInput with every problem of the version's content. Whether its point exists is for the
// element table to say.
func (v ItemVersion) Validate() error {
	var c errs.Check
	v.check(&c, "")
	return c.Err(ErrItemInput)
}

func (v ItemVersion) check(c *errs.Check, at string) {
	c.That(validCode(v.Code), at+"code", "form", "试题编号为1至64个字母、数字或 . _ + -")
	c.That(v.Level.Valid(), at+"level", "unknown", "等级只能是五级、四级或三级")
	c.That(v.Province == "" || engine.Province(v.Province) != "", at+"province", "unknown", "省份代码不存在")
	rich(c, v.Stem, at+"stem", fmt.Sprintf("题干为1至%d个字，不含控制字符和私用字符，只有图片时须有说明", maxStem), maxStem)
	c.That(v.Difficulty >= 1 && v.Difficulty <= 5, at+"difficulty", "range", "难度为1至5")
	c.That(v.Seconds >= 0 && v.Seconds <= maxSeconds, at+"seconds", "range", "预计答题时间为0至3600秒，0为未注明")
	if v.Explanation != "" {
		rich(c, v.Explanation, at+"explanation", "解析过长或含控制字符", maxStem)
	}
	c.That(len(v.Images()) <= MaxItemImages, at+"images", "count", fmt.Sprintf("一道试题至多有%d幅图片", MaxItemImages))
	c.That(v.Source == "" || text(v.Source, maxOption), at+"source", "form", "出处过长或含控制字符")
	c.That(v.Enemy == "" || text(v.Enemy, maxCode), at+"enemy", "form", "相斥组名过长或含控制字符")
	c.That(v.Point != "", at+"point", "form", "缺少鉴定点")
	c.That(v.Point == "" || IsPoint(v.Point), at+"point", "form", "鉴定点代码形如 A-A-B-002")
	v.checkOptions(c, at)
	v.checkKey(c, at)
}

func (v ItemVersion) checkOptions(c *errs.Check, at string) {
	switch n := len(v.Options); v.Type {
	case Single:
		c.That(n >= 2 && n <= MaxOptions, at+"options", "count", "单选题有2至8个选项")
	case Multiple:
		c.That(n >= 3 && n <= MaxOptions, at+"options", "count", "多选题有3至8个选项")
	case Judgement:
		c.That(slices.Equal(v.Options, Judged()), at+"options", "judgement", "判断题的选项只能是正确、错误")
	default:
		c.That(false, at+"type", "unknown", "题型只能是单选、多选或判断")
	}
	seen := map[string]bool{}
	for n, o := range v.Options {
		name := fmt.Sprintf("%soptions.%d", at, n)
		rich(c, o, name, fmt.Sprintf("选项为1至%d个字，不含控制字符和私用字符，只有图片时须有说明", maxOption), maxOption)
		read := richtext.Plain(o) + "\x00" + strings.Join(richtext.Images(o), " ")
		c.That(!seen[read], name, "repeated", "选项重复")
		seen[read] = true
	}
}

// Images are the digests of the images that the version shows, in reading order.
func (v ItemVersion) Images() (all []string) {
	for _, fragment := range slices.Concat([]string{v.Stem}, v.Options, []string{v.Explanation}) {
		all = append(all, richtext.Images(fragment)...)
	}
	return all
}

// maxMarkup bounds the bytes of a fragment, whose tags do not count as characters.
const maxMarkup = 64 << 10

// rich checks a fragment of rich text: limit is of the characters that a person reads.
func rich(c *errs.Check, fragment, name, form string, limit int) {
	if len(fragment) > maxMarkup {
		c.That(false, name, "form", form)
		return
	}
	var bad *errs.Error
	if errors.As(richtext.Check(fragment), &bad) {
		c.That(false, name, "markup", bad.Msg)
		return
	}
	c.That(!richtext.Blank(fragment) && text(richtext.Plain(fragment), limit), name, "form", form)
}

func (v ItemVersion) checkKey(c *errs.Check, at string) {
	inside := func(k int) bool { return k >= 0 && k < len(v.Options) }
	for n, k := range v.Key {
		c.That(inside(k), at+"key", "outside", "正确项不在选项之内")
		c.That(n == 0 || v.Key[n-1] < k, at+"key", "order", "正确项应从小到大且不重复")
	}
	if v.Type == Multiple {
		c.That(len(v.Key) >= 2, at+"key", "count", "多选题至少有2个正确项")
		return
	}
	c.That(len(v.Key) == 1, at+"key", "count", "有且只有1个正确项")
}

// text reports whether s is something to read: not blank, at most limit characters, printable.
func text(s string, limit int) bool {
	return strings.TrimSpace(s) != "" && utf8.RuneCountInString(s) <= limit && printable(s)
}

// printable refuses what no paper prints: broken encodings, control and private-use characters. A line may end.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return r == utf8.RuneError || unicode.Is(unicode.Co, r) || unicode.IsControl(r) && r != '\n' && r != '\t'
	})
}

// sameContent reports whether two versions ask the same, whoever wrote them.
func sameContent(v, w ItemVersion) bool { return v.content().Digest() == w.content().Digest() }

func (v ItemVersion) content() ItemVersion {
	v.Version, v.Author, v.Reason, v.At = 0, "", "", time.Time{}
	return v
}

// Validate returns nil or ErrTaskInput with every problem of the task.
func (t Task) Validate() error {
	var c errs.Check
	t.check(&c, "")
	return c.Err(ErrTaskInput)
}

func (t Task) check(c *errs.Check, at string) {
	c.That(validCode(t.Code), at+"code", "form", "编号为1至64个字母、数字或 . _ + -")
	c.That(t.Level.Valid(), at+"level", "unknown", "等级只能是五级、四级或三级")
	c.That(text(t.Name, maxOption), at+"name", "form", "名称不正确")
	c.That(rangeCode.MatchString(t.Range), at+"range", "form", "鉴定范围代码形如 B-A")
	c.That(t.Minutes >= 1 && t.Minutes <= 600, at+"minutes", "range", "时间为1至600分钟")
	c.That(text(t.Scenario, maxStem), at+"scenario", "form", "情境不正确")
	c.That(len(t.Criteria) > 0, at+"criteria", "missing", "缺少评分标准")
	for _, s := range slices.Concat(t.Preparation, t.Requirements) {
		c.That(text(s, maxStem), at+"preparation", "form", "准备与要求中有空白或不可用的字符")
	}
	t.TaskMakers.check(c, at)
	seen, sum := map[string]bool{}, engine.Points(0)
	for n, k := range t.Criteria {
		k.check(c, fmt.Sprintf("%scriteria.%d.", at, n))
		c.That(!seen[k.No], fmt.Sprintf("%scriteria.%d.no", at, n), "repeated", "序号重复")
		seen[k.No], sum = true, sum+k.Points
	}
	c.That(sum == t.Points, at+"points", "sum", "评分标准的分值之和与总分不符")
	for n, v := range t.Vetoes {
		name := fmt.Sprintf("%svetoes.%d", at, n)
		c.That(validCode(v.Code) && text(v.Text, maxStem), name, "form", "否决项不正确")
		c.That(!seen["veto "+v.Code], name, "repeated", "否决项编号重复")
		seen["veto "+v.Code] = true
	}
}

// maxMakers bounds each list of a task's makers.
const maxMakers = 50

func (m TaskMakers) check(c *errs.Check, at string) {
	for _, list := range []struct {
		name   string
		people []engine.PersonID
	}{{"authors", m.Authors}, {"reviewers", m.Reviewers}, {"consenters", m.Consenters}} {
		sound := len(list.people) <= maxMakers
		for _, p := range list.people {
			sound = sound && validCode(string(p))
		}
		c.That(sound, at+list.name, "form", fmt.Sprintf("命题、审题、同意入库的人员各不超过%d名，写人员编号", maxMakers))
	}
	c.That(m.reviewedOwn() == "", at+"reviewers", "own", "审题人不能是本题的命题人")
}

func (k Criterion) check(c *errs.Check, at string) {
	c.That(validCode(k.No), at+"no", "form", "序号不正确")
	c.That(text(k.Text, maxStem) && printable(k.Section), at+"text", "form", "评分内容不正确")
	c.That(k.Points > 0, at+"points", "range", "分值应大于0")
	highest, seen := engine.Points(0), map[engine.Points]bool{}
	for _, l := range k.Levels {
		c.That(l.Points >= 0 && l.Points <= k.Points && !seen[l.Points] && text(l.Text, maxStem), at+"levels", "form", "分档不正确或重复")
		seen[l.Points], highest = true, max(highest, l.Points)
	}
	c.That(len(k.Levels) == 0 || highest == k.Points, at+"levels", "top", "最高档应等于该项分值")
}
