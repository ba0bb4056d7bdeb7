package archive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/registration"
)

// filedPerson is a person of volume 1: what was registered at the time of filing.
type filedPerson struct {
	*engine.Person
	Photo string `json:"photo,omitempty"` // hex SHA-256 of the picture, which is a file of its own
}

// registration hands on volume 1: who applied, with what claims, how each was judged, and who they are.
func (s *source) registration(ctx context.Context, to put) error {
	all, err := s.rooms.Desk.Applications(ctx, s.by, string(s.session.ID))
	if err != nil {
		return err
	}
	table, err := s.roster(ctx, all)
	if err != nil {
		return err
	}
	data, err := sheet(table)
	if err := to(Registration, "报名名册.csv", "报名名册：每名申请人的身份、申报条件、材料和审查结论", data, err); err != nil {
		return err
	}
	data, err = lines(all)
	if err := to(Registration, "报名与审查记录.jsonl", "报名与资格审查的原始记录，每行一份申请", data, err); err != nil {
		return err
	}
	return s.filePeople(ctx, all, to)
}

func (s *source) roster(ctx context.Context, all []*registration.Application) ([][]string, error) {
	tickets := map[engine.PersonID]string{}
	for _, t := range s.seats {
		tickets[t.Candidate] = string(t.Ticket)
	}
	rows := [][]string{{"姓名", "证件类型", "证件号码", "性别", "出生日期", "手机号码", "申报等级", "申报条件", "从业年限", "申报材料", "所在单位", "培训班级",
		"审查结论", "不符合的规定", "审查时间", "准考证号"}}
	for _, a := range all {
		p, err := s.person(ctx, a.Person)
		if err != nil {
			return nil, err
		}
		var why []string
		for _, r := range a.Refusals {
			why = append(why, r.Reason)
		}
		verdict := "符合"
		if !a.Accepted() {
			verdict = "不符合"
		}
		rows = append(rows, []string{p.Name, p.IDType.Name(), p.IDNumber, string(p.Sex), p.Born.String(), p.Phone, a.Level.String(), a.Claims.Condition,
			fmt.Sprint(a.Claims.Years), strings.Join(a.Claims.Evidence, "、"), a.Employer, a.Class, verdict, strings.Join(why, "；"), s.moment(a.At),
			tickets[a.Person]})
	}
	return rows, nil
}

// filePeople hands on the register's entries, and the photos one by one.
func (s *source) filePeople(ctx context.Context, all []*registration.Application, to put) error {
	var filed []filedPerson
	for _, a := range all {
		p, err := s.rooms.People.Named(ctx, a.Person)
		if err != nil {
			return err
		}
		one := filedPerson{Person: p}
		photo, err := s.rooms.People.Photo(ctx, p)
		if err != nil {
			return err
		}
		if len(photo) > 0 {
			sum := sha256.Sum256(photo)
			one.Photo = hex.EncodeToString(sum[:])
			if err := to(Registration, "照片/"+plainName(string(a.Person))+".jpg", "申请人照片："+p.Name, photo, nil); err != nil {
				return err
			}
		}
		without := *p
		without.Photo, one.Person = engine.PhotoMark{}, &without
		filed = append(filed, one)
	}
	data, err := lines(filed)
	return to(Registration, "人员登记.jsonl", "申请人的登记信息，每行一人", data, err)
}
