package paper

import (
	"fmt"

	"github.com/skillcert/skillcert/certs/pdf"
)

// Key prints the key (标准答案): the right letters as this form shows them, and which item version each line is. It is
// secret until the sitting is over.
func (p *Printer) Key(w Paper) ([]byte, error) {
	const what = "理论知识标准答案（保密）"
	j, err := p.begin(&w, what)
	if err != nil {
		return nil, err
	}
	k := &flow{job: j, style: usual}
	k.open()
	k.title()
	for n, s := range j.sections() {
		k.section(n, s)
	}
	j.frame(what, false)
	return j.file()
}

// title heads the first page.
func (k *flow) title() {
	k.text(k.leaf, "标 准 答 案", pdf.Text{X: centre, Y: 26, At: pdf.Centred, Size: 20, Bold: true})
	k.text(k.leaf, k.subject()+"　理论知识", pdf.Text{X: centre, Y: 34, At: pdf.Centred, Size: 11})
	k.text(k.leaf, k.Sitting, pdf.Text{X: centre, Y: 40, At: pdf.Centred, Size: 9})
	k.badges(k.leaf, k.badge(k.leaf, "保密", bound+measure, 26, 12)-3, 26, 12)
	k.text(k.leaf, "试卷标识 "+Identity(k.Form), pdf.Text{X: bound, Y: 48, Size: 10.5, Bold: true})
	k.text(k.leaf, "试卷摘要 "+k.Form.Digest(), pdf.Text{X: bound, Y: 53, Size: 8})
	k.y = 58
}

// Measures of the table of answers.
const (
	keyAcross = 2
	keyStep   = 5.4
)

// section sets one type: number, letters, item and version, two lines side by side, read down the columns.
func (k *flow) section(n int, items []asked) {
	const head = 8.0
	title := fmt.Sprintf("%s、%s（%s。%s）", ordinal(n), typeName(items[0].item.Type), k.numbers(items), k.worth(items))
	for from := 0; from < len(items); {
		if k.room() < head+keyStep {
			k.open()
		}
		if from == 0 {
			k.text(k.leaf, title, pdf.Text{X: k.left(len(k.book.Leaves())), Y: k.y + 4, Size: 10.5, Bold: true})
			k.y += head
		}
		tall := min(int(k.room()/keyStep), (len(items)-from+keyAcross-1)/keyAcross)
		for i := from; i < min(from+tall*keyAcross, len(items)); i++ {
			k.line(items[i], (i-from)/tall, k.y+float64((i-from)%tall)*keyStep)
		}
		from += tall * keyAcross
		k.y += float64(tall)*keyStep + 3
	}
}

// line sets one answer in a column.
func (k *flow) line(a asked, column int, y float64) {
	const wide = measure / keyAcross
	x := k.left(len(k.book.Leaves())) + wide*float64(column)
	k.text(k.leaf, fmt.Sprint(a.no), pdf.Text{X: x + 8, Y: y + 4, At: pdf.ToRight, Size: 9})
	k.text(k.leaf, a.letters(), pdf.Text{X: x + 12, Y: y + 4, Size: 10.5, Bold: true})
	k.text(k.leaf, fmt.Sprintf("%s 第%d版　%s", a.line.Code, a.line.Version, a.item.Point), pdf.Text{X: x + 32, Y: y + 4, Size: smallest})
	k.leaf.Line(x, y+keyStep, x+wide-4, y+keyStep, 0.08)
}
