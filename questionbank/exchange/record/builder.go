package record

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/questionbank"
)

// Builder gathers the items of a file, completes them from the options and puts aside what the bank would refuse.
type Builder struct {
	Batch   Batch
	options Options
	codes   map[string]Place
}

// NewBuilder begins a batch.
func NewBuilder(name, format string, o Options) *Builder {
	return &Builder{Batch: Batch{Name: name, Format: format}, options: o, codes: map[string]Place{}}
}

// Drop names something that is left out.
func (b *Builder) Drop(at Place, what, why string) {
	b.Batch.Dropped = append(b.Batch.Dropped, Dropped{Place: at, What: what, Why: why})
}

// Refuse puts an item aside.
func (b *Builder) Refuse(problems ...Problem) {
	b.Batch.Problems = append(b.Batch.Problems, problems...)
}

// Take keeps a draft, or puts it aside with everything that is wrong with it.
func (b *Builder) Take(d Draft) {
	b.complete(&d)
	d.At.Item = d.Code
	problems := b.judge(d)
	if first, again := b.codes[d.Code]; again {
		problems = append(problems, Problem{Place: d.At, Field: "code", Found: d.Code, Code: CodeRepeated,
			Want: "未用过的编号，" + first.String() + "已用"})
	} else {
		b.codes[d.Code] = d.At
	}
	if len(problems) > 0 {
		b.Refuse(problems...)
		return
	}
	b.Batch.Drafts = append(b.Batch.Drafts, d)
}

func (b *Builder) complete(d *Draft) {
	o := b.options
	if d.Level == 0 {
		d.Level = o.Level
	}
	if d.Difficulty == 0 {
		d.Difficulty = o.Difficulty
	}
	if d.Seconds == 0 {
		d.Seconds = o.Seconds
	}
	d.Province, d.Point, d.Source = or(d.Province, o.Province), or(d.Point, o.Point), or(d.Source, o.Source)
	if d.Code == "" {
		d.Code = b.codeFor(d.ItemVersion)
	}
}

func or(s, absent string) string {
	if s == "" {
		return absent
	}
	return s
}

// codeFor makes a code out of what an item asks, so that the same file gives the same codes every time and an import
// that broke off can be sent again.
func (b *Builder) codeFor(v questionbank.ItemVersion) string {
	h := sha256.Sum256(fmt.Appendf(nil, "%s\n%q\n%q\n%s", v.Type, v.Stem, v.Options, v.Province))
	code := or(b.options.Prefix, "X-") + hex.EncodeToString(h[:8])
	for n := 2; ; n++ {
		if _, again := b.codes[code]; !again {
			return code
		}
		code = fmt.Sprintf("%s%s-%d", or(b.options.Prefix, "X-"), hex.EncodeToString(h[:8]), n)
	}
}

func (b *Builder) judge(d Draft) (problems []Problem) {
	put := func(field, code, want string) {
		problems = append(problems, Problem{Place: d.At, Field: field, Want: want, Code: code})
	}
	if o := b.options.Level; o.Valid() && d.Level != o {
		put("level", CodeLevel, o.String()+"，与所选等级一致")
	}
	missing := map[string]bool{"level": d.Level == 0, "point": d.Point == "", "difficulty": d.Difficulty == 0}
	for _, field := range []string{"level", "point", "difficulty"} {
		if missing[field] {
			put(field, CodeMissing, "文件中或导入时给出的值")
		}
	}
	var e *errs.Error
	if !errors.As(d.Validate(), &e) {
		return problems
	}
	for _, f := range e.Fields {
		if !missing[f.Name] {
			put(f.Name, CodeContent, f.Msg)
		}
	}
	return problems
}

var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$`)

// IsCode reports whether s can be the code of an item.
func IsCode(s string) bool { return codeForm.MatchString(s) }

// Found shortens what was found so that it can be shown.
func Found(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}
