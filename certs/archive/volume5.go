package archive

import (
	"context"
	"errors"
	"fmt"

	"github.com/skillcert/skillcert/certs"
)

// certificates hands on volume 5: the register's entries of this session, who passed and has none, and every edition that
// was sealed.
func (s *source) certificates(ctx context.Context, to put) error {
	stands, err := s.rooms.Issuer.Stands(ctx, s.by, s.session.ID)
	if err != nil {
		return err
	}
	rows := [][]string{{"准考证号", "姓名", "证书编号", "等级", "发证日期", "状态", "版次", "文件摘要"}}
	records := []*certs.Certificate{}
	for _, one := range stands {
		p, err := s.person(ctx, one.Result.Candidate)
		if err != nil {
			return err
		}
		row := []string{string(one.Result.Ticket), p.Name, "", one.Result.Level.String(), "", "尚未发证", "", ""}
		if c := one.Certificate; c != nil {
			records = append(records, c)
			row = []string{row[0], c.Name, string(c.Number), c.Level.String(), c.Issued.String(), certStates[c.State], fmt.Sprint(c.Version), c.Digest}
		}
		rows = append(rows, row)
	}
	data, err := sheet(rows)
	if err := to(Certificates, "证书清单.csv", "合格人员及其证书", data, err); err != nil {
		return err
	}
	data, err = lines(records)
	if err := to(Certificates, "证书登记.jsonl", "证书登记簿的原始记录，每行一份证书", data, err); err != nil {
		return err
	}
	if err := s.publicity(ctx, to); err != nil {
		return err
	}
	return s.editions(ctx, records, to)
}

var certStates = map[certs.State]string{certs.Reserved: "已编号，未制证", certs.Valid: "有效", certs.Revoked: "已撤销", certs.Void: "编号已作废"}

// publicity is what was public and when, which certificates rest on.
func (s *source) publicity(ctx context.Context, to put) error {
	p, err := s.publication(ctx, s.session.ID)
	if err != nil {
		return err
	}
	data, err := document(p)
	if err := to(Certificates, "公示记录.json", "成绩公示的起止日期和经过", data, err); err != nil {
		return err
	}
	objections, err := s.rooms.Board.Objections(ctx, s.by, s.session.ID)
	if err != nil {
		return err
	}
	for _, o := range objections {
		o.Protest = o.Masked() // the file goes to whoever reads the archive, and the form says that only those who answer read it
	}
	return someLines(to, Certificates, "异议.jsonl", "公示期间的异议和答复，每行一项，异议人的姓名和联系方式已遮盖", objections)
}

func (s *source) editions(ctx context.Context, records []*certs.Certificate, to put) error {
	for _, c := range records {
		for version := 1; version <= c.Version; version++ {
			f, err := s.rooms.Issuer.EditionFile(ctx, s.by, c.Number, version)
			if errors.Is(err, certs.ErrFile) {
				continue // withdrawn before it was sealed, or not sealed yet
			}
			if err != nil {
				return err
			}
			name := fmt.Sprintf("%s-%d.pdf", c.Number, version)
			if err := to(Certificates, "证书/"+name, "证书文件："+c.Name, f.PDF, nil); err != nil {
				return err
			}
		}
	}
	return nil
}
