package api

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/api/web"
	"github.com/skillcert/skillcert/engine/registration"
)

// rootPEM gives away the certificate that files are checked against offline.
func (s *Server) rootPEM(c *fiber.Ctx) error {
	if len(s.Root) == 0 {
		return errNoPage
	}
	c.Set(fiber.HeaderContentType, "application/x-pem-file")
	return c.Send(s.Root)
}

// emptyRoster is the registration workbook with its columns and no rows.
func (s *Server) emptyRoster(c *fiber.Ctx) error {
	b, err := registration.WriteRoster(nil)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return c.Send(b)
}

// immutable: the address carries a digest of the content, or says all of it.
const immutable = "public, max-age=31536000, immutable"

// serveStatic answers what is the same for everybody, before anybody is asked who they are.
func (s *Server) serveStatic() {
	s.app.Get("/static/*", s.static)
	s.app.Get("/fonts/rare.css", s.rareCSS)
	s.app.Get("/fonts/rare/:points.ttf", append(slices.Clone(s.limits[limitFont]), s.rareFont)...)
}

func (s *Server) static(c *fiber.Ctx) error {
	body, kind, ok := s.pages.Static(c.Params("*"))
	if !ok {
		return errNoPage
	}
	if strings.HasSuffix(c.Params("*"), "/"+web.ExamWorker) {
		c.Set("Service-Worker-Allowed", "/exam")
	}
	if strings.HasSuffix(c.Params("*"), "/"+web.CheckWorker) {
		c.Set("Service-Worker-Allowed", web.CheckScope)
	}
	return sendForever(c, kind, body)
}

func sendForever(c *fiber.Ctx, kind string, body []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderCacheControl, immutable)
	return c.Send(body)
}

func (s *Server) rareCSS(c *fiber.Ctx) error {
	css, err := web.RareCSS(c.Query("u"))
	if err != nil {
		return err
	}
	return sendForever(c, "text/css; charset=utf-8", []byte(css))
}

// rareFont cuts the font to exactly the points of the address, so a page with one rare name costs some kilobytes.
func (s *Server) rareFont(c *fiber.Ctx) error {
	points, err := web.ParseRare(c.Params("points"))
	if err != nil {
		return err
	}
	if s.Fonts == nil {
		return errNoPage
	}
	font, err := s.fonts.get(c.Params("points"), func() ([]byte, error) { return s.Fonts.Cut(points) })
	if err != nil {
		return err
	}
	return sendForever(c, "font/ttf", font)
}

// publishedKeys gives away every certificate that was made under the root, and the revocation lists of the day.
func (s *Server) publishedKeys(c *fiber.Ctx) error {
	if s.Published == nil {
		return errNoPage
	}
	bundle, err := s.bundle.get(s.clock.Now(), s.Published)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "application/x-pem-file")
	c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	return c.Send(bundle)
}
