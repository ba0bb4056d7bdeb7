package paper

import (
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/questionbank"
)

// Questions prints the question paper: the cover, then the items by type with their instructions.
func (p *Printer) Questions(w Paper) ([]byte, error) {
	const what = "理论知识试卷"
	j, err := p.begin(&w, what)
	if err != nil {
		return nil, err
	}
	j.cover()
	f := &flow{job: j, style: j.body()}
	for n, s := range j.sections() {
		head := f.heading(n, s)
		for i, a := range s {
			f.put(append(head, f.item(a)...), itemGap*f.style.em())
			head = nil
			if j.err != nil {
				return nil, fmt.Errorf("第%d题 %s: %w", s[i].no, a.line.Code, j.err)
			}
		}
	}
	j.frame(what, true)
	return j.file()
}

// itemGap stands between two items, in ems.
const itemGap = 0.45

// sections are the runs of one type, in the order of the form.
func (j *job) sections() (all [][]asked) {
	for i, a := range j.items {
		if i == 0 || j.items[i-1].item.Type != a.item.Type {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], a)
	}
	return all
}

// typeNames name the types as a heading does.
func typeName(t questionbank.ItemType) string {
	switch t {
	case questionbank.Multiple:
		return "多项选择题"
	case questionbank.Judgement:
		return "判断题"
	}
	return "单项选择题"
}

func (j *job) typeTask(t questionbank.ItemType) string {
	switch t {
	case questionbank.Multiple:
		return "每题有两个或两个以上正确答案，将答题卡上相应的字母全部涂满；" + credit(j.Blueprint.CreditRule())
	case questionbank.Judgement:
		return "正确的在答题卡上涂满“√”，错误的涂满“×”"
	}
	return "选择一个正确的答案，将答题卡上相应的字母涂满"
}

// credit tells candidates what an incomplete answer earns.
func credit(c questionbank.Credit) string {
	if c == questionbank.PartialRight {
		return "全部选对得满分，少选且无错选的按选对的比例得分，有错选的不得分"
	}
	return "多选、少选、错选均不得分"
}

// ordinal counts the sections.
func ordinal(n int) string {
	words := []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十"}
	if n < len(words) {
		return words[n]
	}
	return fmt.Sprint(n + 1)
}

// span names the items of a section.
func (j *job) numbers(s []asked) string {
	if len(s) == 1 {
		return fmt.Sprintf("第%d题", s[0].no)
	}
	return fmt.Sprintf("第%d题～第%d题", s[0].no, s[len(s)-1].no)
}

// worth says what a section earns.
func (j *job) worth(s []asked) string {
	each := j.Blueprint.PointsOf(s[0].item.Type)
	return fmt.Sprintf("每题%s分，满分%s分", each, each*engine.Points(len(s)))
}

// heading sets the title and the instructions of a section: its ordinal hangs before them.
func (f *flow) heading(n int, s []asked) []row {
	t := s[0].item.Type
	number, bold := ordinal(n)+"、", look{bold: true}
	w := f.width(number, true, f.style.size)
	text := fmt.Sprintf("<strong>%s</strong>（%s。%s。%s。）", typeName(t), f.numbers(s), f.typeTask(t), f.worth(s))
	rows := f.rows(text, f.style, w, measure-w)
	rows[0].pieces = append([]piece{{w: w, text: number, look: bold}}, rows[0].pieces...)
	space := row{height: 0.5 * f.style.em()}
	return append(append([]row{space}, rows...), space)
}

// item sets one item: its number hangs before the stem, the options stand below.
func (f *flow) item(a asked) []row {
	indent := f.width(fmt.Sprintf("%d．", len(f.items)), false, f.style.size)
	number := fmt.Sprintf("%d．", a.no)
	w := f.width(number, false, f.style.size)
	rows := f.rows(a.item.Stem, f.style, indent, measure-indent)
	if len(rows) > 0 {
		rows[0].pieces = append([]piece{{x: indent - w, w: w, text: number}}, rows[0].pieces...)
	}
	if a.item.Type == questionbank.Judgement {
		return rows
	}
	return append(rows, f.options(a, indent, measure-indent)...)
}

// options sets the options in the order shown: four, two or one on a line, whatever lets each keep to its line.
func (f *flow) options(a asked, x, width float64) (out []row) {
	lead := 0.0
	for place := range a.line.Options {
		lead = max(lead, f.width(a.label(place)+"．", false, f.style.size))
	}
	across := f.across(a, width, lead)
	step := width / float64(across)
	for from := 0; from < len(a.line.Options); from += across {
		var side []row
		for place := from; place < min(from+across, len(a.line.Options)); place++ {
			at := x + step*float64(place-from)
			cell := f.rows(a.item.Options[a.line.Options[place]], f.style, at+lead, step-lead)
			if len(cell) > 0 {
				label := a.label(place) + "．"
				cell[0].pieces = append([]piece{{x: at, w: lead, text: label}}, cell[0].pieces...)
			}
			side = beside(side, cell)
		}
		out = append(out, side...)
	}
	return out
}

// across is how many options stand on a line.
func (f *flow) across(a asked, width, lead float64) int {
	widest := 0.0
	for _, o := range a.item.Options {
		w, ok := f.natural(o, f.style)
		if !ok {
			return 1
		}
		widest = max(widest, w)
	}
	for _, n := range []int{4, 2} {
		if lead+widest+2*f.style.em() <= width/float64(n) {
			return n
		}
	}
	return 1
}

// beside joins rows that stand side by side, on a common baseline.
func beside(a, b []row) []row {
	for i, r := range b {
		if i == len(a) {
			a = append(a, r)
			continue
		}
		below := max(a[i].height-a[i].base, r.height-r.base)
		a[i].base = max(a[i].base, r.base)
		a[i].height = a[i].base + below
		a[i].pieces = append(a[i].pieces, r.pieces...)
	}
	return a
}
