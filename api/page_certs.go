package api

import (
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/engine"
	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/result"
	"github.com/skillcert/skillcert/engine/sitting"
	"github.com/skillcert/skillcert/questionbank/exchange/table"
)

func (s *Server) certificatesPage(c *fiber.Ctx, p *web.Problem) error {
	ctx, by := c.UserContext(), caller(c)
	v := web.CertificatesView{Query: c.Query("q"), State: c.Query("state"), MayIssue: by.Can(authz.CertIssue), MayConfirm: by.Can(authz.CertConfirm),
		MayExport: by.Can(authz.CertExport), From: field(c, "from"), To: field(c, "to"), Problem: p}
	rows, next, err := s.Issuer.List(ctx, by, v.Query, certs.State(v.State), cursorOf(c))
	if err != nil {
		return err
	}
	v.Rows, v.Next = each(rows, s.certificateRow), next
	if c.Query("cursor") == "" {
		if err := s.issues(ctx, by, &v); err != nil {
			return err
		}
	}
	return s.show(c, "certificates", v)
}

func (s *Server) certificateRow(c *certs.Certificate) web.CertificateRow {
	row := web.CertificateRow{Number: string(c.Number), Name: c.Name, State: string(c.State), Reason: c.Reason, Level: c.Level,
		Issued:  s.day(c.Issued),
		Version: c.Version, Moved: c.Motion != nil}
	if c.Digest != "" {
		row.Download = "/certificates/" + row.Number + ".pdf"
	}
	return row
}

// issues fills what waits for somebody, and the sessions: those that are issued for now, may be, and were.
func (s *Server) issues(ctx context.Context, by authz.Principal, v *web.CertificatesView) error {
	moved, err := s.Issuer.Moved(ctx, by)
	if err != nil {
		return err
	}
	v.Motions = each(moved, func(c *certs.Certificate) web.MotionRow { return motionRow(c, by) })
	sessions, err := s.finalSessions(ctx, by)
	if err != nil {
		return err
	}
	for _, n := range sessions {
		if err := s.issueOf(ctx, by, n, v); err != nil {
			return err
		}
	}
	slices.SortStableFunc(v.Ended, func(a, b web.BatchRow) int { return b.Ended.Compare(a.Ended) })
	v.Ended = v.Ended[:min(len(v.Ended), web.EndedBatches)]
	return nil
}

// motionTasks are the revocations that somebody else asked for and by may confirm.
func (s *Server) motionTasks(ctx context.Context, by authz.Principal) ([]web.DeskTask, error) {
	if !by.Can(authz.CertConfirm) {
		return nil, nil
	}
	moved, err := s.Issuer.Moved(ctx, by)
	if err != nil {
		return nil, err
	}
	others := slices.DeleteFunc(moved, func(c *certs.Certificate) bool { return motionRow(c, by).Own || c.HeldBy(by) })
	if len(others) == 0 {
		return nil, nil
	}
	return []web.DeskTask{{Key: "motions", Href: "/certificates", Count: len(others)}}, nil
}

func motionRow(c *certs.Certificate, by authz.Principal) web.MotionRow {
	m := c.Motion
	return web.MotionRow{Number: string(c.Number), Name: c.Name, By: m.Name, Grounds: m.Grounds, At: m.At, Mark: m.Mark(),
		Own: m.Person == by.Person || m.By == by.Account}
}

// issueOf puts a session where it belongs.
func (s *Server) issueOf(ctx context.Context, by authz.Principal, n *sitting.Session, v *web.CertificatesView) error {
	b, err := s.Issuer.Batch(ctx, by, n.ID)
	b, err = absent(b, err, certs.ErrBatch)
	switch {
	case err != nil:
		return err
	case b != nil && b.Waits():
		v.Running = append(v.Running, batchRow(b, n))
		return nil
	case b != nil:
		v.Ended = append(v.Ended, batchRow(b, n))
		return nil
	}
	stands, err := s.Issuer.Stands(ctx, by, n.ID)
	if err != nil {
		return err
	}
	passed := len(stands)
	switch left := len(slices.DeleteFunc(stands, certs.Stand.Sealed)); {
	case left > 0 && v.MayIssue:
		v.Ready = append(v.Ready, web.ReadySession{ID: string(n.ID), Name: n.Name, Level: n.Level, Count: left})
	case left == 0 && passed > 0: // issued for at once, without a worker
		v.Ended = append(v.Ended, web.BatchRow{Session: string(n.ID), Name: n.Name, Level: n.Level, Issued: passed})
	}
	return nil
}

func (s *Server) finalSessions(ctx context.Context, by authz.Principal) (final []*sitting.Session, err error) {
	sessions, err := s.Sittings.Sessions(ctx, by)
	if err != nil {
		return nil, err
	}
	for _, session := range sessions {
		p, err := s.Board.Publication(ctx, session.ID)
		if p, err = absent(p, err, result.ErrPublication); err != nil {
			return nil, err
		}
		if p != nil && p.Stage == result.Final {
			final = append(final, session)
		}
	}
	return final, nil
}

// workbook answers a table as a file.
func workbook(c *fiber.Ctx, name string, headers []string, rows [][]string) error {
	b, err := table.WriteXLSX(headers, rows)
	if err != nil {
		return err
	}
	return sendWorkbook(c, name, b)
}

func sendWorkbook(c *fiber.Ctx, name string, b []byte) error {
	c.Attachment(name)
	c.Set(fiber.HeaderContentType, typeXLSX)
	c.Set(fiber.HeaderCacheControl, "private, no-store")
	return c.Send(b)
}

// exportCertificates answers what the list shows, all of it, as a workbook.
func (s *Server) exportCertificates(c *fiber.Ctx) error {
	by, q, state := caller(c), c.Query("q"), certs.State(c.Query("state"))
	rows, err := tableRows(c.UserContext(), func(ctx context.Context, at engine.Cursor) ([]*certs.Certificate, string, error) {
		return s.Issuer.List(ctx, by, q, state, at)
	}, s.exportRow)
	if err != nil {
		return err
	}
	return workbook(c, "certificates.xlsx", []string{"证书编号", "姓名", "证件号码（部分隐去）", "职业工种", "等级", "发证日期", "状态", "状态自", "原因", "评价机构"}, rows)
}

// tableRows collects a whole list as the rows of a table. It keeps nothing else of what it reads, and reads no further when
// there are more than a table holds.
func tableRows[T any](ctx context.Context, list func(context.Context, engine.Cursor) ([]T, string, error), row func(T) []string) ([][]string, error) {
	found := 0
	return engine.All(ctx, func(ctx context.Context, at engine.Cursor) ([][]string, string, error) {
		some, next, err := list(ctx, at)
		if err != nil {
			return nil, "", err
		}
		if found += len(some); found > table.MaxRows {
			return nil, "", table.ErrTooLarge.With("多于 %d 行，请先按编号或状态筛选", table.MaxRows)
		}
		return each(some, row), next, nil
	})
}

func (s *Server) exportRow(k *certs.Certificate) []string {
	return []string{string(k.Number), k.Name, k.IDMasked, k.Occupation.Title(), k.Level.String(), k.Issued.String(), stateName(k.State),
		k.Changed.In(s.zone).Format("2006-01-02 15:04"), k.Reason, k.OrgName}
}

// stateName is the word of workbooks, which are in Chinese.
func stateName(s certs.State) string {
	return map[certs.State]string{certs.Reserved: "已编号", certs.Valid: "有效", certs.Revoked: "已撤销", certs.Void: "已作废"}[s]
}
