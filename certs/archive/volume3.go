package archive

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/engine/theory"
)

// process hands on volume 3: sign-ins, the rooms' records, who was on duty, the record of the papers, the supervision, and
// the report on the session.
func (s *source) process(ctx context.Context, to put) error {
	for _, part := range []func(context.Context, put) error{s.reported, s.roomPapers, s.signIns, s.proceedings, s.duties, s.drawn} {
		if err := part(ctx, to); err != nil {
			return err
		}
	}
	return nil
}

// reported is the report as it stands at the time of the archive.
func (s *source) reported(ctx context.Context, to put) error {
	r, err := s.report(ctx, s.by, s.session, s.at())
	if err != nil {
		return err
	}
	data, err := document(r)
	if err := to(Process, "场次报告.json", "场次报告，供程序读取", data, err); err != nil {
		return err
	}
	data, err = s.means.Press.Report(r, s.policy.Location())
	return to(Process, "场次报告.pdf", "场次报告", data, err)
}

// roomPapers are the printed forms of each theory room, with what is known filled in.
func (s *source) roomPapers(ctx context.Context, to put) error {
	for _, room := range s.session.Rooms {
		if room.Component != engine.Theory {
			continue
		}
		for _, kind := range []sitting.SheetKind{sitting.SheetDoor, sitting.SheetRegister, sitting.SheetRecord} {
			if err := s.roomPaper(ctx, room, kind, to); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *source) roomPaper(ctx context.Context, room sitting.Room, kind sitting.SheetKind, to put) error {
	sheet, err := s.rooms.Sittings.Sheet(ctx, s.by, s.session.ID, room.ID, sitting.SheetWanted{Kind: kind})
	if errors.Is(err, sitting.ErrNoSheet) {
		return nil
	}
	if err != nil {
		return err
	}
	sheet.Now = s.at() // the same archive says the same whenever it is made
	data, err := s.means.Press.Print(sheet)
	title := map[sitting.SheetKind]string{sitting.SheetDoor: "考场门贴", sitting.SheetRegister: "考生签到表", sitting.SheetRecord: "考场情况记录单"}[kind]
	return to(Process, "考场-"+plainName(string(room.ID))+"/"+title+".pdf", room.Name+"　"+title, data, err)
}

func (s *source) signIns(ctx context.Context, to put) error {
	rows := [][]string{{"准考证号", "姓名", "理论考场", "座位", "操作考场", "签到时间", "放行时间", "批准迟到入场", "放行换机", "违纪取消", "说明", "考核科目"}}
	names := roomNames(s.session)
	for _, t := range s.seats {
		p, err := s.person(ctx, t.Candidate)
		if err != nil {
			return err
		}
		rows = append(rows, []string{string(t.Ticket), p.Name, names[t.Room], fmt.Sprint(t.No), names[t.Station], s.moment(t.CheckedIn), s.moment(t.Released),
			s.moment(t.Admitted), s.moment(t.Readmitted), s.moment(t.Voided), t.Note, taken(t)})
	}
	data, err := sheet(rows)
	if err := to(Process, "考生签到与座位.csv", "考生签到、放行、换座和违纪情况", data, err); err != nil {
		return err
	}
	data, err = lines(s.seats)
	return to(Process, "座位记录.jsonl", "座位的原始记录，每行一名考生", data, err)
}

// taken says which components the candidate of a seat takes.
func taken(t *sitting.Seat) string {
	if t.Only == "" {
		return "两科"
	}
	return "只考" + t.Only.String() + "，另一科不考（成绩保留）"
}

func (s *source) proceedings(ctx context.Context, to put) error {
	all, err := s.rooms.Sittings.Record(ctx, s.by, s.session.ID, "")
	if err != nil {
		return err
	}
	data, err := lines(all)
	return to(Process, "考场情况记录.jsonl", "考场情况的原始记录，每行一条", data, err)
}

// duties are who was on duty. When they themselves came and signed is on paper: this program does not record it.
func (s *source) duties(_ context.Context, to put) error {
	names := roomNames(s.session)
	rows := [][]string{{"姓名", "岗位", "考场"}}
	for _, d := range s.session.Duties {
		rows = append(rows, []string{d.Name, dutyName(d.Role), names[d.Room]})
	}
	data, err := sheet(rows)
	return to(Process, "考务人员.csv", "监考员、考评员、阅卷负责人、考评组长和质量督导员", data, err)
}

func dutyName(r authz.Role) string {
	return map[authz.Role]string{authz.Invigilator: "监考员", authz.Examiner: "考评员", authz.Leader: "考评组长", authz.Marker: "阅卷负责人",
		authz.Supervisor: "质量督导员"}[r]
}

// drawn is the record of the papers: who drew, who printed and took which, and the public transcript where there is one.
func (s *source) drawn(ctx context.Context, to put) error {
	d, err := s.rooms.Exams.Drawn(ctx, s.by, s.session.ID)
	if errors.Is(err, theory.ErrDraw) {
		return nil
	}
	if err != nil {
		return err
	}
	rows := [][]string{{"时间", "账号", "事项", "说明"}}
	for _, e := range d.Trail {
		rows = append(rows, []string{s.moment(e.At), e.By, e.Action, e.Note})
	}
	data, err := sheet(rows)
	if err := to(Process, "组卷与试卷领取.csv", "组卷、印制、领取试卷的记录", data, err); err != nil {
		return err
	}
	data, err = s.rooms.Exams.Published(ctx, s.session.ID)
	if errors.Is(err, theory.ErrDraw) {
		return nil
	}
	return to(Process, "组卷公证记录.json", "公开的组卷记录，可用 skillcert draw audit 核验", data, err)
}
