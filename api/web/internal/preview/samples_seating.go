package preview

import (
	"fmt"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
)

// hallPlan is a room of 24 seats in every state.
func hallPlan(names bool) web.HallPlan {
	p := web.HallPlan{Name: "第一考场", Names: names}
	people, states := []string{RareName, LongName, Latin, "钟离雪"}, web.HallStates()
	for no := 1; no <= 24; no++ {
		if (no-1)%6 == 0 {
			p.Rows = append(p.Rows, nil)
		}
		cell := web.HallCell{No: no, State: states[(no-1)%len(states)], Machine: fmt.Sprintf("A%02d", no), Tied: no == 1 || no == 2}
		if states[(no-1)%len(states)] != web.SeatEmpty && (no-1)%len(states) < 5 {
			cell.Name = people[no%len(people)]
		}
		p.Rows[len(p.Rows)-1] = append(p.Rows[len(p.Rows)-1], cell)
	}
	return p
}

func seatingView(now time.Time) web.SeatingView {
	v := web.SeatingView{Session: "s1", SessionName: sessionName, Room: "r1", Name: "第一考场", Level: 5, Opens: now, Closes: now.Add(90 * time.Minute), Late: now.Add(30 * time.Minute),
		Plan: hallPlan(true), Counts: web.RoomRow{Seated: 38, Checked: 34, Released: 30, Absent: 2}, MayMove: true, MayAdmit: true, Console: "/sessions/s1/rooms/r1",
		Pairs:   []web.PairRow{{No: 1, Next: 2, Tie: "kin"}, {No: 3, Next: 9, Tie: "class"}},
		Movable: []web.Choice{{Value: "26120000010007", Label: "7　" + LongName}}, Free: []web.Choice{{Value: "23", Label: "23　A23"}},
		Missing: []web.MissingRow{{No: 4, Name: LongName, Ticket: "26120000010004", State: web.SeatAbsent}, {No: 9, Name: RareName, Ticket: "26120000010009", State: web.SeatExpected, Admitted: now}}}
	for i, key := range []string{"tickets", "tickets", "door", "register", "record", "labels"} {
		link := web.SheetLink{Key: key, Href: "/sessions/s1/rooms/r1/sheets/" + key + ".pdf"}
		if i < 2 {
			link.From, link.To = 1+60*i, 60+60*i
		}
		v.Papers = append(v.Papers, link)
	}
	return v
}

func retakes() web.RetakesView {
	on, until := clock.Date{Year: 2026, Month: 3, Day: 2}, clock.Date{Year: 2027, Month: 3, Day: 1}
	row := web.RetakeRow{Ticket: "26120000010007", Name: LongName, Only: engine.Practical, Passes: []web.PassRow{
		{Level: 5, Component: engine.Theory, Session: sessionName, On: on, Until: until, Left: 1}}}
	return web.RetakesView{Session: "s1", SessionName: sessionName, Level: 5, Open: true, Ticket: "26120000010008", Rows: []web.RetakeRow{row},
		Asked: &web.RetakeRow{Ticket: "26120000010008", Name: RareName, Passes: []web.PassRow{
			{Level: 5, Component: engine.Theory, Session: sessionName, On: on, Until: until, Lapse: "used"}}}}
}

func seating(now time.Time) []Sample {
	office := staff("韦清和", authz.ExamOffice, "/office")
	refused := seatingView(now)
	refused.Problem = &web.Problem{Code: "seat.taken", Detail: "这个座位已有考生：23号"}
	refused.Typed = web.SeatingTyped{Ticket: "26120000010007", No: "23", Reason: "机器故障"}
	return []Sample{
		{Name: "seating", Page: "seating", User: office, Body: seatingView(now)},
		{Name: "seating-refused", Page: "seating", User: office, Body: refused},
		{Name: "retakes", Page: "retakes", User: office, Body: retakes()},
		{Name: "seating-empty", Page: "seating", User: office, Body: web.SeatingView{Session: "s1", SessionName: sessionName, Room: "r1", Name: "第一考场", Level: 5,
			Opens: now, Closes: now.Add(time.Hour), Plan: web.HallPlan{Name: "第一考场", Rows: [][]web.HallCell{{{No: 1, State: web.SeatEmpty}}}}, MayMove: true}},
	}
}
