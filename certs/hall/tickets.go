package hall

import (
	"fmt"

	"github.com/skillcert/skillcert/certs/pdf"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/sitting"
)

// Four tickets stand on a page, each the size of A6.
const (
	cardWide  = pdf.BookWidth / 2
	cardTall  = pdf.BookHeight / 2
	cardEdge  = 8.0
	photoWide = 25.0
	photoTall = 35.0
	perPage   = 4
)

// tickets sets the admission tickets (准考证), to be cut along the broken lines.
func (j *job) tickets() {
	var l *pdf.Leaf
	for i, s := range j.Seats {
		n := i % perPage
		if n == 0 {
			l = j.book.Add()
			l.Dashes(cardWide, 4, cardWide, pdf.BookHeight-4, 1.2)
			l.Dashes(4, cardTall, pdf.BookWidth-4, cardTall, 1.2)
		}
		j.card(card{l, cardWide * float64(n%2), cardTall * float64(n/2)}, s)
	}
}

// notTaken stands for the place of a part whose pass is kept.
const notTaken = "不考本科（成绩保留）"

// card is where a ticket stands.
type card struct {
	leaf *pdf.Leaf
	x, y float64
}

func (j *job) card(c card, s sitting.SheetSeat) {
	const inner = cardWide - 2*cardEdge
	middle := c.x + cardWide/2
	j.fit(c.leaf, j.Body, inner, pdf.Text{X: middle, Y: c.y + 11, At: pdf.Centred, Size: 9.5})
	j.text(c.leaf, "准 考 证", pdf.Text{X: middle, Y: c.y + 20, At: pdf.Centred, Size: 18, Bold: true})
	j.badge(c.leaf, c.x+cardWide-cardEdge, c.y+20)
	j.portrait(c, s.Photo)
	theory, practical := j.Session.Theory, j.Session.Practical
	room, at := j.Room.Name+"　"+seatOf(s), j.when(theory.Opens, theory.Closes)
	if !s.Takes(engine.Theory) {
		room, at = notTaken, "—"
	}
	station, then := j.station(s), j.when(practical.Opens, practical.Closes)
	if !s.Takes(engine.Practical) {
		station, then = notTaken, "—"
	}
	beside := inner - photoWide - 3
	y := c.y + 30
	for _, f := range []field{{"姓　　名", s.Name, 14, true, beside}, {"准考证号", spaced(s.Ticket), 12, true, beside}, {"证件号码", s.ID, 10, false, beside},
		{"职　　业", engine.LongTermCare().Title(), 9.5, false, beside}, {"等　　级", levelName(j.Session.Level), 10, false, beside},
		{"场　　次", j.Session.Name, 10, false, inner}, {"理论考场", room, 11.5, true, inner},
		{"考试时间", at, 10.5, true, inner}, {"技能考核", station, 10, false, inner},
		{"考核时间", then, 10, false, inner}} {
		j.field(c, f, y)
		y += 8.2
	}
	j.rules(c, y+1)
}

// seatOf is the seat, with its computer where that has a name.
func seatOf(s sitting.SheetSeat) string {
	if s.Machine == "" {
		return fmt.Sprintf("%d 号", s.No)
	}
	return fmt.Sprintf("%d 号（机器 %s）", s.No, s.Machine)
}

// station is where the practical component is taken.
func (j *job) station(s sitting.SheetSeat) string {
	for _, r := range j.Session.Rooms {
		if r.ID == s.Station {
			return r.Name
		}
	}
	return "另行通知"
}

// field is a labelled value.
type field struct {
	label, value string
	size         float64
	bold         bool
	width        float64 // of both
}

func (j *job) field(c card, f field, y float64) {
	const label = 17.0
	j.text(c.leaf, f.label, pdf.Text{X: c.x + cardEdge, Y: y, Size: 9, Grey: 60})
	j.fit(c.leaf, f.value, f.width-label, pdf.Text{X: c.x + cardEdge + label, Y: y, Size: f.size, Bold: f.bold})
	c.leaf.Line(c.x+cardEdge+label, y+1.7, c.x+cardEdge+f.width, y+1.7, 0.1)
}

// portrait places the photo, or a frame for one. A file that cannot be printed leaves the frame: the ticket is needed all
// the same, and a photo can be glued on.
func (j *job) portrait(c card, file []byte) {
	x, y := c.x+cardWide-cardEdge-photoWide, c.y+25.5
	if len(file) > 0 {
		if p, err := j.book.Picture(file); err == nil {
			c.leaf.Portrait(p, x, y, photoWide, photoTall)
			c.leaf.Box(x-0.15, y-0.15, photoWide+0.3, photoTall+0.3, 0.3) // the picture covers what is inside
			return
		}
	}
	c.leaf.Box(x, y, photoWide, photoTall, 0.2)
	j.text(c.leaf, "照片", pdf.Text{X: x + photoWide/2, Y: y + photoTall/2 + 1, At: pdf.Centred, Size: 10, Grey: 110})
}

// rules are what to bring and how to behave.
func (j *job) rules(c card, y float64) {
	const size, step = 8.8, 4.0
	c.leaf.Line(c.x+cardEdge, y-3.5, c.x+cardWide-cardEdge, y-3.5, 0.3)
	j.text(c.leaf, "考生须知", pdf.Text{X: c.x + cardEdge, Y: y + 1, Size: 9, Bold: true})
	y += step + 1.4
	for i, sentence := range []string{
		"带本准考证和本人有效身份证件原件，" + j.arrival(),
		"手机、手表等电子设备关机后放在指定处，不得带入座位。",
		"凭准考证号、证件号码后六位和考场公布的场次口令登录，按座位就座；机器有故障，举手报告监考员。",
		"违纪、冒名顶替的，取消考试资格。",
	} {
		for n, line := range j.wrap(sentence, size, cardWide-2*cardEdge-5) {
			if n == 0 {
				j.text(c.leaf, fmt.Sprintf("%d．", i+1), pdf.Text{X: c.x + cardEdge, Y: y, Size: size})
			}
			j.text(c.leaf, line, pdf.Text{X: c.x + cardEdge + 5, Y: y, Size: size})
			y += step
		}
	}
}
