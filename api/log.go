package api

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// logDepth is how many elements the number of a tile may have, and its width beside them: a thousand million tiles.
const logDepth = 4

// logRoutes are the published transparency log, at the addresses of C2SP tlog-tiles. They are for everybody.
func (s *Server) logRoutes() []route {
	all := []route{page("/log/", "", s.logPage).limited(limitVerify), page("/log/checkpoint", "", s.logCheckpoint).common(),
		page("/log/key", "", s.logKey).common(), page("/log/proof/:index", "", s.logProof).common().limited(limitVerify)}
	path := "/log/tile/:level"
	for _, element := range []string{"a", "b", "c", "d"}[:logDepth] {
		path += "/:" + element
		all = append(all, page(path, "", s.logTile).common())
	}
	return all
}

// logKey is the key of the log as text. Whoever audits keeps it from the first time on.
func (s *Server) logKey(c *fiber.Ctx) error {
	if s.LogKey == "" {
		return errNoPage
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	return c.SendString(s.LogKey + "\n")
}

// logCheckpoint is signed anew all the time, so nobody keeps it.
func (s *Server) logCheckpoint(c *fiber.Ctx) error {
	if s.Translog == nil {
		return errNoPage
	}
	last, err := s.Translog.Latest(c.UserContext())
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/plain; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store")
	return c.Send(last.Note)
}

// logTile is a tile or an entry bundle. What is full never changes; what is not is kept for a moment only, for the full one
// takes its place.
func (s *Server) logTile(c *fiber.Ctx) error {
	if s.Translog == nil {
		return errNoPage
	}
	data, full, err := s.Translog.Resource(c.UserContext(), strings.TrimPrefix(c.Path(), "/log/"))
	if err != nil {
		return err
	}
	if full {
		return sendForever(c, fiber.MIMEOctetStream, data)
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEOctetStream)
	c.Set(fiber.HeaderCacheControl, "public, max-age=60")
	return c.Send(data)
}
