package preview

import (
	"fmt"
	"slices"
	"time"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/authz"
)

// rooms are consoles: of an invigilator on duty, of one who looks on, of the exam office over all rooms.
func rooms(now time.Time) []Sample {
	runs, office := staff("宋知微", authz.Invigilator, ""), staff("韦清和", authz.ExamOffice, "/office")
	refused, asked, all, looks, early := roomView(now), roomView(now), roomView(now), roomView(now), roomView(now)
	early.Opens, early.Closes, early.CheckInFrom = now.AddDate(0, 0, 24), now.AddDate(0, 0, 24).Add(90*time.Minute), now.AddDate(0, 0, 24).Add(-time.Hour)
	early.Dialog = web.RoomDialog{Name: "extension"}
	refused.Dialog = web.RoomDialog{Name: "extension", At: &refused.Seats[0], Minutes: "90", Text: "断电", Problem: &web.Problem{Code: "proceedings.invalid", Detail: "填写的内容不正确",
		Fields: []web.FieldProblem{{Name: "minutes", Code: "range", Detail: "应为1至30分钟"}}}}
	asked.Dialog = web.RoomDialog{Name: "seat", At: &asked.Seats[1]}
	asked.Shown = web.RoomShown{Filter: "attention", Sort: "seat"}
	all.Closes, all.Lockdown = time.Time{}, true // paused
	all.Room, all.Name, all.Code, all.MayRun, all.Roomwide = "", "", "", false, true
	all.Stopped, all.Pauses = true, []web.PauseRow{{At: now.Add(-9 * time.Minute), Href: "/sessions/s1/rooms?do=resumption"}, {Room: "第一考场", At: now.Add(-3 * time.Minute), Href: "/sessions/s1/rooms/r1?do=resumption"}}
	all.Maps = append(all.Maps, web.RoomMap{Room: "r2", Name: "第二考场", Columns: 6, Seats: []web.SeatView{{No: 1, State: web.SeatEmpty}, {No: 2, State: web.HallKept}, {No: 3, State: web.HallOut}, {No: 4, State: web.HallOther}}})
	for i := range all.Seats {
		all.Seats[i].RoomName, all.Seats[i].IDTail = "第一考场", ""
	}
	looks.Pauses = []web.PauseRow{{At: now.Add(-9 * time.Minute)}}
	looks.Code, looks.MayRun, looks.MayOrder, looks.Rooms, looks.Lines = "", false, false, nil, nil
	for i := range looks.Seats {
		looks.Seats[i].Ticket, looks.Seats[i].IDTail = "", ""
	}
	return []Sample{
		{Name: "room", Page: "room", User: runs, Said: &web.Notice{Key: "checked-in", Args: []any{RareName}}, Body: roomView(now)},
		{Name: "room-refused", Page: "room", User: runs, Body: refused},
		{Name: "room-seat", Page: "room", User: runs, Body: asked},
		{Name: "room-all", Page: "room", User: office, Body: all},
		{Name: "room-early", Page: "room", User: office, Body: early},
		{Name: "room-looks", Page: "room", User: staff("祁望", authz.Supervisor, ""), Body: looks},
	}
}

// roomView is a room with a seat in every state.
func roomView(now time.Time) web.RoomView { return roomOf(now, 14) }

// LargeRoom is a hall with so many seats, for measuring.
func LargeRoom(now time.Time, seats int) web.RoomView { return roomOf(now, seats) }

func roomOf(now time.Time, seats int) web.RoomView {
	v := web.RoomView{Session: "s1", Room: "r1", SessionName: sessionName, Name: "第一考场", Level: 5, Opens: now.Truncate(time.Hour), Most: 30, Last: 4, Key: "k",
		Closes: now.Truncate(time.Hour).Add(90 * time.Minute), Code: "4827", MayRun: true, MayOrder: true, MayRelease: true, Lines: roomLines(now),
		Rooms: []web.RoomLink{{Href: "/sessions/s1/rooms"}, {Name: "第一考场", Href: "/sessions/s1/rooms/r1", Current: true}, {Name: "第二考场", Href: "/sessions/s1/rooms/r2"}}}
	for no := 1; no <= seats; no++ {
		if seat := roomSeat(now, no); seat.State != web.SeatEmpty {
			v.Count(seat)
			v.Seats = append(v.Seats, seat)
		}
	}
	plan := web.RoomMap{Room: "r1", Name: "第一考场", Columns: 8, Seats: slices.Clone(v.Seats)}
	plan.Seats = append(plan.Seats, web.SeatView{No: seats + 1, State: web.SeatEmpty})
	v.Maps = []web.RoomMap{plan}
	slices.SortFunc(v.Seats, web.Worse)
	return v
}

func roomSeat(now time.Time, no int) web.SeatView {
	names, states := []string{RareName, "钟离雪", LongName, "万俟晨", Latin, "尉迟明月", "欧阳清", "苗禾"}, web.SeatStates()
	ticket := fmt.Sprintf("26120000010%03d", no)
	s := web.SeatView{Key: ticket, Room: "r1", No: no, Ticket: ticket, Name: names[no%len(names)], IDTail: "02123X", State: states[(no-1)%len(states)], Total: 100}
	switch s.State {
	case web.SeatExpected, web.SeatAbsent, web.SeatCheckedIn:
		s.Total = 0
		return s
	case web.SeatVoided:
		s.Note = "传递纸条"
		return s
	case web.SeatReleased:
		s.Closes = now.Add(81 * time.Minute)
		return s
	}
	s.Answered, s.Question, s.Heard, s.Closes = no*7%100, no*7%100+1, now.Add(-time.Duration(no%9)*time.Second), now.Add(81*time.Minute+time.Duration(no)*time.Second)
	switch s.State {
	case web.SeatLost, web.SeatTrouble:
		s.Heard = now.Add(-time.Duration(40+no) * time.Second)
	case web.SeatPaused:
		s.Closes, s.Left, s.Paused, s.OwnPause = time.Time{}, 4860*time.Second, true, true
	case web.SeatMachine:
		s.Machine, s.Windows = true, 1
	case web.SeatSubmitted:
		s.Question, s.Closes = 0, time.Time{}
	case web.SeatSitting:
		s.FocusLost, s.Away, s.Lately = no%3, no%5 == 4, no%3 == 2
	}
	if s.State == web.SeatTrouble {
		s.Locked, s.Machine = true, true
	}
	if s.State == web.SeatLost || s.State == web.SeatUnsaved {
		s.Unsaved = 3
	}
	return s
}

func roomLines(now time.Time) []web.LineRow {
	return []web.LineRow{
		{At: now.Add(-time.Second), Kind: "readmitted", Room: "第一考场", Seat: 4, Who: Latin, Text: "电脑死机"},
		{At: now.Add(-2 * time.Second), Kind: "moved", Room: "第一考场", Seat: 7, Who: RareName, From: 3, To: 7, Text: "机器故障", By: "宋知微", Role: authz.Invigilator},
		{At: now.Add(-3 * time.Second), Kind: "filed", Room: "第一考场", Seat: 5, Who: LongName, Code: "K7QM-2XHP", Text: "交换机断电", By: "宋知微", Role: authz.Invigilator},
		{At: now.Add(-4 * time.Second), Kind: "lockdown-on", Text: "省里统一要求", By: "韦清和", Role: authz.ExamOffice},
		{At: now.Add(-time.Minute), Kind: "paused", Room: "第一考场", Seat: 3, Who: LongName, Text: "考生身体不适", By: "宋知微", Role: authz.Invigilator},
		{At: now.Add(-9 * time.Minute), Kind: "extended", Room: "第一考场", Minutes: 10, Text: "网络中断耽误时间", By: "宋知微", Role: authz.Invigilator},
		{At: now.Add(-12 * time.Minute), Kind: "announced", Text: "请保持安静", By: "韦清和", Role: authz.ExamOffice},
	}
}
