package api

import (
	"github.com/gofiber/fiber/v2"

	"github.com/skillcert/skillcert/engine/authz"
	"github.com/skillcert/skillcert/engine/theory"
)

// statisticsRoutes read what was computed before; nothing is computed here.
func (s *Server) statisticsRoutes() []route {
	return []route{
		get("/bank/items/:code/statistics", authz.BankRead, s.getItemStatistics, "How an item fared, version by version", ItemStatistics{}),
		get("/bank/releases/:id/statistics", authz.BankRead, s.getReleaseStatistics, "How a release fared, level by level", []LevelStatistics{}),
	}
}

func (s *Server) getItemStatistics(c *fiber.Ctx) error {
	if s.Statistics == nil {
		return theory.ErrNoStatistics
	}
	got, err := s.Statistics.ItemStatistics(c.UserContext(), caller(c), c.Params("code"))
	return give(c, got, err, viewItemStatistics)
}

func (s *Server) getReleaseStatistics(c *fiber.Ctx) error {
	if s.Statistics == nil {
		return theory.ErrNoStatistics
	}
	got, err := s.Statistics.ReleaseStatistics(c.UserContext(), caller(c), c.Params("id"))
	return giveAll(c, got, err, viewLevelStatistics)
}
