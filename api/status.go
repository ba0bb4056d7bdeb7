package api

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/certs"
	"github.com/skillcert/skillcert/certs/vcjwt"
)

// statusList is one signed status list, for anybody to check against and to mirror.
func (s *Server) statusList(c *fiber.Ctx) error {
	n, err := strconv.Atoi(c.Params("list"))
	if err != nil || s.Statuses == nil || c.Params("list") != strconv.Itoa(n) {
		return errNoPage
	}
	l, err := s.Statuses.List(c.UserContext(), n)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, vcjwt.MediaType)
	c.Set(fiber.HeaderCacheControl, fmt.Sprintf("public, max-age=%d, no-transform", int(certs.ListRefresh.Seconds())))
	c.Set(fiber.HeaderLastModified, l.From.UTC().Format(http.TimeFormat))
	return c.Send(l.JWS)
}
