package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/certs/bulk"
	"github.com/skillcert/skillcert/engine/accounts"
)

func (s *Server) bulkPage(c *fiber.Ctx, p *web.Problem) error {
	return s.show(c, "bulk", web.BulkView{Problem: p, Most: bulk.MaxRows, Columns: bulk.Columns(), Minute: s.cfg.Limits.Bulk, Day: accounts.BulkADay})
}

// bulkTemplate is an empty roster to fill in.
func (s *Server) bulkTemplate(c *fiber.Ctx) error {
	b, err := bulk.Template()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, typeXLSX)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="roster.xlsx"`)
	return c.Send(b)
}

// bulkCheck answers the workbook with what every row is worth.
func (s *Server) bulkCheck(c *fiber.Ctx) error {
	name, data, err := upload(c)
	if err != nil {
		return err
	}
	r, err := s.Bulk.Check(c.UserContext(), caller(c), name, data)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, typeXLSX)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="checked.xlsx"`)
	return c.Send(r.XLSX)
}

func (s *Server) bulkForm(c *fiber.Ctx) error {
	if err := s.bulkCheck(c); err != nil {
		return s.refuse(c, err, s.bulkPage)
	}
	return nil
}

// accountOf is the account that asks, for limits of what somebody signed in does.
func accountOf(c *fiber.Ctx) string { return caller(c).Account }
