package practical_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/practical"
	"github.com/skillcert/skillcert/engine/sitting"
)

// 准备通知单按考位、按试题数人次，不含考生；评分表按考位打印；已签名的评分表只有考评组长在封存之后能打印，更正前后的两张都在。
func TestPrintouts(t *testing.T) {
	w := newWorld(t).drawn()
	ctx := t.Context()
	notice, err := w.desk.Print(ctx, office, session, practical.PaperNotice, "")
	w.must(err)
	count := 0
	for _, n := range notice.Needs {
		if count += n.Candidates; n.Task.Code == "A" && n.Candidates != map[string]int{"一号考位": 2, "二号考位": 1}[n.Station] {
			t.Errorf("%s at %s: %d", n.Task.Code, n.Station, n.Candidates)
		}
	}
	if text := deep(t, notice); count != 6 || strings.Contains(text, "名c") || strings.Contains(text, string(ticket(1))) {
		t.Errorf("%d uses, or a candidate is named: %s", count, text)
	}
	blank, err := w.desk.Print(ctx, leader, session, practical.PaperBlank, "r1")
	w.must(err)
	if len(blank.Seats) != 2 || len(blank.Seats[0].Examiners) != 3 || blank.Seats[0].Sheets != nil || blank.Room.Name != "一号考位" {
		t.Errorf("%+v", blank)
	}
	for name, c := range map[string]struct {
		by   authz.Principal
		kind practical.PaperKind
		at   string
		want error
	}{
		"an unknown paper":           {office, "x", "r1", practical.ErrPaper},
		"an unknown station":         {office, practical.PaperBlank, "r9", practical.ErrPaper},
		"no station":                 {office, practical.PaperTasks, "", practical.ErrPaper},
		"an examiner":                {examiner("e1"), practical.PaperBlank, "r1", authz.ErrForbidden},
		"a marker":                   {who("m", authz.Marker), practical.PaperNotice, "", authz.ErrForbidden},
		"scores for the office":      {office, practical.PaperSigned, "r1", authz.ErrForbidden},
		"scores before they stand":   {leader, practical.PaperSigned, "r1", engine.ErrNotSealed},
		"an office of another place": {authz.Principal{Account: "x", Roles: office.Roles, Org: "another"}, practical.PaperNotice, "", nil},
	} {
		if _, err := w.desk.Print(ctx, c.by, session, c.kind, sitting.RoomID(c.at)); err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	w.scoreAll(1, 6000, 6000, 6000)
	w.correct("e1")
	work, err := w.desk.Work(ctx, examiner("e1"), assessment(1))
	w.must(err)
	s, err := w.desk.Save(ctx, examiner("e1"), assessment(1), work.Seen, w.entry(1, 6600), nil)
	w.must(err)
	_, err = w.desk.Sign(ctx, examiner("e1"), assessment(1), s.Seen())
	w.must(err)
	w.void(2)
	w.scoreAll(3, 6000, 6000, 6000)
	_, err = w.seal(leader)
	w.must(err)
	signed, err := w.desk.Print(ctx, leader, session, practical.PaperSigned, "r1")
	w.must(err)
	sheets := signed.Seats[0].Sheets
	if len(sheets) != 4 || !sheets[0].Corrected || sheets[0].Total != 6000 || sheets[1].Corrected || sheets[1].Total != 6600 || sheets[1].Sheet.Replaces == nil {
		t.Errorf("%+v", sheets)
	}
}
