package api

import (
	"bytes"
	"context"
	"errors"
	"iter"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/export"
	codes "github.com/skillcert/skillcert/certs/status"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/clock"
	"github.com/skillcert/skillcert/engine/errs"
	"github.com/skillcert/skillcert/engine/people"
	"github.com/skillcert/skillcert/engine/sitting"
)

// nationalUpload is the profile of the workbook (domain facts §3).
const nationalUpload = "national-upload-2025.sample"

// sendUpload answers a session's certificates in the form of the national register, document numbers whole.
func (s *Server) sendUpload(c *fiber.Ctx) error {
	id := sessionParam(c)
	rows, err := s.uploadRows(c.UserContext(), caller(c), []sitting.SessionID{id}, certs.Days{})
	if err != nil {
		return err
	}
	return s.sendRows(c, string(id)+".xlsx", rows)
}

func (s *Server) uploadForm(c *fiber.Ctx) error {
	if err := s.sendUpload(c); err != nil {
		return s.refuse(c, err, s.issuePage)
	}
	return nil
}

var errPeriod = errs.New(errs.Invalid, "request.period", "起止日期不正确，应为 2006-01-02 形式，且不超过一年")

// errNonePeriod says of a period what certs.ErrNoneIssued says of a session.
var errNonePeriod = errs.New(errs.Conflict, "request.none_in_period", "所选日期内没有有效的证书可以上报")

// readDays reads a period of at most a year.
func readDays(from, to string) (certs.Days, error) {
	first, err := clock.ParseDate(from)
	last, wrong := clock.ParseDate(to)
	if err != nil || wrong != nil || last.Before(first) || first.AddDays(366).Before(last) {
		return certs.Days{}, errPeriod
	}
	return certs.Days{From: first, To: last}, nil
}

// sendPeriod answers the certificates that were issued in a period: those of every session, and those of awards.
func (s *Server) sendPeriod(c *fiber.Ctx, from, to string) error {
	days, err := readDays(from, to)
	if err != nil {
		return err
	}
	sessions, err := s.finalSessions(c.UserContext(), caller(c))
	if err != nil {
		return err
	}
	ids := each(sessions, func(n *sitting.Session) sitting.SessionID { return n.ID })
	rows, err := s.uploadRows(c.UserContext(), caller(c), ids, days)
	if err != nil {
		return err
	}
	awards, err := s.Issuer.HandOverAwards(c.UserContext(), caller(c), days)
	if err != nil && !errors.Is(err, certs.ErrNoneIssued) {
		return err
	}
	rows = append(rows, each(awards, func(h certs.Handed) export.Record { return uploadRow(h, "") })...)
	if len(rows) == 0 {
		return errNonePeriod
	}
	return s.sendRows(c, days.From.String()+"-"+days.To.String()+".xlsx", rows)
}

func (s *Server) postPeriod(c *fiber.Ctx) error {
	var in Period
	if err := decode(c, &in); err != nil {
		return err
	}
	return s.sendPeriod(c, in.From, in.To)
}

func (s *Server) periodForm(c *fiber.Ctx) error {
	if err := s.sendPeriod(c, field(c, "from"), field(c, "to")); err != nil {
		return s.refuse(c, err, s.certificatesPage)
	}
	return nil
}

// uploadPurpose is what the workbook is for, as the record of readings says.
const uploadPurpose = "上报国家职业技能等级证书数据"

// sendRows answers one workbook, or that there is nothing for it. That it was handed out is on record first.
func (s *Server) sendRows(c *fiber.Ctx, name string, rows []export.Record) error {
	if len(rows) == 0 {
		return certs.ErrNoneIssued
	}
	form, err := export.BuiltIn(nationalUpload)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if _, err = export.Upload(&b, form, plainly(rows)); err != nil {
		return err
	}
	if err := s.Counter.Export(c.UserContext(), caller(c), name, uploadPurpose, len(rows), people.DetailNumber); err != nil {
		return err
	}
	return sendWorkbook(c, name, b.Bytes())
}

// plainly are the rows, none of which failed to be read.
func plainly(rows []export.Record) iter.Seq2[export.Record, error] {
	return func(yield func(export.Record, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// uploadRows hands over what sessions have of the days.
func (s *Server) uploadRows(ctx context.Context, by authz.Principal, sessions []sitting.SessionID, days certs.Days) (rows []export.Record, err error) {
	for _, id := range sessions {
		some, err := s.sessionRows(ctx, by, id, days)
		if err != nil && !errors.Is(err, certs.ErrNoneIssued) {
			return nil, err
		}
		rows = append(rows, some...)
	}
	return rows, nil
}

func (s *Server) sessionRows(ctx context.Context, by authz.Principal, id sitting.SessionID, days certs.Days) ([]export.Record, error) {
	all, err := s.Issuer.HandOver(ctx, by, id, days)
	if err != nil {
		return nil, err
	}
	named, err := s.employers(ctx, id)
	return each(all, func(h certs.Handed) export.Record { return uploadRow(h, named[h.Certificate.Holder]) }), err
}

// employers are those that the candidates of a session named when they registered.
func (s *Server) employers(ctx context.Context, id sitting.SessionID) (map[engine.PersonID]string, error) {
	all, err := s.Desk.Accepted(ctx, string(id))
	named := map[engine.PersonID]string{}
	for _, a := range all {
		named[a.Person] = a.Employer
	}
	return named, err
}

// uploadRow is a row of the workbook. The name is the printed one: the register compares it with the paper.
func uploadRow(h certs.Handed, employer string) export.Record {
	c := h.Certificate
	return export.Record{Number: string(c.Number), Name: c.Name, IDType: h.Holder.IDType.UploadCode(), IDNumber: h.Holder.IDNumber, Employer: employer,
		OccupationCode: c.Occupation.Code, OccupationName: c.Occupation.Name, WorkType: c.Occupation.WorkType, Level: levelNumber(c.Level),
		Issued: c.Issued, Body: c.OrgName, Issuer: c.OrgName, State: codes.Valid, Edition: c.Version}
}
