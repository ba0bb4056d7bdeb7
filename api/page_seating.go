package api

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs/archive"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// SheetPress prints the papers that a room is run with, and the report on a session. Safe for concurrent use. The same Sheet
// gives the same bytes.
type SheetPress interface {
	Print(s *sitting.Sheet) ([]byte, error)
	Report(r *archive.Report, zone *time.Location) ([]byte, error)
}

func (s *Server) seatingPages() []route {
	return []route{
		page("/sessions/:id/rooms/:room/seats", authz.PlanWrite, again(s.seatingPage).first).also(authz.RoomRun),
		page("/sessions/:id/rooms/:room/sheets/:kind.pdf", authz.PlanWrite, s.downloadSheet).also(authz.RoomRun),
		form("/sessions/:id/rooms/:room/moves", authz.RoomRun, s.moveForm),
		form("/sessions/:id/rooms/:room/late-admissions", authz.PlanWrite, s.admitForm),
	}
}

// downloadSheet prints one paper of a room. Candidates have no way to their own ticket: they sign in with the code that
// the room shows, so the office prints and hands out.
func (s *Server) downloadSheet(c *fiber.Ctx) error {
	if s.Sheets == nil {
		return errNoPage
	}
	want := sitting.SheetWanted{Kind: sitting.SheetKind(c.Params("kind")), From: c.QueryInt("from", 1)}
	sheet, err := s.Sittings.Sheet(c.UserContext(), caller(c), sessionParam(c), roomParam(c), want)
	if err != nil {
		return err
	}
	file, err := s.Sheets.Print(sheet)
	if err != nil {
		return err
	}
	return sendSheet(c, sheet, want, file)
}

func sendSheet(c *fiber.Ctx, sheet *sitting.Sheet, want sitting.SheetWanted, file []byte) error {
	name := fmt.Sprintf("%s-%s", sheet.Room.ID, want.Kind)
	if want.Kind == sitting.SheetTickets {
		name += fmt.Sprintf("-%d", want.From)
	}
	c.Set(fiber.HeaderContentType, typePDF)
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf("attachment; filename=%q", name+".pdf"))
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(file)
}

func (s *Server) seatingPage(c *fiber.Ctx, p *web.Problem) error {
	return s.showSeating(c, p, web.SeatingTyped{})
}

// showSeating shows the plan, and what was typed into a form that was refused.
func (s *Server) showSeating(c *fiber.Ctx, p *web.Problem, typed web.SeatingTyped) error {
	v, err := s.seatingView(c.UserContext(), caller(c), sessionParam(c), roomParam(c))
	if err != nil {
		return err
	}
	v.Problem, v.Typed = p, typed
	return s.show(c, "seating", v)
}

func (s *Server) seatingView(ctx context.Context, by authz.Principal, id sitting.SessionID, room sitting.RoomID) (web.SeatingView, error) {
	sheet, err := s.Sittings.Seated(ctx, by, id, room)
	if err != nil {
		return web.SeatingView{}, err
	}
	n := sheet.Session
	v := web.SeatingView{Session: string(id), SessionName: n.Name, Room: string(room), Name: sheet.Room.Name, Level: n.Level, Opens: n.Theory.Opens,
		Pairs: pairsOf(n, room), MayAdmit: by.Can(authz.PlanWrite) && !sheet.Times.Over(sheet.Now)}
	progress, err := s.Exams.Progress(ctx, by, id)
	if err != nil {
		return web.SeatingView{}, err
	}
	v.Plan = planOf(sheet, progress)
	if !sheet.Times.Paused { // else it moves on with the clock
		v.Closes = sheet.Times.Closes
	}
	if sheet.Late.Before(n.Theory.Closes) {
		v.Late = sheet.Late
	}
	v.Counts, v.Missing = arrivals(sheet, progress)
	if s.Sheets != nil && len(sheet.Seats) > 0 {
		v.Papers = sheetLinks(sheet)
	}
	if v.MayMove, err = s.watches(ctx, by, id, room); err != nil {
		return web.SeatingView{}, err
	}
	if v.MayMove {
		v.Movable, v.Free = movable(sheet)
	}
	if by.Can(authz.RoomRead) {
		v.Console = roomAddress(id, room)
	}
	return v, nil
}

func roomAddress(id sitting.SessionID, room sitting.RoomID) string {
	return "/sessions/" + string(id) + "/rooms/" + string(room)
}

// stateOf is what a plan says of a candidate's seat; what is wrong at the paper is for the console.
func stateOf(t *sitting.Seat, absent bool, p theory.Progress) web.SeatState {
	switch {
	case !t.Voided.IsZero():
		return web.SeatVoided
	case !t.Takes(engine.Theory):
		return web.SeatExempt
	case absent:
		return web.SeatAbsent
	case t.CheckedIn.IsZero():
		return web.SeatExpected
	case t.Released.IsZero():
		return web.SeatCheckedIn
	case p.State == theory.InProgress:
		return web.SeatSitting
	case p.State == theory.Submitted, p.State == theory.Marked:
		return web.SeatSubmitted
	}
	return web.SeatReleased
}

// emptyState is what a plan says of a seat that no candidate of the session has.
func emptyState(n *sitting.Session, r sitting.Room, no int) web.SeatState {
	switch {
	case !r.Has(no):
		return web.HallOther
	case n.GivenUp(r.ID, no):
		return web.HallOut
	case r.Kept(no):
		return web.HallKept
	}
	return web.SeatEmpty
}

// drawHall puts the cells of a room into rows as they stand.
func drawHall(r sitting.Room, cell func(no int) web.HallCell) (rows [][]web.HallCell) {
	wide := r.Columns
	if wide == 0 {
		wide = min(r.Capacity, narrowHall)
	}
	for no := 1; no <= r.Capacity; no++ {
		if (no-1)%wide == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], cell(no))
	}
	return rows
}

// narrowHall is how many seats of a room that does not say how wide it is, are drawn side by side.
const narrowHall = 8

func planOf(sheet *sitting.Sheet, progress map[sitting.Ticket]theory.Progress) web.HallPlan {
	n, r, tied := sheet.Session, sheet.Room, tiedIn(sheet.Session, sheet.Room.ID)
	cells := map[int]web.HallCell{}
	for _, t := range sheet.Seats {
		cells[t.No] = web.HallCell{No: t.No, State: stateOf(t.Seat, t.Absent, progress[t.Ticket]), Name: t.Name, Machine: t.Machine, Tied: tied[t.No]}
	}
	return web.HallPlan{Name: r.Name, Names: true, Rows: drawHall(r, func(no int) web.HallCell {
		if cell, ok := cells[no]; ok {
			return cell
		}
		return web.HallCell{No: no, State: emptyState(n, r, no), Machine: r.Machine(no)}
	})}
}

// plans are the theory rooms of a session, drawn without names.
func (l *look) plans() (all []web.HallPlan) {
	if len(l.seats) == 0 {
		return nil
	}
	for _, r := range l.session.Rooms {
		if r.Component != engine.Theory {
			continue
		}
		cells, tied := map[int]web.HallCell{}, tiedIn(l.session, r.ID)
		for _, t := range l.seats {
			if t.Room == r.ID {
				cells[t.No] = web.HallCell{No: t.No, State: stateOf(t, t.AbsentAt(l.session, l.rules, l.now), l.progress[t.Ticket]), Tied: tied[t.No]}
			}
		}
		all = append(all, web.HallPlan{Name: r.Name, Href: roomAddress(l.session.ID, r.ID) + "/seats", Rows: drawHall(r, func(no int) web.HallCell {
			if cell, ok := cells[no]; ok {
				return cell
			}
			return web.HallCell{No: no, State: emptyState(l.session, r, no)}
		})})
	}
	return all
}

// pairsOf are the neighbours in a room whom the plan could not keep apart and who still sit there.
func pairsOf(n *sitting.Session, room sitting.RoomID) (all []web.PairRow) {
	for _, p := range n.Beside {
		if p.Room == room && !n.GivenUp(room, p.No) && !n.GivenUp(room, p.Next) {
			all = append(all, web.PairRow{No: p.No, Next: p.Next, Tie: p.Tie})
		}
	}
	return all
}

func tiedIn(n *sitting.Session, room sitting.RoomID) map[int]bool {
	tied := map[int]bool{}
	for _, p := range pairsOf(n, room) {
		tied[p.No], tied[p.Next] = true, true
	}
	return tied
}

// arrived counts who has come to a room, "" for all of the session.
func (l *look) arrived(room sitting.RoomID) (row web.RoomRow) {
	for _, t := range l.seats {
		if room == "" || t.Room == room || t.Station == room {
			add(&row, t, stateOf(t, t.AbsentAt(l.session, l.rules, l.now), l.progress[t.Ticket]))
		}
	}
	return row
}

func add(row *web.RoomRow, t *sitting.Seat, state web.SeatState) {
	if state == web.SeatExempt {
		return // not due here
	}
	row.Seated++
	if !t.CheckedIn.IsZero() {
		row.Checked++
	}
	if !t.Released.IsZero() {
		row.Released++
	}
	switch state {
	case web.SeatAbsent:
		row.Absent++
	case web.SeatSitting:
		row.Sitting++
	}
}

// handedIn counts the papers of a room that are in.
func (l *look) handedIn(room sitting.RoomID) (n int) {
	for _, t := range l.seats {
		if p := l.progress[t.Ticket]; t.Room == room && (p.State == theory.Submitted || p.State == theory.Marked) {
			n++
		}
	}
	return n
}

// arrivals counts who has come to the room of a sheet, and names who has not once it has opened.
func arrivals(sheet *sitting.Sheet, progress map[sitting.Ticket]theory.Progress) (row web.RoomRow, missing []web.MissingRow) {
	opened := !sheet.Now.Before(sheet.Session.Theory.Opens.Add(-sitting.CheckInLead))
	for _, t := range sheet.Seats {
		state := stateOf(t.Seat, t.Absent, progress[t.Ticket])
		add(&row, t.Seat, state)
		if opened && state != web.SeatExempt && t.CheckedIn.IsZero() && t.Voided.IsZero() {
			missing = append(missing, web.MissingRow{No: t.No, Name: t.Name, Ticket: string(t.Ticket), State: state, Admitted: t.Admitted})
		}
	}
	return row, missing
}

func sheetLinks(sheet *sitting.Sheet) (all []web.SheetLink) {
	base := roomAddress(sheet.Session.ID, sheet.Room.ID) + "/sheets/"
	last := sheet.Seats[len(sheet.Seats)-1].No
	for _, kind := range sitting.SheetKinds() {
		link := web.SheetLink{Key: string(kind), Href: base + string(kind) + ".pdf"}
		if kind != sitting.SheetTickets || last <= sitting.MostTickets {
			all = append(all, link)
			continue
		}
		for _, from := range sheet.Room.Tickets() {
			if from <= last {
				all = append(all, web.SheetLink{Key: link.Key, Href: fmt.Sprintf("%s?from=%d", link.Href, from), From: from, To: min(from+sitting.MostTickets-1, last)})
			}
		}
	}
	return all
}

// movable are who may be moved, and where to.
func movable(sheet *sitting.Sheet) (who, free []web.Choice) {
	taken := map[int]bool{}
	for _, t := range sheet.Seats {
		taken[t.No] = true
		if t.Voided.IsZero() {
			who = append(who, web.Choice{Value: string(t.Ticket), Label: fmt.Sprintf("%d　%s", t.No, t.Name)})
		}
	}
	for no := 1; no <= sheet.Room.Capacity; no++ {
		if sheet.Room.Has(no) && !taken[no] && !sheet.Session.GivenUp(sheet.Room.ID, no) {
			free = append(free, web.Choice{Value: strconv.Itoa(no), Label: strings.TrimSpace(fmt.Sprintf("%d　%s", no, sheet.Room.Machine(no)))})
		}
	}
	return who, free
}

func (s *Server) moveForm(c *fiber.Ctx) error {
	no, _ := strconv.Atoi(field(c, "no")) // what is no number is no seat either
	move := sitting.Relocation{Room: roomParam(c), Ticket: ticketField(c), No: no, Reason: field(c, "reason")}
	seat, err := s.Sittings.Move(c.UserContext(), caller(c), sessionParam(c), move)
	if err != nil {
		return s.refuseMove(c, err, move)
	}
	if field(c, "from") == "console" {
		return s.seatDone(c, seat, "moved", seat.No)
	}
	return s.seatedDone(c, seat, "moved", seat.No)
}

// refuseMove shows the form that the move came from again.
func (s *Server) refuseMove(c *fiber.Ctx, err error, move sitting.Relocation) error {
	if field(c, "from") == "console" {
		return s.refuseRoom(c, err, web.RoomDialog{Name: "moves", No: field(c, "no"), Text: move.Reason})
	}
	return s.refuseSeating(c, err, web.SeatingTyped{Ticket: string(move.Ticket), No: field(c, "no"), Reason: move.Reason})
}

func (s *Server) admitForm(c *fiber.Ctx) error {
	t, reason := ticketField(c), field(c, "reason")
	seat, err := s.Sittings.AdmitLate(c.UserContext(), caller(c), sessionParam(c), t, reason)
	if err != nil {
		return s.refuseSeating(c, err, web.SeatingTyped{Ticket: string(t), Reason: reason})
	}
	return s.seatedDone(c, seat, "admitted-late")
}

func (s *Server) refuseSeating(c *fiber.Ctx, err error, typed web.SeatingTyped) error {
	return s.refuse(c, err, func(c *fiber.Ctx, p *web.Problem) error { return s.showSeating(c, p, typed) })
}

func (s *Server) seatedDone(c *fiber.Ctx, seat *sitting.Seat, key string, more ...any) error {
	person, err := s.Registry.Named(c.UserContext(), seat.Candidate)
	if err != nil {
		return err
	}
	return s.done(c, roomHref(c)+"/seats", key, append([]any{person.Name}, more...)...)
}

// SeatMove gives a candidate another seat of the room, and says why.
type SeatMove struct {
	Ticket sitting.Ticket `json:"ticket"`
	No     int            `json:"no"`
	Reason string         `json:"reason"`
}

// LateAdmission lets a candidate be checked in after the late limit, and says why.
type LateAdmission struct {
	Ticket sitting.Ticket `json:"ticket"`
	Reason string         `json:"reason"`
}

func (s *Server) moveSeat(c *fiber.Ctx) error {
	var in SeatMove
	if err := decode(c, &in); err != nil {
		return err
	}
	move := sitting.Relocation{Room: roomParam(c), Ticket: in.Ticket, No: in.No, Reason: in.Reason}
	seat, err := s.Sittings.Move(c.UserContext(), caller(c), sessionParam(c), move)
	return give(c, seat, err, viewSeat)
}

func (s *Server) admitLate(c *fiber.Ctx) error {
	var in LateAdmission
	if err := decode(c, &in); err != nil {
		return err
	}
	seat, err := s.Sittings.AdmitLate(c.UserContext(), caller(c), sessionParam(c), in.Ticket, in.Reason)
	return give(c, seat, err, viewSeat)
}
