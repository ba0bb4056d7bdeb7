package sitting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
)

// said writes happenings down shortly.
func said(all []sitting.Happening) string {
	var out []string
	for _, h := range all {
		where := string(h.Room)
		if h.Ticket != "" {
			where = "seat"
		}
		out = append(out, fmt.Sprintf("%s %s %d %d>%d %s %s by %s as %s", h.Kind, where, h.Minutes, h.From, h.To, h.Code, h.Text, h.By, h.Role))
	}
	return strings.Join(out, "\n")
}

// TestWhatHappenedInARoom: orders and what was decided about seats stand in one list, in time, with who did it.
func TestWhatHappenedInARoom(t *testing.T) {
	w := open(t)
	n, seats, one, _ := w.room()
	one.Name = "何秀英"
	chief := office
	chief.Name = "秦若兰"
	w.clock.Set(opens.Add(40 * time.Minute))
	late, here := seats[1], seats[0]
	_, err := w.sittings.AdmitLate(ctx, chief, n.ID, late.Ticket, "公交改道")
	must(t, err)
	w.clock.Advance(time.Minute)
	_, err = w.sittings.Extend(ctx, one, sitting.Order{Session: n.ID, Room: "t1", Minutes: 5, Text: "停电"})
	must(t, err)
	_, err = w.sittings.NoteIncident(ctx, one, sitting.Order{Session: n.ID, Room: "t1", Ticket: here.Ticket, Text: "机器坏了"})
	must(t, err)
	w.clock.Advance(time.Minute)
	_, err = w.sittings.Move(ctx, one, n.ID, sitting.Relocation{Room: here.Room, Ticket: here.Ticket, No: 20, Reason: "1号→2号：机器坏了"})
	must(t, err)
	w.clock.Advance(time.Minute)
	_, err = w.sittings.RecordFiling(ctx, one, sitting.Order{Session: n.ID, Room: "t1", Ticket: here.Ticket, Text: "核对码 K7QM-2XHP：断网"})
	must(t, err)
	_, err = w.sittings.NoteIncident(ctx, chief, sitting.Order{Session: n.ID, Room: "t2", Text: "窗外噪声"})
	must(t, err)
	want := strings.Join([]string{
		"admitted seat 0 0>0  公交改道 by 秦若兰 as exam_office",
		"extended t1 5 0>0  停电 by 何秀英 as invigilator",
		"incident seat 0 0>0  机器坏了 by 何秀英 as invigilator",
		fmt.Sprintf("moved seat 0 %d>20  1号→2号：机器坏了 by 何秀英 as invigilator", here.No),
		"filed seat 0 0>0 K7QM-2XHP 断网 by 何秀英 as invigilator"}, "\n")
	want = strings.ReplaceAll(want, "exam_office", string(authz.ExamOffice))
	sheet, err := w.sittings.Sheet(ctx, one, n.ID, "t1", sitting.SheetWanted{Kind: sitting.SheetRecord})
	must(t, err)
	if got := said(sheet.Lines); got != want {
		t.Errorf("the record says\n%s\nwant\n%s", got, want)
	}
	var sat []int
	for _, h := range sheet.Lines {
		sat = append(sat, h.Seat)
	}
	if want := []int{late.No, 0, here.No, 20, 20}; !slices.Equal(sat, want) {
		t.Errorf("they sat at %v then, want %v", sat, want)
	}
	if !sheet.Made.Equal(w.clock.Now()) || !sheet.Times.Closes.Equal(n.Theory.Closes.Add(5*time.Minute)) {
		t.Errorf("made %s, until %s", sheet.Made, sheet.Times.Closes)
	}
	b, err := w.sittings.Proceedings(ctx, n.ID, 0)
	must(t, err)
	all, err := w.sittings.SeatsOf(ctx, n.ID)
	must(t, err)
	if got := sitting.Happened(b.Lines(), all, ""); len(got) != 6 || sitting.Happenings(b.Lines(), all) != 6 {
		t.Errorf("of the session %d", len(got))
	}
}

// TestProceedingsAreReadWhereOneIsOnDuty: an invigilator reads those of their room, and what was ordered for everybody.
func TestProceedingsAreReadWhereOneIsOnDuty(t *testing.T) {
	w := open(t)
	n, _, one, other := w.room()
	for _, room := range []sitting.RoomID{"t1", "t2", ""} {
		_, err := w.sittings.NoteIncident(ctx, office, sitting.Order{Session: n.ID, Room: room, Text: "在" + string(room)})
		must(t, err)
	}
	supervisor := as("s", authz.Supervisor)
	for name, c := range map[string]struct {
		by   authz.Principal
		room sitting.RoomID
		want string
		err  error
	}{
		"one's room":          {one, "t1", "在t1 在", nil},
		"one's session":       {one, "", "在t1 在", nil},
		"another's room":      {one, "t2", "", sitting.ErrNotOnDuty},
		"the other's session": {other, "", "在t2 在", nil},
		"the office":          {office, "", "在t1 在t2 在", nil},
		"the office, a room":  {office, "t2", "在t2 在", nil},
		"the supervisor":      {supervisor, "", "在t1 在t2 在", nil},
		"nobody's":            {as("x", authz.Invigilator), "", "", sitting.ErrNotOnDuty},
		"an examiner":         {as("x", authz.Examiner), "", "", authz.ErrForbidden},
	} {
		lines, err := w.sittings.Record(ctx, c.by, n.ID, c.room)
		wantError(t, name, err, c.err)
		var got []string
		for _, l := range lines {
			got = append(got, l.Text)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s reads %q, want %q", name, got, c.want)
		}
	}
}
